"""Plays a cell through the bot's own sync and looks into the simulator's books afterwards."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from bot.domain import EVERYTHING, ConnectionState, RecordState
from bot.errors import BotError
from bot.models import Company
from bot.quickbooks import Question
from bot.sync import holds
from checks import connection, failed_records
from tests.clocks import LaterClock
from tests.quickbooks.fault_table.cells import OPERATION, READ, REFRESH, WRITE, Cell, Played
from tests.quickbooks.simulator import Simulator, connected_bench, running_simulator, settings_for
from tests.sync.shop import Shop, customer, open_shop
from tests.words import renderer

# A reply later than this is lost; the simulator's time-outs are longer.
TIMEOUT_SECONDS = 1.0
# Longer in seconds than every pause of the sync: the next look is due.
LATER = 75.0
# A cell that takes longer hangs: three tries, their time-outs and pauses, and the look afterwards.
LONGEST_SECONDS = 40.0
_ROUNDS = 4


@dataclass
class Table:
    """One shop on which all cells are played, each with a customer of its own."""

    shop: Shop
    clock: LaterClock
    number: int = 0

    @property
    def simulator(self) -> Simulator:
        """Where the faults are armed."""
        return self.shop.simulator

    def play(self, cell: Cell) -> Played:
        """Arm, call, see; then take the fault away and see that all goes on."""
        begun = time.monotonic()
        self.number += 1
        buyer = f"Buyer {self.number}"
        if cell.kind in (WRITE, REFRESH):
            self.shop.hand_over(customer(buyer, buyer))
        if cell.kind == REFRESH:
            self.shop.bench.expire_access()
        before = self._asked(cell)
        times = None if cell.lasting else 1
        self.simulator.fault(cell.fault, times, self._match(cell), **cell.options)
        try:
            outcome, message = self._act(cell, buyer)
            # A request that was given up is in the simulator's log once its own time is over.
            Event().wait(float(cell.options.get("seconds", 0)))
            tries = self._asked(cell) - before
        finally:
            self.simulator.control("DELETE", "/faults")
        reached = self._creates(buyer)
        afterwards, wrong = self._afterwards(cell, buyer)
        seconds = time.monotonic() - begun
        if "Traceback" in message or "Error(" in message:
            wrong = wrong or f"the message is no sentence: {message}"
        if seconds > LONGEST_SECONDS:
            wrong = wrong or f"it took {seconds:.0f} s"
        return Played(cell, outcome, tries, reached, message, afterwards, wrong, seconds)

    def _match(self, cell: Cell) -> dict[str, str]:
        match = {"operation": OPERATION[cell.kind]}
        if cell.kind != REFRESH:
            match["realm"] = self.shop.realm
        return match | ({"entity": "Customer"} if cell.kind == WRITE else {})

    def _asked(self, cell: Cell) -> int:
        rows = self.simulator.requests()
        return sum(1 for row in rows if row["operation"] == OPERATION[cell.kind])

    def _act(self, cell: Cell, buyer: str) -> tuple[str, str]:
        if cell.kind in (WRITE, REFRESH):
            return self._push(cell, buyer)
        books = self.shop.bench.books
        try:
            if cell.kind == READ:
                books.query("Customer")
            else:
                for answer in books.query_many([Question("Customer"), Question("Vendor")]):
                    answer.all()
        except BotError as fault:
            return "not read", fault.message
        return "read", ""

    def _push(self, cell: Cell, buyer: str) -> tuple[str, str]:
        """The sync posts; what a person would see is told by the checks."""
        shop = self.shop
        report = shop.push()
        state = shop.record("customer", buyer).state
        waits = shop.bench.connection().state is ConnectionState.LOST
        words = {
            RecordState.POSTED: "posted",
            RecordState.HELD: "held for a person",
            RecordState.WAITING: "waits for the permission" if waits else "waits, tried again",
        }
        if report.stopped is not None and not report.stopped.message:
            return words[state], "a fault without words"
        return words[state], self._shown(cell)

    def _shown(self, cell: Cell) -> str:
        """The titles of the alerts; trouble that heals by itself shows only once it lasts."""
        shop = self.shop
        if cell.lasting:
            shop = shop.with_settings(LASTING_THROTTLED_SECONDS=0.0, LASTING_OUTAGE_SECONDS=0.0)
        with shop.services.sessions.read() as session:
            company = session.get_one(Company, shop.company_id)
        found = [
            one
            for check in (failed_records, connection)
            for one in check.run(shop.services, company, EVERYTHING)
        ]
        return "; ".join(renderer().problem(one.problem, one.facts).title for one in found)

    def _afterwards(self, cell: Cell, buyer: str) -> tuple[str, str]:
        """All goes on: what was handed in is in the books exactly once, and reads are answered."""
        if cell.kind not in (WRITE, REFRESH):
            found = self.shop.bench.books.query_many([Question("Customer"), Question("Vendor")])
            return "answered", "" if all(one.fault is None for one in found) else "no answer"
        said = self._go_on(buyer)
        record, made = self.shop.record("customer", buyer), self._creates(buyer)
        if record.state is not RecordState.POSTED:
            return said, f"not posted: {record.state}"
        if made != 1:
            return said, f"{made} records in the books"
        rows = [row for row in self.shop.books("Customer") if row["DisplayName"] == buyer]
        same = [row["Id"] for row in rows] == [record.qbo_id]
        return said, "" if same else "the record is linked to another one"

    def _go_on(self, buyer: str) -> str:
        """What a person does, where one is needed; else time passes."""
        shop, said = self.shop, "by itself"
        if shop.bench.connection().state is ConnectionState.LOST:
            shop.bench.connect(shop.company_id, shop.realm)
            said = "after Reconnect"
        record = shop.record("customer", buyer)
        if record.state is RecordState.HELD:
            said = "after Try again"
            with shop.services.sessions.write() as session:
                holds.release_record(session, record.id)
        for _ in range(_ROUNDS):
            if shop.record("customer", buyer).state is RecordState.POSTED:
                break
            self.clock.skip(seconds=LATER)
            shop.push()
        return said

    def _creates(self, buyer: str) -> int:
        """How often the customer was really made."""
        rows = self.simulator.writes(self.shop.realm)
        made = [row for row in rows if not row["replayed"] and row["status"] == 200]
        ids = {r["Id"] for r in self.shop.books("Customer") if r["DisplayName"] == buyer}
        return sum(1 for row in made if row["operation"] == "create" and row["id"] in ids)


@contextmanager
def open_table(folder: Path) -> Iterator[Table]:
    """A simulator and a shop of their own; the lists are read before the first cell."""
    clock = LaterClock()
    with running_simulator() as simulator:
        settings = settings_for(simulator, folder, QUICKBOOKS_TIMEOUT_SECONDS=str(TIMEOUT_SECONDS))
        with connected_bench(simulator, settings, folder, "faults", clock) as bench:
            shop = open_shop(bench)
            shop.hand_over(customer("first", "First Customer"))
            shop.push_all()
            yield Table(shop, clock)
