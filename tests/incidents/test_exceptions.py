"""What a person said is no problem: a reason, an owner, an end, and the way back."""

import json
from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import Finding, IncidentState, RecordState
from bot.errors import BadInput
from bot.incidents import exceptions
from bot.models import AuditEntry, Exemption, Record
from bot.render import day
from tests.incidents.facts import facts_of, inactive
from tests.incidents.house import House
from tests.incidents.test_floods import hold

DANA = "U0DANA0001"


def twice() -> Finding:
    """Two customers of QuickBooks that may be one."""
    return Finding("twice_in_books", "Customer:12+57", facts_of("twice_in_books"))


def run(house: House, *findings: Finding) -> None:
    """One completed run of the check, with what somebody set aside left out."""
    house.observe(1, *exceptions.not_excepted(house.services, 1, findings))
    house.queue.waiting = [one for one in house.queue.waiting if one[0] == "deliver"]
    house.settle()


def set_aside(house: House, incident_id: int = 1, days: float = 30) -> Exemption:
    """Dana says that it is no problem."""
    until = house.clock.now() + timedelta(days=days)
    made, _ = exceptions.make(house.services, incident_id, DANA, "two branches", until)
    house.queue.waiting = [one for one in house.queue.waiting if one[0] == "deliver"]
    house.settle()
    return made


def test_it_ends_with_reason_owner_and_end_and_is_not_raised_again(house: House) -> None:
    """The message says who, why and until when; the check leaves it out; the record is chained."""
    run(house, twice())
    made = set_aside(house)
    for _check in range(3):
        run(house, twice())

    (message,) = house.messages()
    words = json.dumps(message["blocks"], ensure_ascii=False)
    assert message["blocks"][0]["text"]["text"].startswith("☑️ NO PROBLEM · ")
    assert "Not a problem: two branches" in words
    assert DANA in words
    assert f"until {day(made.until, time_zone='America/New_York')}" in words
    assert message["metadata"]["event_payload"]["state"] == "exempt"
    with house.services.sessions.read() as session:
        actions = [row.action for row in session.exec(select(AuditEntry))]
    assert actions == ["alert.set_aside"]


def test_only_that_one_is_left_out(house: House) -> None:
    """Another pair, another problem of the same subject, and another company are told."""
    run(house, twice())
    set_aside(house)
    other = Finding("twice_in_books", "Customer:12+58", facts_of("twice_in_books"))
    found = (other, Finding("inactive_record", "Customer:12+57", dict(inactive().facts)))

    assert exceptions.not_excepted(house.services, 1, (twice(), *found)) == found
    assert exceptions.not_excepted(house.services, 2, (twice(),)) == (twice(),)


def test_its_end_brings_it_back_as_a_new_alert(house: House) -> None:
    """An edit would tell nobody: what is still there then is posted anew, even within a day."""
    run(house, twice())
    set_aside(house, days=0.5)
    house.clock.forward(hours=13)
    exceptions.end_due(house.services)
    run(house, twice())

    states = [one["metadata"]["event_payload"]["state"] for one in house.messages()]
    assert states == ["exempt", "open"]
    assert "The time is over" in json.dumps(house.messages()[0]["blocks"])
    assert house.incident(2).state is IncidentState.OPEN


def test_taken_back_it_is_found_again_on_its_message(house: House) -> None:
    """Whoever takes it back looks at it: within a day the same message opens."""
    run(house, twice())
    set_aside(house)
    exceptions.take_back(house.services, 1, DANA)
    with pytest.raises(BadInput):
        exceptions.take_back(house.services, 1, DANA)
    run(house, twice())

    (message,) = house.messages()
    assert message["metadata"]["event_payload"]["state"] == "open"
    with house.services.sessions.read() as session:
        (row,) = session.exec(select(Exemption))
    assert row.ended_by == DANA


def test_what_was_held_goes_on(house: House) -> None:
    """The record is told apart from the others, and what waited is due at once."""
    cards = [{"name": "Jane Doe", "qbo_id": "58"}, {"name": "J. Doe", "qbo_id": "61"}]
    facts = {**facts_of("same_party"), "record_id": 1, "twins": cards}
    facts["ours"] = {**facts["ours"], "name": "Jane M. Doe"}
    run(house, hold(house, Finding("same_party", "customer:Web shop/c17", facts), 3, 1))
    made = set_aside(house)

    assert made.others == ["58", "61"]
    with house.services.sessions.read() as session:
        records = session.exec(select(Record).order_by(Record.id)).all()
    assert [row.state for row in records] == [RecordState.WAITING] * 3
    assert records[0].told_apart == ["58", "61"]
    assert "3 records go on to QuickBooks" in json.dumps(house.messages()[0]["blocks"])

    exceptions.take_back(house.services, 1, DANA)
    with house.services.sessions.read() as session:
        assert session.get_one(Record, 1).told_apart == []


def test_what_quickbooks_refuses_all_the_same_is_shown(house: House) -> None:
    """No document disappears in silence: held again, it has an alert in spite of the exception."""
    facts = facts_of("duplicate_transaction") | {"theirs": {"qbo_id": "9"}, "record_id": 1}
    subject = "invoice:Web shop/1"
    run(house, hold(house, Finding("duplicate_transaction", subject, facts), 1, 1))
    set_aside(house)
    again = hold(house, Finding("duplicate_transaction", subject, facts), 1, 2)
    run(house, again)

    assert house.incident(1).state is IncidentState.OPEN


@pytest.mark.parametrize(
    ("reason", "days", "says"),
    [
        ("", 30, "few words"),
        ("two branches", 0, "still to come"),
        ("two branches", 367, "a year ahead at most"),
    ],
)
def test_a_reason_and_an_end_are_needed(house: House, reason: str, days: float, says: str) -> None:
    """Nothing is set aside without a reason, for ever, or until yesterday."""
    run(house, twice())
    until = house.clock.now() + timedelta(days=days)
    with pytest.raises(BadInput, match=says):
        exceptions.make(house.services, 1, DANA, reason, until)


def test_where_an_exception_helps_nobody_it_is_refused(house: House) -> None:
    """An inactive customer stays inactive; a name in use is refused by QuickBooks."""
    same = facts_of("same_party")
    run(house, inactive(), Finding("same_party", "customer:Web shop/c17", same))
    until = house.clock.now() + timedelta(days=30)

    with pytest.raises(BadInput, match="cannot be set aside"):
        exceptions.make(house.services, 1, DANA, "expected", until)
    with pytest.raises(BadInput, match="takes a name only once"):
        exceptions.make(house.services, 2, DANA, "different people", until)
    assert house.incident(2).state is IncidentState.OPEN
