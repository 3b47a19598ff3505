"""Bills that may be in QuickBooks already, under a near number: held before they are paid twice."""

from datetime import timedelta

import pytest

from bot.models import Record, Write
from bot.sync.bill_numbers import near
from tests.sync.shop import vendor


def bill(key, number, amount="85.00", supplier="v1", **more):
    """A bill of $85.00 of the paper mill."""
    return {
        "type": "bill",
        "external_id": key,
        "number": number,
        "date": "2026-11-12",
        "vendor": supplier,
        "lines": [{"account": "Rent or Lease", "amount": amount}],
        "total": amount,
        **more,
    }


@pytest.fixture
def mill(house):
    """Two vendors are in QuickBooks already."""
    house.shop.hand_over(vendor("v1", "Paper Mill"), vendor("v2", "Ink House"))
    house.shop.push_all()
    return house


def keyed(house, number, amount=85, name="Paper Mill", **more):
    """Somebody enters a bill by hand; its id."""
    [one] = [row for row in house.shop.books("Vendor") if row["DisplayName"] == name]
    [rent] = [row for row in house.shop.books("Account") if row["Name"] == "Rent or Lease"]
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": amount,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": rent["Id"]}},
    }
    more = {"TxnDate": "2026-11-12", **more}
    return house.shop.create(
        "Bill", VendorRef={"value": one["Id"]}, Line=[line], DocNumber=number, **more
    )


def numbers(house):
    """The numbers of all bills in the books."""
    return sorted(row["DocNumber"] for row in house.shop.books("Bill"))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("PM-2", "pm 2"),
        ("PM2", "PM-2"),
        ("INV-1048", "1048"),
        ("INV 1048", "Invoice No. 1048"),
        ("#1048", "inv1048"),
        ("0012", "12"),
        ("2026-01", "2026/1"),
    ],
)
def test_numbers_of_one_bill_are_near_whatever_it_costs(ours, theirs):
    """Case, spaces, signs, leading zeros and a word before the number say nothing."""
    assert near(ours, theirs, same_total=False)
    assert near(theirs, ours, same_total=False)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("INV-100", "INV-1000"),
        ("PM-2", "PM-3"),
        ("A-1048", "B-1048"),
        ("1048", "1048A"),
        ("INV", "Bill"),
        ("--", "-"),
    ],
)
def test_other_numbers_are_never_near(ours, theirs):
    """Two numbers of one sequence are two bills, also for the same amount."""
    assert not near(ours, theirs, same_total=True)


def test_digits_parted_otherwise_are_near_only_for_the_same_amount():
    """1-12 and 11-2 are two months of many vendors."""
    assert near("2026-001", "2026001", same_total=True)
    assert not near("1-12", "11-2", same_total=False)


def test_near_numbers_handed_over_together_are_posted_once(mill):
    """Story 54: of three spellings the first is posted, the others are asked about."""
    mill.shop.hand_over(bill("b1", "PM-2"), bill("b2", "pm 2"), bill("b3", "PM2"))
    mill.sync()

    assert numbers(mill) == ["PM-2"]
    alerts = [row for row in mill.incidents() if row.problem == "duplicate_transaction"]
    assert [row.facts["number"] for row in alerts] == ["pm 2", "PM2"]
    assert all(row.facts["theirs"]["by_us"] for row in alerts)
    prepared, _ = mill.preview(alerts[0], "link_document")
    assert "posted for another record already" in prepared.plan.refused
    assert mill.mend(alerts[0], "skip").state == "resolved"
    assert numbers(mill) == ["PM-2"]


def test_a_bill_keyed_by_hand_is_linked_to(mill):
    """Story 54: compared with its number; linking posts nothing."""
    theirs = keyed(mill, "INV 1048")
    mill.shop.hand_over(bill("b1", "1048"))
    mill.sync()

    alert = mill.incident("duplicate_transaction")
    assert alert.facts["same_document"]
    number = {"what": "number", "ours": "1048", "theirs": "INV 1048", "same": False}
    assert alert.facts["compared"][0] == number
    assert mill.mend(alert, "link_document").state == "resolved"
    assert mill.shop.record("bill", "b1").qbo_id == theirs
    assert numbers(mill) == ["INV 1048"]


def test_an_approver_says_that_it_is_another_bill(mill):
    """Story 54: it keeps the vendor's number; an operator may not say it."""
    keyed(mill, "INV-1048", 90, TxnDate="2026-10-02")
    mill.shop.hand_over(bill("b1", "1048"))
    mill.sync()

    alert = mill.incident("duplicate_transaction")
    assert not alert.facts["same_document"]
    prepared, words = mill.preview(alert, "post_another")
    assert prepared.plan.role.name == "APPROVER"
    assert "another bill than" in prepared.plan.steps[0].words
    assert "paid twice" in words
    assert mill.mend(alert, "post_another").state == "resolved", mill.ending(alert)
    assert numbers(mill) == ["1048", "INV-1048"]


def test_the_very_same_number_is_held_as_a_used_number(mill):
    """Also where QuickBooks would not refuse it; no suffix, no other number is ever posted."""
    theirs = keyed(mill, "PM-7", 90)
    mill.shop.hand_over(bill("b1", "PM-7"))
    mill.sync()

    alert = mill.incident("duplicate_document_number")
    assert (alert.facts["holder_type"], alert.facts["holder_id"]) == ("Bill", theirs)
    assert numbers(mill) == ["PM-7"]


def test_bills_with_other_numbers_are_posted_without_a_word(mill):
    """Same amount and day: the next number, a longer one, another vendor's, a year before."""
    keyed(mill, "INV-100")
    keyed(mill, "55", name="Ink House")
    keyed(mill, "INV-777", TxnDate="2025-10-01")
    mill.shop.hand_over(
        bill("b1", "INV-1000"),
        bill("b2", "INV-101"),
        bill("b3", "55"),
        bill("b4", "777"),
        bill("b5", "100", supplier="v2"),
    )
    mill.sync()

    assert mill.incidents() == []
    assert len(numbers(mill)) == 8


def test_a_near_bill_waits_until_a_lost_reply_is_settled(mill):
    """Its reply is lost: the second goes nowhere before it is known; then it is held."""
    shop = mill.shop
    match = {"realm": shop.realm, "entity": "Bill", "operation": "create"}
    shop.simulator.fault("reset_before", None, match)
    shop.hand_over(bill("b1", "PM-2"))
    shop.push()
    assert [row.state for row in shop.all(Write) if row.entity == "Bill"] == ["unknown"]

    shop.simulator.control("DELETE", "/faults")
    shop.hand_over(bill("b2", "pm 2"), bill("b3", "PM-3"))
    pause(shop, "b1", minutes=5)
    shop.push()
    assert numbers(mill) == ["PM-3"]
    assert shop.state("bill", "b2") == "waiting"
    assert shop.record("bill", "b2").not_before >= shop.record("bill", "b1").not_before

    pause(shop, "b1", "b2", minutes=-1)
    mill.sync()
    assert numbers(mill) == ["PM-2", "PM-3"]
    assert mill.incident("duplicate_transaction").facts["number"] == "pm 2"


def pause(shop, *keys, minutes):
    """Let these bills not be tried before a moment from now."""
    until = shop.services.clock.now() + timedelta(minutes=minutes)
    for key in keys:
        with shop.services.sessions.write() as session:
            row = session.get_one(Record, shop.record("bill", key).id)
            row.not_before = until
            session.add(row)
