"""Floods: many documents held within minutes for several causes get one table over their alerts."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bot.config import Settings
from bot.domain import DOCUMENTS, IncidentState, RecordState
from bot.incidents.rows import bump_table
from bot.models import Company, Delivery, Flood, Hold, Incident, Record

# What is held within this time came at once.
WINDOW = timedelta(minutes=10)
CAUSES = 2
# What is held later than this after the last one of a flood is trouble of its own.
GAP = timedelta(minutes=3)
# The alerts are posted first, so that the table can name their addresses.
AFTER_THE_ALERTS = timedelta(seconds=2)
_MOST = 2_000


def gather(
    session: Session, company: Company, settings: Settings, now: datetime, wait: timedelta
) -> None:
    """Begin a flood, or let new causes join the one that stands. The caller commits.

    1. It begins with `FLOOD_DOCUMENTS` documents held within ten minutes for two causes or more;
       all incidents of one problem that share a message count as one cause.
    2. As long as that is so, what is held right after it joins it; what an undo or a later
       trouble brings does not.
    """
    if not settings.FLOOD_DOCUMENTS:
        return
    standing = session.exec(
        select(Flood).where(Flood.company_id == company.id, col(Flood.resolved_at).is_(None))
    ).first()
    until = now if standing is None else standing.last_at + GAP
    held = _held_within(company.id or 0, now - WINDOW, until)
    count = session.exec(select(func.count(func.distinct(col(Hold.record_id)))).where(*held)).one()
    if count < settings.FLOOD_DOCUMENTS:
        return
    rows = _causes(session, company.id or 0, held)
    if standing is None and len({(row.problem, row.storm_id or row.id) for row in rows}) < CAUSES:
        return
    first, last = session.exec(
        select(func.min(Hold.since), func.max(Hold.since)).where(*held)
    ).one()
    flood = standing or _begin(session, company, first or now, now + wait)
    known = set(flood.incident_ids)
    new = [row.id or 0 for row in rows if row.id not in known]
    flood.last_at = max(flood.last_at, last or now)
    flood.incident_ids = [*flood.incident_ids, *new][:_MOST]
    session.add(flood)
    session.flush()
    if new or standing is None:
        bump_table(session, col(Delivery.flood_id) == flood.id, now + wait + AFTER_THE_ALERTS)


def members(session: Session, flood: Flood) -> list[Incident]:
    """Its incidents, those that are not settled first."""
    rows = session.exec(select(Incident).where(col(Incident.id).in_(flood.incident_ids))).all()
    return sorted(rows, key=lambda row: (row.state is IncidentState.RESOLVED, row.id or 0))


def by_cause(rows: Iterable[Incident]) -> list[list[Incident]]:
    """The incidents by the message that tells of them: alone, or all of one storm."""
    found: dict[tuple[str, int], list[Incident]] = {}
    for row in rows:
        key = ("storm", row.storm_id) if row.storm_id is not None else ("", row.id or 0)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _held_within(
    company_id: int, since: datetime, until: datetime
) -> tuple[ColumnElement[bool], ...]:
    documents = (
        select(Record.id)
        .where(Record.company_id == company_id, Record.state == RecordState.HELD)
        .where(col(Record.type).in_(DOCUMENTS))
    )
    return (
        col(Hold.company_id) == company_id,
        col(Hold.since) >= since,
        col(Hold.since) <= until,
        col(Hold.record_id).in_(documents),
    )


def _causes(
    session: Session, company_id: int, held: tuple[ColumnElement[bool], ...]
) -> list[Incident]:
    """The open causes of these holds, but for what a person let come back."""
    keys = set(session.exec(select(Hold.problem, Hold.subject).where(*held).distinct()))
    rows = session.exec(
        select(Incident)
        .where(Incident.company_id == company_id, col(Incident.paused_by_id).is_(None))
        .where(col(Incident.state) != IncidentState.RESOLVED)
        .order_by(col(Incident.id))
    ).all()
    return [
        row for row in rows if (row.problem, row.subject) in keys and not row.story.get("undone")
    ]


def _begin(session: Session, company: Company, first: datetime, not_before: datetime) -> Flood:
    flood = Flood(company_id=company.id or 0, opened_at=first, last_at=first)
    session.add(flood)
    session.flush()
    session.add(
        Delivery(
            flood_id=flood.id,
            channel_id=company.channel_id,
            not_before=not_before + AFTER_THE_ALERTS,
            wanted=0,
        )
    )
    session.flush()
    return flood
