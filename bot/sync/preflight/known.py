"""Reads from the mirror what preflight has to know of the postings at hand, in a few queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import Payload
from bot.mirror import fold
from bot.mirror.names import name_field
from bot.mirror.rows import by_keys
from bot.models import CompanyTrait, Exemption, MirrorRow
from bot.sync import formats
from bot.sync.lookup import Key, Lookup
from bot.sync.preflight.model import Known, Posting, compared
from bot.sync.preflight.names import NAMED, full_name, holder_name, space_of
from bot.sync.preflight.numbers import entities_beside
from bot.sync.preflight.references import keys_of

# A switch may be turned: what was seen longer ago is open again.
_REMEMBERED = timedelta(days=30)


def load(
    session: Session, table: Lookup, postings: Sequence[Posting], anew: Iterable[Key] = ()
) -> Known:
    """Everything these postings of one company have to do with.

    `anew`: records that were read again since the table was made.
    """
    rows = {**_rows(session, table, postings), **_read(session, table, anew)}
    known = Known(table, rows=rows)
    return Known(
        table,
        names=_names(session, known, postings),
        numbers=_numbers(session, table, postings),
        rows=rows,
        traits=_traits(session, table),
        formats=(patterns := formats.standing(session, table.company.id or 0)),
        agreed=_agreed(session, table) if patterns else (),
    )


def _traits(session: Session, table: Lookup) -> dict[str, str]:
    asked = {"company_id": table.company.id, "since": table.now - _REMEMBERED}
    return {row.trait: row.value for row in session.exec(_remembered(), params=asked)}


@cache
def _remembered() -> SelectOfScalar[CompanyTrait]:
    return (
        select(CompanyTrait)
        .where(col(CompanyTrait.company_id) == bindparam("company_id"))
        .where(col(CompanyTrait.seen_at) > bindparam("since"))
    )


def _agreed(session: Session, table: Lookup) -> frozenset[str]:
    own = select(Exemption.subject).where(Exemption.company_id == table.company.id)
    own = own.where(Exemption.problem == formats.HELD, col(Exemption.ended_at).is_(None))
    return frozenset(session.exec(own))


def _rows(session: Session, table: Lookup, postings: Sequence[Posting]) -> dict[Key, MirrorRow]:
    at_hand = [*table.accounts, *(row for rows in table.lists.values() for row in rows)]
    at_hand += [row for rows in table.items_by_sku.values() for row in rows]
    rows = {**{(row.entity, row.qbo_id): row for row in at_hand}, **table.rows}
    wanted = {key for one in postings for key in keys_of(one)}
    rows |= _read(session, table, wanted - rows.keys())
    # Whose invoice a payment settles, where it is not the payer's own.
    holders = {("Customer", row.party_id) for (entity, _), row in rows.items()
               if entity == "Invoice" and row.party_id}  # fmt: skip
    rows |= _read(session, table, holders - rows.keys())
    return rows


def _read(session: Session, table: Lookup, keys: Iterable[Key]) -> dict[Key, MirrorRow]:
    rows = by_keys(session, table.company.id or 0, frozenset(keys))
    return {(row.entity, row.qbo_id): row for row in rows}


def _names(
    session: Session, known: Known, postings: Sequence[Posting]
) -> dict[str, list[MirrorRow]]:
    lists = {entity for one in postings if one.entity in NAMED for entity in space_of(one.entity)}
    if not lists:
        return {}
    folded = {fold(text) for one in postings if one.entity in NAMED for text in _said(known, one)}
    rows = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == known.table.company.id)
        .where(col(MirrorRow.folded).in_(folded), col(MirrorRow.entity).in_(lists))
        .where(col(MirrorRow.deleted).is_(False))
    )
    found: dict[str, list[MirrorRow]] = defaultdict(list)
    for row in rows:
        found[" ".join(compared(holder_name(row)).split())].append(row)
    return found


def _said(known: Known, posting: Posting) -> tuple[str, str]:
    own = str(posting.payload.get(name_field(posting.entity)) or "")
    return own, full_name(known, posting.entity, posting.payload)


def _numbers(
    session: Session, table: Lookup, postings: Sequence[Posting]
) -> dict[str, list[MirrorRow]]:
    numbered = [one for one in postings if _number(one.payload) and entities_beside(one)]
    if not numbered:
        return {}
    said = {_number(one.payload) for one in numbered}
    written = {form for one in said for form in (one, one.upper(), one.lower())}
    entities = {entity for one in numbered for entity in entities_beside(one)}
    asked = {"company_id": table.company.id, "entities": sorted(entities)}
    rows = session.exec(_with_number(), params={**asked, "numbers": sorted(written)})
    found: dict[str, list[MirrorRow]] = defaultdict(list)
    for row in rows:
        found[compared(row.doc_number)].append(row)
    return found


@cache
def _with_number() -> SelectOfScalar[MirrorRow]:
    return (
        select(MirrorRow)
        .where(col(MirrorRow.company_id) == bindparam("company_id"))
        .where(col(MirrorRow.entity).in_(bindparam("entities", expanding=True)))
        .where(col(MirrorRow.doc_number).in_(bindparam("numbers", expanding=True)))
        .where(col(MirrorRow.deleted).is_(False))
    )


def _number(payload: Payload) -> str:
    return str(payload.get("DocNumber") or "").strip()
