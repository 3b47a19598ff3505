"""Opens companies: their settings records and, when asked, sample data."""

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.quickbooks.chart import seed_chart
from sandbox.quickbooks.company import CURRENCIES, Company
from sandbox.quickbooks.landscaping import reserve, seed_landscaping
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.sample import seed_sample
from sandbox.quickbooks.settings_seed import company_info, preferences
from sandbox.quickbooks.world import World

SEEDS = ("empty", "sample", "landscaping")
HOME = {"US": "USD", "CA": "CAD", "GB": "GBP", "AU": "AUD", "FR": "EUR"}
SCOPE = "com.intuit.quickbooks.accounting openid"


def open_company(
    world: World,
    name: str,
    *,
    country: str = "US",
    home_currency: str | None = None,
    time_zone: str = "America/Los_Angeles",
    seed: str = "sample",
    language: str = "en",
    user: str = "Craig Carlson",
) -> dict[str, Any]:
    """Add a company, consent included; returns its realm and tokens. Raises ValueError."""
    currency = home_currency or HOME.get(country, "USD")
    _check(country, currency, seed, language)
    try:
        zone = ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        msg = f"unknown time zone {time_zone!r}"
        raise ValueError(msg) from None
    realm = str(4_620_816_365_000_000_000 + world.seed * 1000 + len(world.companies) + 1)
    company = Company(
        realm=realm,
        name=name,
        country=country,
        home_currency=currency,
        zone=zone,
        clock=world.clock,
        entities=world.entities,
        language=language,
        user=user,
        base_url=world.base_url,
        switches=world.switches,
    )
    _seed(company, seed)
    company.announce = world.webhooks.note
    world.companies[realm] = company
    connection, access = world.connections.connect(realm, SCOPE, user)
    return {
        "realm_id": realm,
        "name": name,
        "access_token": access,
        "refresh_token": connection.refresh_token,
    }


def _seed(company: Company, seed: str) -> None:
    """Settings, the chart of accounts and, when asked for, what a firm has in its books."""
    add_record(company, "CompanyInfo", company_info(company))
    add_record(company, "Preferences", preferences(company))
    if seed == "landscaping":
        reserve(company)
    seed_chart(company)
    if seed != "empty":
        seed_sample(company)
    if seed == "landscaping":
        seed_landscaping(company)


def _check(country: str, currency: str, seed: str, language: str) -> None:
    if country not in HOME:
        msg = f"country is one of {', '.join(HOME)}; not {country!r}"
        raise ValueError(msg)
    if currency not in CURRENCIES:
        msg = f"home_currency is one of {', '.join(CURRENCIES)}; not {currency!r}"
        raise ValueError(msg)
    if seed not in SEEDS:
        msg = f"seed is one of {', '.join(SEEDS)}; not {seed!r}"
        raise ValueError(msg)
    if language not in ("en", "fr"):
        msg = f"language is en or fr; not {language!r}"
        raise ValueError(msg)


def add_record(company: Company, entity: str, body: Body, record_id: str | None = None) -> Record:
    """Store a record as it stands, past the rules: settings and read-only lists."""
    declared = company.entities[entity]
    now = company.clock.now()
    record = Record(declared, record_id or company.next_id(declared), body, now, now)
    company.put(record)
    return record
