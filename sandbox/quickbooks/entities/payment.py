"""Payment: money received from a customer."""

from collections.abc import Iterable
from typing import Any

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.applying import applied_lines, check_totals
from sandbox.quickbooks.entities.currency import follow_currency
from sandbox.quickbooks.entities.fields import (
    IN_CURRENCY,
    SALES_OPERATIONS,
    day,
    kept,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault
from sandbox.quickbooks.ledger import Side, at_home, book
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Kind, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.receivables import (
    APPLICABLE,
    apply_payment,
    check_not_deposited,
    links_of,
    unapplied,
)
from sandbox.quickbooks.rules import check_account_type
from sandbox.quickbooks.shape import display_name
from sandbox.quickbooks.system_accounts import receivable, special

FIELDS = (
    ref("CustomerRef", "Customer", queryable=True, required=True),
    ref("DepositToAccountRef", "Account"),
    ref("ARAccountRef", "Account"),
    ref("PaymentMethodRef", "PaymentMethod", queryable=True),
    text("PaymentRefNum", 21, queryable=True),
    number("TotalAmt", queryable=True),
    read_only("UnappliedAmt", Kind.NUMBER, queryable=True),
    Field("ProcessPayment", Kind.BOOLEAN),
    day("TxnDate", queryable=True),
    *IN_CURRENCY,
    text("PrivateNote", 4000),
    read_only("LinkedTxn", Kind.LIST),
    Field(
        "Line",
        Kind.LIST,
        parts=(
            text("Id"),
            number("LineNum"),
            text("Description", 4000),
            number("Amount"),
            kept("LinkedTxn"),
            kept("LineEx"),
        ),
    ),
    text("TxnSource"),
    text("TransactionLocationType"),
    kept("CreditCardPayment"),
    ref("DepartmentRef", "Department"),
)

KNOWN = (
    "AREntityRef",
    "AttachableRef",
    "CheckPayment",
    "ClassRef",
    "CustomField",
    "DocNumber",
    "HomeTotalAmt",
    "Memo",
    "PaymentEx",
    "PaymentType",
    "TaxExemptionRef",
    "TxnStatus",
    "TxnTaxDetail",
    "BatchMetaData",
)


def complete(work: Work) -> None:
    """Amount, account and what of the money is applied."""
    body, company = work.body, work.company
    if body.get("TotalAmt") is None:
        raise business("You must set a transaction amount.")
    total = cents(body["TotalAmt"])
    if total < 0:
        raise fault("2140", f"Supplied value:{body['TotalAmt']}", "TotalAmt")
    body["TotalAmt"] = wire(total)
    body.setdefault("TxnDate", company.today())
    body.setdefault("ProcessPayment", False)
    body.setdefault("LinkedTxn", [])
    _account(work)
    check_account_type(company, body.get("ARAccountRef"), ("Accounts Receivable",))
    customer = company.row("Customer", body["CustomerRef"]["value"])
    if customer is not None:
        follow_currency(company, body, customer)
    body["Line"] = applied_lines(work, APPLICABLE, "CustomerRef")
    check_totals(work)
    if work.before is None:
        receivable(company, (body.get("CurrencyRef") or company.currency())["value"])
    body["UnappliedAmt"] = wire(unapplied(body))
    if body["UnappliedAmt"] < 0:
        raise business("The amount applied can't be greater than the amount received.")


def _account(work: Work) -> None:
    body, company = work.body, work.company
    check_account_type(company, body.get("DepositToAccountRef"), ("Bank", "Other Current Asset"))
    if not body.get("DepositToAccountRef") and "undeposited" in company.role_ids:
        record = company.row("Account", company.role_ids["undeposited"])
        if record is not None:
            body["DepositToAccountRef"] = {"value": record.id, "name": display_name(record)}


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """A payment lowers receivables and fills the account it goes to."""
    body = record.body
    currency = (body.get("CurrencyRef") or company.currency())["value"]
    account = record.notes.get("ar")
    if account is None:
        account = record.notes["ar"] = receivable(company, currency)
    total, rate = cents(body.get("TotalAmt")), body.get("ExchangeRate") or 1
    owner = ("Customer", body["CustomerRef"]["value"])
    bank = (body.get("DepositToAccountRef") or {}).get("value") or special(company, "undeposited")
    sides = [Side(bank, total, owner), Side(account, -total, owner)]
    entries = book(body["TxnDate"], sides, rate)
    return (*entries, *_exchange(company, body, account, rate))


def _exchange(company: Company, body: Body, account: str, rate: Any) -> Iterable[Entry]:
    """What the rate moved between the documents and their payment."""
    if rate == 1:
        return ()
    gain = 0
    for key, amount in links_of(body).items():
        document = company.find(key)
        if document is not None:
            at_document = at_home(amount, document.body.get("ExchangeRate"))
            gain += (1 if key[0] == "Invoice" else -1) * (at_home(amount, rate) - at_document)
    if not gain:
        return ()
    other = special(company, "exchange")
    day = body["TxnDate"]
    return (Entry(account, day, gain, 0), Entry(other, day, -gain, 0))


def committed(company: Company, record: Record, before: Body | None) -> None:
    """The documents it pays follow."""
    apply_payment(company, record, before)


PAYMENT = Entity(
    name="Payment",
    fields=FIELDS,
    transaction=True,
    plural="payments",
    operations=SALES_OPERATIONS,
    known=KNOWN,
    complete=complete,
    ledger=ledger,
    may_change=check_not_deposited,
    committed=committed,
)
