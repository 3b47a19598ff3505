"""Everything the bot works with, in one frozen value made by app.py."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.access import Access
from bot.clock import Clock
from bot.config import Settings
from bot.db import Sessions
from bot.domain import JsonValue
from bot.jobs import JobQueue
from bot.knowledge import Knowledge
from bot.quickbooks import QuickBooks
from bot.render import Renderer
from bot.slack import Slack

_OF_THE_ALERT = re.compile(r"( and post)? ?\{\w+\}")


@dataclass(frozen=True)
class FixButton:
    """What a message needs to know of a fix (the incidents layer stands below the fixes)."""

    name: str
    label: str
    agreed: Callable[[Mapping[str, JsonValue]], bool]
    offered: Callable[[Mapping[str, JsonValue]], bool] = lambda _facts: True

    @property
    def short(self) -> str:
        """What is written on it, without what depends on the alert it stands under."""
        return _OF_THE_ALERT.sub("", self.label).rstrip("…")


@dataclass(frozen=True)
class Services:
    """Handed to every job, check, fix and command."""

    settings: Settings
    sessions: Sessions
    quickbooks: QuickBooks
    slack: Slack
    queue: JobQueue
    knowledge: Knowledge
    render: Renderer
    clock: Clock
    access: Access
    buttons: Mapping[str, FixButton]
    holder: str
