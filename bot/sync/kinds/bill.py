"""A vendor's bill."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, MaybeDay, MaybeKey, MaybeWords
from bot.sync.kinds.base import AccountLine, Sourced, adds_up, in_order
from bot.sync.kinds.documents import ACCOUNTS, LINES, MEMO, NUMBER, TAGS
from bot.sync.kinds.model import Kind, Refers
from bot.sync.kinds.parties import TERMS


class BillIn(Sourced):
    """A vendor's bill. `number` is the vendor's own; the total is exactly lines plus tax.

    `payable_account` names the accounts payable it is owed on; left out, QuickBooks' own is used.
    `terms` names its payment term; left out, it is the vendor's.
    """

    type: Literal["bill"]
    number: Key
    date: Day
    due_date: MaybeDay = None
    original_date: MaybeDay = None
    vendor: Key
    lines: list[AccountLine] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None
    terms: MaybeKey = None
    payable_account: MaybeWords = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); that is a vendor credit")
        in_order(self.date, self.original_date, self.due_date)
        return self


KIND = Kind(
    RecordType.BILL,
    BillIn,
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
    words=TERMS,
)
