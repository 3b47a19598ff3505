"""CustomerBalance and VendorBalance: one line for everybody who owes or is owed."""

from collections.abc import Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body
from sandbox.quickbooks.reports.bookings import records
from sandbox.quickbooks.reports.parties import by_party
from sandbox.quickbooks.reports.period import span_of


def customer_balance(company: Company, params: Mapping[str, str]) -> Body:
    """What customers owe, in the home currency."""
    return _balances(company, params, "CustomerBalance", "Customer", "Accounts Receivable", 1)


def vendor_balance(company: Company, params: Mapping[str, str]) -> Body:
    """What is owed to vendors, in the home currency."""
    return _balances(company, params, "VendorBalance", "Vendor", "Accounts Payable", -1)


def _balances(
    company: Company, params: Mapping[str, str], name: str, party: str, kind: str, sign: int
) -> Body:
    span = span_of(company, params, "all")
    wanted = {part.strip() for part in params.get(party.lower(), "").split(",") if part}
    sums: dict[str, int] = {}
    for record in records(company):
        for entry in record.entries:
            account = company.row("Account", entry.account)
            if account is None or account.body.get("AccountType") != kind or not entry.name:
                continue
            if entry.name[0] != party or entry.day > span.end.isoformat():
                continue
            if not wanted or entry.name[1] in wanted:
                sums[entry.name[1]] = sums.get(entry.name[1], 0) + sign * entry.amount
    return by_party(
        company, name, params, span, party, {"Total": "total"}, {k: (v,) for k, v in sums.items()}
    )
