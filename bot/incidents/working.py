"""What a fix says while it works: begun, so far, done or partly done."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from bot.domain import IncidentState, Payload
from bot.incidents import inhibition
from bot.incidents.rows import bump, nudge
from bot.models import Incident
from bot.services import Services

# A story is read on a phone: the oldest lines go first.
STORY_LINES = 30


def begin_work(
    session: Session, incident_id: int, by: str, now: datetime, *, run_id: int = 0
) -> bool:
    """Claim an open incident for a fix run; False when somebody was faster or it is settled.

    The caller commits, then calls `nudge`.
    """
    claimed = session.exec(
        update(Incident)
        .where(
            col(Incident.id) == incident_id,
            col(Incident.state).in_((IncidentState.OPEN, IncidentState.PARTLY)),
        )
        .values(state=IncidentState.WORKING)
    )
    if claimed.rowcount != 1:
        return False
    row = session.get_one(Incident, incident_id, populate_existing=True)
    row.story = {
        **row.story,
        "worker": by,
        "run": run_id,
        "began": now.isoformat(),
        "progress": None,
        "outcome": None,
    }
    session.add(row)
    session.flush()
    bump(session, incident_id, now)
    return True


def say(session: Session, incident_id: int, by: str, text: str, now: datetime) -> None:
    """Add a line to the story ("customer active again ✔"). The caller commits and nudges."""
    row = session.get_one(Incident, incident_id, populate_existing=True)
    lines = [*row.story.get("lines", []), {"at": now.isoformat(), "by": by, "text": text}]
    row.story = {**row.story, "lines": lines[-STORY_LINES:]}
    session.add(row)
    session.flush()
    bump(session, incident_id, now)


def progress(services: Services, incident_id: int, done: int, total: int, words: str) -> None:
    """Show how far a fix is ("posting invoices 9 of 14 …"). Edits that come fast are joined."""
    with services.sessions.write() as session:
        row = session.get_one(Incident, incident_id)
        if row.state is not IncidentState.WORKING:
            return
        row.story = {**row.story, "progress": {"done": done, "total": total, "words": words}}
        session.add(row)
        session.flush()
        bump(session, incident_id, None)
    nudge(services, incident_id)


def finish(
    services: Services,
    incident_id: int,
    *,
    by: str,
    lines: Sequence[str],
    resolved: bool,
    changed: bool = True,
    posted: int = 0,
    also: Callable[[Session], None] | None = None,
) -> None:
    """End the work: FIXED when `resolved` (read back and checked), else PARTLY with what is true.

    `changed` False: nothing was done, so it is OPEN as before. `posted` counts documents.
    `also` is done in the same transaction (the run that ends with it).
    Nothing is left saying WORKING. Woken or paused alerts of the company follow.
    """
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get_one(Incident, incident_id)
        outcome: Payload = {
            "by": by,
            "at": now.isoformat(),
            "lines": list(lines),
            "posted": posted,
        }
        row.story = {**row.story, "progress": None, "outcome": outcome}
        row.state = _ended(resolved=resolved, changed=changed)
        row.resolved_at = now if resolved else None
        if resolved:
            row.paused_by_id = None
        session.add(row)
        if also is not None:
            also(session)
        session.flush()
        bump(session, incident_id, now)
        wait = timedelta(seconds=services.settings.GROUPING_SECONDS)
        inhibiting = {name for name, p in services.knowledge.problems.items() if p.inhibits}
        others = inhibition.apply(session, row.company_id, inhibiting, now, wait)
    for touched_id in sorted({incident_id, *others}):
        nudge(services, touched_id)


def _ended(*, resolved: bool, changed: bool) -> IncidentState:
    if resolved:
        return IncidentState.RESOLVED
    return IncidentState.PARTLY if changed else IncidentState.OPEN
