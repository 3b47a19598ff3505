"""A sample of the drill, as `python app.py drill` runs it: exit 0 and the promised answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


# The connection's stories play one after the other, which takes longest; scenarios and the page's
# tests mend a dead permission in every run.
@pytest.mark.parametrize(
    ("stories", "families"),
    [
        ("1,10,21", ("duplicates",)),
        pytest.param("1,10,21,29", ("duplicates", "connection"), marks=pytest.mark.long),
    ],
)
def test_a_sample_of_the_drill_passes(stories: str, families: tuple[str, ...]) -> None:
    """Same customers, noise, children first, dead permissions: nothing twice, nothing false."""
    words = ["--seed", "11", "--stories", stories, "--limit", "40", "--json"]
    done = subprocess.run(
        [sys.executable, "app.py", "drill", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    played = json.loads(done.stdout)["families"]
    for name in families:
        row = played[name]
        assert row["verified"] == row["offered"] == row["injected"] > 0
    assert played["inactive"]["auto"] == 1
    assert sum(row["false_alarms"] for row in played.values()) == 0


def test_an_unknown_story_is_used_wrongly() -> None:
    """One clear line and exit code 2, before anything starts."""
    done = subprocess.run(
        [sys.executable, "app.py", "drill", "--stories", "1,999"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
