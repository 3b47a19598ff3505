"""Say which record of QuickBooks an external id stands for: one that never came, or another one.

For a record the source has not handed over, the link is made ahead: when the record comes later,
nothing is created twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import choosing
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident, MirrorRow, Record
from bot.services import Services
from bot.sync import links

_TITLE = "Choose"
_LISTED = 50
LISTS = frozenset({"customer", "vendor", "item"})


@dataclass(frozen=True)
class _Scene:
    """The external id, what it is called, and what was chosen for it."""

    kind: RecordType
    ref: str
    name: str
    record: Record | None
    chosen: choosing.Chosen


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the link of an external id to the record a person chooses."""
    preview = Preview.of(services, incident)
    mirror.capture(services, incident.company_id)  # what is offered below was just read
    with services.sessions.read() as session:
        scene = _scene(session, preview, choices)
    row = scene.chosen.row
    if row is None:
        made = preview.plan(
            title=_TITLE,
            submit="Show the change",
            steps=(),
            choices=scene.chosen.inputs,
            undo="",
            role=Role.OPERATOR,
        )
        return replace(made, facts={**made.facts, **_facts(scene), "ask": scene.chosen.ask})
    found = mirror.refresh(services, incident.company_id, row.entity, row.qbo_id)
    if found is None or not found.get("Active", True):
        return preview.refuse(
            _TITLE,
            f"{row.name} was made inactive, merged or deleted in QuickBooks just now. Press the "
            "button again and choose another one.",
        )
    wrong = _wrong_currency(incident, found)
    if wrong:
        return preview.refuse(_TITLE, f"{row.name} {wrong}")
    return _linked(preview, scene, row, mirror.full_name(row.entity, found) or row.name)


def _wrong_currency(incident: Incident, found: Payload) -> str:
    wanted = str(incident.facts.get("ours_currency") or "")
    theirs = str((found.get("CurrencyRef") or {}).get("value") or "")
    if not wanted or not theirs or theirs == wanted:
        return ""
    return f"is kept in {theirs}, and the documents are in {wanted}. Choose one kept in {wanted}."


def _linked(preview: Preview, scene: _Scene, row: MirrorRow, name: str) -> Plan:
    before = "has not come, so nothing is known in QuickBooks"
    if preview.incident.facts.get("theirs_currency"):
        before = f"uses {preview.incident.facts['name']}"
    made = preview.plan(
        title=_TITLE,
        submit="Use and post" if preview.documents else "Use this",
        steps=(
            Step(
                Action.LINK,
                f"{name} is used for “{scene.name}” from now on",
                row.entity,
                row.qbo_id,
                change=_change(preview, scene),
            ),
            Step(Action.RELEASE, "let the waiting documents go"),
        ),
        choices=scene.chosen.inputs,
        changes=[
            {
                "what": f"{scene.kind.value} {scene.name}",
                "before": before,
                "after": f"uses {name} for every document from now on",
            }
        ],
        checked=[f"{name} is active", "no name, address or amount in QuickBooks changes"],
        undo=(
            "The link can be taken away while nothing is posted with it; a posted document is "
            "voided or credited in QuickBooks, by itself."
        ),
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, **_facts(scene), "ask": "", "instead": name})


def _change(preview: Preview, scene: _Scene) -> Payload:
    if scene.record is not None:
        return {"record_id": scene.record.id}
    return {
        "source_id": int(preview.incident.facts["source_id"]),
        "type": scene.kind.value,
        "external_id": scene.ref,
    }


def _facts(scene: _Scene) -> Payload:
    return {"subject_name": scene.name, "list": scene.kind.value, "ref": scene.ref}


def _scene(session: Session, preview: Preview, given: Mapping[str, str]) -> _Scene:
    facts = preview.incident.facts
    kind, ref = RecordType(str(facts["refers_to"])), str(facts["ref"])
    record = _record(session, int(facts["source_id"]), kind, ref)
    called = str((record.name if record else "") or facts.get("name") or ref)
    entity = ENTITY[kind]
    never_meant = str(facts.get("qbo_id") or "")
    rows = _rows(session, preview.incident.company_id, entity, called)
    wanted = str(facts.get("ours_currency") or "")
    if wanted:
        rows = [row for row in rows if _currency(row) == wanted]
    chosen = choosing.choose(
        session,
        rows,
        given,
        company_id=preview.incident.company_id,
        entity=entity,
        never=never_meant,
    )
    return _Scene(kind, ref, called, record, chosen)


def _currency(row: MirrorRow) -> str:
    return str((row.data.get("CurrencyRef") or {}).get("value") or "")


def _record(session: Session, source_id: int, kind: RecordType, ref: str) -> Record | None:
    return session.exec(
        select(Record)
        .where(Record.source_id == source_id)
        .where(Record.type == kind)
        .where(Record.external_id == ref)
    ).first()


def _rows(session: Session, company_id: int, entity: str, called: str) -> Sequence[MirrorRow]:
    """Active records with a like name first, then the list in its order."""
    alike = [
        row for row, _ in mirror.candidates(session, company_id, called, (entity,)) if row.active
    ]
    known = {row.qbo_id for row in alike}
    others = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id)
        .where(MirrorRow.entity == entity)
        .where(col(MirrorRow.active).is_(True))
        .where(col(MirrorRow.deleted).is_(False))
        .order_by(col(MirrorRow.folded))
        .limit(_LISTED)
    ).all()
    return [*alike, *(row for row in others if row.qbo_id not in known)]


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the chosen record again and check that the link points at it."""
    step = next(step for step in plan.steps if step.action is Action.LINK)
    facts = incident.facts
    kind = RecordType(str(facts["refers_to"]))
    with services.sessions.read() as session:
        link = links.find(session, int(facts["source_id"]), kind, str(facts["ref"]))
    if link is None or (step.qbo_id and link.qbo_id != step.qbo_id):
        return f"The link of {facts.get('name') or facts['ref']} was not kept."
    found = mirror.refresh(services, incident.company_id, link.entity, link.qbo_id)
    if found is None or not found.get("Active", True):
        return "The chosen record in QuickBooks is not usable: inactive, merged or deleted."
    return ""


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("refers_to") in LISTS and "source_id" in facts


FIX = Fix(
    name="relink",
    label="Choose {refers_to}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=never,
    offered=_offered,
)
