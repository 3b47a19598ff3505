"""A house on a fresh company of the simulator, with Jane Doe and two items in QuickBooks."""

from tests.quickbooks.simulator import bench, settings, simulator
from tests.work.conftest import house

__all__ = ["bench", "house", "settings", "simulator"]
