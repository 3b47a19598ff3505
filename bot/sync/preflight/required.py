"""What a payload must have: whom it is for, a line, a name (2020, 6080)."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.domain import Payload
from bot.sync.preflight.model import Certainty, Known, Posting, Verdict

_WANTED: Final[Mapping[str, tuple[str, ...]]] = {
    "Invoice": ("CustomerRef", "Line"),
    "SalesReceipt": ("Line",),
    "CreditMemo": ("CustomerRef", "Line"),
    "Payment": ("CustomerRef",),
    "Bill": ("VendorRef", "Line"),
    "VendorCredit": ("VendorRef", "Line"),
    "BillPayment": ("VendorRef", "Line"),
    "Purchase": ("AccountRef", "Line"),
    "RefundReceipt": ("Line", "DepositToAccountRef"),
    "JournalEntry": ("Line",),
    "Deposit": ("Line",),
    "Item": ("Name",),
    "Account": ("Name",),
    "Class": ("Name",),
    "Department": ("Name",),
}
_MISSING = (
    "Required param missing, need to supply the required value for the API Required parameter {0} "
    "is missing in the request"
)
_NAMELESS = "No Name Provided No Name Provided"
_ITEM_NEEDS = ("IncomeAccountRef", "ExpenseAccountRef")
_NAME_PARTS = ("DisplayName", "GivenName", "FamilyName")


def verdicts(_known: Known, posting: Posting) -> Iterator[Verdict]:
    """What is missing."""
    payload = posting.payload
    for name in _WANTED.get(posting.entity, ()):
        if not payload.get(name):
            yield Verdict(Certainty.WILL, "2020", _MISSING.format(name), name)
    if posting.entity == "Item" and payload.get("Type") != "Category":
        yield from _accountless(payload)
    if posting.entity in ("Customer", "Vendor") and not any(map(payload.get, _NAME_PARTS)):
        yield Verdict(Certainty.WILL, "6080", _NAMELESS, "DisplayName")


def _accountless(payload: Payload) -> Iterator[Verdict]:
    if not any(map(payload.get, _ITEM_NEEDS)):
        yield Verdict(Certainty.WILL, "2020", _MISSING.format("IncomeAccountRef"), _ITEM_NEEDS[0])
