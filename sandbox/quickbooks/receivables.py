"""Payments and the documents they are applied to, kept equal on both sides."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import DEPOSITED, fault
from sandbox.quickbooks.model import Body, Key, Record
from sandbox.quickbooks.money import cents, wire

APPLICABLE = ("Invoice", "CreditMemo")
ORDER = "PurchaseOrder"
PAYABLE = ("Bill", "VendorCredit")
CREDITS = ("CreditMemo", "VendorCredit")
"""Applied credits add to what a payment can spend."""


def links_of(body: Body) -> dict[Key, int]:
    """Document -> cents, from a payment's lines."""
    links: dict[Key, int] = {}
    for line in body.get("Line", []):
        for linked in line.get("LinkedTxn") or []:
            key = (str(linked.get("TxnType")), str(linked.get("TxnId")))
            links[key] = links.get(key, 0) + cents(line.get("Amount"))
    return links


def apply_payment(company: Company, record: Record, before: Body | None) -> None:
    """Take back what the payment applied before and apply what it says now."""
    old = links_of(before or {})
    new = {} if record.deleted or record.voided else links_of(record.body)
    for key in old:
        company.applied[key].pop(record.key, None)
    for key, amount in new.items():
        company.applied[key][record.key] = amount
    for key in {*old, *new}:
        document = company.find(key)
        if document is not None and not document.deleted:
            refresh_document(company, document)


def refresh_document(company: Company, document: Record) -> None:
    """Balance and LinkedTxn of an invoice or credit memo after a payment changed."""
    body = _with_balance(company, document)
    if body != document.body:
        company.rewrite(document, body)
        company.changed_now(document)


def _with_balance(company: Company, document: Record) -> Body:
    applied = company.applied.get(document.key, {})
    open_amount = cents(document.body.get("TotalAmt")) - sum(applied.values())
    links = [
        {"TxnId": key[1], "TxnType": _payer_type(company, key)}
        for key in sorted(applied, key=_by_id)
    ]
    if document.entity.name == "Bill":
        orders = sorted(orders_on(document.body), key=int)
        links += [{"TxnId": order, "TxnType": ORDER} for order in orders]
    body = {**document.body, "Balance": wire(open_amount), "LinkedTxn": links}
    if document.entity.name == "CreditMemo":
        body["RemainingCredit"] = wire(open_amount)
    return body


def orders_on(body: Body) -> dict[str, set[str]]:
    """Order -> the lines of it that a bill's lines name; an empty one means all."""
    found: dict[str, set[str]] = {}
    for line in body.get("Line", []):
        for link in line.get("LinkedTxn") or []:
            if link.get("TxnType") == ORDER:
                lines = found.setdefault(str(link.get("TxnId")), set())
                lines.add(str(link.get("TxnLineId") or ""))
    return found


def _payer_type(company: Company, key: Key) -> str:
    """A bill names the payments on it by their pay type."""
    payer = company.find(key)
    if key[0] != "BillPayment" or payer is None:
        return key[0]
    return f"BillPayment{payer.body.get('PayType', 'Check')}"


def _by_id(key: Key) -> tuple[str, int]:
    return key[0], int(key[1])


def document_committed(company: Company, document: Record) -> None:
    """After a document changed: its payments give back what no longer fits.

    Deleting or voiding an invoice frees the whole payment; a smaller total frees the difference.
    """
    applied = company.applied.get(document.key, {})
    gone = document.deleted or document.voided
    room = 0 if gone else cents(document.body.get("TotalAmt"))
    for key in sorted(applied, key=_by_id):
        take = min(applied[key], room)
        room -= take
        if take != applied[key]:
            _shrink(company, key, document.key, take)
    if not document.deleted:
        body = _with_balance(company, document)
        if body != document.body:
            company.rewrite(document, body)


def _shrink(company: Company, payment_key: Key, document: Key, amount: int) -> None:
    payment = company.find(payment_key)
    if payment is None:
        return
    lines: list[Body] = []
    for line in payment.body.get("Line", []):
        linked = line.get("LinkedTxn") or []
        if any((entry["TxnType"], str(entry["TxnId"])) == document for entry in linked):
            if amount:
                lines.append({**line, "Amount": wire(amount)})
        else:
            lines.append(line)
    body = {**payment.body, "Line": lines}
    if "UnappliedAmt" in body:
        body["UnappliedAmt"] = wire(unapplied(body))
    company.rewrite(payment, body)
    payment.token += 1
    company.changed_now(payment)
    if amount:
        company.applied[document][payment_key] = amount
    else:
        company.applied[document].pop(payment_key, None)


def unapplied(body: Body) -> int:
    """What is left of a payment, in cents; applied credits add to what can be spent."""
    links = links_of(body)
    spent = sum(amount for key, amount in links.items() if key[0] not in CREDITS)
    credit = sum(amount for key, amount in links.items() if key[0] in CREDITS)
    return cents(body.get("TotalAmt")) + credit - spent


def check_not_deposited(_company: Company, record: Record) -> None:
    """6540: a payment on a deposit takes no change at all."""
    if any(link.get("TxnType") == "Deposit" for link in record.body.get("LinkedTxn", [])):
        raise fault("6540", DEPOSITED, "")
