"""Documents a person entered in QuickBooks because the bot could not: found and linked."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.mirror.contents import PARTY_FIELD
from bot.models import Hold, MirrorRow, Record
from bot.quickbooks.statements import Condition
from bot.services import Services
from bot.sync import documents, holds, links, outcome
from bot.sync.documents import NEAR
from bot.sync.doubles import ENTERED_ALREADY, NUMBER_USED

# What is entered by hand with its true date.
BY_HAND = ("closed_period",)
# The clock of QuickBooks may go a little before ours.
_BY_PARTY = {entity: field for entity, field in PARTY_FIELD.items() if field != "EntityRef"}
_SLACK = timedelta(minutes=10)


def candidates(services: Services, record: Record) -> list[tuple[str, Payload]]:
    """Look in QuickBooks for what may be this record: by number, and by who, when, how much.

    What no source posted and no record is linked to comes first, and alone where there is any.
    Raises QuickBooksFault.
    """
    entity = ENTITY[record.type]
    books = services.quickbooks.company(record.company_id)
    with services.sessions.read() as session:
        ours = documents.side_of_record(session, record)
    rows: list[Payload] = []
    number = str(record.payload.get("number") or "")
    if number:
        rows += books.query(entity, [("DocNumber", "=", number)])
    if record.doc_date and (ours.party_id or entity not in _BY_PARTY):
        # QuickBooks does not look for the others by whom they are for or from.
        field = _BY_PARTY.get(entity)
        where: list[Condition] = [(field, "=", ours.party_id)] if field else []
        where += [
            ("TxnDate", ">=", record.doc_date - NEAR),
            ("TxnDate", "<=", record.doc_date + NEAR),
        ]
        sides = [
            (row, documents.side_of_document(entity, row)) for row in books.query(entity, where)
        ]
        rows += [
            row
            for row, side in sides
            if side.total == record.amount and side.party_id == ours.party_id
        ]
    by_id = {str(row["Id"]): row for row in rows}
    with services.sessions.read() as session:
        linked = documents.linked_ids(session, record.company_id, entity, by_id)
    free = {
        qbo_id: row
        for qbo_id, row in by_id.items()
        if qbo_id not in linked and not documents.is_stamped(row)
    }
    return [(entity, row) for row in (free or by_id).values()]


def link_entered(services: Services, company_id: int) -> int:
    """Link what was entered by hand and agrees in everything, the day too; returns how many.

    Goes by the mirror's state. Where anything differs, or two would do, a person says it.
    """
    with services.sessions.read() as session:
        if not _waiting(session, company_id):
            return 0
    now = services.clock.now()
    with services.sessions.write() as session:
        count = 0
        for record, hold in _waiting(session, company_id):
            row = _the_one(session, record, hold)
            if row is not None:
                found = outcome.Posted(row.entity, row.qbo_id, dict(row.data), how="found")
                outcome.record_outcome(session, record.id or 0, found, now)
                session.flush()
                count += 1
    return count


def release_changed(services: Services, company_id: int) -> int:
    """Let go what waits beside a document that somebody has deleted or changed since.

    Returns how many records may go; posting shows whether anything stands in the way still.
    """
    with services.sessions.read() as session:
        if not _settled_there(session, company_id):
            return 0
    with services.sessions.write() as session:
        return sum(
            len(holds.release(session, company_id, problem, subject))
            for problem, subject in _settled_there(session, company_id)
        )


def _settled_there(session: Session, company_id: int) -> list[tuple[str, str]]:
    rows = session.exec(
        select(Hold)
        .where(Hold.company_id == company_id, col(Hold.cause_record_id).is_(None))
        .where(col(Hold.problem).in_((NUMBER_USED, ENTERED_ALREADY)))
    )
    return [(row.problem, row.subject) for row in rows if _is_other_now(session, row)]


def _is_other_now(session: Session, hold: Hold) -> bool:
    theirs = hold.facts.get("theirs")
    if not isinstance(theirs, dict):
        return False
    row = mirror.get(session, hold.company_id, str(theirs["entity"]), str(theirs["qbo_id"]))
    if row is None:
        return False
    side = documents.side_of_document(row.entity, row.data)
    total = None if side.total is None else str(side.total)
    return row.deleted or row.doc_number != theirs["number"] or total != theirs["total"]


def _waiting(session: Session, company_id: int) -> list[tuple[Record, Hold]]:
    rows = session.exec(
        select(Record, Hold)
        .join(Hold, col(Hold.record_id) == col(Record.id))
        .where(Hold.company_id == company_id)
        .where(col(Hold.problem).in_(BY_HAND))
        .where(col(Hold.cause_record_id).is_(None))
        .where(col(Record.state) == RecordState.HELD)
    )
    return list(rows)


def _the_one(session: Session, record: Record, hold: Hold) -> MirrorRow | None:
    entity = ENTITY[record.type]
    rows = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == record.company_id, MirrorRow.entity == entity)
        .where(col(MirrorRow.deleted).is_(False))
        .where(col(MirrorRow.read_at) >= hold.since - _SLACK)
    ).all()
    found = [row for row in rows if _agrees(session, record, row)]
    linked = documents.linked_ids(session, record.company_id, entity, [row.qbo_id for row in found])
    found = [row for row in found if row.qbo_id not in linked]
    return found[0] if len(found) == 1 else None


def _agrees(session: Session, record: Record, row: MirrorRow) -> bool:
    if documents.is_stamped(row.data):
        return False
    ours = documents.side_of_record(session, record)
    theirs = documents.side_of_document(row.entity, row.data)
    if not ours.party_id or ours.day != theirs.day:
        return False
    if not documents.compare(ours, theirs, record.currency).same:
        return False
    if record.type is RecordType.PAYMENT:
        return _settles(session, record) <= set(_settled(row.data))
    return row.doc_number == str(record.payload.get("number") or "")


def _settles(session: Session, record: Record) -> set[str]:
    """The invoices of QuickBooks a payment of ours settles; "" for one not known there."""
    wanted = [str(part["invoice"]) for part in record.payload.get("applies_to") or ()]
    known = links.find_many(session, record.source_id, RecordType.INVOICE, wanted)
    return {known[one].qbo_id if one in known else "" for one in wanted}


def _settled(payment: Payload) -> Iterable[str]:
    for line in payment.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            if linked.get("TxnType") == "Invoice":
                yield str(linked["TxnId"])
