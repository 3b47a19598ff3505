"""Bad weather: many records, one in five meets a fault, some meet one that a person has to end."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from bench import mixed
from bot import jobs
from bot.clock import Clock
from bot.models import Record
from tests.work.house import House, open_house

# So much is let pass whenever everything pauses: longer than the longest pause and a second look.
PAUSE = timedelta(seconds=61)
MOST_SLICES = 1500
SHARE = 0.2
# One time-out takes this long; the others are as quick as the machine.
TIMEOUT_SECONDS = 1.5
# What ends by itself, and how often in a row: three tries are one call.
PASSING = (
    ("throttled", (1, 2, 4), {"format": "json"}),
    ("throttled", (1, 4), {"format": "xml"}),
    ("throttled", (1,), {"format": "empty"}),
    ("unavailable_html", (1, 3, 4), {"status": 503}),
    ("unavailable_html", (1, 2), {"status": 502}),
    ("server_error", (1, 3, 5), {}),
    ("empty_body", (1, 4), {}),
    ("reset_before", (1, 3), {}),
    ("reset_after", (1, 3), {}),
    ("timeout_before", (1,), {"seconds": 3}),
    ("timeout_after", (1,), {"seconds": 3}),
    ("unauthorized", (1,), {}),
    ("code:600", (1,), {}),
    ("code:5010", (1,), {}),
)


class Moving(Clock):
    """A clock that can be moved ahead."""

    ahead = timedelta()

    def now(self):
        """The moment, so much later."""
        return super().now() + self.ahead


@dataclass
class Storm:
    """The house, the records, and what has to come of them."""

    house: House
    rows: list
    clock: Moving
    rng: Random
    # What a person has to end: (problem, subject).
    roots: set = field(default_factory=set)
    again: list = field(default_factory=list)

    @property
    def shop(self):
        """The source and its company."""
        return self.house.shop

    def row(self, kind, place):
        """The record of a type at this place."""
        return [row for row in self.rows if row["type"] == kind][place]

    def arm(self, share=SHARE):
        """Arm faults for one record in five; returns how many of which."""
        struck = Counter()
        for row in self.rows:
            if self.rng.random() < share:
                fault, times, options = self.rng.choice(PASSING)
                name = row.get("number") or row.get("reference") or row["name"]
                match = {"realm": self.shop.realm, "operation": "create", "name": name}
                self.shop.simulator.fault(fault, self.rng.choice(times), match, **options)
                struck[fault] += 1
        return struck

    def blow(self):
        """Slices as the bot runs them, time passing whenever all pause; until nothing waits."""
        for turn in range(MOST_SLICES):
            report = self.shop.push()
            if turn % 7 == 3:
                # Two hours later in QuickBooks: the access token is stale, the next one rotates.
                self.shop.simulator.control("POST", "/clock", {"advance": 7200})
            if not self.shop_has_waiting():
                return
            if report.stopped is not None or not report.waiting:
                self.clock.ahead += PAUSE
        raise AssertionError("the storm does not end")

    def sweep(self):
        """The minute's sweep, and what it asks for."""
        self.house.services.queue.nudge(jobs.SWEEP)
        self.house.check()

    def shop_has_waiting(self):
        """Whether a record is neither posted nor held."""
        return any(str(row.state) == "waiting" for row in self.shop.all(Record))

    def states(self):
        """How many records are in which state."""
        return Counter(str(row.state) for row in self.shop.all(Record))

    def told(self):
        """The causes that are told, each with how often."""
        self.house.check(jobs.SYNC, jobs.FIX, jobs.CAPTURE)
        open_now = [one for one in self.house.incidents() if str(one.state) != "resolved"]
        return Counter((one.problem, one.subject) for one in open_now)

    def doubled(self):
        """What QuickBooks holds more than once, by what the shop calls it."""
        counted = Counter()
        for entity in ("Customer", "Vendor", "Item", "Invoice", "SalesReceipt", "CreditMemo"):
            counted.update(_names(self.shop.books(entity), entity))
        for entity in ("Payment", "Bill"):
            counted.update(_names(self.shop.books(entity), entity))
        return {name: many for name, many in counted.items() if many > 1}

    def lost(self):
        """Records that count as posted and that QuickBooks does not hold."""
        there = {
            (entity, row["Id"])
            for entity in {_ENTITY[row["type"]] for row in self.rows}
            for row in self.shop.books(entity)
        }
        return [
            row.external_id
            for row in self.shop.all(Record)
            if str(row.state) == "posted" and (_ENTITY[str(row.type)], row.qbo_id) not in there
        ]


_ENTITY = {
    "customer": "Customer",
    "vendor": "Vendor",
    "item": "Item",
    "invoice": "Invoice",
    "sales_receipt": "SalesReceipt",
    "credit_memo": "CreditMemo",
    "payment": "Payment",
    "bill": "Bill",
}


def _names(rows, entity):
    keys = ("DocNumber", "PaymentRefNum", "DisplayName", "Name")
    for row in rows:
        name = next((row[key] for key in keys if row.get(key)), row["Id"])
        yield entity, name


def open_storm(bench, count, seed, *, replays):
    """A company that knows the parties and items of a shop; the documents are still to come."""
    bench.settings = bench.settings.model_copy(
        update={"QUICKBOOKS_TIMEOUT_SECONDS": TIMEOUT_SECONDS}
    )
    bench.quickbooks = bench.another()
    bench.simulator.control("POST", "/switches", {"faults_replay_on_requestid": replays})
    house = open_house(bench)
    clock = Moving()
    house.shop.services = replace(house.shop.services, clock=clock, settings=bench.settings)
    return Storm(house, mixed.records(count), clock, Random(seed))
