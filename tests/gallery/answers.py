"""Every answer to a command: alone, with words it knows, with words it does not, and its help."""

from collections.abc import Iterator

from bot.dispatch import answers
from bot.dispatch.door import by_name
from bot.dispatch.reply import Reply
from bot.errors import BotError
from bot.models import CommandRun
from commands import ALL_COMMANDS
from tests.dispatch.slack_world import Bot
from tests.gallery.extremes import NAMES
from tests.gallery.shown import MESSAGE, Shown

COMMANDS = by_name(ALL_COMMANDS)
WORDS = ("", "jane doe", "1042", "invoice 1042", "blue ridge", "xyzzy plugh")
# What these do is done by jobs; their answers come in several messages (tests/commands).
UNDER_WAY = frozenset({"/qb-check", "/qb-sync-now"})


def every(bot: Bot) -> Iterator[Shown]:
    """What each command answers an admin and a guest in the company's channel and elsewhere."""
    for command in ALL_COMMANDS:
        usage = answers.usage(command)
        yield Shown(command.name, "help", MESSAGE, usage.blocks, usage.text)
        worst = {f"the name: {name}": words for name, words in NAMES.items() if words}
        for name, text in {**{f"“{text}”": text for text in WORDS}, **worst}.items():
            for who, channel in (("admin", "general"), ("guest", "books-harbor-foods")):
                reply = _answer(bot, command.name, text, who, channel)
                if reply is not None:
                    label = f"{name}, {who}"
                    yield Shown(command.name, label, MESSAGE, reply.blocks, reply.text)


def _answer(bot: Bot, command: str, text: str, who: str, channel: str) -> Reply | None:
    """The answer as a person would get it; None for one that only begins something."""
    if command in UNDER_WAY and who == "admin" and text in WORDS[:-1]:
        return None
    run = CommandRun(
        id=10_000,
        user_id=bot.slack.users[who],
        channel_id=bot.slack.channels[channel],
        command=command,
        text=text,
        created_at=bot.services.clock.now(),
    )
    try:
        call = answers.call_of(bot.services, COMMANDS, COMMANDS[command], run, text)
        return COMMANDS[command].run(bot.services, call)
    except BotError as error:
        return Reply.say(error.message)
