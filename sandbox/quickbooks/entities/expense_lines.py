"""The lines of bills and purchases: by account or by item."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import LINE_HEAD, choice, kept, number, ref
from sandbox.quickbooks.entities.sales_lines import check_item, numbered
from sandbox.quickbooks.entities.sales_tax import tax_rate
from sandbox.quickbooks.entities.stock import Moves, counted
from sandbox.quickbooks.faults import business, fault, missing
from sandbox.quickbooks.ledger import Side, at_home, class_of
from sandbox.quickbooks.model import Body, Field, Key, Kind, Record, Work
from sandbox.quickbooks.money import cents, percent, product, wire
from sandbox.quickbooks.rules import wrong_account_type

BY_ACCOUNT = "AccountBasedExpenseLineDetail"
BY_ITEM = "ItemBasedExpenseLineDetail"
KINDS = (BY_ACCOUNT, BY_ITEM)
NAMED = ("Accounts Receivable", "Accounts Payable")

_BOTH = (
    ref("CustomerRef", "Customer"),
    ref("ClassRef", "Class"),
    choice("BillableStatus", "Billable", "NotBillable", "HasBeenBilled"),
    ref("TaxCodeRef"),
    kept("MarkupInfo"),
    number("TaxInclusiveAmt"),
)
LINE = Field(
    "Line",
    Kind.LIST,
    required=True,
    parts=(
        *LINE_HEAD,
        Field(
            BY_ACCOUNT,
            Kind.OBJECT,
            parts=(ref("AccountRef", "Account"), number("TaxAmount"), *_BOTH),
        ),
        Field(
            BY_ITEM,
            Kind.OBJECT,
            parts=(
                ref("ItemRef", "Item"),
                ref("ItemAccountRef", "Account"),
                ref("PriceLevelRef"),
                number("UnitPrice"),
                number("Qty"),
                *_BOTH,
            ),
        ),
        kept("LinkedTxn"),
        kept("CustomField"),
        kept("ProjectRef"),
    ),
)


def complete_lines(work: Work) -> int:
    """Check every line and the tax; returns the total in cents. Raises QboFault."""
    body = work.body
    lines = numbered(body["Line"])
    if not lines:
        raise missing("Line")
    body["Line"] = lines
    subtotal = sum(_check(work, line) for line in lines)
    tax = _tax(work, lines)
    return subtotal + tax


def _check(work: Work, line: Body) -> int:
    kind = line.get("DetailType")
    if not kind:
        raise missing("Line.DetailType")
    if kind == "DescriptionOnly":
        return 0
    if kind not in KINDS:
        raise fault("2170", f"Invalid Enumeration : {kind}", "Line.DetailType")
    if line.get("Amount") is None:
        raise missing("Line.Amount")
    amount = cents(line["Amount"])
    detail = {name: value for name, value in (line.get(kind) or {}).items() if value != 0}
    if kind == BY_ACCOUNT:
        _account(work, detail)
    else:
        _item(work, line, detail, amount)
    _billable(work, detail)
    _tax_code(work, detail)
    line["Amount"] = wire(amount)
    line[kind] = detail
    return amount


def _account(work: Work, detail: Body) -> None:
    account = work.company.row("Account", (detail.get("AccountRef") or {}).get("value", ""))
    if account is None:
        raise missing("AccountRef")
    if account.body.get("AccountType") in NAMED:
        raise wrong_account_type()


def _item(work: Work, line: Body, detail: Body, amount: int) -> None:
    item = work.company.row("Item", (detail.get("ItemRef") or {}).get("value", ""))
    if item is None:
        raise missing("ItemRef")
    check_item(work, item)
    if not item.body.get("ExpenseAccountRef"):
        raise business(f"The item {item.body.get('Name')} has no expense account.")
    price, quantity = detail.get("UnitPrice"), detail.get("Qty")
    if price and quantity and product(price, quantity) != amount:
        raise fault(
            "6070",
            f"Amount is not equal to UnitPrice * Qty. Supplied value:{line['Amount']}",
            "Line.Amount",
        )
    if item.body.get("Type") == "Inventory" and not quantity:
        raise fault("6520", "Missing Tracked Inventory Item Quantity", "Line.Qty")


def _billable(work: Work, detail: Body) -> None:
    """A line with a customer is billable unless it says otherwise."""
    tracked = work.company.preference("VendorAndPurchasesPrefs", "BillableExpenseTracking")
    default = "Billable" if detail.get("CustomerRef") and tracked else "NotBillable"
    status = detail.setdefault("BillableStatus", default)
    if status == "Billable" and not detail.get("CustomerRef"):
        raise fault("6310", "MissingCustomer", "CustomerRef")
    before = work.before
    if status == "HasBeenBilled" and before is None:
        raise fault("2170", "Invalid Enumeration : HasBeenBilled", "BillableStatus")


def _tax_code(work: Work, detail: Body) -> None:
    company, code = work.company, detail.get("TaxCodeRef")
    if company.country == "US":
        detail["TaxCodeRef"] = {"value": code["value"] if code else "NON"}
        return
    untaxed = work.body.get("GlobalTaxCalculation") == "NotApplicable"
    if not code and not untaxed and company.preference("TaxPrefs", "UsingSalesTax"):
        tax = "VAT" if company.country == "GB" else "GST/HST"
        raise business(f"Make sure all your transactions have a {tax} rate before you save.")


def _tax(work: Work, lines: list[Body]) -> int:
    """The tax sent, else that of the lines' codes; there is none on purchases in the US."""
    body = work.body
    detail = dict(body.get("TxnTaxDetail") or {})
    if work.company.country == "US":
        body.pop("TxnTaxDetail", None)
        return 0
    if body.get("GlobalTaxCalculation") == "NotApplicable":
        if cents(detail.get("TotalTax")):
            raise fault("6170", "Invalid TxnTaxDetail Error", "TxnTaxDetail")
        return 0
    if detail.get("TotalTax") is None:
        detail["TotalTax"] = wire(sum(_line_tax(work, line) for line in lines))
    body["TxnTaxDetail"] = detail
    return cents(detail["TotalTax"])


