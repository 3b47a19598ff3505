"""The record of who did what: whole, or the first row that does not fit is named."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot import audit
from bot.db import Sessions, make_engine, migrate
from bot.models import AuditEntry
from tests.databases import new_database

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sessions(request, tmp_path):
    """A fresh database of either kind."""
    sqlite = request.param == "sqlite"
    url = new_database(tmp_path) if sqlite else request.getfixturevalue("postgres_url")
    engine = make_engine(url)
    migrate(engine)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def record(sessions):
    """Five entries."""
    for number in range(5):
        with sessions.write() as session:
            audit.append(
                session,
                at=START + timedelta(minutes=number),
                actor="UDANA",
                action="posted",
                subject=f"invoice:Shop/{number}",
                data={"name": "Müller", "amount": "12.50"},
            )
    return sessions


def verify(sessions):
    """Check the record."""
    with sessions.read() as session:
        return audit.verify(session)


def run(sessions, sql):
    """Tamper with the table as somebody with the file could."""
    with sessions.write() as session:
        session.connection().execute(text(sql))


def test_an_untouched_record_is_whole(record):
    """All rows are counted."""
    report = verify(record)

    assert report.ok
    assert report.rows == 5


def test_an_empty_record_is_whole(sessions):
    """Nothing happened yet."""
    assert verify(sessions).ok


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'UEVE'",
        "action = 'voided'",
        "subject = 'invoice:Shop/9'",
        "company_id = 7",
        "at = '2026-11-22 09:00:30.000000'",
        """data = '{"name": "Müller", "amount": "12.51"}'""",
        "previous = digest",
        "digest = 'x' || digest",
    ],
)
def test_a_changed_row_is_found(record, change):
    """Whatever column it is."""
    run(record, f"UPDATE auditentry SET {change} WHERE seq = 3")

    report = verify(record)

    assert not report.ok
    assert report.first_bad_seq == 3


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_removed_row_is_found(record, seq):
    """First, middle and last."""
    run(record, f"DELETE FROM auditentry WHERE seq = {seq}")

    assert not verify(record).ok


def test_swapped_rows_are_found(record):
    """The order is sealed too."""
    run(record, "UPDATE auditentry SET seq = 99 WHERE seq = 2")
    run(record, "UPDATE auditentry SET seq = 2 WHERE seq = 4")
    run(record, "UPDATE auditentry SET seq = 4 WHERE seq = 99")

    report = verify(record)

    assert not report.ok
    assert report.first_bad_seq == 2


def test_an_inserted_row_is_found_even_with_a_right_seal(record):
    """A row at the end that seals correctly was still not written by us."""
    with record.write() as session:
        last = session.get_one(AuditEntry, 5)
        forged = AuditEntry(
            at=START,
            actor="UEVE",
            action="approved",
            subject="x",
            previous=last.digest,
            digest="",
        )
        forged.digest = audit.digest(forged)
        session.add(forged)

    report = verify(record)

    assert not report.ok
    assert "5 rows were written, 6 are there" in report.why


def test_an_entry_is_rolled_back_with_its_transaction(record):
    """What did not happen is not recorded, and the record stays whole."""

    def fail():
        with record.write() as session:
            audit.append(session, at=START, actor="", action="x", subject="y")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert verify(record).rows == 5
    assert verify(record).ok


def test_many_writers_at_once_make_one_chain(sessions):
    """Threads append at the same time."""

    def write(name):
        for number in range(10):
            with sessions.write() as session:
                audit.append(session, at=START, actor=name, action="a", subject=str(number))

    threads = [threading.Thread(target=write, args=(f"U{n}",)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    report = verify(sessions)
    assert report.ok
    assert report.rows == 50


def test_the_export_gives_every_entry_in_order(record):
    """Oldest first, as JSON values."""
    with record.read() as session:
        rows = list(audit.export(session))

    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["at"] == "2026-11-22T09:00:00+00:00"
    assert rows[1]["previous"] == rows[0]["digest"]
    assert rows[0]["data"] == {"name": "Müller", "amount": "12.50"}
