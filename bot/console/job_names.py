"""What a job is about, in names: the company or the source whose number its argument is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, select

from bot import jobs
from bot.config import Settings
from bot.db import make_engine
from bot.models import Company, Source

_OF_COMPANY = frozenset({jobs.SYNC, jobs.CHECK, jobs.CAPTURE, jobs.NOTICES, jobs.REPORTS})
_OF_SOURCE = frozenset({jobs.PULL, jobs.OUTGOING})


@dataclass(frozen=True)
class Names:
    """The names of companies and sources by their number, as jobs have it."""

    companies: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)

    def of(self, job: str, arg: str) -> str:
        """What it is about: "Harbor Foods: drift"; the argument itself where it names neither."""
        number, colon, rest = arg.partition(":")
        known = self.companies if job in _OF_COMPANY else self.sources if job in _OF_SOURCE else {}
        name = known.get(number, "")
        if not name:
            return arg
        return f"{name}: {rest.replace('_', ' ')}" if colon else name


def read(settings: Settings) -> Names:
    """Read the names of this database. Raises SQLAlchemyError."""
    engine = make_engine(settings.DATABASE_URL)
    try:
        with Session(engine) as session:
            companies = {str(row.id): row.name for row in session.exec(select(Company))}
            sources = {
                str(row.id): f"{row.name} of {companies.get(str(row.company_id), '')}".strip()
                for row in session.exec(select(Source))
            }
    finally:
        engine.dispose()
    return Names(companies, sources)
