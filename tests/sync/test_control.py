"""Control totals: what a source says it has of a day, against what is here and in QuickBooks."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.db import Sessions, make_engine, migrate
from bot.domain import TIER, RecordState, RecordType
from bot.models import Company, ControlTotal, MirrorRow, Record, Source
from bot.sync import control

DAY = date(2026, 11, 21)
# Six in the evening of the next day in New York.
NOW = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)


@pytest.fixture
def books(tmp_path):
    """A company with a web shop."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    migrate(engine)
    yield furnished(Sessions(engine))
    engine.dispose()


def furnished(sessions):
    """Put the company and its shop in."""
    with sessions.write() as session:
        session.add(Company(name="Harbor Foods", channel_id="C1", created_at=NOW))
        session.flush()
        session.add(Source(company_id=1, name="Web shop", created_at=NOW))
    return sessions


def record(external_id, kind="invoice", state="posted", **more):
    """A record of the shop, an invoice of $100.00 of that day unless told otherwise."""
    kind = RecordType(kind)
    values = {
        "number": external_id,
        "name": "Jane Doe",
        "amount": Decimal("100.00"),
        "doc_date": DAY,
        "qbo_id": external_id if state == "posted" else None,
        "received_at": NOW,
    }
    return Record(
        company_id=1,
        source_id=1,
        type=kind,
        tier=TIER[kind],
        external_id=external_id,
        digest="d",
        state=RecordState(state),
        **{**values, **more},
    )


def total(count, amount=None, *documents, kind="invoice", currency="USD", day=DAY):
    """What the shop says it has of that day."""
    return ControlTotal(
        company_id=1,
        source_id=1,
        day=day,
        type=RecordType(kind),
        currency=currency,
        count=count,
        amount=None if amount is None else Decimal(amount),
        documents=list(documents),
        said_at=NOW - timedelta(hours=1),
    )


def compared(books, *rows, now=NOW):
    """Compare with these rows in place."""
    with books.write() as session:
        session.add_all(rows)
    with books.read() as session:
        return control.compare(session, session.get_one(Company, 1), now)


def test_the_same_documents_with_the_same_sum_are_even(books):
    """However they are named, by id or by number; held ones are here, and told apart."""
    rows = [record("o1", number="1041"), record("o2", number="1042", state="held")]
    [one] = compared(books, *rows, total(2, "200.00", "o1", "1042"))

    assert one.is_even
    assert (one.said, one.here, one.in_books, one.unposted) == (2, 2, 1, 1)


def test_what_never_arrived_is_named(books):
    """With the sum that is missing; without names it is counted."""
    rows = [record("1"), total(3, "320.00", "1", "2", "3")]
    [one] = compared(books, *rows, total(2, kind="payment"))[:1]
    [_, payments] = compared(books)

    assert (one.missing_count, one.missing, one.difference) == (2, ("2", "3"), Decimal("220.00"))
    assert (payments.missing_count, payments.missing) == (2, ())
    assert payments.said_amount is None


def test_what_the_shop_does_not_have_is_named(books):
    """Credits are negative."""
    rows = [record("r1", "refund"), record("r2", "refund", name="John Roe")]
    [one] = compared(books, *rows, total(1, "100.00", "r1", kind="refund"))

    assert one.extra_count == 1
    assert one.extra == (control.Extra("r2", "John Roe", Decimal("-100.00")),)
    assert (one.said_amount, one.here_amount) == (Decimal("-100.00"), Decimal("-200.00"))


def test_what_came_after_its_source_counted_is_not_too_much_at_once(books):
    """An order of a day before comes while the shop is read: it counts again in a moment."""
    now = NOW + timedelta(days=2)
    said = total(1, "100.00")
    said.said_at = now - timedelta(minutes=1)
    assert compared(books, record("1"), record("2", received_at=now), said, now=now) == []

    def counted(count, later):
        with books.write() as session:
            session.get_one(ControlTotal, 1).count = count
        return compared(books, now=now + later)

    [one] = counted(2, timedelta(seconds=5))
    assert (one.missing_count, one.extra_count) == (0, 0)
    assert counted(1, timedelta(seconds=5)) == []
    [one] = counted(1, timedelta(minutes=10))
    assert one.extra_count == 1


def test_one_missing_and_one_too_many_are_no_match(books):
    """Equal counts and sums do not hide it where documents are named."""
    [one] = compared(books, record("1"), record("9"), total(2, "200.00", "1", "2"))

    assert (one.missing, [extra.number for extra in one.extra]) == (("2",), ["9"])
    assert not one.is_even


def test_another_sum_of_the_same_documents_is_no_match(books):
    """A cent is enough; where the shop says no sum, the count decides."""
    [one] = compared(books, record("1"), total(1, "100.01", "1"))

    assert not one.is_even
    assert one.difference == Decimal("0.01")


def test_a_day_people_moved_still_counts_where_the_shop_has_it(books):
    """It was posted on the first open day; for the shop it is of its own day."""
    moved = {"date": {"was": DAY.isoformat(), "to": "2026-12-01", "by": "U1", "run": 1}}
    row = record("1", doc_date=date(2026, 12, 1), corrections=moved)
    [one] = compared(books, row, total(1, "100.00", "1"))

    assert one.is_even


def test_a_document_with_another_day_is_told_as_that(books):
    """It is not missing: it is here, on another day."""
    [one] = compared(books, record("1", doc_date=DAY + timedelta(days=1)), total(1, "100.00", "1"))

    assert (one.missing_count, one.elsewhere) == (0, ("1",))
    assert not one.is_even


def test_currencies_are_compared_apart(books):
    """Ten dollars are not ten euros."""
    rows = [record("1"), record("2", currency="EUR"), total(1, "100.00"), total(1, "90.00",
            currency="EUR")]  # fmt: skip
    by_currency = {one.currency: one for one in compared(books, *rows)}

    assert by_currency["USD"].is_even
    assert by_currency["EUR"].difference == Decimal("-10.00")


def test_what_was_deleted_or_voided_in_quickbooks_is_not_in_the_books(books):
    """Here it is all the same; a record the mirror does not hold is not called gone."""
    rows = [record("1"), record("2"), record("3")]
    gone = [
        MirrorRow(company_id=1, entity="Invoice", qbo_id="1", deleted=True, read_at=NOW),
        MirrorRow(company_id=1, entity="Invoice", qbo_id="2", total=Decimal(0), read_at=NOW),
        MirrorRow(company_id=1, entity="Payment", qbo_id="3", deleted=True, read_at=NOW),
    ]
    [one] = compared(books, *rows, *gone, total(3, "300.00"))

    assert (one.gone, one.in_books, one.is_even) == (("1", "2"), 1, True)


@pytest.mark.parametrize(
    ("now", "count"),
    [
        # Midnight in New York is 5:00 UTC; two hours later the day is compared.
        (datetime(2026, 11, 22, 6, 59, tzinfo=UTC), 0),
        (datetime(2026, 11, 22, 7, 0, tzinfo=UTC), 1),
        (datetime(2026, 12, 30, 7, 0, tzinfo=UTC), 0),
    ],
)
def test_a_day_is_compared_when_it_is_over_for_the_company(books, now, count):
    """Not while it lasts, not before the last hand-over can be in, and not for ever."""
    row = total(1)
    row.said_at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

    assert len(compared(books, row, now=now)) == count
