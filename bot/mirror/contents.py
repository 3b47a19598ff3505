"""What the mirror holds: whole lists, and the documents of the last months."""

from datetime import date, datetime, timedelta

from bot.quickbooks.statements import Condition

LISTS = (
    "Account",
    "Customer",
    "Vendor",
    "Employee",
    "Item",
    "Class",
    "Department",
    "Term",
    "PaymentMethod",
    "TaxCode",
)
# Which field of a document names its customer or vendor.
PARTY_FIELD = {
    "Invoice": "CustomerRef",
    "Payment": "CustomerRef",
    "SalesReceipt": "CustomerRef",
    "CreditMemo": "CustomerRef",
    "RefundReceipt": "CustomerRef",
    "Bill": "VendorRef",
    "VendorCredit": "VendorRef",
    "BillPayment": "VendorRef",
    "Purchase": "EntityRef",
}
DOCUMENTS = (*PARTY_FIELD, "JournalEntry", "Deposit")
HELD = (*LISTS, *DOCUMENTS)
# Change data capture does not hold tax codes: they are read with the lists, and before a choice.
CAPTURED = tuple(entity for entity in HELD if entity != "TaxCode")
# Where the company's settings stand in the mirror.
PREFERENCES = "Preferences"
PREFERENCES_ID = "1"
# QuickBooks keeps changes for 30 days; a day less leaves room for clocks that differ.
REACH = timedelta(days=29)
# Changes may become visible a little late.
OVERLAP = timedelta(minutes=5)


def first_day(now: datetime, days: int) -> date:
    """The day from which on documents are read at first."""
    return (now - timedelta(days=days)).date()


def of_interest(entity: str, since: date) -> list[Condition]:
    """The condition of what is read of an entity: all of a list, documents from a day on."""
    return [("TxnDate", ">=", since)] if entity in DOCUMENTS else []
