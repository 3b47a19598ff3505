"""Files on the command line: columns shown and said once, a workbook, the report."""

import csv
import io
import json
from pathlib import Path

from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.sources.broken import book
from tests.sources.test_columns import ODD

__all__ = ["company", "env_file"]
SAID = ("order", "date", "customer", "sku", "quantity", "amount")


def _words(path, company, *more):
    return ("sync", "--file", str(path), "--source", "shop", "--env-file", company, *more)


def _said(text):
    headers = text.splitlines()[0].split(",")
    return [
        word for pair in zip(headers, SAID, strict=True) for word in ("--columns", "=".join(pair))
    ]


def test_columns_are_shown_said_and_remembered(company, tmp_path):
    """Shown: nothing is taken in. Said once: the next file of that shape is read so."""
    path = tmp_path / "odd.csv"
    path.write_text(ODD)
    shown = run_here(*_words(path, company, "--show-columns"))
    unread = run_here(*_words(path, company))
    said = run_here(*_words(path, company, *_said(ODD)))
    path.write_text(ODD.replace("1001", "1002"))
    again = run_here(*_words(path, company))
    known = run_here(*_words(path, company, "--show-columns", "--json"))

    assert shown.returncode == 0
    assert "  Ordr Nr: not used; looks like order (1001" in shown.stdout
    assert "too few of the names of its columns are known" in shown.stdout
    assert '--columns "Ordr Nr=order"' in shown.stdout
    assert unread.returncode == 1
    assert "odd.csv: 1 new" in said.stdout
    assert "odd.csv: 1 new" in again.stdout
    assert {one["how"] for one in json.loads(known.stdout)[0]["columns"]} == {"said"}


def test_a_column_the_file_does_not_have_is_told_with_those_it_has(company, tmp_path):
    """A slip of the keyboard is no mapping."""
    path = tmp_path / "odd.csv"
    path.write_text(ODD)
    done = run_here(*_words(path, company, "--columns", "Ordre=order"))

    assert done.returncode == 2
    assert "The file has no column 'ordre'. It has: 'Ordr Nr'" in done.stderr


def test_a_workbook_is_taken_in_and_its_report_names_each_row(company, tmp_path):
    """Through the same command; the lines are those of Excel."""

    def spoilt(made):
        made.active.append(["1002", "soon", "c1", "MUG", 1, 1, 1, 0, 1])

    path, report = tmp_path / "orders.xlsx", tmp_path / "out.csv"
    path.write_bytes(book(spoilt))
    done = run_here(*_words(path, company, "--report", str(report)))

    assert done.returncode == 0
    assert "orders.xlsx: 1 new, 0 changed, 0 known already, 1 refused" in done.stdout
    with Path(report).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    assert [row[-3:-1] for row in rows[1:]] == [["2", "taken in"], ["3", "refused"]]


def test_rows_that_are_filtered_out_are_read_and_named(company, tmp_path):
    """A filter hides and does not delete: the answer counts them, the report marks each."""

    def filtered(made):
        made.active.append(["1002", "2026-11-12", "c1", "MUG", 1, 1, 1, 0, 1])
        made.active.row_dimensions[3].hidden = True

    path, report = tmp_path / "orders.xlsx", tmp_path / "out.csv"
    path.write_bytes(book(filtered))
    done = run_here(*_words(path, company, "--report", str(report)))

    assert "1 row of this sheet is hidden in Excel; it was read too" in done.stdout + done.stderr
    assert "2 new" in done.stdout
    rows = list(csv.reader(io.StringIO(report.read_text(encoding="utf-8-sig"))))
    assert [row[-1] for row in rows[1:]] == ["", "hidden in Excel, read too"]


def test_what_is_said_of_a_file_needs_a_file(company):
    """And a report is of one file."""
    done = run_here("sync", "--show-columns", "--env-file", company)

    assert done.returncode == 2
    assert "--file" in done.stderr
