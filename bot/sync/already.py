"""What the books hold already: documents handed over a second time, under another external id.

Read from the mirror. Payments are looked for in QuickBooks itself too: people enter them by hand.
An equal one is not always a double: what has a number, a reference or an invoice of its own is
another one; where nothing tells them apart a person does.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import bindparam
from sqlalchemy import select as sql_select
from sqlmodel import Session, SQLModel, col, select

from bot import mirror
from bot.domain import Payload
from bot.mirror.contents import DOCUMENTS, PARTY_FIELD
from bot.models import AdoptionPair, MirrorRow, Record, Source
from bot.quickbooks import Question
from bot.services import Services
from bot.sync import documents, doubles, due, links, writing
from bot.sync.asking import Asked
from bot.sync.causes import Cause, own_cause
from bot.sync.documents import NEAR
from bot.sync.doubles import ENTERED_ALREADY, NUMBER_USED, Posting
from bot.sync.payloads import stamp

# Each of these has a number of its own, or should: another number is another document.
NUMBERED = frozenset(
    {"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Bill", "VendorCredit"}
)
# Who entered an invoice or a bill by hand is asked elsewhere, in QuickBooks itself.
_ELSEWHERE = ("Invoice", "Bill")
# People enter these minutes before they come: looked for in QuickBooks itself too.
_BY_HAND = ("Payment",)
# These have no lines of their own: what they pay tells them apart.
_PAY = ("Payment", "BillPayment")
# A source that hands over an equal document under another number so long afterwards may repeat
# itself; sales that are alike come together.
_LATE = timedelta(days=1)
# What the comparison of whole books says of two that agree in everything.
EXACT = "exact"
# A lost reply is asked for again within seconds.
_SETTLED_WITHIN = timedelta(seconds=10)
_AT_ONCE = 500
_MIRROR = SQLModel.metadata.tables["mirrorrow"]
_LIKE_THEM = (
    sql_select(*(_MIRROR.c[name] for name in ("qbo_id", "party_id", "total", "doc_date")))
    .where(_MIRROR.c.company_id == bindparam("company_id"))
    .where(_MIRROR.c.entity == bindparam("entity"))
    .where(_MIRROR.c.party_id.in_(bindparam("parties", expanding=True)))
    .where(_MIRROR.c.total.in_(bindparam("totals", expanding=True)))
    .where(_MIRROR.c.deleted.is_(False))
    .where(_MIRROR.c.doc_date >= bindparam("first"))
    .where(_MIRROR.c.doc_date <= bindparam("last"))
)
_NUMBER_IN_MEMO = re.compile(r"Number (.+?)(?:\. | \[sync:)")


# What two documents have in common at least: the entity, the party, the total.
_Key = tuple[str, str, Decimal | None]


@dataclass(frozen=True)
class Document:
    """What two documents are told apart by; "" and None stand for what is not known.

    `number`: its own number, of a payment its reference. `settles`: ids of what it pays. `by_us`:
    a source's record stands behind it, handed over or posted `at`.
    """

    entity: str
    party_id: str
    total: Decimal | None
    day: date | None
    number: str
    settles: frozenset[str] = frozenset()
    by_us: bool = True
    at: datetime | None = None


@dataclass(frozen=True)
class Found:
    """A document of QuickBooks that may be ours, and the record behind it where one is known."""

    document: Document
    qbo_id: str
    data: Payload
    record: Record | None


@dataclass
class Looked:
    """What a look found of some postings, by record id: held, waiting, and to look at again."""

    causes: dict[int, Cause] = field(default_factory=dict)
    waits: dict[int, datetime] = field(default_factory=dict)
    later: set[int] = field(default_factory=set)

    @property
    def told(self) -> set[int]:
        """Those that do not go out now."""
        return {*self.causes, *self.waits, *self.later}


def own(session: Session, company_id: int, postings: Sequence[Posting]) -> dict[int, MirrorRow]:
    """The postings that are in QuickBooks under their own mark, by record id.

    They were posted before: ahead of a restored backup, or by a twin of this installation.
    """
    marks = _marks(session, postings)
    rows = stamped_rows(session, company_id, {mark: one.entity for mark, one in marks.items()})
    found = {mark: row for mark, row in rows.items() if not _is_voided(marks[mark].record, row)}
    return {marks[mark].record.id or 0: row for mark, row in found.items()}


def _is_voided(record: Record, row: MirrorRow) -> bool:
    return bool(record.amount) and not row.total


def stamped_rows(
    session: Session, company_id: int, wanted: Mapping[str, str]
) -> dict[str, MirrorRow]:
    """The living records of QuickBooks with these marks, each of the entity named with its mark."""
    found: dict[str, MirrorRow] = {}
    by_key: dict[str, list[str]] = defaultdict(list)
    for mark in wanted:
        by_key[mirror.stamp_key(mark)].append(mark)
    keys = sorted(by_key)
    for start in range(0, len(keys), _AT_ONCE):
        rows = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company_id, col(MirrorRow.deleted).is_(False))
            .where(col(MirrorRow.stamp).in_(keys[start : start + _AT_ONCE]))
            .order_by(col(MirrorRow.id))
        )
        for row in rows:
            note = f"{row.data.get('PrivateNote') or ''}{row.data.get('Notes') or ''}"
            for mark in by_key[row.stamp]:
                if row.entity == wanted[mark] and mark in note:
                    found.setdefault(mark, row)
    return found


def look(services: Services, company_id: int, postings: Sequence[Posting]) -> Looked:
    """Which postings must not go out now, because the books hold what may be them.

    Of those that may be one of another, or of one whose reply was lost, only the first goes; the
    next look finds it in the books. By the mirror alone; see `asked`.
    """
    wanted = [one for one in postings if _is_money(one)]
    looked = Looked()
    if not wanted:
        return looked
    _wait_for_unsettled(services, company_id, wanted, looked)
    _first_of_each(wanted, looked)
    rest = [one for one in wanted if one.record.id not in looked.told]
    with services.sessions.read() as session:
        known = _in_mirror(session, company_id, rest)
        looked.causes |= _causes(services, session, rest, known)
        looked.causes |= _adopted(services, session, company_id, rest)
    return looked


def may_be(ours: Document, theirs: Document) -> bool:
    """Say whether two documents of one party may be the same one, by all but their lines."""
    if (ours.entity, ours.party_id, ours.total) != (theirs.entity, theirs.party_id, theirs.total):
        return False
    if ours.day is None or theirs.day is None or abs(ours.day - theirs.day) > NEAR:
        return False
    if ours.number and theirs.number:
        if _same_number(ours, theirs):
            return True
        return ours.entity in NUMBERED and _repeats(ours, theirs)
    if ours.settles and theirs.settles:
        return bool(ours.settles & theirs.settles)
    return not theirs.by_us or ours.day == theirs.day


def _repeats(ours: Document, theirs: Document) -> bool:
    """Whether ours came so late after theirs that a source may repeat it under a new number."""
    if not theirs.by_us or ours.day != theirs.day or ours.at is None or theirs.at is None:
        return False
    return ours.at - theirs.at >= _LATE


def posting_of(record: Record, entity: str, payload: Payload) -> Posting:
    """A record that is posted as this; a sale over the counter is nobody's."""
    party = payload.get(PARTY_FIELD.get(entity, "")) or {}
    return Posting(record, str(party.get("value") or ""), entity, payload)


