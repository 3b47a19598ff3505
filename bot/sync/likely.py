"""Which records of a list a source's word may stand for, ranked, each with its reasons.

For the short lists: classes, locations, tax codes, payment terms and methods, and for accounts. It
is an order for a menu, never an answer: a person chooses.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from bot import mirror
from bot.models import Mapping, MappingHistory, MirrorRow
from bot.sync import mappings

BEFORE, ELSEWHERE, SAME, DAYS, ALIKE, PART = "before", "elsewhere", "same", "days", "alike", "part"
_WEIGHT = {BEFORE: 5, ELSEWHERE: 4, SAME: 4, DAYS: 3, ALIKE: 3, PART: 1}
_WORDS = {
    BEFORE: "meant by it before",
    ELSEWHERE: "chosen for another source",
    SAME: "the same but for signs",
    DAYS: "the same number of days",
    ALIKE: "nearly the same name",
    PART: "one name holds the other",
}
# Names less alike than this (of 100) are not.
_ALIKE = 80
_SHORTEST = 3
_WEEK = 7


@dataclass(frozen=True)
class Likely:
    """A record with what speaks for it; nothing may."""

    row: MirrorRow
    reasons: tuple[str, ...] = ()

    @property
    def score(self) -> int:
        """How much speaks for it."""
        return sum(_WEIGHT[reason] for reason in self.reasons)

    @property
    def words(self) -> str:
        """The strongest reason, for a menu; "" for none."""
        return _WORDS[self.reasons[0]] if self.reasons else ""


def ranked(
    session: Session, source_id: int, what: str, said: str, rows: Sequence[MirrorRow]
) -> list[Likely]:
    """Put these records in order, the likeliest first; without a reason they stand by name."""
    if not rows:
        return []
    before = _before(session, source_id, what, said)
    elsewhere = _elsewhere(session, rows[0].company_id, source_id, what, said)
    found = [Likely(row, tuple(_reasons(row, what, said, before, elsewhere))) for row in rows]
    return sorted(found, key=lambda one: (-one.score, one.row.name.casefold()))


def chosen_before(
    session: Session, company_id: int, source_id: int, what: str, said: str
) -> frozenset[tuple[str, str]]:
    """What this very word stood for before, or stands for at another source: entity and id."""
    elsewhere = _elsewhere(session, company_id, source_id, what, said)
    return _before(session, source_id, what, said) | elsewhere


def _reasons(
    row: MirrorRow,
    what: str,
    said: str,
    before: frozenset[tuple[str, str]],
    elsewhere: frozenset[tuple[str, str]],
) -> Iterator[str]:
    """The strongest first."""
    key = (row.entity, row.qbo_id)
    if key in before:
        yield BEFORE
    if key in elsewhere:
        yield ELSEWHERE
    name = mirror.full_name(row.entity, row.data) or row.name
    likeness = _likeness(said, name)
    if likeness == SAME:
        yield SAME
    if what == mappings.TERM and _days(said) is not None and _days(said) == _due(row):
        yield DAYS
    if likeness in (ALIKE, PART):
        yield likeness


def _likeness(said: str, name: str) -> str:
    one, two = mirror.fold(said), mirror.fold(name)
    if not one or not two or said == mappings.ANY:
        return ""
    if _bare(one) == _bare(two):
        return SAME
    # Numbers tell codes apart: they must agree.
    if re.findall(r"\d+", one) != re.findall(r"\d+", two):
        return ""
    if max(fuzz.ratio(one, two), fuzz.token_sort_ratio(one, two)) >= _ALIKE:
        return ALIKE
    short, long = sorted((_bare(one), _bare(two)), key=len)
    return PART if len(short) >= _SHORTEST and short in long else ""


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _days(said: str) -> int | None:
    """How many days a word for a payment term says: "Net 30", "30 days", "2 weeks"."""
    numbers = re.findall(r"\d{1,3}", said)
    if len(numbers) != 1:
        return None
    return int(numbers[0]) * (_WEEK if re.search(r"week|wk", said, re.IGNORECASE) else 1)


def _due(row: MirrorRow) -> int | None:
    days = row.data.get("DueDays")
    return None if days is None else int(days)


def _before(session: Session, source_id: int, what: str, said: str) -> frozenset[tuple[str, str]]:
    rows = session.exec(
        select(MappingHistory)
        .where(MappingHistory.source_id == source_id, MappingHistory.what == what)
        .where(MappingHistory.key == mappings.key_of(said, what))
    ).all()
    pairs: Iterable[tuple[str, str]] = (
        pair for row in rows for pair in ((row.entity, row.qbo_id), (row.was_entity, row.was))
    )
    return frozenset(pair for pair in pairs if pair[1])


def _elsewhere(
    session: Session, company_id: int, source_id: int, what: str, said: str
) -> frozenset[tuple[str, str]]:
    rows = session.exec(
        select(Mapping.entity, Mapping.qbo_id)
        .where(Mapping.company_id == company_id, Mapping.what == what)
        .where(Mapping.key == mappings.key_of(said, what), col(Mapping.source_id) != source_id)
    )
    return frozenset((entity, qbo_id) for entity, qbo_id in rows)
