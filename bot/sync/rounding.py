"""When a rounding line settles what QuickBooks' own sales tax made of a document's total.

Accounting rule 16: within the limit a firm set, with the item it chose, the bot adds the line by
itself; above it a person decides. The sales tax QuickBooks shows stays as it is.
"""

from decimal import Decimal

from bot.domain import SALES_DOCUMENTS, Payload
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
# And beside it: the write on its way, and how often it got no answer.
WRITE, TRIES = "rounding_write", "rounding_tries"
# In `Record.base`: that line was added by the firm's rule, nobody pressed a button.
BY_RULE = "rounded_by_rule"
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


def note(record: Record, line: Decimal | None, by_rule: Payload | None = None) -> None:
    """Remember with the record that its document has this line; None forgets it.

    `by_rule`: what an undo has to know of a line that the bot added by itself: {write, at, facts}.
    """
    own = (comparing.ROUNDED, BY_RULE)
    kept = {name: value for name, value in record.base.items() if name not in own}
    if line is not None:
        kept |= {comparing.ROUNDED: str(line)} | ({BY_RULE: by_rule} if by_rule else {})
    record.base = kept


def plain_facts(noted: Payload) -> Payload:
    """What is noted of a difference, without what is about adding the line."""
    return {key: value for key, value in noted.items() if key not in (DUE, WRITE, TRIES)}


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


def _knows_untaxed(document: Payload) -> bool:
    details = (row.get("SalesItemLineDetail") or {} for row in document.get("Line") or ())
    codes = {(detail.get("TaxCodeRef") or {}).get("value") for detail in details}
    return codes <= {"TAX", "NON", None}
