"""Documents of closed books: the first open day, entered by hand, and what stays held."""

from tests.sync.shop import invoice, payment
from tests.work.sales import jane, keyed, sales


def close_books(house, day):
    """Somebody closes the books."""
    house.shop.simulator.act(house.shop.realm, "close_books", date=day)


def test_a_payment_of_the_closed_month_is_not_promised_with_its_sale(house):
    """Story 33: a payment keeps its day, so moving its invoice does not let it go."""
    close_books(house, "2026-10-31")
    paid = payment("p1", "c1", "100.00", "1001") | {"date": "2026-10-20"}
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"}, paid)
    house.sync()

    alert = house.incident("closed_period")
    _, words = house.preview(alert, "redate")
    assert "Posts 1 document: 1 invoice, receivables +$100.00." in words
    assert "1 more waits for another alert too: payment p1 is in a closed month" in words
    assert "CLOSED" not in words
    assert "received" not in words
    green = house.mend(alert, "redate")
    assert green.state == "resolved", house.ending(alert)
    assert "1 of 1 in QuickBooks" in house.ending(alert)
    [row] = [row for row in house.incidents() if row.facts.get("record_type") == "payment"]
    assert (row.problem, row.state) == ("closed_period", "open")


def test_no_other_preview_promises_the_payment_of_a_closed_month(house):
    """Try again, and linking what was entered by hand: the payment is named as what stays held."""
    close_books(house, "2026-10-31")
    paid = payment("p1", "c1", "100.00", "1001") | {"date": "2026-10-20"}
    later = payment("p2", "c1", "100.00", "1001") | {"date": "2026-11-20"}
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"}, paid, later)
    house.sync()
    alert = house.incident("closed_period")

    _, words = house.preview(alert, "retry")
    assert "Posts no document by itself." in words
    assert "invoice 1001 is in a closed month and payment p1 is in a closed month" in words
    close_books(house, "2026-09-30")
    _, words = house.preview(alert, "retry")
    assert "Posts 3 documents: 1 invoice, receivables +$100.00; 2 payments, $200.00" in words
    assert "closed month" not in words

    close_books(house, "2026-10-31")
    house.preview(alert, "retry")
    keyed(house, DocNumber="1001", TxnDate="2026-10-15")
    _, words = house.preview(alert, "entered_by_hand")
    assert "Posts 1 document: 1 payment, $100.00 received." in words
    assert "1 more waits for another alert too: payment p1 is in a closed month" in words


def test_a_sale_of_a_closed_month_goes_to_the_first_open_day(house):
    """Story 33: original date in the memo, due date from the original date; its payment follows."""
    close_books(house, "2026-10-31")
    sale = invoice("1001", "c1", due_date="2026-10-25") | {"date": "2026-10-15"}
    house.shop.hand_over(sale, payment("p1", "c1", "100.00", "1001"))
    house.sync()

    alert = house.incident("closed_period")
    assert alert.facts["may_move"]
    _, words = house.preview(alert, "redate")
    assert "10/15/2026" in words
    assert "November 2026" in words
    green = house.mend(alert, "redate")
    assert green.state == "resolved", house.ending(alert)
    posted = sales(house)["1001"]
    assert (posted["TxnDate"], posted["DueDate"]) == ("2026-11-01", "2026-10-25")
    assert "Original date 10/15/2026" in posted["PrivateNote"]
    assert posted["Balance"] == 0
    assert not green.story["outcome"]["undoable"]
    prepared, _ = house.preview(green, "undo")
    assert "Invoice 1001 is in QuickBooks by now: void or credit it" in prepared.plan.refused


def test_a_payment_of_a_closed_month_is_entered_by_hand_and_found(house):
    """Story 33 and 49: it is never re-dated; what a person entered is linked by itself."""
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"})
    house.sync()
    close_books(house, "2026-10-31")
    closed = payment("p1", "c1", "40.00", "1001") | {"date": "2026-10-20"}
    house.shop.hand_over(closed, payment("p2", "c1", "60.00", "1001"))
    house.sync()

    assert house.shop.state("payment", "p2") == "posted"
    alert = house.incident("closed_period")
    house.told()
    prepared, _ = house.preview(alert, "redate")
    assert "keeps its true date" in prepared.plan.refused
    prepared, _ = house.preview(alert, "entered_by_hand")
    assert "Receive payment" in prepared.plan.refused

    close_books(house, "")
    applied = [{"TxnId": sales(house)["1001"]["Id"], "TxnType": "Invoice"}]
    theirs = house.shop.create(
        "Payment",
        CustomerRef={"value": jane(house)},
        TotalAmt=40,
        TxnDate="2026-10-20",
        Line=[{"Amount": 40, "LinkedTxn": applied}],
    )
    close_books(house, "2026-10-31")
    house.capture()
    house.check()
    assert house.again(alert).state == "resolved"
    assert house.shop.record("payment", "p1").qbo_id == theirs
    assert len(house.shop.books("Payment")) == 2


def test_what_was_entered_by_hand_with_another_number_is_linked_by_a_press(house):
    """Story 33: number and day differ a little; a person says that it is that one."""
    close_books(house, "2026-10-31")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"})
    house.sync()
    alert = house.incident("closed_period")
    close_books(house, "")
    theirs = keyed(house, DocNumber="88", TxnDate="2026-10-15")
    close_books(house, "2026-10-31")
    assert house.mend(alert, "entered_by_hand").state == "resolved"
    assert house.shop.record("invoice", "1001").qbo_id == theirs


def test_a_sale_of_a_filed_month_is_not_moved(house):
    """Rule 2: another date would put its tax into another return; it is entered by hand."""
    close_books(house, "2026-10-31")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"})
    house.sync()
    alert = house.incident("closed_period")
    house.filed_through("2026-10-31")
    prepared, _ = house.preview(alert, "redate")
    assert "another return" in prepared.plan.refused
