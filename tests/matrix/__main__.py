"""`make matrix`: play every fix against everything, print the table, write docs/matrix.md."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.clock import Clock
from bot.fixes.registry import ALL_FIXES
from tests.matrix import report, run
from tests.matrix.cells import Cell
from tests.matrix.kept import with_kept
from tests.matrix.situations import ALL_SITUATIONS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "matrix.md"


def missing() -> list[str]:
    """The fixes nobody made a situation for."""
    known = {one.fix for one in ALL_SITUATIONS}
    return [fix.name for fix in ALL_FIXES if fix.name not in known]


def main(argv: Sequence[str]) -> int:
    """0 when no cell failed and no fix is left out."""
    parser = argparse.ArgumentParser(prog="make matrix", description=__doc__)
    parser.add_argument("--fix", default="", help="only these fixes, with commas between")
    parser.add_argument("--column", default="", help="only columns that begin so")
    parser.add_argument("--lanes", type=int, default=2, help="worlds at the same time")
    parser.add_argument(
        "--keep", type=Path, help="add the cells to this file, write the page of it"
    )
    parser.add_argument("--no-page", action="store_true", help="do not write docs/matrix.md")
    asked = parser.parse_args(argv)
    names = [name for name in asked.fix.split(",") if name]
    chosen = [one for one in ALL_SITUATIONS if not names or one.fix in names]
    cells = run.play(chosen, asked.lanes, _tell, (asked.column,))
    sys.stdout.write(f"\n{report.table(cells)}\n\n{report.summary(cells)}\n")
    if asked.keep is not None and not asked.column:
        cells = with_kept(asked.keep, cells, [one.fix for one in ALL_SITUATIONS])
        sys.stdout.write(f"With those kept: {report.summary(cells)}\n")
    if not asked.no_page and not asked.column and (asked.keep is not None or not names):
        played = {cell.fix for cell in cells}
        left = [fix.name for fix in ALL_FIXES if fix.name not in played]
        PAGE.write_text(report.page(cells, left, Clock().now().date()), encoding="utf-8")
    return int(any(cell.wrong for cell in cells) or bool(not names and missing()))


def _tell(cell: Cell) -> None:
    word = f"FAILED: {cell.wrong}" if cell.wrong else "passed"
    # The other lane may be reading what a command writes to standard output just now.
    out = sys.__stdout__ or sys.stdout
    out.write(f"{cell.fix:<18}{cell.column:<34}{cell.seconds:5.1f} s  {word}\n")
    out.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
