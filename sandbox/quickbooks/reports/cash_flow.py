"""CashFlow: from the profit of a period to the change of the money in banks."""

from collections.abc import Callable, Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.reports.accounts import full_title
from sandbox.quickbooks.reports.bookings import booked
from sandbox.quickbooks.reports.period import span_of
from sandbox.quickbooks.reports.rows import column, data, money, report, section, summary

PROFIT = ("Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense")
INVESTING = ("Fixed Asset", "Other Asset")
FINANCING = ("Long Term Liability", "Equity")


def cash_flow(company: Company, params: Mapping[str, str]) -> Body:
    """Operating, investing and financing; money in transit to the bank counts as cash."""
    span = span_of(company, params)
    sums: dict[str, int] = {}
    start = 0
    profit = 0
    for _, entry in booked(company, {**params, "accounting_method": "Accrual"}):
        account = company.row("Account", entry.account)
        if account is None:
            continue
        if _is_cash(account):
            start += entry.amount if entry.day < span.start.isoformat() else 0
        elif span.holds(entry.day) and account.body["AccountType"] in PROFIT:
            profit -= entry.amount
        elif span.holds(entry.day):
            sums[account.id] = sums.get(account.id, 0) - entry.amount
    change = profit + sum(sums.values())
    rows = [
        _operating(company, profit, sums),
        _part(company, "INVESTING ACTIVITIES", "InvestingActivities", INVESTING, sums),
        _part(company, "FINANCING ACTIVITIES", "FinancingActivities", FINANCING, sums),
        summary("NET CASH INCREASE FOR PERIOD", [money(change)], "CashIncrease"),
        data("Cash at beginning of period", [money(start)], group="BeginningCash"),
        summary("CASH AT END OF PERIOD", [money(start + change)], "EndingCash"),
    ]
    columns = [column("", "Account", "account"), column("Total", "Money", "total")]
    return report(company, "CashFlow", params, span, columns, rows)


def _is_cash(account: Record) -> bool:
    body = account.body
    return body["AccountType"] == "Bank" or body.get("AccountSubType") == "UndepositedFunds"


def _operating(company: Company, profit: int, sums: Mapping[str, int]) -> Body:
    """Profit, and what moved on accounts that are neither investments nor financing."""
    others = (*INVESTING, *FINANCING)
    rows = [data("Net Income", [money(profit)], group="NetIncome")]
    moved = _rows(company, sums, lambda kind: kind not in others)
    total = profit + sum(amount for _, amount in moved)
    title = "OPERATING ACTIVITIES"
    rows += [row for row, _ in moved]
    return section(
        title, rows, f"Net cash provided by {title.lower()}", [money(total)], "OperatingActivities"
    )


def _part(
    company: Company, title: str, group: str, kinds: tuple[str, ...], sums: Mapping[str, int]
) -> Body:
    moved = _rows(company, sums, lambda kind: kind in kinds)
    total = sum(amount for _, amount in moved)
    rows = [row for row, _ in moved]
    return section(title, rows, f"Net cash provided by {title.lower()}", [money(total)], group)


def _rows(
    company: Company, sums: Mapping[str, int], wanted: Callable[[str], bool]
) -> list[tuple[Body, int]]:
    found = [account for one in sums if (account := company.row("Account", one)) is not None]
    found.sort(key=lambda account: full_title(account).casefold())
    return [
        (data(full_title(account), [money(sums[account.id])], account.id), sums[account.id])
        for account in found
        if sums[account.id] and wanted(str(account.body["AccountType"]))
    ]
