"""Migrations and models say the same, on both engines."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from bot.db import Sessions, make_engine, migrate, schema_differences
from bot.domain import RecordType
from bot.models import Company, Record, Source, Write
from bot.models.incidents import UNSETTLED
from bot.sync import writing


def test_migrations_equal_models(sessions: Sessions) -> None:
    """A database brought up by migrations differs in nothing from the models."""
    assert schema_differences(sessions.engine) == []


def test_migrating_twice_changes_nothing(sessions: Sessions) -> None:
    """Every start migrates; the second time there is nothing to do."""
    migrate(sessions.engine)

    assert schema_differences(sessions.engine) == []


def test_a_record_and_a_step_have_at_most_one_write_that_is_not_settled(sessions: Sessions) -> None:
    """The database itself refuses a second one; settled ones, and other records', may be many."""
    now = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
    with sessions.write() as session:
        session.add(Company(id=1, name="Harbor Foods", channel_id="C1", created_at=now))
        session.flush()
        session.add(Source(id=1, company_id=1, name="shop", created_at=now))
        session.flush()
        session.add(
            Record(id=1, company_id=1, source_id=1, type=RecordType.INVOICE, tier=1,
                   external_id="1", digest="", received_at=now)
        )  # fmt: skip

    def write(key: str, state: str, **about: int) -> None:
        with sessions.write() as session:
            session.add(
                Write(company_id=1, request_id=key, operation="create", entity="Invoice",
                      state=state, created_at=now, **about)
            )  # fmt: skip

    write("a", "fault", record_id=1)
    write("b", "done", record_id=1)
    write("c", "intended", record_id=1)
    write("d", "intended", step_id=7)
    write("e", "intended", step_id=8)
    write("f", "intended")
    write("g", "intended")
    for again in ({"record_id": 1}, {"step_id": 7}):
        with pytest.raises(IntegrityError):
            write("h", "unknown", **again)


def test_the_one_second_tick_reads_no_message_that_is_up_to_date(tmp_path: Path) -> None:
    """SQLite takes the partial index for what the sweep asks, and looks at no row beside it."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)
    asked = (
        f"SELECT id FROM delivery WHERE ({UNSETTLED}) AND not_before <= '2026' "
        "AND state != 'claimed' ORDER BY not_before"
    )
    with engine.connect() as connection:
        plan = str(connection.execute(text(f"EXPLAIN QUERY PLAN {asked}")).all())
    engine.dispose()

    assert "SEARCH delivery USING INDEX ix_delivery_due (not_before<?)" in plan
    assert "TEMP B-TREE" not in plan


def test_a_slice_looks_at_no_settled_write(tmp_path: Path) -> None:
    """What is unsettled is found by its index, however many writes a company ever had."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)
    asked: list[tuple[str, tuple[object, ...]]] = []
    event.listen(engine, "before_cursor_execute", lambda *said: asked.append(said[2:4]))
    with Sessions(engine).read() as session:
        writing.open_writes(session, 1)
        words, values = asked[-1]
        plan = str(
            session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values).all()
        )
    engine.dispose()

    assert "SEARCH write USING INDEX ix_write_todo (company_id=? AND state=?)" in plan
