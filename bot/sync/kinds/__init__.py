"""Every type of record a source may hand over, one declaration each; a new one is a module, a line.

`kind_of` answers what the engine has to know of a type, so that nothing branches on it elsewhere.
"""

from collections.abc import Mapping

from bot.domain import RecordType
from bot.errors import BotError
from bot.models import Record
from bot.sync.kinds import (
    account,
    bill,
    bill_payment,
    class_,
    credit_memo,
    customer,
    deposit,
    employee,
    expense,
    invoice,
    item,
    journal_entry,
    location,
    payment,
    refund,
    sales_receipt,
    vendor,
    vendor_credit,
)
from bot.sync.kinds.base import Sourced
from bot.sync.kinds.model import Kind, Refers, Text

__all__ = ["ALL_KINDS", "Kind", "Refers", "Text", "kind_of"]

ALL_KINDS: tuple[Kind, ...] = (
    customer.KIND,
    vendor.KIND,
    item.KIND,
    account.KIND,
    class_.KIND,
    location.KIND,
    employee.KIND,
    invoice.KIND,
    sales_receipt.KIND,
    credit_memo.KIND,
    refund.KIND,
    payment.KIND,
    bill.KIND,
    vendor_credit.KIND,
    bill_payment.KIND,
    expense.KIND,
    journal_entry.KIND,
    deposit.KIND,
)


def _by_type(kinds: tuple[Kind, ...]) -> Mapping[str, Kind]:
    found: dict[str, Kind] = {kind.type: kind for kind in kinds}
    if len(found) != len(kinds):
        raise BotError("A type of record is declared twice.")
    return found


_BY_TYPE = _by_type(ALL_KINDS)


def kind_of(what: Record | Sourced | RecordType | str) -> Kind:
    """The declaration of a record's, a model's or a named type. Raises KeyError for no type."""
    if isinstance(what, Record):
        return _BY_TYPE[what.type]
    said = getattr(what, "type", "") if isinstance(what, Sourced) else what
    # A plain word finds its type; the name of no type is told as that.
    return _BY_TYPE.get(said) or _BY_TYPE[RecordType(said)]
