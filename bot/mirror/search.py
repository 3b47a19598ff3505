"""Looks names up while somebody types: from the indexes alone, so that 100,000 names take no time.

Folded names that begin as typed come first; then those that hold every typed word anywhere.
"""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from bot.mirror.names import fold
from bot.models import MirrorRow

# So many matches are looked at; of more, those that begin as typed.
MOST = 300
_MOST_READ = 2_000
_LAST = "\U0010ffff"


def search(
    session: Session,
    company_id: int,
    entities: Sequence[str],
    typed: str,
    *,
    inactive: bool = False,
    most: int = MOST,
) -> list[MirrorRow]:
    """Living records whose name holds every typed word, or whose SKU holds what was typed.

    Active ones only, unless `inactive`. The shortest names first.
    """
    folded = fold(typed)
    if not folded:
        return []
    found: dict[int, None] = {}
    for entity in entities:
        for active in (True, False) if inactive else (True,):
            names = _names(company_id, entity, active=active)
            found |= _ids(session, names.where(*_begins(folded)), most)
            if len(found) < most:
                found |= _ids(session, names.where(*_holds(folded)), most)
    if "Item" in entities:
        found |= _ids(session, _skus(company_id, typed, inactive=inactive), most)
    rows = session.exec(
        select(MirrorRow).where(col(MirrorRow.id).in_(list(found)[: 2 * most]))
    ).all()
    return sorted(rows, key=lambda row: (len(row.name), row.name, row.qbo_id))[:most]


def beginning(session: Session, company_id: int, entity: str, folded: str) -> list[MirrorRow]:
    """Active records of a list whose folded name begins so, by name; at most some thousand."""
    ids = session.exec(
        _names(company_id, entity, active=True).where(*_begins(folded)).limit(_MOST_READ)
    ).all()
    rows: list[MirrorRow] = []
    for start in range(0, len(ids), MOST):
        part = ids[start : start + MOST]
        rows += session.exec(select(MirrorRow).where(col(MirrorRow.id).in_(part))).all()
    return sorted(rows, key=lambda row: (row.folded, row.id or 0))


def _names(company_id: int, entity: str, *, active: bool) -> Any:
    """Ids by the index of names: every column asked about stands in it."""
    return (
        select(MirrorRow.id)
        .where(MirrorRow.company_id == company_id)
        .where(MirrorRow.entity == entity)
        .where(col(MirrorRow.active).is_(active))
        .where(col(MirrorRow.deleted).is_(False))
        .order_by(col(MirrorRow.folded))
    )


def _begins(folded: str) -> tuple[Any, ...]:
    return (col(MirrorRow.folded) >= folded, col(MirrorRow.folded) < folded + _LAST)


def _holds(folded: str) -> tuple[Any, ...]:
    return tuple(col(MirrorRow.folded).contains(word, autoescape=True) for word in folded.split())


def _skus(company_id: int, typed: str, *, inactive: bool) -> Any:
    wanted = (
        select(MirrorRow.id)
        .where(MirrorRow.company_id == company_id, col(MirrorRow.sku) > "")
        .where(MirrorRow.entity == "Item", col(MirrorRow.deleted).is_(False))
        .where(col(MirrorRow.sku).icontains(typed.strip(), autoescape=True))
        .order_by(col(MirrorRow.sku))
    )
    return wanted if inactive else wanted.where(col(MirrorRow.active).is_(True))


def _ids(session: Session, wanted: Any, most: int) -> dict[int, None]:
    return dict.fromkeys(session.exec(wanted.limit(most)))
