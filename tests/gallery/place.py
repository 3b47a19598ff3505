"""A bot with every kind of row, in front of a real Slack simulator, from which all is drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import incidents
from bot.domain import EVERYTHING, Finding, RecordState
from bot.models import ImportRun
from tests.dispatch.slack_world import Bot, running, simulator
from tests.incidents.facts import facts_of

COMMAND = "/qb-help"
MANY_ALIKE = 8


@contextmanager
def place(folder: Path) -> Iterator[Bot]:
    """The bot and its workspace."""
    folder.mkdir(parents=True, exist_ok=True)
    with simulator(folder / "slack.log") as slack, running(slack, folder) as bot:
        yield bot


def filled(bot: Bot) -> None:
    """Open alerts of several kinds, storms, records that wait, are held and posted, an import."""
    company_id = bot.harbor.id or 0
    for problem in ("inactive_record", "item_not_mapped", "missing_parent"):
        found = [
            Finding(problem, f"subject:{number}", facts_of(problem)) for number in range(MANY_ALIKE)
        ]
        incidents.observe(bot.services, company_id, problem, found, EVERYTHING)
    alert = bot.incident(bot.harbor, "same_party", facts=facts_of("same_party"))
    lost = facts_of("connection_lost")
    bot.incident(bot.ridge, "connection_lost", subject="connection", facts=lost)
    for number in range(5):
        held = bot.record(
            bot.harbor,
            number=str(1040 + number),
            name="Jane Doe",
            amount="420.00",
            state=RecordState.HELD,
        )
        bot.hold(held, alert)
        bot.record(bot.harbor, number=str(2040 + number), name="John Roe", amount="99.50")
    bot.record(bot.ridge, number="77", name="Ann Poe", amount="12.00")
    _import(bot, 40)


def _import(bot: Bot, refused: int) -> None:
    now = bot.services.clock.now()
    bot.add(
        ImportRun(
            company_id=bot.harbor.id or 0,
            source_id=bot.source(bot.harbor).id or 0,
            file="web-shop-export.csv",
            requested_by=bot.slack.users["operator"],
            channel_id=bot.harbor.channel_id,
            accepted=1_960,
            refused_count=refused,
            refused=[
                {"line": 10 + number, "external_id": f"o{number}", "reason": "No amount is given."}
                for number in range(refused)
            ],
            started_at=now,
            taken_at=now,
            finished_at=now,
        )
    )
