"""Map a SKU to an item QuickBooks has, by the item's id; likely ones first, with their reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process
from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import choosing, mapping_steps
from bot.fixes.model import RELEASE, Fix, Plan
from bot.fixes.preview import Preview
from bot.models import Incident, MirrorRow
from bot.services import Services
from bot.sync import suggestions
from bot.sync.mappings import SKU
from bot.sync.reading import parse_record
from bot.sync.records import InvoiceIn, InvoiceLineIn
from bot.sync.suggestions import Suggestion

_TITLE = "Map SKU"
# A category or a bundle cannot stand on a line of its own.
_NOT_SOLD = frozenset({"Category", "Group", "Bundle"})
_COMPARED = 5_000
_LISTED = 20
# Names less alike than this (of 100) are not.
_ALIKE = 60


@dataclass(frozen=True)
class _Scene:
    """What is likely, and what was chosen."""

    likely: Sequence[Suggestion]
    chosen: choosing.Chosen


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the mapping to the item a person chooses; nothing changes in QuickBooks."""
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        scene = _scene(session, preview, choices)
    usable = choosing.usable(services, preview, _TITLE, scene.chosen, _facts(incident, scene))
    if isinstance(usable, Plan):
        return usable
    if usable.found.get("Type") in _NOT_SOLD:
        kind = str(usable.found.get("Type")).lower()
        return preview.refuse(_TITLE, f"{usable.name} is a {kind}; choose an item that is sold.")
    return _mapped(preview, scene, usable.row, usable.name)


def _mapped(preview: Preview, scene: _Scene, row: MirrorRow, name: str) -> Plan:
    facts = preview.incident.facts
    before = f"uses {facts['name']}" if facts.get("qbo_id") and facts.get("name") else "no item"
    made = preview.plan(
        title=_TITLE,
        submit="Map and post" if preview.documents else _TITLE,
        steps=(mapping_steps.map_step(facts, "Item", row.qbo_id, name), RELEASE),
        choices=scene.chosen.inputs,
        changes=[{"what": f"SKU {facts['word']}", "before": before, "after": f"uses {name}"}],
        checked=[f"{name} is active", "nothing of the item in QuickBooks changes"],
        undo=mapping_steps.UNDO,
        role=Role.OPERATOR,
    )
    why = next((one for one in scene.likely if one.row.qbo_id == row.qbo_id), None)
    reasons: list[JsonValue] = [words for _, words in why.reasons] if why is not None else []
    told = {**_facts(preview.incident, scene), "ask": "", "reasons": reasons, "instead": name}
    return replace(made, facts={**made.facts, **told})


def _facts(incident: Incident, scene: _Scene) -> Payload:
    return {
        "subject_name": f"SKU {incident.facts['word']}",
        "likely": [one.card() for one in scene.likely],
    }


def _scene(session: Session, preview: Preview, given: Mapping[str, str]) -> _Scene:
    incident, facts = preview.incident, preview.incident.facts
    company_id, sku = incident.company_id, str(facts["word"])
    never = str(facts.get("qbo_id") or "")
    line = _line(preview, sku)
    likely = [
        one
        for one in suggestions.suggest(session, company_id, int(facts["source_id"]), sku, line)
        if one.row.qbo_id != never
    ]
    only = suggestions.best(likely)
    rows = [one.row for one in likely]
    known = {row.qbo_id for row in rows}
    words = f"{sku} {line.description or ''}" if line is not None else sku
    rows += [row for row in _alike(session, company_id, words) if row.qbo_id not in known]
    chosen = choosing.choose(
        session,
        rows,
        given,
        company_id=company_id,
        entity="Item",
        preset=only.row.qbo_id if only is not None else "",
        never=never,
    )
    return _Scene(likely, chosen)


def _line(preview: Preview, sku: str) -> InvoiceLineIn | None:
    """A line that waits with this SKU: its text and price are facts to compare."""
    for record in (*preview.records, *preview.others):
        model = parse_record(record.payload)
        if isinstance(model, InvoiceIn):
            for line in model.lines:
                if line.sku == sku:
                    return line
    return None


def _alike(session: Session, company_id: int, words: str) -> list[MirrorRow]:
    """What sounds like it, the likest first: no reason to choose it, only a shorter way to it."""
    rows = mirror.in_use(session, company_id, "Item", most=_COMPARED)
    sold = [row for row in rows if row.data.get("Type") not in _NOT_SOLD]
    found = process.extract(
        mirror.fold(words),
        [mirror.fold(row.name) for row in sold],
        scorer=fuzz.token_set_ratio,
        limit=_LISTED,
        score_cutoff=_ALIKE,
    )
    return [sold[place] for _, _, place in found]


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    """Only where a second fact supports exactly one item."""
    return bool(facts.get("suggested"))


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("what") == SKU


FIX = Fix(
    name="map_item",
    label="Map SKU…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=mapping_steps.why_not_kept,
    agreed=_agreed,
    offered=_offered,
)
