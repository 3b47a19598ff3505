"""Reactivate a customer, vendor, item or account that documents refer to, then post them.

Sources: Intuit's API makes a name-list record usable again by `Active: true` together with the
name without the "(deleted)" mark; balancing entries QuickBooks' own screen made when it was set
inactive are not reversed by that (docs/accounting notes in templates/problems).
"""

from collections.abc import Mapping

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.mirror.names import NAME_LISTS, bare, name_field
from bot.models import Incident
from bot.services import Services


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the record fresh and plan the sparse update, or say why it cannot be done."""
    del choices
    preview = Preview.of(services, incident)
    mirror.capture(services, incident.company_id)  # what is said of names below was just read
    entity, qbo_id = incident.subject.split(":", 1)
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None:
        return preview.refuse(
            "Cannot reactivate",
            "QuickBooks no longer has this record: it was deleted, or merged into another one. "
            "Look in QuickBooks which record took its place, and use that one in the source.",
        )
    release = Step(Action.RELEASE, "let the waiting documents go")
    if found.get("Active", True):
        return preview.plan(
            title="Post what waits",
            submit="Post",
            steps=(release,),
            undo="Posted documents can be voided or credited in QuickBooks, each by itself.",
            role=Role.OPERATOR,
            checked=["it is active again already, so only posting is left"],
        )
    field = name_field(entity)
    shown = str(found.get(field, ""))
    name = bare(shown)
    taken = _taken(services, incident.company_id, entity, qbo_id, name)
    if taken:
        return preview.refuse("Cannot reactivate", taken)
    change: Payload = {"Active": True, field: name}
    before = {key: found.get(key) for key in ("Id", "SyncToken", "Active", field)}
    return preview.plan(
        title="Reactivate and post" if preview.records else "Reactivate",
        submit="Reactivate and post" if preview.records else "Reactivate",
        steps=(
            Step(Action.UPDATE, f"{name} active again", entity, qbo_id, before, change),
            release,
        ),
        changes=[{"what": name, "before": f"inactive, shown as “{shown}”", "after": "active"}],
        checked=[f"the name {name} is free to use again"],
        undo="It can be set inactive again in QuickBooks while its balance is zero.",
        role=Role.OPERATOR,
    )


def _taken(services: Services, company_id: int, entity: str, qbo_id: str, name: str) -> str:
    lists = NAME_LISTS if entity in NAME_LISTS else (entity,)
    with services.sessions.read() as session:
        rows = mirror.by_folded(session, company_id, mirror.fold(name), lists)
    others = [
        row
        for row in rows
        if row.active
        and not row.deleted
        and (row.entity, row.qbo_id) != (entity, qbo_id)
        and row.name.strip().casefold() == name.strip().casefold()
    ]
    if not others:
        return ""
    return (
        f"Meanwhile another active {others[0].entity.lower()} has the name {name}, so this one "
        "cannot be made active again under it. Rename one of the two in QuickBooks, then try again."
    )


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the record again: it must be active, under its plain name."""
    del plan
    entity, qbo_id = incident.subject.split(":", 1)
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if found is None or not found.get("Active", True):
        return "QuickBooks still shows the record as inactive."
    return ""


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("qbo_id"))


FIX = Fix(
    name="reactivate",
    label="Reactivate and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
)
