"""The one source of the present time, always aware UTC; tests move it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """Tells the time; tests put a subclass in its place."""

    def now(self) -> datetime:
        """Return the present moment as an aware UTC datetime."""
        return datetime.now(UTC)  # noqa: TID251  the clock itself

    def today(self, time_zone: str) -> date:
        """Return the calendar day in the company's IANA `time_zone` (accounting.md rule 14)."""
        return self.now().astimezone(ZoneInfo(time_zone)).date()


def in_utc(moment: datetime) -> datetime | None:
    """Give what somebody else says of time in UTC; without its offset it is taken as UTC.

    None: the moment exists in no calendar but their own (year 1 or 9999, with an offset).
    """
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    try:
        return aware.astimezone(UTC)
    except (OverflowError, ValueError):
        return None
