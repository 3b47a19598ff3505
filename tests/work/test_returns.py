"""An order that came back after its invoice was paid (story 59)."""

import pytest

from bot.models import FixStep, Link
from tests.sync.shop import invoice, payment
from tests.work.sales import sales
from tests.work.test_closed_months import close_books

PROBLEM = "total_differs"
FIX = "credit_difference"


def sold(*lines, tax="3.00", **more):
    """Three blue mugs, taxed; the shop's version is the moment of its change."""
    return invoice("1001", "c1", *(lines or (("i1", 3, "10.00"),)), tax=tax, **more)


def less(day="2026-11-20", **more):
    """One came back."""
    return sold(("i1", 2, "10.00"), tax="2.00", version=f"{day}T15:00:00Z", **more)


@pytest.fixture
def paid(house):
    """Invoice 1001 over $33.00 is posted and paid in full."""
    house.shop.hand_over(sold(version="2026-11-12T10:00:00Z"), payment("p1", "c1", "33.00", "1001"))
    house.sync()
    house.capture()
    assert sales(house)["1001"]["Balance"] == 0
    return house


@pytest.fixture
def back(paid):
    """And one of the three mugs came back."""
    paid.shop.hand_over(less())
    paid.sync()
    return paid


def living(house, entity):
    """Documents of an entity that are in the books."""
    return [row for row in house.shop.books(entity) if not row.get("_deleted")]


def owed(house):
    """What Jane owes by her record."""
    [row] = [row for row in house.shop.books("Customer") if row["DisplayName"] == "Jane Doe"]
    return row["Balance"]


def test_the_difference_becomes_a_credit_memo_of_its_day(back):
    """The invoice is not touched; receivables, tax and month are in the preview; asked once."""
    before = sales(back)["1001"]
    alert = back.incident(PROBLEM)
    assert "Credit the difference" in back.shown(alert)
    prepared, words = back.preview(alert, FIX)
    assert "credit memo 1001-2: none → $11.00, dated 11/20/2026" in words
    assert "Blue Mug on it: none → $10.00" in words
    assert "what Jane Doe owes: as it is → less $11.00, as a credit" in words
    assert "sales tax: as it is → less $1.00" in words

    back.confirm(prepared)
    green = back.again(alert)
    assert green.state == "resolved", back.ending(alert)
    assert "Credit memo 1001-2 for $11.00 is posted; invoice 1001 stays" in back.ending(green)
    said = back.shown(green)
    assert "Invoice 1001: difference credited" in said
    assert "amounts agree" not in said
    assert not green.story["outcome"]["undoable"]
    [memo] = living(back, "CreditMemo")
    assert (memo["TotalAmt"], memo["TxnTaxDetail"]["TotalTax"]) == (11, 1)
    assert (memo["TxnDate"], memo["DocNumber"]) == ("2026-11-20", "1001-2")
    assert "Returned of invoice 1001" in memo["PrivateNote"]
    [line] = [one for one in memo["Line"] if one["DetailType"] == "SalesItemLineDetail"]
    assert (line["Amount"], line["SalesItemLineDetail"]["Qty"]) == (10, 1)
    after = sales(back)["1001"]
    assert (after["SyncToken"], after["TotalAmt"]) == (before["SyncToken"], 33)
    assert owed(back) == -11

    back.capture()
    back.sync()
    assert back.shop.hand_over(less()).notes == []
    assert back.shop.holds() == []
    assert [row.state for row in back.incidents()] == ["resolved"]
    assert len(back.shop.creates("CreditMemo")) == 1


def test_what_comes_back_later_is_credited_by_itself_alone(back):
    """The second return is the second mug, not both."""
    back.mend(back.incident(PROBLEM), FIX)
    back.shop.hand_over(sold(("i1", 1, "10.00"), tax="1.00", version="2026-11-21T15:00:00Z"))
    back.sync()
    alert = [row for row in back.incidents() if row.state == "open"][-1]
    assert "less what was credited since" in back.shown(alert)

    assert back.mend(alert, FIX).state == "resolved", back.ending(alert)
    memos = living(back, "CreditMemo")
    assert sorted((one["TotalAmt"], one["TxnDate"]) for one in memos) == [
        (11, "2026-11-20"),
        (11, "2026-11-21"),
    ]
    assert back.shop.holds() == []


def test_a_cancelled_order_is_credited_whole(paid):
    """Nothing of it is left."""
    gone = sold(version="2026-11-20T15:00:00Z") | {"lines": [], "tax_total": "0.00", "total": "0"}
    paid.shop.hand_over(gone)
    paid.sync()

    assert paid.mend(paid.incident(PROBLEM), FIX).state == "resolved"
    [memo] = living(paid, "CreditMemo")
    assert (memo["TotalAmt"], memo["TxnTaxDetail"]["TotalTax"]) == (33, 3)


