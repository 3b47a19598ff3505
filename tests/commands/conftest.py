"""The same front door as tests/dispatch."""

from tests.dispatch.conftest import bot, slack

__all__ = ["bot", "slack"]
