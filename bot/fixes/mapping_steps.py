"""What fixes that say what a word stands for share: the step, its undo in words, its check."""

from collections.abc import Mapping

from bot import mirror
from bot.domain import JsonValue, Payload
from bot.fixes import link_steps
from bot.fixes.model import Action, Plan, Step
from bot.models import Incident
from bot.services import Services
from bot.sync import mappings
from bot.sync.roots import KIND_WORDS

UNDO = (
    "The choice can be taken back at any time. What was posted by then stays as it is: void or "
    "credit each document in QuickBooks."
)


def word_of(facts: Mapping[str, JsonValue]) -> str:
    """Name the word an alert is about, for a sentence: “West”, or all it stands for."""
    said = str(facts.get("word") or "")
    return everything(facts) if said == mappings.ANY else f"“{said}”"


def everything(facts: Mapping[str, JsonValue]) -> str:
    """Name what a choice for everything of its kind is about."""
    what = str(facts["what"])
    if what == mappings.ACCOUNT:
        return f"new items of {facts['source']}" if facts.get("source") else "new items"
    kind = KIND_WORDS[what]
    if what == mappings.DEPOSIT_TO:
        return "money without a word for its account"
    return f"every {kind}" if facts.get("off") else f"lines without a {kind}"


def map_step(
    facts: Mapping[str, JsonValue], entity: str, qbo_id: str, name: str, *, from_step: int = 0
) -> Step:
    """Say that the alert's word stands for this record, or for what an earlier step creates."""
    change: Payload = {
        "source_id": int(facts["source_id"]),
        "what": str(facts["what"]),
        "said": str(facts["word"]),
    }
    if from_step:
        change["from_step"] = from_step
    words = f"{name} is used for {word_of(facts)} from now on"
    return Step(Action.MAP, words, entity, qbo_id, change=change)


def mapped_to(plan: Plan) -> Step:
    """Return the step of a plan that maps."""
    return next(step for step in plan.steps if step.action is Action.MAP)


def why_not_kept(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the record and our row again; "" when both are as they should be."""
    step = mapped_to(plan)
    source_id, said = int(step.change["source_id"]), str(step.change["said"])
    with services.sessions.read() as session:
        row = mappings.find(session, source_id, str(step.change["what"]), said)
    if row is None or (step.qbo_id and row.qbo_id != step.qbo_id):
        return f"The choice for {word_of(incident.facts)} was not kept."
    if row.qbo_id == mappings.NOTHING or row.entity == "TaxCode":
        return ""
    found = mirror.refresh(services, incident.company_id, row.entity, row.qbo_id)
    usable = found is not None and found.get("Active", True)
    return "" if usable else link_steps.NOT_USABLE
