"""A deposit: money taken to the bank, such as the payout of a card processor."""

from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync import mappings
from bot.sync.fields import Cents, Currency, Day, MaybeKey, MaybeWords, Name
from bot.sync.kinds.base import ClassName, Model, Sourced, adds_up
from bot.sync.kinds.documents import ACCOUNTS, LINES, MEMO, NUMBER, TAGS
from bot.sync.kinds.model import Kind, Refers

_DOCUMENTS = ("payment", "sales_receipt", "refund")


class DepositLine(Model):
    """What is on a deposit: a document of the same source that waits for the bank, or an account.

    A document comes whole: the amount is its own (a refund's with a minus), so that a wrong one is
    noticed. An account takes fees (with a minus) and whatever else; it may name a customer or
    vendor.
    """

    payment: MaybeKey = None
    sales_receipt: MaybeKey = None
    refund: MaybeKey = None
    account: MaybeWords = None
    amount: Cents
    description: MaybeWords = None
    customer: MaybeKey = None
    vendor: MaybeKey = None
    class_name: ClassName = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        named = [name for name in (*_DOCUMENTS, "account") if getattr(self, name)]
        if len(named) != 1:
            raise ValueError("must name exactly one of payment, sales_receipt, refund or account")
        if self.customer and self.vendor:
            raise ValueError("names a customer and a vendor; a line is for one of them")
        if self.amount == 0 or (named[0] in ("payment", "sales_receipt") and self.amount < 0):
            raise ValueError(f"the amount must be more than 0.00, not {self.amount}")
        if named[0] == "refund" and self.amount > 0:
            raise ValueError(f"a refund lowers a deposit: its amount is -{self.amount}")
        if named[0] != "account" and (self.customer or self.vendor or self.class_name):
            raise ValueError(f"a line for a {named[0].replace('_', ' ')} has no name or class")
        return self

    @property
    def document(self) -> tuple[RecordType, str] | None:
        """The document that is deposited, by type and external id; None for an account's line."""
        for name in _DOCUMENTS:
            if getattr(self, name):
                return RecordType(name), str(getattr(self, name))
        return None


class DepositIn(Sourced):
    """Money that came to `deposit_to`, an account of the bank; the total is exactly its lines."""

    type: Literal["deposit"]
    deposit_to: Name
    number: MaybeKey = None
    date: Day
    lines: list[DepositLine] = Field(min_length=1, max_length=1000)
    total: Cents
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        adds_up([line.amount for line in self.lines], None, self.total)
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); a deposit cannot be")
        documents = [line.document for line in self.lines if line.document]
        if len(set(documents)) != len(documents):
            raise ValueError("names one document twice")
        return self


KIND = Kind(
    RecordType.DEPOSIT,
    DepositIn,
    number=("number", "external_id"),
    amount="total",
    tagged=True,
    untaxed=True,
    accounts=("deposit_to", "lines.account"),
    refers=(
        *(Refers(f"lines.{name}", RecordType(name)) for name in _DOCUMENTS),
        Refers("lines.customer", RecordType.CUSTOMER),
        Refers("lines.vendor", RecordType.VENDOR),
        Refers("deposit_to", RecordType.ACCOUNT, named=True),
        *ACCOUNTS,
        *TAGS,
    ),
    texts=(NUMBER, MEMO, LINES),
    words=((mappings.DEPOSIT_TO, "deposit_to"),),
)
