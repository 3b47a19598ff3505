"""`make faults`: play every fault against every kind of call, print it, write docs/faults.md."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.clock import Clock
from tests.quickbooks.fault_table import report
from tests.quickbooks.fault_table.cells import KINDS, all_cells
from tests.quickbooks.fault_table.play import open_table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "faults.md"


def main(argv: Sequence[str]) -> int:
    """0 when no row is wrong."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--fault", default="", help="only this fault; the page is not written")
    parser.add_argument("--kind", choices=KINDS, help="only this kind; the page is not written")
    asked = parser.parse_args(argv)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    cells = [
        cell
        for cell in all_cells()
        if asked.fault in ("", cell.fault) and asked.kind in (None, cell.kind)
    ]
    played = []
    with (
        tempfile.TemporaryDirectory(prefix="qb-faults-") as folder,
        open_table(Path(folder)) as table,
    ):
        for cell in cells:
            played.append(table.play(cell))
            sys.stderr.write(f"{cell.kind:<8} {cell.name} {played[-1].wrong or 'right'}\n")
    for kind in KINDS:
        sys.stdout.write(f"\n{kind}\n{report.table(played, kind)}\n")
    sys.stdout.write(f"\n{report.summary(played)}\n")
    if not asked.fault and not asked.kind:
        PAGE.write_text(report.page(played, Clock().now().date()), encoding="utf-8")
    return int(any(one.wrong for one in played))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
