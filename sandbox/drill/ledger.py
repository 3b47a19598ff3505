"""What of the books stays true through every story and every undo, and what was broken of it.

The trial balance is even, receivables and payables are what the open documents say, each month's
profit is what its documents say, and no document loses its total, tax, day or number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

# How a document moves the profit of its month: by its total without the tax.
PROFIT = {
    "Invoice": 1,
    "SalesReceipt": 1,
    "CreditMemo": -1,
    "RefundReceipt": -1,
    "Bill": -1,
    "VendorCredit": 1,
    "Purchase": -1,
}
_SALES = frozenset({"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt"})
Key = tuple[str, str]


@dataclass(frozen=True)
class Paper:
    """What of a document never changes by itself, and who it is of."""

    total: Decimal
    tax: Decimal
    day: str
    number: str
    party: str

    def told(self) -> str:
        """Its amounts and day."""
        return f"{self.total} (tax {self.tax}) on {self.day} as {self.number or 'no number'}"


@dataclass(frozen=True)
class Ledger:
    """A company's books at one moment. `open_`: what each customer and vendor owes or is owed.

    `said`: the same by QuickBooks' balance reports and by the records' own balances. `closed`: the
    trial balance at the closing date, empty when the books are open.
    """

    papers: Mapping[Key, Paper]
    months: Mapping[str, Decimal]
    trial: Mapping[str, Decimal]
    sheet: tuple[Decimal, Decimal]
    open_: Mapping[Key, Decimal]
    said: Mapping[Key, tuple[Decimal, Decimal]]
    closing: str
    closed: Mapping[str, Decimal]
    stock: Mapping[str, Decimal]
    merged: Mapping[str, str]
    called: Mapping[str, str]


def uneven(ledger: Ledger) -> list[str]:
    """Everything in which the books disagree with themselves; [] when they are right."""
    wrong = []
    off = sum(ledger.trial.values(), Decimal(0))
    if off:
        wrong.append(f"the trial balance is off by {off}")
    if ledger.sheet[0] != ledger.sheet[1]:
        wrong.append(f"assets are {ledger.sheet[0]}, liabilities and equity {ledger.sheet[1]}")
    for key, (reported, own) in ledger.said.items():
        owed = ledger.open_.get(key, Decimal(0))
        if not owed == reported == own:
            wrong.append(
                f"{key[0]} {key[1]}: open documents say {owed}, the report {reported}, "
                f"the record {own}"
            )
    wrong += [
        f"the profit of {month} is {ledger.months.get(month, Decimal(0))}, its documents say {due}"
        for month, due in _due(ledger).items()
        if due != ledger.months.get(month, Decimal(0))
    ]
    return wrong


def _due(ledger: Ledger) -> dict[str, Decimal]:
    """Each month's profit by its documents."""
    sums = dict.fromkeys(ledger.months, Decimal(0))
    for (kind, _), paper in ledger.papers.items():
        month = paper.day[:7]
        moved = (paper.total - paper.tax if kind in _SALES else paper.total) * PROFIT.get(kind, 0)
        sums[month] = sums.get(month, Decimal(0)) + moved
    return sums


def moved(before: Ledger, after: Ledger) -> list[str]:
    """What may not change between two moments and did."""
    wrong = []
    for key, was in before.papers.items():
        now = after.papers.get(key)
        if now is None:
            wrong.append(f"{key[0]} {was.number or key[1]} of {was.total} is gone")
        elif now.told() != was.told():
            wrong.append(f"{key[0]} {key[1]} was {was.told()}, and is {now.told()}")
        elif not _same_party(after, was.party, now.party):
            wrong.append(f"{key[0]} {key[1]} is of {now.party} now, not of {was.party}")
    if before.closing and before.closing == after.closing and before.closed != after.closed:
        wrong.append(f"the trial balance at the closing date {before.closing} changed")
    if before.stock.items() - after.stock.items() and before.papers == after.papers:
        wrong.append("a quantity on hand changed without a document")
    return wrong


def _same_party(ledger: Ledger, was: str, now: str) -> bool:
    """The same one, the one it was merged into, or its twin of the same name."""
    if was == now or ledger.merged.get(was) == now:
        return True
    name = ledger.called.get(was, "")
    return bool(name) and name == ledger.called.get(now)


def differences(before: Ledger, after: Ledger) -> list[str]:
    """In which totals two moments differ; [] when the second is back at the first."""
    pairs: Sequence[tuple[str, Mapping[Any, Decimal], Mapping[Any, Decimal]]] = (
        ("the profit of", before.months, after.months),
        ("the account", before.trial, after.trial),
        ("what is open of", before.open_, after.open_),
        ("the quantity of", before.stock, after.stock),
    )
    return [
        f"{what} {key if isinstance(key, str) else ' '.join(key)} was "
        f"{one.get(key, Decimal(0))}, and is {two.get(key, Decimal(0))}"
        for what, one, two in pairs
        for key in sorted({*one, *two}, key=str)
        if one.get(key, Decimal(0)) != two.get(key, Decimal(0))
    ]
