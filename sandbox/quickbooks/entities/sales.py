"""What sales documents share: fields, numbers, totals, due dates, postings."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import terms
from sandbox.quickbooks.entities.currency import add_home_total, follow_currency
from sandbox.quickbooks.entities.fields import (
    DATED,
    IN_CURRENCY,
    MADE_FROM,
    TAX_MODE,
    TOTALS,
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
from sandbox.quickbooks.entities.sales_lines import (
    LINE,
    check_line,
    discount_amount,
    is_discount,
    is_subtotal,
    numbered,
)
from sandbox.quickbooks.entities.sales_tax import TAX, add_tax
from sandbox.quickbooks.entities.stock import Moves, at_cost, cost_sides, quantities
from sandbox.quickbooks.faults import business, missing
from sandbox.quickbooks.ledger import Side, book, class_of
from sandbox.quickbooks.model import Body, Entity, Entry, Kind, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.rules import check_account_type, number_holder
from sandbox.quickbooks.system_accounts import receivable

FIELDS = (
    flag("AllowIPNPayment"),
    flag("AllowOnlinePayment"),
    flag("AllowOnlineCreditCardPayment"),
    flag("AllowOnlineACHPayment"),
    kept("CustomField"),
    *DATED,
    ref("DepartmentRef", "Department"),
    ref("ClassRef", "Class"),
    *IN_CURRENCY,
    text("PrivateNote", 4000),
    read_only("LinkedTxn", Kind.LIST),
    MADE_FROM,
    LINE,
    TAX,
    ref("CustomerRef", "Customer", queryable=True, required=True),
    memo("CustomerMemo", 1000, "Customer Memo"),
    address("BillAddr"),
    address("ShipAddr"),
    address("ShipFromAddr"),
    ref("SalesTermRef", "Term", queryable=True),
    day("DueDate", queryable=True),
    *TOTALS,
    flag("ApplyTaxAfterDiscount"),
    choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete", queryable=True),
    choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent", queryable=True),
    email("BillEmail"),
    email("BillEmailCc"),
    email("BillEmailBcc"),
    read_only("Balance", Kind.NUMBER, queryable=True),
    read_only("HomeBalance", Kind.NUMBER),
    TAX_MODE,
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
    lines = numbered([line for line in body["Line"] if not is_subtotal(line)])
    if not lines:
        raise missing("Line")
    subtotal = sum(check_line(work, line) for line in lines if not is_discount(line))
    discount = sum(discount_amount(line, subtotal) for line in lines if is_discount(line))
    subtotal_line = {
        "Amount": wire(subtotal),
        "DetailType": "SubTotalLineDetail",
        "SubTotalLineDetail": {},
    }
    sales = [line for line in lines if not is_discount(line)]
    body["Line"] = [*sales, subtotal_line, *(line for line in lines if is_discount(line))]
    tax = add_tax(work, sales, subtotal, discount)
    total = subtotal - discount + tax
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    body["TotalAmt"] = wire(total)
    add_home_total(company, body, "TotalAmt")
    if work.before is None and "Balance" in work.entity.by_name:
        receivable(company, body["CurrencyRef"]["value"])
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
    ref_ = body.get("CustomerRef")
    customer = company.row("Customer", ref_["value"]) if ref_ else None
    follow_currency(company, body, customer)
    if work.before is None and customer is not None:
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
        if number_holder(company, entity, {}, number_, None) is None:
            return number_


def due_date(work: Work) -> str:
    """From the document's term, else the customer's, else the company's 30 days."""
    return terms.due_date(work, "Customer", "SalesTermRef", usual_days=30)


def ledger(company: Company, record: Record, sign: int) -> Iterable[Entry]:
    """Receivables against income, discounts, tax and the cost of what left the stock."""
    body = record.body
    currency = body["CurrencyRef"]["value"]
    account = record.notes.get("ar")
    if account is None:
        account = record.notes["ar"] = receivable(company, currency)
    owner = ("Customer", body["CustomerRef"]["value"])
    total = Side(account, sign * cents(body.get("TotalAmt")), owner)
    return booked(company, record, total, sign)


def booked(company: Company, record: Record, total: Side, sign: int) -> Iterable[Entry]:
    """A sales document whose total goes to the account of `total`."""
    body = record.body
    sides = [total, *_line_sides(company, body, sign)]
    tax = sign * cents((body.get("TxnTaxDetail") or {}).get("TotalTax"))
    sides.append(Side(company.role_ids.get("tax_payable", ""), -tax))
    day = body["TxnDate"]
    cost = cost_sides(company, sold(company, record, sign))
    return (*book(day, sides, body.get("ExchangeRate")), *book(day, cost))


def _line_sides(company: Company, body: Body, sign: int) -> Iterable[Side]:
    owner = body.get("CustomerRef")
    name = ("Customer", owner["value"]) if owner else None
    for line in body.get("Line", []):
        amount = sign * cents(line.get("Amount"))
        memo = str(line.get("Description", ""))
        if is_discount(line):
            detail = line.get("DiscountLineDetail") or {}
            account = detail.get("DiscountAccountRef") or {"value": company.role_ids["discounts"]}
            yield Side(account["value"], amount, name, memo, class_of(detail))
        elif not is_subtotal(line):
            detail = line.get("SalesItemLineDetail") or {}
            yield Side(_income(company, detail), -amount, name, memo, class_of(detail))


def _income(company: Company, detail: Body) -> str:
    """The account of the line, of its item, or the services account."""
    if detail.get("ItemAccountRef"):
        return str(detail["ItemAccountRef"]["value"])
    item = company.row("Item", (detail.get("ItemRef") or {}).get("value", ""))
    account = item.body.get("IncomeAccountRef") if item else None
    return str(account["value"]) if account else company.role_ids["services"]


def sold(company: Company, record: Record, sign: int) -> Moves:
    """What a sale takes out of the stock; a credit (`sign` -1) puts it back."""
    moved = {item: -sign * quantity for item, quantity in quantities(record.body).items()}
    return at_cost(company, record, moved)
