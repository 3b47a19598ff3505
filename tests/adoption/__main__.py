"""`make adoption`: the exam of 3,000 documents; writes docs/adoption.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.adoption import exam
from tests.quickbooks.simulator import connected_bench, running_simulator, settings_for
from tests.work.house import open_house

PAGE = Path(__file__).resolve().parents[2] / "docs" / "adoption.md"


def main(arguments):
    """Play the exam and write the page; exit code 1 when anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.adoption")
    parser.add_argument("--documents", type=int, default=3000)
    parser.add_argument("--no-page", action="store_true", help="do not write docs/adoption.md")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="qb-adoption-") as name, running_simulator() as books:
        settings = settings_for(books, Path(name))
        with connected_bench(books, settings, Path(name), "adoption") as bench:
            marks = exam.play(open_house(bench), asked.documents)
    text = page(marks)
    sys.stdout.write(text)
    if not asked.no_page:
        PAGE.write_text(text, encoding="utf-8")
    return 1 if exam.faults(marks) else 0


def page(marks):
    """The report as it is kept."""
    changed = ", ".join(f"{what} {count}" for what, count in sorted(marks.changed.items()))
    rows = [
        ("documents in QuickBooks, posted by an earlier connector", marks.documents),
        (f"of these with a small difference ({changed})", marks.changed.total()),
        ("posted before the approval", marks.created_before),
        ("found exactly so", marks.exact),
        ("found with a difference", marks.differs),
        ("where more than one would do", marks.several),
        ("said wrongly", len(marks.wrong)),
        ("linked after the approval", marks.linked),
        ("asked about one by one", marks.asked),
        ("posted after the approval (doubles)", marks.created),
        ("sent again under new ids: alerts", marks.again_alerts),
        ("sent again under new ids: found exactly so", marks.again_exact),
        ("sent again under new ids: posted (doubles)", marks.again_created),
    ]
    table = "\n".join(f"| {what} | {count:,} |" for what, count in rows)
    took = ", ".join(f"{what} {seconds:.0f} s" for what, seconds in marks.seconds.items())
    end = "; ".join(exam.faults(marks)) or "Nothing is doubled, nothing is missed."
    return (
        "# The adoption exam\n\n"
        "Written by `make adoption`. Books of an earlier connector are in the local QuickBooks; a\n"
        "new source hands over the same documents: invoices, payments and bills, every tenth\n"
        "of them a little other in the books (total, day, sales tax or customer). What is\n"
        "compared, and what then becomes of it, is said in [adopting.md](adopting.md).\n\n"
        f"| what | count |\n|---|---|\n{table}\n\n"
        f"On two busy cores, SQLite: {took}.\n\n{end}\n"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
