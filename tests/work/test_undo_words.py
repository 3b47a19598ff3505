"""A preview says of undoing only what is true for this kind of record."""

import pytest

from bot.fixes import engine, undo_words
from tests.sync.shop import customer, invoice


def inactive(house, entity, type, external_id, *numbers):
    """Inactive in QuickBooks with one invoice per number waiting; its alert."""
    qbo_id = house.shop.record(type, external_id).qbo_id
    house.shop.act("deactivate", entity, qbo_id)
    house.shop.hand_over(*(invoice(number, "c1") for number in numbers))
    house.sync()
    return house.incident("inactive_record", f"{entity}:{qbo_id}")


def test_an_item_has_no_balance(house):
    """Neither what is undone nor what is left behind speaks of one; this item has no stock."""
    _, words = house.preview(inactive(house, "Item", "item", "i1", "1"), "reactivate")

    assert "It can be made inactive again at any time." in words
    assert "void or credit each document in QuickBooks" in words
    assert "balance" not in words
    assert "stock" not in words


def test_a_customer_goes_back_at_balance_zero(house):
    """The balance is named; no entry was made when this one, without a balance, was set so."""
    _, words = house.preview(inactive(house, "Customer", "customer", "c1", "1"), "reactivate")

    assert "It can be made inactive again while its balance is zero." in words
    assert "QuickBooks made no balancing entries when it was made inactive" in words
    assert "stock" not in words


@pytest.mark.parametrize(
    ("entity", "found", "said"),
    [
        ("Item", {"Type": "Inventory"}, "while its quantity on hand is zero."),
        ("Item", {"Type": "Service"}, "at any time."),
        ("Vendor", {}, "while its balance is zero."),
        ("Account", {}, "while its balance is zero."),
    ],
)
def test_without_documents_only_the_record_is_spoken_of(entity, found, said):
    """Nothing is posted, so nothing has to be voided."""
    told = undo_words.of_reactivation(entity, found, 0)

    assert told == f"It can be made inactive again {said}"


def a_vendors_name(house, *numbers):
    """A customer whose name a vendor has, with one invoice per number waiting; its alert."""
    house.shop.create("Vendor", DisplayName="Paper Mill")
    house.shop.hand_over(
        customer("c2", "Paper Mill"), *(invoice(number, "c2") for number in numbers)
    )
    house.sync()
    return house.incident("name_on_other_list")


def test_a_customer_the_fix_makes_is_taken_back_only_without_documents(house):
    """Documents first; none waiting: it can be made inactive, and is never deleted."""
    incident = a_vendors_name(house)
    _, words = house.preview(incident, "rename_ours")
    assert "can be made inactive in QuickBooks while no document is posted for it" in words

    house.shop.hand_over(invoice("1", "c2"))
    house.sync()
    _, words = house.preview(house.again(incident), "rename_ours")
    assert "Not while documents are posted for the new customer" in words


def test_the_story_speaks_plainly(house):
    """What was created, and whom it is used for."""
    incident = a_vendors_name(house, "1")
    house.mend(incident, "rename_ours")

    lines = [line["text"] for line in house.again(incident).story["lines"]]
    created, linked = lines
    name = created.removesuffix(" created ✔")
    assert name.startswith("Paper Mill")
    assert linked == f"{name} is used for “Paper Mill” from now on ✔"


def test_a_preview_of_something_settled_meanwhile_has_nothing_to_correct(house):
    """The answer is final: no form again, whatever was typed."""
    incident = a_vendors_name(house, "1")
    prepared, _ = house.preview(incident, "rename_ours")
    house.mend(incident, "rename_ours")

    answer = engine.confirm(house.services, prepared.run_id, "U0DANA", {"name": "Mill Shop"})
    assert isinstance(answer, engine.Refused)
    assert "already fixed" in answer.sentence
    assert not answer.correctable
