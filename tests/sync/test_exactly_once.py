"""A write happens once, whatever is lost on the way: replies, the process, the lease."""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import update
from sqlmodel import select

from bot.db import leases
from bot.errors import LeaseLost
from bot.models import Connection, Record, Write
from bot.sync import holds, push, writing
from tests.sync.shop import customer, invoice, item, payment

ROOT = Path(__file__).resolve().parents[2]


def due_again(shop):
    """Let pauses be over."""
    with shop.services.sessions.write() as session:
        session.exec(update(Record).values(not_before=None))


def a_minute_later(shop):
    """Let the first look for each unknown write be longer ago than a second look needs."""
    with shop.services.sessions.write() as session:
        for row in session.exec(select(Write).where(Write.state == "unknown")):
            if row.reply.get("looked_at"):
                earlier = datetime.fromisoformat(row.reply["looked_at"]) - writing.SECOND_LOOK
                row.reply = {**row.reply, "looked_at": earlier.isoformat()}
                session.add(row)


def settle(shop, turns=8):
    """Slices as the sweep would run them, through trouble, until nothing waits."""
    for _ in range(turns):
        due_again(shop)
        a_minute_later(shop)
        shop.push()
        if all(str(row.state) != "waiting" for row in shop.all(Record)):
            return
    raise AssertionError("did not settle")