def _is_money(one: Posting) -> bool:
    record = one.record
    has_money = record.amount is not None and record.amount > 0
    return has_money and one.entity in DOCUMENTS and record.doc_date is not None


def _marks(session: Session, postings: Iterable[Posting]) -> dict[str, Posting]:
    names: dict[int, str] = {}
    found: dict[str, Posting] = {}
    for one in postings:
        source_id = one.record.source_id
        if source_id not in names:
            names[source_id] = session.get_one(Source, source_id).name
        found[stamp(names[source_id], one.record.external_id)] = one
    return found


def _ours(one: Posting) -> Document:
    record = one.record
    return Document(
        one.entity,
        one.party_id,
        record.amount,
        record.doc_date,
        own_number(one.entity, record),
        settled_by(one.entity, one.payload),
        at=record.received_at,
    )


def own_number(entity: str, record: Record) -> str:
    """The number of a record that tells it from others, of a payment its reference; "" for none."""
    if entity in NUMBERED:
        return record.number
    # Without a reference it is listed by its external id, which tells nothing of it.
    return str(record.payload.get("reference") or record.payload.get("number") or "")


def settled_by(entity: str, payload: Payload) -> frozenset[str]:
    """Ids of the documents that a payment pays; none of any other document."""
    if entity in NUMBERED:
        return frozenset()
    linked = (one for line in payload.get("Line") or () for one in line.get("LinkedTxn") or ())
    return frozenset(str(one["TxnId"]) for one in linked)


