"""Amounts of a payload: lines that do not multiply, and payments of more than is owed."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from bot.domain import JsonValue
from bot.models import MirrorRow
from bot.sync.lookup import Key
from bot.sync.preflight.model import Certainty, Known, Posting, Trait, Verdict

# Whose documents each of these pays.
_PAYERS = {"Payment": "CustomerRef", "BillPayment": "VendorRef"}
_OF_CUSTOMERS = ("Invoice", "CreditMemo")
HALF_CENTS = "half_cents_round_up"
_CENT = Decimal("0.01")
_HALF = Decimal("0.005")
_PRODUCT = (
    "Amount calculation incorrect in the request. Amount is not equal to UnitPrice * Qty. "
    "Supplied value:{0}"
)
_NOT_LINKED = "Txn ID Cannot Be Linked"
_NO_ROOM = (
    "A business validation error has occurred while processing your request Business Validation "
    "Error: The amount applied can't be greater than the open balance."
)


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """What of its amounts QuickBooks does not take."""
    yield from _products(known, posting)
    payer = _PAYERS.get(posting.entity)
    if payer:
        yield from _applied(known, posting, payer)


def _products(known: Known, posting: Posting) -> Iterator[Verdict]:
    for line in posting.payload.get("Line") or ():
        detail = line.get("SalesItemLineDetail") or {}
        price, quantity = _number(detail.get("UnitPrice")), _number(detail.get("Qty"))
        amount = _number(line.get("Amount"))
        if not price or not quantity or amount is None:
            continue
        exact = price * quantity
        if exact.quantize(_CENT, ROUND_HALF_UP) == amount:
            continue
        said = _PRODUCT.format(line.get("Amount"))
        if abs(exact - amount) != _HALF:
            yield Verdict(Certainty.WILL, "6070", said, "Line.Amount")
            continue
        seen = known.traits.get(HALF_CENTS)
        if seen != "no":
            # The source rounded half a cent the other way.
            sure = Certainty.WILL if seen else Certainty.MAY
            yield Verdict(sure, "6070", said, "Line.Amount", trait=Trait(HALF_CENTS))


def _applied(known: Known, posting: Posting, field: str) -> Iterator[Verdict]:
    payer = str((posting.payload.get(field) or {}).get("value") or "")
    amounts: dict[Key, Decimal] = defaultdict(Decimal)
    for line in posting.payload.get("Line") or ():
        for linked in line.get("LinkedTxn") or ():
            key = (str(linked.get("TxnType")), str(linked.get("TxnId")))
            amounts[key] += _number(line.get("Amount")) or Decimal(0)
    rows = [(known.rows.get(key), key, amount) for key, amount in amounts.items()]
    for row, key, _ in rows:
        if row is not None and not row.deleted and not _may_pay(known, row, payer):
            yield Verdict(Certainty.WILL, "620", _NOT_LINKED, "LinkedTxn", (key,))
    for row, key, amount in rows:
        balance = None if row is None or row.deleted else _number(row.data.get("Balance"))
        if balance is not None and amount > balance:
            yield Verdict(Certainty.WILL, "6000", _NO_ROOM, rests_on=(key,))


def _may_pay(known: Known, row: MirrorRow, payer: str) -> bool:
    """Whether the document is the payer's, or of somebody below the payer; doubt counts as yes."""
    if row.total == 0 and "Voided" in str(row.data.get("PrivateNote") or ""):
        return False
    holder = row.party_id
    if not holder or not payer or holder == payer:
        return True
    if row.entity not in _OF_CUSTOMERS:
        return False
    below = known.rows.get(("Customer", holder))
    # Without the holder at hand, or with parents of its own, the payer may be above it.
    return below is None or bool(below.data.get("ParentRef"))


def _number(value: JsonValue) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
