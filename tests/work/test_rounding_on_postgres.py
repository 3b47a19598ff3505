"""The rounding line on PostgreSQL: what is due is found by the note of the difference."""

import pytest

from tests.quickbooks.simulator import connected_bench
from tests.sync.shop import customer, item, payment
from tests.work.house import open_house
from tests.work.test_rounding import choose, sale, state_of, taxing

__all__ = ["taxing"]
pytestmark = [pytest.mark.postgres, pytest.mark.long]


@pytest.fixture
def house(simulator, settings, tmp_path, postgres_url, request):
    """A house whose bot keeps its rows on PostgreSQL."""
    on_postgres = settings.model_copy(update={"DATABASE_URL": postgres_url})
    with connected_bench(simulator, on_postgres, tmp_path, request.node.name) as made:
        opened = open_house(made)
        opened.shop.hand_over(
            customer("c1", "Jane Doe"), item("i1", "Blue Mug"), item("i2", "Red Mug")
        )
        opened.shop.push_all()
        yield opened


def test_the_line_is_there_before_its_payment(taxing):
    """Balance 0.00, the tax as QuickBooks has it, no alert."""
    choose(taxing)
    taxing.shop.hand_over(sale(), payment("p1", "c1", "2.03", "1001"))
    taxing.sync()

    assert state_of(taxing) == (2.03, 0.16, 0)
    assert taxing.incidents() == []
