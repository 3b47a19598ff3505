"""One message per problem, through real HTTP to a local Slack."""

import json
from datetime import timedelta

import pytest

from bot import incidents
from bot.domain import Finding, IncidentState, Scope
from bot.render import moment
from tests.incidents.facts import connection_lost, facts_of, inactive
from tests.incidents.house import House

DANA = "U0DANA0001"


def state_of(message: dict) -> str:
    """The state a program reads from the metadata."""
    return message["metadata"]["event_payload"]["state"]


def header_of(message: dict) -> str:
    """The header a person reads."""
    return message["blocks"][0]["text"]["text"]


def buttons_of(message: dict) -> dict[str, dict]:
    """The buttons by action id."""
    found = [block for block in message["blocks"] if block["type"] == "actions"]
    return {element["action_id"]: element for block in found for element in block["elements"]}


def test_a_finding_is_one_message_however_often_it_is_seen(house: House) -> None:
    """Three runs of the check make one incident and one post."""
    for _run in range(3):
        house.observe(1, inactive())
        house.settle()

    (message,) = house.messages()
    assert header_of(message) == "🔴 OPEN · Jane Doe inactive · 14 invoices not posted"
    assert message["text"] == (
        "Harbor Foods: 14 invoices, $38,210.50 not posted; Jane Doe is inactive in QuickBooks"
    )
    assert message["updates"] == 0
    assert message["metadata"]["event_type"] == "qb_incident"
    assert message["metadata"]["event_payload"] == {
        "incident_id": 1,
        "opened": house.incident(1).opened_at.isoformat(),
        "company_id": 1,
        "problem": "inactive_record",
        "kind": "inactive_record",
        "family": "inactive",
        "state": "open",
    }


def test_the_first_post_waits_for_its_cause(house: House) -> None:
    """Nothing is posted before the grouping time is over."""
    house.observe(1, inactive())
    house.settle(seconds=1)

    assert house.messages() == []

    house.settle(seconds=5)

    assert len(house.messages()) == 1


def test_what_settles_before_anybody_saw_it_is_never_posted(house: House) -> None:
    """A problem that goes away within the grouping time leaves no message."""
    house.observe(1, inactive())
    house.observe(1)
    house.settle()

    assert house.messages() == []
    assert house.incident(1).state is IncidentState.RESOLVED
    assert house.delivery(1).sent == house.delivery(1).wanted


def test_a_change_the_reader_sees_edits_and_any_other_does_not(house: House) -> None:
    """A new count edits the message in place; a new intuit_tid or passing time does not."""
    house.observe(1, inactive())
    house.settle()
    house.observe(1, inactive(intuit_tid="1-other", raw="{}"))
    house.settle(seconds=600)

    assert house.messages()[0]["updates"] == 0

    house.observe(1, inactive(documents=15, sales_count=15, sales_amount="38630.50"))
    house.settle()

    (message,) = house.messages()
    assert message["updates"] == 1
    assert "15 invoices" in header_of(message)


def test_only_what_a_run_covered_is_settled(house: House) -> None:
    """ "Gone" is not "not read": other checks' and out-of-scope incidents stay open."""
    house.observe(1, inactive("Jane", 58), inactive("Kim", 59))
    house.observe(1, check="another_check")
    house.observe(1, inactive("Kim", 59), scope=Scope(frozenset({"Customer:59"})))

    assert house.incident(1).state is IncidentState.OPEN

    house.observe(1, inactive("Kim", 59), scope=Scope(frozenset({"Customer:58"})))

    assert house.incident(1).state is IncidentState.RESOLVED
    assert house.incident(2).state is IncidentState.OPEN


def test_settled_by_itself_says_so(house: House) -> None:
    """When the check finds it no more, the same message turns green and says how."""
    house.observe(1, inactive())
    house.settle()
    house.observe(1)
    house.settle()

    (message,) = house.messages()
    assert header_of(message) == "✅ FIXED · Jane Doe"
    assert "Settled by itself" in json.dumps(message["blocks"])
    assert list(buttons_of(message)) == ["more:history", "details"]


