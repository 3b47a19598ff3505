"""What a source's callback hears of posting: posted, held, let go again (bot.outgoing)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, col, select

from bot.db.engine import now_in
from bot.domain import JsonValue, Payload, RecordState
from bot.models import Callback, Company, Record, Source
from bot.outgoing.events import Event
from bot.outgoing.queue import News, announce_many, hearing
from bot.sync.causes import Cause, Posted
from bot.sync.totals import waiting_facts


def posted(session: Session, rows: Sequence[tuple[Record, Posted]], now: datetime) -> None:
    """Tell what QuickBooks has now, with the number and the total it gave."""
    heard = hearing(session, {record.source_id for record, _ in rows})
    news = [_posted(record, outcome) for record, outcome in rows if record.source_id in heard]
    announce_many(session, news, now)


def linked(
    session: Session, record: Record, entity: str, qbo_id: str, how: str, now: datetime
) -> None:
    """Tell that it was in QuickBooks before, and stands for this record of it from now on."""
    posted(session, [(record, Posted(entity, qbo_id, how=how))], now)


def _posted(record: Record, outcome: Posted) -> News:
    body: Payload = {
        "how": outcome.how,
        "quickbooks_type": outcome.entity,
        "quickbooks_id": outcome.qbo_id,
    }
    number, total = outcome.reply.get("DocNumber"), _amount(outcome.reply.get("TotalAmt"))
    body |= {"number": str(number)} if number else {}
    body |= {"total": total} if record.amount is not None and total is not None else {}
    return _news(record, Event.POSTED, body)


def _amount(value: JsonValue) -> Decimal | None:
    try:
        return Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None


def held(session: Session, record: Record, causes: Sequence[Cause], now: datetime) -> None:
    """Tell why a record is not posted; one that is posted and only differs is not held."""
    if record.state is not RecordState.HELD or not hearing(session, {record.source_id}):
        return
    company = session.get_one(Company, record.company_id)
    names = {record.source_id: session.get_one(Source, record.source_id).name}
    around = waiting_facts(company, names, [record], now)
    untold: list[Payload] = [
        {"problem": one.problem, "facts": {**one.facts, **around}} for one in causes
    ]
    announce_many(session, [_news(record, Event.HELD, {}, untold)], now)


def skipped(session: Session, record: Record, now: datetime) -> None:
    """Tell that a person decided not to post a record, and why."""
    if hearing(session, {record.source_id}):
        body: Payload = {"reason": record.skip_reason}
        announce_many(session, [_news(record, Event.SKIPPED, body)], now)


def released(session: Session, record_ids: Sequence[int]) -> None:
    """Tell that these records, some hundred at most, go on."""
    rows = session.exec(
        select(Record)
        .join(Callback, col(Callback.source_id) == col(Record.source_id))
        .where(col(Record.id).in_(record_ids), Callback.url != "")
        .order_by(col(Record.id))
    ).all()
    if rows:
        news = [_news(row, Event.RELEASED, {}) for row in rows]
        announce_many(session, news, now_in(session))


def _news(record: Record, event: Event, body: Payload, untold: Sequence[Payload] = ()) -> News:
    return News(record.company_id, record.source_id, record.id or 0, event, body, untold)
