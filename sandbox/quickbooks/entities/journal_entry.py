"""JournalEntry: debits and credits written directly."""

from collections.abc import Iterable

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    DATED,
    IN_CURRENCY,
    LINE_HEAD,
    MADE_FROM,
    TAX_MODE,
    TOTALS,
    choice,
    flag,
    kept,
    number,
    read_only,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault, missing
from sandbox.quickbooks.ledger import Side, book, class_of
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Kind, NumberRule, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.receivables import check_not_deposited

DETAIL = "JournalEntryLineDetail"
NAMES = ("Customer", "Vendor", "Employee")
NEEDED = {
    "Accounts Receivable": (
        "Customer",
        "When you use Accounts Receivable, you must choose a customer in the Name field.",
    ),
    "Accounts Payable": (
        "Vendor",
        "When you use Accounts Payable, you must choose a vendor in the Name field.",
    ),
}

LINE = Field(
    "Line",
    Kind.LIST,
    required=True,
    parts=(
        *LINE_HEAD,
        Field(
            DETAIL,
            Kind.OBJECT,
            parts=(
                choice("PostingType", "Debit", "Credit"),
                ref("AccountRef", "Account"),
                Field(
                    "Entity",
                    Kind.OBJECT,
                    parts=(choice("Type", *NAMES), ref("EntityRef", *NAMES)),
                ),
                ref("ClassRef", "Class"),
                ref("DepartmentRef", "Department"),
                choice("BillableStatus", "Billable", "NotBillable", "HasBeenBilled"),
                ref("TaxCodeRef"),
                text("TaxApplicableOn"),
                number("TaxAmount"),
            ),
        ),
        kept("LinkedTxn"),
    ),
)


def prepare(work: Work) -> None:
    """A name on a line says which list it is of."""
    for line in work.body.get("Line", []):
        entity = (line.get(DETAIL) or {}).get("Entity") or {}
        if entity.get("EntityRef"):
            entity["EntityRef"]["type"] = entity.setdefault("Type", "Customer")


def complete(work: Work) -> None:
    """Both sides are equal, every line has a side, an account and the name it needs."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    body.setdefault("Adjustment", False)
    lines = [line for line in body["Line"] if line.get("DetailType") != "DescriptionOnly"]
    if not lines:
        raise missing("Line")
    totals = {"Debit": 0, "Credit": 0}
    for position, line in enumerate(body["Line"], 1):
        line["Id"] = str(line.get("Id") or position - 1)
        if line.get("DetailType") != "DescriptionOnly":
            totals[_check(work, line)] += cents(line.get("Amount"))
    if totals["Debit"] != totals["Credit"]:
        raise fault("2300", "Amount on debits not equal to credits", "Line.Amount")
    body["TotalAmt"] = wire(totals["Debit"])
    body.setdefault("CurrencyRef", company.currency())
    body.setdefault("TxnTaxDetail", {})


def _check(work: Work, line: Body) -> str:
    detail = line.get(DETAIL)
    if not detail:
        raise missing(f"Line.{DETAIL}" if line.get("DetailType") else "Line.DetailType")
    if not detail.get("PostingType"):
        raise fault("2260", "MissingPostingType", "PostingType")
    if not detail.get("AccountRef"):
        raise missing("AccountRef")
    if cents(line.get("Amount")) < 0:
        raise fault("2290", "NegativeAmount", "Line.Amount")
    line["DetailType"] = DETAIL
    line["Amount"] = wire(cents(line.get("Amount")))
    account = work.company.row("Account", detail["AccountRef"]["value"])
    needed = NEEDED.get(str(account.body.get("AccountType"))) if account else None
    if needed and (detail.get("Entity") or {}).get("Type") != needed[0]:
        raise business(needed[1])
    return str(detail["PostingType"])


def ledger(_company: Company, record: Record) -> Iterable[Entry]:
    """Line by line as written."""
    sides = []
    for line in record.body["Line"]:
        detail = line.get(DETAIL)
        if not detail:
            continue
        sign = 1 if detail["PostingType"] == "Debit" else -1
        entity = detail.get("Entity") or {}
        name = (entity["Type"], entity["EntityRef"]["value"]) if entity.get("EntityRef") else None
        account, amount = detail["AccountRef"]["value"], sign * cents(line["Amount"])
        memo = str(line.get("Description", ""))
        sides.append(Side(account, amount, name, memo, class_of(detail)))
    return book(record.body["TxnDate"], sides, record.body.get("ExchangeRate"))


def warned(company: Company, _body: Body) -> bool:
    """The company's own setting."""
    return company.other_preference("WarnDuplicateJournalNumber") == "true"


JOURNAL_ENTRY = Entity(
    name="JournalEntry",
    fields=(
        *DATED,
        text("PrivateNote", 4000),
        flag("Adjustment", queryable=True),
        *IN_CURRENCY,
        LINE,
        kept("TxnTaxDetail"),
        *TOTALS,
        read_only("LinkedTxn", Kind.LIST),
        MADE_FROM,
        TAX_MODE,
        ref("DepartmentRef", "Department"),
    ),
    transaction=True,
    plural="journal entries",
    operations=frozenset({"create", "update", "delete", "read", "query"}),
    number_rule=NumberRule("journal", "Journal Entry", checked=warned),
    known=("AttachableRef", "CustomField", "TxnSource", "JournalCodeRef"),
    prepare=prepare,
    complete=complete,
    ledger=ledger,
    may_change=check_not_deposited,
)
