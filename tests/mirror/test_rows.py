"""The mirror's rows: put in bulk, never replaced by an older reading, found fast."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import SQLModel, col, select

from bot import mirror
from bot.db import Sessions, make_engine
from bot.models import Company, MirrorRow

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PARTIES = ["Customer", "Vendor", "Employee"]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sessions(request, tmp_path):
    """A database with two companies, on both engines."""
    url = f"sqlite:///{tmp_path}/mirror.sqlite3"
    engine = make_engine(
        url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )
    SQLModel.metadata.drop_all(engine)
    SQLModel.metadata.create_all(engine)
    made = Sessions(engine)
    with made.write() as session:
        for name in ("Harbor Foods", "Blue Ridge"):
            session.add(Company(name=name, channel_id="C1", created_at=NOW))
    yield made
    engine.dispose()


def put(sessions, entity="Customer", company_id=1, at=NOW, **payload):
    """Put one record."""
    with sessions.write() as session:
        mirror.put(session, company_id, entity, payload, at)


def names(sessions, name, entities=PARTIES, company_id=1):
    """The names `candidates` finds, best first."""
    with sessions.read() as session:
        return [row.name for row, _ in mirror.candidates(session, company_id, name, entities)]


def test_putting_twice_keeps_one_row(sessions):
    """A record read again replaces its row; an older reading replaces nothing."""
    put(sessions, Id="1", DisplayName="Jane", SyncToken="0", Balance=Decimal("12.30"))
    put(sessions, Id="1", DisplayName="Jane Doe", SyncToken="1", at=NOW + timedelta(seconds=1))
    put(sessions, Id="1", DisplayName="Old Jane", SyncToken="0", at=NOW - timedelta(seconds=1))

    with sessions.read() as session:
        rows = session.exec(select(MirrorRow)).all()
    assert [(row.name, row.sync_token) for row in rows] == [("Jane Doe", "1")]


def test_amounts_are_kept_as_decimal_strings(sessions):
    """Money never becomes a float on its way through the JSON column."""
    put(sessions, Id="1", DisplayName="Jane", Balance=Decimal("0.10"), Lines=[Decimal("1.00")])

    with sessions.read() as session:
        row = mirror.get(session, 1, "Customer", "1")
    assert (row.data["Balance"], row.data["Lines"]) == ("0.10", ["1.00"])


def test_names_lose_the_mark_of_inactive_records(sessions):
    """An inactive record is shown and found by its own name; the payload keeps the mark."""
    put(sessions, Id="1", DisplayName="Jane Doe (deleted)", Active=False)

    with sessions.read() as session:
        (row,) = mirror.by_folded(session, 1, mirror.fold("jane  doe"), PARTIES)
    assert (row.name, row.active) == ("Jane Doe", False)
    assert row.data["DisplayName"] == "Jane Doe (deleted)"


def test_candidates_are_near_names_best_first(sessions):
    """Same name before near name, active before inactive, other companies and lists never."""
    put(sessions, Id="1", DisplayName="Jane M. Doe")
    put(sessions, Id="2", DisplayName="Jane Doe (deleted)", Active=False)
    put(sessions, Id="3", DisplayName="jane  doe", entity="Vendor")
    put(sessions, Id="4", DisplayName="Doe, Jane")
    put(sessions, Id="5", DisplayName="Janet Doe")
    put(sessions, Id="6", DisplayName="Jane Doe", company_id=2)
    put(sessions, Id="7", Name="Jane Doe", entity="Item")

    assert names(sessions, "Jane Doe") == ["Jane Doe", "jane  doe", "Doe, Jane", "Jane M. Doe"]
    assert names(sessions, "Jane Doe", ["Item"]) == ["Jane Doe"]


def test_noise_is_no_candidate(sessions):
    """Branches with other numbers, and documents' numbers as names, stay apart."""
    put(sessions, Id="1", DisplayName="Branch #12")
    put(sessions, Id="2", DisplayName="INV-100")

    assert names(sessions, "Branch #13") == []
    assert names(sessions, "INV-1000") == []
    assert names(sessions, "") == []


def test_deleted_rows_are_found_by_id_only(sessions):
    """What QuickBooks no longer has is no candidate; putting it again revives it."""
    put(sessions, Id="1", DisplayName="Jane Doe")
    with sessions.write() as session:
        assert mirror.mark_deleted(session, 1, "Customer", ["1", "9"], NOW) == ["1"]
        assert mirror.mark_deleted(session, 1, "Customer", ["1"], NOW) == []

    assert names(sessions, "Jane Doe") == []
    put(sessions, Id="1", DisplayName="Jane Doe", at=NOW + timedelta(seconds=1))
    assert names(sessions, "Jane Doe") == ["Jane Doe"]


def test_by_sku_and_number(sessions):
    """Blanks around a SKU do not count; an empty SKU or number finds nothing."""
    put(sessions, Id="1", Name="Lobster", Sku=" L-1 ", entity="Item")
    put(sessions, Id="2", Name="Crab", entity="Item")
    put(sessions, Id="3", DocNumber="INV-100", entity="Invoice")

    with sessions.read() as session:
        assert [row.qbo_id for row in mirror.by_sku(session, 1, "L-1 ")] == ["1"]
        assert mirror.by_sku(session, 1, " ") == []
        assert mirror.by_number(session, 1, ["Invoice"], "INV-1000") == []
        assert mirror.by_number(session, 1, ["Invoice"], "INV-100")[0].qbo_id == "3"
        assert mirror.by_number(session, 1, ["Invoice"], "") == []


def test_candidates_use_an_index(sessions):
    """Both questions of the look-up are answered from an index, so size does not matter."""
    if sessions.engine.dialect.name != "sqlite":
        return  # PostgreSQL chooses by its statistics
    with sessions.read() as session:
        for column in (MirrorRow.folded, MirrorRow.block_key):
            query = (
                select(MirrorRow)
                .where(MirrorRow.company_id == 1)
                .where(col(MirrorRow.entity).in_(PARTIES))
                .where(col(MirrorRow.deleted).is_(False))
                .where(column == "jane doe")
            )
            sql = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
            plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all())
            assert f"{column.key}=?" in plan.replace(" ", ""), plan


@pytest.mark.slow
def test_twenty_thousand_names(sessions):
    """Bulk rows go in by the thousand, and a look-up among them brings few rows."""
    payloads = [
        {"Id": str(n), "DisplayName": f"{first} {n % 7}{last} {n // 100}"}
        for n in range(20_000)
        for first, last in [("Jane", "Doe") if n % 2 else ("Kim", "Lee")]
    ]
    started = time.monotonic()
    with sessions.write() as session:
        mirror.put_many(session, 1, "Customer", payloads, NOW)
    put(sessions, Id="999999", DisplayName="Ada M. Lovelace")

    assert names(sessions, "ADA  LOVELACE") == ["Ada M. Lovelace"]
    assert time.monotonic() - started < 60
