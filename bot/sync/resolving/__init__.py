"""How each type of record finds what it refers to, and what is then posted of it; one line a type.

A resolver takes what is known, the outbox row, its model and the setting; it asks nobody.
"""

from collections.abc import Callable, Mapping

from bot.domain import RecordType
from bot.sync.resolving import lists, money, purchases, sales
from bot.sync.resolving.references import Ready, Verdict

__all__ = ["RESOLVERS", "Ready", "Verdict"]

# The model differs by type: each resolver takes its own.
RESOLVERS: Mapping[RecordType, Callable[..., Verdict]] = {
    RecordType.CUSTOMER: lists.party,
    RecordType.VENDOR: lists.party,
    RecordType.ITEM: lists.item,
    RecordType.ACCOUNT: lists.account,
    RecordType.CLASS: lists.small,
    RecordType.LOCATION: lists.small,
    RecordType.EMPLOYEE: lists.employee,
    RecordType.INVOICE: sales.invoice,
    RecordType.SALES_RECEIPT: sales.sales_receipt,
    RecordType.CREDIT_MEMO: sales.credit_memo,
    RecordType.REFUND: sales.refund,
    RecordType.PAYMENT: money.payment,
    RecordType.BILL: purchases.bill,
    RecordType.VENDOR_CREDIT: purchases.vendor_credit,
    RecordType.BILL_PAYMENT: money.bill_payment,
    RecordType.EXPENSE: purchases.expense,
    RecordType.JOURNAL_ENTRY: money.journal_entry,
    RecordType.DEPOSIT: money.deposit,
}
