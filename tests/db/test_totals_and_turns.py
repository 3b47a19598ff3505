"""Control totals and turns are the same on both engines: what is compared, what may go."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from bot.domain import RecordType
from bot.models import MirrorRow, Schedule, Wait
from bot.sync import cadence, due
from tests.sync.test_control import DAY, NOW, compared, furnished, record, total


@pytest.fixture
def books(sessions):
    """A company with a web shop."""
    return furnished(sessions)


def test_a_day_is_compared_alike(books):
    """Counts, sums, names, a day that was moved, and what is gone from QuickBooks."""
    moved = {"date": {"was": DAY.isoformat(), "to": "2026-12-01", "by": "U1", "run": 1}}
    rows = [record("1"), record("2", doc_date=date(2026, 12, 1), corrections=moved), record("9")]
    gone = MirrorRow(company_id=1, entity="Invoice", qbo_id="1", deleted=True, read_at=NOW)
    [one] = compared(books, *rows, gone, total(3, "310.00", "1", "2", "3"))

    assert (one.here, one.missing, one.gone, one.difference) == (3, ("3",), ("1",), Decimal(10))
    assert [extra.number for extra in one.extra] == ["9"]


def waiting(external_id, kind, **more):
    return record(external_id, kind, "waiting", doc_date=None, **more)


def test_a_turn_takes_its_types_and_whatever_they_wait_for(books):
    """A chain of parents of any length goes along; what nobody waits for does not."""
    with books.write() as session:
        rows = [
            waiting("p1", "payment"),
            waiting("1", "invoice"),
            waiting("c2", "customer"),
            waiting("c1", "customer"),
            waiting("2", "invoice"),
        ]
        session.add_all(rows)
        session.flush()
        for child, kind, parent in ((0, "invoice", "1"), (1, "customer", "c2"),
                                    (2, "customer", "c1")):  # fmt: skip
            session.add(
                Wait(record_id=rows[child].id, source_id=1, type=RecordType(kind),
                     external_id=parent, digest="d")
            )  # fmt: skip
    payments = frozenset({RecordType.PAYMENT})
    later = NOW - timedelta(seconds=1)

    with books.read() as session:
        ready = due.due(session, 1, NOW, limit=10, types=payments)
        assert [row.external_id for row in ready] == ["c1"]
        assert due.count_due(session, 1, NOW, types=payments) == 1
        assert due.count_due(session, 1, NOW, types=payments, before=later) == 0
        assert due.count_due(session, 1, NOW, types=frozenset()) == 0
        assert due.count_due(session, 1, NOW) == 2


def test_the_next_turn_is_that_of_the_first_type_that_waits(books):
    """A type of which nothing waits wakes nobody."""
    with books.write() as session:
        for kind, minutes in (("invoice", 5), ("payment", 3), ("", 60)):
            session.add(
                Schedule(company_id=1, type=kind, every_seconds=3600, by="", at=NOW,
                         next_at=NOW + timedelta(minutes=minutes))
            )  # fmt: skip
        session.add(waiting("1", "invoice"))

    with books.read() as session:
        turn = cadence.turn(session, 1, NOW)
    assert turn == cadence.Turn(frozenset(), NOW + timedelta(minutes=5))
