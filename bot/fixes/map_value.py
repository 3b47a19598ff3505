"""Say what of QuickBooks a source's word stands for: a class, location, tax code, payment term or
method, a customer or vendor; or nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import choosing, mapping_steps
from bot.fixes.model import RELEASE, Choice, Fix, Plan, never
from bot.fixes.preview import Preview
from bot.models import Company, Incident, MirrorRow
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import likely, mappings, places
from bot.sync.roots import KIND_WORDS

_TITLE = "Choose"
_WHICH = "which"
# A menu holds 100 options.
_MOST = 95
_LABEL = 75
_ENTITIES: Mapping[str, tuple[str, ...]] = {
    mappings.CLASS: ("Class",),
    # Some companies keep their locations as classes.
    mappings.LOCATION: ("Department", "Class"),
    mappings.TAX_CODE: ("TaxCode",),
    mappings.TERM: ("Term",),
    mappings.METHOD: ("PaymentMethod",),
}
_CALLED = {
    "Class": "class",
    "Department": "location",
    "TaxCode": "tax code",
    "Term": "payment term",
    "PaymentMethod": "payment method",
}


@dataclass(frozen=True)
class _Target:
    """What a word may stand for; a row of None means that nothing is posted for it."""

    entity: str
    row: MirrorRow | None
    why: str = ""

    @property
    def value(self) -> str:
        """How the menu names it."""
        return f"{self.entity}:{self.row.qbo_id if self.row else mappings.NOTHING}"

    def label(self, kind: str) -> str:
        """How the menu shows it."""
        if self.row is None:
            return f"None: post without a {_CALLED[self.entity]}"
        own = _CALLED[self.entity]
        name = self.row.name[:60] + ("" if own == kind else f" ({own})")
        told = f"{name} · {self.why}"
        return told if self.why and len(told) <= _LABEL else name


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan what the word stands for; total and tax of a document do not change by it."""
    preview = Preview.of(services, incident)
    facts = incident.facts
    what, kind = str(facts["what"]), KIND_WORDS[str(facts["what"])]
    mirror.capture(services, incident.company_id)
    if what in mappings.PARTIES:
        return _party(services, preview, choices)
    if what == mappings.TAX_CODE:
        _read_tax_codes(services, incident.company_id)
    with services.sessions.read() as session:
        targets = _targets(session, incident.company_id, what, facts)
        looked_in = _looked_in(session, incident.company_id, what, kind)
    chosen = next((one for one in targets if one.value == choices.get(_WHICH)), None)
    menu = _menu(targets, looked_in, chosen)
    if not targets:
        return preview.refuse(
            _TITLE,
            f"QuickBooks has no active {looked_in} at all. Add one there, then press the button "
            "again.",
        )
    if chosen is None:
        ask = f"Choose which {looked_in} of QuickBooks is meant."
        return preview.ask(
            _TITLE, (menu,), Role.OPERATOR, kind_words=kind, word_said=_word(facts, kind), ask=ask
        )
    return _mapped(preview, chosen, (menu,), kind)


def _party(services: Services, preview: Preview, choices: Mapping[str, str]) -> Plan:
    """A customer or vendor: what is alike, or what is found by typing."""
    facts, company_id = preview.incident.facts, preview.incident.company_id
    kind = str(facts["what"])
    entity = mappings.ENTITIES[kind]
    with services.sessions.read() as session:
        alike = mirror.candidates(session, company_id, str(facts.get("word") or ""), (entity,))
        chosen = choosing.choose(
            session,
            [row for row, _ in alike if row.active],
            choices,
            company_id=company_id,
            entity=entity,
            never=str(facts.get("qbo_id") or ""),
        )
    told: Payload = {"kind_words": kind, "word_said": _word(facts, kind)}
    found = choosing.usable(services, preview, _TITLE, chosen, told)
    if isinstance(found, Plan):
        return found
    return _mapped(preview, _Target(entity, found.row), chosen.inputs, kind)


