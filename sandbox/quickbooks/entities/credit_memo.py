"""CreditMemo: lowers what a customer owes, or waits to be applied."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import sales
from sandbox.quickbooks.entities.fields import SALES_OPERATIONS, read_only
from sandbox.quickbooks.entities.stock import move_stock
from sandbox.quickbooks.model import Body, Entity, Entry, Kind, NumberRule, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.receivables import document_committed


def complete(work: Work) -> None:
    """Totals and what of the credit is left."""
    body = work.body
    sales.defaults(body)
    sales.complete(work)
    applied = work.company.applied.get(work.before.key, {}) if work.before else {}
    left = wire(max(0, cents(body["TotalAmt"]) - sum(applied.values())))
    body["RemainingCredit"] = left
    body["Balance"] = left
    body.setdefault("LinkedTxn", [])


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """A credit memo lowers receivables."""
    return sales.ledger(company, record, -1)


def committed(company: Company, record: Record, _before: Body | None) -> None:
    """Stock comes back and payments that used the credit follow."""
    move_stock(company, record, sales.sold(company, record, -1))
    document_committed(company, record)


CREDIT_MEMO = Entity(
    name="CreditMemo",
    fields=(*sales.FIELDS, read_only("RemainingCredit", Kind.NUMBER)),
    transaction=True,
    plural="credit memos",
    operations=SALES_OPERATIONS - {"void"},
    screen_operations=frozenset({"void"}),
    number_rule=NumberRule("sales", "Credit Memo", automatic=True),
    known=sales.KNOWN,
    complete=complete,
    ledger=ledger,
    committed=committed,
)
