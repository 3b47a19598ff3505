"""BalanceSheet: what is owned and owed at the end of a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sandbox.quickbooks.company import SIDES, Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.accounts import Sums, account_rows, by_type
from sandbox.quickbooks.reports.bookings import booked
from sandbox.quickbooks.reports.period import FIRST, Span, columns_of, span_of
from sandbox.quickbooks.reports.profit_and_loss import income_sums, net
from sandbox.quickbooks.reports.rows import column, data, money, money_columns, report, section


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with an account type, or with parts of its own."""

    title: str
    group: str
    kind: str = ""
    parts: tuple["Part", ...] = ()


ASSETS = Part(
    "ASSETS",
    "TotalAssets",
    parts=(
        Part(
            "Current Assets",
            "CurrentAssets",
            parts=(
                Part("Bank Accounts", "BankAccounts", "Bank"),
                Part("Accounts Receivable", "AR", "Accounts Receivable"),
                Part("Other Current Assets", "OtherCurrentAssets", "Other Current Asset"),
            ),
        ),
        Part("Fixed Assets", "FixedAssets", "Fixed Asset"),
        Part("Other Assets", "OtherAssets", "Other Asset"),
    ),
)
OWED = Part(
    "LIABILITIES AND EQUITY",
    "TotalLiabilitiesAndEquity",
    parts=(
        Part(
            "Liabilities",
            "Liabilities",
            parts=(
                Part(
                    "Current Liabilities",
                    "CurrentLiabilities",
                    parts=(
                        Part("Accounts Payable", "AP", "Accounts Payable"),
                        Part("Credit Cards", "CreditCards", "Credit Card"),
                        Part(
                            "Other Current Liabilities",
                            "OtherCurrentLiabilities",
                            "Other Current Liability",
                        ),
                    ),
                ),
                Part("Long-Term Liabilities", "LongTermLiabilities", "Long Term Liability"),
            ),
        ),
        Part("Equity", "Equity", "Equity"),
    ),
)


@dataclass(frozen=True, slots=True)
class _Sheet:
    company: Company
    sums: Sums
    earned: list[int]
    several: bool


def balance_sheet(company: Company, params: Mapping[str, str]) -> Body:
    """Balances at the end of each column."""
    span = span_of(company, params)
    spans = columns_of(span, params)
    sheet = _sheet(company, params, spans)
    rows = [row for part in (ASSETS, OWED) if (row := _part(sheet, part)[0]) is not None]
    columns = [column("", "Account", "account"), *money_columns(spans)]
    if sheet.several:
        columns = columns[:-1]
    return report(company, "BalanceSheet", params, span, columns, rows)


def _sheet(company: Company, params: Mapping[str, str], spans: Sequence[Span]) -> _Sheet:
    """Sums to each column's end; profit of earlier years is retained, this year's is income."""
    ends = [Span(FIRST, span.end) for span in spans]
    sums = Sums(len(spans))
    for _, entry in booked(company, params):
        account = company.row("Account", entry.account)
        side = SIDES.get(str(account.body.get("Classification")), 0) if account else 0
        for place, span in enumerate(ends):
            if side and span.holds(entry.day):
                sums.add(entry.account, place, side * entry.amount)
    years = [date(span.end.year, 1, 1) for span in spans]
    past = [Span(FIRST, year - timedelta(days=1)) for year in years]
    this = [Span(year, span.end) for year, span in zip(years, spans, strict=True)]
    retained = net(company, income_sums(company, params, past))
    for place, amount in enumerate(retained):
        sums.add(company.role_ids["retained_earnings"], place, amount)
    earned = net(company, income_sums(company, params, this))
    return _Sheet(company, sums, earned, len(money_columns(spans)) > 1)


def _part(sheet: _Sheet, part: Part) -> tuple[Body | None, list[int]]:
    """A section and its sum; None when there is nothing in it."""
    company, sums = sheet.company, sheet.sums
    rows: list[Body] = []
    total = [0] * sums.columns
    if part.kind:
        accounts = by_type(company).get(part.kind, [])
        rows = account_rows(company, accounts, sums, several=False)
        total = sums.total(one.id for one in accounts)
        if part.kind == "Equity":
            rows.append(data("Net Income", map(money, sheet.earned), group="NetIncome"))
            total = [a + b for a, b in zip(total, sheet.earned, strict=True)]
    for inner in part.parts:
        row, amounts = _part(sheet, inner)
        if row is not None:
            rows.append(row)
        total = [a + b for a, b in zip(total, amounts, strict=True)]
    if not rows:
        return None, total
    name = f"TOTAL {part.title}" if part.title.isupper() else f"Total {part.title}"
    return section(part.title, rows, name, [money(one) for one in total], part.group), total
