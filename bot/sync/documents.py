"""A document of QuickBooks beside one of ours: is it the same one, entered by somebody else?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, col, select

from bot import mirror
from bot.config import Settings
from bot.domain import (
    ENTITY,
    PURCHASE_DOCUMENTS,
    SALES_DOCUMENTS,
    JsonValue,
    Payload,
    RecordType,
)
from bot.models import Company, Link, Record
from bot.quickbooks import Question
from bot.quickbooks.links import deep_link
from bot.render import day as written_day
from bot.render import listed, money
from bot.render.words import spoken
from bot.services import Services
from bot.sync import links, mapping_rules, mappings
from bot.sync.kinds import kind_of

# Invoices, sales receipts, credit memos and refund receipts share one sequence by default.
SALES_NUMBERED = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
_OF_VENDORS = ("Bill", "VendorCredit", "Purchase", "BillPayment")
_LINES = (
    "SalesItemLineDetail",
    "AccountBasedExpenseLineDetail",
    "DepositLineDetail",
    "JournalEntryLineDetail",
)
# A document entered by hand may bear the day before or after; more is another sale.
NEAR = timedelta(days=3)
_UNKNOWN_ENTITY = "4001"
_MOST_LINES = 5
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Line:
    """A line in what tells it from others: what, how many, how much."""

    item_id: str
    words: str
    amount: Decimal


@dataclass(frozen=True)
class Side:
    """One of the two documents that are compared; "" and None stand for what is not known."""

    entity: str
    party_id: str
    party: str
    total: Decimal | None
    tax: Decimal | None
    day: date | None
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Comparison:
    """Both sides, point by point: {what, ours, theirs, same}.

    `same`: who, total, tax and items agree and the days are near. `other`: it is certainly
    another document: of another type or party, or both total and day differ.
    """

    rows: tuple[Payload, ...]
    same: bool
    other: bool

    def differing(self) -> list[str]:
        """Name what differs, in words."""
        return [str(row["what"]) for row in self.rows if not row["same"]]


def entities_of(kind: RecordType) -> tuple[str, ...]:
    """Among which documents of QuickBooks the number of such a record must be unique."""
    return SALES_NUMBERED if kind in SALES_DOCUMENTS else (ENTITY[kind],)


def with_number(
    services: Services, company_id: int, number: str, entities: Iterable[str]
) -> list[tuple[str, Payload]]:
    """Read every document of QuickBooks with this number. Raises QuickBooksFault."""
    return with_numbers(services, company_id, (number,), entities)


def with_numbers(
    services: Services, company_id: int, numbers: Sequence[str], entities: Iterable[str]
) -> list[tuple[str, Payload]]:
    """As `with_number` for several. A type that a company's QuickBooks does not know has none."""
    books = services.quickbooks.company(company_id)
    found: list[tuple[str, Payload]] = []
    with_them = (("DocNumber", "IN", list(numbers)),)
    questions = [Question(entity, with_them) for entity in entities]
    for question, answer in zip(questions, books.query_many(questions), strict=True):
        if answer.fault is None or answer.fault.code != _UNKNOWN_ENTITY:
            found += [(question.entity, row) for row in answer.all()]
    return found


def is_stamped(document: Payload) -> bool:
    """Say whether a source's record was posted as this document, by its mark."""
    return "[sync:" in str(document.get("PrivateNote") or "")


def linked_ids(
    session: Session, company_id: int, entity: str, qbo_ids: Iterable[str]
) -> frozenset[str]:
    """Which of these documents stand for a record of a source already."""
    wanted = sorted(set(qbo_ids))
    rows = session.exec(
        select(Link.qbo_id)
        .where(Link.company_id == company_id, Link.entity == entity)
        .where(col(Link.qbo_id).in_(wanted))
    )
    return frozenset(rows)


def theirs_facts(
    settings: Settings, company: Company, entity: str, document: Payload, *, linked: bool
) -> Payload:
    """Facts of a document of QuickBooks for an alert: amounts as text, days as ISO."""
    side = side_of_document(entity, document)
    qbo_id = str(document["Id"])
    return {
        "entity": entity,
        "type": spoken(entity),
        "qbo_id": qbo_id,
        "number": str(document.get("DocNumber") or document.get("PaymentRefNum") or ""),
        "party": side.party,
        "total": None if side.total is None else str(side.total),
        "date": side.day.isoformat() if side.day else None,
        "link": deep_link(settings, company, entity, qbo_id),
        "by_us": linked or is_stamped(document),
    }


