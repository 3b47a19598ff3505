"""Fill in what is missing, in a form; the bot invents nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import JsonValue, Payload, RecordState, RecordType, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Choice, Fix, Plan
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Incident, Record, Source
from bot.render import money
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import required
from bot.sync.reading import stored_record
from bot.sync.records import InvoiceIn

_TITLE = "Fill in"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True)
class _Answer:
    """What is filled in: the corrections, how a person reads it, or why it cannot be used."""

    changes: Payload
    words: str = ""
    wrong: str = ""


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Ask for everything that is missing at once; show what it makes before it is posted."""
    preview, own, stop = own_record.begin(services, incident)
    model = None if stop else stored_record(own.record.payload)
    with services.sessions.read() as session:
        source = session.get_one(Source, own.record.source_id)
        missing = required.lacking(model, source) if model else []
        given = {name: choices.get(name, "").strip() for name in missing}
        answers = {name: _read(session, own, name, text) for name, text in given.items() if text}
    if not stop and not missing:
        stop = (
            "Nothing is missing in what the source handed over. Open Details to see what "
            "QuickBooks answered, then press Try again."
        )
    if stop:
        return preview.refuse(_TITLE, stop)
    wrong = [answer.wrong for answer in answers.values() if answer.wrong]
    inputs = tuple(_input(own, name, given[name], answers.get(name)) for name in missing)
    if wrong or len(answers) < len(missing):
        return _ask(preview, own, inputs, " ".join(wrong))
    changes: Payload = {}
    for answer in answers.values():
        changes |= answer.changes
    made = preview.plan(
        title=_TITLE,
        submit="Fill in and post",
        steps=(own_record.correction(own, changes, f"{upfirst(own.called)} completed"),),
        choices=inputs,
        changes=[
            {"what": _LABELS[name], "before": "missing", "after": answers[name].words}
            for name in missing
        ],
        undo="Until it is posted; after that void or credit it in QuickBooks.",
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, "our_record": own.called})


_LABELS = {
    required.CUSTOMER: "Customer",
    required.LINES: "Item or SKU",
    required.EMAIL: "E-mail address",
}


def _input(own: Own, name: str, given: str, answer: _Answer | None) -> Choice:
    hints = {
        required.CUSTOMER: f"The name or id of a customer of {own.source}.",
        required.LINES: f"What was sold, as {own.source} calls it; one line for the whole amount.",
        required.EMAIL: "The customer's own; the bot never has anything mailed.",
    }
    hint = answer.wrong if answer is not None and answer.wrong else hints[name]
    return Choice(name, _LABELS[name], initial=given, hint=hint[:150], max_length=200, shown=True)


def _ask(preview: Preview, own: Own, inputs: tuple[Choice, ...], wrong: str) -> Plan:
    facts: Payload = {"asks": True, "wrong": wrong, "our_record": own.called}
    return preview.ask(_TITLE, inputs, Role.OPERATOR, **facts)


def _read(session: Session, own: Own, name: str, text: str) -> _Answer:
    if name == required.CUSTOMER:
        return _customer(session, own, text)
    if name == required.LINES:
        return _line(session, own, text)
    if not _ADDRESS.fullmatch(text):
        return _Answer({}, wrong=f"{text} is no e-mail address.")
    return _Answer({"email": text}, text)


def _customer(session: Session, own: Own, text: str) -> _Answer:
    found = _called(session, own, RecordType.CUSTOMER, text)
    if len(found) == 1:
        return _Answer({"customer": found[0].external_id}, found[0].name)
    if found:
        ids = ", ".join(row.external_id for row in found[:5])
        return _Answer({}, wrong=f"Several customers are called {text}: type the id ({ids}).")
    return _Answer({}, wrong=f"{own.source} has handed over no customer called {text}.")


def _line(session: Session, own: Own, text: str) -> _Answer:
    """One line for what the invoice amounts to without its tax."""
    model = stored_record(own.record.payload)
    if not isinstance(model, InvoiceIn):
        return _Answer({}, wrong="Only an invoice has lines.")
    amount = model.total - model.tax_total
    words = f"1 × {text}, {money(amount, own.record.currency)}"
    line: Payload = {"quantity": "1", "amount": str(amount), "unit_price": str(amount)}
    found = _called(session, own, RecordType.ITEM, text)
    if len(found) == 1:
        return _Answer({"lines": [{"item": found[0].external_id, **line}]}, words)
    if found:
        ids = ", ".join(row.external_id for row in found[:5])
        return _Answer({}, wrong=f"Several items are called {text}: type the id ({ids}).")
    skus = [row for row in mirror.by_sku(session, own.record.company_id, text) if row.active]
    if len(skus) == 1:
        return _Answer({"lines": [{"sku": text, **line}]}, words)
    return _Answer({}, wrong=f"No item of {own.source} is called {text}, and no SKU is {text}.")


def _called(session: Session, own: Own, kind: RecordType, text: str) -> list[Record]:
    """The records of the source with this id, SKU or name; an id alone decides."""
    rows = session.exec(
        select(Record)
        .where(Record.source_id == own.record.source_id, Record.type == kind)
        .where(col(Record.state) != RecordState.SKIPPED)
    ).all()
    by_id = [row for row in rows if text in (row.external_id, row.number)]
    return by_id[:1] or [row for row in rows if mirror.fold(row.name) == mirror.fold(text)]


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("missing"))


FIX = Fix(
    name="complete",
    label="Fill in…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=own_record.is_corrected,
    agreed=_agreed,
    offered=own_record.is_known,
)
