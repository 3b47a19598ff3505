"""Loaded by pytest beside python-quickbooks' own tests: the addresses, from outside."""

import os

import pytest
from intuitlib.config import DISCOVERY_URL
from quickbooks.client import QuickBooks


def pytest_configure(config: pytest.Config) -> None:
    """Point the library to the addresses of the environment; nothing else is touched."""
    DISCOVERY_URL["sandbox"] = os.environ["QBO_DISCOVERY_URL"]  # noqa: TID251  the test harness
    address = os.environ["QBO_API_URL"]  # noqa: TID251  the test harness
    QuickBooks.api_url_v3 = QuickBooks.sandbox_api_url_v3 = address
    config.addinivalue_line("filterwarnings", "ignore::DeprecationWarning")
