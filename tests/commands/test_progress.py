"""How far a sync is that somebody asked for: one message, that neither forgets nor exaggerates."""

import re
from threading import Thread

import pytest
from sqlmodel import col, func, select

from bot import jobs
from bot.db.leases import company_lease
from bot.domain import RecordState
from bot.incidents import deliver
from bot.models import Delivery, Record, SyncRun
from bot.sync import intake, push
from bot.sync.reading import parse_record
from bot.work.syncing import sync_slice
from tests.commands.test_file import GOOD, handed_over, opened
from tests.commands.test_targeted import shop, simulator
from tests.dispatch.conftest import bot, slack
from tests.dispatch.slack_world import text_of
from tests.sync.shop import invoice
from tests.waiting import wait_for

__all__ = ["bot", "shop", "simulator", "slack"]
HERE = "books-harbor-foods"
FIRST, MANY = 5, 150
SLOW_MS, SLICE = 300, 20


def hand_over(shop, count=MANY):
    """So many invoices more."""
    [source_id] = {row.source_id for row in shop.rows(Record)}
    rows = [parse_record(invoice(str(5000 + number), "c1")) for number in range(count)]
    intake.accept(shop.services, source_id, rows)


def told(shop):
    """The newest message of a sync as the channel shows it, brought up to date."""
    for row in shop.rows(Delivery):
        if row.sync_id is not None:
            deliver(shop.services, row.id)
    kept = [m for m in shop.slack.messages(HERE) if "qb_sync" in str(m.get("metadata"))]
    return text_of(kept[-1]) + str(kept[-1]["blocks"])


def counts(text):
    """How many of how many."""
    found = re.search(r"([\d,]+) of ([\d,]+) records", text)
    return int(found[1].replace(",", "")), int(found[2].replace(",", ""))


def told_in_the_end(shop, done, total):
    """The message once it says so: edits of one message are some time apart."""

    def look():
        message = told(shop)
        return message if counts(message) == (done, total) else None

    return wait_for(f"{done} of {total}", look)


def posted(shop):
    """How many records are in QuickBooks."""
    wanted = select(func.count()).where(col(Record.state) == RecordState.POSTED)
    with shop.services.sessions.read() as session:
        return session.exec(wanted).one()


def slice_that_is_killed(shop):
    """It posts, and dies before it counts what it did."""
    services, company = shop.services, shop.harbor.id
    with company_lease(services.sessions, services.clock, company, services.holder) as held:
        push.push_slice(services, company, held, limit=SLICE)


@pytest.fixture
def busy(shop):
    """The lists are read and the first documents posted; many more wait."""
    while posted(shop) < FIRST:
        sync_slice(shop.services, shop.harbor.id, ())
    hand_over(shop)
    return shop


def go_on(shop):
    """Post to the end."""
    while shop.rows(SyncRun)[0].finished_at is None:
        sync_slice(shop.services, shop.harbor.id, ())


def test_what_a_slice_under_way_posts_is_not_of_the_sync_asked_for_meanwhile(busy, simulator):
    """The total said first is the total in the end; no private line stands beside the message."""
    simulator.control("POST", "/latency", {"ms": SLOW_MS})
    under_way = Thread(target=sync_slice, args=(busy.services, busy.harbor.id, ()))
    under_way.start()
    wait_for("the slice under way", lambda: posted(busy) > FIRST)
    before = len(busy.slack.ephemerals("operator", HERE))
    first = busy.ask("operator", "/qb-sync-now", channel=HERE)
    under_way.join()
    simulator.control("POST", "/latency", {"ms": 0})
    [run] = busy.rows(SyncRun)
    assert 0 < run.total < MANY
    assert "I tell you here how it went; how far it is stands in the channel of Harbor" in first
    message = told(busy)
    assert counts(message)[1] == run.total

    go_on(busy)
    message = told_in_the_end(busy, run.total, run.total)
    assert "Asked for by" in message
    assert f"'user_id': '{busy.slack.users['operator']}'" in message
    jobs.answer_command(busy.queue, run.command_id)
    said = wait_for("the end", lambda: busy.slack.ephemerals("operator", HERE)[before + 1 :])
    assert len(said) == 1
    assert "posted" in text_of(said[0])


def test_a_kill_changes_no_total(busy):
    """What a slice posted before it died counts, though it never said so."""
    busy.ask("operator", "/qb-sync-now", channel=HERE)
    slice_that_is_killed(busy)
    told_in_the_end(busy, SLICE, MANY)

    go_on(busy)
    message = told_in_the_end(busy, MANY, MANY)
    assert "wait no more" not in message


def test_a_second_wish_for_everything_begins_no_second_sync(busy):
    """Whoever asks meanwhile is led to the message of the first; the books get each once."""
    busy.ask("operator", "/qb-sync-now", channel=HERE)
    sync_slice(busy.services, busy.harbor.id, ())
    told(busy)
    said = busy.ask("approver", "/qb-sync-now", channel=HERE)
    assert "Harbor Foods: everything is being posted already, " in said
    assert re.search(r"already, \d+ records wait\. The message in its channel shows how far", said)
    assert "Go to it" in said
    assert len(busy.rows(SyncRun)) == 1

    go_on(busy)
    told_in_the_end(busy, MANY, MANY)
    said = busy.ask("approver", "/qb-sync-now", channel=HERE)
    assert "nothing waits to be posted" in said


def test_a_large_file_is_followed_in_the_channel(shop):
    """From 25 records on one message counts the file's own records, and no others."""
    head, *_ = GOOD.splitlines()
    rows = [
        f"{8000 + number},2026-11-05,Ann,ann@example.com,MUG-1,Mug,1,10.00,10.00"
        for number in range(30)
    ]
    handed_over(shop, opened(shop), "\n".join([head, *rows]) + "\n")
    shop.view("operator", says="They are being posted now")
    [run] = shop.rows(SyncRun)
    assert (run.what, run.requested_by) == ("orders.csv", shop.slack.users["operator"])
    total = counts(told(shop))[1]
    go_on(shop)
    assert total == run.total == len(run.report["only"])
    assert total >= len(rows)
    assert "orders.csv" in told_in_the_end(shop, total, total)


def test_a_small_file_has_no_message_in_the_channel(shop):
    """Its answer says all."""
    handed_over(shop, opened(shop), GOOD)
    shop.view("operator", says="They are being posted now")
    assert shop.rows(SyncRun) == []
