"""Sales documents: their customer, items, accounts and the words of their lines."""

from dataclasses import dataclass, field

from bot.domain import RecordType
from bot.models import Record
from bot.sync import accounts, payloads, tags, terms
from bot.sync.kinds.credit_memo import CreditMemoIn
from bot.sync.kinds.invoice import InvoiceIn
from bot.sync.kinds.refund import RefundIn
from bot.sync.kinds.sales_receipt import SalesReceiptIn
from bot.sync.lookup import Lookup
from bot.sync.resolving.filed import filed
from bot.sync.resolving.references import Found, Ready, Verdict, line_item, party, pending


@dataclass
class _Sale:
    """What a sale refers to, as far as it is found."""

    customer: str = ""
    items: dict[int, str] = field(default_factory=dict)
    tags: payloads.Tags = field(default_factory=payloads.Tags)
    term: str = ""
    paid: payloads.Paid = field(default_factory=payloads.Paid)


def invoice(lookup: Lookup, record: Record, model: InvoiceIn, setting: payloads.Setting) -> Verdict:
    """An invoice of a customer that is there, for items that are."""
    made = _owed(lookup, record, model)
    if not isinstance(made, _Sale):
        return made
    payload = payloads.invoice(model, setting, made.customer, made.items, made.tags, made.term)
    return Ready("Invoice", payload)


def credit_memo(
    lookup: Lookup, record: Record, model: CreditMemoIn, setting: payloads.Setting
) -> Verdict:
    """A credit of a customer that is there, for items that are."""
    made = _owed(lookup, record, model)
    if not isinstance(made, _Sale):
        return made
    payload = payloads.credit_memo(model, setting, made.customer, made.items, made.tags)
    return Ready("CreditMemo", payload)


def sales_receipt(
    lookup: Lookup, record: Record, model: SalesReceiptIn, setting: payloads.Setting
) -> Verdict:
    """A sale paid at once; without an account QuickBooks takes undeposited funds."""
    return _paid(lookup, record, model, setting)


def refund(lookup: Lookup, record: Record, model: RefundIn, setting: payloads.Setting) -> Verdict:
    """Money paid back from an account that is named."""
    return _paid(lookup, record, model, setting)


def _owed(lookup: Lookup, record: Record, model: InvoiceIn | CreditMemoIn) -> _Sale | Verdict:
    """What stands on accounts receivable."""
    found = Found()
    customer = party(lookup, record, found, RecordType.CUSTOMER, model.customer)
    found.take(accounts.ledger_cause(lookup, accounts.RECEIVABLE, record.currency))
    term = found.take(terms.term(lookup, record, getattr(model, "terms", None)))
    return _rest(lookup, record, model, found, _Sale(customer, term=term))


def _paid(
    lookup: Lookup,
    record: Record,
    model: SalesReceiptIn | RefundIn,
    setting: payloads.Setting,
) -> Verdict:
    found = Found()
    customer = ""
    if model.customer:
        customer = party(lookup, record, found, RecordType.CUSTOMER, model.customer)
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    is_sale = isinstance(model, SalesReceiptIn)
    account = (
        terms.deposit_to(lookup, record, model.deposit_to, model.method)
        if isinstance(model, SalesReceiptIn)
        else accounts.named(lookup, record, model.paid_from, accounts.MONEY)
    )
    method = found.take(terms.method(lookup, record, model.method))
    paid = payloads.Paid(method, found.take(account))
    made = _rest(lookup, record, model, found, _Sale(customer, paid=paid))
    if not isinstance(made, _Sale):
        return made
    payload = payloads.paid_sale(model, setting, made.customer, made.items, made.tags, made.paid)
    return Ready("SalesReceipt" if is_sale else "RefundReceipt", payload)


def _rest(
    lookup: Lookup,
    record: Record,
    model: InvoiceIn | CreditMemoIn | SalesReceiptIn | RefundIn,
    found: Found,
    made: _Sale,
) -> _Sale | Verdict:
    """Items and words of the lines; and whether the month's sales tax is filed."""
    made.items = {
        position: line_item(lookup, record, found, line)
        for position, line in enumerate(model.lines)
    }
    waits = pending(lookup, record, found)
    if waits is not None:
        return waits
    made.tags, unknown = tags.of(lookup, record, model)
    found.causes += unknown
    return found.verdict() or filed(lookup.company, record) or made
