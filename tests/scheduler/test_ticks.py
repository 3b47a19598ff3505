"""The clock becomes nudges, for every company there is and every one that joins."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from time import monotonic

import pytest
from cryptography.fernet import Fernet

from bot.checkup import Check
from bot.clock import Clock
from bot.config import Settings
from bot.models import Delivery, Incident
from bot.policy import CompanySpec, make_or_update
from bot.scheduler import LocalQueue, Ticks, ticks
from tests.composing import compose
from tests.databases import new_database


def eventually(look, seconds=10.0):
    end = monotonic() + seconds
    while not look():
        assert monotonic() < end, "it did not happen in time"
        Event().wait(0.02)


@pytest.fixture
def ticking(tmp_path: Path, monkeypatch):
    """Services with a real queue whose jobs only note that they ran."""
    monkeypatch.setattr(ticks, "COMPANIES_SECONDS", 0.1)
    monkeypatch.setattr(ticks, "DELIVERY_SECONDS", 0.1)
    settings = Settings.from_mapping(
        {
            "DATABASE_URL": new_database(tmp_path),
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "SYNC_SECONDS": "0.2",
            "CAPTURE_SECONDS": "3600",
            "CHECK_SECONDS": "0.3",
            "MAIL_DIR": str(tmp_path / "mails"),
            "MAIL_SECONDS": "0.2",
        }
    )
    queue = LocalQueue(Clock())
    services = compose(settings, queue)
    ran: list[tuple[str, str]] = []
    names = ("sync", "capture", "check", "deliver", "sweep", "mail")
    queue.start(
        services,
        {name: (lambda services, arg, name=name: ran.append((name, arg))) for name in names},
    )
    checks = (
        Check("quick", lambda services, company, scope: iter(())),
        Check("slow", lambda services, company, scope: iter(()), every=timedelta(days=30)),
    )
    yield services, Ticks(services, queue, checks), ran
    queue.stop()
    services.quickbooks.close()
    services.sessions.engine.dispose()


def test_every_company_is_synced_captured_and_checked_at_once_and_again(ticking):
    """At the start everything runs once; then each at its own pace."""
    services, clock, ran = ticking
    make_or_update(services, CompanySpec(name="A", channel="C1"))
    clock.start()
    eventually(lambda: ran.count(("sync", "1")) >= 3 and ran.count(("check", "1:quick")) >= 3)

    assert ran.count(("capture", "1")) == 1
    assert ran.count(("check", "1:slow")) == 1
    assert ran.count(("sweep", "")) == 1


def test_a_company_that_joins_while_the_bot_runs_is_followed(ticking):
    """No restart is needed after `connect`."""
    services, clock, ran = ticking
    clock.start()
    eventually(lambda: ("sweep", "") in ran)
    make_or_update(services, CompanySpec(name="B", channel="C2"))

    eventually(lambda: ("check", "1:quick") in ran)


def test_a_message_is_nudged_when_its_time_has_come(ticking):
    """Due ones at once, later ones later, sent ones never."""
    services, clock, ran = ticking
    company = make_or_update(services, CompanySpec(name="A", channel="C1"))
    now = services.clock.now()
    moments = {"due": now, "later": now + timedelta(hours=1), "sent": now, "claimed": now}
    ids = {}
    with services.sessions.write() as session:
        for name, moment in moments.items():
            incident = Incident(
                company_id=company.id, check_name="c", problem="p", subject=name,
                family="platform", kind="unknown", severity="error", opened_at=now,
                last_seen_at=now,
            )  # fmt: skip
            session.add(incident)
            session.flush()
            row = Delivery(
                incident_id=incident.id,
                channel_id="C1",
                not_before=moment,
                sent=1 if name == "sent" else 0,
                state="claimed" if name == "claimed" else "idle",
            )
            session.add(row)
            session.flush()
            ids[name] = str(row.id)
    clock.start()
    eventually(lambda: ran.count(("deliver", ids["due"])) >= 2)

    assert {arg for job, arg in ran if job == "deliver"} == {ids["due"]}


def test_a_mailbox_is_looked_into_at_its_pace(ticking):
    """Every mailbox of the settings has a job of its own; one that is not named has none."""
    _, clock, ran = ticking
    clock.start()
    eventually(lambda: ran.count(("mail", "maildir")) >= 3)

    assert ("mail", "imap") not in ran
