"""Time and local jobs in: the clock becomes nudges, and one machine's job runner."""

from bot.scheduler.inline import InlineQueue
from bot.scheduler.local import JobTable, LocalQueue
from bot.scheduler.ticks import Ticks

__all__ = ["InlineQueue", "JobTable", "LocalQueue", "Ticks"]
