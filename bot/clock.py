"""The one source of the present time, always aware UTC; tests move it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """Tells the time. Tests and simulators use `ShiftedClock`-like subclasses or time-machine."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return datetime.now(UTC)  # noqa: TID251  the clock itself

    def today(self, time_zone: str) -> date:
        """Return the calendar day in the company's IANA `time_zone` (accounting.md rule 14)."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()
