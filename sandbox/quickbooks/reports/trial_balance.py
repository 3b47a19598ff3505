"""TrialBalance: every account's debit or credit at the end of a period."""

from collections.abc import Mapping
from datetime import date

from sandbox.quickbooks.company import SIDES, Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.accounts import full_title
from sandbox.quickbooks.reports.bookings import booked
from sandbox.quickbooks.reports.period import span_of
from sandbox.quickbooks.reports.rows import column, data, money, report, summary


def trial_balance(company: Company, params: Mapping[str, str]) -> Body:
    """Profit and loss of this year by account, that of earlier years in retained earnings."""
    span = span_of(company, params)
    end, year = span.end.isoformat(), date(span.end.year, 1, 1).isoformat()
    retained = company.role_ids["retained_earnings"]
    sums: dict[str, int] = {}
    for _, entry in booked(company, params):
        account = company.row("Account", entry.account)
        if account is None or entry.day > end:
            continue
        lasting = str(account.body.get("Classification")) in SIDES
        place = entry.account if lasting or entry.day >= year else retained
        sums[place] = sums.get(place, 0) + entry.amount
    rows: list[Body] = []
    debits = credits_ = 0
    for account in sorted(company.live("Account"), key=lambda one: full_title(one).casefold()):
        amount = sums.get(account.id, 0)
        if not amount:
            continue
        debit, credit = max(amount, 0), max(-amount, 0)
        debits, credits_ = debits + debit, credits_ + credit
        cells = [money(debit) if debit else "", money(credit) if credit else ""]
        rows.append(data(full_title(account), cells, account.id))
    if rows:
        rows.append(summary("TOTAL", [money(debits), money(credits_)], "GrandTotal"))
    columns = [
        column("", "Account", "account"),
        column("Debit", "Money", "debit"),
        column("Credit", "Money", "credit"),
    ]
    return report(company, "TrialBalance", params, span, columns, rows)
