"""Invoice."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import sales
from sandbox.quickbooks.entities.applying import keep_party
from sandbox.quickbooks.entities.fields import SALES_OPERATIONS
from sandbox.quickbooks.entities.stock import move_stock
from sandbox.quickbooks.model import Body, Entity, Entry, NumberRule, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.receivables import document_committed


def complete(work: Work) -> None:
    """Totals, due date and the open balance."""
    body = work.body
    keep_party(work, "Customer")
    sales.defaults(body)
    sales.complete(work)
    if not body.get("DueDate"):
        body["DueDate"] = sales.due_date(work)
    applied = work.company.applied.get(work.before.key, {}) if work.before else {}
    total = cents(body["TotalAmt"])
    body["Balance"] = wire(max(0, total - sum(applied.values())))
    body.setdefault("LinkedTxn", [])


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """An invoice raises receivables."""
    return sales.ledger(company, record, 1)


def committed(company: Company, record: Record, _before: Body | None) -> None:
    """Stock and payments follow."""
    move_stock(company, record, sales.sold(company, record, 1))
    document_committed(company, record)


INVOICE = Entity(
    name="Invoice",
    fields=sales.FIELDS,
    transaction=True,
    plural="invoices",
    operations=SALES_OPERATIONS,
    number_rule=NumberRule("sales", "Invoice", automatic=True),
    known=sales.KNOWN,
    complete=complete,
    ledger=ledger,
    committed=committed,
)
