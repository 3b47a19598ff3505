"""Use another record instead of an inactive one: our links go over to it, nothing is reactivated.

For a customer that was merged away this is the way: QuickBooks takes no change of it any more,
and the record that is left has its history (accounting.md rules 7 and 12).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import choosing, link_steps
from bot.fixes.model import RELEASE, Fix, Plan
from bot.fixes.preview import Preview
from bot.models import Incident, MirrorRow, Record
from bot.services import Services
from bot.sync import links, merged
from bot.sync.reading import parse_record
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.twins import finding

_TITLE = "Use another"


@dataclass(frozen=True)
class _Scene:
    """The inactive record, what of ours is linked to it, and what may stand in for it.

    `ours`: how each is called, and how a LINK step names it.
    """

    entity: str
    qbo_id: str
    name: str
    ours: Sequence[tuple[str, Payload]]
    merge: merged.Merged | None
    chosen: choosing.Chosen
    state: str = "inactive"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to point every link of the inactive record to the one a person chooses."""
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        scene = _scene(session, incident, choices)
    kind = scene.entity.lower()
    if not scene.ours:
        return preview.refuse(
            _TITLE,
            f"No record of a source is linked to this {kind}{_named_by(kind)}, so there is no "
            f"link to change. Use another {kind} on the waiting documents in the source, then "
            "press Try again.",
        )
    usable = choosing.usable(services, preview, _TITLE, scene.chosen, _facts(scene))
    if isinstance(usable, Plan):
        return usable
    return _linked(preview, scene, usable.row, usable.name)


def _linked(preview: Preview, scene: _Scene, row: MirrorRow, name: str) -> Plan:
    steps = [
        link_steps.used_for(called, name, row.entity, row.qbo_id, **change)
        for called, change in scene.ours
    ]
    made = preview.plan(
        title=_TITLE,
        submit="Use and post" if preview.records else _TITLE,
        steps=(*steps, RELEASE),
        choices=scene.chosen.inputs,
        changes=[
            {
                "what": called,
                "before": f"uses {scene.name}, which is {scene.state}",
                "after": f"uses {name}",
            }
            for called, _ in scene.ours
        ],
        checked=[
            f"{name} is active",
            f"nothing of either {scene.entity.lower()} in QuickBooks changes",
        ],
        undo=(
            "Our link can be pointed back while nothing is posted with it; a posted document is "
            "voided or credited in QuickBooks, by itself."
        ),
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, **_facts(scene), "instead": name})


def _facts(scene: _Scene) -> Payload:
    known = scene.merge is not None and scene.merge.into is not None
    into = scene.merge.into if scene.merge else None
    return {
        "subject_name": scene.name,
        "list": scene.entity.lower(),
        "merged": scene.merge is not None,
        "state": scene.state,
        "into": mirror.full_name(into.entity, into.data) if into is not None and known else "",
    }


def _scene(session: Session, incident: Incident, given: Mapping[str, str]) -> _Scene:
    entity, qbo_id = incident.subject.split(":", 1)
    company_id = incident.company_id
    row = mirror.get(session, company_id, entity, qbo_id)
    records = links.linked_records(session, company_id, entity, qbo_id)
    merge = merged.look(session, company_id, entity, qbo_id)
    into = merge.into if merge is not None else None
    rows = [into] if into is not None and into.active else []
    preset = into.qbo_id if into is not None and into.active else ""
    rows += [one for one in _alike(session, row, records) if one.qbo_id != preset]
    chosen = choosing.choose(
        session,
        rows,
        given,
        company_id=company_id,
        entity=entity,
        preset=preset,
        never=qbo_id,
    )
    name = mirror.full_name(entity, row.data) if row is not None else ""
    name = name or str(incident.facts.get("name") or f"{entity} {qbo_id}")
    gone = row is None or row.deleted or merge is not None
    state = "gone" if gone else "inactive"
    ours = [(one.name, {"record_id": one.id}) for one in records]
    ours += links.ahead(session, company_id, entity, qbo_id)
    return _Scene(entity, qbo_id, name, ours, merge, chosen, state)


def _named_by(kind: str) -> str:
    """How documents name it without a link."""
    return ": documents name it by its SKU" if kind == "item" else ""


def _alike(session: Session, row: MirrorRow | None, records: Sequence[Record]) -> list[MirrorRow]:
    """Active records with a name like the inactive one's, or like what the source calls it."""
    found: dict[str, MirrorRow] = {}
    for record in records:
        model = parse_record(record.payload)
        if isinstance(model, CustomerIn | VendorIn | ItemIn):
            for twin in finding.likely(session, record.company_id, model):
                found.setdefault(twin.row.qbo_id, twin.row)
    if row is not None and row.name:
        for one, _ in mirror.candidates(session, row.company_id, row.name, (row.entity,)):
            found.setdefault(one.qbo_id, one)
    gone = row.qbo_id if row is not None else ""
    return [one for one in found.values() if one.active and one.qbo_id != gone]


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    """Only where QuickBooks itself showed which record is left."""
    survivor = facts.get("survivor")
    return isinstance(survivor, Mapping) and survivor.get("active") is True


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    # A refusal of QuickBooks that names no record has nothing to put in its place.
    return facts.get("entity") in merged.LISTS and bool(facts.get("qbo_id"))


FIX = Fix(
    name="use_another",
    label="Use another {list}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=_agreed,
    offered=_offered,
)