@pytest.fixture
def stocked(shop):
    """Customer and item are in QuickBooks."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    return shop


@pytest.mark.parametrize("fault", ["reset_after", "reset_before", "empty_body", "unavailable_html"])
@pytest.mark.parametrize("times", [1, 3, 5])
@pytest.mark.parametrize("replays", [True, False])
def test_a_lost_reply_never_posts_twice(stocked, fault, times, replays):
    """The same requestid is asked again, in this slice and in the next, until it is settled."""
    stocked.simulator.control("POST", "/switches", {"faults_replay_on_requestid": replays})
    stocked.simulator.fault(
        fault, times, {"realm": stocked.realm, "entity": "Invoice", "operation": "create"}
    )
    stocked.hand_over(invoice("1", "c1"), payment("p1", "c1", "100.00", "1"))

    settle(stocked)

    assert Counter(row["entity"] for row in stocked.creates()) == {
        "Customer": 1,
        "Item": 1,
        "Invoice": 1,
        "Payment": 1,
    }
    assert stocked.state("payment", "p1") == "posted"
    assert stocked.holds() == []


@pytest.mark.parametrize("entity", ["Customer", "Item", "Invoice", "Payment"])
def test_an_error_of_quickbooks_own_is_looked_up_and_tried_with_a_new_id(shop, entity):
    """10000 with a replaying requestid would answer the same for ever."""
    shop.simulator.fault(
        "server_error", 4, {"realm": shop.realm, "entity": entity, "operation": "create"}
    )
    shop.hand_over(
        customer("c1", "Jane Doe"),
        item("i1", "Mug"),
        invoice("1", "c1"),
        payment("p1", "c1", "100.00", "1"),
    )

    settle(shop)

    assert shop.state("payment", "p1") == "posted"
    assert len(shop.creates(entity)) == 1


def test_one_look_is_no_proof_that_a_write_did_not_happen(stocked):
    """After 10000 the requestid stays; only a look a minute later lets another one go out."""
    match = {"realm": stocked.realm, "entity": "Invoice", "operation": "create"}
    stocked.simulator.fault("server_error", None, match)
    stocked.hand_over(invoice("1", "c1"))

    for _ in range(3):
        stocked.push()
        due_again(stocked)
    [write] = [row for row in stocked.all(Write) if row.entity == "Invoice"]
    assert (write.state, bool(write.reply["looked_at"])) == ("unknown", True)

    a_minute_later(stocked)
    stocked.push()
    [write] = [row for row in stocked.all(Write) if row.entity == "Invoice"]
    assert write.state == "fault"

    stocked.simulator.control("DELETE", "/faults")
    settle(stocked)
    assert len({row.request_id for row in stocked.all(Write) if row.entity == "Invoice"}) == 2
    assert len(stocked.creates("Invoice")) == 1


@pytest.mark.parametrize("code", ["600", "2130"])
@pytest.mark.parametrize("lost_first", [True, False])
def test_a_refused_requestid_is_looked_up_and_tried_with_another(stocked, code, lost_first):
    """Found by our stamp: done. Not found: a new requestid. Never twice, never held."""
    match = {"realm": stocked.realm, "entity": "Invoice", "operation": "create"}
    if lost_first:
        stocked.simulator.fault("reset_after", 1, match)
    stocked.simulator.fault(f"code:{code}", 1, match)
    stocked.hand_over(invoice("1", "c1"))

    settle(stocked)

    assert stocked.state("invoice", "1") == "posted"
    assert len(stocked.creates("Invoice")) == 1


def test_trouble_of_the_company_holds_nothing_and_ends_with_the_next_success(stocked):
    """Throttling stops the slice; the connection says since when; success forgets it."""
    stocked.simulator.fault("throttled", None, {"realm": stocked.realm, "operation": "create"})
    stocked.hand_over(invoice("1", "c1"), invoice("2", "c1"))

    report = stocked.push()
    assert report.stopped is not None
    assert report.held == []
    [row] = [row for row in stocked.all(Connection) if row.company_id == stocked.company_id]
    assert (row.trouble, row.trouble_since is not None) == ("throttled", True)

    stocked.simulator.control("DELETE", "/faults")
    settle(stocked)
    [row] = [row for row in stocked.all(Connection) if row.company_id == stocked.company_id]
    assert (row.trouble, row.trouble_since) == ("", None)
    assert len(stocked.creates("Invoice")) == 2


@pytest.mark.parametrize("fault", ["server_error", "empty_body"])
def test_a_record_that_alone_gets_no_answer_is_held_and_stops_nobody(stocked, fault):
    """After enough tries, others posted in between, it is told; let go, it is settled first."""
    match = {"realm": stocked.realm, "name": "BAD", "operation": "create"}
    stocked.simulator.fault(fault, None, match)
    stocked.hand_over(invoice("BAD", "c1"))
    stocked.push()
    with stocked.services.sessions.write() as session:
        tried = update(Record).where(Record.number == "BAD").values(attempts=5)
        session.exec(tried)
    stocked.hand_over(invoice("1", "c1"))
    stocked.push_all()
    due_again(stocked)
    stocked.push_all()

    assert stocked.causes("invoice", "BAD") == [("no_answer_for_record", "invoice:Shop/BAD")]
    assert stocked.state("invoice", "1") == "posted"

    stocked.simulator.control("DELETE", "/faults")
    with stocked.services.sessions.write() as session:
        holds.release(session, stocked.company_id, "no_answer_for_record", "invoice:Shop/BAD")
    stocked.push_all()
    assert len(stocked.creates("Invoice")) == 2


@pytest.mark.parametrize(
    ("verb", "trouble"),
    [("end_subscription", "company_suspended"), ("demote_user", "wrong_permission")],
)
def test_an_ended_subscription_or_lost_right_stops_everything_and_holds_nothing(
    stocked, verb, trouble
):
    """It is the company's trouble, told once, not a hold on each document."""
    stocked.simulator.act(stocked.realm, verb)
    stocked.hand_over(invoice("1", "c1"), invoice("2", "c1"))
    report = stocked.push()

    assert report.stopped is not None
    assert stocked.holds() == []
    [row] = [row for row in stocked.all(Connection) if row.company_id == stocked.company_id]
    assert row.trouble == trouble


def test_a_dead_permission_stops_everything_and_holds_nothing(stocked):
    """Revoked inside QuickBooks: lost, nothing held, and everything goes once it is back."""
    stocked.simulator.act(stocked.realm, "revoke_app")
    stocked.hand_over(invoice("1", "c1"))
    first, second = stocked.push(), stocked.push()

    assert first.stopped is not None
    assert second.stopped is not None
    assert stocked.holds() == []
    stocked.bench.connect(stocked.company_id, stocked.realm)
    stocked.push_all()
    assert stocked.state("invoice", "1") == "posted"


