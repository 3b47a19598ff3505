"""The simulator, and just enough services for the mirror."""

from types import SimpleNamespace

import pytest

from tests.quickbooks.simulator import bench, settings, simulator

__all__ = ["bench", "services", "settings", "simulator"]


@pytest.fixture
def services(bench):
    """What the mirror uses of the services."""
    return SimpleNamespace(
        sessions=bench.sessions,
        clock=bench.clock,
        quickbooks=bench.quickbooks,
        settings=bench.settings,
        holder="tests",
    )