def test_an_exchange_takes_one_back_and_hands_another_out(paid):
    """The cheaper mug goes out in the same document."""
    swapped = sold(
        ("i1", 2, "10.00"), ("i2", 1, "4.00"), tax="2.40", version="2026-11-20T15:00:00Z"
    )
    paid.shop.hand_over(swapped)
    paid.sync()

    _, words = paid.preview(paid.incident(PROBLEM), FIX)
    assert "Blue Mug on it: none → $10.00" in words
    assert "Red Mug on it: none → -1 × $4.00" in words
    assert paid.mend(paid.incident(PROBLEM), FIX).state == "resolved"
    [memo] = living(paid, "CreditMemo")
    amounts = [one["Amount"] for one in memo["Line"] if one["DetailType"] == "SalesItemLineDetail"]
    assert (amounts, memo["TotalAmt"]) == ([10, -4], 6.6)


def test_money_that_went_back_is_a_refund_from_the_account(back):
    """Its source made the payment smaller too: a refund receipt is proposed."""
    bank = back.shop.create("Account", Name="Till", AccountType="Bank")
    back.capture()
    back.shop.hand_over(payment("p1", "c1", "22.00", "1001"))
    back.sync()
    [alert] = [row for row in back.incidents() if row.facts.get("returned")]
    prepared, words = back.preview(alert, FIX)
    assert "The money was paid back, as it seems" in words

    prepared, words = back.preview(
        alert, FIX, kind="refund", day="2026-11-20", account=f"Account:{bank}"
    )
    assert "refund receipt 1001-2: none → $11.00" in words
    assert "Till: as it is → less $11.00" in words
    back.confirm(prepared)
    assert back.again(alert).state == "resolved", back.ending(alert)
    [refund] = living(back, "RefundReceipt")
    assert (refund["TotalAmt"], refund["TxnDate"]) == (11, "2026-11-20")
    assert refund["DepositToAccountRef"]["value"] == bank
    assert owed(back) == 0


def test_without_a_moment_the_day_is_asked(house):
    """The source does not say when: nothing can be confirmed before somebody does."""
    house.shop.hand_over(sold(), payment("p1", "c1", "33.00", "1001"))
    house.sync()
    house.shop.hand_over(sold(("i1", 2, "10.00"), tax="2.00"))
    house.sync()
    alert = house.incident(PROBLEM)

    prepared, words = house.preview(alert, FIX)
    assert prepared.plan.steps == ()
    assert "does not say when it came back" in words
    prepared, words = house.preview(alert, FIX, kind="credit_memo", day="2026-11-10")
    assert prepared.plan.steps == ()
    assert "before that of the invoice" in words
    prepared, words = house.preview(alert, FIX, kind="credit_memo", day="2026-11-18")
    assert "dated 11/18/2026" in words


def test_a_closed_or_filed_day_goes_to_the_first_open_one(paid):
    """The memo says when it came back; the return of the filed month is left alone."""
    paid.shop.hand_over(less("2026-11-14"))
    paid.sync()
    paid.filed_through("2026-11-16")
    close_books(paid, "2026-11-15")
    alert = paid.incident(PROBLEM)

    _, words = paid.preview(alert, FIX)
    assert "11/14/2026, which is closed or filed → 11/17/2026" in words
    assert paid.mend(alert, FIX).state == "resolved", paid.ending(alert)
    [memo] = living(paid, "CreditMemo")
    assert memo["TxnDate"] == "2026-11-17"
    assert "Returned on 11/14/2026" in memo["PrivateNote"]

    prepared, words = paid.preview(alert, "undo")
    assert "is posted: void or credit it" in prepared.plan.refused


def test_a_refund_of_closed_books_is_entered_by_hand(paid):
    """Money keeps its day."""
    paid.shop.hand_over(less("2026-11-14"))
    paid.sync()
    close_books(paid, "2026-11-15")

    prepared, words = paid.preview(
        paid.incident(PROBLEM), FIX, kind="refund", day="2026-11-14", account="Account:35"
    )
    assert prepared.plan.steps == ()
    assert "money keeps its day" in words


@pytest.mark.parametrize("fault", ["reset_after", "reset_before"])
def test_a_lost_reply_posts_one(back, fault):
    """The same request settles it."""
    match = {"entity": "CreditMemo", "operation": "create"}
    back.shop.simulator.control("POST", "/faults", {"fault": fault, "times": 1, "match": match})
    alert = back.incident(PROBLEM)
    prepared, _ = back.preview(alert, FIX)
    back.confirm(prepared)
    for _ in range(3):
        back.sync()

    assert len(back.shop.creates("CreditMemo")) == 1
    [step] = [row for row in back.shop.all(FixStep) if row.action == "create"]
    assert step.state == "done"
    assert back.again(alert).state == "resolved", back.ending(alert)


@pytest.mark.parametrize("how", ["delete", "void"])
def test_taken_out_of_quickbooks_it_is_asked_about_again(back, how):
    """Undo is a person's in QuickBooks; the difference then stands as before."""
    alert = back.incident(PROBLEM)
    back.mend(alert, FIX)
    [memo] = living(back, "CreditMemo")
    back.shop.act(how, "CreditMemo", memo["Id"])
    back.capture()
    back.sync()

    [hold] = back.shop.holds("invoice", "1001")
    assert (hold.problem, hold.facts["difference"]) == (PROBLEM, "11.00")
    assert [row for row in back.shop.all(Link) if row.how == FIX] == []


