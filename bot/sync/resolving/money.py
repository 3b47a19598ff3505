"""Money that comes in or goes out: whose it is, and which documents it settles."""

from bot.domain import RecordType
from bot.models import Record
from bot.sync import accounts, money_payloads, payloads, tags, terms
from bot.sync.kinds.bill_payment import BillPaymentIn
from bot.sync.kinds.deposit import DepositIn, DepositLine
from bot.sync.kinds.journal_entry import JournalEntryIn, JournalLine
from bot.sync.kinds.payment import PaymentIn
from bot.sync.lookup import Lookup
from bot.sync.money_payloads import LineIds
from bot.sync.resolving.purchases import PAID_FROM
from bot.sync.resolving.references import Found, Ready, Verdict, party, pending, reference


def payment(lookup: Lookup, record: Record, model: PaymentIn, setting: payloads.Setting) -> Verdict:
    """A payment of a customer that is there, for invoices that are posted."""
    found = Found()
    customer_id = party(lookup, record, found, RecordType.CUSTOMER, model.customer)
    found.take(accounts.ledger_cause(lookup, accounts.RECEIVABLE, record.currency))
    invoices = {
        part.invoice: reference(lookup, record, found, RecordType.INVOICE, part.invoice)
        for part in model.applies_to
    }
    credits = {
        part.credit_memo: reference(lookup, record, found, RecordType.CREDIT_MEMO, part.credit_memo)
        for part in model.credits or ()
    }
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    paid = payloads.Paid(
        found.take(terms.method(lookup, record, model.method)),
        found.take(terms.deposit_to(lookup, record, model.deposit_to, model.method)),
    )
    verdict = found.verdict()
    if verdict is not None:
        return verdict
    payload = payloads.payment(model, setting, customer_id, invoices, credits, paid)
    return Ready("Payment", payload)


def bill_payment(
    lookup: Lookup, record: Record, model: BillPaymentIn, setting: payloads.Setting
) -> Verdict:
    """A payment to a vendor that is there, for bills that are posted."""
    found = Found()
    vendor_id = party(lookup, record, found, RecordType.VENDOR, model.vendor)
    found.take(accounts.ledger_cause(lookup, accounts.PAYABLE, record.currency))
    bills = {
        part.bill: reference(lookup, record, found, RecordType.BILL, part.bill)
        for part in model.applies_to
    }
    credits = {
        part.vendor_credit: reference(
            lookup, record, found, RecordType.VENDOR_CREDIT, part.vendor_credit
        )
        for part in model.credits or ()
    }
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    role = PAID_FROM[model.payment_type]
    paid_from = found.take(accounts.named(lookup, record, model.paid_from, role))
    verdict = found.verdict()
    if verdict is not None:
        return verdict
    payload = money_payloads.bill_payment(model, setting, vendor_id, paid_from, bills, credits)
    return Ready("BillPayment", payload)


def journal_entry(
    lookup: Lookup, record: Record, model: JournalEntryIn, setting: payloads.Setting
) -> Verdict:
    """Debits and credits of accounts that are there; receivables and payables name their party."""
    found = Found()
    names = [_names(lookup, record, found, line) for line in model.lines]
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    ids = {
        position: LineIds(
            found.take(accounts.named(lookup, record, line.account, accounts.ENTRY)),
            names=names[position],
        )
        for position, line in enumerate(model.lines)
    }
    told, unknown = tags.of(lookup, record, model)
    found.causes += unknown
    verdict = found.verdict()
    if verdict is not None:
        return verdict
    return Ready("JournalEntry", money_payloads.journal_entry(model, setting, ids, told))


def deposit(lookup: Lookup, record: Record, model: DepositIn, setting: payloads.Setting) -> Verdict:
    """Documents that are posted and lines on accounts, taken to an account that is there."""
    found = Found()
    taken = [_document(lookup, record, found, line) for line in model.lines]
    names = [_names(lookup, record, found, line) for line in model.lines]
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    ids = {
        position: LineIds(
            found.take(accounts.named(lookup, record, line.account, accounts.LINE))
            if line.account
            else "",
            taken[position],
            names[position],
        )
        for position, line in enumerate(model.lines)
    }
    bank = found.take(terms.deposit_to(lookup, record, model.deposit_to))
    told, unknown = tags.of(lookup, record, model)
    found.causes += unknown
    verdict = found.verdict()
    if verdict is not None:
        return verdict
    return Ready("Deposit", money_payloads.deposit(model, setting, bank, ids, told))


def _document(lookup: Lookup, record: Record, found: Found, line: DepositLine) -> str:
    if line.document is None:
        return ""
    kind, external_id = line.document
    return reference(lookup, record, found, kind, external_id)


def _names(
    lookup: Lookup, record: Record, found: Found, line: JournalLine | DepositLine
) -> dict[RecordType, str]:
    """Whom a line is for."""
    wanted = ((RecordType.CUSTOMER, line.customer), (RecordType.VENDOR, line.vendor))
    return {
        kind: reference(lookup, record, found, kind, external_id)
        for kind, external_id in wanted
        if external_id
    }
