"""Callbacks that have not taken events for a day, or said that they are gone for good."""

from collections.abc import Iterator
from datetime import timedelta

import httpx

from bot.checkup import Check
from bot.domain import Finding, Payload, Scope
from bot.models import Company
from bot.outgoing import callbacks
from bot.services import Services


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield each source of the company whose own system does not hear what it should."""
    with services.sessions.read() as session:
        rows = callbacks.troubles(session, company.id or 0, services.clock.now())
    found = (_finding(row) for row in rows)
    yield from (one for one in found if scope.covers(one.subject))


def _finding(row: callbacks.Trouble) -> Finding:
    facts: Payload = {
        "source": row.source,
        "source_id": row.source_id,
        # The rest of the address may hold what nobody else is to read.
        "host": httpx.URL(row.url).host,
        "reason": row.answer,
        "since": row.since.isoformat(),
        "events": row.waiting,
        "gone": row.gone,
        "missed": row.missed,
    }
    return Finding("callback_unreachable", callbacks.subject_of(row.source_id), facts)


CHECK = Check(name="callbacks", run=run, every=timedelta(minutes=1))
