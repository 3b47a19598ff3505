"""A shop connected to a fresh company of the simulator."""

import pytest

from tests.quickbooks.simulator import bench, settings, simulator
from tests.sync.shop import open_shop

__all__ = ["bench", "settings", "simulator"]


@pytest.fixture
def shop(bench):
    """A shop with nothing handed over yet."""
    return open_shop(bench)
