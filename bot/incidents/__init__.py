"""Incidents: findings followed over time, each with one Slack message."""

from bot.incidents import exceptions
from bot.incidents.claiming import claim, snooze, wake, wake_due
from bot.incidents.delivery import deliver, sweep_deliveries
from bot.incidents.imports import take_in
from bot.incidents.lifecycle import observe
from bot.incidents.message import Message, build
from bot.incidents.rows import nudge
from bot.incidents.working import answer_ask, ask, begin_work, finish, progress, say

__all__ = [
    "Message",
    "answer_ask",
    "ask",
    "begin_work",
    "build",
    "claim",
    "deliver",
    "exceptions",
    "finish",
    "nudge",
    "observe",
    "progress",
    "say",
    "snooze",
    "sweep_deliveries",
    "take_in",
    "wake",
    "wake_due",
]
