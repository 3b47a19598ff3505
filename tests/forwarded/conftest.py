"""A database and the parts of a bot that reading mails needs; no Slack, no QuickBooks."""

from dataclasses import dataclass, replace

import pytest
from sqlmodel import SQLModel, select

from bot.clock import Clock
from bot.config import Settings
from bot.console.sources import declare_mail
from bot.db import Sessions, make_engine
from bot.models import Company, Forwarded, MailState
from bot.services import Services
from bot.work.mailing import read_mail
from tests.sync.shop import Nudges
from tests.words import knowledge


@dataclass
class Office:
    """Where mails arrive."""

    services: Services

    def company(self, name):
        """Open a company; returns its id."""
        with self.services.sessions.write() as session:
            row = Company(name=name, channel_id="C1", created_at=self.services.clock.now())
            session.add(row)
            session.flush()
            return row.id

    def source(self, company, name, *addresses):
        """A source that declares addresses."""
        declare_mail(self.services, company, name, addresses)

    def settings(self, **changes):
        """Change settings."""
        made = self.services.settings.model_copy(update=changes)
        self.services = replace(self.services, settings=made)

    def read(self, kind="imap"):
        """Read a mailbox until nothing more is asked for; what its row says then."""
        for _ in range(20):
            self.services.queue.seen.clear()
            read_mail(self.services, kind)
            if ("mail", kind) not in self.services.queue.seen:
                break
        [row] = self.rows(MailState)
        return row

    def rows(self, table=Forwarded):
        """Every row."""
        with self.services.sessions.read() as session:
            return list(session.exec(select(table)))

    def told(self):
        """(tool, company) of everything taken in."""
        return [(row.tool, row.company_id) for row in self.rows()]


@pytest.fixture
def office(tmp_path):
    """An empty one."""
    engine = make_engine(f"sqlite:///{tmp_path}/bot.sqlite3")
    SQLModel.metadata.create_all(engine)
    settings = Settings.from_mapping({"SECRET_KEYS": "0" * 43 + "="})
    yield Office(
        Services(
            settings=settings, sessions=Sessions(engine), quickbooks=None, slack=None,
            queue=Nudges(), knowledge=knowledge(), render=None, clock=Clock(), access=None,
            buttons={}, holder="tests",
        )
    )  # fmt: skip
    engine.dispose()
