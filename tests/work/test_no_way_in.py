"""A fix that QuickBooks does not let in is told as the connection's trouble, as a sync tells it."""

import pytest
from sqlmodel import select

from bot import jobs
from bot.domain import ConnectionState
from bot.fixes import engine
from bot.models import Connection, FixRun, Record
from tests.sync.shop import invoice

UPDATE = {"entity": "Customer", "operation": "update"}


def waiting_for_jane(house):
    """Jane is inactive, one invoice waits; her alert."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.shop.hand_over(invoice("1", "c1"))
    house.sync()
    house.told()
    return house.incident("inactive_record")


@pytest.mark.parametrize("fault", ["code:120", "code:3100", "forbidden_3100", "code:6190"])
def test_a_refused_permission_on_a_fixs_write_is_the_connections_alert(house, fault):
    """The alert of the record is open as before; the connection has one of its own, at once."""
    incident = waiting_for_jane(house)
    house.shop.simulator.fault(fault, match=UPDATE)

    after = house.mend(incident, "reactivate")

    assert after.state == "open"
    told = house.ending(incident)
    assert "does not let the bot in" in told
    assert "Nothing was changed." in told
    assert "refused the change" not in told
    problem = {"code:6190": "company_suspended", "code:120": "wrong_permission"}.get(
        fault, "wrong_company"
    )
    assert house.incident(problem).subject == "connection"
    assert house.shop.books("Customer")[0]["Active"] is False


def test_an_ended_subscription_stays_open_and_its_green_counts_what_was_posted(house):
    """Try again changes nothing while it lasts, and says so; renewed, all that waited is told."""
    company_id = house.shop.company_id
    house.shop.simulator.act(house.shop.realm, "end_subscription")
    house.shop.hand_over(invoice("1", "c1"), invoice("2", "c1"))
    house.sync()
    house.told()
    alert = house.incident("company_suspended")

    after = house.mend(alert, "retry")
    assert after.state == "open"
    assert house.ending(alert).startswith("Tried again: ")
    assert "follow by themselves" not in house.ending(alert)

    house.shop.simulator.act(house.shop.realm, "renew_subscription")
    with house.services.sessions.write() as session:
        for row in session.exec(select(Record).where(Record.company_id == company_id)):
            row.not_before = None
            session.add(row)
    house.sync()
    house.check()
    assert house.again(alert).state == "resolved"
    assert house.ending(alert).startswith("2 of 2 in QuickBooks, ")


def test_a_permission_that_is_gone_ends_the_fix_at_once(house):
    """Withdrawn at the very write: it certainly was not made, and one alert says reconnect."""
    incident = waiting_for_jane(house)
    prepared, _ = house.preview(incident, "reactivate")
    house.shop.simulator.fault("unauthorized", match=UPDATE)
    house.shop.simulator.fault("invalid_grant")

    answer = engine.confirm(house.services, prepared.run_id, "U0DANA", {})
    assert isinstance(answer, engine.Confirmed)
    house.run()

    [connection] = house.shop.all(Connection)
    assert connection.state is ConnectionState.LOST
    assert "Nothing was changed." in house.ending(incident)
    assert house.incident("connection_lost").state == "open"
    paused = house.again(incident)
    assert (paused.state, paused.paused_by_id) == ("open", house.incident("connection_lost").id)


def test_a_busy_quickbooks_is_asked_again_and_nobody_is_told(house):
    """Throttled at the write: the fix waits in silence, then does it once."""
    incident = waiting_for_jane(house)
    house.shop.simulator.fault("throttled", times=4, match=UPDATE)
    assert house.mend(incident, "reactivate").state == "working"

    [run] = [row for row in house.shop.all(FixRun) if row.state == "applying"]
    jobs.work_on_fix(house.services.queue, house.shop.company_id, run.id)
    house.run()
    assert house.again(incident).state == "resolved"
    assert [row.problem for row in house.incidents()] == ["inactive_record"]


def test_a_refused_read_of_a_preview_is_told_too(house):
    """The preview says what stands in the way, and the connection has its alert."""
    incident = waiting_for_jane(house)
    house.shop.simulator.fault("forbidden_3100", times=3)

    prepared, _ = house.preview(incident, "reactivate")
    assert prepared.plan.refused
    house.run()
    assert house.incident("wrong_company").state == "open"


def test_after_a_reset_nothing_is_posted_until_a_person_says_so(house):
    """Books that were set back are compared first: the sync waits, and a press lets it go on."""
    house.shop.hand_over(invoice("1", "c1"))
    house.shop.simulator.fault("code:10200", match={"entity": "Invoice", "operation": "create"})
    house.sync()
    house.told()
    alert = house.incident("company_reset")
    assert alert.subject == "connection"

    with house.services.sessions.write() as session:
        for row in session.exec(select(Record).where(Record.state == "waiting")):
            row.not_before = None
    house.sync()
    assert house.shop.books("Invoice") == []
    assert house.again(alert).state == "open"

    assert house.mend(alert, "retry").state == "resolved"
    house.run()
    assert len(house.shop.books("Invoice")) == 1
