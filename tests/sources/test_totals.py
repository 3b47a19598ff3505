"""What a folder, a web address and a database say they have of a day; what never arrived shows."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import select

from bot.domain import Scope
from bot.errors import BadInput
from bot.models import Company, ControlTotal, SourceSetup
from bot.sources import pulling
from bot.sync import control
from bot.sync.control import TotalIn
from bot.sync.records import BadRow
from checks import missing_documents, sources
from tests.sources.test_pulled import FolderFeed, SqlFeed
from tests.sync.conftest import bench, settings, shop, simulator
from tests.sync.shop import customer, invoice, item

__all__ = ["bench", "settings", "shop", "simulator"]
TOTAL = {"day": "2026-11-13", "type": "invoice", "count": 2, "amount": "200.00",
         "documents": ["1041", "1042"]}  # fmt: skip


@pytest.fixture(autouse=True)
def noon(time_machine):
    """Two days after the documents, at noon."""
    time_machine.move_to(datetime(2026, 11, 15, 12, 0, tzinfo=UTC), tick=True)


def one_is_missing(shop):
    """Of two invoices one is here; the numbers that are told as missing."""
    shop.hand_over(customer("c1", "Jane"), item("i1", "Mug"))
    shop.hand_over(invoice("1041", "c1", date="2026-11-13"))
    shop.push_all()
    return [row["missing"] for one in found(shop) for row in one.facts["rows"]]


def found(shop):
    """What the check finds."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(missing_documents.run(shop.services, company, Scope()))


def kept(shop):
    """What the source said, by day."""
    with shop.services.sessions.read() as session:
        return {row.day.day: (row.count, row.documents) for row in session.exec(
            select(ControlTotal))}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("totals.json", json.dumps(TOTAL)),
        ("orders.totals.json", json.dumps([TOTAL])),
        ("Totals.JSON", json.dumps(TOTAL) + "\n" + json.dumps({**TOTAL, "day": "2026-11-12"})),
        ("totals.csv", "day,type,count,amount,documents\n2026-11-13,invoice,2,200.00,1041 1042\n"),
        (
            "orders_2026-11-13_totals.csv",
            "﻿Type;Day;Count;Documents\r\ninvoice;2026-11-13;2;1041 1042\r\n;;;\r\n",
        ),
    ],
)
def test_a_file_of_totals_beside_the_data_is_kept_and_put_away(shop, tmp_path, name, text):
    """What is missing is named; the file is no data, and the same again changes nothing."""
    feed = FolderFeed(tmp_path)
    pulling.declare(shop.services, shop.source_id, "folder", feed.options(), 60.0)
    for _ in range(2):
        (feed.path / name).write_text(text)
        looks = [pulling.pull(shop.services, shop.source_id) for _ in range(2)]

    assert [(one.accepted, one.refused, one.problem) for one in looks] == [(0, [], "")] * 2
    assert kept(shop)[13] == (2, ["1041", "1042"])
    assert len(list((feed.path / "done").iterdir())) == 2
    assert any(control.CHECK in arg for _, arg in shop.nudges.seen)
    with shop.services.sessions.write() as session:
        for row in session.exec(select(ControlTotal)):
            row.said_at = datetime(2026, 11, 14, tzinfo=UTC)
            session.add(row)
    assert one_is_missing(shop)[-1] == ["1042"]


def test_totals_that_cannot_be_used_say_why_and_the_others_count(shop, tmp_path):
    """In words, by line; a file of which nothing counts is put with the failed ones."""
    feed = FolderFeed(tmp_path)
    pulling.declare(shop.services, shop.source_id, "folder", feed.options(), 60.0)
    (feed.path / "a.totals.csv").write_text(
        "day,type,count\n2026-11-13,invoice,2\n2026-11-13,invoice,many\n2031-01-01,invoice,1\n"
    )
    (feed.path / "b.totals.json").write_text("{]")
    (feed.path / "grand_totals.xlsx.csv").write_text("nothing of the kind\n")
    pulling.pull(shop.services, shop.source_id)
    told = pulling.pull(shop.services, shop.source_id)

    assert kept(shop) == {13: (2, [])}
    assert sorted(told.refused)[0].startswith("count is 'many', not a whole number")
    assert any("still to come" in reason for reason in told.refused)
    assert any("cannot be read" in reason for reason in told.refused)
    assert sorted(one.name for one in (feed.path / "done").iterdir()) == [
        "a.totals-report.csv", "a.totals.csv",
    ]  # fmt: skip
    report = (feed.path / "done" / "a.totals-report.csv").read_text("utf-8-sig")
    assert "line 3: count is" in report
    assert "b.totals.json" in [one.name for one in (feed.path / "failed").iterdir()]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"day,count\n", "there is no column type"),
        (b'day,type,count\n"2026-11-13,invoice,1\n', "cannot be read as CSV"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"[1]", "is not a total"),
        (b'{"day": "2026-11-13", "type": "invoice", "count": 1', "cannot be read"),
        (b"day,type,count\n2026-11-13,invoice,-1\n", "count is '-1'"),
        (b"day,type,count\n2026-13-13,invoice,1\n", "day"),
        (b"day,type,count,documents\n2026-11-13,invoice,2,7 7\n", "names one twice"),
        (b"[" * 100_000, "cannot be read"),
    ],
)
def test_broken_files_of_totals_end_in_one_reason(data, words):
    """Never an exception: nobody waits for the answer."""
    [row] = control.read_totals(data)

    assert isinstance(row, BadRow)
    assert words in row.reason


