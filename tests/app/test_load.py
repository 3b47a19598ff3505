"""`load`: reads a company from the command line, says what became of it, goes on after trouble."""

import json
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from app import manifest, run, worker
from bot import jobs, mirror
from bot.console import Desk, Parts, answer, build, following, loading
from bot.console.following import reading_now
from bot.domain import ConnectionState
from bot.mirror import reading
from bot.models import Connection
from bot.quickbooks import QuickBooksFault
from bot.scheduler import InlineQueue
from bot.work import jobs_for
from checks import ALL_CHECKS
from tests.quickbooks.simulator import bench, settings, simulator
from tests.sync.shop import open_shop
from tests.words import renderer

__all__ = ["bench", "settings", "simulator"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def parts(bench):
    """What a command is given, working alone on a connected company."""
    queue = InlineQueue(left_out=frozenset({jobs.DELIVER}))
    services = replace(open_shop(bench).services, queue=queue, render=renderer())

    @contextmanager
    def desk(_settings):
        yield Desk(services, jobs_for(ALL_CHECKS), ALL_CHECKS)

    environ = {"DATABASE_URL": services.settings.DATABASE_URL}
    return Parts(ROOT, environ, run, desk, manifest, frozenset(), worker)


def load(parts, capsys, *words):
    """Run the command; the exit code and the last line it printed (no log is set up here)."""
    code = answer(build(parts), ["load", *words])
    return code, capsys.readouterr().out.splitlines()[-1]


def test_a_company_is_read_and_counted(parts, bench, capsys):
    """The count of its records is told; a second call reads nothing but changes."""
    fill = {"realm": bench.realm, "entity": "Customer", "count": 1200}
    bench.simulator.control("POST", "/fill", fill)

    code, said = load(parts, capsys)

    assert code == 0
    assert said == (
        "Harbor Foods: 1,255 records are read and counted. From here on only changes are read."
    )
    before = len(bench.simulator.requests(bench.realm))
    code, said = load(parts, capsys, "--json")
    assert json.loads(said)[0] | {"words": ""} == {
        "company": "Harbor Foods",
        "read": True,
        "records": 1255,
        "words": "",
    }
    assert len(bench.simulator.requests(bench.realm)) - before <= 2
    assert load(parts, capsys, "--again")[0] == 0
    assert len(bench.simulator.requests(bench.realm)) - before > 20


def test_trouble_in_the_middle(parts, bench, capsys, monkeypatch):
    """What came stays, the reason is told, and the next call ends it."""
    monkeypatch.setattr(reading, "PAGE", 5)
    fill = {"realm": bench.realm, "entity": "Customer", "count": 23}
    bench.simulator.control("POST", "/fill", fill)
    match = {"realm": bench.realm, "entity": "Item", "operation": "query"}
    bench.simulator.fault("code:6190", 1, match)

    code, said = load(parts, capsys)

    assert code == 1
    assert "not complete" in said
    assert "Next: the same command again" in said
    code, said = load(parts, capsys)
    assert (code, "78 records are read" in said) == (0, True)
    with bench.sessions.read() as session:
        assert reading.under_way(session, bench.company_id) is None


def test_without_permission_nothing_is_claimed(parts, bench, capsys):
    """What was read before is no answer to a new call: it says so, and exits with 1."""
    assert load(parts, capsys)[0] == 0
    with bench.sessions.write() as session:
        row = session.get_one(Connection, bench.company_id)
        row.state = ConnectionState.LOST
        session.add(row)

    for words in ([], ["--again"]):
        code, said = load(parts, capsys, *words)
        assert code == 1
        assert "not connected, so nothing is read (55 records from before)" in said


def test_a_permission_that_goes_ends_the_waiting(parts, bench):
    """Who watches a running bot read is not left waiting for what cannot come."""
    with bench.sessions.write() as session:
        row = session.get_one(Connection, bench.company_id)
        assert row.state is ConnectionState.CONNECTED
        row.state = ConnectionState.LOST
        session.add(row)
    with parts.desk(None) as desk:
        assert not mirror.loaded(desk.services, bench.company_id)
        assert loading.ended(desk.services, bench.company_id)


def test_the_bar_follows_the_reading(parts, bench, monkeypatch):
    """While a company is read the bar counts its records."""
    monkeypatch.setattr(reading, "PAGE", 5)
    fill = {"realm": bench.realm, "entity": "Customer", "count": 23}
    bench.simulator.control("POST", "/fill", fill)
    with parts.desk(None) as desk:
        assert reading_now(desk.services, [bench.company_id]) is None
        assert not mirror.load(desk.services, bench.company_id, seconds=0.0)
        step = reading_now(desk.services, [bench.company_id])

    assert (step.what, step.count) == ("reading QuickBooks", "0 of 78")


def test_the_bar_says_when_the_counts_are_compared(parts, bench):
    """Every page came, what changed meanwhile not yet: nothing is counted for the first time."""
    match = {"realm": bench.realm, "operation": "cdc"}
    bench.simulator.fault("code:6190", 1, match)
    with parts.desk(None) as desk:
        with pytest.raises(QuickBooksFault):
            mirror.load(desk.services, bench.company_id)
        comparing = reading_now(desk.services, [bench.company_id])
        assert mirror.load(desk.services, bench.company_id)
        assert reading_now(desk.services, [bench.company_id]) is None

    assert comparing.line == "comparing the counts with QuickBooks …"


@pytest.fixture
def hasty(monkeypatch):
    """Lines come at once, so that a small company has some."""
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(following, "_FIRST_LINE_SECONDS", 0.0)
    monkeypatch.setattr(reading, "PAGE", 5)


def test_without_a_terminal_there_are_lines(parts, bench, capsys, hasty):
    """Into a pipe or a log go lines: what is counted first, how much is read, what comes then."""
    fill = {"realm": bench.realm, "entity": "Customer", "count": 200}
    bench.simulator.control("POST", "/fill", fill)

    code = answer(build(parts), ["load"])

    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    assert code == 0
    assert lines[0] == "counting what QuickBooks holds …"
    read = [line for line in lines if line.startswith("reading QuickBooks: ")]
    assert 2 <= len(read) <= 12
    assert all(" of 255 (" in line for line in read)
    assert "counting what QuickBooks holds …" not in lines[1:]
    assert lines[-1] == "all is read; posting what waits and running the checks …"


def test_json_is_not_disturbed_by_lines(parts, bench, capsys, hasty):
    """Who asked for JSON gets nothing else."""
    code = answer(build(parts), ["load", "--json"])

    said = capsys.readouterr()
    assert code == 0
    assert "QuickBooks" not in said.err


def test_a_company_that_is_not_connected(parts, bench, capsys):
    """It is told what to do; the exit code says that it was not read."""
    bench.add_company("Blue Ridge")

    code, said = load(parts, capsys, "--company", "Blue Ridge")

    assert code == 1
    assert said == 'Blue Ridge: not connected. Next: python app.py connect --name "Blue Ridge"'
