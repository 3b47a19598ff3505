"""Making an inactive record active again: the one change, what stands in its way, what it leaves.

Sources: Intuit's API makes a name-list record usable again by `Active: true` together with the
name without the "(deleted)" mark, and refuses it (6240) where the name was taken meanwhile.
"""

from dataclasses import dataclass, field

from bot import mirror
from bot.domain import Payload
from bot.fixes import balancing
from bot.fixes.balancing import Balancing
from bot.fixes.model import Action, Step
from bot.mirror.names import NAME_LISTS, bare, name_field
from bot.models import Company, Incident
from bot.services import Services


@dataclass(frozen=True)
class Waking:
    """The steps and the changes a preview shows: none for a record that is active already.

    `refused` says why it cannot be done, "" when it can.
    """

    steps: tuple[Step, ...] = ()
    changes: tuple[Payload, ...] = ()
    checked: tuple[str, ...] = ()
    entries: Balancing = field(default_factory=Balancing)
    refused: str = ""


def plan(services: Services, company: Company, entity: str, found: Payload) -> Waking:
    """Plan the sparse update of a record that was read just now (`found`)."""
    if found.get("Active", True):
        return Waking()
    key, qbo_id = name_field(entity), str(found["Id"])
    shown = str(found.get(key, ""))
    name = bare(shown)
    taken = _taken(services, company.id or 0, entity, qbo_id, name)
    if taken:
        return Waking(refused=taken)
    change: Payload = {"Active": True, key: name}
    before = {one: found.get(one) for one in ("Id", "SyncToken", "Active", key)}
    entries = balancing.look(services, company, entity, found)
    return Waking(
        (Step(Action.UPDATE, f"{name} active again", entity, qbo_id, before, change),),
        ({"what": name, "before": f"inactive, shown as “{shown}”", "after": "active"},),
        (f"the name {name} is free to use again", *entries.checked()),
        entries,
    )


def why_not(services: Services, incident: Incident, *, active: bool) -> str:
    """Read the alert's record again; "" when it is active, or is not, as asked."""
    entity, qbo_id = incident.subject.split(":", 1)
    found = mirror.refresh(services, incident.company_id, entity, qbo_id)
    if active and (found is None or not found.get("Active", True)):
        return "QuickBooks still shows the record as inactive."
    if not active and found is not None and found.get("Active", True):
        return "QuickBooks still shows the record as active."
    return ""


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
