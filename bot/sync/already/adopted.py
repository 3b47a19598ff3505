"""What was found in the books when they were adopted, and differs: asked about one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from bot import mirror
from bot.domain import JsonValue
from bot.models import AdoptionPair, MirrorRow, Record
from bot.services import Services
from bot.sync.already.causes import cause_of
from bot.sync.already.found import found_of
from bot.sync.causes import Cause
from bot.sync.doubles import ENTERED_ALREADY, NUMBER_USED, Posting

# What the comparison of whole books says of two that agree in everything.
EXACT = "exact"
# The alerts that ask a person about a document of ours and the one of QuickBooks that is like it.
ASKED_AS = (NUMBER_USED, ENTERED_ALREADY)
_AT_ONCE = 500


def differing(
    services: Services, session: Session, company_id: int, wanted: Sequence[Posting]
) -> dict[int, Cause]:
    """What was found in the books when they were adopted, and differs: asked about one by one."""
    by_id = {one.record.id or 0: one for one in wanted}
    pairs = session.exec(_differing(), params={"ids": list(by_id)})
    causes: dict[int, Cause] = {}
    for pair in pairs:
        one = by_id[pair.record_id]
        row = mirror.get(session, company_id, pair.entity, pair.qbo_id)
        if row is None or row.deleted or pair.qbo_id in one.record.told_apart:
            continue
        [found] = found_of(session, company_id, pair.entity, [row.data])
        cause = cause_of(services, session, one, found)
        facts = {**cause.facts, "adopted": True, "differing": _differing_in(cause.facts)}
        causes[pair.record_id] = replace(cause, facts=facts)
    return causes


def found_otherwise(session: Session, records: Sequence[Record]) -> frozenset[int]:
    """Ids of those that `differing` would ask about: their document stands, and none told it apart.

    By the mirror alone.
    """
    apart = {row.id or 0: row.told_apart for row in records}
    found: set[int] = set()
    for start in range(0, len(records), _AT_ONCE):
        ids = [row.id for row in records[start : start + _AT_ONCE]]
        rows = session.exec(_standing(), params={"ids": ids})
        found |= {record_id for record_id, qbo_id in rows if qbo_id not in apart[record_id]}
    return frozenset(found)


def _differing_in(facts: Mapping[str, JsonValue]) -> list[str]:
    """What differs between the two by now; none where more than one would do."""
    names = [str(row["what"]) for row in facts["compared"] if not row["same"]]
    return ["what it pays" if name == "pays" else name for name in names]


@cache
def _differing() -> SelectOfScalar[AdoptionPair]:
    return (
        select(AdoptionPair)
        .where(col(AdoptionPair.record_id).in_(bindparam("ids", expanding=True)))
        .where(AdoptionPair.verdict != EXACT)
        .order_by(col(AdoptionPair.id))
    )


@cache
def _standing() -> Select[int, str]:
    """The pairs of these records that differ and whose document is in QuickBooks."""
    document = and_(
        col(MirrorRow.company_id) == col(Record.company_id),
        col(MirrorRow.entity) == col(AdoptionPair.entity),
        col(MirrorRow.qbo_id) == col(AdoptionPair.qbo_id),
    )
    return (
        select(AdoptionPair.record_id, AdoptionPair.qbo_id)
        .join(Record, col(Record.id) == col(AdoptionPair.record_id))
        .join(MirrorRow, document)
        .where(col(AdoptionPair.record_id).in_(bindparam("ids", expanding=True)))
        .where(AdoptionPair.verdict != EXACT, col(MirrorRow.deleted).is_(False))
    )
