"""What a void leaves: zero amounts, no links, the number, the date and a note."""

from typing import Any

from sandbox.quickbooks.model import Body

ZEROED = ("TotalAmt", "Balance", "UnappliedAmt", "HomeTotalAmt", "HomeBalance", "RemainingCredit")


def void_record(body: Body) -> Body:
    """A voided copy of `body`; the caller settles what it was linked to."""
    voided: Body = dict(body)
    for name in ZEROED:
        if name in voided:
            voided[name] = 0
    voided["LinkedTxn"] = []
    if "TxnTaxDetail" in voided:
        voided["TxnTaxDetail"] = {"TotalTax": 0}
    voided["Line"] = [_zero_line(line) for line in body.get("Line", []) if "LinkedTxn" not in line]
    note = str(body.get("PrivateNote", ""))
    voided["PrivateNote"] = f"Voided - {note}" if note else "Voided"
    return voided


def _zero_line(line: Body) -> Body:
    zero: Body = {**line, "Amount": 0}
    for part in ("SalesItemLineDetail", "ItemBasedExpenseLineDetail"):
        detail: Any = line.get(part)
        if isinstance(detail, dict):
            kept = {name: value for name, value in detail.items() if name != "UnitPrice"}
            zero[part] = {**kept, "Qty": 0} if "Qty" in detail else kept
    return zero
