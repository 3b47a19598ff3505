"""How often each type is posted: turns of their own, with what they refer to, never doubled."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from bot import jobs
from bot.errors import BadInput
from bot.models import AuditEntry, Company, Schedule, SyncRun
from bot.sync import cadence, push
from bot.work.syncing import sync_slice
from tests.sync.shop import customer, invoice, item, payment

HOUR = 3_600


def plan(shop, words, by=""):
    """Set a plan as people type it; all its turns are open."""
    with shop.services.sessions.write() as session:
        company = session.get_one(Company, shop.company_id)
        wish = cadence.read_plan(words.split())
        now = shop.services.clock.now()
        return cadence.set_plan(session, company, wish, by=by, now=now)


def close(shop, **turns):
    """Put the next turn of types so many seconds away (`all` for the others)."""
    with shop.services.sessions.write() as session:
        for kind, seconds in turns.items():
            row = session.get_one(Schedule, (shop.company_id, "" if kind == "all" else kind))
            row.next_at = shop.services.clock.now() + timedelta(seconds=seconds)
            session.add(row)


def sync(shop, slices=4):
    """Slices, as the job engine would run them for the nudges they leave."""
    for _ in range(slices):
        shop.nudges.seen.clear()
        shop.nudges.later.clear()
        sync_slice(shop.services, shop.company_id, ())
        if (jobs.SYNC, str(shop.company_id)) not in shop.nudges.seen:
            return


def seconds_to(shop, kind=""):
    """How long until the next turn of a type."""
    with shop.services.sessions.read() as session:
        row = session.get_one(Schedule, (shop.company_id, kind))
    return (row.next_at - shop.services.clock.now()).total_seconds()


ORDER = (customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))


def test_each_type_goes_at_its_own_pace_and_the_next_turn_is_one_pace_away(shop):
    """Invoices have their turn, payments wait for theirs; the job comes back for it by itself."""
    shop.hand_over(*ORDER)
    plan(shop, "invoices=5m payments=1h")
    close(shop, payment=HOUR)
    shop.hand_over(payment("p1", "c1", "100.00", "1"))

    sync(shop)

    assert shop.state("invoice", "1") == "posted"
    assert shop.state("payment", "p1") == "waiting"
    assert 270 <= seconds_to(shop, "invoice") <= 330
    [(job, arg, seconds)] = shop.nudges.later
    assert (job, arg) == (jobs.SYNC, str(shop.company_id))
    assert HOUR - 30 < seconds <= HOUR

    close(shop, payment=0)
    sync(shop)
    assert shop.state("payment", "p1") == "posted"


def test_what_a_type_refers_to_goes_with_it_and_the_others_keep_their_turn(shop):
    """A payment's turn brings its invoice, customer and item; another invoice waits."""
    plan(shop, "payments=5m all=1h")
    close(shop, all=HOUR)
    shop.hand_over(*ORDER, customer("c2", "John Roe"), invoice("2", "c2"))
    shop.hand_over(payment("p1", "c1", "100.00", "1"))

    sync(shop, slices=6)

    assert shop.state("payment", "p1") == "posted"
    assert shop.state("invoice", "1") == "posted"
    assert [shop.state("customer", "c2"), shop.state("invoice", "2")] == ["waiting", "waiting"]
    assert len(shop.creates("Customer")) == 1


def test_what_comes_after_a_turn_began_has_the_next_one(shop):
    """A steady stream does not keep a turn open for ever."""
    shop.hand_over(*ORDER)
    plan(shop, "all=1h")
    sync(shop)
    shop.hand_over(invoice("2", "c1"))

    sync(shop)

    assert shop.state("invoice", "2") == "waiting"
    assert HOUR - 60 <= seconds_to(shop) <= HOUR + 60
    assert len(shop.nudges.later) == 1


def test_a_turn_that_trouble_stopped_goes_on_and_does_not_wait_for_the_next(shop):
    """Only what is through ends a turn."""
    plan(shop, "all=1h")
    shop.hand_over(*ORDER)
    match = {"realm": shop.realm, "entity": "Item", "operation": "create"}
    shop.simulator.fault("unavailable_html", 3, match)

    sync_slice(shop.services, shop.company_id, ())

    assert seconds_to(shop) <= 0


