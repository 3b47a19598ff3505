"""A company that is being read: one message, edited in place, which ends in the count."""

from datetime import timedelta

from bot.mirror import reading
from bot.mirror.contents import HELD
from bot.mirror.reading import Page
from bot.models import MirrorLoad
from tests.incidents.house import House


def begin(house: House, customers: int = 102_300) -> MirrorLoad:
    """A reading that has just begun."""
    expected = dict.fromkeys(HELD, 0) | {"Customer": customers, "Account": 45}
    now = house.clock.now()
    with house.services.sessions.write() as session:
        load = MirrorLoad(
            company_id=1,
            capture_point=now,
            documents_since=now.date() - timedelta(days=400),
            expected=expected,
            started_at=now,
        )
        session.add(load)
        session.flush()
    return load


def keep(house: House, load: MirrorLoad, *starts: int) -> None:
    """Pages of customers that came."""
    with house.services.sessions.write() as session:
        for start in starts:
            reading.note_page(session, load, Page("Customer", start), 1000, house.clock.now())


def change(house: House, load: MirrorLoad, **values: object) -> None:
    """Change the reading and ask for its message."""
    with house.services.sessions.write() as session:
        row = session.get_one(MirrorLoad, load.id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        reading.tell(session, row, house.clock.now())


def test_one_message_that_follows_the_reading(house: House) -> None:
    """Read so far, then more, then all: always the same message."""
    load = begin(house)
    keep(house, load, *range(1, 34_001, 1000))
    house.settle()
    [first] = house.messages()
    assert first["metadata"]["event_type"] == "qb_load"
    assert first["text"] == (
        "Harbor Foods: its lists and recent documents are being read from QuickBooks: "
        "34,000 of 102,345 records, 33 %."
    )
    assert "🔵 READING · Harbor Foods · 34,000 of 102,345 records" in str(first["blocks"])
    assert "▓▓▓▓▓▓░░░░░░░░░░░░░░" in str(first["blocks"])
    assert "nothing is posted before it is done" in str(first["blocks"])

    keep(house, load, 34_001)
    house.settle()
    [second] = house.messages()
    assert second["ts"] == first["ts"]
    assert "35,000 of 102,345" in second["text"]

    keep(house, load, *range(35_001, 103_000, 1000))
    house.settle()
    [whole] = house.messages()
    assert whole["text"] == (
        "Harbor Foods: 102,345 records came from QuickBooks; the counts are being compared."
    )

    change(house, load, finished_at=house.clock.now())
    house.settle()
    [last] = house.messages()
    assert last["ts"] == first["ts"]
    assert last["text"] == (
        "Harbor Foods: all 102,345 records are read from QuickBooks and counted; none is missing."
    )
    assert "✅ READ" in str(last["blocks"])
    assert "102,300 customers, 45 accounts. From here on only changes" in str(last["blocks"])


def test_a_reading_that_stands_still_says_why(house: House) -> None:
    """Trouble of QuickBooks is told in the message; it is gone once the reading goes on."""
    load = begin(house)
    keep(house, load, 1)
    change(house, load, trouble="QuickBooks' request limit is used up for the moment.")
    house.settle()
    [message] = house.messages()
    assert "⏸️ PAUSED" in str(message["blocks"])
    assert "limit is used up for the moment. What is read stays" in str(message["blocks"])

    change(house, load, trouble="")
    house.settle()
    [message] = house.messages()
    assert "🔵 READING" in str(message["blocks"])


def test_a_reading_that_ended_before_its_message_went_out_is_not_told(house: House) -> None:
    """Nobody needs to hear of what is over."""
    load = begin(house)
    keep(house, load, 1)
    change(house, load, finished_at=house.clock.now())

    house.settle()

    assert house.messages() == []
