"""Storms: more than five open incidents of one problem at a company share one message."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.domain import IncidentState
from bot.incidents.rows import bump_storm
from bot.models import Company, Delivery, Incident, Storm

# So many of one problem have a message each; with one more the rest share one.
ALONE = 5


def gather(
    session: Session, company: Company, apart: Collection[str], now: datetime, wait: timedelta
) -> set[int]:
    """Let incidents that have no message in Slack yet join a storm; gives those that joined.

    1. A problem with more than `ALONE` open incidents at the company is a storm; one that has
       begun goes on until its last incident is settled.
    2. What was posted keeps its own message: an edit would notify nobody and lose its buttons.
    3. Problems in `apart` (those that pause all others) never become one.
    """
    rows = session.exec(
        select(Incident)
        .where(Incident.company_id == company.id, col(Incident.state) != IncidentState.RESOLVED)
        .where(col(Incident.problem).not_in(list(apart)))
        .order_by(col(Incident.problem), col(Incident.id))
    ).all()
    joined: set[int] = set()
    for problem, group in groupby(rows, key=lambda row: row.problem):
        joined |= _gather(session, company, problem, list(group), (now, wait))
    return joined


def _gather(
    session: Session,
    company: Company,
    problem: str,
    rows: Sequence[Incident],
    when: tuple[datetime, timedelta],
) -> set[int]:
    storm_id = current(session, company.id or 0, problem)
    if storm_id is None and len(rows) <= ALONE:
        return set()
    movable = [row for row in rows if row.storm_id is None and _take_message(session, row)]
    if not movable:
        return set()
    now, wait = when
    if storm_id is None:
        storm_id = _begin(session, company, problem, now, wait)
    for row in movable:
        row.storm_id = storm_id
        session.add(row)
    session.flush()
    posted = session.exec(select(Delivery.ts).where(Delivery.storm_id == storm_id)).first()
    bump_storm(session, storm_id, now if posted else now + wait)
    return {row.id or 0 for row in movable}


def current(session: Session, company_id: int, problem: str) -> int | None:
    """The storm of a problem that is not over."""
    return session.exec(
        select(Storm.id).where(
            Storm.company_id == company_id,
            Storm.problem == problem,
            col(Storm.resolved_at).is_(None),
        )
    ).first()


def members(session: Session, storm_id: int) -> list[Incident]:
    """The incidents of a storm, the open ones that hold most documents first."""
    rows = session.exec(select(Incident).where(Incident.storm_id == storm_id)).all()
    return sorted(rows, key=_worst_first)


def _worst_first(row: Incident) -> tuple[bool, int, int]:
    documents = str(row.facts.get("documents"))
    count = int(documents) if documents.isdigit() else 0
    return (row.state is IncidentState.RESOLVED, -count, row.id or 0)


def _begin(session: Session, company: Company, problem: str, now: datetime, wait: timedelta) -> int:
    storm = Storm(company_id=company.id or 0, problem=problem, opened_at=now)
    session.add(storm)
    session.flush()
    session.add(
        Delivery(storm_id=storm.id, channel_id=company.channel_id, not_before=now + wait, wanted=0)
    )
    session.flush()
    return storm.id or 0


def _take_message(session: Session, row: Incident) -> bool:
    """Give up the incident's own message, unless Slack has it or may have it."""
    taken = session.exec(
        delete(Delivery).where(
            col(Delivery.incident_id) == row.id,
            col(Delivery.ts).is_(None),
            col(Delivery.state) == "idle",
        )
    )
    return taken.rowcount == 1
