"""/qb-sync-now for one document or one kind: posted ahead of the rest, in a running QuickBooks."""

import pytest
from sqlmodel import func, select

from bot.domain import RecordState
from bot.models import Company, Incident, Record, SyncRun
from bot.sync import intake
from bot.sync.reading import parse_record
from bot.work.capturing import capture
from bot.work.checking import check
from bot.work.syncing import sync_slice
from checks import ALL_CHECKS
from tests.dispatch.slack_world import running, text_of
from tests.quickbooks.simulator import simulator
from tests.sync.shop import customer, invoice, item
from tests.waiting import wait_for

__all__ = ["simulator"]


@pytest.fixture
def shop(slack, simulator, tmp_path, request):
    """The front door with Harbor Foods connected, and two invoices of two customers waiting."""
    values = {
        "INTUIT_CLIENT_ID": simulator.ready["client_id"],
        "INTUIT_CLIENT_SECRET": simulator.ready["client_secret"],
        "INTUIT_ENVIRONMENT": simulator.ready["discovery_url"],
        "QUICKBOOKS_API_URL": simulator.ready["api_url"],
        "QUICKBOOKS_PER_MINUTE": "0",
        "QUICKBOOKS_PER_SECOND": "0",
    }
    with running(slack, tmp_path, **values) as bot:
        realm = simulator.new_company(f"Harbor {request.node.name}"[:60])
        books = bot.services.quickbooks
        code = simulator.consent(books.authorize_url("state"), realm)
        books.connect(bot.harbor.id, code, realm)
        simulator.act(
            realm,
            "create",
            entity="Account",
            data={
                "Name": "Web sales",
                "AccountType": "Income",
                "AccountSubType": "SalesOfProductIncome",
            },
        )
        given = [
            customer("c1", "Jane Doe"),
            customer("c2", "John Roe"),
            item("i1", "Mug", income_account="Web sales"),
            invoice("1001", "c1"),
            invoice("1002", "c2"),
        ]
        source = bot.source(bot.harbor)
        intake.accept(bot.services, source.id, [parse_record(one) for one in given])
        yield bot
        books.close()


def states(bot):
    """Where each record stands, by its external id."""
    return {row.external_id: row.state for row in bot.rows(Record)}


def end(bot, before):
    """The last answer in the channel."""
    return text_of(
        wait_for(
            "the end",
            lambda: [
                e
                for e in bot.slack.ephemerals("operator", "books-harbor-foods")[before:]
                if "posted" in text_of(e) or "read back" in text_of(e)
            ],
            20,
        )[-1]
    )


def test_one_document_goes_with_what_it_refers_to_and_nothing_else(shop):
    """Its customer and item first; the other invoice keeps its turn."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")

    said = end(shop, before)

    assert "Posting invoice 1001 (Jane Doe, $100.00) … ✔ in QuickBooks, read back, " in said
    assert said.rstrip().endswith(" s ↗")
    found = states(shop)
    assert found["1001"] is RecordState.POSTED
    assert found["1002"] is RecordState.WAITING
    assert found["c2"] is RecordState.WAITING
    assert [run.state for run in shop.rows(SyncRun)] == ["done"]


def test_the_answer_to_one_document_leads_to_it_in_quickbooks(shop):
    """It was read from QuickBooks before the answer says so; a second wish says where it is."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")
    end(shop, before)
    shown = str(shop.slack.ephemerals("operator", "books-harbor-foods")[-1]["blocks"])
    (record,) = [row for row in shop.rows(Record) if row.external_id == "1001"]

    assert f"invoice%3FtxnId%3D{record.qbo_id}" in shown


def test_a_document_that_could_not_be_read_back_is_not_called_read_back(shop, monkeypatch):
    """Somebody deleted it in QuickBooks in that moment."""
    from bot import mirror

    monkeypatch.setattr(mirror, "refresh", lambda *_: None)
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")
    said = text_of(
        wait_for(
            "the end",
            lambda: shop.slack.ephemerals("operator", "books-harbor-foods")[before + 1 :],
            20,
        )[-1]
    )

    assert "read back" not in said
    assert "does not have it any more" in said


def test_the_count_of_one_kind_is_of_that_kind(shop):
    """The list records that go first are named beside it."""
    said = shop.ask("operator", "/qb-sync-now", "invoices", channel="books-harbor-foods")

    assert "posting 2 waiting invoices (and first 3 list records they may need) …" in said


def test_one_kind_goes_alone(shop):
    """Customers only."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", "/qb-sync-now", "customers", "books-harbor-foods")

    end(shop, before)

    found = states(shop)
    assert found["c1"] is found["c2"] is RecordState.POSTED
    assert found["1001"] is RecordState.WAITING


def test_an_unreachable_quickbooks_is_said(shop, simulator):
    """Nothing is lost and it is tried again."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    simulator.fault("server_error", times=50)
    shop.say("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")

    said = text_of(
        wait_for(
            "the end",
            lambda: shop.slack.ephemerals("operator", "books-harbor-foods")[before + 1 :],
            30,
        )[-1]
    )
    simulator.control("DELETE", "/faults")

    assert "tried again by itself" in said
    assert states(shop)["1001"] is RecordState.WAITING


