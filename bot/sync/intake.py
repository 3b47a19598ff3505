"""Takes records in: each version once, in short transactions, nothing silently lost."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from sqlalchemy import bindparam, insert, update
from sqlalchemy import select as select_many
from sqlmodel import Session, col, select

from bot import jobs
from bot.domain import TIER, Payload, RecordState, RecordType
from bot.models import Company, Hold, Record, Source, Write
from bot.services import Services
from bot.sync import corrections, holds, posted_again, rhythm, versions
from bot.sync.causes import AFTER_POSTING, subject_of
from bot.sync.kinds import kind_of
from bot.sync.reading import as_payload, digest_of, stored_record, too_far_ahead
from bot.sync.records import (
    BadRow,
    CustomerIn,
    ItemIn,
    Note,
    RecordIn,
    VendorIn,
)
from bot.sync.versions import Seen
from bot.sync.writing import OPEN

__all__ = ["BadRow", "IntakeReport", "Note", "accept"]

AT_ONCE = 500
# What holds a document whose parent has not come.
WAITED_FOR = ("missing_parent", "item_not_mapped")


@dataclass
class IntakeReport:
    """What became of everything that was handed over.

    `accepted` are new, `updated` replaced a version not yet posted, `unchanged` were here in this
    very version; `refused` say why by line or id; `notes` tell what the sender should know.
    """

    accepted: int = 0
    unchanged: int = 0
    updated: int = 0
    refused: list[BadRow] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True)
class _Desk:
    """Who hands over to which company, now."""

    company: Company
    source: Source
    now: datetime


@dataclass(frozen=True)
class _Standing:
    """What the outbox holds of a record already; `noted`: how it differs though it is posted."""

    record_id: int
    digest: str
    state: RecordState
    in_flight: bool
    noted: frozenset[str]
    seen: Seen


Key = tuple[RecordType, str]


def accept(
    services: Services, source_id: int, items: Iterable[RecordIn | BadRow | Note]
) -> IntakeReport:
    """Put records into the outbox and nudge the sync.

    The same content again changes nothing; a changed one replaces what is not posted yet and is
    tried anew; for what is posted (or being posted) a note says so. Where the source gives
    versions, an older one changes nothing, and one version with two contents is refused.
    """
    with services.sessions.read() as session:
        source = session.get_one(Source, source_id)
        company = session.get_one(Company, source.company_id)
    report = IntakeReport()
    freed = 0
    today = services.clock.today(company.time_zone)
    for part in _parts(_records(items, report, today)):
        desk = _Desk(company, source, services.clock.now())
        with services.sessions.write() as session:
            freed += _accept_part(session, desk, part, report)
    if report.accepted or report.updated or report.unchanged:
        rhythm.handed_over(services, source_id, company.time_zone)
    if report.accepted or report.updated or freed:
        jobs.sync_company(services.queue, source.company_id)
    if freed:
        jobs.run_check(services.queue, source.company_id, "failed_records")
    return report


def _records(
    items: Iterable[RecordIn | BadRow | Note], report: IntakeReport, today: date
) -> Iterator[RecordIn]:
    for item in items:
        if isinstance(item, BadRow):
            report.refused.append(item)
        elif isinstance(item, Note):
            report.notes.append(item)
        elif too_far := too_far_ahead(item, today):
            report.refused.append(BadRow(None, item.external_id, too_far, item.type))
        else:
            yield item


def _parts(records: Iterator[RecordIn]) -> Iterator[list[RecordIn]]:
    while part := list(islice(records, AT_ONCE)):
        yield part


def _accept_part(
    session: Session, desk: _Desk, records: list[RecordIn], report: IntakeReport
) -> int:
    """Sort one part into new, changed and known; return how many held records were freed."""
    standing = _standing(session, desk, records)
    names = _party_names(session, desk, records)
    fresh: dict[Key, Payload] = {}
    changed: dict[int, Payload] = {}
    freed = 0
    seen = {key: known.seen for key, known in standing.items()}
    for record in records:
        key = (RecordType(record.type), record.external_id)
        values = _values(desk, record, names)
        known = standing.get(key)
        if not _is_next(key, values, seen, report):
            continue
        if known is not None and known.state is RecordState.POSTED:
            freed += _meet_posted(session, desk, known, values, report)
        elif known is not None and _is_new_version(known, values, changed, report):
            changed[known.record_id] = values
        elif known is not None:
            continue
        elif key not in fresh:
            fresh[key] = values
            report.accepted += 1
        elif fresh[key]["digest"] == values["digest"]:
            fresh[key] = values
            report.unchanged += 1
        else:
            # Twice in one part: the later version is the valid one.
            fresh[key] = values
            report.updated += 1
            report.notes.append(_twice(values))
    if fresh:
        session.connection().execute(insert(Record), list(fresh.values()))
    for record_id, values in changed.items():
        freed += _replace(session, record_id, values)
    _keep_versions(session, standing, seen)
    return freed + _wake(session, desk, records)


def _is_next(key: Key, values: Payload, seen: dict[Key, Seen], report: IntakeReport) -> bool:
    """Say whether this version is to be looked at; if not, the report says why."""
    before = seen.get(key, Seen())
    verdict = versions.judge(before, values["version"], values["digest"])
    called = f"{values['type'].words} {values['external_id']}"
    if verdict.refused:
        report.refused.append(BadRow(None, key[1], f"{called} {verdict.refused}", key[0]))
    elif verdict.older:
        report.unchanged += 1
        report.notes.append(Note(None, f"{called} {verdict.older}"))
    else:
        seen[key] = versions.later(before, values["version"], values["digest"])
        values["version"], values["version_digest"] = seen[key].version, seen[key].digest
    return not (verdict.refused or verdict.older)


def _keep_versions(session: Session, standing: dict[Key, _Standing], seen: dict[Key, Seen]) -> None:
    """Note the later versions of what was here, whether or not their change could be applied."""
    later = [
        {"record": known.record_id, "said": seen[key].version, "meant": seen[key].digest}
        for key, known in standing.items()
        if seen[key] != known.seen
    ]
    if later:
        rows = Record.__table__  # type: ignore[attr-defined]  # SQLModel makes it
        statement = update(rows).where(rows.c.id == bindparam("record"))
        statement = statement.values(version=bindparam("said"), version_digest=bindparam("meant"))
        session.connection().execute(statement, later)


def _meet_posted(
    session: Session, desk: _Desk, known: _Standing, values: Payload, report: IntakeReport
) -> int:
    """Compare a version of what is posted; returns 1 when its alert has to be looked at."""
    row = session.get_one(Record, known.record_id)
    met = posted_again.meet(session, row, values, known.noted, desk.now)
    called = f"{values['type'].words} {values['external_id']}"
    report.notes += [Note(None, f"{called} {words}") for words in met.words]
    report.updated += met.updated
    report.unchanged += not met.updated
    return int(met.looked)


def _is_new_version(
    known: _Standing, values: Payload, changed: dict[int, Payload], report: IntakeReport
) -> bool:
    earlier = changed.get(known.record_id)
    if values["digest"] == (earlier["digest"] if earlier else known.digest):
        report.unchanged += 1
        return False
    if known.state is RecordState.SKIPPED:
        words = "was skipped by a person; the change was not applied"
    elif known.in_flight:
        words = "is being posted just now; the change was not applied, hand it over again later"
    else:
        report.updated += 1
        if earlier:
            report.notes.append(_twice(values))
        return True
    report.unchanged += 1
    report.notes.append(Note(None, f"{values['type'].words} {values['external_id']} {words}"))
    return False


def _twice(values: Payload) -> Note:
    words = "came twice with different content; the later one counts"
    return Note(None, f"{values['type'].words} {values['external_id']} {words}")


def _standing(session: Session, desk: _Desk, records: list[RecordIn]) -> dict[Key, _Standing]:
    by_type: dict[RecordType, set[str]] = {}
    for record in records:
        by_type.setdefault(RecordType(record.type), set()).add(record.external_id)
    found: dict[Key, _Standing] = {}
    for kind, external_ids in by_type.items():
        wanted = (
            # More columns than SQLModel's own select takes.
            select_many(
                col(Record.id),
                col(Record.external_id),
                col(Record.digest),
                col(Record.state),
                col(Record.version),
                col(Record.version_digest),
            )
            .where(col(Record.source_id) == desk.source.id)
            .where(col(Record.type) == kind)
            .where(col(Record.external_id).in_(external_ids))
        )
        rows = session.connection().execute(wanted).all()
        flying = _in_flight(session, [row[0] for row in rows])
        posted = [row[0] for row in rows if row[3] is RecordState.POSTED]
        noted = _noted(session, posted)
        for record_id, external_id, digest, state, version, said in rows:
            in_flight = record_id in flying
            found[(kind, external_id)] = _Standing(
                record_id or 0,
                digest,
                RecordState(state),
                in_flight,
                frozenset(noted.get(record_id or 0, ())),
                Seen(version, said),
            )
    return found


def _in_flight(session: Session, record_ids: list[int | None]) -> set[int | None]:
    """Records with a write whose outcome is not known: replacing them could lose a change."""
    return set(
        session.exec(
            select(Write.record_id)
            .where(col(Write.record_id).in_(record_ids))
            .where(col(Write.state).in_(OPEN))
        )
    )


def _noted(session: Session, record_ids: list[int | None]) -> dict[int, list[str]]:
    """Posted documents that differ from their source, and in what."""
    found: dict[int, list[str]] = {}
    if record_ids:
        held = select(Hold.record_id, Hold.problem).where(col(Hold.record_id).in_(record_ids))
        for record_id, problem in session.exec(held.where(col(Hold.problem).in_(AFTER_POSTING))):
            found.setdefault(record_id, []).append(problem)
    return found


def _party_names(session: Session, desk: _Desk, records: list[RecordIn]) -> dict[Key, str]:
    """The names of the parties that documents are for, as far as they have come in."""
    here: dict[Key, str] = {}
    wanted: dict[RecordType, set[str]] = {}
    for record in records:
        party = _party(record)
        if party is not None:
            wanted.setdefault(party[0], set()).add(party[1])
        elif isinstance(record, CustomerIn | VendorIn):
            here[RecordType(record.type), record.external_id] = record.name
    known: dict[Key, str] = {}
    for kind, external_ids in wanted.items():
        rows = session.exec(
            select(Record.external_id, Record.name)
            .where(Record.source_id == desk.source.id)
            .where(Record.type == kind)
            .where(col(Record.external_id).in_(external_ids))
        )
        known |= {(kind, external_id): name for external_id, name in rows}
    return known | here


def _party(record: RecordIn) -> Key | None:
    """Whom a document is for or from; None for what has no party."""
    kind = kind_of(record).party
    return None if kind is None else (kind, getattr(record, kind.value, None) or "")


def _values(desk: _Desk, record: RecordIn, names: dict[Key, str]) -> Payload:
    """The outbox row of a new or changed record."""
    payload = as_payload(record)
    kind = RecordType(record.type)
    values: Payload = {
        "company_id": desk.company.id,
        "source_id": desk.source.id,
        "type": kind,
        "tier": TIER[kind],
        "external_id": record.external_id,
        "payload": payload,
        "corrections": {},
        "told_apart": [],
        "digest": digest_of(payload),
        "version": record.version or "",
        "version_digest": "",
        "name": "",
        "currency": getattr(record, "currency", None) or desk.company.currency,
        "state": RecordState.WAITING,
        "attempts": 0,
        "not_before": None,
        "received_at": desk.now,
        "posted_at": None,
        "qbo_id": None,
    }
    values |= kind_of(record).columns(record)
    party = _party(record)
    if party is not None:
        values["name"] = names.get(party, party[1])
    return values


def _replace(session: Session, record_id: int, values: Payload) -> int:
    """Put a changed version in place and let it, and what waited for it, be tried again."""
    row = session.get_one(Record, record_id)
    carried = corrections.carry_over(row, values["payload"])
    for name in ("digest", "name", "number", "amount", "currency", "doc_date"):
        setattr(row, name, values[name])
    row.payload, row.corrections = carried.payload, carried.corrections
    if carried.corrections:
        for name, value in corrections.columns(stored_record(row.payload)).items():
            setattr(row, name, value)
    row.not_before, row.attempts, row.received_at = None, 0, values["received_at"]
    session.add(row)
    session.flush()
    return len(holds.release_record(session, record_id))


def _wake(session: Session, desk: _Desk, records: list[RecordIn]) -> int:
    """Free what was held or pauses because one of these records had not come yet."""
    subjects: set[str] = set()
    for record in records:
        subjects.add(subject_of(record.type, desk.source.name, record.external_id))
        if isinstance(record, ItemIn) and record.sku:
            subjects.add(subject_of(RecordType.ITEM, desk.source.name, record.sku))
    return len(holds.release_subjects(session, desk.company.id or 0, WAITED_FOR, subjects))
