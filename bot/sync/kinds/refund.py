"""A refund: goods come back, or a sale is called off, and the money is paid back at once."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, KeyOrNone, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import Sourced, adds_up, not_negative
from bot.sync.kinds.documents import ITEMS, LINES, MEMO, METHOD, NUMBER, TAGS, SaleLine
from bot.sync.kinds.model import Kind, Refers


class RefundIn(Sourced):
    """Money paid back: its amounts are what is refunded, more than nothing.

    `paid_from` names the account the money leaves.
    """

    type: Literal["refund"]
    number: Key
    date: Day
    customer: KeyOrNone = ""
    lines: list[SaleLine] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    paid_from: Name
    method: MaybeWords = None
    reference: MaybeWords = None
    memo: MaybeWords = None
    email: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        not_negative(self.total, "a refund says what is paid back, without a minus")
        return self


KIND = Kind(
    RecordType.REFUND,
    RefundIn,
    number=("number",),
    amount="total",
    party=RecordType.CUSTOMER,
    sku_lines=True,
    tagged=True,
    accounts=("paid_from",),
    refers=(
        Refers("customer", RecordType.CUSTOMER),
        *ITEMS,
        *TAGS,
        Refers("paid_from", RecordType.ACCOUNT, named=True),
    ),
    texts=(NUMBER, MEMO, LINES),
    words=METHOD,
)