def _wait_for_unsettled(
    services: Services, company_id: int, wanted: Sequence[Posting], looked: Looked
) -> None:
    """What may be one whose reply was lost waits until that is known."""
    entities = {one.entity for one in wanted}
    with services.sessions.read() as session:
        writes = [row for row in writing.open_writes(session, company_id) if row.entity in entities]
        records = due.by_id(session, [row.record_id for row in writes])
    now = services.clock.now()
    for write in writes:
        other = records[write.record_id or 0]
        theirs = _ours(posting_of(other, write.entity, write.payload))
        for one in wanted:
            if one.record.id != other.id and may_be(_ours(one), theirs):
                until = max(other.not_before or now, now + _SETTLED_WITHIN)
                looked.waits[one.record.id or 0] = until


def _first_of_each(wanted: Sequence[Posting], looked: Looked) -> None:
    kept: dict[_Key, list[Document]] = defaultdict(list)
    for one in wanted:
        if one.record.id in looked.told:
            continue
        ours = _ours(one)
        alike = kept[_key(ours)]
        if any(may_be(ours, earlier) for earlier in alike):
            looked.later.add(one.record.id or 0)
        else:
            alike.append(ours)


def _in_mirror(session: Session, company_id: int, wanted: Sequence[Posting]) -> list[Found]:
    """The documents of these parties, days and amounts that the mirror holds.

    Found by the columns; only what fits one of them is read in full.
    """
    found: list[Found] = []
    by_entity: dict[str, dict[_Key, list[date]]] = defaultdict(lambda: defaultdict(list))
    for one in wanted:
        if one.record.doc_date is not None:
            by_entity[one.entity][_key(_ours(one))].append(one.record.doc_date)
    for entity, days_of in by_entity.items():
        days = [day for some in days_of.values() for day in some]
        asked = {
            "company_id": company_id,
            "entity": entity,
            "parties": sorted({party for _, party, _ in days_of}),
            "totals": list({total for _, _, total in days_of}),
            "first": min(days) - NEAR,
            "last": max(days) + NEAR,
        }
        rows = session.connection().execute(_LIKE_THEM, asked)
        fit = [
            qbo_id
            for qbo_id, party_id, total, day in rows
            if day is not None
            and any(abs(day - one) <= NEAR for one in days_of.get((entity, party_id, total), ()))
        ]
        for start in range(0, len(fit), _AT_ONCE):
            data = session.exec(
                select(MirrorRow.data)
                .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
                .where(col(MirrorRow.qbo_id).in_(fit[start : start + _AT_ONCE]))
            ).all()
            found += found_of(session, company_id, entity, [dict(row) for row in data])
    return found


def _key(document: Document) -> _Key:
    return document.entity, document.party_id, document.total


def found_of(
    session: Session, company_id: int, entity: str, rows: Sequence[Payload]
) -> list[Found]:
    """Documents of QuickBooks with the records of ours that stand behind them."""
    behind = links.behind(session, company_id, entity, [str(row["Id"]) for row in rows])
    return [_found(entity, row, behind) for row in rows]


def _found(entity: str, row: Payload, behind: Mapping[str, Record | None]) -> Found:
    record = behind.get(str(row["Id"]))
    side = documents.side_of_document(entity, row)
    stated = doubles.number_of(row) or str(row.get("PaymentRefNum") or "")
    said = _NUMBER_IN_MEMO.match(str(row.get("PrivateNote") or ""))
    number = own_number(entity, record) if record else said.group(1) if said else stated
    document = Document(
        entity,
        side.party_id,
        side.total,
        side.day,
        number,
        settled_by(entity, row),
        by_us=str(row["Id"]) in behind or documents.is_stamped(row),
        at=record.posted_at if record else _created(row),
    )
    return Found(document, str(row["Id"]), row, record)


def _created(row: Payload) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str((row.get("MetaData") or {}).get("CreateTime")))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _causes(
    services: Services, session: Session, wanted: Iterable[Posting], known: Iterable[Found]
) -> dict[int, Cause]:
    causes: dict[int, Cause] = {}
    alike: dict[_Key, list[Found]] = defaultdict(list)
    for row in known:
        alike[_key(row.document)].append(row)
    for one in wanted:
        ours = _ours(one)
        rows = [
            row
            for row in alike.get(_key(ours), ())
            if row.qbo_id not in one.record.told_apart
            and (row.record is None or row.record.id != one.record.id)
            and _is_looked_for(ours, row.document)
            and may_be(ours, row.document)
            and _agrees(session, one, ours, row)
        ]
        if rows:
            rows.sort(key=lambda row: (row.record is None, _distance(ours, row.document)))
            causes[one.record.id or 0] = _cause(services, session, one, rows[0])
    return causes


