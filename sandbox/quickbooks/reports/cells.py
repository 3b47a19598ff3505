"""The cells of reports that list transactions: one function per column."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.quickbooks.clock import stamp
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Entry, Record
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.reports.rows import money
from sandbox.quickbooks.rules import type_shown
from sandbox.quickbooks.shape import display_name

STATES = ("Uncleared", "Cleared", "Reconciled", "Deposited")
PARTIES = ("CustomerRef", "VendorRef", "EntityRef")
SPLIT = "-Split-"


@dataclass(frozen=True, slots=True)
class Line:
    """A transaction as a list shows it: its main entry and the accounts against it."""

    company: Company
    record: Record
    entry: Entry
    others: tuple[str, ...]
    amount: int
    running: int = 0


def state_of(record: Record) -> str:
    """Cleared in the bank feed, reconciled with a statement, or lying on a deposit."""
    if record.notes.get("reconciled"):
        return "Reconciled"
    if any(link.get("TxnType") == "Deposit" for link in record.body.get("LinkedTxn", [])):
        return "Deposited"
    return "Cleared" if record.notes.get("matched") else "Uncleared"


def party_of(record: Record) -> Body:
    """Reference to the customer, vendor or employee of the document."""
    for name in PARTIES:
        ref: Body | None = record.body.get(name)
        if ref:
            return ref
    return {}


def party_key(line: Line) -> tuple[str, str]:
    """Name and Id of whom the line is about."""
    ref = party_of(line.record)
    if ref:
        return str(ref.get("name", "")), str(ref["value"])
    record = line.company.find(line.entry.name) if line.entry.name else None
    return (display_name(record), record.id) if record else ("", "")


def _account(line: Line) -> Body:
    account = line.company.row("Account", line.entry.account)
    return {"value": display_name(account), "id": account.id} if account else {"value": ""}


def _split(line: Line) -> Body:
    if len(line.others) != 1:
        return {"value": SPLIT if line.others else "", "id": ""}
    account = line.company.row("Account", line.others[0])
    return {"value": display_name(account), "id": account.id} if account else {"value": ""}


def _name(line: Line) -> Body:
    name, record_id = party_key(line)
    return {"value": name, "id": record_id} if record_id else {"value": ""}


def _open(line: Line) -> Body:
    balance = line.record.body.get("Balance")
    return {"value": "" if balance is None else money(cents(balance))}


def _by(line: Line) -> Body:
    hidden = not line.company.switches.reports_name_users
    return {"value": "" if hidden else str(line.record.notes.get("by", line.company.user))}


# key: (title, type, how a cell is made)
CELLS: Mapping[str, tuple[str, str, Callable[[Line], Body]]] = {
    "tx_date": ("Date", "Date", lambda line: {"value": line.entry.day}),
    "txn_type": (
        "Transaction Type",
        "String",
        lambda line: {"value": type_shown(line.record), "id": line.record.id},
    ),
    "doc_num": (
        "Num",
        "String",
        lambda line: {
            "value": str(
                line.record.body.get("DocNumber") or line.record.body.get("PaymentRefNum") or ""
            )
        },
    ),
    "is_no_post": ("Posting", "String", lambda _line: {"value": "Yes"}),
    "name": ("Name", "String", _name),
    "memo": (
        "Memo/Description",
        "String",
        lambda line: {"value": str(line.record.body.get("PrivateNote") or line.entry.memo)},
    ),
    "account_name": ("Account", "String", _account),
    "other_account": ("Split", "String", _split),
    "subt_nat_amount": ("Amount", "Money", lambda line: {"value": money(line.amount)}),
    "rbal_nat_amount": ("Balance", "Money", lambda line: {"value": money(line.running)}),
    "is_cleared": ("Clr", "String", lambda line: {"value": state_of(line.record)}),
    "nat_open_bal": ("Open Balance", "Money", _open),
    "due_date": (
        "Due Date",
        "Date",
        lambda line: {"value": str(line.record.body.get("DueDate", ""))},
    ),
    "create_by": ("Created By", "String", _by),
    "last_mod_by": ("Last Modified By", "String", _by),
    "create_date": ("Create Date", "Date", lambda line: {"value": stamp(line.record.created)}),
    "last_mod_date": ("Last Modified", "Date", lambda line: {"value": stamp(line.record.changed)}),
    "dept_name": (
        "Location",
        "String",
        lambda line: {"value": str((line.record.body.get("DepartmentRef") or {}).get("name", ""))},
    ),
    "currency": (
        "Currency",
        "String",
        lambda line: {"value": str((line.record.body.get("CurrencyRef") or {}).get("value", ""))},
    ),
}


def chosen(params: Mapping[str, str], default: tuple[str, ...]) -> list[str]:
    """The columns asked for that are known, else the usual ones."""
    wanted = [name.strip() for name in params.get("columns", "").split(",") if name.strip()]
    return [name for name in wanted if name in CELLS] or list(default)
