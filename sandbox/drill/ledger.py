"""What of the books stays true through every story and every undo, and what was broken of it.

The trial balance is even, receivables and payables are what the open documents say, each month's
profit is what its documents say, the stock is what they took from it and is worth what its account
says, and no document loses its total, tax, day or number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    """What of a document never changes by itself, and who it is of.

    `goods`: what it puts on the shelf (takes off: negative), by the Id of the item.
    """

    total: Decimal
    tax: Decimal
    day: str
    number: str
    party: str
    goods: Mapping[str, Decimal] = field(default_factory=dict)

    def told(self) -> str:
        """Its amounts and day."""
        return f"{self.total} (tax {self.tax}) on {self.day} as {self.number or 'no number'}"


@dataclass(frozen=True)
class Stock:
    """An item whose pieces are counted; each costs the same in the drill."""

    on_hand: Decimal
    cost: Decimal
    account: str


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
    stock: Mapping[str, Stock]
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
    worth = _worth(ledger)
    wrong += [
        f"the stock account {account} is {ledger.trial.get(account, Decimal(0))}, and what is on "
        f"hand is worth {value}"
        for account, value in worth.items()
        if value != ledger.trial.get(account, Decimal(0))
    ]
    return wrong


def _worth(ledger: Ledger) -> dict[str, Decimal]:
    """What the pieces on hand are worth, by stock account."""
    sums: dict[str, Decimal] = {}
    for one in ledger.stock.values():
        sums[one.account] = sums.get(one.account, Decimal(0)) + one.on_hand * one.cost
    return sums


def _due(ledger: Ledger) -> dict[str, Decimal]:
    """Each month's profit by its documents: what they sell or buy, and what left the shelf."""
    sums = dict.fromkeys(ledger.months, Decimal(0))
    for (kind, _), paper in ledger.papers.items():
        month = paper.day[:7]
        moved = (paper.total - paper.tax if kind in _SALES else paper.total) * PROFIT.get(kind, 0)
        shelf = sum(
            (count * ledger.stock[item].cost for item, count in paper.goods.items()), Decimal(0)
        )
        sums[month] = sums.get(month, Decimal(0)) + moved + shelf
    return sums


def moved(
    before: Ledger,
    after: Ledger,
    days: Mapping[str, tuple[str, ...]] | None = None,
    totals: Mapping[str, str] | None = None,
) -> list[str]:
    """What may not change between two moments and did.

    `days`, `totals`: documents that may get other days or another total, by number, and these.
    """
    wrong = []
    for key, was in before.papers.items():
        now = after.papers.get(key)
        if now is None:
            wrong.append(f"{key[0]} {was.number or key[1]} of {was.total} is gone")
        elif now.told() not in {was.told(), *_due_words(was, days or {}, totals or {})}:
            wrong.append(f"{key[0]} {key[1]} was {was.told()}, and is {now.told()}")
        elif not _same_party(after, was.party, now.party):
            wrong.append(f"{key[0]} {key[1]} is of {now.party} now, not of {was.party}")
    if before.closing and before.closing == after.closing and before.closed != after.closed:
        wrong.append(f"the trial balance at the closing date {before.closing} changed")
    return [*wrong, *_miscounted(before, after)]


def _due_words(
    paper: Paper, days: Mapping[str, tuple[str, ...]], totals: Mapping[str, str]
) -> list[str]:
    """What a document may be told as that rightly changes."""
    total = Decimal(totals.get(paper.number, paper.total))
    allowed = days.get(paper.number, (paper.day,))
    return [replace(paper, day=day, total=total).told() for day in allowed]


def _miscounted(before: Ledger, after: Ledger) -> list[str]:
    """Items of which more or less went than documents put on the shelf or took off it."""
    wrong = []
    for item, was in before.stock.items():
        now = after.stock.get(item)
        if now is None:
            wrong.append(f"item {item} is not counted any more")
            continue
        changed, due = now.on_hand - was.on_hand, _shelved(after, item) - _shelved(before, item)
        if changed != due:
            wrong.append(f"item {item}: {changed} on hand by count, {due} by documents")
    return wrong


def _shelved(ledger: Ledger, item: str) -> Decimal:
    papers = ledger.papers.values()
    return sum((paper.goods.get(item, Decimal(0)) for paper in papers), Decimal(0))


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
        ("the quantity of", _counts(before), _counts(after)),
    )
    return [
        f"{what} {key if isinstance(key, str) else ' '.join(key)} was "
        f"{one.get(key, Decimal(0))}, and is {two.get(key, Decimal(0))}"
        for what, one, two in pairs
        for key in sorted({*one, *two}, key=str)
        if one.get(key, Decimal(0)) != two.get(key, Decimal(0))
    ]


def _counts(ledger: Ledger) -> dict[str, Decimal]:
    return {item: one.on_hand for item, one in ledger.stock.items()}
