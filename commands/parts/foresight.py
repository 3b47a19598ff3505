"""What would become of everything that waits, for an answer in Slack: `/qb-check next`."""

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, bullets, line, strong
from bot.incidents import outlook as told
from bot.render import Text
from bot.services import Services
from bot.sync.preflight.waiting import outlook
from commands.parts.asked import plain, vocabulary

WORDS = vocabulary("next preflight foresee ahead")
_MOST_LINES = 10


def is_asked(text: str) -> bool:
    """Whether somebody asks for what is to come, and not for what is wrong by now."""
    return any(plain(word) in WORDS for word in text.split())


def answer(services: Services, call: Call) -> Reply:
    """Foresee it at each company the person means; asks QuickBooks nothing and changes nothing."""
    parts: list[Text] = []
    for company in call.companies:
        found = outlook(services, company.id or 0)
        parts.append(line(strong(company.name), f" · {told.summary(found)}"))
        for heading, lines in told.reasons(services, found):
            more = len(lines) - _MOST_LINES
            shown = [*lines[:_MOST_LINES], *([f"and {more:,} more"] if more > 0 else [])]
            parts += [line(f"{heading}:"), bullets(*shown)]
    parts.append(line("Nothing was posted or held; it is what I know of QuickBooks by now."))
    return Reply(tuple(parts))
