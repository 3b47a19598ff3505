"""Somebody else changed the very field a fix writes: a person says, field by field, whose stands.

The refused write noted what we wanted (see bot.fixes.stale); the next preview of a fix that writes
to the record asks with a menu per field, and goes on from the version QuickBooks has then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import JsonValue, Payload
from bot.fixes.model import Action, Choice, Plan, Step
from bot.mirror.names import bare
from bot.models import FixRun, FixStep, Incident
from bot.render import clean, shorten
from bot.render.words import field as field_words
from bot.services import Services

# Where the refused run keeps it.
_KEY = "conflict"
_PREFIX = "whose:"
OURS, THEIRS = "ours", "theirs"
# More fields than this are not asked one by one: what QuickBooks has stands, and they are named.
MOST = 20
_LABEL = 75


@dataclass(frozen=True)
class Both:
    """A field both sides changed: its name in QuickBooks and the two values."""

    name: str
    theirs: JsonValue
    ours: JsonValue

    def told(self, value: JsonValue) -> str:
        """One of the two values, for a sentence."""
        return _shown(bare(str(value)) if isinstance(value, str) else value)

    @property
    def words(self) -> str:
        """Both values in a sentence."""
        ours, theirs = self.told(self.ours), self.told(self.theirs)
        return f"{field_words(self.name)} is now {theirs}, we would write {ours}"


def found(step: FixStep, fresh: Payload) -> list[Both]:
    """The fields of this step that somebody else changed too, to something else."""
    return [
        Both(name, fresh.get(name), ours)
        for name, ours in step.change.items()
        if name not in ("Id", "SyncToken", "sparse")
        and not _same(fresh.get(name), ours)
        and (name not in step.before or not _same(fresh.get(name), step.before[name]))
    ]


def note(session: Session, run_id: int, step: FixStep, both: Sequence[Both]) -> None:
    """Keep with the run what it wanted to write, for the next preview."""
    run = session.get_one(FixRun, run_id, populate_existing=True)
    wanted = {one.name: one.ours for one in both}
    noted = {"entity": step.entity, "qbo_id": step.qbo_id, "wanted": wanted}
    run.outcome = {**run.outcome, _KEY: noted}
    session.add(run)


def asked(services: Services, incident: Incident, plan: Plan, choices: Mapping[str, str]) -> Plan:
    """Add the menus to a plan that writes to the record again; without an answer it has no steps.

    "ours" is written as a part of the plan's own sparse update; "theirs" stays as it is.
    """
    with services.sessions.read() as session:
        noted = _noted(session, incident.id or 0)
        at = next(_places(plan, noted), None) if noted else None
        if at is None or plan.refused:
            return plan
        step = plan.steps[at]
        row = mirror.get(session, incident.company_id, step.entity, step.qbo_id)
    data: Payload = dict(row.data) if row is not None else {}
    both = [Both(name, data.get(name), ours) for name, ours in noted["wanted"].items()]
    both = [one for one in both if not _same(one.theirs, one.ours)]
    shown, rest = both[:MOST], both[MOST:]
    if not shown:
        return plan
    answers = {one.name: choices.get(f"{_PREFIX}{one.name}", "") for one in shown}
    inputs = (*plan.choices, *(_menu(one, answers[one.name]) for one in shown))
    facts: Payload = {
        "both_changed": [one.words for one in shown],
        "theirs_stand": [field_words(one.name) for one in rest],
    }
    made = replace(plan, choices=inputs, facts={**plan.facts, **facts})
    if any(answer not in (OURS, THEIRS) for answer in answers.values()):
        return replace(made, submit="Show the change", steps=())
    return _answered(made, at, shown, answers)


def _answered(plan: Plan, at: int, shown: Sequence[Both], answers: Mapping[str, str]) -> Plan:
    step = plan.steps[at]
    change = dict(step.change)
    for one in shown:
        if answers[one.name] == OURS:
            change[one.name] = one.ours
        elif _same(change.get(one.name), one.ours):
            change.pop(one.name)
    kept = (replace(step, change=change),) if change else ()
    ours = [one for one in shown if answers[one.name] == OURS]
    rows = [
        {
            "what": field_words(one.name),
            "before": one.told(one.theirs),
            "after": one.told(one.ours),
        }
        for one in ours
    ]
    facts = {
        **plan.facts,
        "changes": [*plan.facts["changes"], *rows],
        "ours_stand": {one.name: one.ours for one in ours},
    }
    return replace(plan, steps=(*plan.steps[:at], *kept, *plan.steps[at + 1 :]), facts=facts)


def why_not_kept(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the record again: it has to show what a person said shall stand; "" when it does."""
    wanted = plan.facts.get("ours_stand") or {}
    for step in plan.steps:
        if step.action is not Action.UPDATE or not set(wanted) & set(step.change):
            continue
        row = mirror.refresh(services, incident.company_id, step.entity, step.qbo_id) or {}
        wrong = [name for name in wanted if not _holds(row.get(name), wanted[name])]
        if wrong:
            return f"QuickBooks does not show what was chosen: {field_words(wrong[0])}."
    return ""


def _holds(found: JsonValue, wanted: JsonValue) -> bool:
    """QuickBooks adds to a part that was written: a reference's name, an address' id."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return all(_same(found.get(key), value) for key, value in wanted.items())
    return _same(found, wanted)


def _noted(session: Session, incident_id: int) -> Payload:
    """What the last approved run of an alert wanted, if that is why it stopped; else {}."""
    run = session.exec(
        select(FixRun)
        .where(FixRun.incident_id == incident_id, FixRun.approved_by != "")
        .order_by(col(FixRun.id).desc())
    ).first()
    noted: Payload = run.outcome.get(_KEY, {}) if run is not None and run.state == "failed" else {}
    return noted


def _places(plan: Plan, noted: Payload) -> Iterator[int]:
    wanted = (Action.UPDATE, noted["entity"], noted["qbo_id"])
    return (at for at, step in enumerate(plan.steps) if _key(step) == wanted)


def _key(step: Step) -> tuple[Action, str, str]:
    return step.action, step.entity, step.qbo_id


def _menu(one: Both, answer: str) -> Choice:
    words = field_words(one.name)
    return Choice(
        f"{_PREFIX}{one.name}",
        f"{words[:1].upper()}{words[1:]}",
        initial=answer,
        hint="Somebody changed it in QuickBooks while the bot was writing to it.",
        options=(
            (THEIRS, shorten(f"As in QuickBooks: {one.told(one.theirs)}", _LABEL)),
            (OURS, shorten(f"Ours: {one.told(one.ours)}", _LABEL)),
        ),
        shown=True,
    )


def _same(one: JsonValue, other: JsonValue) -> bool:
    return one == other or (not one and not other and one is not False and other is not False)


def _shown(value: JsonValue) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("Address") or value.get("value") or "another value"
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "empty"}[value]
    if isinstance(value, list):
        return "another list of lines"
    return f"“{shorten(clean(str(value)), 80)}”"
