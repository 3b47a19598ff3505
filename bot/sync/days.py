"""A posted document whose source names another day now: told, until the books say that day too.

A document's day is the company's day (accounting.md rule 14). The new day is taken over into the
outbox only once QuickBooks has it: `Record.payload` holds what is posted.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlmodel import Session, select

from bot import mirror
from bot.config import Settings
from bot.domain import BANK_DATED, DOCUMENTS, ENTITY, JsonValue, Payload, RecordType
from bot.models import Company, Hold, Incident, Record, Source
from bot.quickbooks.links import deep_link
from bot.services import Services
from bot.sync import corrections, holds
from bot.sync.causes import DAY_DIFFERS, Cause, record_facts, subject_of
from bot.sync.reading import digest_of
from bot.sync.totals import sales_tax

# With another amount it is another trouble than a wrong day.
_MONEY = ("total", "tax_total", "amount", "currency")
_DAYS = ("date", "due_date", "original_date")
_ZERO = Decimal("0.00")


def is_other(record: Record, fresh: Mapping[str, JsonValue], *, any_money: bool = False) -> bool:
    """Say whether a new version of a posted document names another day, for the same money.

    A day a person chose (the first open one, of a closed month) stays. `any_money`: the amounts
    have an alert of their own.
    """
    if record.type not in DOCUMENTS or "date" in record.corrections:
        return False
    said = corrections.said(record)
    same = any_money or all(said.get(name) == fresh.get(name) for name in _MONEY)
    return same and said.get("date") != fresh.get("date")


def hold(session: Session, record: Record, fresh: Mapping[str, JsonValue], now: datetime) -> None:
    """Note the day the source names now; the record stays posted, nothing is written."""
    source = session.get_one(Source, record.source_id).name
    posted, total = record.payload, record.amount or _ZERO
    tax = sales_tax(record) or _ZERO
    facts: Payload = {
        **record_facts(record),
        # Sales and tax are said apart, in the text itself.
        "amount": None,
        "total": str(total),
        "tax": str(tax),
        "net": str(total - tax),
        "currency": record.currency,
        "source": source,
        "entity": ENTITY[record.type],
        "qbo_id": record.qbo_id,
        "posted_date": posted.get("date"),
        "posted_due": posted.get("due_date"),
        "posted_digest": record.digest,
        "source_date": fresh.get("date"),
        "source_due": fresh.get("due_date"),
    }
    _put(session, record, facts, now)


def kept(record: Record, fresh: Mapping[str, JsonValue]) -> Payload:
    """A new version with the days that are posted."""
    payload = {**fresh, **{name: record.payload.get(name) for name in _DAYS}}
    return {name: value for name, value in payload.items() if value is not None}


def withdrawn(session: Session, record: Record, fresh: Mapping[str, JsonValue]) -> bool:
    """Drop the note when the source names the posted day again; say whether there was one."""
    if fresh.get("date") != record.payload.get("date") or standing(session, record) is None:
        return False
    _drop(session, record)
    return True


def standing(session: Session, record: Record) -> Payload | None:
    """What is noted of a record's other day, None when both sides say the same."""
    own = select(Hold).where(Hold.record_id == record.id, Hold.problem == DAY_DIFFERS)
    found = session.exec(own).first()
    return None if found is None else dict(found.facts)


def _redate_alert(session: Session, record: Record, day: JsonValue) -> None:
    """The summary of its alert says the day the books have now."""
    source = session.get_one(Source, record.source_id).name
    subject = subject_of(record.type, source, record.external_id)
    rows = select(Incident).where(Incident.company_id == record.company_id)
    own = rows.where(Incident.problem == DAY_DIFFERS, Incident.subject == subject)
    for row in session.exec(own):
        row.facts = {**row.facts, "first_date": day, "last_date": day}
        session.add(row)


def take_over(session: Session, record: Record, facts: Mapping[str, JsonValue]) -> None:
    """The books have the source's day: it is the record's, and the note is dropped."""
    _set_days(record, facts["source_date"], facts["source_due"])
    record.digest = digest_of(corrections.said(record))
    session.add(record)
    _redate_alert(session, record, facts["source_date"])
    _drop(session, record)


def put_back(
    session: Session, record: Record, facts: Mapping[str, JsonValue], now: datetime
) -> None:
    """The books have the earlier day again: the difference stands as it was noted."""
    _set_days(record, facts["posted_date"], facts["posted_due"])
    record.digest = str(facts["posted_digest"])
    session.add(record)
    _put(session, record, facts, now)


def settle(services: Services, company_id: int) -> int:
    """End what somebody mended in QuickBooks itself, by the mirror; returns how many."""
    with services.sessions.read() as session:
        due = _mended(session, company_id)
    if not due:
        return 0
    with services.sessions.write() as session:
        found = _mended(session, company_id)
        for row in found:
            take_over(session, session.get_one(Record, row.record_id), row.facts)
    return len(found)


def told(settings: Settings, company: Company, facts: Payload) -> Payload:
    """The facts of an alert with what the company's periods mean for it now."""
    days = [date.fromisoformat(str(facts[name])) for name in ("posted_date", "source_date")]
    months = sorted({day.replace(day=1) for day in days})
    closing, filed = company.book_close_date, company.tax_filed_through
    return {
        **facts,
        "link": deep_link(settings, company, str(facts["entity"]), str(facts["qbo_id"])),
        "same_month": len(months) == 1,
        "closed_through": closing.isoformat() if closing and min(days) <= closing else None,
        "filed_through": filed.isoformat() if filed and min(days) <= filed else None,
        "bank_dated": RecordType.called(str(facts["record_type"])) in BANK_DATED,
    }


def _mended(session: Session, company_id: int) -> list[Hold]:
    rows = session.exec(
        select(Hold).where(Hold.company_id == company_id, Hold.problem == DAY_DIFFERS)
    ).all()
    return [row for row in rows if _is_so(session, row)]


def _is_so(session: Session, row: Hold) -> bool:
    entity, qbo_id = str(row.facts["entity"]), str(row.facts["qbo_id"])
    found = mirror.get(session, row.company_id, entity, qbo_id)
    if found is None or found.deleted:
        return False
    return bool(found.data.get("TxnDate") == row.facts["source_date"])


def _set_days(record: Record, day: JsonValue, due: JsonValue) -> None:
    payload = {**record.payload, "date": day, "due_date": due}
    record.payload = {name: value for name, value in payload.items() if value is not None}
    record.doc_date = date.fromisoformat(str(day))


def _put(session: Session, record: Record, facts: Mapping[str, JsonValue], now: datetime) -> None:
    subject = subject_of(record.type, str(facts["source"]), record.external_id)
    holds.hold_also(session, record, Cause(DAY_DIFFERS, subject, facts), now)


def _drop(session: Session, record: Record) -> None:
    source = session.get_one(Source, record.source_id).name
    subject = subject_of(record.type, source, record.external_id)
    holds.release(session, record.company_id, DAY_DIFFERS, subject)
