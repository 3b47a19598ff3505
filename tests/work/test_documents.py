"""Documents whose number or sale is in QuickBooks already: renumbered, linked, posted beside it."""

from bot.fixes.registry import buttons as fix_buttons
from bot.incidents import buttons, message
from bot.models import Company
from bot.render import to_plain
from commands.parts import standing
from tests.sync.shop import customer, invoice, payment, vendor
from tests.words import knowledge
from tests.work.sales import jane, keyed, mug, sales


def told(house, alert):
    """What the alert says of why and what next."""
    text = house.services.render.problem(alert.problem, alert.facts)
    return f"{to_plain(text.why)} {to_plain(text.fix)}"


def offered(alert):
    """The fixes that the alert has buttons for."""
    found = buttons.on_offer(knowledge().problem(alert.problem), fix_buttons(), alert.facts)
    return [fix.name for fix, _ in found]


def company(house):
    """The company as it is kept."""
    with house.services.sessions.read() as session:
        return session.get_one(Company, house.shop.company_id)


def test_a_number_of_another_sale_is_changed_and_kept_in_the_memo(house):
    """Story 6: another customer's invoice has the number; renumber is the primary choice."""
    house.shop.hand_over(customer("c2", "Kim Lee"))
    house.shop.push_all()
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c2"), payment("p1", "c2", "100.00", "1001"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert alert.facts["theirs"]["type"] == "invoice"
    assert alert.facts["other_document"]
    _, words = house.preview(alert, "renumber")
    assert "1001-2" in words
    assert "it is paid" in words
    green = house.mend(alert, "renumber")

    assert green.state == "resolved", house.ending(alert)
    assert "Number in Shop: 1001" in sales(house)["1001-2"]["PrivateNote"]
    assert len(house.shop.books("Payment")) == 1


