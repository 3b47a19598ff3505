"""A house on a fresh company of the simulator."""

import pytest

from tests.quickbooks.simulator import bench, settings, simulator
from tests.sync.shop import customer, item
from tests.work.house import open_house

__all__ = ["bench", "settings", "simulator"]


@pytest.fixture
def house(bench):
    """Jane Doe and two items are in QuickBooks already."""
    made = open_house(bench)
    made.shop.hand_over(
        customer("c1", "Jane Doe"), item("i1", "Blue Mug", sku="M-1"), item("i2", "Red Mug")
    )
    made.shop.push_all()
    return made
