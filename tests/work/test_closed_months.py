"""Documents of closed books: the first open day, entered by hand, and what stays held."""

from bot.console import posting
from bot.models import Company
from bot.render import to_plain
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
    assert "1 more waits for another alert too: payment p1 is dated in closed books" in words
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
    assert "invoice 1001 is dated in closed books and payment p1 is dated in closed books" in words
    close_books(house, "2026-09-30")
    _, words = house.preview(alert, "retry")
    assert "Posts 3 documents: 1 invoice, receivables +$100.00; 2 payments, $200.00" in words
    assert "closed books" not in words

    close_books(house, "2026-10-31")
    house.preview(alert, "retry")
    keyed(house, DocNumber="1001", TxnDate="2026-10-15")
    _, words = house.preview(alert, "entered_by_hand")
    assert "Posts 1 document: 1 payment, $100.00 received." in words
    assert "1 more waits for another alert too: payment p1 is dated in closed books" in words


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


def test_closed_in_the_middle_of_a_month_nothing_untrue_is_said_of_that_month(house):
    """Both days lie in one month: it neither gains nor loses, and only part of it is closed."""
    close_books(house, "2026-10-20")
    house.filed_through("2026-09-30")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-18"})
    house.sync()
    alert = house.incident("closed_period")
    told = house.services.render.problem("closed_period", {**alert.facts, "company": "Harbor"})
    assert "Invoice 1001 is dated in closed books" in told.title
    assert "dated 10/18/2026, and the books are closed through 10/20/2026" in to_plain(told.what)

    _, words = house.preview(alert, "redate")
    assert "Both days lie in October 2026, so no month gets it instead of another" in words
    assert "The books are closed through 10/20/2026; nothing changes up to that day." in words
    assert "10/18/2026 → 10/21/2026" in words
    assert "sales tax is filed through 09/30/2026, which is before both days" in words
    assert "closed month" not in words
    assert "not in October" not in words
    assert house.mend(alert, "redate").state == "resolved"
    assert sales(house)["1001"]["TxnDate"] == "2026-10-21"


def test_a_first_open_day_that_is_filed_too_is_no_other_return(house):
    """Filed through a later day than closed: the refusal speaks of the days, not of months."""
    close_books(house, "2026-10-20")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-18"})
    house.sync()
    house.filed_through("2026-10-31")
    prepared, _ = house.preview(house.incident("closed_period"), "redate")
    assert "filed through 10/31/2026, and 10/18/2026 lies in that time" in prepared.plan.refused
    assert "even the first open day lies in that time" in prepared.plan.refused
    assert "another return" not in prepared.plan.refused


def test_the_command_line_calls_what_is_held_as_slack_does(house):
    """The title of the one alert, or how many there are; never the bot's own word for it."""
    close_books(house, "2026-10-20")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-18"})
    with house.services.sessions.read() as session:
        company = session.get_one(Company, house.shop.company_id)
    asked = posting.ask(house.services, house.shop.company_id)
    house.sync()
    said = "\n".join(posting.result_lines(posting.result(house.services, company, asked)))
    assert "  held, Invoice 1001 is dated in closed books: 1 invoice, $100.00" in said
    assert "closed period" not in said

    house.shop.hand_over(invoice("1003", "c1") | {"date": "2026-10-19"})
    house.sync()
    said = "\n".join(posting.result_lines(posting.result(house.services, company, asked)))
    assert "  held, 2 documents dated in closed books: 2 invoices, $200.00" in said
