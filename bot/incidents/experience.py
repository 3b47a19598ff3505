"""What is known of a problem here: which fix has worked, and how often nothing explained it."""

from collections import Counter
from collections.abc import Mapping

from sqlmodel import Session, col, func, select

from bot.domain import IncidentState, JsonValue
from bot.incidents import buttons, repeats
from bot.models import Company, FixRun, Incident, Unexplained
from bot.render import day
from bot.services import Services

# From the third case on what happened before says something.
_CASES = 3
_MOST = 2


def worked_here(
    services: Services,
    session: Session,
    company_id: int,
    problem: str,
    facts: Mapping[str, JsonValue] | None = None,
) -> list[str]:
    """Say how often each fix was used and stood: "Worked here 4 of 4 times: Use existing".

    A fix has worked when the problem was looked at again afterwards and was gone, and nobody took
    it back. [] before the third case, and while a fix was tried in one of them alone. `facts`:
    those of an alert, for which only the fixes that it offers are named.
    """
    cases = session.exec(
        select(func.count())
        .select_from(Incident)
        .where(Incident.company_id == company_id, Incident.problem == problem)
    ).one()
    if cases < _CASES:
        return []
    rows = session.exec(
        select(FixRun.fix, FixRun.state, func.count())
        .join(Incident, col(Incident.id) == col(FixRun.incident_id))
        .where(FixRun.company_id == company_id, Incident.problem == problem)
        .where(col(FixRun.state).in_(("done", "failed", "undone")))
        .where(col(FixRun.undoes_id).is_(None), FixRun.approved_by != "")
        .group_by(col(FixRun.fix), col(FixRun.state))
    ).all()
    used: Counter[str] = Counter()
    stood: Counter[str] = Counter()
    for fix, state, count in rows:
        used[fix] += count
        stood[fix] += count if state == "done" else 0
    if used.total() < _CASES - 1:
        return []
    named = set(used)
    if facts is not None:
        known = services.knowledge.problem(problem)
        named &= {fix.name for fix, _ in buttons.on_offer(known, services.buttons, facts)}
    best = sorted(named, key=lambda fix: (-stood[fix], used[fix], fix))[:_MOST]
    return [
        f"Worked here {stood[fix]} of {used[fix]} {'time' if used[fix] == 1 else 'times'}: "
        f"{_label(services, fix)}"
        for fix in best
    ]


def of_alert(
    services: Services, session: Session, company: Company, incident: Incident
) -> list[str]:
    """What an open alert says of cases before it."""
    if incident.state is IncidentState.RESOLVED:
        return []
    said = worked_here(services, session, incident.company_id, incident.problem, incident.facts)
    days = repeats.again(session, company, incident)
    if days >= repeats.OFTEN:
        tip = repeats.advice(services, incident.problem, incident.facts)
        said.append(f"This came on {days} days within 30." + (f" Tip: {tip}" if tip else ""))
    gap = incident.facts.get("gap")
    row = session.get(Unexplained, gap) if isinstance(gap, int) else None
    if row is not None and row.company_id == incident.company_id:
        times = "once" if row.count == 1 else f"{row.count:,} times, first on {day(row.first_at)}"
        said.append(f"No explanation is written for this answer yet. It came {times}.")
    return said


def _label(services: Services, fix: str) -> str:
    button = services.buttons.get(fix)
    return button.short if button else fix.replace("_", " ").capitalize()
