"""Compares documents that are handed over with those that the books hold: all at once."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import ENTITY, RecordType
from bot.models import MirrorRow, Record
from bot.sync import bill_numbers, documents, links
from bot.sync.already.adopted import EXACT
from bot.sync.already.alike import NUMBERED, Document, folded, may_be, own_number
from bot.sync.already.found import Found, found_of
from bot.sync.documents import NEAR, Comparison

DIFFERS, SEVERAL = "differs", "several"
_PAY = {RecordType.PAYMENT: "invoice", RecordType.BILL_PAYMENT: "bill"}
_AT_ONCE = 400
_MOST_DIFFERENCES = 2
# The key of a document by its number, or by its amount and day.
_Key = tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """A record and the document of QuickBooks that may be it, and what differs, in words."""

    record: Record
    entity: str
    qbo_id: str
    verdict: str
    differs: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Books:
    """Documents of QuickBooks by number, by amount and day, and by id.

    `otherwise`: ids of those that have a record's number in another spelling, by the record's id.
    """

    by_key: Mapping[_Key, Sequence[Found]]
    by_id: Mapping[_Key, Found]
    otherwise: Mapping[int, Sequence[str]]

    def candidates(self, record: Record) -> list[Found]:
        entity = ENTITY[record.type]
        found: dict[str, Found] = {}
        for key in _keys(entity, record.number, record.amount, record.doc_date):
            for one in self.by_key.get(key, ()):
                found[one.qbo_id] = one
        for qbo_id in self.otherwise.get(record.id or 0, ()):
            found[qbo_id] = self.by_id[entity, qbo_id]
        return list(found.values())


def match(
    session: Session,
    company_id: int,
    records: Sequence[Record],
    paid: Mapping[str, str],
    taken: set[tuple[str, str]],
    go_on: Callable[[], None],
) -> list[Pair]:
    """Pair these documents (at most some hundred) with those of the books; no pair: not there.

    `paid`: ids in QuickBooks by type and external id, of what payments settle. `taken`: what is
    matched exactly already; it is added to. `go_on` is called between two records.
    """
    known = dict(paid)
    books = _read(session, company_id, records)
    pairs: list[Pair] = []
    for record in sorted(records, key=lambda row: (row.tier, row.id or 0)):
        go_on()
        pair = _pair(session, record, books.candidates(record), known, taken)
        if pair is None:
            continue
        pairs.append(pair)
        if pair.verdict == EXACT:
            taken.add((pair.entity, pair.qbo_id))
            known[f"{record.type}:{record.external_id}"] = pair.qbo_id
    return pairs


def _pair(
    session: Session,
    record: Record,
    candidates: Sequence[Found],
    paid: Mapping[str, str],
    taken: set[tuple[str, str]],
) -> Pair | None:
    if not candidates:
        return None
    ours = documents.side_of_record(session, record)
    compared = [
        (one, _differs(record, one, documents.compare(ours, theirs, record.currency), paid))
        for one in candidates
        if one.qbo_id not in record.told_apart
        and (theirs := documents.side_of_document(one.document.entity, one.data))
    ]
    likely = [(one, differs) for one, differs in compared if differs is not None]
    exact = [one for one, differs in likely if not differs]
    same_number = [one for one in exact if _same_number(record, one)]
    exact = same_number or exact
    if len(exact) == 1:
        [found] = exact
        free = (found.document.entity, found.qbo_id) not in taken
        return Pair(record, found.document.entity, found.qbo_id, EXACT if free else SEVERAL)
    if exact:
        return Pair(record, exact[0].document.entity, exact[0].qbo_id, SEVERAL)
    if not likely:
        return None
    found, differs = min(likely, key=lambda pair: len(pair[1] or ()))
    return Pair(record, found.document.entity, found.qbo_id, DIFFERS, differs or ())


def _differs(
    record: Record, found: Found, compared: Comparison, paid: Mapping[str, str]
) -> tuple[str, ...] | None:
    """What differs, in words; None where it is another document."""
    numbers = (own_number(found.document.entity, record), found.document.number)
    same_number = _same_number(record, found)
    other_number = all(numbers) and not same_number
    settled = _settled(record, found, paid)
    if settled is None or (compared.other and not same_number):
        return None
    differing = (*compared.differing(), *settled)
    if other_number:
        if _spelled_otherwise(record, found, numbers[0]):
            return ("number", *differing)
        ours = replace(_document(record, found), number=numbers[0])
        repeated = found.document.entity in NUMBERED and may_be(ours, found.document)
        return ("number", *differing) if repeated and compared.same else None
    if same_number:
        # Of who, how much and when, two have to agree: else the number is used by another one.
        other = {"customer", "vendor", "total", "date"} & set(differing)
        return differing if len(other) < _MOST_DIFFERENCES else None
    return differing if compared.same else None


def _spelled_otherwise(record: Record, found: Found, ours: str) -> bool:
    """Whether the number may be the same one: INV-1001, "inv 1001" and 1001.

    It is asked about, never linked by itself: of some companies these are two documents.
    """
    theirs = found.document
    same_total = theirs.total == record.amount
    numbered = theirs.entity in NUMBERED
    return numbered and bill_numbers.near(ours, theirs.number, same_total=same_total)


def _document(record: Record, found: Found) -> Document:
    return replace(
        found.document,
        total=record.amount,
        day=record.doc_date,
        settles=frozenset(),
        at=record.received_at,
    )


def _settled(record: Record, found: Found, paid: Mapping[str, str]) -> tuple[str, ...] | None:
    """What differs in what a payment pays; None where it pays something else."""
    kind = _PAY.get(record.type)
    if kind is None:
        return ()
    wanted = [f"{kind}:{part[kind]}" for part in record.payload.get("applies_to") or ()]
    ours = {paid[one] for one in wanted if one in paid}
    theirs = found.document.settles
    if not ours or not theirs:
        return ()
    if not ours & theirs:
        return None
    return () if ours == theirs else ("what it pays",)


def _same_number(record: Record, found: Found) -> bool:
    ours = own_number(found.document.entity, record)
    return bool(ours) and folded(ours) == folded(found.document.number)


def _read(session: Session, company_id: int, records: Sequence[Record]) -> _Books:
    """The documents of the books with these numbers, or with these amounts and days."""
    found: dict[_Key, dict[str, Found]] = defaultdict(dict)
    by_id: dict[_Key, Found] = {}
    otherwise: dict[int, Sequence[str]] = {}
    by_entity: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        by_entity[ENTITY[record.type]].append(record)
    for entity, ours in by_entity.items():
        near = _with_number_otherwise(session, company_id, entity, ours)
        otherwise |= near
        ids = sorted({qbo_id for some in near.values() for qbo_id in some})
        rows = {row.qbo_id: row.data for row in _rows(session, company_id, entity, ours, ids)}
        for one in found_of(session, company_id, entity, list(rows.values())):
            document = one.document
            by_id[entity, one.qbo_id] = one
            for key in _keys(entity, document.number, document.total, document.day, near=False):
                found[key][one.qbo_id] = one
            stated = str(one.data.get("DocNumber") or "")
            for key in _keys(entity, stated, None, None):
                found[key][one.qbo_id] = one
    by_key = {key: list(rows.values()) for key, rows in found.items()}
    return _Books(by_key, by_id, otherwise)


def _rows(
    session: Session, company_id: int, entity: str, records: Sequence[Record], near: Sequence[str]
) -> Iterator[MirrorRow]:
    living = (
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
        .where(col(MirrorRow.deleted).is_(False))
    )
    numbers = sorted({row.number for row in records if row.number})
    for start in range(0, len(numbers), _AT_ONCE):
        part = numbers[start : start + _AT_ONCE]
        yield from session.exec(living.where(col(MirrorRow.doc_number).in_(part)))
    days_of: dict[Decimal, list[date]] = defaultdict(list)
    for record in records:
        if record.amount and record.doc_date:
            days_of[record.amount].append(record.doc_date)
    fit = sorted({*near, *_fitting(session, company_id, entity, days_of)})
    for start in range(0, len(fit), _AT_ONCE):
        part_of = fit[start : start + _AT_ONCE]
        yield from session.exec(living.where(col(MirrorRow.qbo_id).in_(part_of)))


def _fitting(
    session: Session, company_id: int, entity: str, days_of: Mapping[Decimal, Sequence[date]]
) -> list[str]:
    """Ids of the documents with one of these amounts near one of its days, by the columns."""
    days = [day for some in days_of.values() for day in some]
    if not days:
        return []
    rows = session.exec(
        select(col(MirrorRow.qbo_id), col(MirrorRow.total), col(MirrorRow.doc_date))
        .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
        .where(col(MirrorRow.deleted).is_(False))
        .where(col(MirrorRow.doc_date) >= min(days) - NEAR)
        .where(col(MirrorRow.doc_date) <= max(days) + NEAR)
    )
    return [
        qbo_id
        for qbo_id, total, day in rows
        if total is not None
        and day is not None
        and any(abs(day - one) <= NEAR for one in days_of.get(total, ()))
    ]


def _with_number_otherwise(
    session: Session, company_id: int, entity: str, records: Sequence[Record]
) -> dict[int, Sequence[str]]:
    """Ids of the documents whose number is a record's in another spelling, by the record's id.

    Only where the amount or about the day is the same as well; whose they are is compared later.
    """
    groups: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if group := bill_numbers.group_of(record.number):
            groups[group].append(record)
    if entity not in NUMBERED or not groups:
        return {}
    found: dict[int, list[str]] = defaultdict(list)
    rows = session.exec(
        select(
            col(MirrorRow.qbo_id),
            col(MirrorRow.doc_number),
            col(MirrorRow.total),
            col(MirrorRow.doc_date),
        )
        .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
        .where(col(MirrorRow.deleted).is_(False), MirrorRow.doc_number != "")
    )
    for qbo_id, number, total, day in rows:
        for record in groups.get(bill_numbers.group_of(number), ()):
            if number != record.number and _is_near(record, number, total, day):
                found[record.id or 0].append(qbo_id)
    return dict(found)


def _is_near(record: Record, number: str, total: Decimal | None, day: date | None) -> bool:
    same_total = total == record.amount
    ours = record.doc_date
    near_day = ours is not None and day is not None and abs(ours - day) <= NEAR
    if not (same_total or near_day):
        return False
    return bill_numbers.near(record.number, number, same_total=same_total)


def _keys(
    entity: str, number: str, total: Decimal | None, day: date | None, *, near: bool = True
) -> Iterator[_Key]:
    if number:
        yield (entity, folded(number))
    if total and day is not None:
        shifts = range(-NEAR.days, NEAR.days + 1) if near else (0,)
        for shift in shifts:
            yield (entity, str(total), str(day.toordinal() + shift))


def paid_already(session: Session, source_id: int, records: Sequence[Record]) -> dict[str, str]:
    """Ids in QuickBooks of what these payments settle, where it is linked, by type and id."""
    found: dict[str, str] = {}
    for kind, key in _PAY.items():
        named = {
            str(part[key])
            for record in records
            if record.type is kind
            for part in record.payload.get("applies_to") or ()
        }
        for start in range(0, len(named), _AT_ONCE):
            part_of = sorted(named)[start : start + _AT_ONCE]
            known = links.find_many(session, source_id, RecordType(key), part_of)
            found |= {f"{key}:{one}": link.qbo_id for one, link in known.items()}
    return found
