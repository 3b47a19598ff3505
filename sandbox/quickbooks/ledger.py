"""Bookings of a document: lines in its own currency become balanced entries at home."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.quickbooks.model import Body, Entry, Key
from sandbox.quickbooks.money import rounded


@dataclass(frozen=True, slots=True)
class Side:
    """One line to book, in cents of the document's currency; debits are positive."""

    account: str
    amount: int
    name: Key | None = None
    memo: str = ""
    klass: str = ""


def book(day: str, sides: Iterable[Side], rate: Any = 1) -> tuple[Entry, ...]:
    """Entries at `rate`; what rounding leaves over goes to the last one. Zeros are left out."""
    entries = [
        Entry(
            side.account,
            day,
            at_home(side.amount, rate),
            side.amount,
            side.name,
            side.memo,
            side.klass,
        )
        for side in sides
        if side.amount
    ]
    over = sum(entry.amount for entry in entries)
    if over and entries:
        last = entries[-1]
        entries[-1] = Entry(
            last.account, day, last.amount - over, last.own, last.name, last.memo, last.klass
        )
    return tuple(entries)


def at_home(amount: int, rate: Any) -> int:
    """Cents of the home currency."""
    return rounded(Decimal(amount) * Decimal(str(rate or 1)))


def class_of(detail: Body) -> str:
    """The Id of the class on a line's detail, or nothing."""
    return str((detail.get("ClassRef") or {}).get("value", ""))
