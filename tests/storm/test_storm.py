"""A storm of faults: what passes is posted with no help, what does not is told once per cause."""

import pytest

from bot import jobs
from tests.storm.storm import PAUSE, open_storm
from tests.sync.shop import item

LONG = "5" * 25


def trouble_of_people(storm):
    """What people did, and what is wrong in the documents: each is one cause."""
    shop = storm.shop
    for kind, entity, place in (("customer", "Customer", 0), ("item", "Item", 1)):
        qbo_id = shop.record(kind, storm.row(kind, place)["external_id"]).qbo_id
        shop.act("deactivate", entity, qbo_id)
        storm.roots.add(("inactive_record", f"{entity}:{qbo_id}"))
    shop.act("close_books", "", "", date="2026-01-31")
    early = storm.row("sales_receipt", 2)
    early["date"] = "2026-01-10"
    storm.roots.add(("closed_period", f"sales_receipt:Shop/{early['external_id']}"))
    long = storm.row("sales_receipt", 3)
    long["number"] = LONG
    storm.roots.add(("too_long", f"sales_receipt:Shop/{long['external_id']}"))
    storm.again.append({**long, "number": "SHORT-1"})
    for place in (5, 6):
        line = storm.row("sales_receipt", place)["lines"][0]
        line["sku"] = "NOPE-1"
        del line["item"]
    storm.roots.add(("item_not_mapped", "item:Shop/NOPE-1"))


def mend(storm):
    """People end what only they can end; the shop hands over what was wrong in it."""
    shop = storm.shop
    for kind, subject in sorted(storm.roots):
        if kind == "inactive_record":
            entity, qbo_id = subject.split(":")
            shop.act("reactivate", entity, qbo_id)
    shop.act("close_books", "", "", date=None)
    shop.hand_over(item("new", "Nope", sku="NOPE-1"), *storm.again)
    storm.house.capture(jobs.FIX)
    storm.house.told()
    # Nobody tells the bot that the books are open again: a person presses "Try again".
    storm.house.mend(storm.house.incident("closed_period"), "retry")


def weather(bench, count, seed, *, replays):
    storm = open_storm(bench, count, seed, replays=replays)
    shop, lists = storm.shop, {"customer", "vendor", "item"}
    storm.arm()
    shop.hand_over(*(row for row in storm.rows if row["type"] in lists))
    storm.blow()
    assert storm.states() == {"posted": sum(row["type"] in lists for row in storm.rows)}

    trouble_of_people(storm)
    shop.hand_over(*(row for row in storm.rows if row["type"] not in lists))
    storm.blow()

    assert set(storm.states()) == {"posted", "held"}
    assert storm.told() == dict.fromkeys(storm.roots, 1)
    storm.house.told()
    shop.simulator.control("DELETE", "/faults")
    mend(storm)
    for _ in range(5):
        storm.house.check()
        storm.clock.ahead += PAUSE
        storm.blow()
    assert storm.states() == {"posted": count + 1}
    assert storm.doubled() == {}
    assert storm.lost() == []
    assert len(shop.creates()) == count + 1
    storm.sweep()
    assert storm.told() == {}


def test_a_storm_over_two_hundred_records(bench):
    """One record in five meets a fault; everything is in QuickBooks once in the end."""
    weather(bench, 200, 5, replays=True)


@pytest.mark.long
@pytest.mark.parametrize("replays", [True, False])
def test_a_storm_over_two_thousand_records(bench, replays):
    """As the small one; a fault that QuickBooks replays for a requestid does not stick."""
    weather(bench, 2000, 6, replays=replays)
