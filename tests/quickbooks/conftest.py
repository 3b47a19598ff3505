"""The simulator for these tests."""

from tests.quickbooks.simulator import bench, settings, simulator

__all__ = ["bench", "settings", "simulator"]