def _mapped(preview: Preview, chosen: _Target, inputs: tuple[Choice, ...], kind: str) -> Plan:
    facts = preview.incident.facts
    name = chosen.row.name if chosen.row is not None else f"no {_CALLED.get(chosen.entity, kind)}"
    qbo_id = chosen.row.qbo_id if chosen.row is not None else mappings.NOTHING
    word = _word(facts, kind)
    made = preview.plan(
        title=_TITLE,
        submit="Use and post" if preview.documents else "Use this",
        steps=(
            mapping_steps.map_step(facts, chosen.entity, qbo_id, name),
            RELEASE,
        ),
        choices=inputs,
        changes=[{"what": word, "before": "not matched", "after": f"posted with {name}"}],
        checked=_checked(str(facts["what"])),
        undo=mapping_steps.UNDO,
        role=Role.OPERATOR,
    )
    return replace(
        made,
        facts={**made.facts, "kind_words": kind, "word_said": word, "ask": "", "instead": name},
    )


def _checked(what: str) -> list[JsonValue]:
    checked: list[JsonValue] = ["no total and no tax of a document changes by this"]
    if what == mappings.TERM:
        checked.append("a due date the source says stays as it is")
    return checked


def _word(facts: Mapping[str, JsonValue], kind: str) -> str:
    if facts.get("word") == mappings.ANY:
        return upfirst(mapping_steps.everything(facts))
    return f"The {kind} {facts['word']}"


def _looked_in(session: Session, company_id: int, what: str, kind: str) -> str:
    """What is chosen from: a firm may keep its locations as classes."""
    kept_as = session.get_one(Company, company_id).locations_as
    return _CALLED.get(kept_as, kind) if what == mappings.LOCATION else kind


def _menu(targets: Sequence[_Target], looked_in: str, chosen: _Target | None) -> Choice:
    alike = any(one.why for one in targets)
    first = "What is likeliest is first." if alike else "None is alike; they stand by name."
    return Choice(
        _WHICH,
        f"Which {looked_in} of QuickBooks",
        initial=chosen.value if chosen is not None else "",
        hint=f"{first} Kept by the record itself: renaming changes nothing.",
        options=tuple((one.value, one.label(looked_in)) for one in targets),
        shown=True,
    )


def _targets(
    session: Session, company_id: int, what: str, facts: Mapping[str, JsonValue]
) -> list[_Target]:
    lists = _ENTITIES[what]
    if what == mappings.LOCATION:
        lists = places.lists(session.get_one(Company, company_id))
    own = lists[0]
    found: list[likely.Likely] = []
    said, source_id = str(facts.get("word") or ""), int(facts.get("source_id") or 0)
    for entity in () if facts.get("off") else lists:
        rows = mirror.in_use(session, company_id, entity)
        gone = str(facts.get("qbo_id") or "")
        rest = [row for row in rows if row.qbo_id != gone]
        found += likely.ranked(session, source_id, what, said, rest)
    # The likeliest of both lists first; where nothing speaks for any, the own list stands first.
    found.sort(key=lambda one: -one.score)
    nothing = [_Target(own, None)] if what in mappings.OPTIONAL else []
    return [*(_Target(one.row.entity, one.row, one.words) for one in found[:_MOST]), *nothing]


def _read_tax_codes(services: Services, company_id: int) -> None:
    """Change data capture does not hold tax codes: read them all, they are few."""
    now = services.clock.now()
    rows: list[Payload] = services.quickbooks.company(company_id).query("TaxCode")
    with services.sessions.write() as session:
        mirror.put_many(session, company_id, "TaxCode", rows, now)


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("what") in (*_ENTITIES, *mappings.PARTIES)


FIX = Fix(
    name="map_value",
    label="Choose {kind_words}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=mapping_steps.why_not_kept,
    agreed=never,
    offered=_offered,
)
