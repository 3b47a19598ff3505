"""What cannot be posted is held by its root cause, and nothing else waits for it."""

from decimal import Decimal

import pytest

from bot import mirror
from bot.sync import holds
from bot.sync.causes import Posted
from bot.sync.outcome import record_outcome
from tests.sync.shop import customer, invoice, item, payment


@pytest.fixture
def stocked(shop):
    """A shop whose customer and items are in QuickBooks already."""
    shop.hand_over(
        customer("c1", "Jane Doe", email="jane@example.com"),
        customer("c2", "Omar Haddad"),
        item("i1", "Blue Mug", sku="MUG-1"),
        item("i2", "Red Mug", sku="MUG-2"),
    )
    shop.push_all()
    return shop


def qbo_id(shop, type, external_id):
    return shop.record(type, external_id).qbo_id


@pytest.mark.parametrize("code", [610, 2500])
@pytest.mark.parametrize("mirror_knows", [True, False])
def test_an_inactive_customer_is_one_cause_for_all_its_documents(stocked, code, mirror_knows):
    """Whether the mirror knew or QuickBooks says it vaguely: the cause is the customer."""
    stocked.simulator.control("POST", "/switches", {"inactive_reference_code": code})
    jane = qbo_id(stocked, "customer", "c1")
    stocked.act("deactivate", "Customer", jane)
    if mirror_knows:
        mirror.refresh(stocked.services, stocked.company_id, "Customer", jane)

    stocked.hand_over(
        invoice("1", "c1"), invoice("2", "c1"), payment("p1", "c1", "5.00"), invoice("3", "c2")
    )
    stocked.push_all()

    for key in (("invoice", "1"), ("invoice", "2"), ("payment", "p1")):
        assert stocked.causes(*key) == [("inactive_record", f"Customer:{jane}")]
    facts = stocked.holds("invoice", "1")[0].facts
    assert (facts["list"], facts["name"], facts["entity"]) == ("customer", "Jane Doe", "Customer")
    assert stocked.state("invoice", "3") == "posted"
    stocked.simulator.control("POST", "/switches", {"inactive_reference_code": 610})


def test_an_inactive_customer_and_an_inactive_item_are_two_causes(stocked):
    """Both are told at once; letting one go is not enough."""
    jane, mug = qbo_id(stocked, "customer", "c1"), qbo_id(stocked, "item", "i1")
    stocked.act("deactivate", "Customer", jane)
    stocked.act("deactivate", "Item", mug)
    stocked.hand_over(invoice("1", "c1"))
    stocked.push_all()
    both = {("inactive_record", f"Customer:{jane}"), ("inactive_record", f"Item:{mug}")}
    assert set(stocked.causes("invoice", "1")) == both

    with stocked.services.sessions.write() as session:
        first = holds.release(session, stocked.company_id, "inactive_record", f"Item:{mug}")
        second = holds.release(session, stocked.company_id, "inactive_record", f"Customer:{jane}")

    assert first == []
    assert second == [stocked.record("invoice", "1").id]


def test_a_released_record_is_posted_once_the_cause_is_gone(stocked):
    """Reactivated in QuickBooks, read again, let go: posted."""
    jane = qbo_id(stocked, "customer", "c1")
    stocked.act("deactivate", "Customer", jane)
    stocked.hand_over(invoice("1", "c1"), payment("p1", "c1", "100.00", "1"))
    stocked.push_all()
    assert stocked.causes("payment", "p1") == [("inactive_record", f"Customer:{jane}")]

    stocked.act("reactivate", "Customer", jane)
    mirror.refresh(stocked.services, stocked.company_id, "Customer", jane)
    with stocked.services.sessions.write() as session:
        freed = holds.release(session, stocked.company_id, "inactive_record", f"Customer:{jane}")
    assert freed == [stocked.record(*key).id for key in (("invoice", "1"), ("payment", "p1"))]
    stocked.push_all()

    assert stocked.state("payment", "p1") == "posted"
    assert len(stocked.creates("Invoice")) == 1


