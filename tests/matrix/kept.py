"""Cells that were played before: the matrix may be played a few fixes at a time."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from tests.matrix.cells import Cell


def with_kept(path: Path, played: Sequence[Cell], order: Sequence[str]) -> list[Cell]:
    """The cells in the file and those just played, which replace their fix's; kept for next time.

    `order`: the fixes of the matrix; what is left of others is dropped.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else "[]"
    before = [Cell(**row) for row in json.loads(text)]
    new = {cell.fix for cell in played}
    found = [*(cell for cell in before if cell.fix not in new), *played]
    known = [cell for cell in found if cell.fix in order]
    known.sort(key=lambda cell: order.index(cell.fix))
    path.write_text(json.dumps([asdict(cell) for cell in known], indent=1), encoding="utf-8")
    return known
