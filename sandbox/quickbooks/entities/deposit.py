"""Deposit: money taken to the bank, from undeposited funds or directly."""

from collections.abc import Iterable

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.fields import (
    IN_CURRENCY,
    LINE_HEAD,
    MADE_FROM,
    TAX_MODE,
    TOTALS,
    TRANSACTION_OPERATIONS,
    day,
    kept,
    number,
    ref,
    text,
)
from sandbox.quickbooks.faults import business, fault, missing, not_found
from sandbox.quickbooks.ledger import Side, book, class_of
from sandbox.quickbooks.model import Body, Entity, Entry, Field, Key, Kind, Record, Work
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.rules import check_account_type
from sandbox.quickbooks.system_accounts import special

DETAIL = "DepositLineDetail"
TAKEN = ("Payment", "SalesReceipt", "RefundReceipt", "JournalEntry")
NAMES = ("Customer", "Vendor", "Employee")


def complete(work: Work) -> None:
    """Every line is a payment that waits for the bank, or names an account."""
    body, company = work.body, work.company
    body.setdefault("TxnDate", company.today())
    if not body.get("DepositToAccountRef"):
        raise missing("DepositToAccountRef")
    check_account_type(company, body["DepositToAccountRef"], ("Bank", "Other Current Asset"))
    lines: list[Body] = []
    for position, line in enumerate(body["Line"], 1):
        linked = line.get("LinkedTxn") or []
        kept_line = _taken(work, line, linked[0]) if linked else _direct(line)
        lines.append({"Id": str(position), "LineNum": position, **kept_line})
    body["Line"] = lines
    total = sum(cents(line["Amount"]) for line in lines) - cents(_back(body).get("Amount"))
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")
    body["TotalAmt"] = wire(total)
    body.setdefault("CurrencyRef", company.currency())


def _back(body: Body) -> Body:
    back: Body = body.get("CashBack") or {}
    return back


def _taken(work: Work, line: Body, linked: Body) -> Body:
    """A payment from undeposited funds: it comes whole, and only once."""
    company = work.company
    key = (str(linked.get("TxnType")), str(linked.get("TxnId")))
    if key[0] not in TAKEN:
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")
    record = company.find(key)
    if record is None or record.deleted:
        raise not_found(company.entities[key[0]].plural)
    holder = deposit_of(record)
    own = work.before.id if work.before else None
    if record.voided or (holder is not None and holder != own):
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")
    amount = waiting(company, record)
    if not amount:
        raise fault("620", "Txn ID Cannot Be Linked", "LinkedTxn")
    link = {"TxnId": key[1], "TxnType": key[0], "TxnLineId": "0"}
    return {"Amount": wire(amount), "LinkedTxn": [link], DETAIL: line.get(DETAIL) or {}}


def waiting(company: Company, record: Record) -> int:
    """Cents of the record that lie in undeposited funds."""
    funds = special(company, "undeposited")
    return sum(entry.own for entry in record.entries if entry.account == funds)


def deposit_of(record: Record) -> str | None:
    """Id of the deposit the record is on."""
    for link in record.body.get("LinkedTxn", []):
        if link.get("TxnType") == "Deposit":
            return str(link["TxnId"])
    return None


def _direct(line: Body) -> Body:
    detail = line.get(DETAIL) or {}
    if not detail.get("AccountRef"):
        raise missing("AccountRef")
    if line.get("Amount") is None:
        raise missing("Line.Amount")
    return {
        "Description": line.get("Description", ""),
        "Amount": wire(cents(line["Amount"])),
        "DetailType": DETAIL,
        DETAIL: detail,
    }


def ledger(company: Company, record: Record) -> Iterable[Entry]:
    """The bank against undeposited funds and the accounts of the other lines."""
    body = record.body
    sides = [Side(body["DepositToAccountRef"]["value"], cents(body["TotalAmt"]))]
    for line in body["Line"]:
        detail = line.get(DETAIL) or {}
        linked = bool(line.get("LinkedTxn"))
        account = special(company, "undeposited") if linked else detail["AccountRef"]["value"]
        party = detail.get("Entity")
        name = (party.get("type", NAMES[0]), party["value"]) if party else None
        memo = str(line.get("Description", ""))
        sides.append(Side(account, -cents(line["Amount"]), name, memo, class_of(detail)))
    back = _back(body)
    if back.get("AccountRef"):
        sides.append(Side(back["AccountRef"]["value"], cents(back.get("Amount"))))
    return book(body["TxnDate"], sides, body.get("ExchangeRate"))


def committed(company: Company, record: Record, before: Body | None) -> None:
    """What is on the deposit says so; what was taken off it does not any more."""
    now = set() if record.deleted else taken_keys(record.body)
    old = taken_keys(before or {})
    for key in sorted(now ^ old):
        document = company.find(key)
        if document is None or document.deleted:
            continue
        links = [
            link for link in document.body.get("LinkedTxn", []) if link["TxnType"] != "Deposit"
        ]
        if key in now:
            links.append({"TxnId": record.id, "TxnType": "Deposit"})
        company.rewrite(document, {**document.body, "LinkedTxn": links})
        engine.bump(company, document)


def taken_keys(body: Body) -> set[Key]:
    """The documents on the deposit."""
    return {
        (str(link["TxnType"]), str(link["TxnId"]))
        for line in body.get("Line", [])
        for link in line.get("LinkedTxn") or []
    }


DEPOSIT = Entity(
    name="Deposit",
    fields=(
        ref("DepositToAccountRef", "Account"),
        day("TxnDate", queryable=True),
        text("DocNumber", 21, queryable=True),
        text("PrivateNote", 4000),
        ref("DepartmentRef", "Department"),
        MADE_FROM,
        *IN_CURRENCY,
        Field(
            "Line",
            Kind.LIST,
            required=True,
            parts=(
                *LINE_HEAD,
                Field(
                    DETAIL,
                    Kind.OBJECT,
                    parts=(
                        ref("Entity", *NAMES),
                        ref("AccountRef", "Account"),
                        ref("PaymentMethodRef", "PaymentMethod"),
                        ref("ClassRef", "Class"),
                        text("CheckNum", 21),
                        text("TxnType"),
                    ),
                ),
                kept("LinkedTxn"),
            ),
        ),
        Field(
            "CashBack",
            Kind.OBJECT,
            parts=(ref("AccountRef", "Account"), number("Amount"), text("Memo", 4000)),
        ),
        *TOTALS,
        TAX_MODE,
        kept("TxnTaxDetail"),
    ),
    transaction=True,
    plural="deposits",
    operations=TRANSACTION_OPERATIONS,
    known=("AttachableRef", "CustomField", "TxnSource", "TxnStatus"),
    complete=complete,
    ledger=ledger,
    committed=committed,
)
