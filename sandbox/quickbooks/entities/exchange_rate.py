"""ExchangeRate: what one unit of a currency costs at home on a day; it has no Id."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.quickbooks.clock import stamp
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.entities.currency import rate
from sandbox.quickbooks.entities.fields import day, kept
from sandbox.quickbooks.faults import business, fault, missing
from sandbox.quickbooks.model import Body, Entity, Field, Kind, Record
from sandbox.quickbooks.shape import clean

OFF = "Multi Currency should be enabled to perform this operation."


def rows(company: Company, equal: Mapping[str, str]) -> Iterator[Record]:
    """The rates of the company's currencies on the day the query names, or today."""
    if not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        return
    as_of = equal.get("asofdate") or company.today()
    for currency in company.live("CompanyCurrency"):
        if currency.active:
            yield row(company, str(currency.body["Code"]), as_of)


def row(company: Company, code: str, as_of: str) -> Record:
    """One rate as it stood on a day."""
    now = company.clock.now()
    body = {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": company.home_currency,
        "Rate": rate(company, code, as_of),
        "AsOfDate": as_of,
    }
    return Record(company.entities["ExchangeRate"], f"{code}-{as_of}", body, now, now)


def read(company: Company, params: Mapping[str, str]) -> Record:
    """GET by `sourcecurrencycode` and `asofdate`. Raises QboFault."""
    asked = {name.lower(): value for name, value in params.items()}
    code = asked.get("sourcecurrencycode", "").upper()
    if not code:
        raise missing("sourcecurrencycode")
    known = {str(one.body["Code"]) for one in company.live("CompanyCurrency") if one.active}
    _enabled(company)
    if code not in known:
        raise fault("2220", f"Supplied value:{code}", "SourceCurrencyCode")
    return row(company, code, asked.get("asofdate") or company.today())


def write(company: Company, sent: Any) -> Record:
    """Set the rate of a currency from a day on. Raises QboFault."""
    _enabled(company)
    body = clean(EXCHANGE_RATE, sent if isinstance(sent, dict) else {})
    for name in ("SourceCurrencyCode", "Rate"):
        if not body.get(name):
            raise missing(name)
    if float(body["Rate"]) <= 0:
        raise fault("2240", f"Supplied value:{body['Rate']}", "Rate")
    code = str(body["SourceCurrencyCode"]).upper()
    as_of = body.get("AsOfDate") or company.today()
    company.rates.setdefault(code, {})[as_of] = float(body["Rate"])
    return row(company, code, as_of)


def _enabled(company: Company) -> None:
    if not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise business(OFF)


def shown(company: Company, record: Record, body: Body) -> Body:
    """Without Id and SyncToken; only the time of the last change is told."""
    del company
    kept_ = {name: value for name, value in body.items() if name not in ("Id", "SyncToken")}
    return {**kept_, "MetaData": {"LastUpdatedTime": stamp(record.changed)}}


EXCHANGE_RATE = Entity(
    name="ExchangeRate",
    fields=(
        Field("SourceCurrencyCode", longest=3, queryable=True),
        Field("TargetCurrencyCode", longest=3, queryable=True),
        Field("Rate", Kind.NUMBER),
        day("AsOfDate", queryable=True),
        kept("CustomField"),
    ),
    list_word="ExchangeRates",
    operations=frozenset({"update", "read", "query"}),
    rows=rows,
    shown=shown,
)
