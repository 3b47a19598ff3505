"""A record that is posted and comes again in another version: compared, never posted twice."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.domain import DOCUMENTS, Payload
from bot.models import Record
from bot.sync import comparing, contents, corrections, days
from bot.sync.causes import CONTENT_DIFFERS, DAY_DIFFERS, TOTAL_DIFFERS
from bot.sync.reading import stored_record


@dataclass(frozen=True)
class Met:
    """What became of it: words for the sender; whether amounts were taken over to be compared;
    whether an alert has to be looked at."""

    words: tuple[str, ...] = ()
    updated: bool = False
    looked: bool = False


def meet(
    session: Session, row: Record, values: Payload, noted: Collection[str], now: datetime
) -> Met:
    """Compare a version with what is posted; `noted` are the differences that stand already."""
    is_same = values["digest"] == row.digest
    if is_same and not {DAY_DIFFERS, CONTENT_DIFFERS} & set(noted):
        return Met()
    fresh = values["payload"]
    compares = not is_same and (TOTAL_DIFFERS in noted or comparing.changed(row, fresh))
    content = contents.compare(session, row, fresh) if row.type in DOCUMENTS else None
    said: list[str] = []
    is_other = days.is_other(row, fresh, any_money=compares)
    looked = is_other or days.withdrawn(session, row, fresh) or compares
    if is_other:
        days.hold(session, row, fresh, now)
        said.append(
            f"is posted on {row.doc_date}; its day is {fresh['date']} now: an alert says so"
        )
    differs = TOTAL_DIFFERS in noted
    if compares:
        before = dict(row.payload)
        _take_amounts(row, values)
        session.add(row)
        differs = comparing.note_change(session, row, before, now)
    if content is not None:
        names = contents.note(session, row, content, now, with_lines=not differs)
        looked = looked or bool(names) or CONTENT_DIFFERS in noted
        if names:
            other = contents.words(row.type, names)
            said.append(f"is posted already; it names {other} now: an alert says so")
    if compares:
        said.append("is already posted; only its total and tax were taken over, to be compared")
    elif not looked:
        said.append("is already posted; the change was not applied")
    elif is_other and len(said) == 1 and days.kept(row, fresh) != corrections.said(row):
        said[0] += "; the rest of the change was not applied"
    return Met(tuple(said), compares, looked)


def _take_amounts(row: Record, values: Payload) -> None:
    """Take over what a posted document's totals are compared with; the rest stays as posted.

    What people corrected stays too, but for amounts the source itself says otherwise now.
    """
    carried = corrections.carry_money(row, values["payload"])
    row.payload, row.corrections = carried.payload, carried.corrections
    row.amount = corrections.columns(stored_record(row.payload))["amount"]
    row.digest, row.currency = values["digest"], values["currency"]
