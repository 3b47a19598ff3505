"""The lines of a sales document: fields, checks, amounts, discounts."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import LINE_HEAD, day, flag, kept, number, ref
from sandbox.quickbooks.faults import business, fault, missing
from sandbox.quickbooks.model import Body, Field, Kind, Record, Work
from sandbox.quickbooks.money import cents, percent, product, wire
from sandbox.quickbooks.shape import display_name

SALES_DETAIL = Field(
    "SalesItemLineDetail",
    Kind.OBJECT,
    parts=(
        ref("ItemRef", "Item"),
        ref("ItemAccountRef", "Account"),
        ref("ClassRef", "Class"),
        ref("TaxCodeRef"),
        ref("PriceLevelRef"),
        number("UnitPrice"),
        number("Qty"),
        number("RatePercent"),
        number("DiscountRate"),
        number("DiscountAmt"),
        number("TaxInclusiveAmt"),
        day("ServiceDate"),
        kept("MarkupInfo"),
        ref("TaxClassificationRef"),
    ),
)
DISCOUNT_DETAIL = Field(
    "DiscountLineDetail",
    Kind.OBJECT,
    parts=(
        flag("PercentBased"),
        number("DiscountPercent"),
        ref("DiscountAccountRef", "Account"),
        ref("ClassRef", "Class"),
        ref("TaxCodeRef"),
        kept("Discount"),
    ),
)
LINE = Field(
    "Line",
    Kind.LIST,
    required=True,
    parts=(
        *LINE_HEAD,
        SALES_DETAIL,
        DISCOUNT_DETAIL,
        kept("SubTotalLineDetail"),
        kept("DescriptionLineDetail"),
        kept("GroupLineDetail"),
        kept("LinkedTxn"),
        kept("CustomField"),
        kept("LineEx"),
    ),
)


def is_subtotal(line: Body) -> bool:
    """QuickBooks writes these lines itself."""
    return line.get("DetailType") == "SubTotalLineDetail"


def is_discount(line: Body) -> bool:
    """Discount lines stand below the subtotal."""
    return line.get("DetailType") == "DiscountLineDetail"


def numbered(lines: list[Body]) -> list[Body]:
    """Lines keep the Id they came with; new ones get the next."""
    taken = [int(line["Id"]) for line in lines if str(line.get("Id", "")).isdigit()]
    following = max(taken, default=0)
    numbered: list[Body] = []
    for position, line in enumerate(lines, 1):
        line_id = str(line.get("Id", ""))
        if not line_id.isdigit():
            following += 1
            line_id = str(following)
        rest = {name: value for name, value in line.items() if name not in ("Id", "LineNum")}
        start = {} if is_discount(line) else {"Id": line_id, "LineNum": position}
        numbered.append({**start, **rest})
    return numbered


def check_line(work: Work, line: Body) -> int:
    """Check one line; returns its amount in cents."""
    kind = line.get("DetailType")
    if not kind:
        raise missing("Line.DetailType")
    if kind == "DescriptionOnly":
        return 0
    if kind == "GroupLineDetail":
        return cents(line.get("Amount"))
    if kind != "SalesItemLineDetail":
        raise fault("2170", f"Invalid Enumeration : {kind}", "Line.DetailType")
    detail = line.get("SalesItemLineDetail") or {}
    if line.get("Amount") is None:
        raise missing("Line.Amount")
    amount = cents(line["Amount"])
    price, quantity = detail.get("UnitPrice"), detail.get("Qty")
    # Zero price and quantity are what client libraries send for "not given".
    if price and quantity and product(price, quantity) != amount:
        raise fault(
            "6070",
            f"Amount is not equal to UnitPrice * Qty. Supplied value:{line['Amount']}",
            "Line.Amount",
        )
    line["Amount"] = wire(amount)
    line["SalesItemLineDetail"] = _sales_detail(work, detail)
    return amount


def _sales_detail(work: Work, detail: Body) -> Body:
    company = work.company
    detail = {name: value for name, value in detail.items() if value != 0}
    detail["ItemRef"] = detail.get("ItemRef") or _default_item(company)
    item = company.row("Item", detail["ItemRef"]["value"])
    if item is not None:
        check_item(work, item)
    code = detail.get("TaxCodeRef")
    if company.country == "US":
        if code and code["value"] not in ("TAX", "NON"):
            raise fault("6100", "Invalid Line TaxCode in the request", "Line.TaxCodeRef")
        detail["TaxCodeRef"] = {"value": code["value"] if code else "NON"}
    elif not code and company.preference("TaxPrefs", "UsingSalesTax"):
        tax = "VAT" if company.country == "GB" else "GST/HST"
        raise business(f"Make sure all your transactions have a {tax} rate before you save.")
    return detail


def _default_item(company: Company) -> Body:
    record = company.row("Item", company.role_ids.get("default_item", ""))
    if record is None:
        raise missing("ItemRef")
    return {"value": record.id, "name": display_name(record)}


def check_item(work: Work, item: Record) -> None:
    """No category (2500), and no inventory before its start (6270)."""
    if item.body.get("Type") == "Category":
        raise fault(
            "2500",
            "Invalid Reference Id : Categories cannot be used in transactions.",
            "ItemRef",
        )
    start = item.body.get("InvStartDate")
    if start and work.body["TxnDate"] < start:
        raise fault("6270", "Transaction date is prior to start date for inventory item", "")


def discount_amount(line: Body, subtotal: int) -> int:
    """A discount in cents, of a percentage or as given; 6090 without either."""
    detail = line.get("DiscountLineDetail") or {}
    if detail.get("PercentBased"):
        rate = detail.get("DiscountPercent")
        if rate is None:
            raise fault("6090", "Discount Line missing required info", "Line")
        amount = percent(subtotal, rate)
    elif line.get("Amount") is None:
        raise fault("6090", "Discount Line missing required info", "Line")
    else:
        amount = cents(line["Amount"])
    line["Amount"] = wire(amount)
    return amount
