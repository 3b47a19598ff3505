"""A matrix that is played a few fixes at a time."""

from pathlib import Path

from tests.matrix.cells import Cell
from tests.matrix.kept import with_kept


def test_what_is_played_again_replaces_what_was_kept(tmp_path: Path) -> None:
    """The last play of a fix counts, a fix that is gone is dropped, the order is the matrix's."""
    path = tmp_path / "cells.json"
    with_kept(path, [Cell("b", "guest", "wrong"), Cell("gone", "guest", "")], ["a", "b", "gone"])
    found = with_kept(path, [Cell("b", "guest", ""), Cell("a", "guest", "")], ["a", "b"])

    assert found == [Cell("a", "guest", ""), Cell("b", "guest", "")]
    assert with_kept(path, [], ["a", "b"]) == found
