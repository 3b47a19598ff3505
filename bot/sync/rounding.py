"""When a rounding line settles what QuickBooks' own sales tax made of a document's total.

Accounting rule 16: within the limit a firm set, with the item it chose, the bot adds the line by
itself; above it a person decides. The sales tax QuickBooks shows stays as it is.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from bot import audit, mirror
from bot.domain import SALES_DOCUMENTS, Payload
from bot.errors import BadInput
from bot.models import Company, MirrorRow, Record
from bot.render import money
from bot.sync import comparing, periods
from bot.sync.causes import Posted
from bot.sync.payloads import number

# What a firm may let the bot settle by itself at most, and what a person may with its button.
POLICY_MOST = Decimal("1.00")
PERSON_MOST = Decimal("5.00")
USUAL = Decimal("0.05")
# On the note of a difference: the bot adds the line by itself (bot.sync.rounding_lines).
DUE = "rounding_due"
# What is sold or kept in stock is no item for rounding.
_TYPE = "Service"
# QuickBooks writes it itself.
_SUBTOTAL = "SubTotalLineDetail"


def needed(record: Record, document: Payload) -> Decimal | None:
    """The rounding line that gives a document its source's total; None where none would do.

    Only the sales tax differs, by a little; the document has no such line yet; and its lines know
    "not taxed" (the United States' NON).
    """
    found = comparing.amounts(record, document)
    if record.type not in SALES_DOCUMENTS or found is None or found.rounded:
        return None
    if found.our_tax is None or found.their_tax is None:
        return None
    line = found.ours_total - found.theirs_total
    is_tax = line == found.our_tax - found.their_tax
    if not line or not is_tax or abs(line) > PERSON_MOST or not _knows_untaxed(document):
        return None
    return line


def by_policy(company: Company, record: Record, line: Decimal) -> bool:
    """Whether the firm lets the bot add this line by itself: small, and in an open month."""
    limit, day = company.rounding_limit, record.doc_date
    if not company.rounding_item_id or limit is None or abs(line) > min(limit, POLICY_MOST):
        return False
    filed = company.tax_filed_through
    is_filed = filed is not None and day is not None and day <= filed
    return not is_filed and not periods.lies_in_closed(company, record)


def wanted(company: Company, record: Record, outcome: Posted) -> Payload:
    """What the note of a difference says when the firm's policy settles it; {} for a person."""
    line = needed(record, outcome.reply) if outcome.how == "posted" else None
    return {DUE: True} if line is not None and by_policy(company, record, line) else {}


def change(document: Payload, line: Decimal, item_id: str, words: str) -> Payload:
    """The sparse update that adds the line: all others, and the sales tax, stay as they are."""
    detail: Payload = {
        "ItemRef": {"value": item_id},
        "Qty": 1,
        "UnitPrice": number(line),
        "TaxCodeRef": {"value": "NON"},
    }
    rounding: Payload = {
        "DetailType": "SalesItemLineDetail",
        "Amount": number(line),
        "Description": words,
        "SalesItemLineDetail": detail,
    }
    return {"Line": [*lines_of(document), rounding], "TxnTaxDetail": document["TxnTaxDetail"]}


def lines_of(document: Payload) -> list[Payload]:
    """The lines of a document, without what QuickBooks writes itself."""
    return [row for row in document.get("Line") or () if row.get("DetailType") != _SUBTOTAL]


def last_line(change_made: Payload) -> Decimal:
    """The amount of the line that such an update added."""
    return Decimal(str(change_made["Line"][-1]["Amount"]))


def words_of(record: Record, document: Payload, source: str) -> str:
    """What the line says of itself: both taxes."""
    found = comparing.amounts(record, document)
    ours, theirs = (found.our_tax, found.their_tax) if found is not None else (None, None)
    return (
        f"Rounding: sales tax {money(ours or Decimal(0), record.currency)} in {source}, "
        f"{money(theirs or Decimal(0), record.currency)} in QuickBooks"
    )


def note(record: Record, line: Decimal | None) -> None:
    """Remember with the record that its document has this line; None forgets it."""
    kept = {name: value for name, value in record.base.items() if name != comparing.ROUNDED}
    record.base = kept if line is None else {**kept, comparing.ROUNDED: str(line)}


def why_unfit(item: MirrorRow | None) -> str:
    """Say why an item of QuickBooks cannot carry rounding lines; "" when it can."""
    if item is None or item.deleted:
        return "QuickBooks has no such item any more. Choose another one."
    if not item.active:
        return f"{item.name} is inactive in QuickBooks. Choose an active item."
    if item.data.get("Type") != _TYPE:
        return f"{item.name} is no service. Choose a service that is made for rounding."
    if not item.data.get("IncomeAccountRef"):
        return f"{item.name} has no income account in QuickBooks, so its lines go nowhere."
    return ""


def account_of(item: MirrorRow) -> str:
    """The name of the account that the item's lines go to."""
    reference = item.data.get("IncomeAccountRef") or {}
    return str(reference.get("name") or reference.get("value") or "")


def item_called(session: Session, company: Company, name: str) -> MirrorRow:
    """The one active item of this name. Raises BadInput saying what to do."""
    rows = mirror.by_folded(session, company.id or 0, mirror.fold(name), ("Item",))
    active = [row for row in rows if row.active]
    if len(active) > 1:
        raise BadInput(f"Several items of {company.name} are called {name}: {_full(active)}.")
    if not active:
        raise BadInput(
            f"{company.name} has no active item {name!r}. Make a service with that name in "
            "QuickBooks (+ New > Product/service), with the income account for rounding and "
            "without sales tax, and try again in a minute."
        )
    return active[0]


def _full(rows: Sequence[MirrorRow]) -> str:
    return ", ".join(mirror.full_name("Item", row.data) or row.name for row in rows)


def decide(
    session: Session,
    company: Company,
    item: MirrorRow | None,
    limit: Decimal | None,
    *,
    by: str,
    now: datetime,
) -> None:
    """Keep what the firm decided; without an item nothing is rounded by itself any more.

    Raises BadInput for an item that cannot carry it, or a limit the bot does not take.
    """
    why = why_unfit(item) if item is not None else ""
    if why:
        raise BadInput(why)
    if limit is not None and not 0 < limit <= POLICY_MOST:
        most = money(POLICY_MOST, company.currency)
        raise BadInput(
            f"The limit is an amount above 0.00 and up to {most}: what is more is decided by a "
            "person, for each document."
        )
    before = _told(company)
    company.rounding_item_id = item.qbo_id if item is not None else None
    company.rounding_limit = (limit or USUAL) if item is not None else None
    session.add(company)
    audit.append(
        session,
        at=now,
        actor=by,
        action="rounding.set",
        subject=f"company:{company.id}",
        company_id=company.id,
        data={"before": before, "after": _told(company), "item": item.name if item else ""},
    )


def _told(company: Company) -> Payload:
    limit = company.rounding_limit
    return {"item_id": company.rounding_item_id, "limit": None if limit is None else str(limit)}


def _knows_untaxed(document: Payload) -> bool:
    details = (row.get("SalesItemLineDetail") or {} for row in document.get("Line") or ())
    codes = {(detail.get("TaxCodeRef") or {}).get("value") for detail in details}
    return codes <= {"TAX", "NON", None}
