"""The same web edge as tests/web."""

from tests.web.conftest import edge, more_settings, quickbooks

__all__ = ["edge", "more_settings", "quickbooks"]
