"""Items, accounts and codes that are not mapped, or mapped wrongly."""

from random import Random
from typing import Any

from sandbox.drill.books import Books
from sandbox.drill.records import by_sku
from sandbox.drill.story import IMPORTED, Alert, Case, Story

FAMILY = "mapping"
_SALES = "Sales of Product Income"
Json = dict[str, Any]


def _income(books: Books) -> Json:
    """An income account every company has."""
    return {"value": books.find("Account", _SALES)["Id"]}


def _lines_use(books: Books, orders: list[Json], item_id: str) -> str:
    """Say what is wrong unless every line of these orders is of this item."""
    for order in orders:
        found = [row for row in books.all("Invoice") if row.get("DocNumber") == order["number"]]
        used = {
            line["SalesItemLineDetail"]["ItemRef"]["value"]
            for row in found
            for line in row["Line"]
            if "SalesItemLineDetail" in line
        }
        if used != {item_id}:
            return f"order {order['number']} uses items {sorted(used)}, not {item_id}"
    return ""


def unmapped(books: Books, rng: Random) -> Case:
    """The shop writes a SKU in its own way; the item is in QuickBooks, its pieces counted."""
    buyer, thing = books.buyer(rng), books.goods(rng)
    number = books.names.number(rng)
    item_id = books.counted(rng, thing, f"TX-{number}")
    said = f"tx {number}"
    orders = [
        by_sku(order, said, thing["name"])
        for order in books.orders(rng, buyer, [thing], rng.randint(1, 3))
    ]

    def right() -> str:
        return books.posted(*orders) or _lines_use(books, orders, item_id)

    alert = Alert("missing_mapping", said, len(orders))
    return Case(lambda: books.hand_in(*orders), right, alert, (buyer,))


def _no_item(books: Books, rng: Random) -> Case:
    """A product is sold that QuickBooks has never seen."""
    buyer, thing = books.buyer(rng), books.goods(rng)
    said = f"ZQ{books.names.number(rng)}"
    order = by_sku(books.order(rng, buyer, [thing]), said)

    def right() -> str:
        made = [row for row in books.all("Item") if row.get("Sku") == said]
        if len(made) != 1:
            return f"{len(made)} items have the SKU {said}, not one"
        return books.posted(order) or _lines_use(books, [order], made[0]["Id"])

    # Other stories make income accounts too: then nobody can know which one is meant.
    typed = {"Income account": _SALES}
    alert = Alert("missing_mapping", said, 1, typed=typed)
    return Case(lambda: books.hand_in(order), right, alert, (buyer,))


def _renamed_item(books: Books, rng: Random) -> Case:
    """The item a SKU was posted with is renamed in QuickBooks and gets another SKU there."""
    buyer, thing = books.buyer(rng), books.goods(rng)
    said = thing["sku"]
    number = books.names.number(rng)
    earlier = by_sku(books.order(rng, buyer, [thing]), said)
    later = [by_sku(order, said) for order in books.orders(rng, buyer, [thing], 2)]
    item_id = books.typed_in(
        "Item",
        Name=thing["name"],
        Sku=said,
        Type="NonInventory",
        IncomeAccountRef=_income(books),
    )

    def renamed() -> None:
        data = {"Name": f"{thing['name']} {number}", "Sku": f"NEW-{number}"}
        books.act("edit", entity="Item", id=item_id, data=data)

    def right() -> str:
        orders = [earlier, *later]
        return books.posted(*orders) or _lines_use(books, orders, item_id)

    alert = Alert("missing_mapping", said, len(later))
    return Case(lambda: books.hand_in(*later), right, alert, (buyer, earlier), earlier=renamed)


def _two_parents(books: Books, rng: Random) -> Case:
    """An account is named without the one above it, and two are called so."""
    leaf = books.names.word(rng)
    ids = []
    for _ in range(2):
        above = books.typed_in("Account", Name=books.names.word(rng), AccountType="Income")
        parent = {"value": above}
        ids.append(
            books.typed_in(
                "Account", Name=leaf, AccountType="Income", SubAccount=True, ParentRef=parent
            )
        )
    buyer = books.buyer(rng)
    thing = {**books.goods(rng), "income_account": leaf}
    order = books.order(rng, buyer, [thing])

    def right() -> str:
        used = [row["IncomeAccountRef"]["value"] for row in books.named("Item", thing["name"])]
        if len(used) != 1 or used[0] not in ids:
            return f"the item {thing['name']} sells on {used}, not on one of {ids}"
        return books.posted(order)

    alert = Alert("account_mismatch", leaf, 1)
    return Case(lambda: books.hand_in(thing, order), right, alert, (buyer,))


