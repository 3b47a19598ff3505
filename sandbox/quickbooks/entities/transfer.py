"""Transfer and CreditCardPayment: money moved between accounts of the balance sheet."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    IN_CURRENCY,
    MADE_FROM,
    PRINT_STATUS,
    TRANSACTION_OPERATIONS,
    day,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault
from sandbox.quickbooks.ledger import Side, book
from sandbox.quickbooks.model import Entity, Entry, Field, Kind, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.rules import check_account_type, wrong_account_type

OF_NAMES = ("Accounts Receivable", "Accounts Payable")
AMOUNT = Field("Amount", Kind.NUMBER, required=True)
SHARED = (
    AMOUNT,
    day("TxnDate", queryable=True),
    text("PrivateNote", 4000),
    *IN_CURRENCY,
)


def complete_transfer(work: Work) -> None:
    """Two different accounts of the balance sheet; those of customers and vendors need a name."""
    body, company = work.body, work.company
    ends = [body[name]["value"] for name in ("FromAccountRef", "ToAccountRef")]
    for account_id in ends:
        account = company.row("Account", account_id)
        body_ = account.body if account else {}
        profit = body_.get("Classification") in ("Revenue", "Expense")
        if profit or body_.get("AccountType") in OF_NAMES:
            raise wrong_account_type()
    if ends[0] == ends[1]:
        raise business("You cannot transfer from and to the same account.")
    _amount(work)


def complete_card_payment(work: Work) -> None:
    """From a bank account to a credit card."""
    check_account_type(work.company, work.body["BankAccountRef"], ("Bank",))
    check_account_type(work.company, work.body["CreditCardAccountRef"], ("Credit Card",))
    _amount(work)


def _amount(work: Work) -> None:
    body, company = work.body, work.company
    amount = cents(body["Amount"])
    if amount < 0:
        raise fault("2290", "NegativeAmount", "Amount")
    body["Amount"] = wire(amount)
    body.setdefault("TxnDate", company.today())
    body.setdefault("CurrencyRef", company.currency())


def _moved(record: Record, source: str, goal: str) -> Iterable[Entry]:
    body = record.body
    amount = cents(body["Amount"])
    sides = [Side(body[goal]["value"], amount), Side(body[source]["value"], -amount)]
    return book(body["TxnDate"], sides, body.get("ExchangeRate"))


def transfer_ledger(_company: Company, record: Record) -> Iterable[Entry]:
    """One account against the other."""
    return _moved(record, "FromAccountRef", "ToAccountRef")


def card_payment_ledger(_company: Company, record: Record) -> Iterable[Entry]:
    """The bank against the card."""
    return _moved(record, "BankAccountRef", "CreditCardAccountRef")


TRANSFER = Entity(
    name="Transfer",
    fields=(
        ref("FromAccountRef", "Account", required=True),
        ref("ToAccountRef", "Account", required=True),
        *SHARED,
        MADE_FROM,
        text("TransactionLocationType"),
    ),
    transaction=True,
    plural="transfers",
    operations=TRANSACTION_OPERATIONS,
    known=("AttachableRef", "ClassRef", "DepartmentRef", "TxnSource", "TxnStatus"),
    complete=complete_transfer,
    ledger=transfer_ledger,
)

CREDIT_CARD_PAYMENT = Entity(
    name="CreditCardPayment",
    wire_name="CreditCardPaymentTxn",
    fields=(
        ref("BankAccountRef", "Account", required=True),
        ref("CreditCardAccountRef", "Account", required=True),
        ref("VendorRef", "Vendor"),
        *SHARED,
        text("Memo", 4000),
        text("CheckNum", 21),
        PRINT_STATUS,
    ),
    transaction=True,
    plural="credit card payments",
    operations=TRANSACTION_OPERATIONS,
    known=("AttachableRef", "LinkedTxn", "RecurDataRef", "TxnSource"),
    complete=complete_card_payment,
    ledger=card_payment_ledger,
)