def test_children_of_a_held_customer_carry_its_cause(shop):
    """Invoice and payment say the customer's problem, not one of their own."""
    shop.create("Customer", DisplayName="Jane Doe", PrimaryEmailAddr={"Address": "j@example.com"})
    shop.hand_over(
        customer("c1", "Jane  Doe", email="J@Example.com"),
        item("i1", "Mug"),
        invoice("1", "c1"),
        payment("p1", "c1", "100.00", "1"),
    )
    shop.push_all()

    expected = [("same_party", "customer:Shop/c1")]
    assert shop.causes("customer", "c1") == expected
    assert shop.causes("invoice", "1") == expected
    assert shop.causes("payment", "p1") == expected
    root = shop.record("customer", "c1").id
    assert {hold.cause_record_id for hold in shop.holds()} == {None, root}
    assert shop.state("item", "i1") == "posted"


def test_a_document_waits_for_its_customer_then_says_it_is_missing(shop):
    """Silent for the time set, then a cause; when the customer comes, both go."""
    shop.hand_over(item("i1", "Mug"), invoice("1", "c9"))
    shop.push_all()
    assert shop.state("invoice", "1") == "waiting"
    assert shop.holds() == []

    impatient = shop.with_settings(PARENT_WAIT_SECONDS=0.0)
    with impatient.services.sessions.write() as session:
        row = session.get(type(shop.record("invoice", "1")), shop.record("invoice", "1").id)
        row.not_before = None
        session.add(row)
    impatient.push_all()
    assert shop.causes("invoice", "1") == [("missing_parent", "customer:Shop/c9")]
    assert shop.holds()[0].facts["refers_to"] == "customer"

    shop.hand_over(customer("c9", "Late Comer"))
    assert shop.state("invoice", "1") == "waiting"
    shop.push_all()
    assert shop.state("invoice", "1") == "posted"


def test_a_held_document_shows_its_customers_name_though_it_came_first(shop):
    """Not the external id it was handed over with."""
    shop.create("Vendor", DisplayName="Late Comer")
    shop.hand_over(item("i1", "Mug"), invoice("1", "c9"))
    shop.hand_over(customer("c9", "Late Comer"))
    shop.push_all()

    assert shop.state("invoice", "1") == "held"
    assert shop.record("invoice", "1").name == "Late Comer"


def test_a_waiting_document_goes_as_soon_as_its_customer_is_posted(shop):
    """The pause ends with the parent, not with the clock."""
    shop.hand_over(item("i1", "Mug"), invoice("1", "c9"))
    shop.push_all()
    shop.hand_over(customer("c9", "Late Comer"))

    shop.push_all()

    assert shop.state("invoice", "1") == "posted"


def test_an_unknown_sku_is_a_cause_of_its_own(stocked):
    """No item with this SKU: the mapping is missing, told by SKU; sending the item frees it."""
    stocked.hand_over(invoice("1", "c1", ("sku:NEW-9", 1, "5.00"), ("sku:MUG-2", 1, "2.00")))
    stocked.push_all()
    assert stocked.causes("invoice", "1") == [("item_not_mapped", "item:Shop/NEW-9")]

    stocked.hand_over(item("i9", "New Nine", sku="NEW-9"))
    stocked.push_all()

    assert stocked.state("invoice", "1") == "posted"


def test_one_bad_record_does_not_stop_the_others(stocked):
    """A refused document is held with QuickBooks' words; its neighbours are posted."""
    stocked.simulator.fault("code:2050", match={"entity": "Invoice", "operation": "create"})
    stocked.hand_over(invoice("1", "c1"))
    stocked.push_all()
    stocked.hand_over(invoice("2", "c1"), invoice("3", "c2"))
    stocked.push_all()

    [hold] = stocked.holds()
    assert hold.problem == "too_long"
    assert hold.subject == "invoice:Shop/1"
    assert hold.facts["code"] == "2050"
    assert hold.facts["intuit_tid"]
    assert hold.facts["record_type"] == "invoice"
    assert stocked.state("invoice", "2") == stocked.state("invoice", "3") == "posted"


