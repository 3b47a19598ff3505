"""Item: services, goods in and out of stock, and categories."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    LIST_OPERATIONS,
    NAME_MARKS,
    choice,
    day,
    flag,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.entities.inventory_adjustment import adjust_stock
from sandbox.quickbooks.faults import business, fault, has_balance, missing
from sandbox.quickbooks.ledger import Side, book
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Kind, NameRule, Record, Work
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.rules import check_account_type, full_name

INCOME = ("Income", "Other Income")
EXPENSE = ("Cost of Goods Sold", "Expense", "Other Expense")
ASSET = ("Other Current Asset",)

FIELDS = (
    Field("Name", longest=100, required=True, queryable=True, forbidden=NAME_MARKS + '"'),
    text("Sku", 100, queryable=True),
    text("Description", 4000, queryable=True),
    flag("SubItem", queryable=True),
    ref("ParentRef", "Item", queryable=True),
    read_only("Level", Kind.NUMBER, queryable=True),
    read_only("FullyQualifiedName", queryable=True),
    flag("Taxable", queryable=True),
    flag("SalesTaxIncluded"),
    flag("PurchaseTaxIncluded"),
    number("UnitPrice", queryable=True),
    choice(
        "Type",
        "Service",
        "NonInventory",
        "Inventory",
        "Category",
        "Group",
        "Bundle",
        queryable=True,
    ),
    ref("IncomeAccountRef", "Account"),
    text("PurchaseDesc", 1000, queryable=True),
    number("PurchaseCost", queryable=True),
    ref("ExpenseAccountRef", "Account"),
    ref("AssetAccountRef", "Account"),
    flag("TrackQtyOnHand", queryable=True),
    number("QtyOnHand", queryable=True),
    number("ReorderPoint"),
    day("InvStartDate", queryable=True),
    ref("SalesTaxCodeRef", "TaxCode"),
    ref("PurchaseTaxCodeRef", "TaxCode"),
    ref("ClassRef", "Class"),
    ref("PrefVendorRef", "Vendor"),
    choice("ItemCategoryType", "Product", "Service"),
    ref("TaxClassificationRef"),
    text("Source"),
    text("ServiceType"),
    Field("ItemGroupDetail", Kind.ANY),
    flag("PrintGroupedItems"),
)

KNOWN = (
    "AbatementRate",
    "AssemblyParent",
    "AvgCost",
    "COGSAccountRef",
    "CustomField",
    "DeferredRevenue",
    "ItemAssemblyDetail",
    "ItemEx",
    "ManPartNum",
    "PaymentMethodRef",
    "QtyOnPurchaseOrder",
    "QtyOnSalesOrder",
    "RatePercent",
    "ReverseChargeRate",
    "SpecialItem",
    "SpecialItemType",
    "UnitPriceAndRate",
    "UOMSetRef",
    "TaxClassificationName",
    "UQCDisplayText",
    "UQCId",
    "BundleInfo",
)


def complete(work: Work) -> None:
    """Type, accounts, stock and path of an item."""
    body, company = work.body, work.company
    own = work.before.id if work.before else None
    if work.before is not None and "Type" not in work.sent:
        body["Type"] = work.before.body["Type"]
    body.setdefault("Type", "Inventory" if body.get("TrackQtyOnHand") else "Service")
    if body["Type"] == "Category":
        _category(work)
    else:
        _accounts(work)
    body["FullyQualifiedName"] = full_name(company, work.entity, body, own)
    if body.get("ParentRef"):
        body["SubItem"] = True
    elif body.get("SubItem"):
        raise fault("6150", "ParentRef Required Validation Error", "ParentRef")


def _category(work: Work) -> None:
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "UnitPrice"):
        work.body.pop(name, None)


def _accounts(work: Work) -> None:
    body, company = work.body, work.company
    body.setdefault("Taxable", False)
    body.setdefault("UnitPrice", 0)
    body.setdefault("PurchaseCost", 0)
    if body["Type"] == "Inventory":
        _inventory(work)
    else:
        body["TrackQtyOnHand"] = False
        for name in ("QtyOnHand", "InvStartDate", "AssetAccountRef"):
            body.pop(name, None)
        if not body.get("IncomeAccountRef") and not body.get("ExpenseAccountRef"):
            raise missing("IncomeAccountRef")
    check_account_type(company, body.get("IncomeAccountRef"), INCOME)
    check_account_type(company, body.get("ExpenseAccountRef"), EXPENSE)
    check_account_type(company, body.get("AssetAccountRef"), ASSET)


def _inventory(work: Work) -> None:
    body = work.body
    if not work.company.preference("ProductAndServicesPrefs", "QuantityOnHand"):
        raise business(
            "When you create an item, if Track quantity on hand is turned off, the item cannot be "
            "of type Inventory."
        )
    if not body.get("TrackQtyOnHand") and work.before is None:
        raise business(
            "When you create an item, if Track quantity on hand is turned off, the item cannot be "
            "of type Inventory."
        )
    body["TrackQtyOnHand"] = True
    if not body.get("AssetAccountRef"):
        raise fault(
            "2020",
            "Required parameter is missing in the request. An inventory assetaccount is required "
            "if you are tracking inventory quantities for this product.",
            "AssetAccountRef",
        )
    for name in ("IncomeAccountRef", "ExpenseAccountRef", "InvStartDate"):
        if not body.get(name):
            raise missing(name)
    if body.get("QtyOnHand") is None:
        raise fault("6520", "Missing Tracked Inventory Item Quantity", "QtyOnHand")


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """The stock an item starts with stands against Opening Balance Equity."""
    body = record.body
    if body.get("Type") != "Inventory":
        return ()
    worth = record.notes.get("start")
    if worth is None:
        worth = round(cents(body.get("PurchaseCost")) * float(body.get("QtyOnHand") or 0))
        record.notes["start"] = worth
    sides = (
        Side(body["AssetAccountRef"]["value"], worth, memo="Opening inventory and value"),
        Side(company.role_ids["opening_balance_equity"], -worth),
    )
    return book(body["InvStartDate"], sides)


def committed(company: Company, record: Record, before: Body | None) -> None:
    """A quantity changed on the item itself is an inventory adjustment."""
    if record.body.get("Type") != "Inventory":
        return
    if before is None or before.get("Type") != "Inventory":
        record.notes["worth"] = record.notes.get("start", 0)
        return
    on_hand, old = (float(body.get("QtyOnHand") or 0) for body in (record.body, before))
    if on_hand != old:
        adjust_stock(company, record, old, on_hand)


def may_deactivate(company: Company, record: Record) -> None:
    """Not with stock, nor a category with active items below it."""
    if record.body.get("QtyOnHand"):
        raise has_balance("item")
    if any(child.active for child in company.descendants(record.key)):
        raise fault("800", "Cannot delete object", "")


ITEM = Entity(
    name="Item",
    fields=FIELDS,
    list_word="Items",
    plural="items",
    operations=LIST_OPERATIONS,
    name_rule=NameRule("Name", "Items", "product or service", unique_path=True),
    known=KNOWN,
    complete=complete,
    may_deactivate=may_deactivate,
    committed=committed,
    ledger=ledger,
)
