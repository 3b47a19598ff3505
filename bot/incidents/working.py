"""What a fix says while it works: begun, so far, done or partly done."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from bot.domain import IncidentState, Payload
from bot.incidents import flapping, folding, inhibition
from bot.incidents.rows import STORY_LINES, bump, leave_flood, let_go, nudge
from bot.models import Incident
from bot.services import Services


def begin_work(
    session: Session,
    incident_id: int,
    by: str,
    now: datetime,
    *,
    run_id: int = 0,
    again: bool = False,
    asked_by: str = "",
    began: datetime | None = None,
) -> bool:
    """Claim an open incident for a fix run; False when somebody was faster or it is settled.

    `again`: a settled one may be claimed as well, to undo what settled it; if nothing of that can
    be done it is settled again, as it was. `asked_by`: who asked for the approval of `by`. `began`:
    when, for work that goes on after a stop.
    The caller commits, then calls `nudge`.
    """
    earlier = session.get_one(Incident, incident_id, populate_existing=True)
    before = _settled_as(earlier)
    settled = (IncidentState.RESOLVED,) if again else ()
    claimed = session.exec(
        update(Incident)
        .where(
            col(Incident.id) == incident_id,
            col(Incident.state).in_((IncidentState.OPEN, IncidentState.PARTLY, *settled)),
        )
        .values(state=IncidentState.WORKING)
    )
    if claimed.rowcount != 1:
        return False
    row = session.get_one(Incident, incident_id, populate_existing=True)
    row.story = {
        **row.story,
        "worker": by,
        "asked_by": asked_by,
        "run": run_id,
        "began": (began or now).isoformat(),
        "progress": None,
        "outcome": None,
        "ask": None,
        "said": None,
        "undone": None,
        "before": before,
    }
    session.add(row)
    session.flush()
    bump(session, incident_id, now)
    return True


def _settled_as(row: Incident) -> Payload | None:
    """How a settled incident ended, None for one that is open."""
    if row.state is not IncidentState.RESOLVED:
        return None
    kept = ("worker", "asked_by", "began", "outcome", "undone")
    settled = row.resolved_at.isoformat() if row.resolved_at else None
    return {**{name: row.story.get(name) for name in kept}, "resolved_at": settled}


def ask(
    session: Session, incident_id: int, run_id: int, by: str, words: str, now: datetime
) -> bool:
    """Show on the alert that somebody asks for an approval; False while a fix works on it.

    The caller commits and nudges.
    """
    row = session.get_one(Incident, incident_id, populate_existing=True)
    if row.state is IncidentState.WORKING:
        return False
    row.story = {
        **row.story,
        "ask": {"run": run_id, "by": by, "words": words, "at": now.isoformat()},
    }
    session.add(row)
    session.flush()
    bump(session, incident_id, now)
    return True


def answer_ask(
    session: Session, incident_id: int, run_id: int, by: str, text: str, now: datetime
) -> None:
    """Take the question of a run off the alert and say why; the caller commits and nudges.

    A question that does not stand there any more (the trouble settled by itself) says nothing.
    """
    row = session.get_one(Incident, incident_id, populate_existing=True)
    if int((row.story.get("ask") or {}).get("run") or 0) != run_id:
        return
    answer = {"by": by, "at": now.isoformat(), "text": text}
    row.story = {**row.story, "ask": None, "said": answer}
    session.add(row)
    say(session, incident_id, by, text, now)


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
    linked: int = 0,
    undoable: bool = False,
    undone: bool = False,
    seen: str = "",
    elsewhere: bool = False,
    by_word: bool = False,
    left_out: bool = False,
    fix: str = "",
    also: Callable[[Session], None] | None = None,
) -> None:
    """End the work: FIXED when `resolved` (read back and checked), else PARTLY with what is true.

    `changed` False: nothing was done, so it is as before: OPEN, or settled where an undo did not
    begin. `posted` counts documents, `linked` those that were there before. `undoable`: something
    of it can be taken back; `undone`: this was that. `seen`: what ended it in QuickBooks, where
    nobody pressed. `elsewhere`: nothing was done but to let go what now waits for other alerts.
    `by_word`: a person said that it is settled, and nothing could be read back. `left_out`: a
    person decided that none of its documents is posted. `fix`: what was done, by its name. `also`
    is done in the same transaction. Nothing is left saying WORKING; others of the company follow.
    """
    now = services.clock.now()
    outcome: Payload = {"by": by, "at": now.isoformat(), "lines": list(lines), "seen": seen}
    outcome |= {"posted": posted, "linked": linked, "undoable": undoable, "elsewhere": elsewhere}
    outcome |= {"by_word": by_word, "left_out": left_out, "fix": fix}
    with services.sessions.write() as session:
        row = session.get_one(Incident, incident_id)
        if resolved and not by and not flapping.is_steady(row, now):
            # Nobody mended it, and it comes and goes: one more check decides.
            resolved = changed = False
        _end(row, outcome, now, resolved=resolved, changed=changed)
        if undone:
            row.story = {**row.story, "undone": {"by": by, "at": now.isoformat()}}
            leave_flood(session, incident_id)
        session.add(row)
        if also is not None:
            also(session)
        session.flush()
        bump(session, incident_id, now)
        others = _others(session, services, row, now)
    for touched_id in sorted({incident_id, *others}):
        nudge(services, touched_id)


def _end(row: Incident, outcome: Payload, now: datetime, *, resolved: bool, changed: bool) -> None:
    before = row.story.get("before")
    row.story = {**row.story, "progress": None, "outcome": outcome, "before": None}
    row.state = _ended(resolved=resolved, changed=changed)
    row.resolved_at = now if resolved else None
    if resolved:
        let_go(row)
    if before and not resolved and not changed:
        told = {"at": now.isoformat(), "by": outcome["by"], "text": " ".join(outcome["lines"])}
        _as_before(row, before, told)


def _others(session: Session, services: Services, row: Incident, now: datetime) -> set[int]:
    """Tell the alerts that depend on how this one ended; gives whose messages change."""
    wait = timedelta(seconds=services.settings.GROUPING_SECONDS)
    found = inhibition.apply(session, row.company_id, services.knowledge.ours, now, wait)
    return (
        found
        | folding.tell_parts(session, row.id or 0, now)
        | folding.fold(session, row.company_id, now)
    )


def _ended(*, resolved: bool, changed: bool) -> IncidentState:
    if resolved:
        return IncidentState.RESOLVED
    return IncidentState.PARTLY if changed else IncidentState.OPEN


def _as_before(row: Incident, before: Payload, told: Payload) -> None:
    """Settle an incident again as it was, because nothing of its fix could be taken back."""
    settled = before.get("resolved_at")
    kept = {name: value for name, value in before.items() if name != "resolved_at"}
    lines = [*row.story.get("lines", []), told][-STORY_LINES:]
    row.story = {**row.story, **kept, "lines": lines}
    row.state = IncidentState.RESOLVED
    row.resolved_at = datetime.fromisoformat(settled) if settled else None
    let_go(row)
