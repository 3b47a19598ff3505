"""ProfitAndLoss: income and expense of a period, also month by month."""

from collections.abc import Mapping, Sequence

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.accounts import Sums, account_rows, by_type
from sandbox.quickbooks.reports.bookings import booked
from sandbox.quickbooks.reports.period import Span, columns_of, span_of
from sandbox.quickbooks.reports.rows import (
    column,
    money_columns,
    report,
    section,
    summary,
    with_total,
)

INCOME = ("Income", "Other Income")
# AccountType: (title, group)
SECTIONS = {
    "Income": ("Income", "Income"),
    "Cost of Goods Sold": ("Cost of Goods Sold", "COGS"),
    "Expense": ("Expenses", "Expenses"),
    "Other Income": ("Other Income", "OtherIncome"),
    "Other Expense": ("Other Expenses", "OtherExpenses"),
}
# After these sections stands a sum: (title, group, the sections counted with their sign)
SUMS = {
    "Cost of Goods Sold": ("Gross Profit", "GrossProfit", ("Income", "Cost of Goods Sold")),
    "Expense": (
        "Net Operating Income",
        "NetOperatingIncome",
        ("Income", "Cost of Goods Sold", "Expense"),
    ),
    "Other Expense": ("Net Other Income", "NetOtherIncome", ("Other Income", "Other Expense")),
}


def profit_and_loss(company: Company, params: Mapping[str, str]) -> Body:
    """Sections in QuickBooks' order, each with its accounts and its sum."""
    span = span_of(company, params)
    spans = columns_of(span, params)
    several = len(money_columns(spans)) > 1
    sums = income_sums(company, params, spans)
    typed = by_type(company)
    rows: list[Body] = []
    for kind, (title, group) in SECTIONS.items():
        accounts = typed.get(kind, [])
        values = with_total(sums.total(one.id for one in accounts), several=several)
        inner = account_rows(company, accounts, sums, several=several)
        if inner or kind in ("Income", "Expense"):
            rows.append(section(title, inner, f"Total {title}", values, group))
        if kind in SUMS:
            name, sum_group, parts = SUMS[kind]
            rows.append(summary(name, _net(company, sums, parts, several=several), sum_group))
    rows.append(summary("Net Income", _net(company, sums, SECTIONS, several=several), "NetIncome"))
    columns = [column("", "Account", "account"), *money_columns(spans)]
    return report(company, "ProfitAndLoss", params, span, columns, rows)


def income_sums(company: Company, params: Mapping[str, str], spans: Sequence[Span]) -> Sums:
    """Income positive on its side, expense positive on its own."""
    sums = Sums(len(spans))
    for _, entry in booked(company, params):
        account = company.row("Account", entry.account)
        kind = str(account.body.get("AccountType")) if account else ""
        if kind not in SECTIONS:
            continue
        for place, span in enumerate(spans):
            if span.holds(entry.day):
                sums.add(entry.account, place, -entry.amount if kind in INCOME else entry.amount)
    return sums


def _net(
    company: Company, sums: Sums, kinds: Sequence[str] | Mapping[str, object], *, several: bool
) -> list[str]:
    return with_total(net(company, sums, tuple(kinds)), several=several)


def net(company: Company, sums: Sums, kinds: tuple[str, ...] = tuple(SECTIONS)) -> list[int]:
    """Income less expense, column by column."""
    typed = by_type(company)
    totals = [0] * sums.columns
    for kind in kinds:
        sign = 1 if kind in INCOME else -1
        part = sums.total(one.id for one in typed.get(kind, []))
        totals = [total + sign * amount for total, amount in zip(totals, part, strict=True)]
    return totals
