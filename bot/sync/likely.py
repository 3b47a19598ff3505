"""Which records of a list a source's word may stand for, ranked, each with its reasons.

For the short lists: classes, locations, tax codes, payment terms and methods, and for accounts. It
is an order for a menu, never an answer: a person chooses. And what of any list is nearest to a name
that QuickBooks does not have.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlmodel import Session, col, select

from bot import mirror
from bot.models import Mapping, MappingHistory, MirrorRow
from bot.sync import mappings, term_shape

BEFORE, ELSEWHERE, SAME, ALIKE, PART = "before", "elsewhere", "same", "alike", "part"
# Of payment terms: what they say of days and discounts, and what was chosen for words that say it.
TERMS, DAYS, DUE = "terms", "days", "due"
OTHER_DISCOUNT, CHOSEN_SO = "other discount", "chosen so"
_WEIGHT = {BEFORE: 5, ELSEWHERE: 4, SAME: 4, TERMS: 4, DAYS: 3, CHOSEN_SO: 3, ALIKE: 3}
_WEIGHT |= {DUE: 3, OTHER_DISCOUNT: 1, PART: 1}
_WORDS = {
    BEFORE: "meant by it before",
    ELSEWHERE: "chosen for another source",
    SAME: "the same but for signs",
    TERMS: "the same days and discount",
    DAYS: "the same number of days",
    DUE: "due at the same time",
    OTHER_DISCOUNT: "the same days, another discount",
    CHOSEN_SO: "chosen for a word that says the same",
    ALIKE: "nearly the same name",
    PART: "one name holds the other",
}
# Names less alike than this (of 100) are not.
_ALIKE = 80
_SHORTEST = 3
_MOST_NEAR = 3
# Entity and id of records that people chose.
Chosen = frozenset[tuple[str, str]]


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
    company_id = rows[0].company_id
    so = _chosen_so(session, company_id, said) if what == mappings.TERM else frozenset()
    found = [Likely(row, tuple(_reasons(row, what, said, (before, elsewhere, so)))) for row in rows]
    return sorted(found, key=lambda one: (-one.score, one.row.name.casefold()))


def nearest(session: Session, company_id: int, entity: str, said: str) -> list[MirrorRow]:
    """Active records of a list whose name is nearly what was said, misspelt perhaps: best first.

    A suggestion for a sentence or a menu, never an answer. Looked for among the names that begin
    with the same two letters, so that it takes as long in a list of 100,000.
    """
    folded = mirror.fold(said)
    if len(folded) < _SHORTEST:
        return []
    rows = mirror.beginning(session, company_id, entity, folded[:2])
    alike = [row for row in rows if _likeness(said, _named(row)) in (SAME, ALIKE)]
    alike.sort(key=lambda row: -fuzz.ratio(folded, mirror.fold(_named(row))))
    return alike[:_MOST_NEAR]


def nearest_names(session: Session, company_id: int, entity: str, said: str) -> list[str]:
    """As `nearest`, their full names."""
    return [_named(row) for row in nearest(session, company_id, entity, said)]


def _named(row: MirrorRow) -> str:
    return mirror.full_name(row.entity, row.data) or row.name


def chosen_before(
    session: Session, company_id: int, source_id: int, what: str, said: str
) -> Chosen:
    """What this very word stood for before, or stands for at another source: entity and id."""
    elsewhere = _elsewhere(session, company_id, source_id, what, said)
    return _before(session, source_id, what, said) | elsewhere


def _reasons(
    row: MirrorRow,
    what: str,
    said: str,
    chosen: tuple[Chosen, Chosen, Chosen],
) -> Iterator[str]:
    """The strongest first."""
    before, elsewhere, so = chosen
    key = (row.entity, row.qbo_id)
    if key in before:
        yield BEFORE
    if key in elsewhere:
        yield ELSEWHERE
    likeness = _likeness(said, _named(row))
    if likeness == SAME:
        yield SAME
    if what == mappings.TERM:
        yield from _of_term(row, said)
    if key in so - before - elsewhere:
        yield CHOSEN_SO
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


def _of_term(row: MirrorRow, said: str) -> Iterator[str]:
    """Whether a term is due alike, and gives the same discount."""
    wanted, there = term_shape.said(said), term_shape.kept(row.data)
    if not wanted.due_alike(there):
        return
    if not wanted.same_discount(there):
        yield OTHER_DISCOUNT
    else:
        yield TERMS if wanted.percent else DAYS if wanted.days else DUE


def _chosen_so(session: Session, company_id: int, said: str) -> Chosen:
    """What any source's words that say the same days and discount stand for."""
    wanted = term_shape.said(said)
    if not wanted.is_said:
        return frozenset()
    rows = session.exec(
        select(Mapping.entity, Mapping.qbo_id, Mapping.key).where(
            Mapping.company_id == company_id,
            Mapping.what == mappings.TERM,
            Mapping.key != mappings.key_of(said, mappings.TERM),
        )
    )
    return frozenset((entity, own) for entity, own, key in rows if term_shape.said(key) == wanted)


def _before(session: Session, source_id: int, what: str, said: str) -> Chosen:
    rows = session.exec(
        select(MappingHistory)
        .where(MappingHistory.source_id == source_id, MappingHistory.what == what)
        .where(MappingHistory.key == mappings.key_of(said, what))
    ).all()
    pairs: Iterable[tuple[str, str]] = (
        pair for row in rows for pair in ((row.entity, row.qbo_id), (row.was_entity, row.was))
    )
    return frozenset(pair for pair in pairs if pair[1])


def _elsewhere(session: Session, company_id: int, source_id: int, what: str, said: str) -> Chosen:
    rows = session.exec(
        select(Mapping.entity, Mapping.qbo_id)
        .where(Mapping.company_id == company_id, Mapping.what == what)
        .where(Mapping.key == mappings.key_of(said, what), col(Mapping.source_id) != source_id)
    )
    return frozenset((entity, qbo_id) for entity, qbo_id in rows)
