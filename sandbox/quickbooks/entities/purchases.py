"""What bills and vendor credits share: fields, vendor, payables."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities import terms
from sandbox.quickbooks.entities.applying import keep_party
from sandbox.quickbooks.entities.currency import (
    add_home_total,
    check_account_currency,
    follow_currency,
)
from sandbox.quickbooks.entities.expense_lines import LINE, complete_lines, expense_sides
from sandbox.quickbooks.entities.fields import (
    DATED,
    IN_CURRENCY,
    MADE_FROM,
    TAX_MODE,
    TOTALS,
    address,
    kept,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.entities.sales_tax import TAX
from sandbox.quickbooks.faults import business
from sandbox.quickbooks.ledger import Side, book
from sandbox.quickbooks.model import Entry, Kind, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.rules import check_account_type
from sandbox.quickbooks.shape import display_name
from sandbox.quickbooks.system_accounts import payable

FIELDS = (
    ref("VendorRef", "Vendor", queryable=True, required=True),
    address("VendorAddr"),
    ref("APAccountRef", "Account", queryable=True),
    *DATED,
    text("PrivateNote", 4000),
    ref("DepartmentRef", "Department"),
    *IN_CURRENCY,
    LINE,
    TAX,
    read_only("LinkedTxn", Kind.LIST),
    MADE_FROM,
    *TOTALS,
    read_only("Balance", Kind.NUMBER, queryable=True),
    read_only("HomeBalance", Kind.NUMBER),
    TAX_MODE,
    text("TransactionLocationType"),
    kept("CustomField"),
)
KNOWN = (
    "AttachableRef",
    "BillEx",
    "IncludeInAnnualTPAR",
    "Memo",
    "PayerRef",
    "RemitToAddr",
    "RemitToRef",
    "ReplyEmail",
    "ShipAddr",
    "Tag",
    "TaxExemptionRef",
    "TxnSource",
    "TxnStatus",
    "VendorCreditEx",
)


def complete(work: Work) -> None:
    """Vendor, payables account, lines and what is still open."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    vendor = company.row("Vendor", body["VendorRef"]["value"])
    keep_party(work, "Vendor")
    follow_currency(company, body, vendor)
    _payables(work)
    body["TotalAmt"] = wire(complete_lines(work))
    if body["TotalAmt"] < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    applied = company.applied.get(work.before.key, {}) if work.before else {}
    body["Balance"] = wire(max(0, cents(body["TotalAmt"]) - sum(applied.values())))
    body.setdefault("LinkedTxn", [])
    add_home_total(company, body, "TotalAmt", "Balance")


def _payables(work: Work) -> None:
    """The account sent, or QuickBooks' own one of the vendor's currency."""
    body, company = work.body, work.company
    currency = body["CurrencyRef"]["value"]
    check_account_type(company, body.get("APAccountRef"), ("Accounts Payable",))
    check_account_currency(company, body.get("APAccountRef"), currency)
    if body.get("APAccountRef"):
        return
    if work.before is not None and work.before.body.get("APAccountRef"):
        body["APAccountRef"] = dict(work.before.body["APAccountRef"])
        return
    account = company.row("Account", payable(company, currency))
    if account is not None:
        body["APAccountRef"] = {"value": account.id, "name": display_name(account)}


def due_date(work: Work) -> str:
    """From the bill's term, else the vendor's, else at once."""
    return terms.due_date(work, "Vendor", "TermRef", usual_days=0)


def ledger(company: Company, record: Record, sign: int) -> Iterable[Entry]:
    """Expenses against payables; the other way round for a credit (`sign` -1)."""
    body = record.body
    vendor = ("Vendor", body["VendorRef"]["value"])
    total = Side(body["APAccountRef"]["value"], -sign * cents(body.get("TotalAmt")), vendor)
    sides = [total, *expense_sides(company, body, sign, vendor)]
    return book(body["TxnDate"], sides, body.get("ExchangeRate"))
