"""What the models of all records share: strict, frozen, and the keys every record has."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.sync.fields import (
    Cents,
    Key,
    Link,
    MaybeKey,
    MaybeVersion,
    MaybeWords,
    Name,
    blank_is_none,
)

HALF_CENT = Decimal("0.005")
# "class" is a word of Python: the attribute has another name than the key.
ClassName = Annotated[MaybeKey, Field(alias="class")]


class Model(BaseModel):
    """A part of a record: unknown keys and guessed types are refused."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


class Address(Model):
    """A postal address, in the parts QuickBooks knows."""

    street: MaybeWords = None
    street2: MaybeWords = None
    city: MaybeWords = None
    state: MaybeWords = None
    postal_code: MaybeWords = None
    country: MaybeWords = None


class Sourced(Model):
    """What every record has.

    `version` orders what its source says of one record; it is no part of what is posted.
    `schema_version` is that of this form. `attachments` are kept with the record, never fetched.
    """

    external_id: Key
    version: MaybeVersion = None
    schema_version: Literal[1] = 1
    attachments: Annotated[
        list[Link] | None, Field(max_length=20), BeforeValidator(blank_is_none)
    ] = None


class AccountLine(Model):
    """One line of what was bought; `account` is a name or the QuickBooks id of an account."""

    account: Name
    description: MaybeWords = None
    amount: Cents
    class_name: ClassName = None
    tax_code: MaybeKey = None


def more_than_nothing(amount: Decimal, what: str) -> None:
    """Raise ValueError for a part of a payment that is nothing, or less."""
    if amount <= 0:
        raise ValueError(f"the {what} must be more than 0.00, not {amount}")


def adds_up(amounts: list[Decimal], tax: Decimal | None, total: Decimal) -> None:
    """Raise ValueError, with all sums, unless the lines and the tax make exactly the total.

    `tax` is None for a document that has none of its own.
    """
    lines = sum(amounts, Decimal("0.00"))
    if tax is None:
        if lines != total:
            raise ValueError(f"the lines make {lines}, but the total says {total}")
    elif lines + tax != total:
        raise ValueError(
            f"the lines make {lines} and the tax {tax}, together {lines + tax}, "
            f"but the total says {total}"
        )


def in_order(day: date, original: date | None, due: date | None = None) -> None:
    """Raise ValueError when days contradict each other.

    A due date counts from the document's own day, also where it is posted on a later one.
    """
    if original is not None and original > day:
        raise ValueError(f"has the original date {original}, after its date {day}")
    first = original or day
    if due is not None and due < first:
        raise ValueError(f"is due on {due}, before its date {first}")


def not_negative(total: Decimal, why: str) -> None:
    """Raise ValueError for a total below nothing."""
    if total < 0:
        raise ValueError(f"the total is negative ({total}); {why}")


def not_itself(external_id: str, parent: str | None) -> None:
    """Raise ValueError for a record that stands below itself."""
    if parent is not None and parent == external_id:
        raise ValueError("names itself as its parent")


def names_once(ids: list[str], what: str, key: str) -> None:
    """Raise ValueError when one record is named twice under a key."""
    if len(set(ids)) != len(ids):
        raise ValueError(f"names one {what} twice in {key}")