def test_back_within_a_day_opens_the_same_message_again(house: House) -> None:
    """An edit within 24 hours, a new post after that (an edit notifies nobody)."""
    house.observe(1, inactive())
    house.settle()
    house.observe(1)
    house.settle()
    house.clock.forward(hours=23)
    assert house.observe(1, inactive()) == [1]
    house.settle()

    (message,) = house.messages()
    assert state_of(message) == "open"
    assert house.incident(1).reopened == 1
    assert "Came back" in json.dumps(message["blocks"])

    house.observe(1)
    house.settle()
    house.clock.forward(hours=25)
    house.observe(1, inactive())
    house.settle()

    assert [state_of(message) for message in house.messages()] == ["resolved", "open"]


def test_a_stale_run_neither_reopens_nor_settles(house: House) -> None:
    """Findings read before a fix ended do not open what it has just settled."""
    house.observe(1, inactive())
    house.settle()
    began = house.clock.now()
    house.clock.forward(seconds=2)
    incidents.finish(house.services, 1, by=DANA, lines=["done"], resolved=True)

    assert house.observe(1, inactive(), as_of=began) == []
    assert house.incident(1).state is IncidentState.RESOLVED

    house.clock.forward(seconds=2)
    house.observe(1, inactive())
    house.observe(1, as_of=began)

    assert house.incident(1).state is IncidentState.OPEN


def test_a_fix_shows_its_steps_and_ends_green(house: House) -> None:
    """WORKING has no button that acts; FIXED says who, when, what and how many were posted."""
    house.observe(1, inactive())
    house.settle()
    now = house.clock.now()
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, now)
    with house.services.sessions.write() as session:
        assert not incidents.begin_work(session, 1, "U0PRIYA001", now)
    with house.services.sessions.write() as session:
        incidents.say(session, 1, DANA, "customer active again ✔", now)
    incidents.progress(house.services, 1, 9, 14, "posting documents")
    house.drain()

    (message,) = house.messages()
    shown = json.dumps(message["blocks"], ensure_ascii=False)
    assert header_of(message) == "🔵 WORKING · Jane Doe inactive"
    assert "posting documents 9 of 14" in shown
    assert "customer active again ✔" in shown
    assert list(buttons_of(message)) == ["details"]

    house.observe(1)  # the check no longer finds it while the fix still works
    assert house.incident(1).state is IncidentState.WORKING
    house.clock.forward(minutes=1)
    lines = ["14 of 14 in QuickBooks, $38,210.50"]
    incidents.finish(house.services, 1, by=DANA, lines=lines, resolved=True, posted=14)
    house.drain()

    (message,) = house.messages()
    shown = json.dumps(message["blocks"], ensure_ascii=False)
    assert header_of(message) == "✅ FIXED · Jane Doe · 14 documents posted"
    assert DANA in shown
    assert "14 of 14 in QuickBooks, $38,210.50" in shown
    assert f"read back {moment(house.clock.now(), 'America/New_York')}" in shown


def test_a_fix_that_failed_in_between_offers_what_to_press_next(house: House) -> None:
    """PARTLY: what was done, what was not, and the buttons again."""
    house.observe(1, inactive())
    house.settle()
    with house.services.sessions.write() as session:
        incidents.begin_work(session, 1, DANA, house.clock.now())
    lines = ["active again, 3 of 14 posted"]
    incidents.finish(house.services, 1, by=DANA, lines=lines, resolved=False)
    house.drain()

    (message,) = house.messages()
    assert header_of(message).startswith("🟠 PARTLY · Jane Doe inactive")
    assert "3 of 14 posted" in json.dumps(message["blocks"])
    assert "fix:reactivate" in buttons_of(message)
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now())


