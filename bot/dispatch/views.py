"""The modals that every door needs: loading, and a notice."""

from bot.dispatch.reply import line
from bot.domain import Payload
from bot.render import Text, to_slack
from bot.slack import blocks


def loading(title: str) -> Payload:
    """A modal that is filled in a moment; it opens while the trigger id lives."""
    return notice(title, "Reading QuickBooks …")


def notice(title: str, words: str | Text) -> Payload:
    """A modal that only says something."""
    text = line(words) if isinstance(words, str) else words
    return blocks.modal(title=title, blocks=to_slack(text), close="Close")