@pytest.mark.parametrize("queue", [600, pytest.param(2000, marks=pytest.mark.long)])
def test_one_document_jumps_a_long_queue(shop, queue):
    """Many others are being posted: it goes between two slices, not after them."""
    many = [parse_record(customer(f"q{n}", f"Queue {n:04d}")) for n in range(queue)]
    intake.accept(shop.services, shop.source(shop.harbor).id, many)
    last = [parse_record(invoice("1003", "c1"))]
    intake.accept(shop.services, shop.source(shop.harbor).id, last)
    jobs_of_the_queue(shop)
    shop.say("operator", "/qb-sync-now", "", "books-harbor-foods")
    wait_for("the first posts", lambda: posted(shop) > 0, 30)
    begun = posted(shop)
    shop.say("operator", "/qb-sync-now", "invoice 1003", "books-harbor-foods")
    wait_for("its turn", lambda: states(shop)["1003"] is RecordState.POSTED, 30)

    assert posted(shop) - begun < 300


def jobs_of_the_queue(shop):
    """Let the front door's queue post for real."""
    shop.queue._jobs["sync"] = lambda services, arg: sync_slice(services, int(arg), ())


def posted(shop):
    """How many of the queue are in QuickBooks."""
    with shop.services.sessions.read() as session:
        done = select(func.count()).select_from(Record)
        return session.exec(done.where(Record.state == RecordState.POSTED)).one()


def again(shop, *asked):
    """The answer that says that what was asked for is tried again."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", *asked, "books-harbor-foods")

    def look():
        said = shop.slack.ephemerals("operator", "books-harbor-foods")[before:]
        return next((one for one in map(text_of, said) if "tried again by" in one), None)

    return wait_for("the answer", look, 30)


def test_a_posted_document_whose_amounts_differ_is_told_with_both(shop):
    """Both sides with their amounts and the way to the alert, wherever its place is told."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")
    end(shop, before)
    plain = shop.ask("operator", "/qb-find", "1001", "books-harbor-foods")
    changed = [parse_record(invoice("1001", "c1", ("i1", 1, "130.00")))]
    intake.accept(shop.services, shop.source(shop.harbor).id, changed)
    check(shop.services, f"{shop.harbor.id}:failed_records", ALL_CHECKS)
    [alert] = shop.rows(Incident)
    both = f"$100.00 in QuickBooks, $130.00 in Shop (alert {alert.id}"
    posted = shop.ask("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")
    looked = shop.ask("operator", "/qb-find", "1001", "books-harbor-foods")

    assert alert.problem == "total_differs"
    assert both in posted
    assert f"in QuickBooks: $100.00 in QuickBooks, $130.00 in Shop: alert {alert.id}" in looked
    assert "in Shop" not in plain


def test_a_document_somebody_deleted_is_not_simply_said_to_be_in_quickbooks(shop, simulator):
    """Posted, then deleted in QuickBooks: that is said, with the way to its alert."""
    before = len(shop.slack.ephemerals("operator", "books-harbor-foods"))
    shop.say("operator", "/qb-sync-now", "invoice 1001", "books-harbor-foods")
    end(shop, before)
    [record] = [row for row in shop.rows(Record) if row.external_id == "1001"]
    [realm] = [row.realm_id for row in shop.rows(Company) if row.id == shop.harbor.id]
    simulator.act(realm, "delete", entity="Invoice", id=record.qbo_id)
    capture(shop.services, shop.harbor.id, ALL_CHECKS)
    check(shop.services, f"{shop.harbor.id}:failed_records", ALL_CHECKS)
    said = shop.ask("operator", "/qb-find", "1001", "books-harbor-foods")

    assert "in QuickBooks: deleted there after that: alert" in said


def test_what_quickbooks_trouble_keeps_is_named_with_its_money(shop, simulator):
    """Neither machine words nor what was not asked about; no advice to type the same again."""
    shop.say("operator", "/qb-sync-now", "customers", "books-harbor-foods")
    wait_for("its end", lambda: [run for run in shop.rows(SyncRun) if run.state == "done"])
    simulator.fault("server_error", None, {"entity": "Invoice", "operation": "create"})
    try:
        one = again(shop, "/qb-sync-now", "invoice 1001")
        all_of_them = again(shop, "/qb-sync-now", "invoices")
    finally:
        simulator.control("DELETE", "/faults")

    assert "QuickBooks stopped it: QuickBooks has trouble of its own just now." in one
    assert "System Failure" not in one
    assert "posts it at once" not in one
    assert "nothing was posted. 2 invoices, $200.00, still wait: QuickBooks has trouble" in (
        all_of_them
    )
    assert "They are tried again by themselves." in all_of_them