def test_a_person_who_asks_for_everything_waits_for_no_turn(shop):
    """`/qb-sync-now` and `sync` go past every cadence."""
    plan(shop, "all=1h")
    close(shop, all=HOUR)
    shop.hand_over(*ORDER)
    with shop.services.sessions.write() as session:
        now = shop.services.clock.now()
        session.add(SyncRun(company_id=shop.company_id, requested_by="U1", started_at=now))

    sync(shop)

    assert shop.state("invoice", "1") == "posted"
    assert shop.all(SyncRun)[0].state == "done"


def test_turns_that_were_missed_are_taken_once(shop):
    """The bot was off for a day: one turn, and the next a pace from now."""
    plan(shop, "all=1h")
    close(shop, all=-86_400)
    shop.hand_over(*ORDER)

    sync(shop)

    assert shop.state("invoice", "1") == "posted"
    assert HOUR - 60 <= seconds_to(shop) <= HOUR + 60


def test_a_clock_set_back_keeps_nothing_waiting(shop):
    """A turn further away than its pace was planned by another clock: it is open."""
    plan(shop, "all=5m")
    close(shop, all=86_400)
    shop.hand_over(*ORDER)

    sync(shop)

    assert shop.state("invoice", "1") == "posted"
    assert seconds_to(shop) <= 330


def test_without_a_plan_everything_goes_as_it_comes(shop):
    """No rows, no turns."""
    with shop.services.sessions.read() as session:
        now = shop.services.clock.now()
        assert cadence.turn(session, shop.company_id, now) == cadence.Turn()


def test_a_plan_is_kept_with_who_set_it_and_the_record_says_so(shop):
    """Setting the same again changes nothing; off takes a type's own pace away."""
    plan(shop, "sales_receipts=90s all=1d", by="U1")
    close(shop, sales_receipt=60)
    rows = plan(shop, "sales-receipts=90s", by="U2")

    assert cadence.as_words(rows) == "sales_receipts=90s all=1d"
    assert {row.by for row in rows} == {"U1"}
    assert seconds_to(shop, "sales_receipt") > 30
    assert cadence.as_words(plan(shop, "all=off")) == "sales_receipts=90s"
    with shop.services.sessions.read() as session:
        entries = session.exec(select(AuditEntry).where(AuditEntry.action == "schedule.set")).all()
    assert [entry.data["after"] for entry in entries] == [
        "sales_receipts=90s all=1d",
        "sales_receipts=90s",
    ]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("invoices", "says no pace"),
        ("invoices=soon", "is no pace"),
        ("invoices=1s", "from 10s to 7d"),
        ("invoices=8d", "from 10s to 7d"),
        ("invoices=-5m", "is no pace"),
        ("ducks=5m", "no type of record. There are: customers"),
        ("accounts=5m", "go first, with whatever goes"),
        ("employees=5m", "no type of record"),
        ("invoices=5m invoice=1h", "stands there twice"),
    ],
)
def test_words_that_are_no_plan_are_refused_with_a_sentence(words, says):
    """Nothing is guessed."""
    with pytest.raises(BadInput, match=says):
        cadence.read_plan(words.split())


def test_a_wish_ends_when_what_waited_then_is_through(shop):
    """A stream of new records does not keep it open, and every slice is counted."""
    shop.hand_over(*ORDER)
    with shop.services.sessions.write() as session:
        now = shop.services.clock.now()
        session.add(SyncRun(company_id=shop.company_id, requested_by="U1", started_at=now))
    real = push.push_slice

    def busy(services, company_id, held, **options):
        found = real(services, company_id, held, **options)
        shop.hand_over(invoice("2", "c1"))
        return replace(found, waiting=1)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(push, "push_slice", busy)
        sync_slice(shop.services, shop.company_id, ())

    [run] = shop.all(SyncRun)
    assert (run.state, run.posted) == ("done", 3)
    assert shop.state("invoice", "2") == "waiting"