def _no_income_account(books: Books, rng: Random) -> Case:
    """The income account a product names is not in the chart of accounts."""
    name = f"{books.names.word(rng)} Sales"
    buyer = books.buyer(rng)
    thing = {**books.goods(rng), "income_account": name}
    order = books.order(rng, buyer, [thing])

    def right() -> str:
        made = books.named("Account", name)
        if [row["AccountType"] for row in made] != ["Income"]:
            return f"{len(made)} accounts are called {name}, not one of the kind Income"
        [found] = books.named("Item", thing["name"]) or [{"IncomeAccountRef": {"value": ""}}]
        if found["IncomeAccountRef"]["value"] != made[0]["Id"]:
            return f"the item {thing['name']} does not sell on {name}"
        return books.posted(order)

    alert = Alert("missing_account", name.split()[0], 1, button="create_account")
    return Case(lambda: books.hand_in(thing, order), right, alert, (buyer,))


def _inactive_payable(books: Books, rng: Random) -> Case:
    """A bill names an accounts payable that was made inactive; the default one is active."""
    name = f"{books.names.word(rng)} Payable"
    old = books.typed_in("Account", Name=name, AccountType="Accounts Payable")
    vendor = books.supplier(rng)
    bill = {**books.bill(rng, vendor), "payable_account": name}

    def inject() -> None:
        books.act("deactivate", entity="Account", id=old)
        books.hand_in(bill)

    def right() -> str:
        active = [row["_active"] for row in books.all("Account") if row["Id"] == old]
        if active != [False]:
            return f"the account {name} is active again, and nobody asked for that"
        return books.posted(bill)

    return Case(inject, right, Alert("account_mismatch", name.split()[0], 1), (vendor,))


def _renamed_payable(books: Books, rng: Random) -> Case:
    """Accounts payable has another name: it is found by its kind, and nothing is said."""
    rows = [row for row in books.all("Account") if row["AccountType"] == "Accounts Payable"]
    main = next(row for row in rows if row["_active"])
    vendor = books.supplier(rng)
    bill = books.bill(rng, vendor)

    def inject() -> None:
        books.act("edit", entity="Account", id=main["Id"], data={"Name": "Creditors"})
        books.hand_in(bill)

    return Case(inject, lambda: books.posted(bill), None, (vendor,))


def _merged_away(books: Books, rng: Random) -> Case:
    """The customer of an order was merged into another one in QuickBooks."""
    buyer, thing = books.buyer(rng), books.goods(rng)
    earlier = books.order(rng, buyer, [thing])
    later = books.orders(rng, buyer, [thing], 2)
    left = books.typed_in("Customer", DisplayName=books.names.business(rng))

    def inject() -> None:
        gone = books.find("Customer", buyer["name"])["Id"]
        books.act("merge", entity="Customer", id=gone, into=left)
        books.hand_in(*later)

    def right() -> str:
        numbers = {order["number"] for order in (earlier, *later)}
        used = {
            row["CustomerRef"]["value"]
            for row in books.all("Invoice")
            if row.get("DocNumber") in numbers
        }
        wrong = "" if used == {left} else f"the orders are of customers {sorted(used)}, not {left}"
        return books.posted(earlier, *later) or wrong

    marker = buyer["name"].split()[-1]
    alert = Alert("missing_record", marker, len(later))
    return Case(inject, right, alert, (buyer, thing, earlier))


def _no_payable(books: Books, rng: Random) -> Case:
    """The chart of accounts has no accounts payable at all: an approver creates one."""
    vendor = books.supplier(rng)
    bills = [books.bill(rng, vendor) for _ in range(rng.randint(1, 3))]
    return _without(books, "Accounts Payable", (vendor,), bills)


def _no_receivable(books: Books, rng: Random) -> Case:
    """It has no accounts receivable either: no invoice can be booked."""
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], rng.randint(1, 3))
    return _without(books, "Accounts Receivable", (buyer, goods), orders)


def _without(books: Books, kind: str, before: tuple[Json, ...], documents: list[Json]) -> Case:
    def right() -> str:
        rows = [row for row in books.all("Account") if row["AccountType"] == kind]
        there = [row["_active"] for row in rows if not row["_deleted"]]
        if there != [True]:
            return f"there are {len(there)} accounts of the kind {kind}, not a new one"
        return books.posted(*documents)

    alert = Alert("missing_account", kind, len(documents), button="create_account")
    return Case(lambda: books.hand_in(*documents), right, alert, before)


STORIES: tuple[Story, ...] = (
    Story(11, FAMILY, "a SKU written in another way", unmapped),
    Story(11, FAMILY, "a SKU without any item", _no_item),
    Story(12, FAMILY, "a SKU whose item was renamed", _renamed_item),
    Story(14, FAMILY, "an account name with two parents", _two_parents),
    Story(15, FAMILY, "an income account that is not there", _no_income_account),
    Story(16, FAMILY, "an inactive accounts payable", _inactive_payable),
    Story(16, FAMILY, "no accounts payable at all", _no_payable, IMPORTED),
    Story(16, FAMILY, "no accounts receivable at all", _no_receivable, IMPORTED),
    Story(16, FAMILY, "a renamed accounts payable", _renamed_payable, noise=True),
    Story(20, "inactive", "a customer that was merged away", _merged_away),
)
