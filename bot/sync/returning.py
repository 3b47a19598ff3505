"""What came back of a paid invoice: the lines, total and tax by which its source made it smaller.

The invoice stays as it is; what was credited or paid back for it is remembered with the record, so
that the same difference is not asked about again (docs/two-ways.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import JsonValue, Payload, RecordState, RecordType
from bot.models import Link, MirrorRow, Record
from bot.render.words import spoken
from bot.services import Services
from bot.sync import comparing, links, meaning
from bot.sync.comparing import CREDITED, Amounts
from bot.sync.flow import agreed

# How the link of such a document came about: the name of the fix that makes it.
HOW = "credit_difference"
_ENTITIES = ("CreditMemo", "RefundReceipt")
_HALF_CENT = Decimal("0.005")
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Returned:
    """What came back. `lines` are a record's; `stocked`: pieces that go back on the shelf, by name.

    `why_not`: why the bot cannot make a document of it; "" when it can.
    """

    total: Decimal
    tax: Decimal
    lines: tuple[Payload, ...] = ()
    stocked: tuple[tuple[str, Decimal], ...] = ()
    why_not: str = ""


def of(session: Session, record: Record, found: Amounts) -> Returned:
    """Compare the lines that were posted with those the source has now."""
    tax = _ZERO
    if found.our_tax is not None and found.their_tax is not None:
        tax = found.their_tax + found.rounded - found.our_tax
    total = found.theirs_total - found.ours_total
    if total <= 0 or tax < 0:
        return Returned(total, tax, why_not="it is not smaller in the source")
    place = meaning.lines_of(record.type)
    posted = comparing.posted_lines(session, record) or []
    made = [_line(*pair) for pair in _pairs(posted, record.payload.get(place) or ())]
    lines = tuple(row for row in made if row is not None)
    if not lines or sum((Decimal(str(row["amount"])) for row in lines), _ZERO) != total - tax:
        return Returned(total, tax, why_not="its lines do not tell what came back")
    stocked, why = _shelf(session, record, lines)
    return Returned(total, tax, lines, stocked, why)


def _pairs(
    posted: Iterable[Payload], now: Iterable[Payload]
) -> Iterable[tuple[Payload, Decimal, Decimal]]:
    """Each thing that was sold, with its pieces and its amount less what is left of it."""
    found: dict[tuple[JsonValue, ...], tuple[Payload, Decimal, Decimal]] = {}
    for rows, sign in ((posted, 1), (now, -1)):
        for row in rows:
            key = tuple(row.get(name) for name in ("item", "sku", "class", "tax_code"))
            first, pieces, amount = found.get(key, (row, Decimal(0), _ZERO))
            pieces += sign * Decimal(str(row.get("quantity") or 1))
            found[key] = (first, pieces, amount + sign * Decimal(str(row["amount"])))
    return found.values()


def _line(row: Payload, pieces: Decimal, amount: Decimal) -> Payload | None:
    """A line of what came back; None where nothing of it did."""
    if not pieces and not amount:
        return None
    kept = {
        name: row[name]
        for name in ("item", "sku", "description", "class", "tax_code")
        if row.get(name) is not None
    }
    price = Decimal(str(row["unit_price"])) if row.get("unit_price") is not None else None
    if price is not None and pieces and abs(pieces * price - amount) <= _HALF_CENT:
        kept["unit_price"] = str(price)
    # A lower price alone: no piece comes back.
    return {**kept, "quantity": f"{pieces or Decimal(1):f}", "amount": str(amount)}


def _shelf(
    session: Session, record: Record, lines: Iterable[Payload]
) -> tuple[tuple[tuple[str, Decimal], ...], str]:
    """What goes back into the stock that QuickBooks counts."""
    stocked: list[tuple[str, Decimal]] = []
    for row in lines:
        entity, _, qbo_id = meaning.of_line(session, record, row)[0].partition(":")
        item = mirror.get(session, record.company_id, entity, qbo_id)
        if item is None or item.data.get("Type") != "Inventory":
            continue
        pieces, is_price = Decimal(str(row["quantity"])), "unit_price" not in row
        if is_price:
            return (), f"the price of {item.name}, which is kept in stock, changed as well"
        stocked.append((item.name, pieces))
    return tuple(stocked), ""


def alike(session: Session, record: Record, total: Decimal) -> list[str]:
    """Credits for the same amount that the customer has already, or that wait: perhaps the same.

    Those the bot made of earlier returns of this document are others.
    """
    own = {str(row["external_id"]) for row in record.base.get(CREDITED) or ()}
    party = agreed.values(record).get("party", "")
    rows = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == record.company_id, MirrorRow.party_id == party)
        .where(col(MirrorRow.entity).in_(_ENTITIES), MirrorRow.total == total)
        .where(col(MirrorRow.deleted).is_(False))
    )
    found = [
        f"{spoken(row.entity)} {row.doc_number} of {row.doc_date:%m/%d/%Y}"
        for row in rows
        if party
        and row.doc_date is not None
        and not any(f":{key}]" in str(row.data.get("PrivateNote")) for key in own)
        and (record.doc_date is None or row.doc_date >= record.doc_date)
    ]
    waiting = session.exec(
        select(Record)
        .where(Record.source_id == record.source_id, Record.amount == total)
        .where(col(Record.type).in_((RecordType.CREDIT_MEMO, RecordType.REFUND)))
        .where(col(Record.state).in_((RecordState.WAITING, RecordState.HELD)))
    )
    found += [
        f"{row.type.words} {row.number}, not posted yet"
        for row in waiting
        if row.payload.get("customer") == record.payload.get("customer")
    ]
    return found


def day_of(record: Record, time_zone: str) -> date | None:
    """The company's day of the source's change, where its version is a moment; else None."""
    if "T" not in record.version:
        return None
    moment = datetime.fromisoformat(record.version)
    return moment.astimezone(ZoneInfo(time_zone)).date()


def external_id(record: Record) -> str:
    """The external id under which the next return of a document is posted; one for each."""
    number = 1 + len(record.base.get(CREDITED) or ())
    return f"{record.external_id[:110]}:return-{number}"


def remember(record: Record, credit: Payload) -> None:
    """Keep with the record what was credited: {type, external_id, number, total, tax}."""
    record.base = {**record.base, CREDITED: [*(record.base.get(CREDITED) or ()), credit]}


def settle(services: Services, company_id: int) -> int:
    """Ask anew where somebody voided or deleted what was credited; returns how many."""
    with services.sessions.read() as session:
        due = bool(_gone(session, company_id))
    if not due:
        return 0
    with services.sessions.write() as session:
        found = _gone(session, company_id)
        for record, link in found:
            rows = record.base.get(CREDITED) or ()
            left = [row for row in rows if row["external_id"] != link.external_id]
            taken = next(row for row in rows if row["external_id"] == link.external_id)
            record.base = {**record.base, CREDITED: left}
            session.add(record)
            session.delete(link)
            comparing.put_back(session, record, taken["facts"], services.clock.now())
            comparing.refresh(session, record)
    return len(found)


def _gone(session: Session, company_id: int) -> list[tuple[Record, Link]]:
    """The records whose credit is not in the books any more, with its link."""
    rows = session.exec(
        select(Link, MirrorRow)
        .join(MirrorRow, mirror.copied(Link))
        .where(Link.company_id == company_id, col(Link.entity).in_(_ENTITIES), Link.how == HOW)
    ).all()
    found: list[tuple[Record, Link]] = []
    for link, row in rows:
        is_void = not row.total and "voided" in str(row.data.get("PrivateNote") or "").casefold()
        if not (row.deleted or is_void):
            continue
        record = session.exec(
            select(Record)
            .where(Record.source_id == link.source_id, Record.type == RecordType.INVOICE)
            .where(Record.external_id == link.external_id.rpartition(":return-")[0])
        ).first()
        rows_of = () if record is None else record.base.get(CREDITED) or ()
        if record is not None and any(one["external_id"] == link.external_id for one in rows_of):
            found.append((record, link))
    return found


def link_of(session: Session, record: Record, credit: Payload) -> Link | None:
    """The link of a document that was made for a return."""
    kind = RecordType(str(credit["type"]))
    return links.find(session, record.source_id, kind, str(credit["external_id"]))
