"""Floods: many documents held within minutes for several causes get one table over their alerts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.config import Settings
from bot.domain import DOCUMENTS, IncidentState, RecordState
from bot.incidents.rows import bump_table
from bot.models import Company, Delivery, Flood, Hold, Incident, Record

# What is held within this time came at once.
WINDOW = timedelta(minutes=10)
CAUSES = 2
# With fewer beside its largest cause, that one's own message says it all.
BESIDE = 3
# What is held later than this after the last one of a flood is trouble of its own.
GAP = timedelta(minutes=3)
# A longer pause than this parts what was held before from the flood (QuickBooks that is busy is
# left alone for a minute).
PAUSE = timedelta(seconds=90)
# The alerts are posted first, so that the table can name their addresses.
AFTER_THE_ALERTS = timedelta(seconds=2)
_MOST = 2_000


def gather(
    session: Session, company: Company, settings: Settings, now: datetime, wait: timedelta
) -> None:
    """Begin a flood, or let new causes join the one that stands. The caller commits.

    1. It begins with `FLOOD_DOCUMENTS` documents held within ten minutes for two causes or more;
       all incidents of one problem that share a message count as one cause. Where all but a few
       are of one cause, its own message says it: there is no table over it.
    2. What was held before it began is no part of it, unless that cause is a flood by itself.
    3. As long as that is so, what is held right after it joins it; what an undo or a later
       trouble brings does not.
    """
    most = settings.FLOOD_DOCUMENTS
    if not most:
        return
    company_id = company.id or 0
    standing = session.exec(
        select(Flood).where(Flood.company_id == company_id, col(Flood.resolved_at).is_(None))
    ).first()
    until = now if standing is None else standing.last_at + GAP
    held = _held_within(session, company_id, now - WINDOW, until)
    start = standing.opened_at if standing is not None else _beginning(held, most)
    if start is None or _documents(held) < most:
        return
    held = _part_of_it(session, company_id, held, start, most)
    if standing is None and (_documents(held) < most or not _several(held)):
        return
    if held:
        _join(
            session, standing or _begin(session, company, held, most, now + wait), held, now + wait
        )


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


@dataclass(frozen=True)
class _Held:
    """A document that waits for an open incident, and since when; its cause may be a storm."""

    record_id: int
    incident_id: int
    cause: tuple[str, int]
    key: tuple[str, str]
    since: datetime


def _held_within(
    session: Session, company_id: int, since: datetime, until: datetime
) -> list[_Held]:
    """The documents held within a time for open causes, but for what a person let come back."""
    found = session.exec(
        select(Hold.record_id, Hold.problem, Hold.subject, Hold.since)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Record.state == RecordState.HELD)
        .where(col(Record.type).in_(DOCUMENTS))
        .where(col(Hold.since) >= since, col(Hold.since) <= until)
    ).all()
    if not found:
        return []
    rows = session.exec(
        select(Incident)
        .where(Incident.company_id == company_id, col(Incident.paused_by_id).is_(None))
        .where(col(Incident.state) != IncidentState.RESOLVED)
    ).all()
    causes = {(row.problem, row.subject): row for row in rows if not row.story.get("undone")}
    return [
        _Held(record_id, row.id or 0, (problem, row.storm_id or -(row.id or 0)), row_key, at)
        for record_id, problem, subject, at in found
        if (row := causes.get(row_key := (problem, subject))) is not None
    ]


def _documents(held: Iterable[_Held]) -> int:
    return len({one.record_id for one in held})


def _several(held: Iterable[_Held]) -> bool:
    """Whether a table over several causes says more than the message of the largest one."""
    records: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in held:
        records[one.cause].add(one.record_id)
    largest = max(records.values(), key=len)
    beside = set().union(*records.values()) - largest
    return len(records) >= CAUSES and len(beside) >= BESIDE


def _beginning(held: Iterable[_Held], most: int) -> datetime | None:
    """When the last so many documents began to be held, without a longer pause; None for fewer."""
    records: set[int] = set()
    start: datetime | None = None
    for one in sorted(held, key=lambda one: one.since, reverse=True):
        if start is not None and start - one.since > PAUSE:
            break
        records.add(one.record_id)
        if len(records) >= most:
            start = one.since
    return start


def _part_of_it(
    session: Session, company_id: int, held: Sequence[_Held], start: datetime, most: int
) -> list[_Held]:
    """Leave out the causes that are older than the flood and too small to be one by themselves."""
    older = set(
        session.exec(
            select(Hold.problem, Hold.subject)
            .where(Hold.company_id == company_id, col(Hold.since) < start)
            .distinct()
        )
    )
    records: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in held:
        records[one.cause].add(one.record_id)
    return [one for one in held if one.key not in older or len(records[one.cause]) >= most]


def _join(session: Session, flood: Flood, held: Sequence[_Held], not_before: datetime) -> None:
    """Let the causes of these join; the table is wanted anew when one of them is new."""
    known = set(flood.incident_ids)
    new = sorted({one.incident_id for one in held} - known)
    flood.last_at = max(flood.last_at, *(one.since for one in held))
    flood.incident_ids = [*flood.incident_ids, *new][:_MOST]
    session.add(flood)
    session.flush()
    if new:
        bump_table(session, col(Delivery.flood_id) == flood.id, not_before + AFTER_THE_ALERTS)


def _begin(
    session: Session, company: Company, held: Iterable[_Held], most: int, not_before: datetime
) -> Flood:
    first = min(one.since for one in held)
    flood = Flood(company_id=company.id or 0, opened_at=first, last_at=first, threshold=most)
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
