"""Signs of life: when a company's sync last came to its end, and when a source hands over."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.models import SourceRhythm, SyncMark
from bot.services import Services

# Rows are written this often at most.
_FRESH = timedelta(seconds=30)
# An hour of the week is usual when something came in it in three of the last four weeks.
WEEKS, USUAL_WEEKS = 4, 3
_HOUR = timedelta(hours=1)
_DAY_HOURS, _WEEK_DAYS = 24, 7
# Silence is measured over so many hours at most; who is silent longer has missed enough.
_MOST_HOURS = 14 * _DAY_HOURS


def came_through(services: Services, company_id: int) -> None:
    """Note that a slice of a company's sync came to its end, whatever it found."""
    now = services.clock.now()
    with services.sessions.read() as session:
        known = session.get(SyncMark, company_id)
    if known is not None and timedelta() <= now - known.last_good_at < _FRESH:
        return
    with services.sessions.write() as session:
        row = session.get(SyncMark, company_id)
        row = row or SyncMark(company_id=company_id, last_good_at=now)
        row.last_good_at = now
        session.add(row)


def handed_over(services: Services, source_id: int, time_zone: str) -> None:
    """Note that a source handed something over just now."""
    now = services.clock.now()
    with services.sessions.read() as session:
        known = session.get(SourceRhythm, source_id)
    if known is not None and timedelta() <= now - known.last_at < _FRESH:
        return
    hour, week = _hour_of(now, time_zone)
    with services.sessions.write() as session:
        row = session.get(SourceRhythm, source_id) or SourceRhythm(source_id=source_id, last_at=now)
        kept = {
            key: fresh
            for key, weeks in row.hours.items()
            if (fresh := [one for one in weeks if one >= week - WEEKS])
        }
        kept[str(hour)] = sorted({*kept.get(str(hour), ()), week})
        row.hours, row.last_at = kept, now
        session.add(row)


def missed(row: SourceRhythm, time_zone: str, now: datetime) -> int:
    """How many whole hours since its last hand-over usually bring something.

    What is usual is told by the weeks up to its last one: a long silence does not become usual.
    """
    _, week = _hour_of(row.last_at, time_zone)
    usual = {
        int(key)
        for key, weeks in row.hours.items()
        if len([one for one in weeks if week - WEEKS <= one <= week]) >= USUAL_WEEKS
    }
    begin = row.last_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _HOUR
    whole = min(int((now - begin) / _HOUR), _MOST_HOURS)
    passed = (begin + n * _HOUR for n in range(max(0, whole)))
    return sum(_hour_of(one, time_zone)[0] in usual for one in passed)


def last_good(session: Session, company_id: int) -> datetime | None:
    """When a slice of a company's sync last came to its end."""
    row = session.get(SyncMark, company_id)
    return row.last_good_at if row else None


def _hour_of(moment: datetime, time_zone: str) -> tuple[int, int]:
    """The hour of the company's week, and the week."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return local.weekday() * _DAY_HOURS + local.hour, _week(local.date())


def _week(day: date) -> int:
    return (day.toordinal() - 1) // _WEEK_DAYS
