"""A vendor's credit: what a vendor owes back, or takes off the next bill."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, MaybeDay, MaybeKey, MaybeWords
from bot.sync.kinds.base import AccountLine, Sourced, adds_up, in_order, not_negative
from bot.sync.kinds.documents import ACCOUNTS, LINES, MEMO, NUMBER, TAGS
from bot.sync.kinds.model import Kind, Refers


class VendorCreditIn(Sourced):
    """A vendor's credit under the vendor's own number; its amounts are more than nothing."""

    type: Literal["vendor_credit"]
    number: Key
    date: Day
    original_date: MaybeDay = None
    vendor: Key
    lines: list[AccountLine] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None
    payable_account: MaybeWords = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        not_negative(self.total, "a vendor credit says what is credited, without a minus")
        in_order(self.date, self.original_date)
        return self


KIND = Kind(
    RecordType.VENDOR_CREDIT,
    VendorCreditIn,
    number=("number",),
    amount="total",
    party=RecordType.VENDOR,
    tagged=True,
    accounts=("payable_account", "lines.account"),
    refers=(
        Refers("vendor", RecordType.VENDOR),
        Refers("payable_account", RecordType.ACCOUNT, named=True),
        *ACCOUNTS,
        *TAGS,
    ),
    texts=(NUMBER, MEMO, LINES),
)
