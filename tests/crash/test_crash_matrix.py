"""The bot is killed at points of a mixed sync: started again, everything is there once."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.crash.matrix import Point, Seen, compare, points_of, sample

ROOT = Path(__file__).resolve().parents[2]


def test_each_place_is_tried_the_first_the_last_time_and_between():
    """Points are distinct and lie within what a run passes."""
    points = points_of({"a": 1, "b": 2, "c": 40})
    assert [point.nth for point in points if point.place == "a"] == [1]
    assert [point.nth for point in points if point.place == "b"] == [1, 2]
    assert [point.nth for point in points if point.place == "c"] == [1, 10, 20, 30, 40]
    assert len(set(points)) == len(points)
    assert len(sample(points, 5)) == 5


def test_what_differs_from_a_run_that_nobody_killed_is_told():
    """Once too often, missing, another state, another alert: each is wrong."""
    good = Seen({"invoice:1": "posted"}, Counter({("Invoice", "1"): 1}), Counter())
    bad = Seen({"invoice:1": "held"}, Counter({("Invoice", "1"): 2}), Counter({"x": 1}))
    assert compare(good, good) == []
    assert [one.split(" ")[0] for one in compare(bad, good)] == ["states", "in", "causes"]
    assert Point("a", 3).victim == ("a", 3)


@pytest.mark.slow
def test_killed_at_fifteen_points_everything_is_in_quickbooks_once():
    """Other points each day; `make crash-matrix` tries them all."""
    # One lane: other tests run beside it, and each lane loads the bot once more.
    command = [sys.executable, "-m", "tests.crash", "--sample", "15", "--lanes", "1"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]


@pytest.mark.long
@pytest.mark.postgres
def test_two_workers_one_of_them_killed_for_ever():
    """The living one takes over and posts the rest, each record once."""
    command = [sys.executable, "-m", "tests.crash", "--sample", "1", "--pairs", "10"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
