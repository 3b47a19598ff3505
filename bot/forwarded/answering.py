"""Which reports of a watched channel still wait for their answer there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, and_, col, or_, select

from bot.models import Forwarded

# Whoever was posting an answer for longer is dead: then the thread is looked through for it.
ANSWERING = timedelta(minutes=2)


def waiting(session: Session, now: datetime, company_id: int | None = None) -> Sequence[int]:
    """The ids of those, at one company or at all."""
    abandoned = and_(
        col(Forwarded.answer) == "posting", col(Forwarded.answering_at) < now - ANSWERING
    )
    found = (
        select(Forwarded.id)
        .where(Forwarded.state == "read")
        .where(or_(col(Forwarded.answer) == "due", abandoned))
        .where(company_id is None or Forwarded.company_id == company_id)
    )
    return [one or 0 for one in session.exec(found)]


def waits(row: Forwarded, now: datetime) -> bool:
    """Whether one is among them."""
    abandoned = row.answering_at is not None and row.answering_at < now - ANSWERING
    return row.state == "read" and (row.answer == "due" or (row.answer == "posting" and abandoned))
