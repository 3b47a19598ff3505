"""Whether a company's books take our document numbers: a decision of the company, only read."""

from datetime import datetime, timedelta

from bot import mirror
from bot.domain import Payload
from bot.mirror.contents import PREFERENCES, PREFERENCES_ID
from bot.services import Services

# Read again at most this often: every read counts against the month's budget.
_FRESH = timedelta(hours=1)


def custom_numbers(services: Services, company_id: int) -> bool:
    """Say whether custom transaction numbers are on. Raises QuickBooksFault.

    When the settings are read for it, the company's closing date and currency follow them.
    """
    now = services.clock.now()
    with services.sessions.read() as session:
        row = mirror.get(session, company_id, PREFERENCES, PREFERENCES_ID)
    if row is not None and is_fresh(row.read_at, now):
        preferences = row.data
    else:
        preferences = mirror.refresh_company(services, company_id)
    return takes_numbers(preferences)


def is_fresh(read_at: datetime | None, now: datetime) -> bool:
    """Say whether settings that were read then (None: never) are new enough to go by."""
    return read_at is not None and now - read_at < _FRESH


def takes_numbers(preferences: Payload) -> bool:
    """Say whether these settings have custom transaction numbers on."""
    return (preferences.get("SalesFormsPrefs") or {}).get("CustomTxnNumbers") in (True, "true")