def _line_tax(work: Work, line: Body) -> int:
    code = (line.get(str(line.get("DetailType"))) or {}).get("TaxCodeRef")
    if not code:
        return 0
    return percent(cents(line.get("Amount")), tax_rate(work.company, code["value"])[1])


def expense_sides(company: Company, body: Body, sign: int, name: Key | None) -> Iterable[Side]:
    """What the lines and the tax book, debits for `sign` 1."""
    for line in body.get("Line", []):
        kind = str(line.get("DetailType"))
        if kind not in KINDS:
            continue
        detail = line.get(kind) or {}
        amount = sign * cents(line.get("Amount"))
        memo = str(line.get("Description", ""))
        yield Side(_account_of(company, kind, detail), amount, name, memo, class_of(detail))
    tax = cents((body.get("TxnTaxDetail") or {}).get("TotalTax"))
    yield Side(company.role_ids.get("tax_payable", ""), sign * tax)


def _account_of(company: Company, kind: str, detail: Body) -> str:
    if kind == BY_ACCOUNT:
        return str(detail["AccountRef"]["value"])
    item = company.row("Item", detail["ItemRef"]["value"])
    body = item.body if item else {}
    field = "AssetAccountRef" if body.get("Type") == "Inventory" else "ExpenseAccountRef"
    account = detail.get("ItemAccountRef") or body.get(field)
    return str(account["value"]) if account else company.role_ids["cogs"]


def bought(company: Company, record: Record, sign: int) -> Moves:
    """What the lines bring into the stock, worth what they cost."""
    moves: Moves = {}
    if record.deleted or record.voided:
        return moves
    for line in record.body.get("Line", []):
        detail = line.get(BY_ITEM) or {}
        item_id = (detail.get("ItemRef") or {}).get("value", "")
        if counted(company, item_id) is None:
            continue
        worth = at_home(cents(line.get("Amount")), record.body.get("ExchangeRate"))
        old = moves.get(item_id, (0.0, 0))
        quantity = old[0] + sign * float(detail.get("Qty") or 0)
        moves[item_id] = (quantity, old[1] + sign * worth)
    return moves
