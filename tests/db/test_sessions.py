"""Writing sessions lose no update; money and time come back as they went in."""

import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import StatementError
from sqlmodel import select

from bot.db import Sessions
from bot.domain import RecordType
from bot.models import Company, Record, Source
from bot.models.types import Money

NOW = datetime(2026, 11, 21, 14, 2, tzinfo=UTC)


def _company(sessions: Sessions) -> int:
    with sessions.write() as session:
        company = Company(name="Harbor", channel_id="C1", currency="0", created_at=NOW)
        session.add(company)
        session.flush()
        return company.id or 0


def test_read_then_write_loses_no_update(sessions: Sessions) -> None:
    """Eight threads that read and then write the same row add up to the full sum.

    Under WAL without BEGIN IMMEDIATE most of these updates vanish without an error; on PostgreSQL
    the row lock of FOR UPDATE does the same work.
    """
    company_id = _company(sessions)

    def add_twenty_five() -> None:
        for _ in range(25):
            with sessions.write() as session:
                row = session.get_one(Company, company_id, with_for_update=True)
                row.currency = str(int(row.currency) + 1)
                session.add(row)

    threads = [threading.Thread(target=add_twenty_five) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with sessions.read() as session:
        assert session.get_one(Company, company_id).currency == "200"


def test_a_failed_unit_of_work_leaves_nothing(sessions: Sessions) -> None:
    """An error inside a writing session rolls everything back."""

    def fail() -> None:
        with sessions.write() as session:
            session.add(Company(name="Ghost", channel_id="C1", created_at=NOW))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with sessions.read() as session:
        assert session.exec(select(Company)).all() == []


def test_money_is_exact(sessions: Sessions) -> None:
    """0.1 + 0.2 stays 0.3: amounts are kept as scaled integers."""
    company_id = _company(sessions)
    with sessions.write() as session:
        source = Source(company_id=company_id, name="Shop", created_at=NOW)
        session.add(source)
        session.flush()
        session.add(
            Record(
                company_id=company_id,
                source_id=source.id or 0,
                type=RecordType.INVOICE,
                tier=3,
                external_id="1",
                digest="d",
                amount=Decimal("0.1") + Decimal("0.2"),
                received_at=NOW,
            )
        )

    with sessions.read() as session:
        row = session.exec(select(Record)).one()

    assert row.amount == Decimal("0.30")
    assert row.received_at == NOW


def test_a_naive_time_is_refused(sessions: Sessions) -> None:
    """A time without its zone never reaches a table."""
    naive = datetime(2026, 11, 21)  # noqa: DTZ001  the mistake under test

    def write() -> None:
        with sessions.write() as session:
            session.add(Company(name="X", channel_id="C", created_at=naive))

    with pytest.raises(StatementError):
        write()


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=4))
def test_money_survives_the_column(amount: Decimal) -> None:
    """Every amount with up to four places comes back equal, with at least two."""
    column = Money()

    stored = column.process_bind_param(amount, None)  # type: ignore[arg-type]
    back = column.process_result_value(stored, None)  # type: ignore[arg-type]

    assert back == amount
    assert back.as_tuple().exponent <= -2


def test_money_finer_than_four_places_is_refused() -> None:
    """Rounding is a decision, never an accident of storage."""
    with pytest.raises(ValueError, match="decimal places"):
        Money().process_bind_param(Decimal("0.00001"), None)  # type: ignore[arg-type]