def side_of_document(entity: str, document: Payload) -> Side:
    """Read what is compared of a document of QuickBooks."""
    named = (document.get(name) for name in ("CustomerRef", "VendorRef", "EntityRef"))
    ref: Payload = next((one for one in named if one), {})
    tax = (document.get("TxnTaxDetail") or {}).get("TotalTax")
    return Side(
        entity,
        str(ref.get("value") or ""),
        str(ref.get("name") or ""),
        _decimal(document.get("TotalAmt")),
        _decimal(tax) if tax is not None else Decimal(0),
        _date(document.get("TxnDate")),
        tuple(_their_lines(document)),
    )


def _their_lines(document: Payload) -> Iterator[Line]:
    for line in document.get("Line") or ():
        kind = str(line.get("DetailType") or "")
        amount = _decimal(line.get("Amount")) or Decimal(0)
        detail = line.get(kind) or {}
        if kind == "DiscountLineDetail":
            yield Line("discount", "a discount", -amount)
        elif kind in _LINES or (not kind and line.get("LinkedTxn")):
            ref = detail.get("ItemRef") or detail.get("AccountRef") or {}
            words = str(ref.get("name") or line.get("Description") or "a line")
            quantity = _decimal(detail.get("Qty"))
            amount = -amount if detail.get("PostingType") == "Credit" else amount
            yield Line(str(ref.get("value") or ""), _counted(quantity, words), amount)


def side_of_record(session: Session, record: Record) -> Side:
    """Read what is compared of a record of ours, with QuickBooks' ids as far as they are known."""
    payload = record.payload
    own = kind_of(record)
    party = None
    if own.party is not None:
        party = links.find(session, record.source_id, own.party, own.party_id(payload))
    taxed = record.type in SALES_DOCUMENTS | PURCHASE_DOCUMENTS
    tax = _decimal(payload.get("tax_total") or "0") if taxed else None
    return Side(
        ENTITY[record.type],
        party.qbo_id if party else "",
        record.name,
        record.amount,
        tax,
        record.doc_date,
        tuple(_our_lines(session, record)),
    )


def _our_lines(session: Session, record: Record) -> Iterator[Line]:
    for line in record.payload.get("lines") or ():
        item_id, name = _item(session, record, line)
        words = name or line.get("description") or line.get("sku") or line.get("account")
        quantity = _decimal(line.get("quantity"))
        said = line.get("amount") or line.get("debit") or f"-{line.get('credit')}"
        amount = _decimal(said) or Decimal(0)
        yield Line(item_id, _counted(quantity, str(words or "a line")), amount)


def _item(session: Session, record: Record, line: Payload) -> tuple[str, str]:
    """The item of QuickBooks a line stands for, and its name; "" where that is not known."""
    found = links.find(session, record.source_id, RecordType.ITEM, str(line.get("item") or ""))
    qbo_id = found.qbo_id if found else ""
    sku = str(line.get("sku") or "")
    if not qbo_id and sku:
        mapped = mapping_rules.stands_for(
            session, record.company_id, record.source_id, mappings.SKU, sku
        )
        active = [row for row in mirror.by_sku(session, record.company_id, sku) if row.active]
        qbo_id = mapped.qbo_id if mapped else active[0].qbo_id if len(active) == 1 else ""
    row = mirror.get(session, record.company_id, "Item", qbo_id) if qbo_id else None
    return qbo_id, row.name if row else ""


def compare(ours: Side, theirs: Side, currency: str) -> Comparison:
    """Compare point by point; both sides stand in the rows as a person reads them."""
    party = _same_party(ours, theirs)
    total = ours.total == theirs.total
    tax = ours.tax is None or (ours.tax or Decimal(0)) == (theirs.tax or Decimal(0))
    items = _same_lines(ours.lines, theirs.lines)
    near = _near(ours.day, theirs.day)
    label = "vendor" if ours.entity in _OF_VENDORS else "customer"
    rows = [
        _row(label, ours.party, theirs.party, same=party),
        _row("total", _money(ours.total, currency), _money(theirs.total, currency), same=total),
        _row("date", _day(ours.day), _day(theirs.day), same=ours.day == theirs.day),
    ]
    if ours.tax is not None:
        texts = (_money(ours.tax, currency), _money(theirs.tax, currency))
        rows.insert(2, _row("sales tax", *texts, same=tax))
    if ours.lines:
        other_items = items or not _same_items(ours.lines, theirs.lines)
        what = "items" if ours.entity in SALES_NUMBERED and other_items else "lines"
        texts = (_lines_told(ours.lines, currency), _lines_told(theirs.lines, currency))
        rows.append(_row(what, *texts, same=items))
    of_one_type = ours.entity == theirs.entity
    same = of_one_type and party and total and tax and items and near
    # Of one customer, another total on about the same day may be a slip of the one who typed it.
    other = not of_one_type or not party or not (total or near)
    return Comparison(tuple(rows), same, other)


