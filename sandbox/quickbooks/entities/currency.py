"""Currencies: a document has that of its customer or vendor; others need multicurrency."""

from collections.abc import Mapping

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import business
from sandbox.quickbooks.ledger import at_home
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.money import cents, wire

# Rates where nobody set another one: one unit in US dollars.
IN_DOLLARS: Mapping[str, float] = {
    "USD": 1.0,
    "CAD": 0.73,
    "GBP": 1.27,
    "AUD": 0.66,
    "EUR": 1.09,
}
MISMATCH = "Transaction currency is invalid for customer / vendor / account."


def follow_currency(company: Company, body: Body, party: Record | None) -> None:
    """Give the document its party's currency, and a rate when that is a foreign one.

    Raises QboFault (6000) when the document asks for another currency.
    """
    home = company.currency()
    own = (party.body.get("CurrencyRef") if party else None) or home
    wanted = body.get("CurrencyRef")
    if wanted and wanted["value"] != own["value"]:
        raise business(MISMATCH)
    body["CurrencyRef"] = dict(own)
    if own["value"] == home["value"]:
        body.pop("ExchangeRate", None)
    elif not body.get("ExchangeRate"):
        body["ExchangeRate"] = rate(company, own["value"], str(body.get("TxnDate") or ""))


def rate(company: Company, currency: str, day: str) -> float:
    """What one unit costs at home: the newest rate set for that day or before it."""
    home = company.home_currency
    known = company.rates.get(currency, {})
    days = [one for one in known if one <= (day or company.today())]
    if days:
        return known[max(days)]
    return round(IN_DOLLARS.get(currency, 1.0) / IN_DOLLARS.get(home, 1.0), 6)


def add_home_total(company: Company, body: Body, *names: str) -> None:
    """`HomeTotalAmt` and the like, only on documents in a foreign currency."""
    foreign = body["CurrencyRef"]["value"] != company.home_currency
    for name in names:
        if foreign:
            amount = at_home(cents(body.get(name)), body.get("ExchangeRate"))
            body[f"Home{name}"] = wire(amount)
        else:
            body.pop(f"Home{name}", None)


def check_account_currency(company: Company, ref: Body | None, currency: str) -> None:
    """A receivables or payables account takes one currency. Raises QboFault (6000)."""
    record = company.row("Account", ref["value"]) if ref else None
    if record is None:
        return
    own = (record.body.get("CurrencyRef") or {}).get("value", company.home_currency)
    if own not in (currency, company.home_currency) or (
        record.body.get("AccountType") in ("Accounts Receivable", "Accounts Payable")
        and own != currency
    ):
        raise business(
            "The transaction needs to be in the same currency as the A/R and A/P accounts you use."
        )
