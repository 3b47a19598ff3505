"""The simulator's clock: real time plus an offset that the control API moves."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


class Clock:
    """Tells the simulated time; moving it changes nobody else's clock."""

    def __init__(self, start: datetime | None = None) -> None:
        self.offset = 0.0
        if start is not None:
            self.set(start)

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.fromtimestamp(time.time() + self.offset, tz=UTC)

    def set(self, moment: datetime) -> None:
        """Jump to `moment` (aware); time then runs on from there."""
        self.offset = moment.timestamp() - time.time()

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self.offset += seconds

    def today(self, zone: ZoneInfo = PACIFIC) -> date:
        """The company's day."""
        return self.now().astimezone(zone).date()


def stamp(moment: datetime) -> str:
    """MetaData form: seconds, with the Pacific offset QuickBooks uses whatever the company."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def reply_time(moment: datetime) -> str:
    """The `time` of a reply: milliseconds, with the Pacific offset."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def parse_moment(text: str) -> datetime:
    """ISO date or date-time; without an offset it is Pacific. Raises ValueError."""
    moment = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text.strip())
    return moment.replace(tzinfo=PACIFIC) if moment.tzinfo is None else moment


def days(count: float) -> timedelta:
    """A span of days."""
    return timedelta(days=count)
