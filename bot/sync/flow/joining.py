"""Differences of a posted document that its source made, joined with what QuickBooks changed.

Other amounts, other content and another day have alerts of their own while QuickBooks shows what
was posted. Once somebody has changed the document there too, one alert asks with both values.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.domain import DOCUMENTS, JsonValue, Payload
from bot.models import Hold, Record
from bot.sync import comparing, corrections, holds
from bot.sync.causes import CONTENT_DIFFERS, DAY_DIFFERS, TOTAL_DIFFERS
from bot.sync.flow import agreed, causes
from bot.sync.kinds import kind_of
from bot.sync.reading import digest_of, stored_record

_PROBLEMS = (TOTAL_DIFFERS, CONTENT_DIFFERS, DAY_DIFFERS)


@dataclass(frozen=True)
class Noted:
    """What the source says now (`wanted`), and the outbox row as it was posted, by column."""

    wanted: Payload
    posted: Mapping[str, JsonValue]
    since: datetime

    def as_posted(self, record: Record) -> Record:
        """A copy of the record as it was posted."""
        return record.model_copy(update=dict(self.posted))

    def question(self, asked: causes.Asked) -> causes.Asked:
        """What a person is asked already, with this version of the source."""
        return replace(asked, wanted=self.wanted, handed=self.since.isoformat())


def noted(session: Session, record: Record) -> Noted | None:
    """What the source was noted to say otherwise of a posted document; None for nothing.

    Amounts that QuickBooks itself made others when it took the document are none of that.
    """
    rows = _rows(session, record) if record.type in DOCUMENTS else []
    if not rows:
        return None
    kind, values = kind_of(record.type), agreed.values(record)
    wanted, payload = corrections.said(record), dict(record.payload)
    for row in rows:
        facts = row.facts
        wanted |= facts["now"] if row.problem == CONTENT_DIFFERS else {}
        if row.problem == DAY_DIFFERS:
            days = {"date": facts["source_date"], "due_date": facts["source_due"]}
            wanted |= {name: day for name, day in days.items() if day is not None}
        if row.problem == TOTAL_DIFFERS:
            total, tax = _less_credited(record, values)
            taken = {kind.lines: facts["posted_lines"], kind.amount: total}
            taken |= {"tax_total": tax} if "tax_total" in payload else {}
            payload |= {name: value for name, value in taken.items() if name and value is not None}
    posted = record.model_copy(update={"payload": payload})
    columns = corrections.columns(stored_record(payload))
    digest = digest_of(corrections.said(posted))
    since = min(row.since for row in rows)
    return Noted(wanted, {**columns, "payload": payload, "digest": digest}, since)


def _less_credited(record: Record, values: Mapping[str, str]) -> tuple[str | None, str | None]:
    """The posted total and tax, without what was credited of them by documents of their own."""
    pairs = zip(("total", "tax"), comparing.credited_of(record), strict=True)
    total, tax = (
        str(Decimal(values[name]) - credited) if name in values else None
        for name, credited in pairs
    )
    return total, tax


def join(session: Session, record: Record, found: Noted, now: datetime) -> None:
    """The outbox has the document as it was posted again; its single alerts end."""
    for name, value in found.posted.items():
        setattr(record, name, value)
    session.add(record)
    holds.adjust(session, record, (), _rows(session, record), now)


def _rows(session: Session, record: Record) -> list[Hold]:
    own = select(Hold).where(Hold.record_id == record.id, col(Hold.problem).in_(_PROBLEMS))
    rows = session.exec(own.order_by(col(Hold.id))).all()
    return [row for row in rows if row.problem != TOTAL_DIFFERS or row.facts.get("changed")]
