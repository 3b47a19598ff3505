"""It is that document: ours is linked to the one somebody entered in QuickBooks."""

from collections.abc import Mapping

from bot import mirror
from bot.domain import ENTITY, JsonValue, RecordType, Risk, Role
from bot.fixes import linking, own_record
from bot.fixes.model import Fix, Plan
from bot.models import Incident
from bot.services import Services

_TITLE = "It is that document"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the other document fresh and compare; linking writes nothing in QuickBooks."""
    del choices
    preview, own, stop = own_record.begin(services, incident)
    theirs = own_record.other_document(incident)
    entity, qbo_id = str(theirs["entity"]), str(theirs["qbo_id"])
    document = None
    if not stop:
        document = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if document is None:
        gone = (
            f"QuickBooks has no {theirs['type']} {theirs['number']} any more: somebody deleted it. "
            "Press Try again to post ours."
        )
        return preview.refuse(_TITLE, stop or gone)
    return linking.plan_link(services, preview, own, (entity, document), _TITLE)


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    theirs = facts.get("theirs")
    if not isinstance(theirs, Mapping) or theirs.get("by_us"):
        return False
    kind = RecordType.called(str(facts.get("record_type")))
    return kind is not None and theirs.get("entity") == ENTITY[kind]


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("same_document"))


FIX = Fix(
    name="link_document",
    label="It is the same: link…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=linking.verify,
    agreed=_agreed,
    offered=_offered,
)
