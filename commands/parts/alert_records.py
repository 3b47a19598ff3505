"""The records an alert is about: what it holds now, what was posted, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.dispatch.reply import bullets, line, link, spans, strong
from bot.domain import ENTITY, IncidentState, RecordState
from bot.fixes.preview import CONNECTION
from bot.models import Company, FixRun, Hold, Incident, Record
from bot.quickbooks.links import deep_link
from bot.render import Span, Text, plural, sums
from bot.services import Services
from bot.sync import due, links
from bot.sync.totals import totals
from commands.parts.documents import called

MOST_RECORDS = 60
_AT_ONCE = 500


@dataclass(frozen=True)
class Found:
    """The records of an alert by where they stand now.

    `held`: not posted because of it; `posted`: in QuickBooks since; `linked`: documents that were
    there before, entered by a person; `differing`: posted, and the
    alert is about how; `elsewhere`: held by another alert; `skipped`: not posted on purpose.
    """

    held: Sequence[Record] = ()
    posted: Sequence[Record] = ()
    differing: Sequence[Record] = ()
    elsewhere: Sequence[Record] = ()
    skipped: Sequence[Record] = ()
    linked: Sequence[Record] = ()


def of(session: Session, incident: Incident) -> Found:
    """Read the records of an alert: what it holds, and what it has held since it was opened."""
    now = _held_now(session, incident)
    if incident.state is not IncidentState.RESOLVED and incident.subject == CONNECTION:
        now = due.all_waiting(session, incident.company_id)
    ids = {row.id or 0 for row in now}
    before = [row for row in _remembered(session, incident) if row.id not in ids]
    there = [row for row in before if row.state is RecordState.POSTED]
    linked = links.only_linked(session, [row for row in there if row.amount is not None])
    return Found(
        held=[row for row in now if row.state is not RecordState.POSTED],
        differing=[row for row in now if row.state is RecordState.POSTED],
        posted=[row for row in there if row.id not in linked],
        linked=[row for row in there if row.id in linked],
        elsewhere=[row for row in before if row.state in (RecordState.HELD, RecordState.WAITING)],
        skipped=[row for row in before if row.state is RecordState.SKIPPED],
    )


def posted_words(incident: Incident, found: Found) -> str:
    """The end of a settled alert's title: " · 14 documents posted", or linked, or nothing."""
    since = incident.opened_at
    documents = [row for row in found.posted if row.amount is not None]
    count = sum(1 for row in documents if row.posted_at is not None and row.posted_at >= since)
    if count:
        return f" · {plural(count, 'document')} posted"
    return f" · {plural(len(found.linked), 'document')} linked" if found.linked else ""


def told(services: Services, company: Company, incident: Incident, found: Found) -> Text:
    """Name every record with its money and its address in QuickBooks."""

    def part(rows: Sequence[Record], words: str) -> Text:
        if not rows:
            return Text()
        items = [_item(services, company, row) for row in rows[:MOST_RECORDS]]
        more = len(rows) - len(items)
        if more > 0:
            items.append(spans(f"and {plural(more, 'more record')}"))
        head = f"{plural(len(rows), 'record')} {words}"
        return line(strong(head), _sums(rows)) + bullets(*items)

    text = part(found.held, "not posted")
    text += part(found.differing, "posted with other amounts" if found.differing else "")
    text += part(found.posted, "posted")
    text += part(found.linked, "linked to what was in QuickBooks before")
    text += part(found.elsewhere, "not posted yet, for another reason: see /qb-errors")
    text += part(found.skipped, "not posted on purpose")
    if text or incident.state is IncidentState.RESOLVED:
        return text
    return line("No record waits for this just now.")


def _item(services: Services, company: Company, row: Record) -> tuple[Span, ...]:
    name = called(row)
    if row.state is not RecordState.POSTED or not row.qbo_id:
        return spans(name)
    url = deep_link(services.settings, company, ENTITY[row.type], row.qbo_id)
    return spans(f"{name} ", link("open in QuickBooks ↗", url) if url else "")


def _sums(rows: Sequence[Record]) -> str:
    said = sums.told(totals(rows), taxed=True, others=False)
    return f": {said}" if said else ""


def _held_now(session: Session, incident: Incident) -> list[Record]:
    return list(
        session.exec(
            select(Record)
            .join(Hold, col(Hold.record_id) == col(Record.id))
            .where(Hold.company_id == incident.company_id)
            .where(Hold.problem == incident.problem, Hold.subject == incident.subject)
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def _remembered(session: Session, incident: Incident) -> list[Record]:
    """What it held before: known from its checks, and from the fix that posted them."""
    ids = {int(one) for one in incident.record_ids}
    runs = session.exec(select(FixRun).where(FixRun.incident_id == incident.id)).all()
    for run in runs:
        for key in ("records", "others"):
            ids |= {int(one) for one in run.outcome.get(key) or []}
    wanted = sorted(ids)
    found: list[Record] = []
    for start in range(0, len(wanted), _AT_ONCE):
        found += session.exec(
            select(Record)
            .where(Record.company_id == incident.company_id)
            .where(col(Record.id).in_(wanted[start : start + _AT_ONCE]))
        )
    return sorted(found, key=lambda row: (row.tier, row.id or 0))
