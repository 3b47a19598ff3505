"""Which item of QuickBooks a SKU may stand for, ranked, each with its reasons.

A likeness is never proof: one reason alone is a suggestion, two that agree (or an earlier posting
with the very same SKU) make it the one to press (accounting.md rule 7 of the house).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rapidfuzz import fuzz
from sqlalchemy import String, cast
from sqlmodel import Session, col, or_, select

from bot.domain import JsonValue, Payload, RecordState, RecordType
from bot.mirror.names import fold
from bot.models import Mapping, MirrorRow, Record, Write
from bot.sync import mappings
from bot.sync.records import InvoiceLineIn

# So many suggestions are kept; a menu shows them with all other items behind.
MOST = 5
# Items are compared one by one up to this many.
_MOST_COMPARED = 5_000
_MOST_EARLIER = 3
_NO_SIGN = re.compile(r"[\W_]+")
_SHORTEST_CODE = 5
_ALIKE = 88
USED, CHOSEN, SKU, NAME, CODE, PRICE = "used", "chosen", "sku", "name", "code", "price"
BARCODE = "barcode"
_WEIGHT = {USED: 5, CHOSEN: 4, SKU: 4, BARCODE: 4, NAME: 3, CODE: 3, PRICE: 1}
_DIGITS = re.compile(r"(?<!\d)\d{8,14}(?!\d)")
# UPC-A, EAN-8, EAN-13 and GTIN-14 are one number with zeros before it (GS1 General Specifications).
_LONGEST_GTIN = 14


@dataclass(frozen=True)
class Suggestion:
    """An active item with why it may be meant: kind of reason → its words."""

    row: MirrorRow
    reasons: tuple[tuple[str, str], ...]

    @property
    def score(self) -> int:
        """How much speaks for it."""
        return sum(_WEIGHT[kind] for kind, _ in self.reasons)

    @property
    def agrees(self) -> bool:
        """Whether a second fact supports it: an earlier posting, or two reasons."""
        kinds = {kind for kind, _ in self.reasons}
        return USED in kinds or len(kinds) >= 2

    def card(self) -> Payload:
        """As facts of a message."""
        return {
            "qbo_id": self.row.qbo_id,
            "name": self.row.name,
            "sku": self.row.sku or None,
            "reasons": [words for _, words in self.reasons],
        }


def squeezed(sku: str) -> str:
    """Level a SKU as people misspell it: case, blanks, dashes and dots do not count."""
    return _NO_SIGN.sub("", sku).casefold()


def best(found: Sequence[Suggestion]) -> Suggestion | None:
    """Return the only suggestion a second fact supports, None when none or several are."""
    agreeing = [one for one in found if one.agrees]
    return agreeing[0] if len(agreeing) == 1 else None


def suggest(
    session: Session, company_id: int, source_id: int, sku: str, line: InvoiceLineIn | None = None
) -> tuple[Suggestion, ...]:
    """Rank the company's active items for a SKU, the likeliest first; at most five."""
    items = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id)
        .where(MirrorRow.entity == "Item")
        .where(col(MirrorRow.active).is_(True))
        .where(col(MirrorRow.deleted).is_(False))
        .limit(_MOST_COMPARED)
    ).all()
    items = [row for row in items if row.data.get("Type") not in ("Category", "Group")]
    barcode = (line.barcode if line else None) or _own_barcode(session, source_id, sku, line)
    used = _used_before(session, company_id, source_id, sku)
    chosen = _chosen_elsewhere(session, company_id, source_id, sku)
    found = [
        Suggestion(row, tuple(reasons))
        for row in items
        if (reasons := list(_reasons(row, sku, (line, barcode), used, chosen)))
        and {kind for kind, _ in reasons} != {PRICE}
    ]
    found.sort(key=lambda one: (-one.score, one.row.name.casefold()))
    return tuple(found[:MOST])


def _reasons(
    row: MirrorRow,
    sku: str,
    said: tuple[InvoiceLineIn | None, str],
    used: frozenset[str],
    chosen: frozenset[str],
) -> Iterable[tuple[str, str]]:
    line, barcode = said
    if row.qbo_id in used:
        yield USED, f"{sku} was posted with it before"
    if row.qbo_id in chosen:
        yield CHOSEN, f"chosen for {sku} of another source"
    if row.sku and squeezed(row.sku) == squeezed(sku):
        same = row.sku == sku
        yield SKU, "the same SKU" if same else f"SKU {row.sku}: only case and signs differ"
    words = (line.description if line else None) or sku
    if _alike(words, row.name):
        yield NAME, "the name is like the line's text"
    text = f"{row.name} {row.data.get('Description') or ''}"
    by_barcode = _same_barcode(row, text, sku, barcode)
    if by_barcode:
        yield BARCODE, by_barcode
    # A SKU that is the barcode is one fact, wherever it stands.
    told = "" if barcodes(sku) and by_barcode else squeezed(text)
    if len(squeezed(sku)) >= _SHORTEST_CODE and squeezed(sku) in told:
        yield CODE, "its name or description holds the SKU"
    if line is not None and line.unit_price is not None and _same(row, line.unit_price):
        yield PRICE, "the same price"


