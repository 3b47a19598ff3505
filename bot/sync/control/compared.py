"""What sources say of each day against what is here and in QuickBooks."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Text, and_, cast, or_
from sqlalchemy import select as select_many
from sqlmodel import Session, col, func, select

from bot.domain import CREDITS, ENTITY, JsonValue, RecordState, RecordType
from bot.models import Company, ControlTotal, MirrorRow, Record, Source

# A day is compared so long after it is over. While it is the last one, not before so much has
# passed since its source spoke of it: what it counts may still be on its way.
GRACE, SETTLING = timedelta(hours=2), timedelta(minutes=10)
_LAST_DAY = timedelta(days=1)
LOOKED_BACK = timedelta(days=35)
_MOST_SHOWN, _AT_ONCE = 20, 500
_ZERO = Decimal("0.00")
_Key = tuple[int, RecordType, date, str]


@dataclass(frozen=True)
class Extra:
    """A document that is here and that its source does not count on that day."""

    number: str
    party: str
    amount: Decimal | None


@dataclass(frozen=True)
class Compared:
    """One day, type and currency of a source: said, here, in QuickBooks, and what differs.

    Amounts of credits are negative. `missing` and `elsewhere` (here, but with another day or
    currency) name documents as their source does, the first twenty; where it names none they are
    only counted. `gone`: posted, and deleted or voided in QuickBooks since. `unposted`: here and
    not posted; a problem, which has an alert of its own, holds it.
    """

    source_id: int
    source: str
    day: date
    type: RecordType
    currency: str
    said: int
    said_amount: Decimal | None
    here: int
    here_amount: Decimal
    unposted: int
    skipped: int
    gone: tuple[str, ...]
    missing_count: int
    missing: tuple[str, ...]
    elsewhere: tuple[str, ...]
    elsewhere_count: int
    extra_count: int
    extra: tuple[Extra, ...]

    @property
    def in_books(self) -> int:
        """How many of them are in QuickBooks."""
        return self.here - self.unposted - self.skipped - len(self.gone)

    @property
    def difference(self) -> Decimal:
        """By how much more the source has than is here; nothing where it says no sum."""
        return _ZERO if self.said_amount is None else self.said_amount - self.here_amount

    @property
    def is_even(self) -> bool:
        """Whether the same documents with the same sum are here."""
        apart = self.missing_count or self.extra_count or self.elsewhere_count
        return not apart and not self.difference


@dataclass
class _Here:
    """What is here of one day, type and currency."""

    count: int = 0
    amount: Decimal = _ZERO
    unposted: int = 0
    skipped: int = 0

    def add(self, state: RecordState, count: int, amount: Decimal | None) -> None:
        self.count += count
        self.amount += amount or _ZERO
        if state is RecordState.SKIPPED:
            self.skipped += count
        elif state is not RecordState.POSTED:
            self.unposted += count


def compare(session: Session, company: Company, now: datetime) -> list[Compared]:
    """Compare every day that is over and of which a source said what it has, oldest first."""
    totals = [row for row in _said(session, company, now) if _is_over(row, company, now)]
    if not totals:
        return []
    names = dict(
        session.exec(select(Source.id, Source.name).where(Source.company_id == company.id)).all()
    )
    here = _counted(session, company, totals)
    gone = _gone(session, company, totals)
    settled = [row for row in totals if not _came_since(session, row, here, now)]
    return [_one(session, row, names.get(row.source_id, ""), here, gone) for row in settled]


def _said(session: Session, company: Company, now: datetime) -> Sequence[ControlTotal]:
    first = now.astimezone(ZoneInfo(company.time_zone)).date() - LOOKED_BACK
    return session.exec(
        select(ControlTotal)
        .where(ControlTotal.company_id == company.id, col(ControlTotal.day) >= first)
        .order_by(col(ControlTotal.day), col(ControlTotal.source_id), col(ControlTotal.type))
    ).all()


def _is_over(row: ControlTotal, company: Company, now: datetime) -> bool:
    midnight = datetime.combine(row.day + timedelta(days=1), time(), ZoneInfo(company.time_zone))
    since = now - midnight.astimezone(UTC)
    return since >= GRACE and (since >= _LAST_DAY or now >= row.said_at + SETTLING)


def _came_since(
    session: Session, row: ControlTotal, here: Mapping[_Key, _Here], now: datetime
) -> bool:
    """Whether more is here than was counted, and some of it came after its source counted.

    A source that is read counts again with its next reading; it is not told as more till then.
    """
    key = (row.source_id, row.type, row.day, row.currency)
    if here[key].count <= row.count or now >= row.said_at + SETTLING:
        return False
    own = select(Record.id).where(Record.source_id == row.source_id, Record.type == row.type)
    since = own.where(Record.doc_date == row.day, col(Record.received_at) > row.said_at)
    return session.exec(since.limit(1)).first() is not None


def _one(
    session: Session,
    row: ControlTotal,
    source: str,
    here: dict[_Key, _Here],
    gone: dict[_Key, list[str]],
) -> Compared:
    key = (row.source_id, row.type, row.day, row.currency)
    found = here[key]
    missing: list[str] = []
    elsewhere: list[str] = []
    missing_count = max(0, row.count - found.count)
    if row.documents:
        missing, elsewhere = _looked_for(session, row)
        missing_count = len(missing)
    extra_count = max(0, found.count - (row.count - missing_count - len(elsewhere)))
    extra = _extra(session, row) if extra_count else []
    sign = -1 if row.type in CREDITS else 1
    return Compared(
        source_id=row.source_id,
        source=source,
        day=row.day,
        type=row.type,
        currency=row.currency,
        said=row.count,
        said_amount=None if row.amount is None else sign * row.amount,
        here=found.count,
        here_amount=sign * found.amount,
        unposted=found.unposted,
        skipped=found.skipped,
        gone=tuple(gone[key]),
        missing_count=missing_count,
        missing=tuple(missing[:_MOST_SHOWN]),
        elsewhere=tuple(elsewhere[:_MOST_SHOWN]),
        elsewhere_count=len(elsewhere),
        extra_count=extra_count,
        extra=tuple(extra[:_MOST_SHOWN]),
    )


def _in_question(company: Company, totals: Sequence[ControlTotal]) -> list[ColumnElement[bool]]:
    return [
        col(Record.company_id) == company.id,
        col(Record.source_id).in_({row.source_id for row in totals}),
        col(Record.type).in_({row.type for row in totals}),
    ]


def _was_moved() -> ColumnElement[bool]:
    """Whether people changed its day: its source still counts it on the former one."""
    return cast(col(Record.corrections), Text).contains('"date"')


def _counted(
    session: Session, company: Company, totals: Sequence[ControlTotal]
) -> dict[_Key, _Here]:
    found: dict[_Key, _Here] = defaultdict(_Here)
    ours = _in_question(company, totals)
    rows = session.connection().execute(
        select_many(
            col(Record.source_id),
            col(Record.type),
            col(Record.doc_date),
            col(Record.currency),
            col(Record.state),
            func.count(),
            func.sum(Record.amount),
        )
        .where(*ours, col(Record.doc_date).in_({row.day for row in totals}), ~_was_moved())
        .group_by(
            col(Record.source_id),
            col(Record.type),
            col(Record.doc_date),
            col(Record.currency),
            col(Record.state),
        )
    )
    for source_id, kind, day, currency, state, count, amount in rows:
        if day is not None:
            found[source_id, kind, day, currency].add(state, count, amount)
    for record in session.exec(select(Record).where(*ours, _was_moved())):
        if (day := _day_said(record.doc_date, record.corrections)) is not None:
            key = (record.source_id, record.type, day, record.currency)
            found[key].add(record.state, 1, record.amount)
    return found


def _day_said(day: date | None, corrections: Mapping[str, JsonValue]) -> date | None:
    """The day its source gave a record, whatever people made of it since."""
    changed = corrections.get("date")
    was: JsonValue = changed.get("was") if isinstance(changed, dict) else None
    return date.fromisoformat(str(was)) if was else day


def _gone(
    session: Session, company: Company, totals: Sequence[ControlTotal]
) -> dict[_Key, list[str]]:
    """What was posted of these days and is deleted or voided in QuickBooks, by its number."""
    entities = [
        and_(col(Record.type) == kind, col(MirrorRow.entity) == ENTITY[kind])
        for kind in {row.type for row in totals}
    ]
    rows = session.exec(
        select(Record)
        .join(
            MirrorRow,
            and_(
                col(MirrorRow.company_id) == col(Record.company_id),
                col(MirrorRow.qbo_id) == col(Record.qbo_id),
                or_(*entities),
            ),
        )
        .where(*_in_question(company, totals), Record.state == RecordState.POSTED)
        .where(col(Record.doc_date) >= min(row.day for row in totals))
        .where(
            or_(
                col(MirrorRow.deleted).is_(True),
                and_(col(MirrorRow.total) == 0, col(Record.amount) != 0),
            )
        )
        .order_by(col(Record.id))
    )
    found: dict[_Key, list[str]] = defaultdict(list)
    for record in rows:
        if (day := _day_said(record.doc_date, record.corrections)) is not None:
            key = (record.source_id, record.type, day, record.currency)
            found[key].append(record.number or record.external_id)
    return found


def _looked_for(session: Session, row: ControlTotal) -> tuple[list[str], list[str]]:
    """Of the documents a source names: those that are not here, and those of another day."""
    days: dict[str, bool] = {}
    for part in _parts(row.documents):
        for name in ("external_id", "number"):
            left = [one for one in part if one not in days]
            called = col(getattr(Record, name))
            here = select(called, col(Record.doc_date), Record.currency, Record.corrections).where(
                Record.source_id == row.source_id, Record.type == row.type, called.in_(left)
            )
            for said, day, currency, corrections in session.exec(here) if left else ():
                same = (_day_said(day, corrections), currency) == (row.day, row.currency)
                days[said] = days.get(said, False) or same
    missing = [one for one in row.documents if one not in days]
    return missing, [one for one in row.documents if not days.get(one, True)]


def _extra(session: Session, row: ControlTotal) -> list[Extra]:
    """The documents of that day which a source that names its own does not name."""
    if not row.documents and row.count:
        return []
    named = set(row.documents)
    here = select(Record).where(
        Record.source_id == row.source_id,
        Record.type == row.type,
        Record.currency == row.currency,
        or_(col(Record.doc_date) == row.day, _was_moved()),
    )
    sign = -1 if row.type in CREDITS else 1
    return [
        Extra(
            record.number or record.external_id,
            record.name,
            None if record.amount is None else sign * record.amount,
        )
        for record in session.exec(here.order_by(col(Record.id)))
        if _day_said(record.doc_date, record.corrections) == row.day
        and not {record.external_id, record.number} & named
    ]


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
