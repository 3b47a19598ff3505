"""Take out the characters QuickBooks does not take, shown one by one before anything is done."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload, RecordType, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Choice, Fix, Plan
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.mirror.names import NAME_LISTS
from bot.models import Incident, Source
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import texts
from bot.sync.texts import Place

_TITLE = "Take characters out"
_INPUT = "name"
_MOST_SHOWN = 12


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Propose each text without them; a name may be typed otherwise, and is checked."""
    preview, own, stop = own_record.begin(services, incident)
    with services.sessions.read() as session:
        strict = session.get_one(Source, own.record.source_id).forbidden
        found = [one for one in texts.places(own.record, strict=strict) if one.marks()]
    if not stop and not found:
        stop = (
            "None of the characters the bot knows of is in its texts. Open Details to see what "
            "QuickBooks answered, and correct it in the source."
        )
    if stop:
        return preview.refuse(_TITLE, stop)
    named = next((one for one in found if one.is_name), None)
    name = choices.get(_INPUT, "").strip() or (texts.cleaned(named) if named else "")
    wrong = _wrong(named, name) if named else ""
    if named and wrong:
        return _ask(preview, own, name, wrong)
    after = {one.path: name if one.is_name else texts.cleaned(one) for one in found}
    with services.sessions.read() as session:
        alike = _alike(session, own, name) if named else ""
    made = preview.plan(
        title=_TITLE,
        submit="Clean and post",
        steps=(own_record.correction(own, after, f"{upfirst(own.called)} cleaned"),),
        choices=(_input(name),) if named else (),
        changes=[
            {"what": one.label, "before": texts.shown(one.value), "after": after[one.path]}
            for one in found
        ],
        undo="Until it is posted. The source keeps its own text.",
        role=Role.OPERATOR,
    )
    facts: Payload = {"our_record": own.called, "marks": _marks(found), "alike": alike}
    return replace(made, facts={**made.facts, **facts})


def _marks(found: list[Place]) -> list[Payload]:
    """Each character with its place, the way a person finds it."""
    rows: list[Payload] = [
        {"what": one.label, "at": at, "mark": texts.told(mark)}
        for one in found
        for at, mark in one.marks()
    ]
    return rows[:_MOST_SHOWN]


def _wrong(place: Place, name: str) -> str:
    if not name:
        return "Nothing is left of the name. Type the name it shall have in QuickBooks."
    bad = replace(place, value=name).marks()
    if bad:
        at, mark = bad[0]
        return f"Character {at} of it is {texts.told(mark)}, which is not taken either."
    if len(name) > place.longest:
        return f"It has {len(name)} characters; QuickBooks takes up to {place.longest}."
    return ""


def _alike(session: Session, own: Own, name: str) -> str:
    """Who has that name already: then the bot asks about the two before it posts."""
    lists = ("Item",) if own.record.type is RecordType.ITEM else NAME_LISTS
    rows = mirror.by_folded(session, own.record.company_id, mirror.fold(name), lists)
    return f"the {rows[0].entity.lower()} {rows[0].name}" if rows else ""


def _input(name: str, hint: str = "") -> Choice:
    return Choice(
        _INPUT,
        "Name in QuickBooks",
        initial=name,
        hint=hint or "Change it if it reads badly.",
        max_length=500,
        shown=True,
    )


def _ask(preview: Preview, own: Own, name: str, wrong: str) -> Plan:
    asked = (_input(name, wrong),)
    return preview.ask(_TITLE, asked, Role.OPERATOR, wrong=wrong, our_record=own.called)


FIX = Fix(
    name="clean",
    label="Clean and post {documents}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=own_record.is_corrected,
    agreed=own_record.is_known,
    offered=own_record.is_known,
)
