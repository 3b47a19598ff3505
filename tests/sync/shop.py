"""A shop that hands records to a bot whose books are a running simulator."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlmodel import select

from bot.db import leases
from bot.domain import RecordState
from bot.models import Company, Hold, Link, Record, Source, Write
from bot.services import Services
from bot.sync import intake, push
from bot.sync.reading import parse_record
from bot.sync.records import BadRow
from tests.words import knowledge


class Nudges:
    """A queue that only remembers what it was asked for."""

    def __init__(self):
        self.seen = []
        self.later = []

    def nudge(self, job, arg="", *, lane=None, urgent=False, seconds=0.0):
        if seconds:
            self.later.append((job, arg, seconds))
        else:
            self.seen.append((job, arg))


@dataclass
class Shop:
    """One source, its company and the services of a bot without Slack."""

    bench: object
    services: Services
    source_id: int
    nudges: Nudges
    cache: dict = field(default_factory=dict)

    @property
    def company_id(self):
        return self.bench.company_id

    @property
    def simulator(self):
        return self.bench.simulator

    @property
    def realm(self):
        return self.bench.realm

    def hand_over(self, *records):
        """Take these in; every one must be a good record."""
        models = [parse_record(record) for record in records]
        bad = [model for model in models if isinstance(model, BadRow)]
        assert not bad, bad
        return intake.accept(self.services, self.source_id, models)

    @contextmanager
    def lease(self, holder="tests"):
        """Hold the company's lease."""
        with leases.company_lease(
            self.services.sessions, self.services.clock, self.company_id, holder
        ) as held:
            yield held

    def push(self, **options):
        """One slice."""
        with self.lease() as held:
            return push.push_slice(self.services, self.company_id, held, **options)

    def push_all(self, slices=50, **options):
        """Slices until nothing more can go; fails when trouble stops one."""
        for _ in range(slices):
            report = self.push(**options)
            assert report.stopped is None, report.stopped
            if not report.waiting:
                return
        raise AssertionError("still waiting after all slices")

    def record(self, type, external_id):
        """The outbox row."""
        with self.services.sessions.read() as session:
            return session.exec(
                select(Record)
                .where(Record.company_id == self.company_id)
                .where(Record.type == type)
                .where(Record.external_id == external_id)
            ).one()

    def state(self, type, external_id):
        """waiting, held, posted."""
        return str(self.record(type, external_id).state)

    def holds(self, type=None, external_id=None):
        """Hold rows of one record or of all."""
        with self.services.sessions.read() as session:
            statement = select(Hold).where(Hold.company_id == self.company_id).order_by(Hold.id)
            if type:
                statement = statement.where(Hold.record_id == self.record(type, external_id).id)
            return list(session.exec(statement))

    def causes(self, type, external_id):
        """(problem, subject) of each hold of one record."""
        return [(hold.problem, hold.subject) for hold in self.holds(type, external_id)]

    def all(self, model):
        """Every row of a table."""
        with self.services.sessions.read() as session:
            return list(session.exec(select(model)))

    def create(self, entity, **data):
        """A person enters a record in QuickBooks; returns its id."""
        return self.simulator.act(self.realm, "create", entity=entity, data=data)["id"]

    def link(self, kind, external_id, entity, qbo_id):
        """Say that an external id stands for a record, before its own record came."""
        with self.services.sessions.write() as session:
            session.add(
                Link(
                    company_id=self.company_id,
                    source_id=self.source_id,
                    type=kind,
                    external_id=external_id,
                    entity=entity,
                    qbo_id=qbo_id,
                    how="matched",
                    by="",
                    created_at=self.services.clock.now(),
                )
            )

    def act(self, verb, entity, qbo_id, **more):
        """A person does something to a record in QuickBooks."""
        return self.simulator.act(self.realm, verb, entity=entity, id=qbo_id, **more)

    def books(self, entity):
        """Everything of an entity in the simulator, inactive and deleted too."""
        path = f"/records/{entity}"
        return self.simulator.control("GET", path, realm=self.realm)["records"]

    def creates(self, entity=None):
        """Creates that took effect, from the simulator's write log (replays left out)."""
        return [
            row
            for row in self.simulator.writes(self.realm)
            if row["operation"] == "create"
            and not row["replayed"]
            and row["status"] == 200
            and entity in (None, row["entity"])
        ]

    def with_settings(self, **changes):
        """The same shop with other settings."""
        settings = self.services.settings.model_copy(update=changes)
        return replace(self, services=replace(self.services, settings=settings))


def open_shop(bench, name="Shop"):
    """Make the source and the services."""
    with bench.sessions.write() as session:
        company = session.get_one(Company, bench.company_id)
        source = Source(company_id=company.id, name=name, created_at=bench.clock.now())
        session.add(source)
        session.flush()
        source_id = source.id
    nudges = Nudges()
    services = Services(
        settings=bench.settings,
        sessions=bench.sessions,
        quickbooks=bench.quickbooks,
        slack=None,
        queue=nudges,
        knowledge=knowledge(),
        render=None,
        clock=bench.clock,
        access=None,
        buttons={},
        holder="tests",
    )
    return Shop(bench, services, source_id, nudges)


def customer(external_id, name, **more):
    return {"type": "customer", "external_id": external_id, "name": name, **more}


def vendor(external_id, name, **more):
    return {"type": "vendor", "external_id": external_id, "name": name, **more}


def item(external_id, name, **more):
    return {"type": "item", "external_id": external_id, "name": name, "price": "10.00", **more}


def invoice(number, buyer, *lines, **more):
    """An invoice; each line is (item external id, quantity, price)."""
    rows, total = [], Decimal(0)
    for reference, quantity, price in lines or (("i1", 1, "100.00"),):
        amount = (Decimal(str(quantity)) * Decimal(price)).quantize(Decimal("0.01"))
        total += amount
        key = "sku" if reference.startswith("sku:") else "item"
        rows.append(
            {
                key: reference.removeprefix("sku:"),
                "quantity": str(quantity),
                "unit_price": price,
                "amount": str(amount),
            }
        )
    tax = Decimal(more.pop("tax", "0.00"))
    return {
        "type": "invoice",
        "external_id": number,
        "number": number,
        "date": "2026-11-12",
        "customer": buyer,
        "lines": rows,
        "tax_total": str(tax),
        "total": str(total + tax),
        **more,
    }


def payment(external_id, buyer, amount, *invoices, **more):
    """A payment; each invoice is its number (paid in full) or (number, amount)."""
    applies = [pair if isinstance(pair, tuple) else (pair, amount) for pair in invoices]
    return {
        "type": "payment",
        "external_id": external_id,
        "date": "2026-11-14",
        "customer": buyer,
        "amount": amount,
        "applies_to": [{"invoice": number, "amount": part} for number, part in applies],
        **more,
    }


__all__ = [
    "Hold",
    "Link",
    "RecordState",
    "Shop",
    "Write",
    "customer",
    "invoice",
    "item",
    "open_shop",
    "payment",
    "vendor",
]
