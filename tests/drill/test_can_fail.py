"""The drill measures: broken on purpose in seven ways, it ends with 1 each time and says why."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drill.broken.breakages import WAYS

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow

# What is played, and a word of what the drill must then say.
EXPECTED = {
    "never_posts": ("19", "no alert came"),
    "posts_twice": ("19", "2 messages instead of one"),
    "green_without_posting": ("19", "green, but the books are not right"),
    "wrong_kind": ("19", "says network instead of inactive_record"),
    "alerts_on_noise": ("10", "False alarm"),
    "moves_to_another_month": ("19", "is dated 2026-01-15, and was handed in with"),
    "miscounts_stock": ("11", "on hand by count"),
}


# One way is tried in every run, the others by `make test-all`.
_ALWAYS = ("never_posts",)
# Where no alert ever comes, waiting longer proves nothing more.
_PATIENCE = {"never_posts": "5"}
_TRIED = [pytest.param(way, marks=() if way in _ALWAYS else pytest.mark.long) for way in WAYS]


@pytest.mark.parametrize("way", _TRIED)
def test_a_broken_bot_fails_the_drill(way: str, tmp_path: Path) -> None:
    """Exit code 1, and a sentence that names what is wrong."""
    (tmp_path / "sitecustomize.py").write_text(
        f"from breakages import break_in\nbreak_in({way!r})\n"
    )
    paths = os.pathsep.join((str(tmp_path), str(ROOT / "tests/drill/broken")))
    stories, said = EXPECTED[way]
    patience = _PATIENCE.get(way, "12")
    words = ["--seed", "7", "--stories", stories, "--limit", "60", "--patience", patience, "--json"]
    done = subprocess.run(
        [sys.executable, "app.py", "drill", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, "TMPDIR": str(tmp_path)},  # noqa: TID251
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert done.returncode == 1, done.stderr[-2000:]
    assert said in done.stderr
    assert json.loads(done.stdout)["seed"] == 7


def test_every_way_is_tried() -> None:
    """A new way to break the bot says what the drill must say about it."""
    assert set(EXPECTED) == set(WAYS)