def rows_of_payment(session: Session, record: Record, document: Payload) -> Iterator[Payload]:
    """What two payments are told apart by besides their amount: the reference and what they pay."""
    reference = str(record.payload.get("reference") or "")
    theirs = str(document.get("PaymentRefNum") or "")
    if reference or theirs:
        same = reference.casefold() == theirs.casefold()
        yield _row("reference", reference or "none", theirs or "none", same=same)
    wanted = [str(part["invoice"]) for part in record.payload.get("applies_to") or ()]
    known = links.find_many(session, record.source_id, RecordType.INVOICE, wanted)
    ours = {known[one].qbo_id if one in known else f"?{one}" for one in wanted}
    paid = {
        str(linked["TxnId"])
        for line in document.get("Line") or ()
        for linked in line.get("LinkedTxn") or ()
        if linked.get("TxnType") == "Invoice"
    }
    texts = [_invoices_told(session, record.company_id, ids) for ids in (ours, paid)]
    yield _row("pays", *texts, same=ours == paid)


def _invoices_told(session: Session, company_id: int, qbo_ids: Iterable[str]) -> str:
    told: list[str] = []
    for qbo_id in sorted(qbo_ids):
        row = mirror.get(session, company_id, "Invoice", qbo_id)
        number = row.doc_number if row else ""
        told.append(f"invoice {number}" if number else "an invoice")
    return listed(told[:_MOST_LINES]) or "no invoice"


def _row(what: str, ours: str, theirs: str, *, same: bool) -> Payload:
    return {"what": what, "ours": ours, "theirs": theirs, "same": same}


def _same_party(ours: Side, theirs: Side) -> bool:
    if ours.party_id and theirs.party_id:
        return ours.party_id == theirs.party_id
    return mirror.fold(ours.party) == mirror.fold(theirs.party)


def _same_lines(ours: Sequence[Line], theirs: Sequence[Line]) -> bool:
    """By item and amount; by amount alone where an item of ours is not known in QuickBooks."""
    if not ours:
        return True
    if all(line.item_id for line in (*ours, *theirs)):
        return Counter((line.item_id, line.amount) for line in ours) == Counter(
            (line.item_id, line.amount) for line in theirs
        )
    return Counter(line.amount for line in ours) == Counter(line.amount for line in theirs)


def _same_items(ours: Sequence[Line], theirs: Sequence[Line]) -> bool:
    """Whether lines differ in their amounts alone: as many, and of the same items where known."""
    if all(line.item_id for line in (*ours, *theirs)):
        return Counter(line.item_id for line in ours) == Counter(line.item_id for line in theirs)
    return len(ours) == len(theirs)


def _near(ours: date | None, theirs: date | None) -> bool:
    return ours is not None and theirs is not None and abs(ours - theirs) <= NEAR


def _lines_told(lines: Sequence[Line], currency: str) -> str:
    told = [f"{line.words} {money(line.amount, currency)}" for line in lines[:_MOST_LINES]]
    more = len(lines) - _MOST_LINES
    if more > 0:
        told.append(f"{more} more")
    return listed(told) or "none"


def _counted(quantity: Decimal | None, words: str) -> str:
    if quantity is None or quantity == 1:
        return words
    return f"{quantity.normalize():f} × {words}"


def _money(amount: Decimal | None, currency: str) -> str:
    return "not known" if amount is None else money(amount, currency)


def _day(day: date | None) -> str:
    return "not known" if day is None else written_day(day)


def _decimal(value: JsonValue) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number.quantize(_CENT) if number == number.quantize(_CENT) else number


def _date(value: JsonValue) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
