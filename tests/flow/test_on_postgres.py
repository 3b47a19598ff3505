"""Two ways on PostgreSQL: what somebody changed there is found, asked about, and written back."""

import pytest

from tests.flow.test_changed_in_the_source import hand_over
from tests.flow.words import BOTH, DRIFT, book, buyer, edit, posted
from tests.quickbooks.simulator import connected_bench
from tests.sync.shop import customer, invoice, item
from tests.work.house import open_house

pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture
def house(simulator, settings, tmp_path, postgres_url, request):
    """A house whose bot keeps its rows on PostgreSQL."""
    on_postgres = settings.model_copy(update={"DATABASE_URL": postgres_url})
    with connected_bench(simulator, on_postgres, tmp_path, request.node.name) as made:
        opened = open_house(made)
        opened.shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Blue Mug", sku="M-1"))
        opened.shop.push_all()
        yield opened


def test_both_directions(house):
    """An edit there is asked about and put back; a change of the source is written or asked."""
    posted(house, invoice("1001", "c1"))
    edit(house, "Invoice", book(house)["Id"], TxnDate="2026-11-20")
    alert = house.mend(house.incident(DRIFT), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert book(house)["TxnDate"] == "2026-11-12"

    hand_over(house, customer("c1", "Jane Roe", phone="555-0100"))
    assert buyer(house)["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    alert = house.mend(house.incident(BOTH), "accept_theirs")
    assert alert.state == "resolved", house.ending(alert)
    house.capture()
    assert house.shop.holds() == []
