"""Jobs of a fleet: Procrastinate on PostgreSQL, behind the same queue, on many machines."""

from bot.fleet.handing import Handover
from bot.fleet.overview import overview
from bot.fleet.queue import FleetQueue
from bot.fleet.schema import prepare

__all__ = ["FleetQueue", "Handover", "overview", "prepare"]
