"""The closing date is looked at before a document is posted, whatever QuickBooks does with it.

Whether a closing date without a password stops an app is not documented: a document dated in
closed books never goes out, so none is posted there in silence (accounting.md rule 2).
"""

from collections.abc import Collection
from datetime import timedelta

from bot import mirror
from bot.mirror.contents import PREFERENCES, PREFERENCES_ID
from bot.models import Company, Record, Source
from bot.services import Services
from bot.sync import periods
from bot.sync.causes import Cause, own_cause

PROBLEM = "closed_period"
# Somebody closes a month while its last documents come in: for these the date is read again at
# every slice. Reads cost a quota; a document of the running month does with the hourly one.
_FRESH = timedelta(seconds=5)


def causes(services: Services, company_id: int, ready: Collection[Record]) -> dict[int, Cause]:
    """Which of these records are dated in closed books, by record id, as a refusal is told.

    The closing date is read anew when the one known may be outdated for a document of a month
    that is over, and always before one is held: somebody may have opened the books.
    Raises QuickBooksFault.
    """
    dated = [record for record in ready if record.doc_date is not None]
    if not dated:
        return {}
    company = _company(services, company_id, dated)
    found = [record for record in dated if periods.lies_in_closed(company, record)]
    if found:
        periods.release_closed(services, company)
    return {record.id or 0: cause_of(services, company, record) for record in found}


def cause_of(services: Services, company: Company, record: Record) -> Cause:
    """Why a document of closed books is not posted: the same cause as QuickBooks' own refusal."""
    with services.sessions.read() as session:
        source = session.get_one(Source, record.source_id).name
    return own_cause(PROBLEM, record, source, periods.facts_of(company, record))


def _company(services: Services, company_id: int, dated: Collection[Record]) -> Company:
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
    if any(periods.lies_in_closed(company, record) for record in dated):
        return periods.refreshed(services, company_id)
    this_month = services.clock.today(company.time_zone).replace(day=1)
    over = any(record.doc_date is not None and record.doc_date < this_month for record in dated)
    if over and not _just_read(services, company_id):
        return periods.refreshed(services, company_id)
    return company


def _just_read(services: Services, company_id: int) -> bool:
    with services.sessions.read() as session:
        settings = mirror.get(session, company_id, PREFERENCES, PREFERENCES_ID)
    return settings is not None and services.clock.now() - settings.read_at < _FRESH
