"""Mailboxes that cannot be read: what other tools mail stays unheard, so somebody is told."""

from collections.abc import Iterator
from datetime import timedelta

from bot import mailbox
from bot.checkup import Check, told_at
from bot.domain import Finding, Scope
from bot.mailbox import Why
from bot.models import Company, MailState
from bot.services import Services


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding for each mailbox, at the company that was added first."""
    boxes = [box for box in mailbox.boxes(services.settings) if scope.covers(f"mailbox:{box.kind}")]
    with services.sessions.read() as session:
        if not boxes or company.id != told_at(session):
            return
        rows = [(box.kind, session.get(MailState, box.name)) for box in boxes]
    for kind, row in rows:
        if row is not None and _tells(services, row):
            yield _finding(kind, row)


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


CHECK = Check(name="mailboxes", run=run, every=timedelta(minutes=1))
