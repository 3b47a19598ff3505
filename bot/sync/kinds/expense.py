"""An expense: something bought and paid at once, in cash, by check or by card."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, KeyOrNone, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import AccountLine, Sourced, adds_up, not_negative
from bot.sync.kinds.documents import ACCOUNTS, LINES, MEMO, NUMBER, TAGS
from bot.sync.kinds.model import Kind, Refers


class ExpenseIn(Sourced):
    """Money that left `paid_from`, an account of the bank or a card, and what it was for.

    `number` is that of a check, or of the receipt. The vendor may be left out.
    """

    type: Literal["expense"]
    payment_type: Literal["cash", "check", "card"]
    paid_from: Name
    number: MaybeKey = None
    date: Day
    vendor: KeyOrNone = ""
    lines: list[AccountLine] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], self.tax_total, self.total)
        not_negative(self.total, "an expense cannot be")
        return self


KIND = Kind(
    RecordType.EXPENSE,
    ExpenseIn,
    number=("number", "external_id"),
    amount="total",
    party=RecordType.VENDOR,
    tagged=True,
    accounts=("paid_from", "lines.account"),
    refers=(
        Refers("vendor", RecordType.VENDOR),
        Refers("paid_from", RecordType.ACCOUNT, named=True),
        *ACCOUNTS,
        *TAGS,
    ),
    texts=(NUMBER, MEMO, LINES),
)
