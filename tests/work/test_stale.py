"""Somebody saves the record while a fix writes to it: tried once more, or told and left alone."""

import pytest

from tests.work.test_no_way_in import UPDATE, waiting_for_jane


def test_a_change_beside_ours_is_kept_and_ours_made_once_more(house):
    """5010 with another field changed: read again, the same change, nothing said of it."""
    incident = waiting_for_jane(house)
    house.shop.simulator.fault("code:5010", match=UPDATE)

    after = house.mend(incident, "reactivate")

    assert after.state == "resolved"
    assert house.shop.books("Customer")[0]["Active"] is True


def test_twice_in_a_row_is_told(house):
    """Changed again at the second try: nothing is forced, the alert is open as before."""
    incident = waiting_for_jane(house)
    house.shop.simulator.fault("code:5010", times=2, match=UPDATE)

    after = house.mend(incident, "reactivate")

    assert after.state == "open"
    assert "Somebody is changing this record" in house.ending(incident)
    assert house.shop.books("Customer")[0]["Active"] is False


@pytest.mark.parametrize("said", ["The account period has closed", "Accounting period closed"])
def test_the_same_code_for_closed_books_is_not_tried_again(house, said):
    """QuickBooks has used 5010 for a closed period too: the text is read first."""
    incident = waiting_for_jane(house)
    house.shop.simulator.fault("code:5010", match=UPDATE, detail=f"Stale Object Error : {said}.")

    after = house.mend(incident, "reactivate")

    assert after.state == "open"
    assert "closed" in house.ending(incident)
