"""What sales documents share: lines, discounts, tax, totals, due dates and stock."""

from datetime import date, timedelta

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    address,
    choice,
    day,
    email,
    flag,
    kept,
    memo,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.entities.people import give_address_ids
from sandbox.quickbooks.faults import business, fault, missing
from sandbox.quickbooks.model import Body, Entity, Field, Key, Kind, Record, Work
from sandbox.quickbooks.money import cents, percent, product, wire
from sandbox.quickbooks.rules import check_account_type, number_holder
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
        text("Id"),
        number("LineNum"),
        text("Description", 4000),
        number("Amount"),
        Field("DetailType"),
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
TAX = Field(
    "TxnTaxDetail",
    Kind.OBJECT,
    parts=(ref("TxnTaxCodeRef", "TaxCode"), number("TotalTax"), kept("TaxLine")),
)

FIELDS = (
    flag("AllowIPNPayment"),
    flag("AllowOnlinePayment"),
    flag("AllowOnlineCreditCardPayment"),
    flag("AllowOnlineACHPayment"),
    kept("CustomField"),
    text("DocNumber", 21, queryable=True),
    day("TxnDate", queryable=True),
    ref("DepartmentRef", "Department"),
    ref("ClassRef", "Class"),
    ref("CurrencyRef"),
    number("ExchangeRate"),
    text("PrivateNote", 4000),
    read_only("LinkedTxn", Kind.LIST),
    LINE,
    TAX,
    ref("CustomerRef", "Customer", queryable=True, required=True),
    memo("CustomerMemo", 1000, "Customer Memo"),
    address("BillAddr"),
    address("ShipAddr"),
    address("ShipFromAddr"),
    ref("SalesTermRef", "Term", queryable=True),
    day("DueDate", queryable=True),
    read_only("TotalAmt", Kind.NUMBER, queryable=True),
    read_only("HomeTotalAmt", Kind.NUMBER),
    flag("ApplyTaxAfterDiscount"),
    choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete", queryable=True),
    choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent", queryable=True),
    email("BillEmail"),
    email("BillEmailCc"),
    email("BillEmailBcc"),
    read_only("Balance", Kind.NUMBER, queryable=True),
    read_only("HomeBalance", Kind.NUMBER),
    choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable"),
    kept("DeliveryInfo"),
    number("Deposit"),
    ref("DepositToAccountRef", "Account"),
    ref("ShipMethodRef"),
    day("ShipDate"),
    text("TrackingNum", 31),
    text("TransactionLocationType"),
    ref("PaymentMethodRef", "PaymentMethod"),
    text("PaymentRefNum", 21),
    flag("FreeFormAddress"),
)

KNOWN = (
    "AutoDocNumber",
    "CallToAction",
    "ConvenienceFeeDetail",
    "DiscountAmt",
    "DiscountRate",
    "EInvoiceStatus",
    "ECloudStatusTimeStamp",
    "FOB",
    "GovtTxnRefIdentifier",
    "InvoiceEx",
    "InvoiceLink",
    "InvoiceStatus",
    "InvoiceStatusLog",
    "LessCIS",
    "OverrideTaxAmount",
    "PONumber",
    "PaymentDetailsMessage",
    "RecurDataRef",
    "RecurringInfo",
    "RemitToRef",
    "SalesRepRef",
    "SubTotal",
    "Tag",
    "TaxExemptionRef",
    "TaxFormNum",
    "TaxFormType",
    "TxnApprovalInfo",
    "TxnSource",
    "TxnStatus",
    "callToAction",
    "invoiceStatusLog",
    "AREntityRef",
    "ARAccountRef",
    "BatchMetaData",
    "AttachableRef",
)


