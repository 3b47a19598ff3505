"""All that the bot can show, in the order of the page."""

from tests.dispatch.slack_world import Bot
from tests.gallery import answers, messages, views
from tests.gallery.place import filled
from tests.gallery.shown import Shown


def everything(bot: Bot) -> list[Shown]:
    """Fill the place and draw it all."""
    filled(bot)
    return [*messages.every(bot), *answers.every(bot), *views.every(bot)]
