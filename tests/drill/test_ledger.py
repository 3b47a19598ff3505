"""The invariants of the books: what the drill reads from QuickBooks' reports, and what it says."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sandbox.drill import ledger
from sandbox.drill.books import Books
from sandbox.drill.ledger_reading import read
from sandbox.drill.stated import unstated

Json = dict[str, Any]


@pytest.fixture
def books(company: Callable[[str], Books]) -> Books:
    """An empty company with a customer, a product and an invoice of 50.00."""
    one = company("Harbor")
    income = {"value": one.find("Account", "Sales of Product Income")["Id"]}
    one.typed_in("Item", Name="Mug", Type="NonInventory", IncomeAccountRef=income)
    one.typed_in("Customer", DisplayName="Jane Doe")
    sold(one, 50, "1")
    return one


def sold(books: Books, amount: int, number: str) -> str:
    """A person sells a mug to Jane."""
    item = {"value": books.find("Item", "Mug")["Id"]}
    line = {
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": item},
    }
    buyer = {"value": books.find("Customer", "Jane Doe")["Id"]}
    return books.typed_in(
        "Invoice", CustomerRef=buyer, Line=[line], DocNumber=number, TxnDate="2026-11-12"
    )


def edited(books: Books, invoice: str, **data: Any) -> None:
    """A person changes an invoice."""
    books.act("edit", entity="Invoice", id=invoice, data=data)


def test_even_books_are_read_from_the_reports(books: Books) -> None:
    """Trial balance, balance sheet, receivables and the month agree with the one invoice."""
    now = read(books)

    assert ledger.uneven(now) == []
    assert now.months["2026-11"] == Decimal("50.00")
    assert now.sheet == (Decimal("50.00"), Decimal("50.00"))
    assert sum(now.open_.values()) == Decimal("50.00")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"TxnDate": "2026-10-31"}, "on 2026-11-12 as 1, and is 50.0 (tax 0) on 2026-10-31"),
        ({"DocNumber": "1-2"}, "as 1, and is"),
        ({"TxnTaxDetail": {"TotalTax": 4}}, "and is 54.0 (tax 4.0)"),
    ],
)
def test_a_changed_document_is_told(books: Books, change: Json, said: str) -> None:
    """Its day, its number, its total and tax: nothing of a document that stands may move."""
    before = read(books)
    edited(books, books.find("Invoice", "1")["Id"], **change)
    after = read(books)

    [wrong] = ledger.moved(before, after)
    assert said in wrong
    assert ledger.uneven(after) == []


def test_a_document_that_is_gone_is_told(books: Books) -> None:
    """Deleted or voided: both take money away."""
    before = read(books)
    books.act("void", entity="Invoice", id=books.find("Invoice", "1")["Id"])

    assert ledger.moved(before, read(books)) == ["Invoice 1 of 50.0 is gone"]


def test_another_customers_document_is_told_and_a_twins_is_not(books: Books) -> None:
    """Consolidated to the twin of the same name it is all right; given to a stranger it is not."""
    before, invoice = read(books), books.find("Invoice", "1")["Id"]
    twin = books.typed_in("Customer", DisplayName="Jane  Doe")
    edited(books, invoice, CustomerRef={"value": twin})
    assert ledger.moved(before, read(books)) == []

    edited(books, invoice, CustomerRef={"value": books.typed_in("Customer", DisplayName="Ann")})
    [wrong] = ledger.moved(before, read(books))
    assert "is of" in wrong


def test_the_closing_date_is_looked_at(books: Books) -> None:
    """What changes the trial balance of closed books is told, also a new document."""
    books.act("close_books", date="2026-11-30")
    before = read(books)
    sold(books, 20, "2")

    wrong = ledger.moved(before, read(books))
    assert wrong == ["the trial balance at the closing date 2026-11-30 changed"]


def shelved(books: Books) -> str:
    """A person keeps cups in stock, 40 of them at 2.50, and sells 3 to Jane; the item's Id."""
    refs = {
        key: {"value": books.find("Account", name)["Id"]}
        for key, name in (
            ("IncomeAccountRef", "Sales of Product Income"),
            ("ExpenseAccountRef", "Cost of Goods Sold"),
            ("AssetAccountRef", "Inventory Asset"),
        )
    }
    cup = books.typed_in(
        "Item",
        Name="Cup",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=40,
        PurchaseCost=2.5,
        InvStartDate="2026-09-01",
        **refs,
    )
    detail = {"ItemRef": {"value": cup}, "Qty": 3, "UnitPrice": 10}
    line = {"Amount": 30, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}
    buyer = {"value": books.find("Customer", "Jane Doe")["Id"]}
    books.typed_in("Invoice", CustomerRef=buyer, Line=[line], DocNumber="9", TxnDate="2026-11-13")
    return cup


