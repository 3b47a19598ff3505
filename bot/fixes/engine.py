"""Prepare a preview, take the approval, and hold every decision in rows.

A fix goes planned → approved → applying → verifying → replaying → done | failed. What is done
after the approval is in bot.fixes.apply; this module is what a press and a confirm call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from bot.domain import Role
from bot.errors import BadInput, NotAllowed
from bot.fixes import approving, open_months, planning
from bot.fixes.codec import digest, to_json
from bot.fixes.model import BUSY_STATES, Fix, Plan
from bot.models import FixRun, Incident
from bot.render import Text
from bot.services import Services

CHOSEN = "This is what your choice changes. Nothing is written before you confirm it:"
TO_CHOOSE = "Nothing was written yet."
NEEDS_ANOTHER = (
    "This needs the approval of a second person. Press the button on the alert again and ask for "
    "it there."
)


@dataclass(frozen=True)
class Prepared:
    """A preview: the row it lives in, the plan and its words."""

    run_id: int
    plan: Plan
    text: Text


@dataclass(frozen=True)
class Confirmed:
    """The fix is on its way."""

    run_id: int


@dataclass(frozen=True)
class Changed:
    """Here is a new preview; nothing was written.

    `note` says why, "" when it is because the books changed since the first one.
    """

    prepared: Prepared
    note: str = ""


@dataclass(frozen=True)
class Refused:
    """Nothing was written; the sentence says why and what next.

    `correctable`: what was typed can be changed, and the same preview goes on.
    """

    sentence: str
    correctable: bool = False


def prepare(
    services: Services,
    incident_id: int,
    fix_name: str,
    user_id: str,
    choices: Mapping[str, str] | None = None,
    *,
    asked_by: str = "",
) -> Prepared:
    """Plan a fix from a fresh read of QuickBooks and keep the preview as a row.

    `asked_by`: the person who prepared it and asked for the approval of somebody else.
    Raises BotError with a sentence when the incident or the fix is not there.
    """
    incident, fix = planning.incident_and_fix(services, incident_id, fix_name)
    given = dict(choices or {})
    plan = planning.fresh(services, incident, fix, given)
    now = services.clock.now()
    run = FixRun(
        incident_id=incident_id,
        company_id=incident.company_id,
        fix=fix.name,
        state="refused" if plan.refused else "planned",
        plan=to_json(plan),
        plan_digest=digest(plan),
        choices=given,
        role_needed=max(fix.role, plan.role),
        planned_by=user_id,
        asked_by=asked_by,
        undoes_id=plan.facts.get("undoes"),
        created_at=now,
        expires_at=now + timedelta(minutes=services.settings.PREVIEW_MINUTES),
    )
    with services.sessions.write() as session:
        session.add(run)
        session.flush()
        run_id = run.id or 0
    # A refusal shows its own sentence; its facts are not those of the preview's template.
    text = Text() if plan.refused else services.render.text(f"fixes/{fix.name}", plan.facts)
    return Prepared(run_id, plan, text)


@dataclass(frozen=True)
class Checked:
    """A preview that still holds, with the final plan."""

    run: FixRun
    plan: Plan


def confirm(
    services: Services, run_id: int, user_id: str, choices: Mapping[str, str], team_id: str = ""
) -> Confirmed | Changed | Refused:
    """Approve a preview. Acts once: two people, two presses or two workers get one fix.

    1. The role is checked again (it may have changed since the button was drawn).
    2. The plan is made again; if anything a person saw differs, the new preview is returned.
    3. With the person's own choices the final plan is made and, in one transaction, the incident
       turns WORKING, the run approved, every step is journaled with its before-image.
    """
    found = checked(services, run_id, user_id, choices, team_id)
    if not isinstance(found, Checked):
        return found
    if needs_another(services, found.run, found.plan, user_id):
        return Refused(NEEDS_ANOTHER)
    run = found.run
    if approving.approve(services, run, found.plan, user_id, {**open_months.kept(run), **choices}):
        return Confirmed(run_id)
    return Refused(f"{planning.worker(services, run.incident_id)} was faster; watch the alert.")


def needs_another(services: Services, run: FixRun, plan: Plan, user_id: str) -> bool:
    """Say whether a second person has to approve as well.

    Two people have to see it: who asked counts as the first with the role that this takes.
    """
    if not plan.second:
        return False
    if run.asked_by in ("", user_id):
        return True
    needed = plan.first or max(run.role_needed, plan.role)
    return services.access.role(run.asked_by, run.company_id) < needed


def checked(
    services: Services,
    run_id: int,
    user_id: str,
    choices: Mapping[str, str],
    team_id: str,
    role: Role | None = None,
) -> Checked | Changed | Refused:
    """Look whether a preview still holds for this person, and make the final plan.

    `role` is what the person needs for this, by default what the plan says.
    """
    with services.sessions.read() as session:
        run = session.get(FixRun, run_id)
    if run is None:
        return Refused("That preview is gone. Press the button on the alert again.")
    if run.state != "planned":
        return Refused(_not_planned(services, run))
    if services.clock.now() > run.expires_at:
        return Refused("This preview is too old to act on. Press the button on the alert again.")
    try:
        services.access.require(user_id, run.company_id, role or run.role_needed, team_id)
        incident, fix = planning.incident_and_fix(services, run.incident_id, run.fix)
        again, kept = planning.fresh(services, incident, fix, run.choices), open_months.kept(run)
        if again.refused:
            return Refused(again.refused)
        if digest(again) != run.plan_digest:
            return Changed(_renew(services, run, user_id, run.choices))
        if _asks_anew(again, choices):
            prepared = _renew(services, run, user_id, {**kept, **_wanted(again, choices)})
            return Changed(prepared, CHOSEN if prepared.plan.steps else TO_CHOOSE)
        final = _with_choices(services, incident, fix, again, {**kept, **choices})
        if isinstance(final, Plan):
            # What was chosen in the form may need more than what was proposed.
            services.access.require(user_id, run.company_id, role or final.role, team_id)
    except NotAllowed as refusal:
        return Refused(refusal.message)
    return Checked(run, final) if isinstance(final, Plan) else final


def _not_planned(services: Services, run: FixRun) -> str:
    if run.state in BUSY_STATES:
        return f"{services.slack.member(run.approved_by).name} has confirmed this already."
    if run.state == "done":
        return "This was done already; the alert shows the result."
    if run.state == "asked":
        return "This was asked already; the alert shows who may approve it."
    return "This preview was replaced or refused. Press the button on the alert again."


def _wanted(plan: Plan, choices: Mapping[str, str]) -> dict[str, str]:
    """The form's values: what was typed or chosen, else what was pre-filled."""
    return {c.name: choices.get(c.name, c.initial).strip() for c in plan.choices}


def _asks_anew(plan: Plan, choices: Mapping[str, str]) -> bool:
    """Say whether the choices make another plan than the one that was shown."""
    wanted = _wanted(plan, choices)
    return any(c.shown and (not plan.steps or wanted[c.name] != c.initial) for c in plan.choices)


def _renew(services: Services, run: FixRun, user_id: str, choices: Mapping[str, str]) -> Prepared:
    with services.sessions.write() as session:
        session.exec(
            update(FixRun)
            .where(col(FixRun.id) == run.id, col(FixRun.state) == "planned")
            .values(state="replaced")
        )
    return prepare(services, run.incident_id, run.fix, user_id, choices, asked_by=run.asked_by)


def _with_choices(
    services: Services, incident: Incident, fix: Fix, again: Plan, choices: Mapping[str, str]
) -> Plan | Refused:
    wanted = _wanted(again, choices)
    if not wanted or all(wanted[c.name] == c.initial for c in again.choices):
        return again
    try:
        final = planning.planned(services, incident, fix, {**choices, **wanted})
    except BadInput as wrong:
        return Refused(wrong.message, correctable=True)
    return Refused(final.refused, correctable=True) if final.refused else final
