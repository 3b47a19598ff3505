"""A journal entry: debits and credits written directly."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Currency, Day, MaybeCents, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import ClassName, Model, Sourced
from bot.sync.kinds.documents import ACCOUNTS, LINES, MEMO, NUMBER, TAGS
from bot.sync.kinds.model import Kind, Refers

_ZERO = Decimal("0.00")


class JournalLine(Model):
    """One line: a debit or a credit of an account.

    A line on accounts receivable names its customer, one on accounts payable its vendor (external
    ids of the same source).
    """

    account: Name
    debit: MaybeCents = None
    credit: MaybeCents = None
    description: MaybeWords = None
    customer: MaybeKey = None
    vendor: MaybeKey = None
    class_name: ClassName = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        sides = [side for side in (self.debit, self.credit) if side is not None]
        if len(sides) != 1 or sides[0] <= 0:
            raise ValueError("needs either a debit or a credit, of more than 0.00")
        if self.customer and self.vendor:
            raise ValueError("names a customer and a vendor; a line is for one of them")
        return self

    @property
    def amount(self) -> Decimal:
        """What stands on its side."""
        return self.debit if self.debit is not None else self.credit or _ZERO


class JournalEntryIn(Sourced):
    """Debits and credits that balance; `location` is that of every line."""

    type: Literal["journal_entry"]
    number: MaybeKey = None
    date: Day
    lines: list[JournalLine] = Field(min_length=2, max_length=1000)
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _balances(self) -> Self:
        debits = sum((line.debit or _ZERO for line in self.lines), _ZERO)
        credits = sum((line.credit or _ZERO for line in self.lines), _ZERO)
        if debits != credits:
            raise ValueError(f"does not balance: debits make {debits}, credits {credits}")
        return self

    @property
    def total(self) -> Decimal:
        """What is debited in all."""
        return sum((line.debit or _ZERO for line in self.lines), _ZERO)


KIND = Kind(
    RecordType.JOURNAL_ENTRY,
    JournalEntryIn,
    number=("number", "external_id"),
    amount="total",
    tagged=True,
    untaxed=True,
    accounts=("lines.account",),
    refers=(
        Refers("lines.customer", RecordType.CUSTOMER),
        Refers("lines.vendor", RecordType.VENDOR),
        *ACCOUNTS,
        *TAGS,
    ),
    texts=(NUMBER, MEMO, LINES),
)
