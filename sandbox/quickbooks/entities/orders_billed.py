"""Purchase orders on the lines of a bill: what is billed closes."""

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import fault, not_found
from sandbox.quickbooks.model import Body, Record, Work
from sandbox.quickbooks.receivables import ORDER, orders_on


def check_orders(work: Work) -> None:
    """The orders on the lines exist and are the vendor's. Raises QboFault 610 or 620."""
    for order_id in sorted(orders_on(work.body)):
        order = work.company.row(ORDER, order_id)
        if order is None or order.deleted:
            raise not_found("purchase orders")
        if order.body["VendorRef"]["value"] != work.body["VendorRef"]["value"]:
            raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")


def close_orders(company: Company, bill: Record, before: Body | None) -> None:
    """Orders name the bills on them; one whose every line is billed is closed."""
    now = set() if bill.deleted or bill.voided else set(orders_on(bill.body))
    for order_id in sorted(now | set(orders_on(before or {}))):
        order = company.row(ORDER, order_id)
        if order is None or order.deleted:
            continue
        old = order.body.get("LinkedTxn", [])
        links = [one for one in old if one["TxnId"] != bill.id]
        if order_id in now:
            links.append({"TxnId": bill.id, "TxnType": "Bill"})
        status = "Closed" if _is_billed(company, order, links) else "Open"
        body = {**order.body, "LinkedTxn": links, "POStatus": status}
        if body != order.body:
            company.rewrite(order, body)
            engine.bump(company, order)
            company.tell(order, "Update")


def _is_billed(company: Company, order: Record, links: list[Body]) -> bool:
    billed: set[str] = set()
    for link in links:
        bill = company.row("Bill", link["TxnId"])
        billed |= orders_on(bill.body).get(order.id, set()) if bill else set()
    wanted = {str(line["Id"]) for line in order.body["Line"]}
    return bool(links) and ("" in billed or wanted <= billed)