def test_a_larger_file_is_not_read():
    """It would be held in memory whole."""
    [row] = control.read_totals(b"[" + b" " * 26 * 1024 * 1024)
    assert "at most" in row.reason
    assert isinstance(control.read_totals(json.dumps(TOTAL).encode())[0], TotalIn)


class _Days(BaseHTTPRequestHandler):
    """A market's pages, and what it has of a day."""

    def do_GET(self):
        parts = urlsplit(self.path)
        server = self.server
        server.asked.append((parts.path, parse_qs(parts.query).get("day"),
                             self.headers["Authorization"]))  # fmt: skip
        body = {"records": []}
        if parts.path == "/days":
            day = parse_qs(parts.query)["day"][0]
            body = {"sums": [{"on": day, "orders": n, "ids": ["1041", "1042"]} for n in
                             server.counts.get(day, [])]}  # fmt: skip
        data = json.dumps(body).encode()
        self.send_response(500 if parts.path == "/days" and server.broken else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def market():
    """A market on this machine."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Days)
    server.asked, server.counts, server.broken = [], {"2026-11-13": [2]}, False
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def declared(market, **more):
    """The market's declaration."""
    base = f"http://127.0.0.1:{market.server_port}"
    fields = {"day": "on", "type": "'invoice'", "count": "orders", "documents": "ids"}
    totals = {"url": f"{base}/days", "each": "sums", "fields": fields}
    return {"url": f"{base}/orders", "token": "s3cret", "totals": {**totals, **more}}


def test_a_feed_is_asked_for_its_totals_once_a_day(shop, market):
    """Of the last two days, with its token; a day it knows nothing of is not compared."""
    pulling.declare(shop.services, shop.source_id, "feed", declared(market), 60.0)
    for _ in range(2):
        assert pulling.pull(shop.services, shop.source_id).problem == ""
    days = [day for path, day, token in market.asked if path == "/days"]

    assert days == [["2026-11-13"], ["2026-11-14"]]
    assert {token for _, _, token in market.asked} == {"Bearer s3cret"}
    assert kept(shop) == {13: (2, ["1041", "1042"])}


def test_totals_that_cannot_be_asked_are_told_and_asked_again(shop, market, time_machine):
    """The records come in all the same; nobody believes that all is there."""
    pulling.declare(shop.services, shop.source_id, "feed", declared(market), 60.0)
    market.broken = True
    first = pulling.pull(shop.services, shop.source_id)
    assert first.problem == "The totals cannot be read: it answered with status 500."
    time_machine.move_to(datetime(2026, 11, 15, 14, 0, tzinfo=UTC), tick=True)
    pulling.pull(shop.services, shop.source_id)
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    [told] = sources.run(shop.services, company, Scope())
    assert (told.problem, told.facts["totals"]) == ("source_unreadable", True)

    market.broken = False
    assert pulling.pull(shop.services, shop.source_id).problem == ""
    assert kept(shop) == {13: (2, ["1041", "1042"])}
    assert list(sources.run(shop.services, company, Scope())) == []


def test_the_token_of_a_feed_goes_to_no_other_host(market):
    """Refused when it is declared."""
    with pytest.raises(BadInput, match="same host"):
        pulling.checked("feed", declared(market, url="http://elsewhere.example/days"))


def test_a_database_says_its_totals_in_a_table_of_its_own(shop, tmp_path):
    """What the system itself counts, not what the bot counts there: a filter shows."""
    feed = SqlFeed(tmp_path)
    feed.run("CREATE TABLE days (at, n, s REAL)")
    feed.run("INSERT INTO days VALUES (?, ?, ?)", [("2026-11-13", 2, 200.0), ("2026-11-14", 0, 0)])
    feed.run("CREATE TABLE orders (id, at, updated_at)")
    options = {
        "url": feed.options()["url"], "type": "invoice", "table": "orders",
        "watermark": "updated_at", "id": "id", "fields": {"external_id": "id", "date": "at"},
        "totals": {"table": "days", "fields": {"day": "at", "count": "n", "amount": "s"}},
    }  # fmt: skip
    pulling.declare(shop.services, shop.source_id, "sql", options, 60.0)
    assert pulling.pull(shop.services, shop.source_id).problem == ""
    assert kept(shop) == {13: (2, []), 14: (0, [])}

    feed.run("DROP TABLE days")
    with shop.services.sessions.write() as session:
        session.get_one(SourceSetup, shop.source_id).counted_on = None
    told = pulling.pull(shop.services, shop.source_id)
    assert told.problem == "The totals cannot be read: no such table: days."
    wrong = options | {"totals": {"table": "days", "fields": {"day": "at", "amount": "s"}}}
    with pytest.raises(BadInput, match="needs count"):
        pulling.checked("sql", wrong)
