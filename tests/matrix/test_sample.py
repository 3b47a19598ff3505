"""A sample of `make matrix`, and that no fix is forgotten in it."""

from pathlib import Path

import pytest

from tests.matrix import run
from tests.matrix.__main__ import missing
from tests.matrix.situations import ALL_SITUATIONS

SAMPLE = ("pressed twice", "stale preview", "guest", "reset_after", "kill -9")


def test_every_fix_has_a_situation() -> None:
    """A new fix comes with the trouble it repairs (tests/matrix/situations), once."""
    names = [one.fix for one in ALL_SITUATIONS]

    assert missing() == []
    assert len(names) == len(set(names))


@pytest.mark.slow
def test_a_sample_of_the_matrix_passes(tmp_path: Path) -> None:
    """One fix, eight cells: pressed twice, stale, refused, replies lost, killed at each write."""
    reactivate = next(one for one in ALL_SITUATIONS if one.fix == "reactivate")
    with run.open_lane(tmp_path) as lane:
        cells = run.play_row(lane, reactivate, lambda _: None, SAMPLE)

    assert [(cell.column, cell.wrong) for cell in cells if cell.wrong] == []
    assert len(cells) == 8
