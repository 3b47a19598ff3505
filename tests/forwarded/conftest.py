"""A database and the parts of a bot that reading mails needs; no Slack, no QuickBooks."""

from dataclasses import dataclass, replace

import pytest
from sqlmodel import select

from bot import mirror
from bot.clock import Clock
from bot.config import Settings
from bot.console.sources import declare_mail
from bot.db import Sessions, make_engine
from bot.forwarded import reading
from bot.models import Company, Forwarded, MailState, MirrorState
from bot.services import Services
from bot.work.mailing import read_mail
from tests.databases import new_database
from tests.forwarded.books import LISTS, Books
from tests.sync.shop import Nudges
from tests.words import knowledge, renderer


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
    engine = make_engine(new_database(tmp_path))
    settings = Settings.from_mapping({"SECRET_KEYS": "0" * 43 + "="})
    yield Office(
        Services(
            settings=settings, sessions=Sessions(engine), quickbooks=None, slack=None,
            queue=Nudges(), knowledge=knowledge(), render=None, clock=Clock(), access=None,
            buttons={}, holder="tests",
        )
    )  # fmt: skip
    engine.dispose()


@pytest.fixture
def books(office, monkeypatch):
    """Harbor Foods; what QuickBooks cannot be asked is not taken for active."""
    monkeypatch.setattr(reading, "_is_active", lambda *_: False)
    monkeypatch.setattr(reading, "_reads_closing_date", lambda *_: False)
    company = office.company("Harbor Foods")
    services = replace(office.services, render=renderer())
    now = services.clock.now()
    with services.sessions.write() as session:
        session.add(MirrorState(company_id=company, loaded_at=now))
        for entity, qbo_id, name, active in LISTS:
            label = "DisplayName" if entity in ("Customer", "Vendor") else "Name"
            row = {"Id": qbo_id, label: name, "Active": active, "SyncToken": "0"}
            sku = {"Sku": "OIL-5L"} if name.startswith("Olive") else {}
            mirror.put(session, company, entity, row | sku, now)
        for number in range(3):
            invoice = {
                "Id": str(20 + number), "DocNumber": f"INV-100{number}", "SyncToken": "0",
                "TxnDate": "2026-11-12", "TotalAmt": 130.5,
                "CustomerRef": {"value": "2", "name": "Corner Deli"},
            }  # fmt: skip
            mirror.put(session, company, "Invoice", invoice, now)
        for number, vendor in (("B-2201", "8"), ("4410", "7")):
            bill = {
                "Id": f"3{vendor}", "DocNumber": number, "SyncToken": "0", "TxnDate": "2026-11-12",
                "TotalAmt": 88, "VendorRef": {"value": vendor, "name": "Old Mill Supply"},
            }  # fmt: skip
            mirror.put(session, company, "Bill", bill, now)
    return Books(services, company)