def complete(work: Work) -> None:
    """Dates, addresses, lines, tax and the total of a sales document."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    _customer(work)
    _number(work)
    lines = _numbered([line for line in body["Line"] if not _is_subtotal(line)])
    if not lines:
        raise missing("Line")
    subtotal = sum(_line(work, line) for line in lines if not _is_discount(line))
    discount = sum(_discount(line, subtotal) for line in lines if _is_discount(line))
    subtotal_line = {
        "Amount": wire(subtotal),
        "DetailType": "SubTotalLineDetail",
        "SubTotalLineDetail": {},
    }
    sales = [line for line in lines if not _is_discount(line)]
    body["Line"] = [*sales, subtotal_line, *(line for line in lines if _is_discount(line))]
    tax = _tax(work, sales, subtotal, discount)
    total = subtotal - discount + tax
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    body["TotalAmt"] = wire(total)
    check_account_type(company, body.get("DepositToAccountRef"), ("Bank", "Other Current Asset"))


def defaults(body: Body) -> None:
    """The switches and statuses a document has when nothing is said about them."""
    for name in (
        "AllowIPNPayment",
        "AllowOnlinePayment",
        "AllowOnlineCreditCardPayment",
        "AllowOnlineACHPayment",
        "ApplyTaxAfterDiscount",
    ):
        body.setdefault(name, False)
    body.setdefault("CustomField", [])
    if body.get("PrintStatus", "NotSet") == "NotSet":
        body["PrintStatus"] = "NeedToPrint"
    body.setdefault("EmailStatus", "NotSet")


def _customer(work: Work) -> None:
    body, company = work.body, work.company
    customer = company.row("Customer", body["CustomerRef"]["value"])
    if customer is None:
        return
    currency = customer.body["CurrencyRef"]
    wanted = body.get("CurrencyRef")
    if wanted and wanted["value"] != currency["value"]:
        raise business("Transaction currency is invalid for customer / vendor / account.")
    body["CurrencyRef"] = dict(currency)
    if currency["value"] != company.home_currency:
        body.setdefault("ExchangeRate", 1)
    if work.before is None:
        for name in ("BillAddr", "ShipAddr"):
            if not body.get(name) and customer.body.get(name):
                body[name] = customer.body[name]
    give_address_ids(work, "BillAddr", "ShipAddr")


def _number(work: Work) -> None:
    """With custom numbers off QuickBooks numbers by itself and ignores what is sent."""
    body, company = work.body, work.company
    if company.preference("SalesFormsPrefs", "CustomTxnNumbers"):
        return
    if work.before is not None and work.before.body.get("DocNumber"):
        body["DocNumber"] = work.before.body["DocNumber"]
        return
    body["DocNumber"] = next_number(company, work.entity)


def next_number(company: Company, entity: Entity) -> str:
    """The next number QuickBooks would give; numbers in use are skipped."""
    while True:
        company.last_number += 1
        number_ = str(company.last_number)
        if number_holder(company, entity, number_, None) is None:
            return number_


def _is_subtotal(line: Body) -> bool:
    return line.get("DetailType") == "SubTotalLineDetail"


def _is_discount(line: Body) -> bool:
    return line.get("DetailType") == "DiscountLineDetail"


def _numbered(lines: list[Body]) -> list[Body]:
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
        start = {} if _is_discount(line) else {"Id": line_id, "LineNum": position}
        numbered.append({**start, **rest})
    return numbered


def _line(work: Work, line: Body) -> int:
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
        _check_item(work, item)
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


def _check_item(work: Work, item: Record) -> None:
    if item.body.get("Type") == "Category":
        raise fault(
            "2500",
            "Invalid Reference Id : Categories cannot be used in transactions.",
            "ItemRef",
        )
    start = item.body.get("InvStartDate")
    if start and work.body["TxnDate"] < start:
        raise fault("6270", "Transaction date is prior to start date for inventory item", "")


def _discount(line: Body, subtotal: int) -> int:
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


def _tax(work: Work, lines: list[Body], subtotal: int, discount: int) -> int:
    """The tax sent, else the tax of the code on the taxable lines."""
    detail = dict(work.body.get("TxnTaxDetail") or {})
    code = detail.get("TxnTaxCodeRef")
    taxable = sum(
        cents(line.get("Amount"))
        for line in lines
        if (line.get("SalesItemLineDetail") or {}).get("TaxCodeRef", {}).get("value")
        not in ("NON", None)
    )
    if subtotal and work.body.get("ApplyTaxAfterDiscount") is not False:
        taxable -= discount * taxable // subtotal
    if detail.get("TotalTax") is None and code:
        rate = tax_rate(work.company, code["value"])
        amount = percent(taxable, rate[1])
        detail["TaxLine"] = [_tax_line(amount, rate, taxable)]
    else:
        amount = cents(detail.get("TotalTax"))
    detail["TotalTax"] = wire(amount)
    work.body["TxnTaxDetail"] = detail
    return amount


def tax_rate(company: Company, code_id: str) -> tuple[str, float]:
    """Id and percentage of the first sales rate of a tax code."""
    code = company.row("TaxCode", code_id)
    rates = (code.body.get("SalesTaxRateList") or {}).get("TaxRateDetail") if code else None
    rate_id = rates[0]["TaxRateRef"]["value"] if rates else ""
    rate = company.row("TaxRate", rate_id)
    return rate_id, float(rate.body["RateValue"]) if rate else 0.0


def _tax_line(amount: int, rate: tuple[str, float], taxable: int) -> Body:
    return {
        "Amount": wire(amount),
        "DetailType": "TaxLineDetail",
        "TaxLineDetail": {
            "TaxRateRef": {"value": rate[0]},
            "PercentBased": True,
            "TaxPercent": rate[1],
            "NetAmountTaxable": wire(taxable),
        },
    }


def due_date(work: Work) -> str:
    """From the document's term, else the customer's, else the company's 30 days."""
    body, company = work.body, work.company
    ref_ = body.get("SalesTermRef")
    if not ref_:
        customer = company.row("Customer", body["CustomerRef"]["value"])
        ref_ = customer.body.get("SalesTermRef") if customer else None
        if ref_ and work.before is None:
            body["SalesTermRef"] = dict(ref_)
    term = company.row("Term", ref_["value"]) if ref_ else None
    span = int(term.body.get("DueDays") or 0) if term else 30
    return (date.fromisoformat(body["TxnDate"]) + timedelta(days=span)).isoformat()


def postings(company: Company, body: Body, sign: int) -> dict[Key, int]:
    """Receivables of the customer and the company, and the tax owed."""
    total = sign * cents(body.get("TotalAmt"))
    tax = sign * cents((body.get("TxnTaxDetail") or {}).get("TotalTax"))
    moved = {("Customer", body["CustomerRef"]["value"]): total}
    if "ar" in company.role_ids:
        moved[("Account", company.role_ids["ar"])] = total
    if tax and "tax_payable" in company.role_ids:
        moved[("Account", company.role_ids["tax_payable"])] = tax
    return moved


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
