"""A document that is posted on another day than its source names now (story 56)."""

import pytest

from bot import mirror
from bot.fixes import engine
from bot.models import Record
from bot.render import to_plain
from bot.sync import comparing
from tests.sync.shop import invoice, payment, vendor
from tests.work.sales import sales
from tests.work.test_closed_months import close_books

PROBLEM = "day_differs"


def first_of_november(number="1001", **more):
    """A sale of 23:40 on 10/31, as a source in UTC hands it over."""
    return invoice(number, "c1", tax="7.00", **more) | {"date": "2026-11-01"}


def own_day(number="1001", **more):
    """The same sale on the company's own day."""
    return first_of_november(number, **more) | {"date": "2026-10-31"}


@pytest.fixture
def late(house):
    """It is posted on 11/01; then the source names 10/31. Told in Slack."""
    house.shop.hand_over(first_of_november())
    house.sync()
    house.capture()
    report = house.shop.hand_over(own_day())
    assert "an alert says so" in report.notes[0].text
    house.run()
    house.told()
    return house


def posted_day(house, number="1001"):
    """The day and the due day the books have."""
    row = sales(house)[number]
    return row["TxnDate"], row["DueDate"]


def refusal(house):
    """Why the fix is refused just now."""
    prepared, _ = house.preview(house.incident(PROBLEM), "move_day")
    assert not prepared.plan.steps
    return prepared.plan.refused


def test_it_goes_to_its_own_month_and_back(late):
    """Both months are named with sales and tax apart; undone, the difference stands again."""
    alert = late.incident(PROBLEM)
    assert posted_day(late) == ("2026-11-01", "2026-12-01")
    assert "warning" in alert.severity
    _, words = late.preview(alert, "move_day")
    assert "October 2026: +$100.00 of sales, +$7.00 of sales tax" in words
    assert "November 2026: -$100.00 of sales, -$7.00 of sales tax" in words
    assert "due date: 12/01/2026 → 11/30/2026" in words

    green = late.mend(alert, "move_day")
    assert green.state == "resolved", late.ending(alert)
    assert "dated 10/31/2026 now, before 11/01/2026" in late.ending(green)
    assert green.facts["first_date"] == green.facts["last_date"] == "2026-10-31"
    assert posted_day(late) == ("2026-10-31", "2026-11-30")
    assert str(late.shop.record("invoice", "1001").doc_date) == "2026-10-31"
    assert late.shop.holds() == []
    assert late.shop.hand_over(own_day()).notes == []
    assert len(late.shop.creates("Invoice")) == 1

    assert late.mend(alert, "undo").state == "open"
    assert posted_day(late) == ("2026-11-01", "2026-12-01")
    assert [row.problem for row in late.shop.holds()] == [PROBLEM]
    late.check()
    assert late.incidents()[-1].state == "open"


def test_the_source_may_take_its_day_back(late):
    """Handed over with the posted day again, nothing differs any more."""
    late.shop.hand_over(first_of_november())
    late.run()

    assert late.incident(PROBLEM).state == "resolved"
    assert late.shop.holds() == []


def test_mended_in_quickbooks_it_ends_by_itself(late):
    """A person with the closing password changed the date there."""
    late.shop.act("edit", "Invoice", sales(late)["1001"]["Id"], data={"TxnDate": "2026-10-31"})
    late.capture()

    assert late.incident(PROBLEM).state == "resolved"
    assert late.shop.hand_over(own_day()).notes == []


def test_nothing_moves_out_of_or_into_closed_books(late):
    """The refusal names the closing date and who can do it; mended there, the button ends it."""
    close_books(late, "2026-10-31")
    assert "closed through 10/31/2026" in refusal(late)
    assert "closing password" in refusal(late)
    late.check()
    assert late.incident(PROBLEM).facts["closed_through"] == "2026-10-31"

    close_books(late, "")
    late.shop.act("edit", "Invoice", sales(late)["1001"]["Id"], data={"TxnDate": "2026-10-31"})
    close_books(late, "2026-10-31")
    before = len(late.shop.simulator.writes(late.shop.realm))
    assert late.mend(late.incident(PROBLEM), "move_day").state == "resolved"
    assert len(late.shop.simulator.writes(late.shop.realm)) == before


def test_a_filed_month_needs_a_second_person(late):
    """The amount of the return is said before anything is written."""
    late.filed_through("2026-10-31")
    prepared, words = late.preview(late.incident(PROBLEM), "move_day")

    assert "October 2026" in prepared.plan.second
    assert "changes by $7.00 of sales tax" in words
    assert "sales tax FILED" in words
    answer = engine.confirm(late.services, prepared.run_id, "U0DANA", {})
    assert isinstance(answer, engine.Refused)
    assert posted_day(late)[0] == "2026-11-01"