def test_a_number_used_by_another_document_names_the_holder(stocked):
    """6140: the facts hold whose number it is."""
    stocked.create(
        "Invoice",
        DocNumber="77",
        CustomerRef={"value": qbo_id(stocked, "customer", "c2")},
        Line=[
            {
                "Amount": 1,
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": {"ItemRef": {"value": qbo_id(stocked, "item", "i1")}},
            }
        ],
    )
    stocked.hand_over(invoice("77", "c1"))
    stocked.push_all()

    [hold] = stocked.holds()
    assert hold.problem == "duplicate_document_number"
    assert hold.facts["holder_type"] == "Invoice"


def test_without_custom_numbers_our_number_goes_into_the_memo(stocked):
    """The company's setting decides; the number is not lost."""
    stocked.simulator.act(
        stocked.realm, "set_preference", data={"SalesFormsPrefs.CustomTxnNumbers": False}
    )
    stocked.hand_over(invoice("SHOP-77", "c1"))
    with stocked.services.sessions.write() as session:
        row = mirror.get(session, stocked.company_id, "Preferences", "1")
        if row is not None:
            session.delete(row)
    stocked.push_all()

    [posted] = stocked.books("Invoice")
    assert posted["DocNumber"] != "SHOP-77"
    assert "Number SHOP-77" in posted["PrivateNote"]


def test_a_total_quickbooks_makes_different_is_told_though_posted(stocked):
    """The record stays posted and a person hears of the difference."""
    stocked.hand_over(invoice("1", "c1"))
    record = stocked.record("invoice", "1")
    with stocked.services.sessions.write() as session:
        reply = {"Id": "99", "TotalAmt": Decimal("100.01"), "TxnTaxDetail": {"TotalTax": "0.01"}}
        record_outcome(
            session, record.id, Posted("Invoice", "99", reply), stocked.services.clock.now()
        )

    assert stocked.state("invoice", "1") == "posted"
    [hold] = stocked.holds("invoice", "1")
    assert hold.problem == "total_differs"
    assert (hold.facts["ours_total"], hold.facts["theirs_total"]) == ("100.00", "100.01")


@pytest.mark.parametrize("length", [3000, 3985, 4000])
def test_our_mark_fits_behind_a_memo_that_fits(stocked, length):
    """A memo within QuickBooks' limit never holds its record: its words give way to the mark."""
    memo = "m" * length
    stocked.hand_over(invoice("1", "c1", memo=memo), payment("p1", "c1", "9.00", memo=memo))
    stocked.push_all()

    assert stocked.holds() == []
    for entity, external_id in (("Invoice", "1"), ("Payment", "p1")):
        [posted] = stocked.books(entity)
        mark = f" [sync:Shop:{external_id}]"
        words = posted["PrivateNote"].removesuffix(mark)
        assert posted["PrivateNote"].endswith(mark)
        assert words == memo or (words.endswith("…") and memo.startswith(words[:-1]))
        assert len(posted["PrivateNote"]) == min(4000, length + len(mark))


def test_a_memo_over_the_limit_holds_its_record(stocked):
    """What the source itself says too long is not cut behind anybody's back."""
    stocked.hand_over(invoice("1", "c1", memo="m" * 4001))
    stocked.push_all()

    assert [hold.problem for hold in stocked.holds()] == ["too_long"]
    assert stocked.books("Invoice") == []


@pytest.mark.parametrize("length", [1999, 2000])
def test_notes_that_fit_keep_our_mark(shop, length):
    """A customer is found again by the mark in its notes, however long the notes are."""
    shop.hand_over(customer("c1", "Jane Doe", notes="n" * length))
    shop.push_all()

    [posted] = shop.books("Customer")
    assert posted["Notes"].endswith("…\n[sync:Shop:c1]")
    assert len(posted["Notes"]) == 2000
