"""Incidents: findings followed over time, each with one Slack message."""

from bot.incidents.delivery import deliver, sweep_deliveries
from bot.incidents.lifecycle import observe
from bot.incidents.message import Message, build
from bot.incidents.rows import nudge
from bot.incidents.working import begin_work, finish, progress, say

__all__ = [
    "Message",
    "begin_work",
    "build",
    "deliver",
    "finish",
    "nudge",
    "observe",
    "progress",
    "say",
    "sweep_deliveries",
]