def test_a_move_is_not_undone_in_books_closed_since(late):
    """The day stays, with the closing date as the reason; the alert stays green."""
    alert = late.incident(PROBLEM)
    late.mend(alert, "move_day")
    close_books(late, "2026-10-31")

    prepared, _ = late.preview(alert, "undo")
    assert "closed through 10/31/2026 by now" in prepared.plan.refused
    assert late.again(alert).state == "resolved"


def test_what_the_bank_agreed_with_is_never_moved(late):
    """Reconciled in QuickBooks: the bot is the lock (accounting.md rule 5)."""
    late.shop.act("reconcile", "Invoice", sales(late)["1001"]["Id"])

    assert "is reconciled" in refusal(late)


def test_what_people_did_in_quickbooks_is_not_overruled(late):
    """Moved elsewhere, voided or deleted there since: refused with the reason."""
    ours = sales(late)["1001"]["Id"]
    late.shop.act("edit", "Invoice", ours, data={"TxnDate": "2026-11-03"})
    assert "Somebody moved invoice 1001 to 11/03/2026" in refusal(late)
    late.shop.act("edit", "Invoice", ours, data={"TxnDate": "2026-11-01", "PrivateNote": "mine"})
    assert "entered in QuickBooks by hand" in refusal(late)
    late.shop.act("void", "Invoice", ours)
    assert "voided" in refusal(late)
    late.shop.act("delete", "Invoice", ours)
    assert "has no invoice 1001 any more" in refusal(late)


def test_a_payment_keeps_its_day(house):
    """The bank says when the money moved: told without a button, ended by a person's change."""
    paid = payment("p1", "c1", "100.00", "1001")
    house.shop.hand_over(invoice("1001", "c1"), paid | {"date": "2026-11-01"})
    house.sync()
    house.capture()
    house.shop.hand_over(paid | {"date": "2026-10-31"})
    house.run()

    alert = house.incident(PROBLEM)
    assert alert.facts["bank_dated"]
    assert not house.services.buttons["move_day"].offered(alert.facts)
    assert "the bank says when the money moved" in refusal(house)
    ours = house.shop.record("payment", "p1").qbo_id
    house.shop.act("edit", "Payment", ours, data={"TxnDate": "2026-10-31"})
    house.told()
    house.capture()
    assert house.again(alert).state == "resolved"


def test_a_paid_sale_moves_and_its_payment_stays(late):
    """Only the sale's month was wrong."""
    late.shop.hand_over(payment("p1", "c1", "107.00", "1001"))
    late.sync()
    _, words = late.preview(late.incident(PROBLEM), "move_day")
    assert "what is paid on it keeps its own day" in words

    assert late.mend(late.incident(PROBLEM), "move_day").state == "resolved"
    [paid] = late.shop.books("Payment")
    assert (posted_day(late)[0], paid["TxnDate"]) == ("2026-10-31", "2026-11-14")
    assert sales(late)["1001"]["Balance"] == 0


def test_a_bill_moves_within_its_month_with_the_due_day_its_source_names(house):
    """No month changes, and it says so; the mirror does not hold bills, the button reads them."""
    bill = {
        "type": "bill",
        "external_id": "b1",
        "number": "V-77",
        "date": "2026-11-05",
        "due_date": "2026-11-20",
        "vendor": "v1",
        "lines": [{"account": "Advertising", "amount": "80.00"}],
        "total": "80.00",
    }
    house.shop.hand_over(vendor("v1", "Paper Mill"), bill)
    house.sync()
    house.shop.hand_over(bill | {"date": "2026-11-04", "due_date": "2026-11-19"})
    house.run()
    house.told()

    _, words = house.preview(house.incident(PROBLEM), "move_day")
    assert "no month changes" in words
    assert house.mend(house.incident(PROBLEM), "move_day").state == "resolved"
    [ours] = house.shop.books("Bill")
    assert (ours["TxnDate"], ours["DueDate"]) == ("2026-11-04", "2026-11-19")


def test_another_amount_is_another_trouble(house):
    """With other money both are told, each by its own alert."""
    house.shop.hand_over(first_of_november())
    house.sync()
    changed = invoice("1001", "c1", ("i1", 1, "60.00"), tax="7.00") | {"date": "2026-10-31"}
    report = house.shop.hand_over(changed)

    assert "its day is 2026-10-31 now" in report.notes[0].text
    assert "nothing of it is changed in QuickBooks by itself" in report.notes[1].text
    assert {row.problem for row in house.shop.holds()} == {"total_differs", PROBLEM}


