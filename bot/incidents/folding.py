"""Alerts that turn out to be part of a later one: told on that one, and ended with it.

Twelve invoices said that their customer is not there; then the customer comes, and is held because
somebody else has its name. The invoices wait for that one now: their message says so and where.
So it is with a posted document whose amounts differed, once one alert asks about both sides.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot.domain import IncidentState, RecordState
from bot.incidents.rows import bump, flood_with, is_posted
from bot.models import Hold, Incident, Record
from bot.sync.causes import AFTER_POSTING
from bot.sync.flow import causes

# What was settled longer ago was told as it was, and is left alone.
RECENT = timedelta(hours=1)
_MOST = 200
_AT_ONCE = 500

Key = tuple[str, str]


def fold(session: Session, company_id: int, now: datetime) -> set[int]:
    """Make alerts part of the open one that holds all of what they held.

    Only one that settled by itself lately, was told in Slack, and of whose records none was posted
    since: then nothing was mended, another cause stands in front of it. Gives whose messages
    change, the open ones' too.
    """
    children = _settled_lately(session, company_id, now)
    if not children:
        return set()
    parents = {
        (row.problem, row.subject): row
        for row in session.exec(
            select(Incident).where(
                Incident.company_id == company_id,
                col(Incident.state) != IncidentState.RESOLVED,
            )
        )
    }
    changed: set[int] = set()
    for child in children:
        parent = _parent(session, child, parents)
        if parent is None:
            continue
        child.part_of_id = parent.id
        child.story = {**child.story, "part_ended": False}
        session.add(child)
        _join_its_flood(session, child, parent)
        session.flush()
        for row in (child, parent):
            bump(session, row.id or 0, now if is_posted(session, row.id or 0) else None)
            changed.add(row.id or 0)
    return changed


def part_from(session: Session, row: Incident, now: datetime) -> None:
    """An alert that is found again by itself is part of nothing any more."""
    parent_id, row.part_of_id = row.part_of_id, None
    if parent_id is not None:
        session.add(row)
        session.flush()
        bump(session, parent_id, now if is_posted(session, parent_id) else None)


def tell_parts(session: Session, parent_id: int, now: datetime) -> set[int]:
    """Edit the messages of an alert's parts, when it ends or comes back; gives their ids."""
    rows = session.exec(select(Incident).where(Incident.part_of_id == parent_id)).all()
    if not rows:
        return set()
    parent = session.get_one(Incident, parent_id)
    for row in rows:
        row.story = {**row.story, "part_ended": parent.state is IncidentState.RESOLVED}
        session.add(row)
        session.flush()
        bump(session, row.id or 0, now)
    return {row.id or 0 for row in rows}


def count_parts(session: Session, parent_id: int | None) -> int:
    """How many earlier alerts are part of this one."""
    rows = select(func.count()).select_from(Incident).where(Incident.part_of_id == parent_id)
    return int(session.exec(rows).one()) if parent_id is not None else 0


def _join_its_flood(session: Session, child: Incident, parent: Incident) -> None:
    """The table that counts the child's documents goes on counting them at the parent."""
    flood = flood_with(session, child.id or 0)
    if flood is not None and parent.id is not None and parent.id not in flood.incident_ids:
        flood.incident_ids = [*flood.incident_ids, parent.id]
        session.add(flood)
        session.flush()


def _settled_lately(session: Session, company_id: int, now: datetime) -> list[Incident]:
    rows = session.exec(
        select(Incident)
        .where(Incident.company_id == company_id, Incident.state == IncidentState.RESOLVED)
        .where(col(Incident.resolved_at) >= now - RECENT, col(Incident.part_of_id).is_(None))
        .order_by(col(Incident.id).desc())
        .limit(_MOST)
    ).all()
    return [row for row in rows if _by_itself(row) and is_posted(session, row.id or 0)]


def _by_itself(row: Incident) -> bool:
    ended = row.story.get("outcome")
    by = str(ended.get("by") or "") if isinstance(ended, dict) else ""
    return not by and bool(row.record_ids) and not row.story.get("undone")


def _parent(session: Session, child: Incident, parents: Mapping[Key, Incident]) -> Incident | None:
    """The one open alert that holds every record of the child that is not posted."""
    if child.problem in AFTER_POSTING:
        return _asks_instead(session, child, parents)
    records = _records(session, child.record_ids)
    if any(row.posted_at is not None and row.posted_at >= child.opened_at for row in records):
        return None
    left = {row.id or 0 for row in records if row.state is RecordState.HELD}
    if not left or any(row.state is RecordState.WAITING for row in records):
        return None
    held: dict[Key, set[int]] = {}
    for problem, subject, record_id in _holds(session, sorted(left)):
        held.setdefault((problem, subject), set()).add(record_id)
    for key in sorted(held):
        parent = parents.get(key)
        if held[key] == left and parent is not None and parent.id != child.id:
            return parent
    return None


def _asks_instead(
    session: Session, child: Incident, parents: Mapping[Key, Incident]
) -> Incident | None:
    """The open alert that asks by now about what the child told of a posted record."""
    groups = causes.groups_told(child.problem, child.facts)
    for problem, subject, _ in sorted(_holds(session, child.record_ids)):
        parent = parents.get((problem, subject)) if problem in causes.PROBLEMS else None
        if parent is not None and groups & causes.groups_told(problem, parent.facts):
            return parent
    return None


def _records(session: Session, ids: Sequence[int]) -> list[Record]:
    found: list[Record] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        found += session.exec(select(Record).where(col(Record.id).in_(part)))
    return found


def _holds(session: Session, ids: Sequence[int]) -> list[tuple[str, str, int]]:
    found: list[tuple[str, str, int]] = []
    for start in range(0, len(ids), _AT_ONCE):
        rows = select(Hold.problem, Hold.subject, Hold.record_id)
        part = col(Hold.record_id).in_(ids[start : start + _AT_ONCE])
        found += session.exec(rows.where(part)).all()
    return found
