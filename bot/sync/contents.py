"""A posted document whose source names another party, or other lines at the same total, now.

What counts is which records of QuickBooks both versions mean: the order of lines, and a party that
was merged or linked to the same record, are no difference. Nothing is written by itself.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, select

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, RecordType
from bot.models import Hold, Record, Source
from bot.services import Services
from bot.sync import comparing, corrections, holds, meaning
from bot.sync.causes import CONTENT_DIFFERS, Cause, record_facts, subject_of
from bot.sync.reading import digest_of


@dataclass(frozen=True)
class Compared:
    """What was posted and what the source says now, and in what they are not the same."""

    posted: Payload
    fresh: Payload
    party: bool
    lines: bool


def compare(session: Session, record: Record, fresh: Payload) -> Compared:
    """Compare a new version of a posted document with what is posted, corrections laid over."""
    said, posted = corrections.said(record), _posted(session, record)
    place = meaning.lines_of(record.type)
    if posted.get(place) != record.payload.get(place):
        # Another total was taken over since: its lines were never posted.
        said[place] = posted.get(place)
    carried = corrections.carry_over(record, fresh).payload
    pairs = ((said, fresh), (posted, carried))
    return Compared(
        posted,
        fresh,
        not any(_party(session, record, a) == _party(session, record, b) for a, b in pairs),
        not any(_lines(session, record, a) == _lines(session, record, b) for a, b in pairs),
    )


def note(
    session: Session, record: Record, found: Compared, now: datetime, *, with_lines: bool
) -> tuple[str, ...]:
    """Hold what differs, drop the note where nothing does; says what differs now.

    Without `with_lines` only the party counts: another total has an alert of its own.
    """
    place = meaning.lines_of(record.type)
    if with_lines and not found.lines and record.payload.get(place) != found.posted.get(place):
        # Taken over with another total meanwhile; the source is back at what is posted.
        record.payload = {**record.payload, place: found.posted[place]}
        record.digest = digest_of(corrections.said(record))
        session.add(record)
    differing = (("party", found.party), ("lines", found.lines and with_lines))
    names = tuple(name for name, differs in differing if differs)
    if names:
        holds.hold_also(session, record, _cause(session, record, found, names), now)
        return names
    _drop(session, record)
    return ()


def settle(services: Services, company_id: int) -> int:
    """End what agrees by now, by the mirror and the links, whoever mended it; returns how many."""
    with services.sessions.read() as session:
        due = any(_agrees(session, row) for row in _standing(session, company_id))
    if not due:
        return 0
    with services.sessions.write() as session:
        ended = [row for row in _standing(session, company_id) if _agrees(session, row)]
        for row in ended:
            _take_over(session, session.get_one(Record, row.record_id), row.facts)
    return len(ended)


def _posted(session: Session, record: Record) -> Payload:
    """The payload with the lines that were posted, also where another total was taken over."""
    lines = comparing.posted_lines(session, record)
    place = meaning.lines_of(record.type)
    return {**record.payload, place: lines} if lines is not None else dict(record.payload)


def _party(session: Session, record: Record, payload: Payload) -> str:
    kind = meaning.party_of(record.type)
    return meaning.of_reference(session, record, kind, str(payload.get(kind.value) or ""))


def _lines(session: Session, record: Record, payload: Payload) -> Counter[meaning.Line]:
    rows = payload.get(meaning.lines_of(record.type)) or ()
    return Counter(meaning.of_line(session, record, row) for row in rows)


def _cause(session: Session, record: Record, found: Compared, names: tuple[str, ...]) -> Cause:
    source = session.get_one(Source, record.source_id).name
    kind, place = meaning.party_of(record.type), meaning.lines_of(record.type)
    facts: Payload = {
        **record_facts(record),
        "amount": None,
        "total": str(record.amount or Decimal("0.00")),
        "currency": record.currency,
        "source": source,
        "entity": ENTITY[record.type],
        "qbo_id": record.qbo_id,
        "party_kind": kind.value,
        "posted_party": None,
        "source_party": None,
        "posted_lines": None,
        "posted_only": [],
        "source_only": [],
        "was": {},
        "now": {},
    }
    if "party" in names:
        was, now = (str(one.get(kind.value) or "") for one in (found.posted, found.fresh))
        facts["posted_party"] = meaning.called(session, record, kind, was)
        facts["source_party"] = meaning.called(session, record, kind, now)
        facts["was"][kind.value], facts["now"][kind.value] = was, now
    if "lines" in names:
        was_lines, now_lines = (one.get(place) or [] for one in (found.posted, found.fresh))
        facts["posted_only"] = _only(session, record, was_lines, now_lines)
        facts["source_only"] = _only(session, record, now_lines, was_lines)
        facts["posted_lines"] = was_lines
        facts["was"][place], facts["now"][place] = was_lines, now_lines
    return Cause(CONTENT_DIFFERS, subject_of(record.type, source, record.external_id), facts)


def _only(
    session: Session, record: Record, rows: Iterable[Payload], others: Iterable[Payload]
) -> list[Payload]:
    """The lines of one version that the other one does not have, as a message shows them."""
    left = Counter(meaning.of_line(session, record, row) for row in others)
    found: list[Payload] = []
    for row in rows:
        line = meaning.of_line(session, record, row)
        if left[line]:
            left[line] -= 1
        else:
            found.append(meaning.card(session, record, row))
    return found


def _standing(session: Session, company_id: int) -> list[Hold]:
    rows = select(Hold).where(Hold.company_id == company_id, Hold.problem == CONTENT_DIFFERS)
    return list(session.exec(rows))


def _agrees(session: Session, row: Hold) -> bool:
    """Whether both versions mean the same by now, or the books have what the source says."""
    record = session.get_one(Record, row.record_id)
    was, now = row.facts["was"], row.facts["now"]
    found = mirror.get(
        session, row.company_id, str(row.facts["entity"]), str(row.facts["qbo_id"] or "")
    )
    books = None if found is None or found.deleted else found.data
    kind, place = meaning.party_of(record.type), meaning.lines_of(record.type)
    if kind.value in now:
        wanted = _party(session, record, now)
        there = "" if books is None else meaning.party_in_books(session, record, books)
        if wanted not in (_party(session, record, was), there):
            return False
    if place in now:
        lines = _lines(session, record, now)
        posted = None if books is None else Counter(meaning.lines_in_books(record.type, books))
        return lines in (_lines(session, record, was), posted)
    return True


def _take_over(session: Session, record: Record, facts: Mapping[str, JsonValue]) -> None:
    """What the source says of this is what the books have: it is the record's."""
    carried = corrections.carry_over(record, {**corrections.said(record), **facts["now"]})
    record.payload, record.corrections = carried.payload, carried.corrections
    record.digest = digest_of(corrections.said(record))
    record.name = str(facts["source_party"] or record.name)
    session.add(record)
    _drop(session, record)


def _drop(session: Session, record: Record) -> None:
    source = session.get_one(Source, record.source_id).name
    subject = subject_of(record.type, source, record.external_id)
    holds.release(session, record.company_id, CONTENT_DIFFERS, subject)


def words(kind: RecordType, names: Iterable[str]) -> str:
    """Say to the sender what differs: 'another customer and other lines'."""
    said = {"party": f"another {meaning.party_of(kind).value}", "lines": "other lines"}
    return " and ".join(said[name] for name in names)
