"""Add the rounding line that gives a posted document its source's total (accounting.md rule 16).

What QuickBooks reckons as sales tax stays as it is. Above the firm's own limit a person decides,
up to a few dollars; what is more is no rounding. Never in closed books, never on what the bank or
somebody else's hand has touched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, Risk, Role
from bot.fixes import belongings, choosing, effects, own_record, undo_sides
from bot.fixes.belongings import Document
from bot.fixes.model import Action, Choice, Fix, Plan, Step
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Company, Incident, MirrorRow
from bot.render import money
from bot.render.words import month, upfirst
from bot.services import Services
from bot.sync import periods, rounding
from bot.sync.payloads import stamp
from bot.sync.settled import amount, settled

_TITLE = "Rounding line"
_INPUT = "item"


@dataclass(frozen=True)
class _Scene:
    """Our record, its document as QuickBooks has it now, and the line it needs."""

    own: Own
    company: Company
    payload: Payload
    line: Decimal

    @property
    def document(self) -> Document:
        """The document with its money."""
        return Document(ENTITY[self.own.record.type], self.payload)

    @property
    def day(self) -> date:
        """The day it has in QuickBooks."""
        return date.fromisoformat(str(self.payload["TxnDate"]))

    def money(self, value: Decimal) -> str:
        """An amount in the document's currency."""
        return money(value, self.own.record.currency)


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan one line from fresh reads; without a known item ask for it first."""
    preview = Preview.of(services, incident)
    own = own_record.read(services, incident)
    company = periods.refreshed(services, incident.company_id)
    entity, qbo_id = ENTITY[own.record.type], str(own.record.qbo_id or "")
    payload = mirror.refresh(services, incident.company_id, entity, qbo_id)
    line = None if payload is None else rounding.needed(own.record, payload)
    if payload is None or line is None:
        return preview.refuse(_TITLE, _no_rounding(own))
    scene = _Scene(own, company, payload, line)
    stop = _why_not(services, scene)
    if stop:
        return preview.refuse(_TITLE, stop)
    preview = replace(preview, company=company)
    chosen = choices.get(_INPUT, "") or f"Item:{company.rounding_item_id or ''}"
    item, wrong = _item(services, company, chosen.partition(":")[2])
    if item is None:
        inputs = (_input(None, wrong),)
        return preview.ask(_TITLE, inputs, Role.APPROVER, **_facts(scene), wrong=wrong)
    return _planned(preview, scene, item)


def _no_rounding(own: Own) -> str:
    return (
        f"{upfirst(own.called)} differs by more than its sales tax, by more than "
        f"{money(rounding.PERSON_MOST, own.record.currency)}, or not at all any more. Press Check "
        "again: it says what differs now."
    )


def _item(services: Services, company: Company, qbo_id: str) -> tuple[MirrorRow | None, str]:
    """The item as QuickBooks has it now; else why it cannot be used, "" where none was chosen."""
    if not qbo_id:
        return None, ""
    mirror.refresh(services, company.id or 0, "Item", qbo_id)
    with services.sessions.read() as session:
        row = mirror.get(session, company.id or 0, "Item", qbo_id)
    why = rounding.why_unfit(row)
    return (None, why) if why else (row, "")


def _input(item: MirrorRow | None, hint: str = "") -> Choice:
    usual = "A service; its income account gets the line."
    label = "Item for rounding in QuickBooks"
    return choosing.search(_INPUT, label, "Item", item, hint=hint or usual)


def _why_not(services: Services, scene: _Scene) -> str:
    """Say why the bot adds no line (accounting.md rules 2 to 5); "" when it may.

    Raises QuickBooksFault when QuickBooks does not say whether the bank knows it.
    """
    own, called = scene.own, upfirst(scene.own.called)
    if periods.is_closed(scene.company, scene.day):
        return (
            f"The books are closed through {scene.company.book_close_date:%m/%d/%Y}: the bot "
            f"changes nothing in {own.called} any more. Ask your accountant about an entry of "
            f"{scene.money(abs(scene.line))} with a later date."
        )
    if stamp(own.source, own.record.external_id) not in str(scene.payload.get("PrivateNote")):
        return (
            f"{called} was entered in QuickBooks by hand, or its memo was emptied. Whoever entered "
            "it adds the line there."
        )
    entity = scene.document.entity
    linked = [words for words in settled(entity, scene.payload) if "deposit" in words]
    state = next(iter(linked), "") or belongings.bank_state(services, scene.company, scene.payload)
    if state:
        return (
            f"{called} {state} in QuickBooks: another total would not be what was agreed with the "
            "bank. Ask your accountant."
        )
    if entity == "Invoice" and _open(scene) + scene.line < 0:
        return (
            f"{called} is paid in QuickBooks: with a line of {scene.money(scene.line)} more would "
            "be paid than it asks for. Ask your accountant."
        )
    return ""


def _open(scene: _Scene) -> Decimal:
    return amount(scene.payload.get("Balance"))


def _planned(preview: Preview, scene: _Scene, item: MirrorRow) -> Plan:
    own, document = scene.own, scene.document
    words = rounding.words_of(own.record, scene.payload, own.source)
    change = rounding.change(scene.payload, scene.line, item.qbo_id, words)
    before: Payload = {
        "Id": document.qbo_id,
        "SyncToken": scene.payload["SyncToken"],
        "Line": rounding.lines_of(scene.payload),
        "TxnTaxDetail": scene.payload["TxnTaxDetail"],
    }
    added = f"{upfirst(own.called)} has a rounding line of {scene.money(scene.line)}"
    noted: Payload = {"record_id": own.record.id, "line": str(scene.line)}
    made = preview.plan(
        title=_TITLE,
        submit="Add the line",
        steps=(
            Step(Action.UPDATE, added, document.entity, document.qbo_id, before, change),
            Step(Action.ROUND, f"{upfirst(own.called)} agrees with {own.source}", change=noted),
        ),
        choices=(_input(item),),
        changes=_changes(scene, item),
        checked=["it is on no deposit, and neither matched nor reconciled"],
        undo="The line is taken out again while the document is unpaid and its month is open.",
        role=Role.APPROVER,
    )
    return replace(made, facts={**made.facts, **_facts(scene), "filed": _filed(scene)})


def _changes(scene: _Scene, item: MirrorRow) -> list[Payload]:
    total, account = scene.document.total, rounding.account_of(item)
    rows: list[Payload] = [
        {
            "what": "rounding line",
            "before": "none",
            "after": f"{scene.money(scene.line)} with {item.name}, not taxed, to {account}",
        },
        {
            "what": "total",
            "before": scene.money(total),
            "after": scene.money(total + scene.line),
        },
    ]
    if scene.document.entity == "Invoice":
        open_ = _open(scene)
        rows.append(
            {
                "what": "open on it",
                "before": scene.money(open_),
                "after": scene.money(open_ + scene.line),
            }
        )
    return rows


def _facts(scene: _Scene) -> Payload:
    own, total = scene.own, scene.document.total + scene.line
    currency = own.record.currency
    return {
        "our_document": own.called,
        "source": own.source,
        "line": str(scene.line),
        "total": str(total),
        "taken_back": undo_sides.of_line(own.called, total, scene.line, currency, scene.day),
        "tax": str(scene.document.tax),
        "currency": scene.own.record.currency,
        "month": scene.day.isoformat(),
    }


def _filed(scene: _Scene) -> Payload:
    through = scene.company.tax_filed_through
    if through is None or scene.day > through:
        return {}
    told = [f"The return of {month(scene.day)} {undo_sides.LINE_EFFECT}"]
    return effects.filed_months(scene.company, [scene.day], told)


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the document again: the source's total, and the sales tax as it was."""
    own = own_record.read(services, incident)
    entity, qbo_id = ENTITY[own.record.type], str(own.record.qbo_id or "")
    payload = mirror.refresh(services, incident.company_id, entity, qbo_id)
    called = upfirst(own.called)
    if payload is None:
        return f"QuickBooks does not show {own.called} any more."
    document = Document(entity, payload)
    if document.total != Decimal(str(plan.facts["total"])):
        total = money(document.total, own.record.currency)
        return f"{called} has a total of {total} in QuickBooks. Undo takes the line out again."
    if document.tax != Decimal(str(plan.facts["tax"])):
        return f"{called} has another sales tax in QuickBooks. Undo takes the line out again."
    return ""


def _done(plan: Plan) -> str:
    facts = plan.facts
    total = money(Decimal(str(facts["total"])), str(facts["currency"]))
    line = money(Decimal(str(facts["line"])), str(facts["currency"]))
    return f"{upfirst(str(facts['our_document']))} is {total} now, with a rounding line of {line}"


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("rounding")) and not facts.get("closed_through")


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    few = abs(Decimal(str(facts.get("rounding") or 0))) <= rounding.USUAL
    return _offered(facts) and few and not facts.get("filed_through")


FIX = Fix(
    name="rounding_line",
    label="Add a rounding line…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
    offered=_offered,
    done=_done,
)
