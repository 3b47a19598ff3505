"""Payment: money received from a customer."""

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    SALES_OPERATIONS,
    day,
    kept,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault, not_found
from sandbox.quickbooks.model import Body, Entity, Field, Key, Kind, Record, Work
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
    ref("CurrencyRef"),
    number("ExchangeRate"),
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
        body["CurrencyRef"] = dict(customer.body["CurrencyRef"])
    body["Line"] = [_line(work, line) for line in body.get("Line", []) if line.get("LinkedTxn")]
    _check_totals(work)
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


def _line(work: Work, line: Body) -> Body:
    linked = [
        {"TxnId": str(entry.get("TxnId")), "TxnType": str(entry.get("TxnType"))}
        for entry in line["LinkedTxn"]
        if isinstance(entry, dict)
    ]
    for entry in linked:
        _check_link(work, (entry["TxnType"], entry["TxnId"]))
    kept_line = {"Amount": wire(cents(line.get("Amount"))), "LinkedTxn": linked}
    if cents(line.get("Amount")) < 0:
        raise fault("2290", "NegativeAmount", "Line.Amount")
    return kept_line


def _check_link(work: Work, key: Key) -> None:
    """The document exists, is of a kind a payment can pay, and belongs to the payer."""
    company = work.company
    if key[0] not in APPLICABLE:
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")
    document = company.find(key)
    if document is None or document.deleted:
        raise not_found(company.entities[key[0]].plural)
    payer = work.body["CustomerRef"]["value"]
    owner = document.body["CustomerRef"]["value"]
    family = {payer, *(child.id for child in company.descendants(("Customer", payer)))}
    if owner not in family or document.voided:
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")


def _check_totals(work: Work) -> None:
    """No document takes more than what is open on it."""
    own = work.before.key if work.before else None
    for key, amount in links_of(work.body).items():
        document = work.company.find(key)
        if document is None:
            continue
        others = sum(
            paid for payer, paid in work.company.applied.get(key, {}).items() if payer != own
        )
        if amount > cents(document.body.get("TotalAmt")) - others:
            raise business("The amount applied can't be greater than the open balance.")


def postings(company: Company, body: Body) -> dict[Key, int]:
    """A payment lowers receivables and fills the account it goes to."""
    total = cents(body.get("TotalAmt"))
    moved = {("Customer", body["CustomerRef"]["value"]): -total}
    if "ar" in company.role_ids:
        moved[("Account", company.role_ids["ar"])] = -total
    account = body.get("DepositToAccountRef")
    if account:
        key = ("Account", account["value"])
        moved[key] = moved.get(key, 0) + total
    return moved


def committed(company: Company, record: Record, before: Body | None) -> None:
    """The documents it pays follow."""
    apply_payment(company, record, before)


PAYMENT = Entity(
    name="Payment",
    fields=FIELDS,
    transaction=True,
    sequence="Transaction",
    list_word="Txns",
    plural="payments",
    operations=SALES_OPERATIONS,
    known=KNOWN,
    complete=complete,
    postings=postings,
    may_change=check_not_deposited,
    committed=committed,
)
