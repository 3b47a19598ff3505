"""TransactionList: one line per transaction, with what the bank says about it."""

from collections.abc import Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import fault
from sandbox.quickbooks.model import Body, Entry, Record
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.reports.cells import CELLS, STATES, Line, chosen, party_key, state_of
from sandbox.quickbooks.reports.period import FIRST, Span, day_of, span_of
from sandbox.quickbooks.reports.rows import column, report
from sandbox.quickbooks.rules import type_shown

DEFAULT = (
    "tx_date",
    "txn_type",
    "doc_num",
    "is_no_post",
    "name",
    "memo",
    "account_name",
    "other_account",
    "subt_nat_amount",
)
SIGNED = ("CreditMemo", "VendorCredit", "RefundReceipt", "BillPayment", "Purchase")
NOT_POSTED = ("Estimate", "PurchaseOrder", "TimeActivity")
PAID = {"arpaid": ("Invoice",), "appaid": ("Bill",)}


def transaction_list(company: Company, params: Mapping[str, str]) -> Body:
    """Filtered by period, party, type, number, account and clearing state."""
    span = span_of(company, params, "this month-to-date")
    _check(params)
    keys = chosen(params, DEFAULT)
    lines = [
        line
        for entity in company.tables.values()
        if entity.entity.transaction
        for record in entity.rows.values()
        if (line := _line(company, record)) is not None and _wanted(line, span, params)
    ]
    _sort(lines, params)
    rows: list[Body] = [
        {"ColData": [CELLS[key][2](line) for key in keys], "type": "Data"} for line in lines
    ]
    columns = [column(CELLS[key][0], CELLS[key][1], key) for key in keys]
    return report(company, "TransactionList", params, span, columns, rows)


def _check(params: Mapping[str, str]) -> None:
    cleared = params.get("cleared", "").strip()
    if cleared and cleared.lower() not in ("all", *(state.lower() for state in STATES)):
        raise fault("2170", f"Invalid Enumeration : {cleared}", "cleared")


def _line(company: Company, record: Record) -> Line | None:
    if record.deleted or record.entity.name in NOT_POSTED:
        return None
    entries = record.entries or _empty(company, record)
    if not entries:
        return None
    first = entries[0]
    others = tuple(dict.fromkeys(entry.account for entry in entries[1:]))
    total = cents(record.body.get("TotalAmt")) if "TotalAmt" in record.body else abs(first.amount)
    negative = record.entity.name in SIGNED and not record.body.get("Credit")
    return Line(company, record, first, others, -total if negative else total)


def _empty(company: Company, record: Record) -> tuple[Entry, ...]:
    """A voided or zero document books nothing, yet it stands in the list."""
    day = record.body.get("TxnDate")
    account = record.notes.get("ar") or company.role_ids.get("undeposited", "")
    return (Entry(account, str(day), 0, 0),) if day else ()


def _wanted(line: Line, span: Span, params: Mapping[str, str]) -> bool:
    record = line.record
    if not span.holds(line.entry.day) or not _in_spans(line, params):
        return False
    cleared = params.get("cleared", "").strip().lower()
    if cleared not in ("", "all", state_of(record).lower()):
        return False
    wanted = {
        "customer": record.body.get("CustomerRef"),
        "vendor": record.body.get("VendorRef") or record.body.get("EntityRef"),
        "department": record.body.get("DepartmentRef"),
        "payment_method": record.body.get("PaymentMethodRef"),
        "term": record.body.get("SalesTermRef"),
    }
    for name, ref in wanted.items():
        asked = {part.strip() for part in params.get(name, "").split(",") if part.strip()}
        if asked and (not ref or ref["value"] not in asked):
            return False
    return _texts(line, params) and _accounts(line, params) and _paid(record, params)


def _in_spans(line: Line, params: Mapping[str, str]) -> bool:
    """Created, changed and due within the days asked for."""
    record, zone = line.record, line.company.zone
    days = {
        "createdate": record.created.astimezone(zone).date().isoformat(),
        "moddate": record.changed.astimezone(zone).date().isoformat(),
        "duedate": str(record.body.get("DueDate", "")),
    }
    for name, day in days.items():
        start, end = day_of(params, f"start_{name}"), day_of(params, f"end_{name}")
        if not start and not end:
            continue
        limit = Span(start or FIRST, end or FIRST.replace(year=9999))
        if not day or not limit.holds(day):
            return False
    return True


def _texts(line: Line, params: Mapping[str, str]) -> bool:
    body = line.record.body
    kind = params.get("transaction_type", "").strip()
    names = {line.record.entity.name, type_shown(line.record)}
    folded = {name.replace(" ", "").casefold() for name in names}
    if kind and kind.lower() != "all" and kind.replace(" ", "").casefold() not in folded:
        return False
    number = params.get("docnum", "").strip()
    if number and number not in (body.get("DocNumber"), body.get("PaymentRefNum")):
        return False
    memo = params.get("memo", "").strip()
    if memo and memo.casefold() not in str(body.get("PrivateNote", "")).casefold():
        return False
    name = params.get("name", "").strip()
    return not name or name in party_key(line)


def _accounts(line: Line, params: Mapping[str, str]) -> bool:
    kinds = params.get("source_account_type", "").replace(" ", "").casefold()
    ids = {part.strip() for part in params.get("source_account", "").split(",") if part.strip()}
    if ids and line.entry.account not in ids:
        return False
    account = line.company.row("Account", line.entry.account)
    kind = str(account.body.get("AccountType", "")) if account else ""
    return not kinds or kind.replace(" ", "").casefold() in kinds.split(",")


def _paid(record: Record, params: Mapping[str, str]) -> bool:
    for name, entities in PAID.items():
        wanted = params.get(name, "").strip().lower()
        if wanted not in ("paid", "unpaid"):
            continue
        is_paid = not cents(record.body.get("Balance"))
        if record.entity.name not in entities or is_paid != (wanted == "paid"):
            return False
    return True


def _sort(lines: list[Line], params: Mapping[str, str]) -> None:
    lines.sort(key=lambda line: (line.entry.day, int(line.record.id)))
    by = params.get("sort_by", "").strip()
    down = params.get("sort_order", "ascend").startswith("desc")
    if by in CELLS:
        make = CELLS[by][2]
        if CELLS[by][1] == "Money":
            lines.sort(key=lambda line: float(make(line)["value"] or 0), reverse=down)
        else:
            lines.sort(key=lambda line: str(make(line)["value"]).casefold(), reverse=down)
    elif down:
        lines.reverse()
