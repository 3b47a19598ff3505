"""While an inhibiting problem is open at a company, its other alerts are paused."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.domain import IncidentState
from bot.incidents.rows import bump, hold_back, is_posted
from bot.knowledge import Problem
from bot.models import Incident


def apply(
    session: Session,
    company_id: int,
    problems: Mapping[str, Problem],
    now: datetime,
    wait: timedelta,
) -> set[int]:
    """Pause or wake the company's alerts; returns the incidents whose message changes.

    1. The oldest open incident of an inhibiting problem is the cause.
    2. Every other open one is paused by it: a posted message is edited once, an unposted one is
       not posted. One that is being worked on is left alone, and so is one that is about no
       company alone and is only told at this one.
    3. Without a cause, the paused ones return to what they are.
    4. The cause's own message says how many are paused, so it changes with that number.
    """
    rows = session.exec(
        select(Incident)
        .where(Incident.company_id == company_id, col(Incident.state) != IncidentState.RESOLVED)
        .order_by(col(Incident.id))
    ).all()
    inhibiting = {name for name, one in problems.items() if one.inhibits}
    of_all = {name for name, one in problems.items() if one.of_all}
    cause = next((row for row in rows if row.problem in inhibiting), None)
    changed: set[int] = set()
    for row in rows:
        waits = cause is not None and row is not cause and row.problem not in of_all
        by = cause.id if cause is not None and waits else None
        if row.paused_by_id == by or (by is not None and row.state is IncidentState.WORKING):
            continue
        row.paused_by_id = by
        session.add(row)
        session.flush()
        changed.add(_tell(session, row, now, wait))
    if cause is not None and changed - {cause.id}:
        bump(session, cause.id or 0, _when(session, cause, now, wait))
        changed.add(cause.id or 0)
    return changed


def _tell(session: Session, row: Incident, now: datetime, wait: timedelta) -> int:
    incident_id = row.id or 0
    if row.paused_by_id is not None and not is_posted(session, incident_id):
        hold_back(session, incident_id)
    else:
        bump(session, incident_id, _when(session, row, now, wait))
    return incident_id


def _when(session: Session, row: Incident, now: datetime, wait: timedelta) -> datetime:
    """An edit goes at once; a first post waits for its cause."""
    return now if is_posted(session, row.id or 0) else now + wait
