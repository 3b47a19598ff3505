"""Say which record of QuickBooks an external id stands for: one that never came, or another one.

For a record the source has not handed over, the link is made ahead: when the record comes later,
nothing is created twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import choosing, link_steps
from bot.fixes.model import RELEASE, Fix, Plan, never
from bot.fixes.preview import Preview
from bot.models import Incident, MirrorRow, Record
from bot.services import Services
from bot.sync import likely

_TITLE = "Choose"
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
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        scene = _scene(session, preview, choices)
    usable = choosing.usable(services, preview, _TITLE, scene.chosen, _facts(scene))
    if isinstance(usable, Plan):
        return usable
    wrong = _wrong_currency(incident, usable.found)
    if wrong:
        return preview.refuse(_TITLE, f"{usable.name} {wrong}")
    return _linked(preview, scene, usable.row, usable.name)


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
            link_steps.used_for(
                scene.name, name, row.entity, row.qbo_id, **_change(preview, scene)
            ),
            RELEASE,
        ),
        choices=scene.chosen.inputs,
        changes=[
            {
                "what": f"{scene.kind.value} {scene.name}",
                "before": before,
                "after": f"uses {name} for every document from now on",
            }
        ],
        checked=[f"{name} is active", f"nothing of the {scene.kind.value} in QuickBooks changes"],
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
    """Active records with a like name, then those whose name may be a misspelling of it."""
    found = [row for row, _ in mirror.candidates(session, company_id, called, (entity,))]
    found += likely.nearest(session, company_id, entity, called)
    return list({row.qbo_id: row for row in found if row.active}.values())


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("refers_to") in LISTS and "source_id" in facts


FIX = Fix(
    name="relink",
    label="Choose {refers_to}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=never,
    offered=_offered,
)
