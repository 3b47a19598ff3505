"""A house on a fresh company of the simulator, with a customer and two items in its books."""

from tests.quickbooks.simulator import bench, settings, simulator
from tests.work.conftest import house

__all__ = ["bench", "house", "settings", "simulator"]
