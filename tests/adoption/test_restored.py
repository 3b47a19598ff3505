"""After a restored backup nothing is posted twice: the books are compared by our marks first."""

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace

from bot.db import Sessions, make_engine
from bot.mirror import refresh_company
from bot.models import Adoption, Link, Record
from bot.quickbooks import QuickBooks
from tests.sync.shop import customer, invoice, item, payment, vendor
from tests.work.house import House


def bill(number, account):
    """A bill of the paper mill."""
    return {
        "type": "bill",
        "external_id": f"b-{number}",
        "number": number,
        "date": "2026-11-12",
        "vendor": "v1",
        "lines": [{"account": account, "amount": "85.00"}],
        "total": "85.00",
    }


def documents(house):
    """Sixty documents: invoices that QuickBooks numbers by itself, their payments, bills."""
    account = next(row for row in house.shop.books("Account") if row["AccountType"] == "Expense")
    orders = [invoice(f"S-{place}", "c1", ("i1", place + 1, "10.00")) for place in range(25)]
    paid = [payment(f"p-{place}", "c1", "10.00", f"S-{place}") for place in range(20)]
    paid += [payment(f"q-{place}", "c1", f"{place}.50") for place in range(1, 6)]
    return orders + paid + [bill(f"PM-{place}", account["Name"]) for place in range(10)]


def back_up(house, file):
    """A copy of the database as SQLite makes it while the bot runs."""
    with (
        closing(sqlite3.connect(house.shop.bench.database)) as live,
        closing(sqlite3.connect(file)) as copy,
    ):
        live.backup(copy)


@contextmanager
def restored(house, file):
    """Another process of the bot, on the copy."""
    bench = house.shop.bench
    settings = bench.settings.model_copy(update={"DATABASE_URL": f"sqlite:///{file}"})
    engine = make_engine(settings.DATABASE_URL)
    sessions = Sessions(engine)
    books = QuickBooks(settings, sessions, bench.clock)
    services = replace(
        house.services, settings=settings, sessions=sessions, quickbooks=books, holder="later"
    )
    yield House(replace(house.shop, services=services))
    books.close()
    engine.dispose()


def stamped(house):
    """How often each mark stands in the books."""
    found = {}
    for entity in ("Customer", "Vendor", "Invoice", "Payment", "Bill"):
        for row in house.shop.books(entity):
            note = str(row.get("PrivateNote") or row.get("Notes") or "")
            if "[sync:" in note and not row.get("_deleted"):
                found[note[note.rfind("[sync:") :]] = found.get(note[note.rfind("[sync:") :], 0) + 1
    return found


def test_what_was_posted_after_the_backup_is_linked(house, tmp_path):
    """Of sixty documents twenty are in the backup: sixty stand in the books, each once."""
    house.shop.simulator.act(
        house.shop.realm, "set_preference", data={"SalesFormsPrefs.CustomTxnNumbers": False}
    )
    refresh_company(house.services, house.shop.company_id)
    house.shop.hand_over(vendor("v1", "Paper Mill"))
    house.shop.push_all()
    wanted = documents(house)
    house.shop.hand_over(*wanted)
    house.shop.push(limit=20)
    back_up(house, tmp_path / "backup.sqlite3")
    late = [
        customer("c9", "Kim Lee"),
        item("i9", "Green Mug"),
        invoice("S-99", "c9", ("i9", 1, "7")),
    ]
    house.shop.hand_over(*late)
    house.sync()
    before = len(house.shop.creates())

    with restored(house, tmp_path / "backup.sqlite3") as after:
        known = {row.state for row in after.shop.all(Record)}
        assert "waiting" in known
        after.sync()
        assert {str(row.state) for row in after.shop.all(Record)} == {"posted"}
        assert len(after.shop.creates()) == before

        [found] = after.shop.all(Adoption)
        assert (found.why, found.settled_at is not None) == ("restored", True)
        assert found.counts == {"documents": 41, "others": 1}
        alert = after.incident("restored_backup")
        assert "41 documents" in after.shown(alert)
        assert {"S-99", "c9"} <= {row.external_id for row in after.shop.all(Link)}

        after.shop.hand_over(*late)
        after.sync()
        assert after.shop.state("invoice", "S-99") == "posted"
    assert len(house.shop.creates()) == before
    assert set(stamped(house).values()) == {1}


def test_a_process_looks_once_and_says_nothing_where_all_is_known(house):
    """An ordinary start: the books are compared, nothing is found, no word is said."""
    other = House(replace(house.shop, services=replace(house.services, holder="second")))
    house.shop.hand_over(invoice("1001", "c1"))
    other.sync()
    calls = len(house.shop.simulator.requests(house.shop.realm))
    house.shop.hand_over(invoice("1002", "c1"))
    other.sync()

    assert house.shop.all(Adoption) == []
    assert other.incidents() == []
    again = house.shop.simulator.requests(house.shop.realm)[calls:]
    assert not [row for row in again if row["operation"] == "cdc" and row.get("entity") is None][1:]


def test_nothing_is_posted_while_the_books_cannot_be_compared(house):
    """A new process that cannot read what changed posts nothing."""
    other = House(replace(house.shop, services=replace(house.services, holder="second")))
    before = len(house.shop.creates())
    house.shop.hand_over(invoice("1001", "c1"))
    house.shop.simulator.fault("unavailable_html", 20, {"operation": "cdc"})
    other.sync()

    assert len(house.shop.creates()) == before
    house.shop.simulator.control("DELETE", "/faults")
