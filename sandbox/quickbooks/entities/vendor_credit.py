"""VendorCredit: lowers what the company owes a vendor, or waits to be applied."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import purchases
from sandbox.quickbooks.entities.expense_lines import bought
from sandbox.quickbooks.entities.fields import TRANSACTION_OPERATIONS
from sandbox.quickbooks.entities.stock import move_stock
from sandbox.quickbooks.model import Body, Entity, Entry, NumberRule, Record
from sandbox.quickbooks.receivables import document_committed


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """A vendor credit lowers payables."""
    return purchases.ledger(company, record, -1)


def committed(company: Company, record: Record, _before: Body | None) -> None:
    """Stock goes back and payments that used the credit follow."""
    move_stock(company, record, bought(company, record, -1))
    document_committed(company, record)


VENDOR_CREDIT = Entity(
    name="VendorCredit",
    fields=purchases.FIELDS,
    transaction=True,
    plural="vendor credits",
    operations=TRANSACTION_OPERATIONS,
    number_rule=NumberRule("vendor credits", "Vendor Credit", owner="VendorRef"),
    known=purchases.KNOWN,
    complete=purchases.complete,
    ledger=ledger,
    committed=committed,
)
