"""From the intake to QuickBooks: order, references, exact money."""

from decimal import Decimal

from bot.models import AuditEntry, Link, Write
from tests.sync.shop import customer, invoice, item, payment, vendor


def test_everything_is_posted_in_the_order_it_depends_on(shop):
    """A payment handed over before its invoice and customer waits for nobody's click."""
    shop.hand_over(
        payment("p1", "c1", "26.50", "1001", method="Visa", reference="ch_1"),
        invoice("1001", "c1", ("i1", 2, "12.50"), tax="1.50", email="jane@example.com"),
        vendor("v1", "Paper Mill"),
        item("i1", "Blue Mug", sku="MUG-1"),
        customer("c1", "Jane  Doe", email="jane@example.com", phone="555 123 4567"),
    )

    shop.push_all()

    assert {shop.state(*key) for key in (("payment", "p1"), ("invoice", "1001"))} == {"posted"}
    order = [row["entity"] for row in shop.creates()]
    assert sorted(order[:3]) == ["Customer", "Item", "Vendor"]
    assert order[3:] == ["Invoice", "Payment"]
    [posted] = shop.books("Invoice")
    assert posted["TotalAmt"] == 26.5
    assert posted["Balance"] == 0
    assert posted["DocNumber"] == "1001"
    assert "[sync:Shop:1001]" in posted["PrivateNote"]
    assert posted.get("EmailStatus") in (None, "NotSet")
    [buyer] = shop.books("Customer")
    assert buyer["DisplayName"] == "Jane  Doe"


def test_posting_leaves_links_audit_entries_and_settled_writes(shop):
    """What was posted can be found again: a link, an audit entry and a settled write each."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1001", "c1"))

    shop.push_all()

    links = {row.external_id: row for row in shop.all(Link)}
    assert set(links) == {"c1", "i1", "1001"}
    assert {row.state for row in shop.all(Write)} == {"done"}
    told = [row.subject for row in shop.all(AuditEntry)]
    assert sorted(told[:2]) == ["customer:Shop/c1", "item:Shop/i1"]
    assert told[2:] == ["invoice:Shop/1001"]
    record = shop.record("invoice", "1001")
    assert record.qbo_id == links["1001"].qbo_id
    assert record.name == "Jane Doe"
    assert record.amount == Decimal("100.00")


def test_one_request_asks_what_people_entered_before_a_slice_is_posted(shop):
    """Payments, invoices and bills are looked for together; what is found still holds its own."""
    expenses = shop.create("Account", Name="Paper", AccountType="Expense")
    shop.hand_over(
        customer("c1", "Jane Doe"),
        vendor("v1", "Paper Mill"),
        item("i1", "Mug"),
        invoice("1001", "c1"),
    )
    shop.push_all()
    buyer = shop.record("customer", "c1").qbo_id
    by_hand = shop.create("Payment", CustomerRef={"value": buyer}, TotalAmt=7, TxnDate="2026-11-14")
    begun = len(shop.simulator.requests(shop.realm))
    line = {"account": expenses, "amount": "50.00"}
    owed = {
        "number": "B-1",
        "date": "2026-11-12",
        "vendor": "v1",
        "lines": [line],
        "total": "50.00",
    }
    shop.hand_over(
        {"type": "bill", "external_id": "b1", **owed},
        invoice("1002", "c1"),
        payment("p1", "c1", "100.00", "1001"),
        payment("p2", "c1", "7.00", date="2026-11-14"),
    )

    shop.push()

    paths = [row["path"].rpartition("/")[2] for row in shop.simulator.requests(shop.realm)[begun:]]
    assert sorted(paths) == ["batch", "bill", "invoice", "payment"]
    [hold] = shop.holds("payment", "p2")
    assert hold.facts["theirs"]["qbo_id"] == by_hand
