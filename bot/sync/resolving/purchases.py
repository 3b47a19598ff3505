"""Purchase documents: their vendor, accounts and the words of their lines."""

from dataclasses import dataclass

from bot.domain import RecordType
from bot.models import Record
from bot.sync import accounts, payloads, purchase_payloads, tags, terms
from bot.sync.kinds.base import AccountLine
from bot.sync.kinds.bill import BillIn
from bot.sync.kinds.expense import ExpenseIn
from bot.sync.kinds.vendor_credit import VendorCreditIn
from bot.sync.lookup import Lookup
from bot.sync.resolving.references import Found, Ready, Verdict, party, pending


@dataclass(frozen=True)
class _Owed:
    """What a bill or a vendor credit refers to in QuickBooks, all found."""

    vendor_id: str
    lines: dict[int, str]
    payable: str
    told: payloads.Tags
    term: str


PAID_FROM = {"cash": accounts.BANK, "check": accounts.BANK, "card": accounts.CARD}


def bill(lookup: Lookup, record: Record, model: BillIn, setting: payloads.Setting) -> Verdict:
    """A bill of a vendor that is there, for accounts that are."""
    owed = _owed(lookup, record, model)
    if not isinstance(owed, _Owed):
        return owed
    payload = purchase_payloads.bill(
        model, setting, owed.vendor_id, owed.lines, owed.told, owed.payable, owed.term
    )
    return Ready("Bill", payload)


def vendor_credit(
    lookup: Lookup, record: Record, model: VendorCreditIn, setting: payloads.Setting
) -> Verdict:
    """A credit of a vendor that is there, for accounts that are."""
    owed = _owed(lookup, record, model)
    if not isinstance(owed, _Owed):
        return owed
    payload = purchase_payloads.vendor_credit(
        model, setting, owed.vendor_id, owed.lines, owed.told, owed.payable
    )
    return Ready("VendorCredit", payload)


def expense(lookup: Lookup, record: Record, model: ExpenseIn, setting: payloads.Setting) -> Verdict:
    """What was bought and paid at once; the vendor may be left out."""
    found = Found()
    vendor_id = ""
    if model.vendor:
        vendor_id = party(lookup, record, found, RecordType.VENDOR, model.vendor)
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    role = PAID_FROM[model.payment_type]
    paid_from = found.take(accounts.named(lookup, record, model.paid_from, role))
    lines = _lines(lookup, record, found, model.lines)
    told, unknown = tags.of(lookup, record, model)
    found.causes += unknown
    verdict = found.verdict()
    if verdict is not None:
        return verdict
    payload = purchase_payloads.expense(model, setting, vendor_id, lines, told, paid_from)
    return Ready("Purchase", payload)


def _owed(lookup: Lookup, record: Record, model: BillIn | VendorCreditIn) -> _Owed | Verdict:
    """The ids of a document that stands in accounts payable, or why it cannot go."""
    found = Found()
    vendor_id = party(lookup, record, found, RecordType.VENDOR, model.vendor)
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    lines = _lines(lookup, record, found, model.lines)
    payable = _payable(lookup, record, found, model.payable_account)
    told, unknown = tags.of(lookup, record, model)
    found.causes += unknown
    term = found.take(terms.term(lookup, record, getattr(model, "terms", None)))
    verdict = found.verdict()
    return _Owed(vendor_id, lines, payable, told, term) if verdict is None else verdict


def _lines(
    lookup: Lookup, record: Record, found: Found, lines: list[AccountLine]
) -> dict[int, str]:
    return {
        position: found.take(accounts.named(lookup, record, line.account, accounts.LINE))
        for position, line in enumerate(lines)
    }


def _payable(lookup: Lookup, record: Record, found: Found, said: str | None) -> str:
    """The accounts payable that is named, "" for QuickBooks' own."""
    if said:
        return found.take(accounts.named(lookup, record, said, accounts.PAYABLE))
    found.take(accounts.ledger_cause(lookup, accounts.PAYABLE, record.currency))
    return ""
