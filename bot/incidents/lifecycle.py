"""Findings become incidents: opened, counted, settled, opened again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from bot.domain import Finding, IncidentState, JsonValue, Payload, Scope
from bot.incidents import flapping, floods, folding, inhibition, storms
from bot.incidents.import_message import tell_finished
from bot.incidents.rows import STORY_LINES, bump, is_posted, let_go, nudge
from bot.models import Company, Delivery, Incident
from bot.services import Services

log = structlog.get_logger(__name__)

# What comes back sooner opens the same message again; later it posts anew (an edit tells nobody).
REOPEN_WITHIN = timedelta(hours=24)
# Facts that no reader of the message sees: their change edits nothing.
UNSEEN = frozenset({"raw", "intuit_tid", "http_status", "record_id", "attempts"})
_RACES = 3
# Of more than this many records a settled incident does not remember each one.
MOST_RECORDS = 5_000
# What was said of how it ended, and is said no more when it is back.
_ENDED = ("progress", "outcome", "ask", "said", "exempt")

Key = tuple[str, str]


@dataclass(frozen=True)
class _Run:
    """One completed run of a check and what it may change."""

    services: Services
    company: Company
    check: str
    scope: Scope
    now: datetime
    as_of: datetime | None

    @property
    def wait(self) -> timedelta:
        return timedelta(seconds=self.services.settings.GROUPING_SECONDS)


def observe(
    services: Services,
    company_id: int,
    check: str,
    findings: Sequence[Finding],
    scope: Scope,
    *,
    as_of: datetime | None = None,
) -> list[int]:
    """Bring the incidents in line with what a completed run of `check` found.

    1. Each finding opens an incident, or updates the open one of its problem and subject.
    2. Open incidents of this check within `scope` that were not found are resolved; one that is
       being worked on is left to its fix.
    3. Alerts are paused or woken by inhibiting problems.
    4. More than five of one problem share one message (bot.incidents.storms).
    5. What turned out to be part of a later alert is told on that one (bot.incidents.folding), and
       a flood of documents for several causes gets a table over all of them.
    6. A message is wanted anew only if its reader would see a difference.

    `as_of`: when the run began to read; what was settled or seen since then is not undone by it.
    Returns the ids of incidents whose message changes. Safe when two runs race.
    """
    changed: set[int] = set()
    for attempt in range(_RACES):
        try:
            with services.sessions.write() as session:
                company = session.get_one(Company, company_id)
                run = _Run(services, company, check, scope, services.clock.now(), as_of)
                changed = _observe(session, run, findings)
            break
        except IntegrityError:
            # Another process opened the same incident first; now it is there to be updated.
            if attempt == _RACES - 1:
                raise
    for incident_id in sorted(changed):
        nudge(services, incident_id)
    # What holds the rest of an import is known now.
    tell_finished(services)
    return sorted(changed)


def _observe(session: Session, run: _Run, findings: Sequence[Finding]) -> set[int]:
    company_id = run.company.id or 0
    rows = session.exec(
        select(Incident).where(
            Incident.company_id == company_id, col(Incident.state) != IncidentState.RESOLVED
        )
    ).all()
    still_open: dict[Key, Incident] = {(row.problem, row.subject): row for row in rows}
    changed: set[int] = set()
    found: set[Key] = set()
    for finding in findings:
        key = (finding.problem, finding.subject)
        found.add(key)
        row = still_open.get(key)
        if row is None:
            row = _open(session, run, finding)
            if row is not None:
                still_open[key] = row
                changed.add(row.id or 0)
        elif _update(session, run, row, finding):
            changed.add(row.id or 0)
    gone = [row for key, row in still_open.items() if key not in found]
    changed |= _resolve(session, run, gone)
    changed |= folding.fold(session, company_id, run.now)
    problems = run.services.knowledge.ours
    inhibiting = {name for name, p in problems.items() if p.inhibits}
    changed |= inhibition.apply(session, company_id, problems, run.now, run.wait)
    changed |= storms.gather(session, run.company, inhibiting, run.now, run.wait)
    floods.gather(session, run.company, run.services.settings, run.now, run.wait)
    return changed


def _open(session: Session, run: _Run, finding: Finding) -> Incident | None:
    last = session.exec(
        select(Incident)
        .where(
            Incident.company_id == run.company.id,
            Incident.problem == finding.problem,
            Incident.subject == finding.subject,
        )
        .order_by(col(Incident.id).desc())
    ).first()
    if last is not None and last.resolved_at is not None:
        if run.as_of is not None and last.resolved_at > run.as_of:
            return None
        if run.now - last.resolved_at < REOPEN_WITHIN and not _time_was_over(last):
            return _reopen(session, run, last, finding)
    return _create(session, run, finding)


def _time_was_over(last: Incident) -> bool:
    """Say whether it was set aside and came back because that ended: it is told anew then."""
    exempt = last.story.get("exempt")
    ended = exempt.get("ended") if isinstance(exempt, dict) else None
    return isinstance(ended, dict) and not ended.get("by")


def _create(session: Session, run: _Run, finding: Finding) -> Incident:
    problem = run.services.knowledge.problem(finding.problem)
    if problem.name != finding.problem:
        log.error("finding without a problem file", problem=finding.problem, check=run.check)
    incident = Incident(
        company_id=run.company.id or 0,
        check_name=run.check,
        problem=finding.problem,
        subject=finding.subject,
        family=problem.family,
        kind=problem.kind,
        severity=problem.severity,
        facts=_facts(run, finding),
        record_ids=_remembered((), finding),
        opened_at=run.now,
        last_seen_at=run.now,
    )
    session.add(incident)
    session.flush()
    session.add(
        Delivery(
            incident_id=incident.id or 0,
            channel_id=run.company.channel_id,
            not_before=run.now + run.wait,
        )
    )
    session.flush()
    return incident


def _reopen(session: Session, run: _Run, row: Incident, finding: Finding) -> Incident:
    flapping.note_return(row, run.now)
    row.story = {**row.story, "lines": _with_the_end(row, run.now)}
    row.state = IncidentState.OPEN
    row.reopened += row.part_of_id is None
    folding.part_from(session, row, run.now)
    row.resolved_at = None
    row.check_name = run.check
    row.facts = _facts(run, finding)
    others = row.record_ids and not set(row.record_ids) & set(finding.record_ids)
    row.record_ids = _remembered((), finding)
    if row.storm_id is not None:
        # Another storm of this problem may have begun meanwhile; there is one at a time.
        row.storm_id = storms.current(session, row.company_id, row.problem) or row.storm_id
    row.last_seen_at = run.now
    row.story = {**row.story, **dict.fromkeys(_ENDED), "others": bool(others)}
    row.claimed_by, row.snoozed_until = "", None
    session.add(row)
    session.flush()
    folding.tell_parts(session, row.id or 0, run.now)
    posted = is_posted(session, row.id or 0)
    bump(session, row.id or 0, run.now if posted else run.now + run.wait)
    return row


def _with_the_end(row: Incident, now: datetime) -> list[Payload]:
    """Its story with how it was settled, and that it is back."""
    ended = row.story.get("outcome")
    lines = list(row.story.get("lines") or [])
    if row.part_of_id is not None:
        text = "stands by itself again: the alert it was part of holds it no more"
        return [*lines, {"at": now.isoformat(), "by": "", "text": text}][-STORY_LINES:]
    if isinstance(ended, dict):
        said = "; ".join(str(one) for one in ended.get("lines") or [])
        text = said or ("settled" if ended.get("by") else "settled by itself")
        lines.append({"at": ended.get("at"), "by": ended.get("by") or "", "text": text})
    lines.append({"at": now.isoformat(), "by": "", "text": "came back"})
    return lines[-STORY_LINES:]


def _update(session: Session, run: _Run, row: Incident, finding: Finding) -> bool:
    """Take in new facts; True when the message changes.

    While a fix works, the facts stay what they were: its message counts against them.
    """
    row.last_seen_at = run.now
    session.add(row)
    if row.state is IncidentState.WORKING:
        return False
    remembered = _remembered(row.record_ids, finding)
    if remembered != row.record_ids:
        row.record_ids = remembered
    facts = _facts(run, finding)
    differs = _seen(facts) != _seen(row.facts) or flapping.is_back(row)
    if facts != row.facts:
        row.facts = facts
    if not differs:
        return False
    session.flush()
    posted = is_posted(session, row.id or 0)
    if posted:
        bump(session, row.id or 0, run.now)
    return posted


def _resolve(session: Session, run: _Run, rows: Iterable[Incident]) -> set[int]:
    changed: set[int] = set()
    for row in rows:
        if row.check_name != run.check or not run.scope.covers(row.subject):
            continue
        if row.state is IncidentState.WORKING:
            continue
        if run.as_of is not None and row.last_seen_at > run.as_of:
            continue
        changed.add(row.id or 0)
        if not flapping.is_steady(row, run.now):
            session.add(row)
            session.flush()
            bump(session, row.id or 0, run.now)
            continue
        row.state = IncidentState.RESOLVED
        row.resolved_at = run.now
        let_go(row)
        row.story = {
            **row.story,
            "progress": None,
            "outcome": _by_itself(run.now),
            "ask": None,
            "undone": None,
        }
        session.add(row)
        session.flush()
        bump(session, row.id or 0, run.now)
        changed |= folding.tell_parts(session, row.id or 0, run.now)
    return changed


def _remembered(known: Sequence[int], finding: Finding) -> list[int]:
    """All records it has held so far: what is told about them when they are held no more."""
    return sorted({*known, *finding.record_ids})[:MOST_RECORDS]


def _by_itself(now: datetime) -> Payload:
    return {"by": "", "at": now.isoformat(), "lines": []}


def _facts(run: _Run, finding: Finding) -> Payload:
    return {
        "company": run.company.name,
        "currency": run.company.currency,
        **finding.facts,
    }


def _seen(facts: Mapping[str, JsonValue]) -> Payload:
    return {name: value for name, value in facts.items() if name not in UNSEEN}
