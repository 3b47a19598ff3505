"""Use the record QuickBooks has: link ours to it (and reactivate it first if it is inactive)."""

from collections.abc import Mapping

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.mirror.names import bare, name_field
from bot.models import Incident, Link, Record
from bot.services import Services
from bot.sync import links


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the existing record fresh and plan the link; no change in QuickBooks if it is active."""
    del choices
    preview = Preview.of(services, incident)
    theirs: Payload = incident.facts["theirs"]
    entity, qbo_id = str(theirs["entity"]), str(theirs["qbo_id"])
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None:
        return preview.refuse(
            "Cannot be used",
            "QuickBooks no longer has this record: it was merged or deleted since. "
            "Try again, and the bot looks for the right one.",
        )
    field = name_field(entity)
    name = bare(str(found.get(field, "")))
    ours = str(incident.facts["ours"]["name"])
    steps = []
    changes: list[Payload] = []
    if not found.get("Active", True):
        before = {key: found.get(key) for key in ("Id", "SyncToken", "Active", field)}
        change: Payload = {"Active": True, field: name}
        steps.append(Step(Action.UPDATE, f"{name} active again", entity, qbo_id, before, change))
        changes.append({"what": name, "before": "inactive", "after": "active"})
    record_id = int(incident.facts["record_id"])
    steps.append(
        Step(
            Action.LINK,
            f"“{ours}” stands for {name} in QuickBooks",
            entity,
            qbo_id,
            change={"record_id": record_id},
        )
    )
    steps.append(Step(Action.RELEASE, "let the waiting documents go"))
    changes.append({"what": ours, "before": "not known in QuickBooks", "after": f"uses {name}"})
    return preview.plan(
        title="Use existing",
        submit="Use and post" if _documents(preview) else "Use existing",
        steps=tuple(steps),
        changes=changes,
        checked=_checked(incident, name),
        undo="Each posted document can be voided or credited in QuickBooks; our link stays.",
        role=Role.OPERATOR,
    )


def _documents(preview: Preview) -> bool:
    return any(record.amount is not None for record in preview.records)


def _checked(incident: Incident, name: str) -> list[str]:
    agree = [str(word) for word in incident.facts.get("agree") or []]
    if not agree:
        return [f"no second fact agrees: compare the two before you say that {name} is the same"]
    return [f"the same {' and '.join(agree)}", "no name, address or amount in QuickBooks changes"]


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the existing record again and check that our link points at it."""
    del plan
    theirs: Payload = incident.facts["theirs"]
    entity, qbo_id = str(theirs["entity"]), str(theirs["qbo_id"])
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None or not found.get("Active", True):
        return "The record in QuickBooks is not usable: inactive, merged or deleted."
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        link: Link | None = links.find(session, record.source_id, record.type, record.external_id)
    if link is None or link.qbo_id != qbo_id:
        return "The link to the existing record was not kept."
    return ""


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    # Without a second agreeing fact neither choice is the primary one (accounting.md rule 7).
    return bool(facts.get("agree"))


FIX = Fix(
    name="use_existing",
    label="Use existing and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
)
