"""Documents that are in QuickBooks already: found before ours is posted, or when it is refused."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, RecordType
from bot.models import Company, Record, Source
from bot.quickbooks import Question
from bot.services import Services
from bot.sync import documents
from bot.sync.asking import Asked
from bot.sync.causes import Cause, own_cause, subject_of
from bot.sync.documents import NEAR, Comparison

NUMBER_USED = "duplicate_document_number"
ENTERED_ALREADY = "duplicate_transaction"
_PARTIES = ("customer", "vendor")
_HOLDER_ID = re.compile(r"TxnId=(\d+)")


@dataclass(frozen=True)
class Posting:
    """A document that is about to be posted, as what, and whom of QuickBooks it is for or from."""

    record: Record
    party_id: str
    entity: str
    payload: Payload


def number_cause(
    services: Services, record: Record, said: str, facts: Mapping[str, JsonValue]
) -> Cause | None:
    """Who holds the number that QuickBooks refused (6140), compared with ours.

    `said` is the refusal's text, `facts` what the alert tells of record and refusal besides.
    None when nobody holds it any more. Raises QuickBooksFault.
    """
    entities = documents.entities_of(record.type)
    found = documents.with_number(services, record.company_id, record.number, entities)
    named = _HOLDER_ID.search(said)
    wanted = named.group(1) if named else ""
    found.sort(key=lambda pair: str(pair[1].get("Id")) != wanted)
    if not found:
        return None
    entity, document = found[0]
    keep(services, record.company_id, entity, [document])
    with services.sessions.read() as session:
        source = session.get_one(Source, record.source_id).name
        more = facts_of(services, session, record, entity, document)
    subject = subject_of(record.type, source, record.external_id)
    return Cause(NUMBER_USED, subject, {**facts, **holder(record, more), **more})


def holder(record: Record, facts: Mapping[str, JsonValue]) -> Payload:
    """Who has the number of the record, from the facts of the other document."""
    theirs = facts["theirs"]
    return {
        "holder_number": record.number,
        "holder_type": theirs["entity"],
        "holder_id": theirs["qbo_id"],
    }


def keep(services: Services, company_id: int, entity: str, found: Sequence[Payload]) -> None:
    """Put them into the mirror, so that the capture notices when they change or go."""
    now = services.clock.now()
    with services.sessions.write() as session:
        mirror.put_many(session, company_id, entity, found, now)


def facts_of(
    services: Services, session: Session, record: Record, entity: str, document: Payload
) -> Payload:
    """Facts of the other document, how it compares with ours, and what that says."""
    company = session.get_one(Company, record.company_id)
    qbo_id = str(document["Id"])
    linked = documents.linked_ids(session, record.company_id, entity, (qbo_id,))
    theirs = documents.theirs_facts(
        services.settings, company, entity, document, linked=qbo_id in linked
    )
    found = compared(session, record, entity, document)
    return {
        "record_id": record.id,
        "theirs": theirs,
        "compared": list(found.rows),
        "other_party": any(row["what"] in _PARTIES and not row["same"] for row in found.rows),
        "other_total": any(row["what"] == "total" and not row["same"] for row in found.rows),
        "same_document": found.same and not theirs["by_us"],
        "other_document": found.other or theirs["by_us"],
    }


def compared(session: Session, record: Record, entity: str, document: Payload) -> Comparison:
    """Compare a record of ours with a document of QuickBooks."""
    ours = documents.side_of_record(session, record)
    theirs = documents.side_of_document(entity, document)
    found = documents.compare(ours, theirs, record.currency)
    if entity != "Payment" or record.type is not RecordType.PAYMENT:
        return found
    rows = tuple(documents.rows_of_payment(session, record, document))
    same = found.same and all(row["same"] for row in rows)
    return replace(found, rows=(*found.rows, *rows), same=same)


def asked(services: Services, company_id: int, postings: Sequence[Posting]) -> list[Asked]:
    """What QuickBooks is asked about these sales: did somebody enter them there by hand?

    Same customer, same total, a day at most three days off, no mark of a source on it and no
    record linked to it. One question for all of them.
    """
    wanted = [one for one in postings if _is_sale(one.record)]
    days = [day for one in wanted if (day := one.record.doc_date) is not None]
    customers = sorted({one.party_id for one in wanted if one.party_id})
    if not customers:
        return []
    where = (
        ("CustomerRef", "IN", customers),
        ("TxnDate", ">=", min(days) - NEAR),
        ("TxnDate", "<=", max(days) + NEAR),
    )
    judge = partial(_entered_already, services, company_id, wanted)
    return [Asked(Question(ENTITY[RecordType.INVOICE], where), judge)]


def _entered_already(
    services: Services, company_id: int, wanted: Sequence[Posting], answer: Iterable[Payload]
) -> dict[int, Cause]:
    by_customer: dict[str, list[Payload]] = {}
    for row in answer:
        if not documents.is_stamped(row):
            customer = str((row.get("CustomerRef") or {}).get("value"))
            by_customer.setdefault(customer, []).append(row)
    if not by_customer:
        return {}
    causes: dict[int, Cause] = {}
    seen: list[Payload] = []
    with services.sessions.read() as session:
        ids = [str(row["Id"]) for rows in by_customer.values() for row in rows]
        linked = documents.linked_ids(session, company_id, "Invoice", ids)
        numbers = _numbers(session, company_id, by_customer)
        for one in wanted:
            rows = by_customer.get(one.party_id, ())
            found = [row for row in rows if str(row["Id"]) not in linked]
            found = [row for row in found if _may_be(one.record, row, numbers)]
            if found:
                found.sort(key=lambda row: _distance(one.record, row))
                cause = _cause(services, session, one.record, found[0])
                causes[one.record.id or 0] = cause
                seen.append(found[0])
    if seen:
        keep(services, company_id, "Invoice", seen)
    return causes


def _is_sale(record: Record) -> bool:
    has_money = record.amount is not None and record.amount > 0
    return record.type is RecordType.INVOICE and has_money and record.doc_date is not None


def _numbers(
    session: Session, company_id: int, by_customer: Mapping[str, Iterable[Payload]]
) -> frozenset[str]:
    """Those of their numbers that a source uses for a sale of its own."""
    theirs = sorted({number_of(row) for rows in by_customer.values() for row in rows} - {""})
    rows = session.exec(
        select(Record.number)
        .where(Record.company_id == company_id, Record.type == RecordType.INVOICE)
        .where(col(Record.number).in_(theirs))
    )
    return frozenset(rows)


def _may_be(record: Record, document: Payload, numbers: frozenset[str]) -> bool:
    """Say whether this may be the sale itself: not when its number says it is another one."""
    side = documents.side_of_document("Invoice", document)
    if side.total != record.amount or _distance(record, document) > NEAR.days:
        return False
    if str(document["Id"]) in record.told_apart:
        return False
    theirs = number_of(document)
    if theirs == record.number:
        return True
    return theirs not in numbers and not _of_one_sequence(record.number, theirs)


def _of_one_sequence(ours: str, theirs: str) -> bool:
    """INV-100 and INV-1000 are two numbers of one sequence, so two sales."""
    prefix = re.compile(r"^(.*?\D)\d+$")
    one, other = prefix.match(ours), prefix.match(theirs)
    return bool(one and other and one.group(1).casefold() == other.group(1).casefold())


def number_of(document: Payload) -> str:
    """The number of a document of QuickBooks, "" where it has none."""
    return str(document.get("DocNumber") or "")


def _distance(record: Record, document: Payload) -> int:
    side = documents.side_of_document("Invoice", document)
    if side.day is None or record.doc_date is None:
        return NEAR.days + 1
    return abs((side.day - record.doc_date).days)


def _cause(services: Services, session: Session, record: Record, document: Payload) -> Cause:
    source = session.get_one(Source, record.source_id).name
    facts = facts_of(services, session, record, "Invoice", document)
    if number_of(document) != record.number:
        return own_cause(ENTERED_ALREADY, record, source, facts)
    return own_cause(NUMBER_USED, record, source, {**facts, **holder(record, facts)})