def _adopted(
    services: Services, session: Session, company_id: int, wanted: Sequence[Posting]
) -> dict[int, Cause]:
    """What was found in the books when they were adopted, and differs: asked about one by one."""
    by_id = {one.record.id or 0: one for one in wanted}
    pairs = session.exec(
        select(AdoptionPair)
        .where(col(AdoptionPair.record_id).in_(by_id), AdoptionPair.verdict != EXACT)
        .order_by(col(AdoptionPair.id))
    )
    causes: dict[int, Cause] = {}
    for pair in pairs:
        one = by_id[pair.record_id]
        row = mirror.get(session, company_id, pair.entity, pair.qbo_id)
        if row is None or row.deleted or pair.qbo_id in one.record.told_apart:
            continue
        [found] = found_of(session, company_id, pair.entity, [row.data])
        causes[pair.record_id] = _cause(services, session, one, found)
    return causes


def _is_looked_for(ours: Document, theirs: Document) -> bool:
    """Of what no source posted, another number is another sale."""
    if theirs.by_us or theirs.entity not in NUMBERED:
        return True
    return theirs.entity not in _ELSEWHERE and _same_number(ours, theirs)


def _agrees(session: Session, one: Posting, ours: Document, row: Found) -> bool:
    if one.entity in _PAY or _same_number(ours, row.document):
        return True
    return doubles.compared(session, one.record, one.entity, row.data).same


def _same_number(ours: Document, theirs: Document) -> bool:
    return bool(ours.number) and folded(ours.number) == folded(theirs.number)


def asked(services: Services, company_id: int, postings: Iterable[Posting]) -> list[Asked]:
    """What QuickBooks is asked about these: what people entered there minutes ago."""
    wanted = [one for one in postings if one.entity in _BY_HAND and _is_money(one)]
    found: list[Asked] = []
    for entity in sorted({one.entity for one in wanted}):
        ours = [one for one in wanted if one.entity == entity]
        days = [day for one in ours if (day := one.record.doc_date) is not None]
        where = (
            (PARTY_FIELD[entity], "IN", sorted({one.party_id for one in ours})),
            ("TxnDate", ">=", min(days) - NEAR),
            ("TxnDate", "<=", max(days) + NEAR),
        )
        judge = partial(_entered, services, company_id, ours)
        found.append(Asked(Question(entity, where), judge))
    return found


def _entered(
    services: Services, company_id: int, ours: Sequence[Posting], rows: Sequence[Payload]
) -> dict[int, Cause]:
    """Which of these documents of one entity are among the records QuickBooks answered with."""
    entity = ours[0].entity
    totals = {one.record.amount for one in ours}
    rows = [row for row in rows if documents.side_of_document(entity, row).total in totals]
    with services.sessions.read() as session:
        found = found_of(session, company_id, entity, rows)
        causes = _causes(services, session, ours, found)
    named = {str(cause.facts["theirs"]["qbo_id"]) for cause in causes.values()}
    seen = [row for row in rows if str(row["Id"]) in named]
    if seen:
        doubles.keep(services, company_id, entity, seen)
    return causes


def _cause(services: Services, session: Session, one: Posting, found: Found) -> Cause:
    record = one.record
    source = session.get_one(Source, record.source_id).name
    entity, theirs = found.document.entity, found.data
    facts = doubles.facts_of(services, session, record, entity, theirs)
    if entity in NUMBERED and doubles.number_of(theirs) == one.payload.get("DocNumber"):
        return own_cause(NUMBER_USED, record, source, {**facts, **doubles.holder(record, facts)})
    if entity in NUMBERED:
        number: Payload = {"what": "number", "ours": record.number, "same": False}
        number["theirs"] = doubles.number_of(theirs) or "none"
        facts |= {"compared": [number, *facts["compared"]], "repeated": True}
    return own_cause(ENTERED_ALREADY, record, source, facts)


def _distance(ours: Document, theirs: Document) -> timedelta:
    if ours.day is None or theirs.day is None:
        return NEAR
    return abs(ours.day - theirs.day)


def folded(number: str) -> str:
    """A number as it is compared: without blanks and case."""
    return "".join(number.split()).casefold()
