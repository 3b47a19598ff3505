"""GeneralLedger: every entry of every account in a period, with a running balance."""

from collections import defaultdict
from collections.abc import Callable, Mapping

from sandbox.quickbooks.company import SIDES, Company
from sandbox.quickbooks.model import Body, Entry, Record
from sandbox.quickbooks.reports.accounts import full_title
from sandbox.quickbooks.reports.bookings import booked
from sandbox.quickbooks.reports.cells import CELLS, Line, chosen
from sandbox.quickbooks.reports.period import Span, span_of
from sandbox.quickbooks.reports.rows import cells, column, money, report

DEFAULT = (
    "tx_date",
    "txn_type",
    "doc_num",
    "name",
    "memo",
    "other_account",
    "subt_nat_amount",
    "rbal_nat_amount",
)


def general_ledger(company: Company, params: Mapping[str, str]) -> Body:
    """A section per account that moved or has a balance."""
    return by_account(company, params, "GeneralLedger", lambda _: True)


def profit_and_loss_detail(company: Company, params: Mapping[str, str]) -> Body:
    """The entries of income and expense accounts alone."""
    return by_account(
        company,
        params,
        "ProfitAndLossDetail",
        lambda account: str(account.body.get("Classification")) not in SIDES,
    )


def by_account(
    company: Company, params: Mapping[str, str], name: str, wanted: Callable[[Record], bool]
) -> Body:
    """A section with its entries for each account that is wanted."""
    span = span_of(company, params)
    keys = chosen(params, DEFAULT)
    entries: dict[str, list[tuple[Record, Entry]]] = defaultdict(list)
    for record, entry in booked(company, params):
        if entry.day <= span.end.isoformat():
            entries[entry.account].append((record, entry))
    rows: list[Body] = []
    for account in sorted(company.live("Account"), key=lambda one: full_title(one).casefold()):
        if not wanted(account):
            continue
        made = _section(company, account, entries.get(account.id, []), span, keys)
        if made is not None:
            rows.append(made)
    columns = [column(CELLS[key][0], CELLS[key][1], key) for key in keys]
    return report(company, name, params, span, columns, rows)


def _section(
    company: Company,
    account: Record,
    entries: list[tuple[Record, Entry]],
    span: Span,
    keys: list[str],
) -> Body | None:
    lasting = SIDES.get(str(account.body.get("Classification")))
    side = lasting or (-1 if account.body.get("Classification") == "Revenue" else 1)
    start = span.start.isoformat()
    running = sum(side * entry.amount for _, entry in entries if entry.day < start and lasting)
    inside = [one for one in entries if one[1].day >= start]
    inside.sort(key=lambda one: (one[1].day, one[0].id))
    if not inside and not running:
        return None
    rows: list[Body] = []
    if running:
        rows.append({"ColData": [{"value": "Beginning Balance"}, {"value": money(running)}]})
    total = 0
    for record, entry in inside:
        amount = side * entry.amount
        running, total = running + amount, total + amount
        line = Line(company, record, entry, _others(record, entry), amount, running)
        rows.append({"ColData": [CELLS[key][2](line) for key in keys], "type": "Data"})
    name = full_title(account)
    sums = ["" if key != "subt_nat_amount" else money(total) for key in keys[1:]]
    return {
        "Header": {"ColData": cells(name, [""] * (len(keys) - 1), account.id)},
        "Rows": {"Row": rows},
        "Summary": {"ColData": cells(f"Total for {name}", sums)},
        "type": "Section",
    }


def _others(record: Record, entry: Entry) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.account for one in record.entries if one is not entry))
