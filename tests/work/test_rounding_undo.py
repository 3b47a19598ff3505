"""A rounding line that the firm's rule added is taken back as one that somebody pressed for."""

from datetime import timedelta

from bot.domain import Role
from bot.fixes import rounded
from bot.models import AuditEntry, Delivery, FixRun, Incident
from tests.sync.shop import payment
from tests.work.sales import sales
from tests.work.test_closed_months import close_books
from tests.work.test_rounding import PROBLEM, sale, state_of, taxing, updates
from tests.work.test_rounding import rounded as rule

__all__ = ["rule", "taxing"]


def offer(house, number="1001"):
    """Somebody names the document: the alert from which the line can be taken back."""
    record = house.shop.record("invoice", number)
    since = house.services.clock.now() - rounded.RECENT
    alert_id = rounded.offer(house.services, record.id, since)
    return next((row for row in house.incidents() if row.id == alert_id), None)


def posted(house, *more):
    """An invoice to which the bot has added a cent by itself."""
    house.shop.hand_over(sale(), *more)
    house.sync()
    assert house.incidents() == []


def test_it_is_taken_back_with_preview_journal_and_reading_back(rule):
    """Nothing is told before; the difference stands again afterwards, on one message."""
    posted(rule)
    alert = offer(rule)
    assert (alert.state, alert.problem) == ("resolved", PROBLEM)
    [message] = rule.shop.all(Delivery)
    assert (message.ts, message.not_before.year) == (None, 9999)
    assert "rounding line of -$0.01, added by the rule of the company" in rule.shown(alert)

    prepared, words = rule.preview(alert, "undo")
    assert prepared.plan.role is Role.APPROVER
    assert "Invoice 1001 has a rounding line of -$0.01" in words
    assert "total: $2.03 → $2.04" in words
    assert "November 2026: +$0.01" in words
    assert "Invoice 1001 is $2.04 in QuickBooks again" in words
    rule.confirm(prepared)

    assert rule.again(alert).state == "open", rule.ending(alert)
    assert state_of(rule) == (2.04, 0.16, 2.04)
    [hold] = rule.shop.holds()
    assert (hold.problem, "rounding_due" in hold.facts) == (PROBLEM, False)
    assert len(updates(rule)) == 2
    done = [row.action for row in rule.shop.all(AuditEntry) if row.action.startswith("fix.undo")]
    assert {"fix.undo.approved", "fix.undo.update", "fix.undo.take_back"} <= set(done)
    [message] = rule.shop.all(Delivery)
    assert message.not_before <= rule.services.clock.now() + timedelta(minutes=1)

    # The rule does not add it again, and nothing is left to take back.
    rule.capture()
    rule.sync()
    assert len(updates(rule)) == 2
    assert offer(rule) is None
    assert rule.mend(rule.again(alert), "rounding_line").state == "resolved"
    assert state_of(rule) == (2.03, 0.16, 2.03)
    assert len(rule.incidents()) == 1


def test_asked_for_twice_it_is_one_alert_and_one_run(rule):
    """A second look changes nothing; another document has its own."""
    posted(rule)
    assert offer(rule).id == offer(rule).id
    assert len(rule.shop.all(Incident)) == len(rule.shop.all(FixRun)) == 1
    rule.shop.hand_over(sale("1002"))
    rule.sync()
    assert offer(rule, "1002").id != offer(rule).id


def test_it_stays_where_money_has_moved_since(rule):
    """The invoice is paid over the smaller total: taking the line out would leave a cent open."""
    posted(rule, payment("p1", "c1", "2.03", "1001"))
    prepared, _ = rule.preview(offer(rule), "undo")
    assert "paid" in prepared.plan.refused
    assert state_of(rule) == (2.03, 0.16, 0)


def test_it_stays_in_closed_books_and_where_somebody_changed_it(rule):
    """As with the line an approver added."""
    posted(rule)
    rule.shop.hand_over(sale("1002"))
    rule.sync()
    row = sales(rule)["1002"]
    rule.shop.act("edit", "Invoice", row["Id"], data={"Line": row["Line"][:1]})
    prepared, _ = rule.preview(offer(rule, "1002"), "undo")
    assert "was changed in QuickBooks since" in prepared.plan.refused

    close_books(rule, "2026-11-30")
    prepared, _ = rule.preview(offer(rule), "undo")
    assert "closed through 11/30/2026" in prepared.plan.refused


def test_what_is_old_or_was_never_added_is_not_offered(rule):
    """As other fixes, it can be taken back for some weeks."""
    posted(rule)
    record = rule.shop.record("invoice", "1001")
    later = rule.services.clock.now() + timedelta(days=1)
    assert rounded.offer(rule.services, record.id, later) is None
    rule.shop.hand_over(sale("1002", tax="0.16"))
    rule.sync()
    assert offer(rule, "1002") is None
    assert rule.incidents() == []


def test_a_line_after_a_reply_that_was_lost_for_a_while_is_taken_back_too(rule):
    """The alert that stood meanwhile gets the undo; there is no second one."""
    match = {"entity": "Invoice", "operation": "update"}
    body = {"fault": "unavailable_html", "times": 1, "match": match}
    rule.shop.simulator.control("POST", "/faults", body)
    rule.shop.hand_over(sale())
    for _ in range(3):
        rule.sync()
    told = rule.incidents()
    alert = offer(rule)
    assert [row.id for row in told] in ([], [alert.id])
    assert rule.mend(alert, "undo").state == "open", rule.ending(alert)
    assert state_of(rule) == (2.04, 0.16, 2.04)
    assert len(rule.incidents()) == 1
