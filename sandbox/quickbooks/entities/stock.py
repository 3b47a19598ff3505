"""Stock of inventory items as sales documents move it."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body


def quantities(body: Body) -> dict[str, float]:
    """Item Id -> quantity on the lines."""
    sold: dict[str, float] = {}
    for line in body.get("Line", []):
        detail = line.get("SalesItemLineDetail") or {}
        item = detail.get("ItemRef")
        if item:
            sold[item["value"]] = sold.get(item["value"], 0.0) + float(detail.get("Qty") or 0)
    return sold


def move_stock(company: Company, now: Body, before: Body | None, sign: int) -> None:
    """Take what is sold from the stock of inventory items (`sign` -1), or put it back."""
    new, old = quantities(now), quantities(before or {})
    for item_id in {*new, *old}:
        change = sign * (new.get(item_id, 0.0) - old.get(item_id, 0.0))
        item = company.row("Item", item_id)
        if not change or item is None or item.body.get("Type") != "Inventory":
            continue
        stock = round(float(item.body.get("QtyOnHand") or 0) + change, 5)
        company.rewrite(item, {**item.body, "QtyOnHand": stock})
        if item.entity.committed is not None:
            item.entity.committed(company, item, item.body)
