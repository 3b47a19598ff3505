"""What a document itself shows of money that moved: paid, applied, deposited, linked."""

from decimal import Decimal

from bot.domain import JsonValue, Payload

DEPOSITED = "is on a bank deposit"


def settled(entity: str, payload: Payload) -> list[str]:
    """Say what the document itself shows: paid, applied, deposited, linked; [] when it is open."""
    said: list[str] = []
    total = amount(payload.get("TotalAmt"))
    links = [str(link.get("TxnType")) for link in payload.get("LinkedTxn") or ()]
    if "Deposit" in links:
        said.append(DEPOSITED)
    if entity in ("Invoice", "Bill") and amount(payload.get("Balance")) < total:
        said.append("is partly paid" if amount(payload.get("Balance")) else "is paid")
    elif _is_applied(entity, payload, total):
        said.append("is applied to an invoice")
    elif entity in ("SalesReceipt", "RefundReceipt"):
        said.append("is paid" if entity == "SalesReceipt" else "is paid out")
    elif links and not said:
        said.append("is linked to another document")
    return said


def left(payload: Payload) -> Decimal:
    """What of a credit memo is not used yet."""
    remaining = payload.get("RemainingCredit")
    return amount(payload.get("Balance") if remaining is None else remaining)


def amount(value: JsonValue) -> Decimal:
    """An amount as QuickBooks gives it; nothing is zero."""
    return Decimal(str(value or 0))


def _is_applied(entity: str, payload: Payload, total: Decimal) -> bool:
    if entity == "CreditMemo":
        return left(payload) < total
    if entity != "Payment":
        return False
    applies = any(line.get("LinkedTxn") for line in payload.get("Line") or ())
    return applies or amount(payload.get("UnappliedAmt")) < total
