"""Purchase: expenses, checks and credit card charges."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.currency import add_home_total, follow_currency
from sandbox.quickbooks.entities.expense_lines import LINE, bought, complete_lines, expense_sides
from sandbox.quickbooks.entities.fields import (
    DATED,
    IN_CURRENCY,
    MADE_FROM,
    PRINT_STATUS,
    TAX_MODE,
    TOTALS,
    TRANSACTION_OPERATIONS,
    address,
    choice,
    flag,
    kept,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.entities.sales_tax import TAX
from sandbox.quickbooks.entities.stock import move_stock
from sandbox.quickbooks.faults import QboFault, business, fault, missing
from sandbox.quickbooks.ledger import Side, book
from sandbox.quickbooks.model import Body, Entity, Entry, Kind, NumberRule, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.rules import check_account_type

PAID_FROM = {"Check": ("Bank",), "CreditCard": ("Credit Card",), "Cash": ("Bank", "Cash")}
NAMES = ("Vendor", "Customer", "Employee")


def complete(work: Work) -> None:
    """The account it is paid from, its payee, lines and total."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    _payment_type(work)
    if not body.get("AccountRef"):
        raise missing("AccountRef")
    check_account_type(company, body["AccountRef"], PAID_FROM[body["PaymentType"]])
    payee = body.get("EntityRef")
    record = company.row(payee.get("type", NAMES[0]), payee["value"]) if payee else None
    if payee:
        payee.setdefault("type", NAMES[0])
    follow_currency(company, body, record if record and record.body.get("CurrencyRef") else None)
    if body.get("Credit") and body["PaymentType"] != "CreditCard":
        raise business("Only credit card transactions can be credits.")
    body.setdefault("Credit", False)
    if body["PaymentType"] == "Check":
        body.setdefault("PrintStatus", "NotSet")
    body["TotalAmt"] = wire(complete_lines(work))
    if body["TotalAmt"] < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    add_home_total(company, body, "TotalAmt")


def _payment_type(work: Work) -> None:
    """The payment type never changes: a sparse update ignores it, a full one is refused."""
    body, before = work.body, work.before
    if not body.get("PaymentType"):
        raise missing("PaymentType")
    if before is None or before.body["PaymentType"] == body["PaymentType"]:
        return
    if work.sparse:
        body["PaymentType"] = before.body["PaymentType"]
        return
    raise immutable()


def immutable() -> QboFault:
    """The misleading 610 of a full update that changes the payment type."""
    return fault(
        "610", "Object Not Found: Something you're trying to use has been made inactive", ""
    )


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """Expenses against the bank or the card; the other way round for a card credit."""
    body = record.body
    sign = -1 if body.get("Credit") else 1
    payee = body.get("EntityRef")
    name = (payee.get("type", NAMES[0]), payee["value"]) if payee else None
    total = Side(body["AccountRef"]["value"], -sign * cents(body.get("TotalAmt")), name)
    sides = [total, *expense_sides(company, body, sign, name)]
    return book(body["TxnDate"], sides, body.get("ExchangeRate"))


def committed(company: Company, record: Record, _before: Body | None) -> None:
    """Stock comes in."""
    sign = -1 if record.body.get("Credit") else 1
    move_stock(company, record, bought(company, record, sign))


def number_space(body: Body) -> str:
    """Checks share their numbers with bill payments."""
    return "checks" if body.get("PaymentType") == "Check" else "expenses"


def warned(company: Company, body: Body) -> bool:
    """Check numbers by the company's own setting, others always."""
    on = company.other_preference("WarnDuplicateCheckNumber") == "true"
    return on or number_space(body) != "checks"


PURCHASE = Entity(
    name="Purchase",
    fields=(
        choice("PaymentType", "Cash", "Check", "CreditCard", queryable=True),
        ref("AccountRef", "Account"),
        ref("EntityRef", *NAMES),
        flag("Credit"),
        ref("PaymentMethodRef", "PaymentMethod"),
        text("PaymentRefNum", 21),
        *DATED,
        text("PrivateNote", 4000),
        PRINT_STATUS,
        address("RemitToAddr"),
        ref("DepartmentRef", "Department"),
        *IN_CURRENCY,
        LINE,
        TAX,
        *TOTALS,
        TAX_MODE,
        read_only("LinkedTxn", Kind.LIST),
        MADE_FROM,
        text("TransactionLocationType"),
        text("TxnSource"),
        kept("CustomField"),
    ),
    transaction=True,
    plural="purchases",
    operations=TRANSACTION_OPERATIONS,
    screen_operations=frozenset({"void"}),
    number_rule=NumberRule("expenses", "Expense", space_of=number_space, checked=warned),
    known=("AttachableRef", "IncludeInAnnualTPAR", "Memo", "PurchaseEx", "Tag"),
    complete=complete,
    ledger=ledger,
    committed=committed,
)
