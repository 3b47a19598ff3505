"""The contract of a source that is read: nothing lost, nothing twice, whatever happens to it.

A kind is tried through a `Feed`: something that puts records where the kind reads them.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlmodel import select

from bot.models import Record, SourceSetup
from bot.sources import pulling
from bot.sources.pulling import Pulled
from bot.sync import intake


class Feed(Protocol):
    """Where a kind reads: records are put there, good and bad ones."""

    kind: str

    def options(self) -> dict:
        """The options of the kind, as a person declares them."""

    def put(self, first: int, count: int, *, bad: int | None = None) -> None:
        """Put customers c<first>… there; `bad` is one without a name."""

    def settle(self) -> int:
        """How many looks the kind takes until it reads what was put."""


@dataclass
class House:
    """A company with one source that is read from a feed."""

    services: object
    source_id: int
    feed: Feed

    def pull(self):
        """Look as often as the kind needs; what all these looks brought."""
        every = Pulled()
        for _ in range(self.feed.settle()):
            one = pulling.pull(self.services, self.source_id)
            every.accepted += one.accepted
            every.updated += one.updated
            every.unchanged += one.unchanged
            every.refused += one.refused
            every.problem = one.problem
        return every

    def ids(self):
        """The external ids that came in, each as often as it did."""
        with self.services.sessions.read() as session:
            return sorted(session.exec(select(Record.external_id)))

    def setup(self):
        """The row that says how far it is read."""
        with self.services.sessions.read() as session:
            return session.get(SourceSetup, self.source_id)


def _ids(first, count):
    return sorted(f"c{number}" for number in range(first, first + count))


def reads_each_record_once(house: House, monkeypatch):
    """Two looks at the same: the second brings nothing new."""
    house.feed.put(1, 5)
    first, second = house.pull(), house.pull()

    assert (first.accepted, first.problem) == (5, "")
    assert (second.accepted, second.updated, second.problem) == (0, 0, "")
    assert house.ids() == _ids(1, 5)


def reads_what_came_since(house: House, monkeypatch):
    """From where it was, not from the beginning, and without a gap."""
    house.feed.put(1, 5)
    house.pull()
    house.feed.put(6, 5)

    assert house.pull().accepted == 5
    assert house.ids() == _ids(1, 10)


def survives_a_kill_before_the_cursor_is_kept(house: House, monkeypatch):
    """What was taken in is read again and changes nothing; the rest follows."""

    class Killed(BaseException):
        """A kill -9 of this very moment."""

    def killed(*args, **kwargs):
        intake.accept(*args, **kwargs)
        raise Killed

    house.feed.put(1, 5)
    with monkeypatch.context() as patched:
        patched.setattr(pulling, "accept", killed)
        with contextlib.suppress(Killed):
            house.pull()
    house.feed.put(6, 2)
    found = house.pull()

    assert found.problem == ""
    assert house.ids() == _ids(1, 7)


def a_bad_record_stops_nothing(house: House, monkeypatch):
    """It is refused with its reason; those around it are in, and the cursor moves on."""
    house.feed.put(1, 5, bad=3)
    found = house.pull()
    again = house.pull()

    assert len(found.refused) == 1
    assert "name" in found.refused[0]
    assert [one for one in house.ids() if one != "c3"] == ["c1", "c2", "c4", "c5"]
    assert again.accepted == 0


def the_cursor_moves_only_after_the_records_are_in(house: House, monkeypatch):
    """When taking in fails, the same is read at the next look."""

    class Broken(Exception):
        """The database of the bot is away."""

    def broken(*args, **kwargs):
        raise Broken

    house.feed.put(1, 3)
    with monkeypatch.context() as patched:
        patched.setattr(pulling, "accept", broken)
        with contextlib.suppress(Broken):
            house.pull()

    assert house.pull().accepted == 3


def ten_thousand_records_come_in_once(house: House, monkeypatch):
    """In parts; a part is never larger than a page of the kind."""
    house.feed.put(1, 10_000)

    assert house.pull().accepted == 10_000
    assert house.pull().accepted == 0


def a_source_that_is_away_says_so_and_comes_back(house: House, monkeypatch):
    """The reason is kept in words, without a secret; afterwards everything is read."""
    house.feed.put(1, 2)
    back = house.feed.away()
    away = house.pull()
    assert "read" in away.problem
    assert "s3cret" not in away.problem
    assert house.setup().problem == away.problem
    back()

    assert house.pull().accepted == 2
    assert house.setup().problem == ""


CONTRACT: tuple[Callable, ...] = (
    reads_each_record_once,
    reads_what_came_since,
    survives_a_kill_before_the_cursor_is_kept,
    a_bad_record_stops_nothing,
    the_cursor_moves_only_after_the_records_are_in,
    ten_thousand_records_come_in_once,
    a_source_that_is_away_says_so_and_comes_back,
)
