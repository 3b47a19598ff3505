"""A shop whose database the bot reads by itself, and what stands in the way there."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from random import Random
from shutil import rmtree
from tempfile import mkdtemp

from sandbox.drill.books import Books, Json
from sandbox.drill.story import Alert, Case, Story

FAMILY = "platform"
_ORDERS = "CREATE TABLE orders (id, day, buyer, total, changed INTEGER)"
_LINES = "CREATE TABLE lines (order_id, place INTEGER, product, quantity, price, amount)"


class _Database:
    """A database of orders, in a file of its own."""

    def __init__(self) -> None:
        self.folder = Path()

    @property
    def file(self) -> Path:
        """Where it lies."""
        return self.folder / "shop.sqlite3"

    def make(self) -> None:
        """Make it, without an order."""
        self.folder = Path(mkdtemp(prefix="drill-shop-"))
        self.run(_ORDERS)
        self.run(_LINES)

    def run(self, statement: str, rows: Sequence[tuple[object, ...]] = ()) -> None:
        """Run a statement, for each of these rows where there are any."""
        connection = sqlite3.connect(self.file)
        with connection:
            connection.executemany(statement, rows or [()])
        connection.close()

    def put(self, order: Json, changed: int, total: str) -> None:
        """Write an order down, with this total."""
        head = (order["number"], order["date"], order["customer"], total, changed)
        self.run("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", [head])
        rows = [
            (order["number"], place, row["item"], row["quantity"], row["unit_price"], row["amount"])
            for place, row in enumerate(order["lines"])
        ]
        self.run("INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?)", rows)

    def declaration(self) -> str:
        """A file that says how it is read."""
        lines = {"item": "product", "quantity": "quantity", "unit_price": "price",
                 "amount": "amount"}  # fmt: skip
        said = {
            "url": f"sqlite:///{self.file}",
            "type": "invoice",
            "table": "orders",
            "watermark": "changed",
            "id": "id",
            "fields": {"external_id": "id", "number": "id", "date": "day", "customer": "buyer",
                       "total": "total", "version": "changed"},
            "lists": {"lines": {"table": "lines", "parent": "order_id", "order": "place",
                                "fields": lines}},
            "overlap": 0,
        }  # fmt: skip
        file = self.folder / "declaration.json"
        file.write_text(json.dumps(said), encoding="utf-8")
        return str(file)


def _one_bad_record(books: Books, rng: Random) -> Case:
    """One order of a database cannot be used: those behind it are posted, and it is named."""
    name = f"till-{books.names.number(rng)}"
    books.open_shop(name)
    buyer, goods = books.buyer(rng), books.goods(rng)
    orders = books.orders(rng, buyer, [goods], 4)
    bad = rng.randrange(3)
    database = _Database()

    def declared() -> None:
        database.make()
        books.hand_in(buyer, goods, shop=name)
        books.lays_out(name, *({**one, "external_id": one["number"]} for one in orders))
        words = ("--sql", database.declaration(), "--every", "1", "--company", books.name)
        books.app("sources", "read", name, *words)

    def inject() -> None:
        for place, order in enumerate(orders):
            total = "1,000,0.0.0" if place == bad else order["total"]
            database.put(order, place + 1, total)

    def corrected() -> None:
        found = "UPDATE orders SET total = ?, changed = 9 WHERE id = ?"
        database.run(found, [(orders[bad]["total"], orders[bad]["number"])])

    def right() -> str:
        return books.posted(*orders)

    def stopped() -> None:
        books.app("sources", "read", name, "--stop", "--company", books.name)
        if database.folder != Path():
            rmtree(database.folder, ignore_errors=True)

    alert = Alert("sync_stalled", name, press=False)
    return Case(inject, right, alert, by_hand=corrected, after=stopped, earlier=declared)


STORIES: tuple[Story, ...] = (Story(37, FAMILY, "one bad record of a database", _one_bad_record),)
