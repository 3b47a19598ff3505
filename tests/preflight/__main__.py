"""`make preflight`: the exam with 5,000 records; writes its numbers into docs/preflight.md."""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import structlog

from tests.preflight import exam
from tests.quickbooks.simulator import running_simulator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "preflight.md"
HEADING = "## The exam\n"
LEAST = 0.99


def main(argv: Sequence[str]) -> int:
    """0 when 99 % agree and nothing that was said to fail for sure was taken."""
    parser = argparse.ArgumentParser(prog="make preflight", description=__doc__)
    parser.add_argument("--records", type=int, default=5000)
    parser.add_argument("--companies", type=int, default=12)
    parser.add_argument("--seed", type=int, default=20261123)
    parser.add_argument("--no-page", action="store_true", help="do not write docs/preflight.md")
    asked = parser.parse_args(argv)
    level = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=level)
    with running_simulator() as simulator, tempfile.TemporaryDirectory() as folder:
        result = exam.run(
            simulator,
            Path(folder),
            count=asked.records,
            companies=asked.companies,
            seed=asked.seed,
        )
    numbers = exam.page(result, asked.records)
    sys.stdout.write(numbers)
    for (defect, said, became), count in result.wrong().most_common(20):
        sys.stdout.write(f"{count} x {defect}: said {said or 'taken'}, was {became or 'taken'}\n")
    if not asked.no_page:
        words, _, _ = PAGE.read_text(encoding="utf-8").partition(HEADING)
        PAGE.write_text(f"{words}{HEADING}\n{numbers}", encoding="utf-8")
    return int(result.agreement < LEAST or any(row.false_alarm for row in result.counted))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
