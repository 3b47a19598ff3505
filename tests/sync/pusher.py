"""A bot process that pushes one company's records until nothing waits; made to be killed."""

import json
import sys
from pathlib import Path

from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions, leases, make_engine
from bot.quickbooks import QuickBooks
from bot.services import Services
from bot.sync import push
from tests.sync.shop import Nudges
from tests.words import knowledge


def main(settings_file, company_id):
    """Take the lease over, as a new run does, and push slice after slice."""
    settings = Settings.from_mapping(json.loads(Path(settings_file).read_text()))
    sessions = Sessions(make_engine(settings.DATABASE_URL))
    clock = Clock()
    leases.take_over_all(sessions, clock)
    services = Services(
        settings=settings,
        sessions=sessions,
        quickbooks=QuickBooks(settings, sessions, clock),
        slack=None,
        queue=Nudges(),
        knowledge=knowledge(),
        render=None,
        clock=clock,
        access=None,
        buttons={},
        holder="pusher",
    )
    with leases.company_lease(sessions, clock, company_id, "pusher") as held:
        while True:
            report = push.push_slice(services, company_id, held)
            if report.stopped is not None or not report.waiting:
                return 0 if report.stopped is None else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