def test_the_same_document_under_its_number_is_linked(house):
    """Story 6: customer, total, tax and items agree, so linking is the primary choice."""
    theirs = keyed(house, DocNumber="1001", TxnDate="2026-11-11")
    house.shop.hand_over(invoice("1001", "c1"), payment("p1", "c1", "100.00", "1001"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert alert.facts["same_document"]
    assert not alert.facts["other_document"]
    before = len(house.shop.creates())
    green = house.mend(alert, "link_document")

    assert green.state == "resolved", house.ending(alert)
    assert "2 of 2 in QuickBooks, payments $100.00" in house.ending(alert)
    linked = "1 document linked to what was in QuickBooks before, not posted again"
    assert linked in house.ending(alert)
    assert "sales" not in house.ending(alert)
    assert (green.story["outcome"]["posted"], green.story["outcome"]["linked"]) == (1, 1)
    today = standing.standing(house.services, company(house)).posted_today
    assert (today.sales_count, today.cash_count) == (0, 1)
    assert house.shop.record("invoice", "1001").qbo_id == theirs
    assert list(sales(house)) == ["1001"]
    assert sales(house)["1001"]["Balance"] == 0
    assert len(house.shop.creates()) == before + 1  # the payment


def test_a_credit_memo_with_the_number_is_named_with_its_id(house):
    """Story 7: the alert names the type and TxnId; a credit memo is never offered as ours."""
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 5,
        "SalesItemLineDetail": {"ItemRef": {"value": mug(house)}},
    }
    memo = house.shop.create(
        "CreditMemo", CustomerRef={"value": jane(house)}, Line=[line], DocNumber="1001"
    )
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert (alert.facts["holder_type"], alert.facts["holder_id"]) == ("CreditMemo", memo)
    assert alert.facts["other_document"]
    prepared, _ = house.preview(alert, "link_document")
    assert "cannot stand for ours" in prepared.plan.refused
    advice = told(house, alert)
    assert "so it is not our invoice" in advice
    assert "link ours" not in advice
    assert house.mend(alert, "renumber").state == "resolved"
    assert "1001-2" in sales(house)


def test_a_typed_number_that_is_used_asks_again(house):
    """A number another document has is refused before anything is written."""
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    keyed(house, "78.00", DocNumber="1001-2", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    _, words = house.preview(alert, "renumber", number="1001-2")
    assert "1001-2 is used already" in words
    house.mend(alert, "renumber")
    assert "1001-3" in sales(house)


def test_a_sale_keyed_by_hand_is_linked_instead_of_doubled(house):
    """Story 9: same customer, total and items, another number: asked before it is posted."""
    theirs = keyed(house, DocNumber="77-1", TxnDate="2026-11-10")
    house.shop.hand_over(invoice("W-1", "c1"))
    house.sync()

    alert = house.incident("duplicate_transaction")
    assert alert.facts["same_document"]
    assert list(sales(house)) == ["77-1"]
    _, words = house.preview(alert, "link_document")
    assert "They differ in date" in words
    assert "receivables" not in words
    green = house.mend(alert, "link_document")
    assert green.state == "resolved"
    title = message.build(house.services, green).blocks[0]["text"]["text"]
    assert title == "✅ FIXED · Invoice W-1 · 1 document linked"
    assert house.shop.record("invoice", "W-1").qbo_id == theirs
    assert list(sales(house)) == ["77-1"]


def test_a_number_that_the_shop_itself_used_is_not_called_entered_by_hand(house):
    """Handed over twice: no link is offered, so none is advised; what may be pressed is."""
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    house.shop.hand_over(invoice("9", "c1") | {"number": "1001", "date": "2026-10-01"})
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert "link_document" not in offered(alert)
    advice = told(house, alert)
    assert "was posted from a source already" in advice
    assert "link ours" not in advice
    assert "by hand" not in advice
    assert "press Do not post it" in advice
    _, words = house.preview(alert, "skip")
    assert "Nothing is added to QuickBooks for it" in words
    assert "will not hold it" not in words


def test_who_leaves_one_out_sees_what_the_other_comes_to(house):
    """It is in QuickBooks already, they say: with another amount it is not all of it."""
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    other = invoice("9", "c1") | {"number": "1001", "date": "2026-10-01", "total": "72.00"}
    other["lines"] = [other["lines"][0] | {"unit_price": "72.00", "amount": "72.00"}]
    house.shop.hand_over(other)
    house.sync()

    _, words = house.preview(house.incident("duplicate_document_number"), "skip")
    assert "has to hold its $72.00" in words
    assert "But invoice 1001 there has $100.00, not $72.00." in words


def test_a_bill_is_told_as_a_bill(house):
    """Nothing is said of invoices' numbers, and a link is advised where it is offered."""
    house.shop.hand_over(vendor("v1", "Paper Mill"))
    house.shop.push_all()
    [mill] = [row for row in house.shop.books("Vendor") if row["DisplayName"] == "Paper Mill"]
    account = next(row for row in house.shop.books("Account") if row["AccountType"] == "Expense")
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": 85.0,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}},
    }
    house.shop.create("Bill", VendorRef={"value": mill["Id"]}, Line=[line], DocNumber="PM-2")
    house.shop.hand_over(
        {
            "type": "bill",
            "external_id": "b1",
            "number": "PM-2",
            "date": "2026-11-12",
            "vendor": "v1",
            "lines": [{"account": account["Name"], "amount": "85.00"}],
            "total": "85.00",
        }
    )
    house.sync()

    alert = house.incident("duplicate_document_number")
    advice = told(house, alert)
    assert "credit memos" not in advice
    assert ("link ours" in advice) is ("link_document" in offered(alert))


def test_a_person_may_say_that_it_is_another_sale(house):
    """Story 9: items differ, so nothing is primary; both sales stand afterwards."""
    keyed(house, DocNumber="77-1", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("W-1", "c1", ("i2", 4, "25.00")))
    house.sync()

    alert = house.incident("duplicate_transaction")
    assert not alert.facts["same_document"]
    assert not alert.facts["other_document"]
    assert house.mend(alert, "post_another").state == "resolved"
    assert sorted(sales(house)) == ["77-1", "W-1"]


def test_look_alikes_are_posted_without_a_word(house):
    """Story 10: INV-100 beside INV-1000, other days, other amounts, orders of the shop, $0."""
    keyed(house, DocNumber="INV-100", TxnDate="2026-11-12")
    keyed(house, DocNumber="55", TxnDate="2026-11-01")
    keyed(house, "99.99", DocNumber="56", TxnDate="2026-11-12")
    house.shop.hand_over(
        invoice("INV-1000", "c1"),
        invoice("INV-1001", "c1"),
        invoice("free", "c1", ("i1", 1, "0.00")),
    )
    house.sync()

    assert house.incidents() == []
    assert {"INV-1000", "INV-1001", "free"} <= set(sales(house))
