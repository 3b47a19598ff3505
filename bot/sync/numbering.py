"""Whether a company's books take our document numbers: a decision of the company, only read."""

from datetime import timedelta

from bot import mirror
from bot.services import Services

# Read again at most this often: every read counts against the month's budget.
_FRESH = timedelta(hours=1)
_ENTITY = "Preferences"
_ID = "1"


def custom_numbers(services: Services, company_id: int) -> bool:
    """Say whether custom transaction numbers are on. Raises QuickBooksFault."""
    now = services.clock.now()
    with services.sessions.read() as session:
        row = mirror.get(session, company_id, _ENTITY, _ID)
    if row is not None and now - row.read_at < _FRESH:
        preferences = row.data
    else:
        preferences = services.quickbooks.company(company_id).preferences()
        with services.sessions.write() as session:
            mirror.put(session, company_id, _ENTITY, {**preferences, "Id": _ID}, now)
    return preferences.get("SalesFormsPrefs", {}).get("CustomTxnNumbers") in (True, "true")
