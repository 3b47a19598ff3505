"""The house of the bot's jobs, for fixes."""

from tests.work.conftest import bench, house, settings, simulator

__all__ = ["bench", "house", "settings", "simulator"]
