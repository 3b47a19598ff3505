"""What was posted is added up from QuickBooks' own answers, on both engines."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.clock import Clock
from bot.db import Sessions, make_engine, migrate
from bot.domain import RecordState, RecordType
from bot.models import Company, Record, Source, Write
from bot.sync.posted_sums import posted_since
from tests.databases import new_database


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sessions(request, tmp_path):
    """A fresh database of either kind."""
    sqlite = request.param == "sqlite"
    engine = make_engine(
        new_database(tmp_path) if sqlite else request.getfixturevalue("postgres_url")
    )
    migrate(engine)
    yield Sessions(engine)
    engine.dispose()


@pytest.fixture
def company_id(sessions):
    """A bill for which the source says 90.00 by now; it was posted with 84.00."""
    now = Clock().now()
    with sessions.write() as session:
        company = Company(name="Harbor Foods", channel_id="C1", created_at=now)
        session.add(company)
        session.flush()
        source = Source(company_id=company.id, name="Shop", created_at=now)
        session.add(source)
        session.flush()
        session.add(
            Record(
                company_id=company.id,
                source_id=source.id,
                type=RecordType.BILL,
                tier=4,
                received_at=now,
                external_id="b1",
                digest="x",
                state=RecordState.POSTED,
                amount=Decimal("90.00"),
                qbo_id="7",
                posted_at=now,
            )
        )
        session.add_all(_writes(company.id, now))
        return company.id


def _writes(company_id, now):
    """What went out for it: the posting, a change of its memo, a change that was refused."""
    for number, (operation, payload, total, state) in enumerate(
        [
            ("create", {"Line": []}, 84.0, "done"),
            ("update", {"PrivateNote": "x"}, 99.0, "done"),
            ("update", {"Line": [{"Amount": 50}]}, 50.0, "fault"),
        ]
    ):
        yield Write(
            company_id=company_id,
            entity="Bill",
            operation=operation,
            request_id=f"r{number}",
            payload=payload,
            reply={"TotalAmt": total},
            qbo_id="7",
            state=state,
            created_at=now,
        )


def test_the_answer_counts_not_what_the_source_says_later(sessions, company_id):
    """An update of another field, and a write that failed, change nothing of it."""
    with sessions.read() as session:
        found = posted_since(session, company_id, Clock().now() - timedelta(hours=1))

    assert "84" in str(found)
    assert "90" not in str(found)
