"""Loads a company's lists into the mirror: everything, inactive records too, counted at the end."""

from datetime import date, datetime

import structlog
from sqlalchemy import update
from sqlmodel import Session, col

from bot.db import leases
from bot.db.leases import Held
from bot.domain import Payload, RecordState
from bot.errors import BotError, LeaseLost
from bot.mirror.rows import put, put_values, row_values
from bot.models import Company, MirrorRow, MirrorState, Record
from bot.quickbooks import CompanyBooks
from bot.services import Services

LISTS = (
    "Account",
    "Customer",
    "Vendor",
    "Employee",
    "Item",
    "Class",
    "Department",
    "TaxCode",
)
# Where the company's settings stand in the mirror.
PREFERENCES = "Preferences"
PREFERENCES_ID = "1"
_ROUNDS = 3
_log = structlog.get_logger(__name__)


class MirrorIncomplete(BotError):
    """QuickBooks holds more records than it hands out; the mirror was not completed."""


def loaded(services: Services, company_id: int) -> bool:
    """Say whether the company's lists were loaded once."""
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
    return state is not None and state.loaded_at is not None


def load(services: Services, company_id: int, lease: Held | None = None) -> None:
    """Load all lists, settings and the capture point.

    1. Note QuickBooks' own time before the first page: capture goes on from there.
    2. Read every list page by page; compare with the count and read again when records are
       missing (pages shift while people work).
    3. Rows that QuickBooks no longer has are marked deleted.
    4. Only then is the company loaded.

    Raises QuickBooksFault, LeaseLost, MirrorIncomplete; what was read so far stays.
    """
    books = services.quickbooks.company(company_id)
    started = services.clock.now()
    _renew(services, lease)
    _, capture_point = books.company_info_at()
    for entity in LISTS:
        _load_list(services, books, entity, lease)
    refresh_company(services, company_id)
    with services.sessions.write() as session:
        if lease is not None:
            leases.require(session, lease)
        session.exec(
            update(MirrorRow)
            .where(col(MirrorRow.company_id) == company_id)
            .where(col(MirrorRow.entity).in_(LISTS))
            .where(col(MirrorRow.read_at) < started)
            .values(deleted=True)
        )
        state = session.get(MirrorState, company_id) or MirrorState(company_id=company_id)
        state.loaded_at = services.clock.now()
        state.captured_to = capture_point
        session.add(state)
    _log.info("mirror_loaded", company_id=company_id)


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


def _load_list(services: Services, books: CompanyBooks, entity: str, lease: Held | None) -> None:
    seen = expected = 0
    for _ in range(_ROUNDS):
        seen = _read_list(services, books, entity, lease)
        expected = books.count(entity)
        if seen >= expected:
            return
        _log.info("mirror_count_differs", entity=entity, seen=seen, expected=expected)
    msg = f"QuickBooks counts {expected} records of {entity} but hands out {seen}."
    raise MirrorIncomplete(msg)


def _read_list(services: Services, books: CompanyBooks, entity: str, lease: Held | None) -> int:
    seen = 0
    _renew(services, lease)
    read_at = services.clock.now()
    for page in books.pages(entity):
        _keep(services, books.company_id, entity, page, read_at)
        seen += len(page)
        _renew(services, lease)
        read_at = services.clock.now()
    return seen


def _keep(
    services: Services, company_id: int, entity: str, page: list[Payload], read_at: datetime
) -> None:
    # Folding names takes longer than writing rows: done before the write lock is taken.
    values = [row_values(company_id, entity, payload, read_at) for payload in page]
    with services.sessions.write() as session:
        put_values(session, values)


def _renew(services: Services, lease: Held | None) -> None:
    if lease is not None and not leases.renew(services.sessions, services.clock, lease):
        raise LeaseLost


def _close_date(preferences: Payload) -> date | None:
    stated = (preferences.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
    try:
        return date.fromisoformat(str(stated)[:10]) if stated else None
    except ValueError:
        return None


def _currency(preferences: Payload) -> str:
    home = (preferences.get("CurrencyPrefs") or {}).get("HomeCurrency") or {}
    return str(home.get("value") or "")
