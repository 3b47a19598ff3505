"""Bills of vendors: one that came twice is held, numbers that only look alike are not."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

from sandbox.drill.books import Books, Json
from sandbox.drill.records import bill
from sandbox.drill.story import Alert, Case, Story

FAMILY = "duplicates"
_KIN = "bills that came twice"
_EXPENSES = "Office Expenses"
Spelling = Callable[[int], tuple[str, str]]


def _with_a_word(number: int) -> tuple[str, str]:
    return str(number), f"INV-{number}"


def _with_a_blank(number: int) -> tuple[str, str]:
    return f"INV-{number}", f"INV {number}"


def _with_a_zero(number: int) -> tuple[str, str]:
    return f"inv 0{number}", str(number)


def _live(books: Books, vendor: Json) -> list[Json]:
    """The bills of a vendor that stand."""
    return [
        row
        for row in books.all("Bill")
        if not row["_deleted"] and row["VendorRef"]["name"] == vendor["name"]
    ]


def _typed_and_sent(spelling: Spelling) -> Callable[[Books, Random], Case]:
    """Somebody typed the vendor's bill; the shop hands it in under another spelling."""

    def make(books: Books, rng: Random) -> Case:
        vendor = books.supplier(rng)
        theirs, ours = spelling(books.names.number(rng))
        due = books.bill(rng, vendor)
        ours_bill = bill(ours, books.day(rng, 5), vendor["external_id"], [_line(due)])
        entered: list[str] = []

        def inject() -> None:
            account = books.find("Account", _EXPENSES)["Id"]
            line = {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": float(due["total"]),
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
            }
            entered.append(
                books.typed_in(
                    "Bill",
                    VendorRef={"value": books.find("Vendor", vendor["name"])["Id"]},
                    Line=[line],
                    DocNumber=theirs,
                    TxnDate=ours_bill["date"],
                )
            )
            books.hand_in(ours_bill)

        def right() -> str:
            found = [row["Id"] for row in _live(books, vendor)]
            return "" if found == entered else f"{len(found)} bills of {vendor['name']}, not one"

        marker = vendor["name"].split()[0]
        alert = Alert("duplicate_transaction", marker, 1, button="link_document")
        return Case(inject, right, alert, (vendor,))

    return make


def _line(row: Json) -> tuple[str, str]:
    return row["lines"][0]["account"], row["lines"][0]["amount"]


def _sent_twice(spelling: Spelling, *, another: bool) -> Callable[[Books, Random], Case]:
    """Two systems hand one bill in, each as it reads its number.

    `another`: it only seems so, for another amount; an approver says that they are two.
    """

    def make(books: Books, rng: Random) -> Case:
        vendor = books.supplier(rng)
        first, second = spelling(books.names.number(rng))
        due, other = books.bill(rng, vendor), books.bill(rng, vendor)
        days = [books.day(rng, 5) for _ in range(2)]
        lines = [_line(due), _line(other) if another else _line(due)]
        posted, held = (
            bill(number, day, vendor["external_id"], [line])
            for number, day, line in zip((first, second), days, lines, strict=True)
        )

        def right() -> str:
            found = sorted(Decimal(str(row["TotalAmt"])) for row in _live(books, vendor))
            wanted = sorted(
                Decimal(one["total"]) for one in ((posted, held) if another else (posted,))
            )
            return "" if found == wanted else f"bills of {vendor['name']}: {found}, not {wanted}"

        marker = vendor["name"].split()[0]
        button = "post_another" if another else "skip"
        alert = Alert("duplicate_transaction", marker, 1, button=button)
        return Case(lambda: books.hand_in(held), right, alert, (vendor, posted))

    return make


def _look_alikes(books: Books, rng: Random) -> Case:
    """A vendor's bills 1-12 and 11-2, and two numbers in a row."""
    vendor, number = books.supplier(rng), books.names.number(rng)
    named = (f"{number}-12", f"{number}1-2", f"INV-{number}", f"INV-{number + 1}")
    bills = [
        bill(one, books.day(rng), vendor["external_id"], [(_EXPENSES, f"{20 + place}.{place}0")])
        for place, one in enumerate(rng.sample(named, len(named)))
    ]
    return Case(lambda: books.hand_in(*bills), lambda: books.posted(*bills), before=(vendor,))


STORIES: tuple[Story, ...] = (
    Story(54, FAMILY, "a bill typed without its INV", _typed_and_sent(_with_a_word), kin=_KIN),
    Story(54, FAMILY, "a bill typed with a dash", _typed_and_sent(_with_a_blank), kin=_KIN),
    Story(54, FAMILY, "a bill typed with a zero", _typed_and_sent(_with_a_zero), kin=_KIN),
    Story(54, FAMILY, "a bill that came twice", _sent_twice(_with_a_blank, another=False)),
    Story(54, FAMILY, "two bills of one number", _sent_twice(_with_a_word, another=True)),
    Story(54, FAMILY, "bill numbers that look alike", _look_alikes, noise=True),
)
