"""Mailboxes that cannot be read, and mails of no company: what stays unheard, somebody is told."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from bot import mailbox
from bot.checkup import Check, told_at
from bot.domain import Finding, Payload, Scope
from bot.mailbox import Why
from bot.models import Company, MailState
from bot.services import Services


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield what is wrong with each mailbox, at the company that was added first."""
    boxes = mailbox.boxes(services.settings)
    with services.sessions.read() as session:
        if not boxes or company.id != told_at(session):
            return
        rows = [(box.kind, session.get(MailState, box.name)) for box in boxes]
    found = chain.from_iterable(_of(services, kind, row) for kind, row in rows if row is not None)
    yield from (one for one in found if scope.covers(one.subject))


def _of(services: Services, kind: str, row: MailState) -> Iterator[Finding]:
    if _tells(services, row):
        yield _finding(kind, row)
    if row.unassigned:
        yield _of_nobody(kind, row)


def _tells(services: Services, row: MailState) -> bool:
    """What heals by itself is told only when it lasts."""
    if not row.trouble or row.trouble_since is None:
        return False
    patience = services.settings.LASTING_OUTAGE_SECONDS if row.trouble_why == Why.AWAY else 0
    return services.clock.now() - row.trouble_since >= timedelta(seconds=patience)


def _finding(kind: str, row: MailState) -> Finding:
    facts = {
        "mailbox": row.name.partition(":")[2],
        "kind": kind,
        "trouble": row.trouble_why,
        "reason": row.trouble,
        "since": row.trouble_since.isoformat() if row.trouble_since else "",
    }
    return Finding("mailbox_unreadable", f"mailbox:{kind}", facts)


def _of_nobody(kind: str, row: MailState) -> Finding:
    facts: Payload = {
        "mailbox": row.name.partition(":")[2],
        "mails": row.unassigned,
        "senders": list(row.unassigned_from),
    }
    return Finding("mails_unassigned", f"mailbox:{kind}:mails", facts)


CHECK = Check(name="mailboxes", run=run, every=timedelta(minutes=1))
