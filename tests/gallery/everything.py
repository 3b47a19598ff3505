"""All that the bot can show, in the order of the page."""

from tests.dispatch.slack_world import Bot
from tests.gallery import answers, messages, views
from tests.gallery.place import filled
from tests.gallery.shown import Shown


def everything(bot: Bot, worst: int | None = None) -> list[Shown]:
    """Fill the place and draw it all; `worst`: as `messages.every` takes it."""
    filled(bot)
    return [*messages.every(bot, worst), *answers.every(bot), *views.every(bot)]
