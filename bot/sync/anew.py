"""What would become of one record if it were posted now, by what the mirror knows now."""

from bot.models import Company, Record
from bot.services import Services
from bot.sync.lookup import load_lookup
from bot.sync.numbering import custom_numbers
from bot.sync.reading import stored_record
from bot.sync.resolve import resolve
from bot.sync.resolving import Verdict


def decide(services: Services, record: Record) -> Verdict:
    """Decide anew about a record; nothing is written."""
    numbers = custom_numbers(services, record.company_id)
    with services.sessions.read() as session:
        company = session.get_one(Company, record.company_id)
        table = load_lookup(
            session,
            services.settings,
            company,
            [record],
            custom_numbers=numbers,
            now=services.clock.now(),
        )
    return resolve(table, record, stored_record(record.payload))
