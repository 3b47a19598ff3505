"""Money paid to a vendor for bills."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import Model, Sourced, more_than_nothing, names_once
from bot.sync.kinds.documents import MEMO, NUMBER
from bot.sync.kinds.model import Kind, Refers


class PaysBill(Model):
    """How much of a payment settles which bill (an external id of the same source)."""

    bill: Key
    amount: Cents

    @model_validator(mode="after")
    def _positive(self) -> Self:
        more_than_nothing(self.amount, "amount applied")
        return self


class UsesVendorCredit(Model):
    """How much of which vendor credit (an external id of the same source) settles bills too."""

    vendor_credit: Key
    amount: Cents

    @model_validator(mode="after")
    def _positive(self) -> Self:
        more_than_nothing(self.amount, "credit used")
        return self


class BillPaymentIn(Sourced):
    """Money paid to a vendor: all of it, and of the credits used with it, settles bills.

    `paid_from` names the account of the bank or the card; `number` is that of the check.
    """

    type: Literal["bill_payment"]
    payment_type: Literal["check", "card"]
    paid_from: Name
    number: MaybeKey = None
    date: Day
    vendor: Key
    amount: Cents
    applies_to: list[PaysBill] = Field(min_length=1, max_length=1000)
    credits: list[UsesVendorCredit] | None = Field(default=None, max_length=1000)
    memo: MaybeWords = None
    currency: Currency = None

    @model_validator(mode="after")
    def _covers(self) -> Self:
        applied = sum((part.amount for part in self.applies_to), Decimal("0.00"))
        credit = sum((part.amount for part in self.credits or ()), Decimal("0.00"))
        if self.amount < 0:
            raise ValueError(f"the amount is negative ({self.amount})")
        if applied != self.amount + credit:
            more = f" and the credits {credit}" if credit else ""
            raise ValueError(f"applies {applied} to bills, but its amount is {self.amount}{more}")
        names_once([part.bill for part in self.applies_to], "bill", "applies_to")
        used = [part.vendor_credit for part in self.credits or ()]
        names_once(used, "vendor credit", "credits")
        return self


KIND = Kind(
    RecordType.BILL_PAYMENT,
    BillPaymentIn,
    number=("number", "external_id"),
    amount="amount",
    party=RecordType.VENDOR,
    lines="applies_to",
    accounts=("paid_from",),
    refers=(
        Refers("vendor", RecordType.VENDOR),
        Refers("applies_to.bill", RecordType.BILL),
        Refers("credits.vendor_credit", RecordType.VENDOR_CREDIT),
        Refers("paid_from", RecordType.ACCOUNT, named=True),
    ),
    texts=(NUMBER, MEMO),
)
