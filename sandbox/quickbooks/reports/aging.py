"""AgedReceivables and AgedPayables: what is open at a day, by how long it is overdue."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import fault
from sandbox.quickbooks.model import Body, Key, Record
from sandbox.quickbooks.reports.bookings import records
from sandbox.quickbooks.reports.period import FIRST, Span, day_of
from sandbox.quickbooks.reports.rows import column, data, money, report, summary
from sandbox.quickbooks.shape import display_name


@dataclass(frozen=True, slots=True)
class Aging:
    """One side of the books whose open documents age."""

    name: str
    party: str
    account: str
    title: str
    sign: int


RECEIVABLES = Aging("AgedReceivables", "Customer", "Accounts Receivable", "Customer", 1)
PAYABLES = Aging("AgedPayables", "Vendor", "Accounts Payable", "Vendor", -1)


def aged_receivables(company: Company, params: Mapping[str, str]) -> Body:
    """By customer."""
    return _aged(company, params, RECEIVABLES)


def aged_payables(company: Company, params: Mapping[str, str]) -> Body:
    """By vendor."""
    return _aged(company, params, PAYABLES)


def _aged(company: Company, params: Mapping[str, str], side: Aging) -> Body:
    day = day_of(params, "report_date") or day_of(params, "end_date")
    at = day or company.clock.today(company.zone)
    step, count = whole(params, "aging_period", 30), whole(params, "num_periods", 4)
    titles = ["Current", *(bucket_title(place, step, count) for place in range(count))]
    rows: list[Body] = []
    totals = [0] * len(titles)
    sums = _sums(company, params, side, at, step, count)
    parties = [(display_name(record), key) for key in sums if (record := company.find(key))]
    for name, key in sorted(parties, key=lambda one: (one[0].casefold(), one[1])):
        amounts = sums[key]
        if not any(amounts):
            continue
        totals = [a + b for a, b in zip(totals, amounts, strict=True)]
        rows.append(data(name, [*map(money, amounts), money(sum(amounts))], key[1]))
    if rows:
        rows.append(summary("TOTAL", [*map(money, totals), money(sum(totals))], "GrandTotal"))
    keys = ["current", *(str(place) for place in range(count)), "total"]
    columns = [
        column("", side.title, side.title.lower()),
        *(column(title, "Money", key) for title, key in zip([*titles, "Total"], keys, strict=True)),
    ]
    return report(company, side.name, params, Span(FIRST, at), columns, rows)


def whole(params: Mapping[str, str], name: str, default: int) -> int:
    """A number of days or columns. Raises QboFault 2090."""
    text = params.get(name, "").strip()
    if not text:
        return default
    if not text.isdigit() or not 1 <= int(text) <= 365:
        raise fault("2090", f"Supplied value:{text}", name)
    return int(text)


def bucket_title(place: int, step: int, count: int) -> str:
    """`1 - 30`, and `91 and over` for the last one."""
    start = place * step + 1
    return f"{start} and over" if place == count - 1 else f"{start} - {start + step - 1}"


def _sums(
    company: Company, params: Mapping[str, str], side: Aging, at: date, step: int, count: int
) -> dict[Key, list[int]]:
    """What each document leaves open at the day; payments age from their own date.

    A payment moves what it paid from the document's age; the rest of it waits in its own.
    """
    wanted = {part.strip() for part in params.get(side.party.lower(), "").split(",") if part}
    sums: dict[Key, list[int]] = {}
    for record in records(company):
        for entry in record.entries:
            account = company.row("Account", entry.account)
            if account is None or account.body.get("AccountType") != side.account:
                continue
            name = entry.name
            if name is None or name[0] != side.party or entry.day > at.isoformat():
                continue
            if wanted and name[1] not in wanted:
                continue
            held = sums.setdefault(name, [0] * (count + 1))
            for due, amount in aged_parts(company, record, side.sign * entry.amount):
                held[bucket(due, at, step, count)] += amount
    return sums


def aged_parts(company: Company, record: Record, amount: int) -> list[tuple[str, int]]:
    """An amount by the due dates it belongs to: a payment counts where its documents stand."""
    own = str(record.body.get("DueDate") or record.body.get("TxnDate"))
    parts: list[tuple[str, int]] = []
    left = amount
    for key, paid in _paid_by(company, record).items():
        document = company.find(key)
        if document is None or document.deleted:
            continue
        sign = 1 if key[0] in ("CreditMemo", "VendorCredit") else -1
        due = document.body.get("DueDate") or document.body["TxnDate"]
        parts.append((str(due), sign * paid))
        left -= sign * paid
    return [*parts, (own, left)]


def _paid_by(company: Company, record: Record) -> dict[Key, int]:
    """Document -> cents that this payment applied to it."""
    if record.entity.name not in ("Payment", "BillPayment"):
        return {}
    return {
        key: payers[record.key]
        for key in record_links(record)
        if record.key in (payers := company.applied.get(key, {}))
    }


def record_links(record: Record) -> set[Key]:
    """The documents on a payment's lines."""
    return {
        (str(link["TxnType"]), str(link["TxnId"]))
        for line in record.body.get("Line", [])
        for link in line.get("LinkedTxn") or []
    }


def bucket(due: str, at: date, step: int, count: int) -> int:
    """0 for what is not overdue, else the column of the days it is late."""
    late = (at - date.fromisoformat(due)).days
    return 0 if late <= 0 else min((late - 1) // step, count - 1) + 1
