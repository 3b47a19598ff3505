"""Why a document must not go out: the books hold what may be it, told as doubles are told."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session

from bot.domain import Payload
from bot.models import Source
from bot.services import Services
from bot.sync import doubles
from bot.sync.already.alike import (
    NUMBERED,
    Document,
    Key,
    distance,
    is_looked_for,
    key_of,
    may_be,
    ours_of,
    same_number,
)
from bot.sync.already.found import Found
from bot.sync.causes import Cause, own_cause
from bot.sync.doubles import ENTERED_ALREADY, NUMBER_USED, Posting

# These have no lines of their own: what they pay tells them apart.
_PAY = ("Payment", "BillPayment")


def causes_of(
    services: Services, session: Session, wanted: Iterable[Posting], known: Iterable[Found]
) -> dict[int, Cause]:
    causes: dict[int, Cause] = {}
    alike: dict[Key, list[Found]] = defaultdict(list)
    for row in known:
        alike[key_of(row.document)].append(row)
    for one in wanted:
        ours = ours_of(one)
        rows = [
            row
            for row in alike.get(key_of(ours), ())
            if row.qbo_id not in one.record.told_apart
            and (row.record is None or row.record.id != one.record.id)
            and is_looked_for(ours, row.document)
            and may_be(ours, row.document)
            and _agrees(session, one, ours, row)
        ]
        if rows:
            rows.sort(key=lambda row: (row.record is None, distance(ours, row.document)))
            causes[one.record.id or 0] = cause_of(services, session, one, rows[0])
    return causes


def _agrees(session: Session, one: Posting, ours: Document, row: Found) -> bool:
    if one.entity in _PAY or same_number(ours, row.document):
        return True
    return doubles.compared(session, one.record, one.entity, row.data).same


def cause_of(services: Services, session: Session, one: Posting, found: Found) -> Cause:
    record = one.record
    source = session.get_one(Source, record.source_id).name
    entity, theirs = found.document.entity, found.data
    facts = doubles.facts_of(services, session, record, entity, theirs)
    if entity in NUMBERED and doubles.number_of(theirs) == one.payload.get("DocNumber"):
        return own_cause(NUMBER_USED, record, source, {**facts, **doubles.holder(record, facts)})
    if entity in NUMBERED:
        number: Payload = {"what": "number", "ours": record.number, "same": False}
        number["theirs"] = doubles.number_of(theirs) or "none"
        facts |= {"compared": [number, *facts["compared"]], "repeated": True}
    return own_cause(ENTERED_ALREADY, record, source, facts)
