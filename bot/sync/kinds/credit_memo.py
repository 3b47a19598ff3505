"""A credit memo: what a customer is owed back, or may use for other invoices."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, MaybeDay, MaybeKey, MaybeWords
from bot.sync.kinds.base import Sourced, adds_up, in_order, not_negative
from bot.sync.kinds.documents import ITEMS, LINES, MEMO, NUMBER, TAGS, SaleLine
from bot.sync.kinds.model import Kind, Refers


class CreditMemoIn(Sourced):
    """A credit: its amounts are what is credited, more than nothing.

    `original_date`: the day of the credit where it is dated later, because its month is closed.
    """

    type: Literal["credit_memo"]
    number: Key
    date: Day
    original_date: MaybeDay = None
    customer: Key
    lines: list[SaleLine] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    email: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        not_negative(self.total, "a credit memo says what is credited, without a minus")
        in_order(self.date, self.original_date)
        return self


KIND = Kind(
    RecordType.CREDIT_MEMO,
    CreditMemoIn,
    number=("number",),
    amount="total",
    party=RecordType.CUSTOMER,
    sku_lines=True,
    tagged=True,
    refers=(Refers("customer", RecordType.CUSTOMER), *ITEMS, *TAGS),
    texts=(NUMBER, MEMO, LINES),
)