def barcodes(text: str) -> frozenset[str]:
    """The barcodes in a text: digits whose last one checks the others, with zeros before them."""
    found = (one.zfill(_LONGEST_GTIN) for one in _DIGITS.findall(text))
    return frozenset(one for one in found if _checks(one))


def _checks(code: str) -> bool:
    sums = sum(int(sign) * (1 if place % 2 else 3) for place, sign in enumerate(code))
    return sums % 10 == 0 and bool(code.strip("0"))


def _own_barcode(session: Session, source_id: int, sku: str, line: InvoiceLineIn | None) -> str:
    """The barcode of the source's own item of this SKU or id, "" where it said none."""
    called = or_(Record.number == sku, Record.external_id == ((line.item if line else None) or sku))
    own = session.exec(
        select(Record)
        .where(Record.source_id == source_id, Record.type == RecordType.ITEM, called)
        .order_by(col(Record.id).desc())
        .limit(_MOST_EARLIER)
    )
    return next((str(one.payload["barcode"]) for one in own if one.payload.get("barcode")), "")


def _same_barcode(row: MirrorRow, text: str, sku: str, barcode: str) -> str:
    """Why the barcode is the same, "" if it is not, or is the SKU that is told already."""
    theirs = barcodes(f"{row.sku} {text}")
    said = barcodes(barcode) - barcodes(sku)
    if said & theirs:
        return "the same barcode"
    told = bool(row.sku) and squeezed(row.sku) == squeezed(sku)
    return "the SKU is its barcode" if not told and barcodes(sku) & theirs else ""


def _alike(one: str, two: str) -> bool:
    left, right = fold(one), fold(two)
    # Numbers are what tells sizes and packs apart: they must agree.
    if not left or not right or _numbers(left) != _numbers(right):
        return False
    return fuzz.token_sort_ratio(left, right) >= _ALIKE


def _numbers(text: str) -> list[str]:
    return sorted(re.findall(r"\d+", text))


def _same(row: MirrorRow, price: Decimal) -> bool:
    try:
        theirs = Decimal(str(row.data.get("UnitPrice")))
    except InvalidOperation:
        return False
    return bool(theirs) and theirs == price


def _chosen_elsewhere(
    session: Session, company_id: int, source_id: int, sku: str
) -> frozenset[str]:
    return frozenset(
        session.exec(
            select(Mapping.qbo_id)
            .where(Mapping.company_id == company_id)
            .where(Mapping.what == mappings.SKU)
            .where(Mapping.key == mappings.key_of(sku))
            .where(Mapping.source_id != source_id)
        )
    )


def _used_before(session: Session, company_id: int, source_id: int, sku: str) -> frozenset[str]:
    """The items that lines with this very SKU were posted with: a renamed item is found again."""
    posted = session.exec(
        select(Record)
        .where(Record.company_id == company_id)
        .where(Record.source_id == source_id)
        .where(Record.type == RecordType.INVOICE)
        .where(Record.state == RecordState.POSTED)
        .where(cast(Record.payload, String).contains(sku, autoescape=True))
        .order_by(col(Record.id).desc())
        .limit(_MOST_EARLIER)
    ).all()
    found: set[str] = set()
    for record in posted:
        write = session.exec(
            select(Write)
            .where(Write.record_id == record.id)
            .where(Write.operation == "create")
            .where(Write.state == "done")
        ).first()
        if write is not None:
            found |= _items_of(record.payload, write.payload, sku)
    return frozenset(found)


def _items_of(record: Payload, written: Payload, sku: str) -> set[str]:
    lines: list[JsonValue] = record.get("lines") or []
    sales = [line for line in written.get("Line") or [] if "SalesItemLineDetail" in line]
    if len(lines) != len(sales):
        return set()
    return {
        str(line["SalesItemLineDetail"]["ItemRef"]["value"])
        for ours, line in zip(lines, sales, strict=True)
        if ours.get("sku") == sku
    }
