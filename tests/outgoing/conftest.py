"""A bot without Slack and QuickBooks, one source with records, and the source's own server."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from sqlmodel import SQLModel, select

from bot.config import Settings
from bot.db import Sessions, make_engine
from bot.domain import RecordType
from bot.models import Callback, Company, Outgoing, Record, Source
from bot.outgoing import callbacks, delivering
from bot.outgoing.queue import announce
from bot.services import Services
from tests.clocks import LaterClock
from tests.databases import new_database
from tests.outgoing.receiver import Receiver
from tests.sync.shop import Nudges
from tests.words import knowledge, renderer


@dataclass
class Office:
    """The bot's side."""

    services: Services
    company_id: int
    source_id: int
    receiver: Receiver
    clock: LaterClock
    key: str = ""

    def source(self, name):
        """Another source."""
        with self.services.sessions.write() as session:
            row = Source(company_id=self.company_id, name=name, created_at=self.clock.now())
            session.add(row)
            session.flush()
            return row.id

    def record(self, external_id, source_id=None):
        """A record of the source; its id."""
        with self.services.sessions.write() as session:
            row = Record(
                company_id=self.company_id,
                source_id=source_id or self.source_id,
                type=RecordType.INVOICE,
                tier=4,
                external_id=external_id,
                digest="d",
                number=external_id,
                amount=Decimal("420.00"),
                received_at=self.clock.now(),
            )
            session.add(row)
            session.flush()
            return row.id

    def on(self, url=None, source_id=None, **options):
        """Name the receiver's address."""
        kept = callbacks.switch_on(
            self.services, source_id or self.source_id, url or self.receiver.url, **options
        )
        self.key = kept.key or self.key
        return kept

    def tell(self, record_id, event="record.changed", **body):
        """Announce an event of a record, in a transaction of its own."""
        with self.services.sessions.write() as session:
            source_id = session.get_one(Record, record_id).source_id
            announce(
                session,
                company_id=self.company_id,
                source_id=source_id,
                record_id=record_id,
                event=event,
                body=body,
                now=self.clock.now(),
            )

    def deliver(self, source_id=None):
        """Run the job as often as the clock would just now."""
        for _ in range(100):
            if (source_id or self.source_id) not in delivering.due(self.services):
                return
            delivering.deliver(self.services, source_id or self.source_id)
        raise AssertionError("there is always something due")

    def rows(self, model=Outgoing):
        """Every row."""
        with self.services.sessions.read() as session:
            return list(session.exec(select(model).order_by(*model.__table__.primary_key)))

    def states(self):
        """The state of every event, oldest first."""
        return [row.state for row in self.rows()]

    @property
    def callback(self):
        """The callback's row."""
        with self.services.sessions.read() as session:
            return session.get_one(Callback, self.source_id)

    def settings(self, **more):
        """The same office with other settings."""
        changed = self.services.settings.model_copy(update=more)
        self.services = replace(self.services, settings=changed)


@pytest.fixture
def receiver():
    """The source's server, taking everything."""
    made = Receiver().start()
    yield made
    made.stop()


@pytest.fixture
def database_url(tmp_path):
    """Where the office keeps its rows."""
    return new_database(tmp_path)


@pytest.fixture
def office(database_url, receiver):
    """One company, one source, no callback yet."""
    engine = make_engine(database_url)
    if not database_url.startswith("sqlite"):
        SQLModel.metadata.create_all(engine)
    clock = LaterClock()
    settings = Settings.from_mapping(
        {
            "DATABASE_URL": database_url,
            "SECRET_KEYS": Fernet.generate_key().decode(),
            "OUTGOING_PRIVATE": "true",
        }
    )
    services = Services(
        settings=settings, sessions=Sessions(engine, clock), quickbooks=None, slack=None,
        queue=Nudges(), knowledge=knowledge(), render=renderer(), clock=clock, access=None,
        buttons={}, holder="tests",
    )  # fmt: skip
    with services.sessions.write() as session:
        company = Company(name="Harbor Foods", channel_id="C1", created_at=clock.now())
        session.add(company)
        session.flush()
        source = Source(company_id=company.id, name="shop", created_at=clock.now())
        session.add(source)
        session.flush()
        made = Office(services, company.id, source.id, receiver, clock)
    yield made
    engine.dispose()
