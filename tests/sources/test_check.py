"""Told by itself: a source that cannot be read, and rows that nobody waited for."""

from datetime import timedelta

import pytest

from bot.domain import Scope
from bot.models import Company
from bot.sources import pulling
from checks import sources
from tests.sources.test_pulled import HEAD, FolderFeed
from tests.sync.conftest import bench, settings, shop, simulator

__all__ = ["bench", "settings", "shop", "simulator"]


@pytest.fixture
def folder(shop, tmp_path):
    """A source that is read from a folder."""
    feed = FolderFeed(tmp_path)
    pulling.declare(shop.services, shop.source_id, "folder", feed.options(), 60.0)
    return feed


def _found(shop):
    with shop.services.sessions.read() as session:
        company = session.get(Company, shop.company_id)
    return {one.problem: one.facts for one in sources.run(shop.services, company, Scope())}


def _look(shop, times=1):
    for _ in range(times):
        pulling.pull(shop.services, shop.source_id)


def test_a_source_that_cannot_be_read_is_told_when_it_lasts(shop, folder, time_machine):
    """Not at the first look; green as soon as it is read again."""
    back = folder.away()
    _look(shop)
    assert _found(shop) == {}
    patience = timedelta(seconds=shop.services.settings.LASTING_OUTAGE_SECONDS + 1)
    time_machine.move_to(shop.services.clock.now() + patience, tick=True)
    _look(shop)

    told = _found(shop)["source_unreadable"]
    assert "cannot be read" in told["reason"]
    back()
    _look(shop)
    assert _found(shop) == {}


def test_refused_rows_are_told_until_they_come_in_right(shop, folder):
    """With their reasons; a row that is mended ends it, a file without ids when it comes again."""
    (folder.path / "a.csv").write_text(HEAD + "c1,Jane,j@x.example\nc2,,j@x.example\n")
    (folder.path / "b.csv").write_text("Dear Ann\n")
    _look(shop, 2)
    told = _found(shop)["rows_refused"]

    assert told["count"] == 2
    assert "a.csv, line 3, id c2: name is empty" in told["shown"]
    assert any(one.startswith("b.csv: ") for one in told["shown"])
    (folder.path / "a.csv").write_text(HEAD + "c2,Jim,j@x.example\n")
    _look(shop, 2)
    assert _found(shop)["rows_refused"]["count"] == 1


def test_what_was_refused_a_week_ago_is_told_no_more(shop, folder, time_machine):
    """Some rows are never to be posted; nobody has to say so."""
    (folder.path / "a.csv").write_text(HEAD + "c2,,j@x.example\n")
    _look(shop, 2)
    assert _found(shop)
    time_machine.move_to(shop.services.clock.now() + timedelta(days=8), tick=True)

    assert _found(shop) == {}
