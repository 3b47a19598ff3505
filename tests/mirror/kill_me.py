"""Reads a company in a process of its own, to be killed in the middle: `python -m … < settings`."""

import json
import sys
from types import SimpleNamespace

from bot import mirror
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine
from bot.quickbooks import QuickBooks


def main():
    """Load company 1 with the settings from standard input."""
    settings = Settings.from_mapping(json.loads(sys.stdin.read()))
    sessions, clock = Sessions(make_engine(settings.DATABASE_URL)), Clock()
    quickbooks = QuickBooks(settings, sessions, clock)
    services = SimpleNamespace(
        settings=settings,
        sessions=sessions,
        clock=clock,
        quickbooks=quickbooks,
        holder="killed",
    )
    mirror.load(services, 1)


if __name__ == "__main__":
    main()
