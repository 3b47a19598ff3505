"""A record that is posted and comes again in another version: compared, never posted twice.

What changed of a record of a list goes by the firm's policy (bot.sync.flow); of a document, an
alert says what differs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot import mirror
from bot.domain import DOCUMENTS, ENTITY, Payload
from bot.models import Record
from bot.render import listed
from bot.sync import comparing, contents, corrections, days
from bot.sync.causes import CONTENT_DIFFERS, DAY_DIFFERS, SIDES_DIFFER, TOTAL_DIFFERS
from bot.sync.flow import settling
from bot.sync.flow.fields import called, fields_of
from bot.sync.reading import stored_record

_NOT_APPLIED = "is already posted; the change was not applied"
_COMPARED = (
    "is already posted; nothing of it is changed in QuickBooks by itself: where total or tax are "
    "others now, an alert says so"
)


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
    settled = _by_policy(session, row, values, now, known=is_same and SIDES_DIFFER not in noted)
    if settled is not None:
        return settled
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
        said.append(_COMPARED)
    elif not looked:
        said.append(_NOT_APPLIED)
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


def _by_policy(
    session: Session, row: Record, values: Payload, now: datetime, *, known: bool
) -> Met | None:
    """What the firm's policy settles; None where documents are compared, or nothing is new."""
    if known:
        return None
    if row.type in DOCUMENTS:
        return _meet_document(session, row, values, now)
    return _meet_listed(session, row, values, now)


def _meet_document(session: Session, row: Record, values: Payload, now: datetime) -> Met | None:
    """A document that a policy may change by itself, or of which a person is asked already.

    None where a person is told what differs.
    """
    found = mirror.get(session, row.company_id, ENTITY[row.type], str(row.qbo_id or ""))
    if found is None:
        return None
    fresh, settled = values["payload"], None
    if not found.deleted:
        settled = settling.meet_document(session, row, found, fresh, now)
    settled = settled or settling.meet_asked(session, row, found, fresh, now)
    return None if settled is None else _told(row, settled)


def _meet_listed(session: Session, row: Record, values: Payload, now: datetime) -> Met:
    """A customer, vendor or item: what changed goes where its policy says."""
    fresh = values["payload"]
    found = mirror.get(session, row.company_id, ENTITY[row.type], str(row.qbo_id or ""))
    if not fields_of(row.type) or found is None or found.deleted:
        return Met((_NOT_APPLIED,))
    settled = settling.meet_source(session, row, found, fresh, now)
    met = _told(row, settled)
    if not met.words and row.digest != values["digest"]:
        return Met((_NOT_APPLIED,), met.updated, met.looked)
    return met


def _told(row: Record, settled: settling.Settled) -> Met:
    parts = (
        (settled.source, "{} will be changed in QuickBooks too"),
        (settled.quickbooks, "{} stays as it is in QuickBooks"),
        (settled.asked, "an alert asks about {}, which QuickBooks has otherwise"),
    )
    said = [
        words.format(f"its {listed([called(row.type, group) for group in groups])}")
        for groups, words in parts
        if groups
    ]
    words = (f"is already posted; {'; '.join(said)}",) if said else ()
    return Met(words, updated=bool(settled.source), looked=settled.is_news)
