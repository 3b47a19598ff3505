"""Open alerts as the lines of a list: many that share a storm's message are one line."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from bot.domain import RecordState
from bot.incidents.storms import ALONE
from bot.models import Hold, Incident, Record
from commands.parts.alerts import HEADINGS, heading

# What a cause holds: its problem and subject → money and number of records.
_Held = Mapping[tuple[str, str], tuple[Decimal, int]]


@dataclass(frozen=True)
class Entry:
    """One alert, or the alerts of a storm's message, with what they hold.

    `weight` only puts a list in order: it adds up what currencies and kinds of documents keep
    apart, and is never shown.
    """

    rows: tuple[Incident, ...]
    weight: Decimal
    records: int

    @property
    def first(self) -> Incident:
        """The alert that stands for all of them."""
        return self.rows[0]

    @property
    def is_storm(self) -> bool:
        """Whether it stands for several."""
        return len(self.rows) > 1


def entries(session: Session, company_id: int, rows: Sequence[Incident]) -> list[Entry]:
    """These alerts of a company, the connection's first, then what holds the most money.

    Of one message so many as may have messages of their own stay lines of their own.
    """
    held = _held(session, company_id)
    shared: dict[int, list[Incident]] = defaultdict(list)
    for row in rows:
        if row.storm_id is not None:
            shared[row.storm_id].append(row)
    many = {key: group for key, group in shared.items() if len(group) > ALONE}
    found = [_entry(tuple(group), held) for group in many.values()]
    found += [_entry((row,), held) for row in rows if row.storm_id not in many]
    return sorted(found, key=_most_first)


def _entry(rows: tuple[Incident, ...], held: _Held) -> Entry:
    sums = [held.get((row.problem, row.subject), (Decimal(0), 0)) for row in rows]
    return Entry(rows, sum((one for one, _ in sums), Decimal(0)), sum(count for _, count in sums))


def _most_first(entry: Entry) -> tuple[bool, Decimal, int, int, int, int]:
    row = entry.first
    told = int(row.facts.get("documents") or 0)
    return (
        heading(row) != HEADINGS[0],
        -entry.weight,
        -entry.records,
        HEADINGS.index(heading(row)),
        -told,
        row.id or 0,
    )


def _held(session: Session, company_id: int) -> _Held:
    """What each cause holds just now."""
    rows = session.exec(
        select(Hold.problem, Hold.subject, func.sum(func.abs(Record.amount)), func.count())
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Record.state == RecordState.HELD)
        .group_by(col(Hold.problem), col(Hold.subject))
    )
    return {(name, subject): (Decimal(str(money or 0)), n) for name, subject, money, n in rows}
