"""An invoice: a sale that is paid later."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import (
    Cents,
    Currency,
    Day,
    Key,
    KeyOrNone,
    MaybeDay,
    MaybeKey,
    MaybeWords,
)
from bot.sync.kinds.base import Sourced, adds_up, in_order
from bot.sync.kinds.documents import ITEMS, LINES, MEMO, NUMBER, TAGS, SaleLine
from bot.sync.kinds.model import Kind, Refers
from bot.sync.kinds.parties import TERMS


class InvoiceIn(Sourced):
    """A sale. `total` must be exactly the sum of the lines plus `tax_total`.

    `original_date`: the day of the sale where it is dated later, because its month is closed.
    `terms` names its payment term; left out, it is the customer's. Without a customer or a line
    it is taken in and held: a person fills that in.
    """

    type: Literal["invoice"]
    number: Key
    date: Day
    due_date: MaybeDay = None
    original_date: MaybeDay = None
    customer: KeyOrNone = ""
    lines: list[SaleLine] = Field(default_factory=list, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    email: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None
    terms: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.lines:
            adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); an invoice cannot be")
        in_order(self.date, self.original_date, self.due_date)
        return self


KIND = Kind(
    RecordType.INVOICE,
    InvoiceIn,
    number=("number",),
    amount="total",
    party=RecordType.CUSTOMER,
    sku_lines=True,
    tagged=True,
    refers=(Refers("customer", RecordType.CUSTOMER), *ITEMS, *TAGS),
    texts=(NUMBER, MEMO, LINES),
    words=TERMS,
)