def test_stock_is_counted_and_valued(books: Books) -> None:
    """What was sold is off the shelf, its cost in the profit of its month, the rest on account."""
    cup = shelved(books)
    now = read(books)

    assert ledger.uneven(now) == []
    assert (now.stock[cup].on_hand, now.stock[cup].cost) == (Decimal(37), Decimal("2.5"))
    assert now.months["2026-11"] == Decimal("72.50")
    assert now.trial[now.stock[cup].account] == Decimal("92.50")


def test_a_miscounted_stock_is_told(books: Books) -> None:
    """A piece more or less than the documents moved, whoever set it."""
    cup = shelved(books)
    before = read(books)
    books.act("edit", entity="Item", id=cup, data={"QtyOnHand": 38})

    wrong = ledger.moved(before, read(books))
    assert f"item {cup}: 1.0 on hand by count, 0 by documents" in wrong


def test_a_stock_account_that_is_off_is_told(books: Books) -> None:
    """What is on hand is worth what its account says, and a month bears the cost of its sales."""
    cup = shelved(books)
    now = read(books)
    more = replace(now.stock[cup], on_hand=now.stock[cup].on_hand + 1)
    odd = ledger.uneven(replace(now, stock={**now.stock, cup: more}))
    assert [one for one in odd if "is 92.50, and what is on hand is worth 95.0" in one]

    dear = replace(now.stock[cup], cost=Decimal(3))
    odd = ledger.uneven(replace(now, stock={**now.stock, cup: dear}))
    assert "the profit of 2026-11 is 72.50, its documents say 71" in " ".join(odd)


def test_a_document_may_go_to_the_day_its_story_says(books: Books) -> None:
    """That one, to that day; any other is told as ever."""
    before = read(books)
    edited(books, books.find("Invoice", "1")["Id"], TxnDate="2026-10-31")
    after = read(books)

    assert ledger.moved(before, after, {"1": ("2026-10-31",)}) == []
    assert ledger.moved(before, after, {"1": ("2026-10-30", "2026-10-31")}) == []
    assert len(ledger.moved(before, after, {"1": ("2026-10-30",), "2": ("2026-10-31",)})) == 1


def test_what_came_back_and_what_did_not(books: Books) -> None:
    """After an undo the totals are those of before, or each that is not is named."""
    before = read(books)
    invoice = sold(books, 20, "2")
    assert any("profit of 2026-11 was 50.00, and is 70.00" in one for one in _moved(books, before))

    books.act("delete", entity="Invoice", id=invoice)
    assert _moved(books, before) == []


def _moved(books: Books, before: ledger.Ledger) -> list[str]:
    return ledger.differences(before, read(books))


def test_books_that_disagree_with_themselves_are_told(books: Books) -> None:
    """Each report is held against the documents."""
    now = read(books)
    key = next(key for key in now.said if key[0] == "Customer")
    odd = replace(
        now,
        trial={**now.trial, "1": Decimal(7)},
        sheet=(Decimal(1), Decimal(2)),
        said={**now.said, key: (Decimal(50), Decimal(49))},
        months={**now.months, "2026-11": Decimal(40)},
    )

    wrong = " ".join(ledger.uneven(odd))
    assert "trial balance is off by" in wrong
    assert "assets are 1, liabilities and equity 2" in wrong
    assert "the report 50, the record 49" in wrong
    assert "the profit of 2026-11 is 40, its documents say 50" in wrong


def test_a_document_of_the_bot_needs_a_source(books: Books) -> None:
    """Its mark, its amount and its day are those of what a shop handed in."""
    made = books.http.post(f"{books.control_url}/companies", {"name": "Mill", "seed": "empty"})
    other = replace(books, realm=made["realm_id"], handed={})
    income = {"value": other.find("Account", "Sales of Product Income")["Id"]}
    item = other.typed_in("Item", Name="Mug", Type="NonInventory", IncomeAccountRef=income)
    buyer = other.typed_in("Customer", DisplayName="Jane Doe")
    line = {
        "Amount": 50,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}},
    }
    body = {
        "CustomerRef": {"value": buyer},
        "Line": [line],
        "TxnDate": "2026-11-12",
        "PrivateNote": "[sync:shop:order-1]",
    }
    api = other.control_url.removesuffix("/control") + "/v3"
    url = f"{api}/company/{other.realm}/invoice?requestid=one"
    other.http.post(url, body, token=made["access_token"])

    assert "was handed in by nobody" in " ".join(unstated(other))
    order = {"date": "2026-11-12", "total": "50.00"}
    for said, wrong in (
        (order, []),
        ({**order, "total": "51.00"}, ["was handed in with 51.00"]),
        ({**order, "date": "2026-11-13T03:40:00Z"}, []),
        ({**order, "date": "2026-11-13"}, ["is dated 2026-11-12, and was handed in with"]),
    ):
        other.handed["[sync:shop:order-1]"] = said
        found = unstated(other)
        assert len(found) == len(wrong)
        assert all(words in one for words, one in zip(wrong, found, strict=True))