def test_another_amount_after_posting_is_told_until_both_agree(house):
    """Nothing is written; it ends when the source goes back, or the books are corrected."""
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    house.capture()
    more = invoice("1001", "c1", ("i1", 1, "111.00"))
    house.shop.hand_over(more)
    house.run()
    house.told()
    alert = house.incident("total_differs")
    text = house.services.render.problem("total_differs", alert.facts)
    assert "posted in QuickBooks at $100.00; Shop says $111.00" in to_plain(text.what)
    assert "handed it over again with other amounts" in to_plain(text.why)
    assert house.shop.hand_over(more).notes == []
    assert len(house.shop.creates("Invoice")) == 1

    house.shop.hand_over(invoice("1001", "c1"))
    house.run()
    assert house.again(alert).state == "resolved"

    house.shop.hand_over(more)
    house.run()
    assert house.again(alert).state == "open"
    house.filed_through("2026-12-31")
    house.check()
    assert house.again(alert).facts["filed_through"] == "2026-12-31"
    found = sales(house)["1001"]
    line = {
        **found["Line"][0],
        "Amount": 111,
        "SalesItemLineDetail": {
            **found["Line"][0]["SalesItemLineDetail"],
            "Qty": 1,
            "UnitPrice": 111,
        },
    }
    house.shop.act("edit", "Invoice", found["Id"], data={"Line": [line], "TotalAmt": 111})
    house.capture()
    assert house.again(alert).state == "resolved"


def test_the_same_money_written_otherwise_is_no_change(house):
    """Another memo or another order of the lines is no other amount."""
    lines = (("i1", 1, "60.00"), ("i2", 1, "40.00"))
    house.shop.hand_over(invoice("1001", "c1", *lines))
    house.sync()
    house.shop.hand_over(invoice("1001", "c1", *reversed(lines), memo="gift "))
    assert house.shop.holds() == []


def test_the_rest_of_a_new_version_is_named_too(house):
    """The day has its alert; what else changed is not applied, and the source hears of it."""
    house.shop.hand_over(first_of_november())
    house.sync()
    report = house.shop.hand_over(own_day(memo="gift wrap"))

    assert report.notes[0].text.endswith("the rest of the change was not applied")
    assert [row.problem for row in house.shop.holds()] == [PROBLEM]


def test_another_day_and_another_total_are_two_alerts(house):
    """One that is settled leaves the other; the posted day stays what the books have."""
    house.shop.hand_over(first_of_november())
    house.sync()
    record = house.shop.record("invoice", "1001")
    with house.services.sessions.write() as session:
        found = comparing.Amounts(record.amount, record.amount - 3)
        now = house.services.clock.now()
        comparing.hold_difference(session, session.get_one(Record, record.id), found, {}, now)
    corrected = invoice("1001", "c1", ("i1", 1, "97.00"), tax="7.00") | {"date": "2026-10-31"}
    house.shop.hand_over(corrected)
    house.run()
    house.told()

    assert {row.problem for row in house.shop.holds()} == {"total_differs", PROBLEM}
    assert str(house.shop.record("invoice", "1001").doc_date) == "2026-11-01"
    assert house.shop.hand_over(corrected).updated == 0
    assert house.mend(house.incident(PROBLEM), "move_day").state == "resolved"
    assert [row.problem for row in house.shop.holds()] == ["total_differs"]
    assert house.shop.hand_over(corrected).notes == []


def test_a_day_a_person_chose_stays(house):
    """Re-dated out of a closed month, its source's other day of that month changes nothing."""
    close_books(house, "2026-10-31")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"})
    house.sync()
    house.told()
    house.mend(house.incident("closed_period"), "redate")
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-16"})
    house.run()

    assert posted_day(house)[0] == "2026-11-01"
    assert house.shop.holds() == []


def test_a_change_during_the_fix_leaves_the_alert_standing(late, monkeypatch):
    """Read back with another day: nothing is called fixed, and the note is there again."""
    prepared, _ = late.preview(late.incident(PROBLEM), "move_day")
    assert isinstance(
        engine.confirm(late.services, prepared.run_id, "U0DANA", {}), engine.Confirmed
    )
    true = mirror.refresh

    def moved_again(services, company_id, entity, qbo_id):
        late.shop.act("edit", entity, qbo_id, data={"TxnDate": "2026-11-09"})
        return true(services, company_id, entity, qbo_id)

    monkeypatch.setattr(mirror, "refresh", moved_again)
    late.run()

    assert late.incident(PROBLEM).state == "partly"
    assert "dated 11/09/2026" in late.ending(late.incident(PROBLEM))
    assert [row.problem for row in late.shop.holds()] == [PROBLEM]
