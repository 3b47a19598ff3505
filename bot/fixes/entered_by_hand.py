"""I entered it: find in QuickBooks what a person entered there by hand, and link ours to it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import Payload, RecordType, Risk, Role
from bot.fixes import linking, own_record
from bot.fixes.model import Choice, Fix, Plan, never
from bot.fixes.own_record import Own
from bot.models import Incident
from bot.render import shorten
from bot.services import Services
from bot.sync import documents, entered

_TITLE = "Entered by hand"
_INPUT = "document"
_MOST = 20
_LABEL = 75
_WHERE = {
    RecordType.INVOICE: "+ New > Invoice",
    RecordType.BILL: "+ New > Bill",
    RecordType.PAYMENT: "+ New > Receive payment",
    RecordType.SALES_RECEIPT: "+ New > Sales receipt",
    RecordType.CREDIT_MEMO: "+ New > Credit memo",
    RecordType.REFUND: "+ New > Refund receipt",
    RecordType.VENDOR_CREDIT: "+ New > Vendor credit",
    RecordType.EXPENSE: "+ New > Expense (a check: + New > Check)",
    RecordType.BILL_PAYMENT: "+ New > Pay bills",
    RecordType.DEPOSIT: "+ New > Bank deposit",
    RecordType.JOURNAL_ENTRY: "+ New > Journal entry",
}


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Look for it by number, and by who, when and how much; several make a choice."""
    preview, own, stop = own_record.begin(services, incident)
    if stop:
        return preview.refuse(_TITLE, stop)
    found = {
        str(row["Id"]): (entity, row) for entity, row in entered.candidates(services, own.record)
    }
    if not found:
        return preview.refuse(_TITLE, _guide(own))
    wanted = choices.get(_INPUT, next(iter(found)))
    chosen = found.get(wanted) or next(iter(found.values()))
    made = linking.plan_link(services, preview, own, chosen, _TITLE)
    if made.refused or len(found) == 1:
        return made
    options = tuple(
        (qbo_id, _label(entity, row)) for qbo_id, (entity, row) in list(found.items())[:_MOST]
    )
    menu = Choice(
        _INPUT, "Which one is it", initial=str(chosen[1]["Id"]), options=options, shown=True
    )
    return replace(made, choices=(menu,))


def _label(entity: str, row: Payload) -> str:
    side = documents.side_of_document(entity, row)
    number = str(row.get("DocNumber") or row.get("PaymentRefNum") or "no number")
    day = f"{side.day:%m/%d/%Y}" if side.day else "no date"
    # A long name gives way: number, day and amount tell the documents apart.
    room = _LABEL - len(f"{number} · {day} ·  · {side.total}")
    return f"{number} · {day} · {shorten(side.party, max(1, room))} · {side.total}"


def _guide(own: Own) -> str:
    record = own.record
    where = _WHERE.get(record.type, "+ New")
    day = f"{record.doc_date:%m/%d/%Y}" if record.doc_date else "its date"
    said = record.payload.get("number")
    number = f", number {said}" if said else ""
    party = f"for {record.name} and " if record.name else ""
    return (
        f"QuickBooks has nothing like it yet. Enter it there under {where}, dated {day}{number}, "
        f"{party}with the same amount; QuickBooks asks for the closing password. "
        "The bot finds it by itself soon after and ends this alert, or press again."
    )


FIX = Fix(
    name="entered_by_hand",
    label="I entered it by hand…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=linking.verify,
    agreed=never,
    offered=own_record.is_known,
)
