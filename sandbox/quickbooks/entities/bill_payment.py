"""BillPayment: money paid to a vendor, by check or by credit card."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.applying import applied_lines, check_totals
from sandbox.quickbooks.entities.currency import follow_currency
from sandbox.quickbooks.entities.fields import (
    DATED,
    IN_CURRENCY,
    PRINT_STATUS,
    SALES_OPERATIONS,
    choice,
    flag,
    kept,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault, missing
from sandbox.quickbooks.ledger import Side, book
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Kind, NumberRule, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.receivables import PAYABLE, apply_payment, unapplied
from sandbox.quickbooks.rules import check_account_type
from sandbox.quickbooks.shape import display_name
from sandbox.quickbooks.system_accounts import payable

# PayType: (the object with the account, its field, the account's type)
PAID_FROM = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}


def complete(work: Work) -> None:
    """The account it is paid from, the amount, and which bills it pays."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    if body.get("TotalAmt") is None:
        raise business("You must set a transaction amount.")
    if not body.get("PayType"):
        raise missing("PayType")
    _paid_from(work)
    total = cents(body["TotalAmt"])
    if total < 0:
        raise fault("2140", f"Supplied value:{body['TotalAmt']}", "TotalAmt")
    body["TotalAmt"] = wire(total)
    vendor = company.row("Vendor", body["VendorRef"]["value"])
    follow_currency(company, body, vendor)
    body["Line"] = applied_lines(work, PAYABLE, "VendorRef")
    if not body["Line"]:
        raise missing("Line")
    check_totals(work)
    if unapplied(body) < 0:
        raise business("The amount applied can't be greater than the amount paid.")
    check_account_type(company, body.get("APAccountRef"), ("Accounts Payable",))
    _payables(work)


def _paid_from(work: Work) -> None:
    body = work.body
    holder, field, kind = PAID_FROM[body["PayType"]]
    account = (body.get(holder) or {}).get(field)
    if not account:
        raise missing(field)
    check_account_type(work.company, account, (kind,))
    if body["PayType"] == "Check":
        body["CheckPayment"].setdefault("PrintStatus", "NotSet")


def _payables(work: Work) -> None:
    body, company = work.body, work.company
    if body.get("APAccountRef"):
        return
    account = company.row("Account", payable(company, body["CurrencyRef"]["value"]))
    if account is not None:
        body["APAccountRef"] = {"value": account.id, "name": display_name(account)}


def ledger(_company: Company, record: Record) -> Iterable[Entry]:
    """Payables go down and the bank, or up the card."""
    body = record.body
    holder, field, _ = PAID_FROM[body["PayType"]]
    vendor = ("Vendor", body["VendorRef"]["value"])
    total = cents(body.get("TotalAmt"))
    bank = Side(body[holder][field]["value"], -total, vendor)
    owed = Side(body["APAccountRef"]["value"], total, vendor)
    return book(body["TxnDate"], (bank, owed), body.get("ExchangeRate"))


def committed(company: Company, record: Record, before: Body | None) -> None:
    """The bills it pays follow."""
    apply_payment(company, record, before)


def number_space(body: Body) -> str:
    """Checks share one space of numbers, whatever they pay."""
    return "checks" if body.get("PayType") == "Check" else "card payments"


def warned(company: Company, body: Body) -> bool:
    """Check numbers by the company's own setting."""
    on = company.other_preference("WarnDuplicateCheckNumber") == "true"
    return on or number_space(body) != "checks"


BILL_PAYMENT = Entity(
    name="BillPayment",
    fields=(
        ref("VendorRef", "Vendor", queryable=True, required=True),
        choice("PayType", "Check", "CreditCard", queryable=True),
        Field(
            "CheckPayment",
            Kind.OBJECT,
            parts=(
                ref("BankAccountRef", "Account"),
                PRINT_STATUS,
                kept("CheckDetail"),
            ),
        ),
        Field("CreditCardPayment", Kind.OBJECT, parts=(ref("CCAccountRef", "Account"),)),
        number("TotalAmt", queryable=True),
        *DATED,
        text("PrivateNote", 4000),
        ref("APAccountRef", "Account"),
        ref("DepartmentRef", "Department"),
        *IN_CURRENCY,
        flag("ProcessBillPayment"),
        Field(
            "Line",
            Kind.LIST,
            parts=(text("Id"), number("LineNum"), number("Amount"), kept("LinkedTxn")),
        ),
        read_only("LinkedTxn", Kind.LIST),
    ),
    transaction=True,
    plural="bill payments",
    operations=SALES_OPERATIONS,
    number_rule=NumberRule("checks", "Bill Payment", space_of=number_space, checked=warned),
    known=("AttachableRef", "BillPaymentEx", "CustomField", "PayerRef", "TransactionLocationType"),
    complete=complete,
    ledger=ledger,
    committed=committed,
)
