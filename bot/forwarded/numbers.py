"""Documents of QuickBooks by their number, and the bills of a vendor whose number is near one.

A vendor's bill comes by mail, by hand and by several tools, each of which writes its number in its
own way: 2201, B-2201, INV 2201 (accounting.md rule 10).
"""

from collections.abc import Sequence, Set

from sqlmodel import Session, col, select

from bot import mirror
from bot.mirror.contents import DOCUMENTS
from bot.models import MirrorRow
from bot.sync.bill_numbers import near

_BILLS = ("Bill", "VendorCredit")
_FEWEST_DIGITS = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def in_the_way(
    session: Session, company_id: int, number: str, vendors: Set[str]
) -> Sequence[MirrorRow]:
    """Documents that have a number; where vendors are named, their bill of it, or of a near one.

    Every vendor has numbers of its own, so another vendor's bill is then in nobody's way.
    `vendors` are ids of QuickBooks; none: no vendor's bill is meant.
    """
    rows = of(session, company_id, number)
    own = [row for row in rows if row.entity in _BILLS and row.party_id in vendors]
    if own or not (number and vendors):
        return own or rows
    return _near_bills(session, company_id, number, vendors) or rows


def of(session: Session, company_id: int, number: str) -> Sequence[MirrorRow]:
    """Documents that have a number, as it is written or in capitals."""
    ways = dict.fromkeys((number, number.upper()))
    found = (mirror.by_number(session, company_id, DOCUMENTS, one) for one in ways)
    return next(filter(None, found), [])


def is_another(row: MirrorRow, number: str) -> bool:
    """Whether it is a document of another number: ids are other ones in every company's books."""
    return row.entity in DOCUMENTS and mirror.fold(row.doc_number) != mirror.fold(number)


def _near_bills(
    session: Session, company_id: int, number: str, vendors: Set[str]
) -> list[MirrorRow]:
    bills = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id, col(MirrorRow.deleted).is_(False))
        .where(col(MirrorRow.entity).in_(_BILLS), col(MirrorRow.party_id).in_(vendors))
    ).all()
    near_ones = [one for one in bills if near(number, one.doc_number, same_total=False)]
    return near_ones or [one for one in bills if _same_digits(number, one.doc_number)]


def _same_digits(number: str, other: str) -> bool:
    """Whether one of them is the other with letters before it: B-2201 and 2201."""
    (mine, digits), (others, digits_too) = _letters_before(number), _letters_before(other)
    return len(digits) >= _FEWEST_DIGITS and digits == digits_too and not (mine and others)


def _letters_before(number: str) -> tuple[str, str]:
    kept = "".join(filter(str.isalnum, number)).casefold()
    digits = kept.lstrip(_LETTERS)
    return kept[: len(kept) - len(digits)], digits
