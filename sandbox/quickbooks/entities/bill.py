"""Bill: what the company owes a vendor."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import purchases
from sandbox.quickbooks.entities.expense_lines import bought
from sandbox.quickbooks.entities.fields import TRANSACTION_OPERATIONS, day, ref
from sandbox.quickbooks.entities.orders_billed import check_orders, close_orders
from sandbox.quickbooks.entities.stock import move_stock
from sandbox.quickbooks.model import Body, Entity, Entry, NumberRule, Record, Work
from sandbox.quickbooks.receivables import document_committed


def complete(work: Work) -> None:
    """Totals, the due date and the orders that are billed."""
    purchases.complete(work)
    check_orders(work)
    if not work.body.get("DueDate"):
        work.body["DueDate"] = purchases.due_date(work)


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """A bill raises payables."""
    return purchases.ledger(company, record, 1)


def committed(company: Company, record: Record, before: Body | None) -> None:
    """Stock comes in, orders close, and the payments of the bill follow."""
    move_stock(company, record, bought(company, record, 1))
    close_orders(company, record, before)
    document_committed(company, record)


BILL = Entity(
    name="Bill",
    fields=(
        *purchases.FIELDS,
        day("DueDate", queryable=True),
        ref("SalesTermRef", "Term", queryable=True),
    ),
    transaction=True,
    plural="bills",
    operations=TRANSACTION_OPERATIONS,
    number_rule=NumberRule("bills", "Bill", owner="VendorRef"),
    known=purchases.KNOWN,
    complete=complete,
    ledger=ledger,
    committed=committed,
)
