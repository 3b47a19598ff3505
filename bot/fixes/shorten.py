"""Shorten what is longer than QuickBooks takes; names and numbers stay free and recognisable."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot import mirror
from bot.domain import JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Choice, Fix, Plan
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import free_numbers, new_names, texts
from bot.sync.payloads import stamp
from bot.sync.texts import Place

_TITLE = "Shorten"
_INPUT = "text"
# Long texts are told by their ends.
_TOLD = 120


@dataclass(frozen=True)
class _Key:
    """The text that has to be unique, a name or a number: a person may type another one."""

    place: Place
    text: str
    wrong: str


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Propose each text within its limit; a name or number is checked to be free."""
    preview, own, stop = own_record.begin(services, incident)
    facts = incident.facts
    found = texts.stated_limit(
        texts.places(own.record), str(facts.get("element") or ""), str(facts.get("max") or "")
    )
    mark = stamp(own.source, own.record.external_id)
    found = [one for one in texts.beside_mark(found, mark) if one.too_long]
    if not stop and not found:
        stop = (
            "None of its texts is longer than the bot knows QuickBooks to take. Open Details to "
            "see what QuickBooks answered, and shorten it in the source."
        )
    if stop:
        return preview.refuse(_TITLE, stop)
    key = _key(services, own, found, choices)
    if key is not None and key.wrong:
        return _ask(preview, own, key)
    return _shortened(preview, own, found, key)


def _key(
    services: Services, own: Own, found: list[Place], choices: Mapping[str, str]
) -> _Key | None:
    place = next((one for one in found if one.path in ("name", "number")), None)
    if place is None:
        return None
    typed = choices.get(_INPUT, "").strip()
    if place.path == "number":
        text = typed or free_numbers.propose(services, own.record)
        return _Key(place, text, free_numbers.why_not(services, own.record, text))
    text = typed or texts.shortened(place)
    return _Key(place, text, _name_wrong(services, own, place, text))


def _name_wrong(services: Services, own: Own, place: Place, name: str) -> str:
    if len(name) > place.longest:
        return f"It has {len(name)} characters; QuickBooks takes up to {place.longest}."
    company_id = own.record.company_id
    with services.sessions.read() as session:
        if own.record.type is not RecordType.ITEM:
            # Up to 100 characters are taken everywhere; what the alert names may be more.
            wrong = new_names.why_not(session, company_id, name[: new_names.LONGEST_NAME])
            return wrong
        rows = mirror.by_folded(session, company_id, mirror.fold(name), ("Item",))
    return f"The item {rows[0].name} has that name already. Type another one." if rows else ""


def _shortened(preview: Preview, own: Own, found: list[Place], key: _Key | None) -> Plan:
    after: dict[str, JsonValue] = {one.path: texts.shortened(one) for one in found}
    changes: list[Payload] = []
    if key is not None:
        after[key.place.path] = key.text
        if key.place.path == "number":
            after |= own_record.with_note(own, f"Number in {own.source}: {own.record.number}")
    for one in found:
        text = str(after[one.path])
        told = {"before": _told(one.value), "after": _told(text)}
        changes.append({"what": f"{one.label} ({len(one.value):,} → {len(text):,})", **told})
    if key is not None and key.place.path == "number":
        note = f"begins with the whole number, {own.record.number}"
        changes.append({"what": "memo", "before": "as in the source", "after": note})
    made = preview.plan(
        title=_TITLE,
        submit="Shorten and post",
        steps=(own_record.correction(own, after, f"{upfirst(own.called)} shortened"),),
        choices=(_input(key),) if key is not None else (),
        changes=changes,
        checked=[f"{key.text} is free in QuickBooks"] if key is not None else [],
        undo="Until it is posted. The source keeps the whole text.",
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, "our_record": own.called})


def _told(text: str) -> str:
    return text if len(text) <= _TOLD else f"{text[:60]} … {text[-40:]}"


def _input(key: _Key, hint: str = "") -> Choice:
    return Choice(
        _INPUT,
        f"{key.place.label[:1].upper()}{key.place.label[1:]} in QuickBooks",
        initial=key.text[: key.place.longest],
        hint=hint or f"At most {key.place.longest} characters; it has to be unique.",
        max_length=key.place.longest,
        shown=True,
    )


def _ask(preview: Preview, own: Own, key: _Key) -> Plan:
    asked = (_input(key, key.wrong[:150]),)
    return preview.ask(_TITLE, asked, Role.OPERATOR, wrong=key.wrong, our_record=own.called)


FIX = Fix(
    name="shorten",
    label="Shorten and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=own_record.is_corrected,
    agreed=own_record.is_known,
    offered=own_record.is_known,
)
