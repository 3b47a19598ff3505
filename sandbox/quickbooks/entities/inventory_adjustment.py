"""InventoryAdjustment: stock counted, lost, or set to nothing when an item ends."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import DATED, number, ref, text
from sandbox.quickbooks.entities.stock import Moves, at_cost, cost_sides, counted, move_stock
from sandbox.quickbooks.entities.stock import unit_cost as average_cost
from sandbox.quickbooks.faults import missing
from sandbox.quickbooks.ledger import book
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Kind, Record, Work
from sandbox.quickbooks.shape import display_name
from sandbox.quickbooks.system_accounts import special

DETAIL = "ItemAdjustmentLineDetail"


def complete(work: Work) -> None:
    """Date, lines with an item and a difference, and the account against which it goes."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    if not body.get("Line"):
        raise missing("Line")
    for position, line in enumerate(body["Line"], 1):
        detail = line.get(DETAIL) or {}
        if not detail.get("ItemRef"):
            raise missing("ItemRef")
        if detail.get("QtyDiff") is None:
            raise missing("QtyDiff")
        line.update(Id=line.get("Id") or str(position), DetailType=DETAIL)
    body["CurrencyRef"] = company.currency()


def moves_of(company: Company, record: Record) -> Moves:
    """The quantities that differ, at average cost."""
    moved: dict[str, float] = {}
    for line in record.body["Line"]:
        detail = line[DETAIL]
        item = detail["ItemRef"]["value"]
        moved[item] = moved.get(item, 0.0) + float(detail["QtyDiff"])
    return at_cost(company, record, moved)


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """The worth of the difference between the stock account and the adjustment account."""
    against = record.body["AdjustAccountRef"]["value"]
    moves = moves_of(company, record)
    return book(record.body["TxnDate"], cost_sides(company, moves, against))


def committed(company: Company, record: Record, _before: Body | None) -> None:
    """The items' quantities follow."""
    move_stock(company, record, moves_of(company, record))


def adjust_stock(
    company: Company, item: Record, old: float, new: float, *, role: str = "shrinkage"
) -> Record | None:
    """Write down an adjustment for a quantity that was set on the item itself."""
    account = company.row("Account", special(company, role))
    if account is None or counted(company, item.id) is None:
        return None
    entity = company.entities["InventoryAdjustment"]
    changed = round(new - old, 5)
    detail = {"ItemRef": {"value": item.id, "name": display_name(item)}, "QtyDiff": changed}
    body: Body = {
        "TxnDate": company.today(),
        "AdjustAccountRef": {"value": account.id, "name": display_name(account)},
        "Line": [{"Id": "1", "DetailType": DETAIL, DETAIL: detail}],
        "CurrencyRef": company.currency(),
    }
    now = company.clock.now()
    record = Record(entity, company.next_id(entity), body, now, now)
    worth = item.notes.get("worth", 0)
    unit = worth / old if old > 0 and worth > 0 else average_cost(item)
    moved = -worth if not new else round(unit * changed)
    record.notes["stock"] = {item.id: (changed, moved)}
    item.notes["worth"] = worth + moved
    company.put(record)
    company.post(record)
    company.tell(record, "Create")
    return record


INVENTORY_ADJUSTMENT = Entity(
    name="InventoryAdjustment",
    fields=(
        *DATED,
        text("PrivateNote", 4000),
        ref("AdjustAccountRef", "Account", required=True),
        ref("CurrencyRef"),
        ref("DepartmentRef", "Department"),
        ref("CustomerRef", "Customer"),
        Field(
            "Line",
            Kind.LIST,
            required=True,
            parts=(
                text("Id"),
                text("DetailType"),
                Field(
                    DETAIL,
                    Kind.OBJECT,
                    parts=(ref("ItemRef", "Item"), number("QtyDiff"), number("SalesPrice")),
                ),
            ),
        ),
    ),
    transaction=True,
    plural="inventory adjustments",
    operations=frozenset({"create", "update", "delete", "read", "query"}),
    known=("AttachableRef", "CustomField", "ShrinkageAccountRef"),
    complete=complete,
    ledger=ledger,
    committed=committed,
)
