"""Sources the bot reads by itself: a watched folder and a table of a database."""

import json
import pkgutil
import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import create_engine, text
from sqlmodel import select

from bot import sources
from bot.errors import BadInput
from bot.models import ControlTotal, ImportRun, Record
from bot.sources import pulling, registry, sql
from bot.sources.model import SourceTrouble
from bot.sources.registry import ALL_SOURCES
from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.sources.broken import book
from tests.sources.contract import CONTRACT, House
from tests.sync.conftest import bench, settings, shop, simulator

__all__ = ["bench", "company", "env_file", "settings", "shop", "simulator"]
HEAD = "Customer ID,Name,Email\n"
BEGIN = datetime(2026, 11, 12, 10, 0, 0)  # noqa: DTZ001  as a database without zones keeps it


class FolderFeed:
    """Files in a folder, each written at once."""

    kind = "folder"

    def __init__(self, tmp_path):
        self.path = tmp_path / "in"
        self.path.mkdir()

    def options(self):
        return {"path": str(self.path)}

    def put(self, first, count, *, bad=None):
        rows = [
            f"c{number},{'' if number == bad else f'Jane {number}'},j@x.example\n"
            for number in range(first, first + count)
        ]
        (self.path / f"from-{first}.csv").write_text(HEAD + "".join(rows))

    def settle(self):
        return 2  # the first look only notes how large a file is

    def away(self):
        hidden = self.path.with_name("hidden")
        self.path.rename(hidden)
        return lambda: hidden.rename(self.path)


