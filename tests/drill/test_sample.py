"""A sample of the drill, as `python app.py drill` runs it: exit 0 and the promised answer."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def test_a_sample_of_the_drill_passes() -> None:
    """Same customers, noise, children first, dead permissions: nothing twice, nothing false."""
    words = ["--seed", "11", "--stories", "1,10,21,29", "--limit", "40", "--json"]
    done = subprocess.run(
        [sys.executable, "app.py", "drill", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-3000:]
    families = json.loads(done.stdout)["families"]
    for name in ("duplicates", "connection"):
        row = families[name]
        assert row["verified"] == row["offered"] == row["injected"] > 0
    assert families["inactive"]["auto"] == 1
    assert sum(row["false_alarms"] for row in families.values()) == 0


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