def test_what_went_up_is_no_return(paid):
    """A larger order is another invoice: nothing is offered."""
    paid.shop.hand_over(sold(("i1", 4, "10.00"), tax="4.00"))
    paid.sync()
    alert = paid.incident(PROBLEM)

    assert not paid.services.buttons[FIX].offered(alert.facts)
    prepared, _ = paid.preview(alert, FIX)
    assert "not smaller" in prepared.plan.refused


def test_what_may_be_the_same_return_is_named(back):
    """Somebody entered the credit by hand, or the shop hands it over by itself."""
    memo = {
        "type": "credit_memo",
        "external_id": "cm1",
        "number": "CM-1",
        "date": "2026-11-20",
        "customer": "c1",
        "lines": [{"item": "i1", "quantity": "1", "unit_price": "10.00", "amount": "10.00"}],
        "tax_total": "1.00",
        "total": "11.00",
    }
    back.shop.hand_over(memo)
    _, words = back.preview(back.incident(PROBLEM), FIX)
    assert "Jane Doe has credit memo CM-1, not posted yet for the same amount" in words
    back.sync()
    _, words = back.preview(back.incident(PROBLEM), FIX)
    assert "Jane Doe has credit memo CM-1 of 11/20/2026 for the same amount" in words


def test_stock_comes_back_with_its_pieces(house):
    """A counted item is on the shelf again; a lower price of it is no piece."""
    accounts = {row["Name"]: {"value": row["Id"]} for row in house.shop.books("Account")}
    stocked = house.shop.create(
        "Item",
        Name="Bowl",
        Sku="B-1",
        Type="Inventory",
        TrackQtyOnHand=True,
        QtyOnHand=10,
        InvStartDate="2026-01-01",
        PurchaseCost=4,
        IncomeAccountRef=accounts["Sales of Product Income"],
        ExpenseAccountRef=accounts["Cost of Goods Sold"],
        AssetAccountRef=accounts["Inventory Asset"],
    )
    house.capture()

    def on_hand():
        [row] = [row for row in house.shop.books("Item") if row["Id"] == stocked]
        return row["QtyOnHand"]

    house.shop.hand_over(
        sold(("sku:B-1", 3, "10.00"), tax="0.00"), payment("p1", "c1", "30.00", "1001")
    )
    house.sync()
    assert on_hand() == 7
    cheaper = sold(("sku:B-1", 3, "9.00"), tax="0.00", version="2026-11-19T15:00:00Z")
    house.shop.hand_over(cheaper)
    house.sync()
    prepared, _ = house.preview(house.incident(PROBLEM), FIX)
    assert "the price of Bowl, which is kept in stock" in prepared.plan.refused

    house.shop.hand_over(sold(("sku:B-1", 1, "10.00"), tax="0.00", version="2026-11-20T15:00:00Z"))
    house.sync()
    alert = house.incident(PROBLEM)
    _, words = house.preview(alert, FIX)
    assert "stock of Bowl: as it is → +2" in words
    assert house.mend(alert, FIX).state == "resolved", house.ending(alert)
    assert on_hand() == 9


def test_more_credited_than_the_source_says_now_names_the_credits(back):
    """The shop takes its return back: which documents stand against it, with links, is said."""
    back.mend(back.incident(PROBLEM), FIX)
    back.shop.hand_over(sold(version="2026-11-22T15:00:00Z"))
    back.sync()
    alert = [row for row in back.incidents() if row.state == "open"][-1]

    told = back.shown(alert)
    assert "credit memo 1001-2 for $11.00" in told
    [memo] = living(back, "CreditMemo")
    [credit] = alert.facts["credits"]
    assert f"creditmemo%3FtxnId%3D{memo['Id']}&" in credit["link"]
    assert "Credit the difference" not in told
    back.shop.act("void", "CreditMemo", memo["Id"])
    back.capture()
    back.sync()
    assert back.shop.holds() == []
    assert back.again(alert).state == "resolved"


def test_what_worked_is_told_only_of_what_is_offered(back):
    """Credited three times; the fourth alert is about too much: no such button, no such word."""
    last = 2
    for left, tax, day in ((1, "1.00", 21), (0, "0.00", 22)):
        back.mend([row for row in back.incidents() if row.state == "open"][-1], FIX)
        last = left
        rows = sold(("i1", left, "10.00"), tax=tax, version=f"2026-11-{day}T15:00:00Z")
        back.shop.hand_over(rows if left else rows | {"lines": []})
        back.sync()
    assert last == 0
    back.mend([row for row in back.incidents() if row.state == "open"][-1], FIX)
    back.shop.hand_over(sold(version="2026-11-23T15:00:00Z"))
    back.sync()

    assert "Worked here" not in back.shown(
        [row for row in back.incidents() if row.state == "open"][-1]
    )
