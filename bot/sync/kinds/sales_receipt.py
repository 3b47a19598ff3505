"""A sales receipt: a sale that is paid at once."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, KeyOrNone, MaybeKey, MaybeWords
from bot.sync.kinds.base import Sourced, adds_up, not_negative
from bot.sync.kinds.documents import ITEMS, LINES, MEMO, NUMBER, RECEIVED, TAGS, SaleLine
from bot.sync.kinds.model import Kind, Refers


class SalesReceiptIn(Sourced):
    """A sale paid at once. `total` must be exactly the sum of the lines plus `tax_total`.

    The customer may be left out (a sale over the counter). `deposit_to` names the account the
    money goes to; left out, it is undeposited funds.
    """

    type: Literal["sales_receipt"]
    number: Key
    date: Day
    customer: KeyOrNone = ""
    lines: list[SaleLine] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    method: MaybeWords = None
    reference: MaybeWords = None
    deposit_to: MaybeKey = None
    memo: MaybeWords = None
    email: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        not_negative(self.total, "that is a refund")
        return self


KIND = Kind(
    RecordType.SALES_RECEIPT,
    SalesReceiptIn,
    number=("number",),
    amount="total",
    party=RecordType.CUSTOMER,
    sku_lines=True,
    tagged=True,
    accounts=("deposit_to",),
    refers=(
        Refers("customer", RecordType.CUSTOMER),
        *ITEMS,
        *TAGS,
        Refers("deposit_to", RecordType.ACCOUNT, named=True),
    ),
    texts=(NUMBER, MEMO, LINES),
    words=RECEIVED,
)
