"""The services of a process that delivers, made from a file; made to be killed."""

import json
import sys
from pathlib import Path

from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, make_engine
from bot.outgoing import delivering
from bot.services import Services
from tests.sync.shop import Nudges


def office(file):
    """What delivering needs."""
    settings = Settings.from_mapping(json.loads(Path(file).read_text()))
    clock = Clock()
    return Services(
        settings=settings,
        sessions=Sessions(make_engine(settings.DATABASE_URL), clock),
        quickbooks=None,
        slack=None,
        queue=Nudges(),
        knowledge=None,
        render=None,
        clock=clock,
        access=None,
        buttons={},
        holder="killed",
    )


if __name__ == "__main__":
    delivering.deliver(office(sys.argv[1]), int(sys.argv[2]))
