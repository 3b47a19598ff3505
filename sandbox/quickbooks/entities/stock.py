"""Stock of inventory items as documents move it, with what it is worth."""

from typing import TypeAlias

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.ledger import Side
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.system_accounts import special

Moves: TypeAlias = dict[str, tuple[float, int]]
"""Item Id -> quantity and worth in cents going into the stock (out of it: negative)."""


def quantities(body: Body, detail_name: str = "SalesItemLineDetail") -> dict[str, float]:
    """Item Id -> quantity on the lines."""
    found: dict[str, float] = {}
    for line in body.get("Line", []):
        detail = line.get(detail_name) or {}
        item = detail.get("ItemRef")
        if item:
            found[item["value"]] = found.get(item["value"], 0.0) + float(detail.get("Qty") or 0)
    return found


def counted(company: Company, item_id: str) -> Record | None:
    """The item when its stock is counted."""
    item = company.row("Item", item_id)
    return item if item is not None and item.body.get("Type") == "Inventory" else None


def at_cost(company: Company, record: Record, moved: dict[str, float]) -> Moves:
    """Moves at the average cost; what the record moved before keeps the cost it had."""
    moves: Moves = {}
    if record.deleted or record.voided:
        return moves
    before: Moves = record.notes.get("stock", {})
    for item_id, quantity in moved.items():
        item = counted(company, item_id)
        if item is None or not quantity:
            continue
        old = before.get(item_id)
        unit = old[1] / old[0] if old and old[0] else unit_cost(item)
        moves[item_id] = (quantity, round(unit * quantity))
    return moves


def unit_cost(item: Record) -> float:
    """Average cost of one piece in cents; the purchase cost when nothing is on hand."""
    on_hand, worth = float(item.body.get("QtyOnHand") or 0), item.notes.get("worth", 0)
    if on_hand > 0 and worth > 0:
        return float(worth) / on_hand
    return float(cents(item.body.get("PurchaseCost")))


def cost_sides(company: Company, moves: Moves, against: str = "") -> list[Side]:
    """The worth between the stock account and the cost account, or `against`."""
    sides: list[Side] = []
    for item_id, (_, worth) in moves.items():
        item = counted(company, item_id)
        if item is None:
            continue
        cost = item.body.get("ExpenseAccountRef") or {"value": special(company, "shrinkage")}
        sides.append(Side(against or cost["value"], -worth))
        sides.append(Side(item.body["AssetAccountRef"]["value"], worth))
    return sides


def move_stock(company: Company, record: Record, moves: Moves) -> None:
    """Let the items follow the difference between what the record moved and moves now."""
    before: Moves = record.notes.get("stock", {})
    for item_id in {*before, *moves}:
        old, new = before.get(item_id, (0.0, 0)), moves.get(item_id, (0.0, 0))
        item = counted(company, item_id)
        if item is None or old == new:
            continue
        on_hand = round(float(item.body.get("QtyOnHand") or 0) + new[0] - old[0], 5)
        item.notes["worth"] = item.notes.get("worth", 0) + new[1] - old[1]
        if new[0] != old[0]:
            company.rewrite(item, {**item.body, "QtyOnHand": on_hand})
    if moves or before:
        record.notes["stock"] = dict(moves)
