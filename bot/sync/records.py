"""What a source may hand over: one strict model per record type."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.sync.fields import (
    Cents,
    Currency,
    Day,
    Key,
    KeyOrNone,
    MaybeDay,
    MaybeKey,
    MaybeMoney,
    MaybeWords,
    Name,
    Quantity,
)

_HALF_CENT = Decimal("0.005")


@dataclass(frozen=True)
class BadRow:
    """Something that was not taken in: where it stands and why, in words."""

    line: int | None
    external_id: str
    reason: str


@dataclass(frozen=True)
class Note:
    """Something the sender should know about a line that was taken in all the same."""

    line: int | None
    text: str


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


class Address(_Model):
    """A postal address, in the parts QuickBooks knows."""

    street: MaybeWords = None
    street2: MaybeWords = None
    city: MaybeWords = None
    state: MaybeWords = None
    postal_code: MaybeWords = None
    country: MaybeWords = None


class _Party(_Model):
    external_id: Key
    name: Name
    company: MaybeWords = None
    given_name: MaybeWords = None
    family_name: MaybeWords = None
    email: MaybeWords = None
    phone: MaybeWords = None
    billing_address: Address | None = None
    notes: MaybeWords = None
    currency: Currency = None


class CustomerIn(_Party):
    """A customer of the source."""

    type: Literal["customer"]


class VendorIn(_Party):
    """A vendor of the source."""

    type: Literal["vendor"]


class ItemIn(_Model):
    """A product or service of the source.

    `income_account` is the name or the QuickBooks id of the account its sales go to.
    """

    type: Literal["item"]
    external_id: Key
    name: Name
    sku: MaybeKey = None
    description: MaybeWords = None
    price: MaybeMoney = None
    kind: Literal["service", "non_inventory"] = "non_inventory"
    income_account: MaybeWords = None


class InvoiceLineIn(_Model):
    """One line of an invoice; `item` is an external id of the same source."""

    item: MaybeKey = None
    sku: MaybeKey = None
    description: MaybeWords = None
    quantity: Quantity = Decimal(1)
    unit_price: MaybeMoney = None
    amount: Cents
    # "class" is a word of Python: the attribute has another name than the key.
    class_name: Annotated[MaybeKey, Field(alias="class")] = None
    tax_code: MaybeKey = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.item is None and self.sku is None:
            raise ValueError("names neither an item nor a SKU")
        if self.unit_price is not None:
            product = self.quantity * self.unit_price
            # Half a cent either way: sources round .5 up or to even, both are right.
            if abs(product - self.amount) > _HALF_CENT:
                raise ValueError(
                    f"{self.quantity} x {self.unit_price} is {product.normalize():f}, "
                    f"but its amount says {self.amount}"
                )
        return self


def _in_order(day: date, original: date | None, due: date | None) -> None:
    """A due date counts from the document's own day, also where it is posted on a later one."""
    if original is not None and original > day:
        raise ValueError(f"has the original date {original}, after its date {day}")
    first = original or day
    if due is not None and due < first:
        raise ValueError(f"is due on {due}, before its date {first}")


class InvoiceIn(_Model):
    """A sale. `total` must be exactly the sum of the lines plus `tax_total`.

    `original_date`: the day of the sale where it is dated later, because its month is closed.
    Without a customer or a line it is taken in and held: a person fills that in.
    """

    type: Literal["invoice"]
    external_id: Key
    number: Key
    date: Day
    due_date: MaybeDay = None
    original_date: MaybeDay = None
    customer: KeyOrNone = ""
    lines: list[InvoiceLineIn] = Field(default_factory=list, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    email: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        lines = sum((line.amount for line in self.lines), Decimal("0.00"))
        if self.lines and lines + self.tax_total != self.total:
            raise ValueError(
                f"the lines make {lines} and the tax {self.tax_total}, together "
                f"{lines + self.tax_total}, but the total says {self.total}"
            )
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); an invoice cannot be")
        _in_order(self.date, self.original_date, self.due_date)
        return self


class AppliesTo(_Model):
    """How much of a payment settles which invoice (an external id of the same source)."""

    invoice: Key
    amount: Cents

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if self.amount <= 0:
            raise ValueError(f"the amount applied must be more than 0.00, not {self.amount}")
        return self


class PaymentIn(_Model):
    """Money received from a customer, and the invoices it settles."""

    type: Literal["payment"]
    external_id: Key
    date: Day
    customer: Key
    amount: Cents
    method: MaybeWords = None
    reference: MaybeWords = None
    applies_to: list[AppliesTo] = Field(default_factory=list, max_length=1000)
    memo: MaybeWords = None
    currency: Currency = None

    @model_validator(mode="after")
    def _covers(self) -> Self:
        if self.amount <= 0:
            raise ValueError(f"the amount must be more than 0.00, not {self.amount}")
        applied = sum((part.amount for part in self.applies_to), Decimal("0.00"))
        if applied > self.amount:
            raise ValueError(f"applies {applied} to invoices, more than its amount {self.amount}")
        invoices = [part.invoice for part in self.applies_to]
        if len(set(invoices)) != len(invoices):
            raise ValueError("names one invoice twice in applies_to")
        return self


class BillLineIn(_Model):
    """One line of a vendor's bill; `account` is a name or the QuickBooks id of an account."""

    account: Name
    description: MaybeWords = None
    amount: Cents
    class_name: Annotated[MaybeKey, Field(alias="class")] = None
    tax_code: MaybeKey = None


class BillIn(_Model):
    """A vendor's bill. `number` is the vendor's own; the total is exactly lines plus tax.

    `payable_account` names the accounts payable it is owed on; left out, QuickBooks' own is used.
    """

    type: Literal["bill"]
    external_id: Key
    number: Key
    date: Day
    due_date: MaybeDay = None
    original_date: MaybeDay = None
    vendor: Key
    lines: list[BillLineIn] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None
    payable_account: MaybeWords = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        lines = sum((line.amount for line in self.lines), Decimal("0.00"))
        if lines + self.tax_total != self.total:
            raise ValueError(
                f"the lines make {lines} and the tax {self.tax_total}, together "
                f"{lines + self.tax_total}, but the total says {self.total}"
            )
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); that is a vendor credit")
        _in_order(self.date, self.original_date, self.due_date)
        return self


RecordIn = CustomerIn | VendorIn | ItemIn | InvoiceIn | PaymentIn | BillIn
TYPES = ("customer", "vendor", "item", "invoice", "payment", "bill")
