"""What fixes that link our external ids share: the step, what it is about, its check."""

from collections.abc import Mapping

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, RecordType
from bot.fixes.model import Action, Plan, Step
from bot.models import Incident, Record
from bot.services import Services
from bot.sync import links

NOT_USABLE = "The chosen record in QuickBooks is not usable: inactive, merged or deleted."


def used_for(said: str, name: str, entity: str, qbo_id: str = "", **change: JsonValue) -> Step:
    """Say that one of ours stands for this record, or for what an earlier step creates.

    `change` names ours by `record_id`, or ahead of its coming by `source_id`, `type` and
    `external_id`; and with `from_step` the number of the step that creates theirs.
    """
    words = f"{name} is used for “{said}” from now on"
    return Step(Action.LINK, words, entity, qbo_id, change=change)


def reference(session: Session, change: Mapping[str, JsonValue]) -> tuple[int, RecordType, str]:
    """The source, kind and external id a LINK step is about."""
    if "record_id" in change:
        record = session.get_one(Record, int(change["record_id"]))
        return record.source_id, record.type, record.external_id
    kind = RecordType(str(change["type"]))
    return int(change["source_id"]), kind, str(change["external_id"])


def why_not_kept(services: Services, incident: Incident, plan: Plan) -> str:
    """Read our links and what they point at again; "" when all are as planned."""
    for step in plan.steps:
        if step.action is not Action.LINK:
            continue
        with services.sessions.read() as session:
            link = links.find(session, *reference(session, step.change))
        if link is None or (step.qbo_id and link.qbo_id != step.qbo_id):
            return f"This was not kept: {step.words}."
        found = mirror.refresh(services, incident.company_id, link.entity, link.qbo_id)
        if found is None or not found.get("Active", True):
            return NOT_USABLE
        wanted = _created(plan, step).get("DisplayName")
        if wanted and found.get("DisplayName") != wanted:
            return f"QuickBooks does not show the new record {wanted}."
    return ""


def _created(plan: Plan, step: Step) -> Payload:
    """What the step that this link is made for creates; {} for a record that was there."""
    number = int(step.change.get("from_step") or 0)
    return plan.steps[number - 1].change if number else {}
