"""A company's settings in QuickBooks: kept in the mirror, and followed by the company here."""

from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col

from bot.domain import Payload, RecordState
from bot.mirror.contents import PREFERENCES, PREFERENCES_ID
from bot.mirror.rows import put
from bot.models import Company, Record
from bot.services import Services


def refresh_company(services: Services, company_id: int) -> Payload:
    """Read the company's settings anew: closing date and currency. Its name stays ours.

    Unposted records that name no currency are in the company's: they follow it. Returns the
    settings; they stand in the mirror as the record `Preferences` 1. Raises QuickBooksFault.
    """
    read_at = services.clock.now()
    preferences = services.quickbooks.company(company_id).preferences()
    with services.sessions.write() as session:
        company = session.get_one(Company, company_id)
        company.book_close_date = _close_date(preferences)
        currency = _currency(preferences)
        if currency and currency != company.currency:
            company.currency = currency
            _follow(session, company_id, currency)
        session.add(company)
        put(session, company_id, PREFERENCES, {**preferences, "Id": PREFERENCES_ID}, read_at)
    return preferences


def _follow(session: Session, company_id: int, currency: str) -> None:
    named = col(Record.payload)["currency"].as_string()
    session.exec(
        update(Record)
        .where(col(Record.company_id) == company_id)
        .where(col(Record.state).in_((RecordState.WAITING, RecordState.HELD)))
        .where(named.is_(None))
        .values(currency=currency)
        .execution_options(synchronize_session=False)
    )


def _close_date(preferences: Payload) -> date | None:
    stated = (preferences.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
    try:
        return date.fromisoformat(str(stated)[:10]) if stated else None
    except ValueError:
        return None


def _currency(preferences: Payload) -> str:
    home = (preferences.get("CurrencyPrefs") or {}).get("HomeCurrency") or {}
    return str(home.get("value") or "")
