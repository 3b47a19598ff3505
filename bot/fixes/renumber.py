"""Post ours under another number; the original stays in the memo. Never for a vendor's bill."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Choice, Fix, Plan, Step
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import free_numbers, limits

_TITLE = "Another number"
_INPUT = "number"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Propose a number that is free; another one that is typed is checked before anything."""
    preview, own, stop = own_record.begin(services, incident)
    if not stop and own.record.type is not RecordType.INVOICE:
        stop = (
            "A vendor's bill keeps the vendor's number: it is the control against paying twice. "
            "Compare the two, and link ours or skip it."
        )
    if stop:
        return preview.refuse(_TITLE, stop)
    number = choices.get(_INPUT, "").strip() or free_numbers.propose(services, own.record)
    wrong = free_numbers.why_not(services, own.record, number)
    if wrong:
        return _ask(preview, own, number, wrong)
    note = f"Number in {own.source}: {own.record.number}"
    step = own_record.correction(
        own,
        {"number": number, **own_record.with_note(own, note)},
        f"{upfirst(own.called)} has the number {number} from now on",
    )
    made = preview.plan(
        title=_TITLE,
        submit="Post as this number",
        steps=(*_told_apart(incident, own), step),
        choices=(_input(number),),
        changes=[
            {"what": "document number", "before": own.record.number, "after": number},
            {"what": "memo", "before": "as in the source", "after": f"begins with “{note}”"},
        ],
        checked=[f"no invoice, sales receipt, credit memo or refund receipt has number {number}"],
        undo="Until it is posted; after that void or credit it in QuickBooks.",
        role=Role.APPROVER,
    )
    facts: Payload = {"our_document": own.called, "known_outside": _known_outside(services, own)}
    return replace(made, facts={**made.facts, **facts})


def _told_apart(incident: Incident, own: Own) -> tuple[Step, ...]:
    """Who gives ours a number of its own says that it is not the other one: not asked again."""
    if not isinstance(incident.facts.get("theirs"), Mapping):
        return ()
    theirs = own_record.other_document(incident)
    other = f"another document than the {theirs['type']} in QuickBooks"
    return (own_record.telling_apart(own, theirs, f"{upfirst(own.called)} is {other}"),)


def _known_outside(services: Services, own: Own) -> list[str]:
    """Why the customer may know the number already (accounting.md rule 10)."""
    told = ["it has an e-mail address"] if own.record.payload.get("email") else []
    with services.sessions.read() as session:
        paid = own_record.paid_by(session, own.record)
    return [*told, "it is paid"] if paid else told


def _input(number: str, hint: str = "") -> Choice:
    return Choice(
        _INPUT,
        "Number in QuickBooks",
        initial=number,
        hint=hint or "The original number stays in the memo.",
        max_length=limits.LONGEST_NUMBER,
        shown=True,
    )


def _ask(preview: Preview, own: Own, number: str, wrong: str) -> Plan:
    asked = (_input(number[: limits.LONGEST_NUMBER], wrong),)
    facts: Payload = {"wrong": wrong, "our_document": own.called, "known_outside": []}
    return preview.ask(_TITLE, asked, Role.APPROVER, **facts)


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("record_type") == RecordType.INVOICE.value


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("other_document"))


FIX = Fix(
    name="renumber",
    label="Another number…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=own_record.is_corrected,
    agreed=_agreed,
    offered=_offered,
)
