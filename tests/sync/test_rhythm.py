"""Silence is told against the weeks before: never for a night or a weekend, silent as ever."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.models import SourceRhythm
from bot.sync import rhythm
from tests.clocks import LaterClock

NEW_YORK = "America/New_York"
# A Monday; five weeks follow, over the end of summer time on 11/01.
MONDAY = datetime(2026, 10, 12, tzinfo=ZoneInfo(NEW_YORK))


def office(weeks=5, days=5, hours=range(9, 17), until=None):
    """What a source that hands over at office hours leaves behind."""
    row = SourceRhythm(source_id=1, last_at=MONDAY)
    for week in range(weeks):
        for day in range(days):
            for hour in hours:
                at = MONDAY + timedelta(weeks=week, days=day, hours=hour, minutes=20)
                if until is not None and at > until:
                    return row
                key = str(day * 24 + hour)
                number = (at.date().toordinal() - 1) // 7
                row.hours[key] = sorted({*row.hours.get(key, ()), number})
                row.last_at = at.astimezone(UTC)
    return row


def at(week, day, hour):
    return (MONDAY + timedelta(weeks=week, days=day, hours=hour)).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        (at(4, 4, 20), 0),  # Friday evening
        (at(4, 6, 12), 0),  # Sunday
        (at(5, 0, 9), 0),  # Monday, before anything is usual
        (at(5, 0, 11), 2),
        (at(5, 0, 13), 4),
        (at(5, 1, 13), 12),
        (at(9, 0, 13), 84),  # a month later it has not become usual; two weeks are counted
    ],
)
def test_only_hours_that_usually_bring_something_count(now, hours):
    """Nights and weekends pass unnoticed; a morning of nothing does not."""
    found = rhythm.missed(office(), NEW_YORK, now)

    assert min(found, 80) == min(hours, 80)


def test_two_weeks_are_too_few_to_know_what_is_usual():
    """A new source is left alone."""
    assert rhythm.missed(office(weeks=2), NEW_YORK, at(2, 3, 12)) == 0


def test_one_busy_week_is_no_habit():
    """What came at an hour once or twice in a month is not missed."""
    row = office(weeks=4)
    row.hours["130"] = [row.hours["9"][0], row.hours["9"][1]]

    assert rhythm.missed(row, NEW_YORK, at(4, 0, 8)) == 0


def test_a_nightly_source_is_silent_after_four_nights():
    """One hour a day: each night counts once."""
    row = office(days=7, hours=(2,))

    assert rhythm.missed(row, NEW_YORK, at(5, 2, 12)) == 3
    assert rhythm.missed(row, NEW_YORK, at(5, 3, 12)) == 4


def test_handing_over_is_noted_in_the_companys_own_hours(shop):
    """At most twice a minute, and what is older than four weeks is forgotten."""
    clock = LaterClock()
    object.__setattr__(shop.services, "clock", clock)
    for _ in range(2):
        rhythm.handed_over(shop.services, shop.source_id, NEW_YORK)
    [row] = shop.all(SourceRhythm)
    local = clock.now().astimezone(ZoneInfo(NEW_YORK))
    assert list(row.hours) == [str(local.weekday() * 24 + local.hour)]

    clock.skip(weeks=6, hours=1)
    rhythm.handed_over(shop.services, shop.source_id, NEW_YORK)
    [row] = shop.all(SourceRhythm)
    assert len(row.hours) == 1
    assert clock.now() - row.last_at < timedelta(seconds=10)
