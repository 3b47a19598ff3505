"""What is open, document by document: by customer or vendor, or by how long it is overdue."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Key
from sandbox.quickbooks.reports.aging import (
    PAYABLES,
    RECEIVABLES,
    Aging,
    aged_parts,
    bucket,
    bucket_title,
    whole,
)
from sandbox.quickbooks.reports.bookings import records
from sandbox.quickbooks.reports.cells import CELLS, Line
from sandbox.quickbooks.reports.period import FIRST, Span, day_of
from sandbox.quickbooks.reports.rows import cells, column, money, report
from sandbox.quickbooks.shape import display_name

BY_PARTY = ("tx_date", "txn_type", "doc_num", "due_date", "subt_nat_amount", "rbal_nat_amount")
BY_AGE = ("tx_date", "txn_type", "doc_num", "name", "due_date", "subt_nat_amount")


@dataclass(frozen=True, slots=True)
class Open:
    """A document with what is left of it; `line.amount` is the open part."""

    line: Line
    party: Key
    due: str


def customer_balance_detail(company: Company, params: Mapping[str, str]) -> Body:
    """The open documents of each customer."""
    return _by_party(company, params, "CustomerBalanceDetail", RECEIVABLES)


def vendor_balance_detail(company: Company, params: Mapping[str, str]) -> Body:
    """The open documents of each vendor."""
    return _by_party(company, params, "VendorBalanceDetail", PAYABLES)


def aged_receivable_detail(company: Company, params: Mapping[str, str]) -> Body:
    """The open documents of customers by the days they are late."""
    return _by_age(company, params, "AgedReceivableDetail", RECEIVABLES)


def aged_payable_detail(company: Company, params: Mapping[str, str]) -> Body:
    """The open documents of vendors by the days they are late."""
    return _by_age(company, params, "AgedPayableDetail", PAYABLES)


def _by_party(company: Company, params: Mapping[str, str], name: str, side: Aging) -> Body:
    at = _day(company, params)
    held: dict[Key, list[Open]] = defaultdict(list)
    for one in _open(company, params, side, at):
        held[one.party].append(one)
    named = [(display_name(party), key) for key in held if (party := company.find(key))]
    rows = [
        _section(title, held[key], BY_PARTY, key[1])
        for title, key in sorted(named, key=lambda one: (one[0].casefold(), one[1]))
    ]
    return _report(company, params, name, at, BY_PARTY, rows)


def _by_age(company: Company, params: Mapping[str, str], name: str, side: Aging) -> Body:
    at = _day(company, params)
    step, count = whole(params, "aging_period", 30), whole(params, "num_periods", 4)
    held: dict[int, list[Open]] = defaultdict(list)
    for one in _open(company, params, side, at):
        held[bucket(one.due, at, step, count)].append(one)
    rows = []
    for place in sorted(held, reverse=True):
        late = f"{bucket_title(place - 1, step, count)} days past due" if place else "Current"
        rows.append(_section(late, held[place], BY_AGE))
    return _report(company, params, name, at, BY_AGE, rows)


def _day(company: Company, params: Mapping[str, str]) -> date:
    asked = day_of(params, "report_date") or day_of(params, "end_date")
    return asked or company.clock.today(company.zone)


def _open(company: Company, params: Mapping[str, str], side: Aging, at: date) -> Iterator[Open]:
    """Documents up to the day that are not settled, and payments that are not used up."""
    wanted = {part.strip() for part in params.get(side.party.lower(), "").split(",") if part}
    for record in records(company):
        for entry in record.entries:
            account = company.row("Account", entry.account)
            party = entry.name
            if account is None or account.body.get("AccountType") != side.account:
                continue
            if party is None or party[0] != side.party or entry.day > at.isoformat():
                continue
            if wanted and party[1] not in wanted:
                continue
            due, left = aged_parts(company, record, side.sign * entry.amount)[-1]
            paid = sum(company.applied.get(record.key, {}).values())
            left -= paid if left > 0 else -paid
            if left:
                yield Open(Line(company, record, entry, (), left), party, due)


def _section(title: str, found: list[Open], keys: tuple[str, ...], party_id: str = "") -> Body:
    found.sort(key=lambda one: (one.line.entry.day, int(one.line.record.id)))
    rows, running = [], 0
    for one in found:
        old, running = one.line, running + one.line.amount
        line = Line(old.company, old.record, old.entry, (), old.amount, running)
        rows.append({"ColData": [CELLS[key][2](line) for key in keys], "type": "Data"})
    sums = [money(running) if key == "subt_nat_amount" else "" for key in keys[1:]]
    return {
        "Header": {"ColData": cells(title, [""] * (len(keys) - 1), party_id)},
        "Rows": {"Row": rows},
        "Summary": {"ColData": cells(f"Total for {title}", sums)},
        "type": "Section",
    }


def _report(
    company: Company,
    params: Mapping[str, str],
    name: str,
    at: date,
    keys: tuple[str, ...],
    rows: list[Body],
) -> Body:
    columns = [column(CELLS[key][0], CELLS[key][1], key) for key in keys]
    return report(company, name, params, Span(FIRST, at), columns, rows)