def test_a_worker_that_lost_its_lease_writes_nothing_down(stocked):
    """The new holder settles what the old one began; nothing is posted twice."""
    stocked.hand_over(invoice("1", "c1"))
    services = stocked.services
    with stocked.lease("old") as held:
        leases.take_over_all(services.sessions, services.clock)
        with leases.company_lease(services.sessions, services.clock, stocked.company_id, "new"):
            with pytest.raises(LeaseLost):
                push.push_slice(services, stocked.company_id, held)
            assert stocked.state("invoice", "1") == "waiting"
    stocked.push_all()

    assert len(stocked.creates("Invoice")) == 1


def test_a_write_that_went_out_before_a_crash_is_settled_by_its_requestid(stocked):
    """Posted, then the process died before it could write it down."""
    stocked.hand_over(invoice("1", "c1"))
    services, record = stocked.services, stocked.record("invoice", "1")
    payload = {
        "CustomerRef": {"value": stocked.record("customer", "c1").qbo_id},
        "DocNumber": "1",
        "PrivateNote": "[sync:Shop:1]",
        "Line": [
            {
                "Amount": 100,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": stocked.record("item", "i1").qbo_id}},
            }
        ],
    }
    with services.sessions.write() as session:
        write = writing.intend(
            session,
            stocked.company_id,
            "create",
            "Invoice",
            payload,
            now=services.clock.now(),
            record_id=record.id,
        )
        again = writing.intend(
            session,
            stocked.company_id,
            "create",
            "Invoice",
            payload,
            now=services.clock.now(),
            record_id=record.id,
        )
        assert again.id == write.id
    assert writing.call(services, write, again=False).state == "done"

    stocked.push_all()

    assert stocked.state("invoice", "1") == "posted"
    assert len(stocked.creates("Invoice")) == 1
    assert len([row for row in stocked.all(Write) if row.record_id == record.id]) == 1


def _plain(value):
    secret = getattr(value, "get_secret_value", None)
    if secret is not None:
        return secret()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _wait_for_writes(shop, process, count):
    """Poll the write log until it holds this many creates, wherever in a slice that is."""
    deadline = time.monotonic() + 60
    while len(shop.creates()) < count:
        assert time.monotonic() < deadline
        assert process.poll() is None
        Event().wait(0.003)


@pytest.mark.slow
def test_killed_at_any_moment_everything_is_posted_once(shop, settings, tmp_path):
    """kill -9 again and again: the write log holds each create once, nothing is missing."""
    rng = random.Random(11)
    records = [customer(f"c{n}", f"Buyer Number {n}") for n in range(12)]
    records += [item(f"i{n}", f"Article {n}") for n in range(6)]
    for n in range(60):
        records.append(invoice(f"{n}", f"c{n % 12}", (f"i{n % 6}", 1 + n % 3, "12.50")))
        records.append(payment(f"p{n}", f"c{n % 12}", f"{12.50 * (1 + n % 3):.2f}", f"{n}"))
    shop.hand_over(*records)
    shop.simulator.control("POST", "/latency", {"ms": 12})
    stored = tmp_path / "settings.json"
    stored.write_text(json.dumps({name: _plain(value) for name, value in settings}))
    command = [sys.executable, "-m", "tests.sync.pusher", str(stored), str(shop.company_id)]
    for kill in (True, True, True, True, False):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        if kill:
            _wait_for_writes(shop, process, len(shop.creates()) + rng.randint(5, 25))
            process.kill()
        code = process.wait(timeout=120)
        assert code == (-9 if kill else 0)
    shop.simulator.control("POST", "/latency", {"ms": 0})

    counted = Counter(row["entity"] for row in shop.creates())
    assert counted == {"Customer": 12, "Item": 6, "Invoice": 60, "Payment": 60}
    assert {str(row.state) for row in shop.all(Record)} == {"posted"}
    assert sorted(row["DocNumber"] for row in shop.books("Invoice")) == sorted(map(str, range(60)))
    assert all(row["Balance"] == 0 for row in shop.books("Invoice"))
    assert {row.state for row in shop.all(Write)} == {"done"}
