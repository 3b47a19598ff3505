"""What waits and what is past does not grow without end."""

import jsonschema
import pytest

from bot.models import Outgoing
from bot.outgoing import bounds, delivering
from bot.outgoing.events import event_schema

JUDGE = jsonschema.Draft202012Validator(event_schema())


def measure(office):
    """Look at how much waits, with a small measure."""
    bounds.measure(office.services, most=10, again=8)


def test_too_much_is_counted_and_the_source_is_told_how_much_it_missed(office):
    """What was kept arrives in order, then how many were not and from when to when, then all."""
    office.on("http://127.0.0.1:9/nobody")
    record = office.record("1042")
    for _ in range(10):
        office.tell(record)
    measure(office)
    begin = office.clock.now()
    for _ in range(7):
        office.tell(record)
    measure(office)
    assert len(office.rows()) == 10
    assert office.callback.missed == 7

    office.on()
    office.deliver()
    office.clock.skip(minutes=2)
    measure(office)
    office.tell(record)
    office.deliver()

    said = [(came.body["event"], came.body.get("sequence")) for came in office.receiver.got]
    assert said[:10] == [("record.changed", number) for number in range(1, 11)]
    assert sorted(said[10:], key=str) == [("events.missed", None), ("record.changed", 11)]
    missed = next(came.body for came in office.receiver.got if "missed" in came.body)
    assert list(JUDGE.iter_errors(missed)) == []
    assert missed["missed"]["count"] == 7
    assert missed["missed"]["since"] >= begin.isoformat()
    assert (office.callback.full, office.callback.missed) == (False, 0)


def test_a_source_with_little_waiting_is_never_full(office):
    """Up to the measure nothing is left out."""
    office.on("http://127.0.0.1:9/nobody")
    for number in range(9):
        office.tell(office.record(f"r{number}"))
    measure(office)
    office.tell(office.record("last"))

    assert len(office.rows()) == 10
    assert not office.callback.full


def test_what_was_taken_is_forgotten_after_a_month_and_the_count_goes_on(office):
    """Only how far a record's events were counted is kept."""
    office.on()
    record, other = office.record("1042"), office.record("1043")
    for _ in range(3):
        office.tell(record)
    office.tell(other)
    office.deliver()
    office.clock.skip(days=29)
    assert bounds.forget(office.services) == 0
    office.clock.skip(days=2)
    assert bounds.forget(office.services) == 4
    assert bounds.forget(office.services) == 0
    assert [(row.seq, row.state, row.body) for row in office.rows()] == [
        (3, "past", {}),
        (1, "past", {}),
    ]

    office.tell(record)
    office.deliver()
    assert office.receiver.got[-1].body["sequence"] == 4
    office.clock.skip(days=31)
    bounds.forget(office.services)
    assert [(row.record_id, row.seq) for row in office.rows()] == [(other, 1), (record, 4)]


def test_what_waits_is_never_forgotten(office):
    """However old it is: only a person gives it up."""
    office.on("http://127.0.0.1:9/nobody")
    office.tell(office.record("1042"))
    office.clock.skip(days=400)
    bounds.forget(office.services)

    assert office.states() == ["waiting"]


@pytest.mark.long
def test_a_hundred_thousand_waiting_events_are_found_and_delivered_at_the_usual_pace(office):
    """The next event is found by an index, however many wait, also when all are one record's."""
    office.on()
    record = office.record("1042")
    now = office.clock.now()
    with office.services.sessions.write() as session:
        rows = [
            {
                "company_id": office.company_id, "source_id": office.source_id,
                "record_id": record, "seq": number, "event_id": f"evt_{number}",
                "event": "record.changed", "body": {"external_id": "1042", "sequence": number},
                "untold": [], "state": "waiting", "attempts": 0, "not_before": now,
                "answer": "", "created_at": now,
            }
            for number in range(1, 100_001)
        ]  # fmt: skip
        session.connection().execute(Outgoing.__table__.insert(), rows)
    bounds.measure(office.services)
    assert office.callback.full
    delivering.deliver(office.services, office.source_id)

    taken = [came.body["sequence"] for came in office.receiver.got]
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) >= 10
