"""Money received from a customer."""

from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.domain import RecordType
from bot.sync.fields import Cents, Currency, Day, Key, MaybeKey, MaybeWords
from bot.sync.kinds.base import Model, Sourced, more_than_nothing, names_once
from bot.sync.kinds.documents import MEMO, RECEIVED
from bot.sync.kinds.model import Kind, Refers


class AppliesTo(Model):
    """How much of a payment settles which invoice (an external id of the same source)."""

    invoice: Key
    amount: Cents

    @model_validator(mode="after")
    def _positive(self) -> Self:
        more_than_nothing(self.amount, "amount applied")
        return self


class UsesCredit(Model):
    """How much of which credit memo (an external id of the same source) settles invoices too."""

    credit_memo: Key
    amount: Cents

    @model_validator(mode="after")
    def _positive(self) -> Self:
        more_than_nothing(self.amount, "credit used")
        return self


class PaymentIn(Sourced):
    """Money received from a customer, and the invoices it settles.

    `deposit_to` names the account the money goes to; left out, it is undeposited funds.
    Credit memos settle invoices together with the money, or alone: then its amount is 0.00.
    """

    type: Literal["payment"]
    date: Day
    customer: Key
    amount: Cents
    method: MaybeWords = None
    deposit_to: MaybeKey = None
    reference: MaybeWords = None
    applies_to: list[AppliesTo] = Field(default_factory=list, max_length=1000)
    credits: list[UsesCredit] | None = Field(default=None, max_length=1000)
    memo: MaybeWords = None
    currency: Currency = None

    @model_validator(mode="after")
    def _covers(self) -> Self:
        if self.amount < 0 or (self.amount == 0 and not self.credits):
            raise ValueError(f"the amount must be more than 0.00, not {self.amount}")
        applied = sum((part.amount for part in self.applies_to), Decimal("0.00"))
        credit = sum((part.amount for part in self.credits or ()), Decimal("0.00"))
        if applied > self.amount + credit:
            more = f" and the credits {credit}" if credit else ""
            raise ValueError(
                f"applies {applied} to invoices, more than its amount {self.amount}{more}"
            )
        if credit > applied:
            raise ValueError(f"uses credits of {credit}, more than the {applied} it applies")
        names_once([part.invoice for part in self.applies_to], "invoice", "applies_to")
        names_once([part.credit_memo for part in self.credits or ()], "credit memo", "credits")
        return self


KIND = Kind(
    RecordType.PAYMENT,
    PaymentIn,
    number=("reference", "external_id"),
    amount="amount",
    party=RecordType.CUSTOMER,
    lines="applies_to",
    accounts=("deposit_to",),
    refers=(
        Refers("customer", RecordType.CUSTOMER),
        Refers("applies_to.invoice", RecordType.INVOICE),
        Refers("credits.credit_memo", RecordType.CREDIT_MEMO),
        Refers("deposit_to", RecordType.ACCOUNT, named=True),
    ),
    texts=(MEMO,),
    words=RECEIVED,
)