@pytest.mark.parametrize("waits", [1, 3])
def test_a_dead_connection_pauses_the_others_and_counts_them(house: House, waits: int) -> None:
    """Posted alerts are edited to PAUSED once, unposted ones are not posted; all come back."""
    house.observe(1, inactive("Posted", 1))
    house.settle()
    later = [inactive("Posted", 1), *(inactive(f"Late {n}", n) for n in range(2, waits + 1))]
    house.observe(1, connection_lost(), check="connection")
    house.observe(1, *later)
    house.observe(1, *later)
    house.settle()
    house.settle()

    first, lost = house.messages()
    assert (state_of(first), state_of(lost)) == ("paused", "open")
    assert first["updates"] == 1
    assert header_of(lost) == "🔴 OPEN · QuickBooks connection lost · 14 documents wait"
    count = "1 other alert is" if waits == 1 else f"{waits} other alerts are"
    assert f"{count} paused until then." in json.dumps(lost["blocks"])
    assert list(buttons_of(lost)) == ["fix:reconnect", "who", "details", "more"]
    assert list(buttons_of(first)) == ["details"]

    house.observe(1, check="connection")
    house.settle()

    states = [state_of(message) for message in house.messages()]
    assert states == ["open", "resolved", *["open"] * (waits - 1)]


def test_what_is_about_no_company_alone_is_told_all_the_same(house: House) -> None:
    """A lost connection keeps neither unused files nor mails of nobody silent, however long."""
    house.observe(1, connection_lost(), check="connection")
    house.observe(
        1, Finding("firm_files", "firm_files", facts_of("firm_files")), check="firm_files"
    )
    nobodys = Finding("mails_unassigned", "mailbox:imap:mails", facts_of("mails_unassigned"))
    house.observe(1, nobodys, check="mailboxes")
    house.observe(1, inactive(), check="failed_records")
    house.settle()

    lost, *others = house.messages()
    assert [state_of(message) for message in (lost, *others)] == ["open", "open", "open"]
    assert "1 other alert is paused until then." in json.dumps(lost["blocks"])


def test_another_company_is_not_paused(house: House) -> None:
    """A dead connection inhibits its own company alone."""
    other = house.company("Blue Ridge", house.slack["channels"]["books-blue-ridge"])
    house.observe(other, connection_lost(company="Blue Ridge"), check="connection")
    house.observe(1, inactive())
    house.settle()

    assert [state_of(message) for message in house.messages()] == ["open"]


def test_the_primary_button_needs_a_second_fact(house: House) -> None:
    """One coloured button when a second fact agrees, none when it does not."""
    facts = facts_of("same_party")
    house.observe(
        1,
        Finding("same_party", "customer:shop/a", facts),
        Finding("same_party", "customer:shop/b", {**facts, "agree": []}),
    )
    house.settle()

    agreed, alone = (buttons_of(message) for message in house.messages())
    assert [b.get("style") for b in agreed.values()] == ["primary", None, None, None]
    assert [b.get("style") for b in alone.values()] == [None, None, None, None]
    assert all(b["value"].isdigit() for b in agreed.values() if b["type"] == "button")


def test_edits_are_joined(house: House) -> None:
    """Twenty steps of progress before the sender comes round are one edit."""
    house.observe(1, inactive())
    house.settle()
    with house.services.sessions.write() as session:
        incidents.begin_work(session, 1, DANA, house.clock.now())
    for done in range(20):
        incidents.progress(house.services, 1, done, 20, "posting documents")
    house.drain()

    assert house.messages()[0]["updates"] == 1

    for done in range(20):
        incidents.progress(house.services, 1, done, 20, "posting documents")
        house.drain()

    assert house.messages()[0]["updates"] == 1
    house.clock.forward(seconds=2)
    incidents.sweep_deliveries(house.services)
    house.drain()
    assert house.messages()[0]["updates"] == 2
    assert house.incident(1).opened_at <= house.clock.now() - timedelta(seconds=2)


def test_a_fix_that_changed_nothing_leaves_the_alert_open(house: House) -> None:
    """QuickBooks refused the change: OPEN as before, with what it answered and the buttons."""
    house.observe(1, inactive())
    house.settle()
    with house.services.sessions.write() as session:
        incidents.begin_work(session, 1, DANA, house.clock.now())
    lines = ["QuickBooks refused the change. Nothing was changed."]
    incidents.finish(house.services, 1, by=DANA, lines=lines, resolved=False, changed=False)
    house.drain()

    (message,) = house.messages()
    assert header_of(message).startswith("🔴 OPEN · Jane Doe inactive")
    assert "Nothing was changed" in json.dumps(message["blocks"])
    assert "fix:reactivate" in buttons_of(message)
