"""A company of the simulator in bad weather."""

from tests.quickbooks.simulator import bench, settings, simulator

__all__ = ["bench", "settings", "simulator"]
