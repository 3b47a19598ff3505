"""A sync that somebody asked for: one message, edited in place, with an honest end."""

from datetime import timedelta

import pytest
from sqlmodel import select

from bot.domain import RecordState, RecordType
from bot.incidents import sync_message
from bot.incidents.delivery import sweep_deliveries
from bot.models import Hold, Record, Source, SyncRun
from tests.incidents.house import House

TOTAL = 40


def begin(
    house: House, total: int = TOTAL, by: str = "U", name: str = "Shop", **report: list[int]
) -> SyncRun:
    """A sync of so many waiting invoices, asked for just now."""
    now = house.clock.now()
    with house.services.sessions.write() as session:
        source = Source(company_id=1, name=name, created_at=now)
        session.add(source)
        session.flush()
        for number in range(total):
            record = Record(
                company_id=1, source_id=source.id or 0, type=RecordType.INVOICE, tier=3,
                external_id=f"x{number}", digest=str(number), received_at=now,
            )  # fmt: skip
            session.add(record)
        run = SyncRun(
            company_id=1, requested_by=by, total=total, started_at=now, report=dict(report)
        )
        session.add(run)
        session.flush()
        sync_message.tell(session, run, now)
    return run


def go_on(house: House, run: SyncRun, posted: int, held: int = 0, **values: object) -> None:
    """Post so many of the rest, hold so many for two causes, and ask for the message."""
    began = house.clock.now()
    house.clock.forward(seconds=10)
    now = house.clock.now()
    with house.services.sessions.write() as session:
        waiting = session.exec(
            select(Record).where(Record.state == RecordState.WAITING).limit(posted + held)
        ).all()
        for place, record in enumerate(waiting):
            record.state = RecordState.POSTED if place < posted else RecordState.HELD
            record.posted_at = now if place < posted else None
            if place >= posted:
                session.add(
                    Hold(
                        record_id=record.id or 0, company_id=1, problem="inactive_record",
                        subject=f"Customer:{place % 2}", since=now,
                    )
                )  # fmt: skip
            session.add(record)
        row = session.get_one(SyncRun, run.id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        sync_message.tell(session, row, now, began)


def test_one_message_that_follows_the_sync_to_its_end(house: House) -> None:
    """Done, held by how many causes, left, pace and time left; then the sum and the next step."""
    run = begin(house)
    house.settle(0)
    [first] = house.messages()
    assert first["metadata"]["event_type"] == "qb_sync"
    assert "🔵 POSTING · Harbor Foods · 0 of 40 records" in str(first["blocks"])

    go_on(house, run, posted=18, held=2)
    sweep_deliveries(house.services)
    house.drain()
    [second] = house.messages()
    assert second["ts"] == first["ts"]
    assert second["text"] == "Harbor Foods: 18 posted, 2 held: 2 causes, 20 left."
    assert "2.0 a second · about 10 seconds left" in str(second["blocks"])
    assert "▓" * 10 + "░" * 10 in str(second["blocks"])

    go_on(house, run, posted=20, finished_at=house.clock.now() + timedelta(seconds=10))
    house.settle()
    [last] = house.messages()
    assert last["ts"] == first["ts"]
    assert last["text"] == "Harbor Foods: 38 posted, 2 held: 2 causes."
    assert "POSTED IN PART" in str(last["blocks"])
    assert "Done in 20 seconds. Next: /qb-errors shows what is held." in str(last["blocks"])


def test_one_pause_does_not_stand_for_the_pace_of_the_rest(house: House) -> None:
    """Ten records in ten seconds, five minutes of nothing in between: still one a second."""
    run = begin(house, total=60)
    house.settle(0)
    for pause in (0, 0, 300, 0):
        house.clock.forward(seconds=pause)
        go_on(house, run, posted=10)
    house.settle()
    [message] = house.messages()
    assert "1.0 a second · about 20 seconds left" in str(message["blocks"])


def test_the_pace_leaves_out_the_time_in_which_nothing_ran(house: House) -> None:
    """Killed and started again after five minutes: ten in ten seconds are still one a second."""
    run = begin(house)
    house.settle(0)
    house.clock.forward(seconds=300)
    go_on(house, run, posted=10)
    house.settle(0)
    [message] = house.messages()
    assert "1.0 a second · about 30 seconds left" in str(message["blocks"])


def test_what_waits_no_more_is_said_and_the_total_stays(house: House) -> None:
    """A person decided meanwhile that three of them are not posted."""
    run = begin(house)
    go_on(house, run, posted=10)
    with house.services.sessions.write() as session:
        waiting = select(Record).where(Record.state == RecordState.WAITING).limit(3)
        for record in session.exec(waiting):
            record.state = RecordState.SKIPPED
            session.add(record)
    go_on(house, run, posted=0)
    house.settle()
    [message] = house.messages()
    assert "13 of 40 records" in str(message["blocks"])
    assert message["text"] == "Harbor Foods: 10 posted, 3 wait no more, 27 left."


@pytest.mark.parametrize(
    ("older", "said"),
    [
        (0, "Nothing else to do."),
        (1, "1 record held before is still held: /qb-errors shows why."),
        (3, "3 records held before are still held: /qb-errors shows why."),
    ],
)
def test_what_was_held_before_is_not_called_done(house: House, older: int, said: str) -> None:
    """All of the sync is posted; other money still waits for a repair."""
    earlier = begin(house, total=older)
    go_on(house, earlier, posted=0, held=older)
    house.clock.forward(seconds=60)
    run = begin(house, name="Till")
    house.settle(0)
    go_on(house, run, posted=TOTAL, finished_at=house.clock.now() + timedelta(seconds=10))
    house.settle()
    message = house.messages()[-1]
    assert message["text"] == "Harbor Foods: 40 posted."
    assert f"Done in 10 seconds. {said}" in str(message["blocks"])


@pytest.mark.parametrize(
    ("by", "said"), [("U0DANA0001", "'user'"), ("the command line", "the command line")]
)
def test_who_asked_is_named(house: House, by: str, said: str) -> None:
    """A person by name, else the command line."""
    begin(house, by=by)
    house.settle(0)
    [message] = house.messages()
    asked = str(message["blocks"]).partition("Asked for by ")[2]
    assert said in asked


def test_what_stops_a_sync_is_told_with_what_is_left(house: House) -> None:
    """Paused, by whose words, and that it goes on."""
    run = begin(house)
    house.settle(0)
    ended = house.clock.now() + timedelta(seconds=10)
    stopped = {"stopped": "QuickBooks asks for a pause."}
    go_on(house, run, posted=5, finished_at=ended, report=stopped)
    house.settle()
    [message] = house.messages()
    assert message["text"] == "Harbor Foods: 5 posted, 35 left."
    assert "⏸️ PAUSED" in str(message["blocks"])
    said = "QuickBooks asks for a pause. What is left is tried again by itself."
    assert said in str(message["blocks"])


def test_of_chosen_records_only_these_count(house: House) -> None:
    """What else is posted meanwhile is not its own."""
    run = begin(house, only=list(range(1, 31)))
    go_on(house, run, posted=40)
    house.settle()
    assert [one["text"] for one in house.messages()] == ["Harbor Foods: 30 posted."]


@pytest.mark.parametrize("total", [1, sync_message.FEWEST - 1])
def test_a_small_sync_has_no_message(house: House, total: int) -> None:
    """Whoever asked is answered in seconds; the channel is left in peace."""
    run = begin(house, total)
    go_on(house, run, posted=total, finished_at=house.clock.now())
    house.settle()
    assert house.messages() == []


def test_what_came_in_after_it_was_asked_for_is_not_left_over(house: House) -> None:
    """A shop that goes on selling does not keep a sync from its end."""
    run = begin(house)
    house.settle(0)
    go_on(house, run, posted=40)
    with house.services.sessions.write() as session:
        now = house.clock.now()
        row = session.exec(select(Source)).one()
        session.add(
            Record(company_id=1, source_id=row.id or 0, type=RecordType.INVOICE, tier=3,
                   external_id="new", digest="new", received_at=now)
        )  # fmt: skip
    go_on(house, run, posted=0, finished_at=house.clock.now())
    house.settle()

    assert [one["text"] for one in house.messages()] == ["Harbor Foods: 40 posted."]
