"""Which records may go now, in the order they have to be posted."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, bindparam, false, func
from sqlmodel import Session, col, select

from bot.domain import RecordState, RecordType
from bot.models import Record, Wait, Write
from bot.sync.reading import references
from bot.sync.waits import is_blocked
from bot.sync.writing import OPEN

# Enough to tell none, some and many apart: they are counted after every slice.
_MOST_COUNTED = 10
# At most this many values are named in one query.
_AT_ONCE = 500
T = TypeVar("T")


def due(
    session: Session,
    company_id: int,
    now: datetime,
    *,
    limit: int,
    only: Collection[int] | None = None,
    types: Collection[RecordType] | None = None,
) -> list[Record]:
    """Return the records that may go now; `only` also brings what they refer to, pauses or not.

    `types`: only these, and the records of others that they wait for.

    They come as they were handed over, but for the lists that others name by words (accounts,
    classes): these first. One whose own parents wait is left out until these are posted.
    Of `only` the first `limit` are looked at, and what those refer to goes before them.
    """
    if only is None:
        named, others = _in_turn()
        if types is not None:
            wanted_ones = _is_wanted(company_id, types)
            named, others = named.where(wanted_ones), others.where(wanted_ones)
        asked = {"company_id": company_id, "now": now}
        found = list(session.exec(named, params={**asked, "most": limit}))
        if len(found) < limit:
            found += session.exec(others, params={**asked, "most": limit - len(found)})
        return found
    statement = _due(select(Record), everything=True)
    statement = statement.order_by(col(Record.tier), col(Record.id)).limit(limit)
    statement = statement.params(company_id=company_id)
    wanted: list[Record] = []
    for part in _parts(sorted(only)):
        wanted += session.exec(statement.where(col(Record.id).in_(part)))
    first = sorted(wanted, key=lambda row: (row.tier, row.id))[:limit]
    parents = _parents(session, first, statement)
    # What was found last is referred to by what was found before: of one tier it goes first.
    both = {row.id: row for row in (*reversed(parents), *first)}.values()
    return sorted(both, key=lambda row: row.tier)[:limit]


def all_waiting(session: Session, company_id: int) -> list[Record]:
    """Return what is posted once QuickBooks lets the bot in: no problem of its own holds it."""
    return list(
        session.exec(
            select(Record)
            .where(Record.company_id == company_id, Record.state == RecordState.WAITING)
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def count_due(
    session: Session,
    company_id: int,
    now: datetime,
    only: Collection[int] | None = None,
    *,
    types: Collection[RecordType] | None = None,
    before: datetime | None = None,
) -> int:
    """Count the records that may go now, up to ten; of `only` all.

    `types`: as in `due`; `before`: of these types, what came in up to then.
    """
    if only is None:
        some = _some()
        some = some if types is None else some.where(_is_wanted(company_id, types, before))
        return len(session.exec(some, params={"company_id": company_id, "now": now}).all())
    statement = _due(select(func.count()).select_from(Record), everything=False)
    statement = statement.params(company_id=company_id, now=now)
    parts = _parts(sorted(only))
    return sum(int(session.exec(statement.where(col(Record.id).in_(p))).one()) for p in parts)


def next_moment(session: Session, company_id: int, now: datetime) -> datetime | None:
    """When the first of the records that pause may go again; None when none pauses."""
    asked = {"company_id": company_id, "now": now}
    moment: datetime | None = session.exec(_next_moment(), params=asked).one()
    return moment


@cache
def _next_moment() -> Any:
    return (
        select(func.min(Record.not_before))
        .where(col(Record.company_id) == bindparam("company_id"))
        .where(Record.state == RecordState.WAITING)
        .where(col(Record.not_before) > bindparam("now"))
    )


def by_id(session: Session, record_ids: Collection[int | None]) -> dict[int, Record]:
    """Return these records by id."""
    if not record_ids:
        return {}
    found = session.exec(select(Record).where(col(Record.id).in_(record_ids)))
    return {row.id or 0: row for row in found}


@cache
def _some() -> Any:
    return _due(select(Record.id), everything=False).limit(_MOST_COUNTED)


@cache
def _in_turn() -> tuple[Any, Any]:
    """The lists that others name by words, and all else: as they came in, at most `most`."""
    ready = _due(select(Record), everything=False).order_by(col(Record.id))
    ready = ready.limit(bindparam("most"))
    return ready.where(Record.tier == 0), ready.where(Record.tier > 0)


def _due(statement: Any, *, everything: bool) -> Any:
    """Waiting records of `company_id` without a write whose outcome is unknown.

    `everything`: also those that pause beyond `now`, or wait for others.
    """
    statement = (
        statement.where(col(Record.company_id) == bindparam("company_id"))
        .where(Record.state == RecordState.WAITING)
        .where(_no_open_write())
    )
    if everything:
        return statement
    may_go = col(Record.not_before).is_(None) | (col(Record.not_before) <= bindparam("now"))
    return statement.where(may_go).where(~is_blocked())


@cache
def _no_open_write() -> ColumnElement[bool]:
    open_write = select(Write.id).where(Write.record_id == Record.id)
    return ~open_write.where(col(Write.state).in_(OPEN)).exists()


def _is_wanted(
    company_id: int, types: Collection[RecordType], before: datetime | None = None
) -> ColumnElement[bool]:
    """Whether a record is of these types, or one of these waits for it, however indirectly."""
    if not types:
        return false()
    waits = (col(Record.company_id) == company_id) & (col(Record.state) == RecordState.WAITING)
    chosen = select(Record.id).where(waits, col(Record.type).in_(list(types)))
    if before is not None:
        chosen = chosen.where(Record.received_at <= before)
    wanted = chosen.cte("wanted", recursive=True)
    parents = (
        select(Record.id)
        .join(
            Wait,
            (col(Wait.source_id) == col(Record.source_id))
            & (col(Wait.type) == col(Record.type))
            & (col(Wait.external_id) == col(Record.external_id)),
        )
        .join(wanted, wanted.c.id == col(Wait.record_id))
        .where(col(Record.state) == RecordState.WAITING)
    )
    return col(Record.id).in_(select(wanted.union(parents).c.id))


def _parents(session: Session, children: Sequence[Record], statement: Any) -> list[Record]:
    """The unposted records these refer to, directly or through another, nearest first.

    One query per kind and step.
    """
    found: dict[int, Record] = {}
    fresh = list(children)
    while fresh:
        wanted: dict[tuple[int, RecordType], set[str]] = defaultdict(set)
        for row in fresh:
            for kind, external_id in references(row.payload):
                wanted[(row.source_id, kind)].add(external_id)
        fresh = []
        for (source_id, kind), external_ids in wanted.items():
            of_kind = statement.where(Record.source_id == source_id).where(Record.type == kind)
            for part in _parts(sorted(external_ids)):
                rows = session.exec(of_kind.where(col(Record.external_id).in_(part)))
                fresh += [row for row in rows if row.id not in found]
        found |= {row.id or 0: row for row in fresh}
    return list(found.values())


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
