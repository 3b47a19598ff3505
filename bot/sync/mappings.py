"""Mappings: what a source's word (a SKU, an account's name) stands for in QuickBooks, by id.

Kept by id, so that a rename in QuickBooks breaks nothing.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Final

from sqlalchemy import bindparam
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.models import Mapping, MappingHistory

SKU: Final = "sku"
ACCOUNT: Final = "account"
CLASS: Final = "class"
LOCATION: Final = "location"
TAX_CODE: Final = "tax_code"
TERM: Final = "term"
METHOD: Final = "method"
# Where the money of a payment or a sale goes: a word for the account, or the payment method.
DEPOSIT_TO: Final = "deposit_to"
CUSTOMER: Final = "customer"
VENDOR: Final = "vendor"
KINDS = (
    SKU,
    ACCOUNT,
    CLASS,
    LOCATION,
    TAX_CODE,
    TERM,
    METHOD,
    DEPOSIT_TO,
    CUSTOMER,
    VENDOR,
)
PARTIES = frozenset({CUSTOMER, VENDOR})
# Documents may be posted without these.
OPTIONAL = frozenset({CLASS, LOCATION, TERM, METHOD})
# What holds records for a word that stands for nothing usable yet.
UNMAPPED: Final = (
    "item_not_mapped",
    "value_not_mapped",
    "tax_code_missing",
    "account_not_found",
    "no_income_account",
    "mapping_broken",
)
# Posted without one: a person said that this word stands for nothing in QuickBooks.
NOTHING: Final = "-"
# The word under which a choice for everything of its kind is kept; no source says it.
ANY: Final = "*"
ENTITIES: Final = {
    SKU: "Item",
    ACCOUNT: "Account",
    CLASS: "Class",
    LOCATION: "Department",
    TAX_CODE: "TaxCode",
    TERM: "Term",
    METHOD: "PaymentMethod",
    DEPOSIT_TO: "Account",
    CUSTOMER: "Customer",
    VENDOR: "Vendor",
}


def key_of(said: str, what: str = "") -> str:
    """Fold a source's word as it is looked up: case and blanks do not count, signs do.

    Of customers and vendors a source says an id: there case counts.
    """
    words = " ".join(said.split())
    return words if what in PARTIES else words.casefold()


def find(session: Session, source_id: int, what: str, said: str) -> Mapping | None:
    """Return what one word of a source stands for, None if nobody said."""
    return find_many(session, source_id, what, (said,)).get(key_of(said, what))


def find_many(
    session: Session, source_id: int, what: str, said: Collection[str]
) -> dict[str, Mapping]:
    """Return what these words of a source stand for, by folded word."""
    rows = session.exec(
        select(Mapping)
        .where(Mapping.source_id == source_id)
        .where(Mapping.what == what)
        .where(col(Mapping.key).in_({key_of(word, what) for word in said}))
    )
    return {row.key: row for row in rows}


def with_keys(session: Session, source_id: int, keys: Collection[str]) -> Sequence[Mapping]:
    """Return what words of a source with these keys stand for, of every kind, in one query."""
    asked = {"source_id": source_id, "keys": sorted(keys)}
    return session.exec(_with_keys(), params=asked).all()


@cache
def _with_keys() -> SelectOfScalar[Mapping]:
    return (
        select(Mapping)
        .where(col(Mapping.source_id) == bindparam("source_id"))
        .where(col(Mapping.key).in_(bindparam("keys", expanding=True)))
    )


def put(
    session: Session,
    *,
    company_id: int,
    source_id: int,
    what: str,
    said: str,
    qbo_id: str,
    by: str,
    now: datetime,
    entity: str = "",
    why: str = "a button",
) -> str:
    """Say what a word stands for; an earlier answer is replaced. Returns the earlier id or "".

    `entity` is needed only where it is not the word's own (a location that is kept as a class).
    """
    row = find(session, source_id, what, said)
    earlier = (row.entity, row.qbo_id) if row is not None else ("", "")
    row = row or Mapping(
        company_id=company_id,
        source_id=source_id,
        what=what,
        key=key_of(said, what),
        said=said,
        entity=ENTITIES[what],
        qbo_id="",
        by=by,
        created_at=now,
    )
    row.qbo_id, row.by, row.created_at = qbo_id, by, now
    row.entity = entity or ENTITIES[what]
    session.add(row)
    _remember(session, row, earlier, (row.entity, qbo_id), (by, why, now))
    return earlier[1]


def put_back(
    session: Session,
    source_id: int,
    what: str,
    said: str,
    earlier: str,
    entity: str = "",
    *,
    by: str,
    now: datetime,
) -> None:
    """Undo `put`: the earlier id stands again, or nothing does."""
    row = find(session, source_id, what, said)
    if row is None:
        return
    standing = (row.entity, row.qbo_id)
    if earlier:
        row.qbo_id, row.entity = earlier, entity or row.entity
        session.add(row)
        _remember(session, row, standing, (row.entity, earlier), (by, "taken back", now))
    else:
        _remember(session, row, standing, ("", ""), (by, "taken back", now))
        session.delete(row)


def _remember(
    session: Session,
    row: Mapping,
    was: tuple[str, str],
    now: tuple[str, str],
    how: tuple[str, str, datetime],
) -> None:
    by, why, at = how
    session.add(
        MappingHistory(
            company_id=row.company_id,
            source_id=row.source_id,
            what=row.what,
            key=row.key,
            said=row.said,
            was_entity=was[0],
            was=was[1],
            entity=now[0],
            qbo_id=now[1],
            by=by,
            why=why,
            at=at,
        )
    )