class SqlFeed:
    """A table of an SQLite database."""

    kind = "sql"

    def __init__(self, tmp_path):
        self.path = tmp_path / "shop.sqlite3"
        self.run("CREATE TABLE buyers (id INTEGER PRIMARY KEY, code, name, mail, updated_at)")

    def run(self, statement, rows=()):
        connection = sqlite3.connect(self.path)
        with connection:
            connection.executemany(statement, rows) if rows else connection.execute(statement)
        connection.close()

    def options(self):
        return {
            "url": f"sqlite:///{self.path}",
            "type": "customer",
            "table": "buyers",
            "watermark": "updated_at",
            "id": "id",
            "fields": {
                "external_id": "code",
                "name": "name",
                "email": "mail",
                "version": "updated_at",
            },
        }

    def put(self, first, count, *, bad=None, at=BEGIN):
        rows = [
            (
                number,
                f"c{number}",
                None if number == bad else f"Jane {number}",
                "j@x.example",
                # Many share one moment: the id tells them apart.
                (at + timedelta(seconds=number // 1500)).isoformat(" ", "microseconds"),
            )
            for number in range(first, first + count)
        ]
        self.run("INSERT INTO buyers VALUES (?, ?, ?, ?, ?)", rows)

    def settle(self):
        return 1

    def away(self):
        self.run("ALTER TABLE buyers RENAME TO gone")
        return lambda: self.run("ALTER TABLE gone RENAME TO buyers")


class PostgresFeed(SqlFeed):
    """A table of a PostgreSQL database, with moments of its own type."""

    def __init__(self, url):
        self.url = url
        self.engine = create_engine(url)
        self.run("CREATE TABLE buyers (id INT PRIMARY KEY, code TEXT, name TEXT, mail TEXT)")
        self.run("ALTER TABLE buyers ADD updated_at TIMESTAMPTZ")

    def run(self, statement, rows=()):
        names = ("id", "code", "name", "mail", "at")
        statement = statement.replace("?, ?, ?, ?, ?", ", ".join(f":{name}" for name in names))
        with self.engine.begin() as connection:
            connection.execute(
                text(statement), [dict(zip(names, row, strict=True)) for row in rows] or None
            )

    def options(self):
        return super().options() | {"url": self.url}

    @property
    def path(self):
        """There is no file."""
        return ""

    def close(self):
        self.run("DROP TABLE IF EXISTS buyers")
        self.engine.dispose()


class _Pages(BaseHTTPRequestHandler):
    """Records a hundred a page, for whoever has the token."""

    def do_GET(self):
        shop = self.server.shop
        after = parse_qs(urlsplit(self.path).query).get("after", ["0"])[0]
        known = self.headers["Authorization"] == "Bearer s3cret"
        status = 503 if shop.is_away else 200 if known else 401
        rows = shop.rows[int(after) : int(after) + 100]
        following = str(int(after) + 100) if int(after) + 100 <= len(shop.rows) else None
        body = json.dumps({"records": rows, "next": following}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


class WebFeed:
    """A web address of a shop, on this machine."""

    kind = "feed"

    def __init__(self, tmp_path):
        self.rows, self.is_away = [], False
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
        self.server.shop = self
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def options(self):
        return {"url": f"http://127.0.0.1:{self.server.server_port}/orders", "token": "s3cret"}

    def put(self, first, count, *, bad=None):
        self.rows += [
            {"type": "customer", "external_id": f"c{number}"}
            | ({} if number == bad else {"name": f"Jane {number}"})
            for number in range(first, first + count)
        ]

    def settle(self):
        return 1

    def away(self):
        self.is_away = True
        return lambda: setattr(self, "is_away", False)


FEEDS = {"feed": WebFeed, "folder": FolderFeed, "sql": SqlFeed}


@pytest.fixture(params=[*sorted(FEEDS), pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request, tmp_path, shop):
    """A source of each kind, declared and never read yet."""
    if request.param == "postgresql":
        feed = PostgresFeed(request.getfixturevalue("postgres_url"))
    else:
        feed = FEEDS[request.param](tmp_path)
    pulling.declare(shop.services, shop.source_id, feed.kind, feed.options(), 60.0)
    yield House(shop.services, shop.source_id, feed)
    if hasattr(feed, "close"):
        feed.close()


@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
def test_every_kind_keeps_the_contract(house, rule, monkeypatch):
    """The same rules for each kind of source."""
    rule(house, monkeypatch)


def test_every_kind_has_its_line_and_its_feed():
    """A module with a KIND that nobody lists would never be read."""
    modules = {module.name for module in pkgutil.iter_modules(sources.__path__)}
    kinds = {
        name
        for name in modules
        if hasattr(__import__(f"bot.sources.{name}", fromlist=["KIND"]), "KIND")
    }

    assert kinds == {kind.name for kind in ALL_SOURCES} == set(FEEDS)


def test_what_a_feed_says_in_its_own_words_is_made_into_records(shop, tmp_path):
    """With the rules of a webhook; a wrong token and rubbish are told in words."""
    feed = WebFeed(tmp_path)
    feed.rows = [{"id": 7, "label": "Mug"}]
    rule = {"type": "item", "fields": {"external_id": "id", "name": "label"}}
    options = feed.options() | {"rules": [rule]}
    pulling.declare(shop.services, shop.source_id, "feed", options, 60.0)
    made = pulling.pull(shop.services, shop.source_id)
    wrong = options | {"token": "another"}
    pulling.declare(shop.services, shop.source_id, "feed", wrong, 60.0)
    refused = pulling.pull(shop.services, shop.source_id)
    pulling.declare(shop.services, shop.source_id, "feed", options | {"each": "next"}, 60.0)
    rubbish = pulling.pull(shop.services, shop.source_id)
    feed.close()
    gone = pulling.pull(shop.services, shop.source_id)

    assert made.accepted == 1
    assert refused.problem == "The feed cannot be read: it does not know the token."
    assert rubbish.accepted == 0
    assert gone.problem == "The feed cannot be read: it did not answer in time."


@pytest.fixture
def folder(tmp_path, shop):
    """A house with a folder."""
    feed = FolderFeed(tmp_path)
    pulling.declare(shop.services, shop.source_id, "folder", feed.options(), 60.0)
    return House(shop.services, shop.source_id, feed)


def test_a_file_that_is_still_written_is_left_alone(folder):
    """Until two looks find it alike."""
    path = folder.feed.path / "slow.csv"
    for part in (HEAD, "c1,Jane,j@x.example\n", "c2,Jim,j@x.example\n"):
        with path.open("a") as file:
            file.write(part)
        assert pulling.pull(folder.services, folder.source_id).accepted == 0

    assert pulling.pull(folder.services, folder.source_id).accepted == 2
    assert (folder.feed.path / "done" / "slow.csv").exists()


def test_files_are_put_away_with_their_report(folder):
    """Good ones and bad ones apart; the same name again replaces nothing; others stay."""
    where = folder.feed.path
    (where / "good.csv").write_text(HEAD + "c1,Jane,j@x.example\nc2,,j@x.example\n")
    (where / "bad.csv").write_text("Dear Ann\n")
    (where / "orders.xlsx").write_bytes(book())
    (where / ".hidden.csv").write_text(HEAD + "c8,Jo,j@x.example\n")
    (where / "notes.md").write_text("notes")
    (where / "link.csv").symlink_to("/etc/hostname")
    folder.pull()
    (where / "good.csv").write_text(HEAD + "c3,Jack,j@x.example\n")
    folder.pull()

    assert sorted(one.name for one in (where / "done").iterdir()) == [
        "good-2.csv", "good-report.csv", "good.csv", "orders.xlsx",
    ]  # fmt: skip
    assert sorted(one.name for one in (where / "failed").iterdir()) == [
        "bad-report.csv", "bad.csv",
    ]  # fmt: skip
    assert "refused,name is empty" in (where / "done" / "good-report.csv").read_text("utf-8-sig")
    assert sorted(one.name for one in where.iterdir() if one.is_file()) == [
        ".hidden.csv", "link.csv", "notes.md",
    ]  # fmt: skip
    assert folder.ids() == ["1001", "c1", "c3"]
    with folder.services.sessions.read() as session:
        kept = session.exec(select(ImportRun)).all()
    assert sorted(run.file for run in kept) == ["bad.csv", "good.csv"]


@pytest.fixture
def table(tmp_path, shop):
    """A house with a table."""
    feed = SqlFeed(tmp_path)
    pulling.declare(shop.services, shop.source_id, "sql", feed.options(), 60.0)
    return House(shop.services, shop.source_id, feed)


def test_what_is_committed_late_with_an_older_mark_is_read(table):
    """Within the overlap; and a change of a row that was read comes again."""
    table.feed.put(1, 3, at=BEGIN)
    table.pull()
    table.feed.put(4, 1, at=BEGIN - timedelta(seconds=200))
    table.feed.run(
        "UPDATE buyers SET name = 'Janet', updated_at = '2026-11-12 10:00:09.000000' WHERE id = 1"
    )
    found = table.pull()

    assert (found.accepted, found.updated) == (1, 1)
    assert table.ids() == ["c1", "c2", "c3", "c4"]


def test_a_source_that_is_read_anew_brings_what_was_passed_over(table):
    """A row that was committed far too late is never met again, unless everything is."""
    table.feed.put(1, 3, at=BEGIN)
    table.pull()
    table.feed.put(4, 1, at=BEGIN - timedelta(days=2))
    assert table.pull().accepted == 0

    pulling.begin_anew(table.services, table.source_id)
    found = table.pull()

    assert (found.accepted, found.unchanged) == (1, 3)


def test_rows_without_a_mark_are_counted_and_told(table):
    """They can never be read: silence would be a loss."""
    table.feed.put(1, 1)
    table.feed.run("INSERT INTO buyers VALUES (9, 'c9', 'Jim', 'j@x.example', NULL)")

    assert table.pull().refused == [
        "1 row has no value in updated_at; without it a row cannot be read"
    ]
    assert table.ids() == ["c1"]


def test_nothing_is_written_where_it_is_read(table):
    """The database is opened to be read, and names of columns are never words of SQL."""
    options = table.feed.options()
    options["fields"]["email"] = 'mail" FROM buyers; DROP TABLE buyers; --'
    pulling.declare(table.services, table.source_id, "sql", options, 60.0)
    table.feed.put(1, 1)
    found = table.pull()

    assert found.problem.startswith("The database cannot be read: no such column")
    table.feed.put(2, 1)


def test_a_table_of_documents_is_counted_by_its_days(table, time_machine):
    """Once a day, by date and not by mark: what the watermark passed over shows by its number."""
    time_machine.move_to(datetime(2026, 11, 14, 12, 0, tzinfo=UTC), tick=True)
    table.feed.run("CREATE TABLE paid (id INTEGER, buyer, at, sum REAL, updated_at)")
    days = [
        (1, "c1", "2026-11-13 10:00:00", 20.1, "2026-11-13 10:00:00"),
        (2, "c1", "2026-11-13 23:59:59", 10.2, "2026-11-13 23:59:59"),
        (3, "c1", "2026-11-12 08:00:00", 5, "2026-11-12 08:00:00"),
    ]
    table.feed.run("INSERT INTO paid VALUES (?, ?, ?, ?, ?)", days)
    options = {
        "url": table.feed.options()["url"], "type": "payment", "table": "paid",
        "watermark": "updated_at", "id": "id",
        "fields": {"external_id": "id", "date": "at", "customer": "buyer", "amount": "sum"},
    }  # fmt: skip
    pulling.declare(table.services, table.source_id, "sql", options, 60.0)
    table.pull()
    counted = {row.day.day: row for row in _totals(table)}
    assert {day: (row.count, str(row.amount)) for day, row in counted.items()} == {
        12: (1, "5.00"),
        13: (2, "30.30"),
    }

    # One more of the 13th, marked long ago: no look at the mark ever brings it.
    late = [(4, "c1", "2026-11-13 11:00:00", 1, "2026-11-01 11:00:00")]
    table.feed.run("INSERT INTO paid VALUES (?, ?, ?, ?, ?)", late)
    table.pull()
    assert counted[13].count == 2
    time_machine.move_to(datetime(2026, 11, 15, 12, 0, tzinfo=UTC), tick=True)
    assert table.pull().accepted == 0
    last = {row.day.day: row.documents for row in _totals(table)}
    assert last[13] == ["1", "2", "4"]
    assert last[14] == []


def test_a_table_that_cannot_be_counted_is_read_all_the_same(table, monkeypatch):
    """Nobody is told that it cannot be read."""

    def refuse(*_):
        raise SourceTrouble("no")

    monkeypatch.setattr(sql, "KIND", replace(sql.KIND, totals=refuse))
    monkeypatch.setattr(registry, "ALL_SOURCES", (sql.KIND,))
    table.feed.put(1, 2)

    found = table.pull()
    assert (found.accepted, found.problem) == (2, "")


def _totals(house):
    with house.services.sessions.read() as session:
        return list(session.exec(select(ControlTotal)))


def test_orders_have_their_lines_from_another_table(table):
    """The lines of each order, in their order; days and amounts as the database has them."""
    table.feed.run("CREATE TABLE orders (id INTEGER, buyer, day, total REAL, updated_at)")
    table.feed.run("CREATE TABLE lines (order_id, place, sku, amount REAL)")
    stamp = "2026-11-12 10:00:00"
    table.feed.run("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", [(7, "c1", stamp, 0.3, stamp)])
    table.feed.run("INSERT INTO lines VALUES (?, ?, ?, ?)", [(7, 2, "B", 0.2), (7, 1, "A", 0.1)])
    options = {
        "url": table.feed.options()["url"], "type": "invoice", "table": "orders",
        "watermark": "updated_at", "id": "id",
        "fields": {"external_id": "id", "number": "id", "date": "day", "customer": "buyer",
                   "total": "total", "version": "updated_at"},
        "lists": {"lines": {"table": "lines", "parent": "order_id", "order": "place",
                            "fields": {"sku": "sku", "amount": "amount"}}},
    }  # fmt: skip
    pulling.declare(table.services, table.source_id, "sql", options, 60.0)

    assert table.pull().accepted == 1
    with table.services.sessions.read() as session:
        [order] = session.exec(select(Record)).all()
    assert [line["sku"] for line in order.payload["lines"]] == ["A", "B"]
    assert (order.payload["date"], str(order.amount)) == ("2026-11-12", "0.30")


def test_the_address_of_a_database_is_kept_sealed(table):
    """Its password stands in no column, and no message."""
    options = table.feed.options() | {"url": "postgresql+psycopg://bot:s3cret@127.0.0.1:1/shop"}
    pulling.declare(table.services, table.source_id, "sql", options, 60.0)
    found = table.pull()

    assert found.problem.startswith("The database cannot be read")
    assert "s3cret" not in found.problem
    assert "s3cret" not in json.dumps(table.setup().model_dump(mode="json"))


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("folder", {}, "path is missing"),
        ("folder", {"path": "x", "more": 1}, "unknown key more"),
        ("sql", {"url": "x"}, "table is missing"),
        ("ftp", {}, "no kind of source"),
    ],
)
def test_options_that_cannot_be_used_say_what_is_wrong(kind, options, words):
    """Before anything is kept."""
    with pytest.raises(BadInput, match=words):
        pulling.checked(kind, options)


def test_a_source_is_due_at_its_own_pace(table):
    """After so many seconds; one that is read no more never."""
    assert pulling.due(table.services) == [table.source_id]
    table.pull()
    assert pulling.due(table.services) == []
    pulling.stop_reading(table.services, table.source_id)

    assert table.setup().kind == ""


def test_a_folder_is_declared_and_looked_at_on_the_command_line(company, tmp_path):
    """Declared, looked at twice, listed."""
    feed = FolderFeed(tmp_path)
    feed.put(1, 2, bad=2)
    words = ("--env-file", company)
    made = run_here("sources", "read", "shop", "--folder", str(feed.path), *words)
    first = run_here("sources", "pull", "shop", *words)
    second = run_here("sources", "pull", "shop", *words)
    listed = run_here("sources", "list", *words)
    stopped = run_here("sources", "read", "shop", "--stop", *words)

    assert "is read every 60 seconds while the bot runs" in made.stdout, made.stderr
    assert (first.returncode, second.returncode) == (0, 1)
    assert "shop: 1 new, 0 changed, 0 known already, 1 refused" in second.stdout
    assert "folder, 1 taken in" in listed.stdout
    assert "is read no more" in stopped.stdout
