"""Names that are taken, and customers that are in QuickBooks twice."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

from sandbox.drill.books import Books, Json
from sandbox.drill.story import Alert, Case, Story

FAMILY = "duplicates"
_CHILDREN = 12


def sold(
    books: Books,
    rng: Random,
    buyer: str,
    goods: Json,
    entity: str = "Invoice",
    day: date | None = None,
) -> str:
    """A person enters a sale to this customer of QuickBooks, today or on `day`; returns its Id.

    Its amount is that of no order: it could rightly be taken for the order otherwise.
    """
    line = {
        "Amount": float(goods["price"]) * rng.randint(6, 9),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": books.find("Item", goods["name"])["Id"]}},
    }
    dated = {"TxnDate": day.isoformat()} if day else {}
    return books.typed_in(entity, CustomerRef={"value": buyer}, Line=[line], **dated)


def _inactive_holder(books: Books, rng: Random) -> Case:
    """The name is an inactive customer's, whose balance was written off when it was set so."""
    given, family = books.names.person(rng)
    buyer, goods = books.buyer(rng, f"{given}  {family}"), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], rng.randint(1, 3))
    known: list[str] = []

    def inject() -> None:
        mail = {"Address": buyer["email"]}
        known.append(
            books.typed_in("Customer", DisplayName=f"{given} {family}", PrimaryEmailAddr=mail)
        )
        sold(books, rng, known[0], goods)
        books.act("deactivate", entity="Customer", id=known[0])
        books.hand_in(buyer, *orders)

    def right() -> str:
        found = books.like("Customer", family)
        if [row["Id"] for row in found] != known or not found[0]["_active"]:
            return f"{len(found)} customers named {family}, not the one that was there, active"
        memos = [row for row in books.all("CreditMemo") if row["CustomerRef"]["value"] == known[0]]
        if len(memos) != 1:
            return f"{len(memos)} balancing credit memos, not the one that was there"
        return books.posted(*orders)

    return Case(inject, right, Alert("duplicate_name", family, len(orders)), (goods,))


def _other_list(entity: str, count: int = 0) -> Callable[[Books, Random], Case]:
    """The name is a vendor's or an employee's; several orders wait on the customer."""

    def make(books: Books, rng: Random) -> Case:
        given, family = books.names.person(rng)
        name = f"{given} {family}"
        buyer, goods = books.buyer(rng, name), books.goods(rng)
        orders = books.orders(rng, buyer, [goods], count or rng.randint(1, 3))
        names: Json = {"GivenName": given, "FamilyName": family}
        holder = books.typed_in(entity, **(names if entity == "Employee" else {}), DisplayName=name)

        def inject() -> None:
            books.hand_in(buyer, *orders)

        def right() -> str:
            [theirs] = [row for row in books.all(entity) if row["Id"] == holder]
            if theirs["DisplayName"] != name:
                return f"the {entity} was renamed to {theirs['DisplayName']}"
            found = books.like("Customer", family)
            if len(found) != 1 or found[0]["DisplayName"] == name:
                return f"{len(found)} customers named {family}, not one under a name of its own"
            return books.posted(*orders)

        return Case(inject, right, Alert("duplicate_name", family, len(orders)), (goods,))

    return make


def alone(books: Books, rng: Random) -> Case:
    """The name is a vendor's, and nothing waits on the customer yet."""
    given, family = books.names.person(rng)
    name = f"{given} {family}"
    buyer = books.buyer(rng, name)
    books.typed_in("Vendor", DisplayName=name)
    return Case(lambda: books.hand_in(buyer), str, Alert("duplicate_name", family))


def twice(books: Books, given: str, family: str, mail: str) -> Callable[[int], str]:
    """Two customers that are one: the spelling differs by its place."""
    return lambda place: books.typed_in(
        "Customer",
        DisplayName=f"{given}{' ' * place}{family}",
        PrimaryEmailAddr={"Address": mail},
    )


def two_that_are_one(books: Books, rng: Random) -> Case:
    """The same person twice in QuickBooks, each with open invoices: consolidated."""
    (given, family), goods = books.names.person(rng), books.goods(rng)
    enter = twice(books, given, family, f"{family.lower()}@shop.example")
    entered: list[str] = []

    def inject() -> None:
        for place in (1, 2):
            buyer = enter(place)
            entered.extend(sold(books, rng, buyer, goods) for _ in range(rng.randint(1, 3)))

    def right() -> str:
        found = books.like("Customer", family)
        if sorted(row["_active"] for row in found) != [False, True]:
            return f"{len(found)} customers named {family}, not one active and one inactive"
        [left] = [row["Id"] for row in found if row["_active"]]
        bills = [row for row in books.all("Invoice") if row["Id"] in entered]
        if {row["CustomerRef"]["value"] for row in bills} != {left}:
            return f"not every invoice of {family} is with the one that is left"
        owed = sum((Decimal(str(row["TotalAmt"])) for row in bills), Decimal(0))
        balance = next(Decimal(str(row["Balance"])) for row in found if row["_active"])
        return "" if balance == owed else f"{family} owes {balance}, not {owed}"

    return Case(inject, right, Alert("duplicate_name", family), (goods,))


def _look_alikes(books: Books, rng: Random) -> Case:
    """In QuickBooks: father and son with one e-mail and two addresses, two branches of a chain."""
    given, family = books.names.person(rng)
    chain, number = books.names.business(rng), rng.randint(2, 60)
    streets = rng.sample(("1 Alder St", "22 Birch Rd", "303 Cedar Ave", "44 Dock St"), 2)

    def inject() -> None:
        for place, street in enumerate(streets, start=1):
            books.typed_in(
                "Customer",
                DisplayName=f"{given}{' ' * place}{family}",
                PrimaryEmailAddr={"Address": f"{family.lower()}@home.example"},
                BillAddr={"Line1": street, "City": "Bath"},
            )
            books.typed_in(
                "Customer",
                DisplayName=f"{chain} #{number + place}",
                PrimaryEmailAddr={"Address": f"office{number}@chain.example"},
            )

    def right() -> str:
        found = [*books.like("Customer", family), *books.like("Customer", chain)]
        active = [row for row in found if row["_active"]]
        return "" if len(active) == 4 else f"{len(active)} of the four customers are left"

    return Case(inject, right)


STORIES: tuple[Story, ...] = (
    Story(2, FAMILY, "the name is an inactive customer's", _inactive_holder),
    Story(3, FAMILY, "the name is a vendor's", _other_list("Vendor")),
    Story(3, FAMILY, "the name is an employee's", _other_list("Employee")),
    Story(4, FAMILY, "two customers that are one", two_that_are_one),
    Story(10, FAMILY, "father and son, two branches in QuickBooks", _look_alikes, noise=True),
    Story(22, "inactive", "twelve orders wait on one name", _other_list("Vendor", _CHILDREN)),
)
