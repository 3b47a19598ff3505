"""Broken files: each ends in records or in a reason a person understands, in little memory."""

import re
import tracemalloc
from decimal import Decimal

import pytest

from bot.sync.records import BadRow, Note
from bot.sync.tablefile import read_file
from tests.sources.broken import CELLS, MANY, book, files

# What may come of each; where nothing is named, either good records or a reason.
SAID = {
    "nothing": "the file is empty",
    "a PDF": "this is a PDF",
    "a web page": "this is a web page",
    "an old Excel workbook": "or one with a password",
    "a letter": "does not name the columns",
    "csv in one line of a megabyte": "cells; at most",
    "csv with a header only": "nothing below it",
    "csv with a column twice": "two columns mean the same",
    "csv with quotes never closed": "a quotation mark is not closed",
    "csv with decimal commas": "could mean two amounts",
    "workbook with nothing in it": "no sheet with anything in it",
    "workbook with a header only": "nothing below it",
    "workbook with a formula never computed": "column G holds a formula whose result is not saved",
    "workbook with an error": "column G holds Excel's error #REF!",
    "workbook with rows merged": "merged with others (rows 2 to 3)",
    "workbook with cells merged in a row": "merged with others (this row)",
    "workbook with a number of twenty digits": "more than 15 digits",
    "workbook with a day after all days": "column B holds Excel's error",
    "workbook with a truth for an amount": "amount is not an amount: 'TRUE'",
    "workbook with rows out of order": "rows are not in order",
    "workbook with a row a trillion": "rows are not in order",
    "workbook cut in the middle": "the workbook is damaged",
    "workbook with a password bit": "has a password",
    "zip archive of a CSV file": "a zip archive, not an Excel workbook",
    "OpenDocument file": "OpenDocument",
    "Numbers file": "Numbers",
    "binary workbook": ".xlsb",
    "Word document": "another kind",
    "archive with 3,000 parts": "3,000 parts",
    "zip bomb that unpacks to gigabytes": "unpacks to more than",
    "zip bomb in the words": "unpacks to more than",
    "zip bomb whose declared sizes lie": "the workbook is damaged",
    "entities that grow in the sheet": "the workbook is damaged",
    "an entity from outside in the sheet": "the workbook is damaged",
    "entities that grow in the words": "the workbook is damaged",
    "an entity from outside in the words": "the workbook is damaged",
    "relations that are none": "the workbook is damaged",
}
# These hold one good order at least, which is taken whatever else is in them.
GOOD = {
    "csv in utf-8", "csv in utf-16", "csv in cp1252", "csv with two byte order marks",
    "csv with old Mac line ends", "csv with mixed line ends", "csv with a million empty lines",
    "csv with quotes never closed", "workbook that is good", "workbook with two sheets",
    "workbook with a merged title", "workbook with a far cell", "workbook with rows merged",
    "workbook with a million empty rows", "workbook with a million rows that are only formatted",
}  # fmt: skip
# A person reads the reasons: no name of a class, no trace, no path.
TECHNICAL = re.compile(r"Error\b|Exception|Traceback|\bNone\b|openpyxl|/tmp|0x[0-9a-f]{6}")


def _play(many):
    wrong = []
    seen = set()
    for name, data in files(many):
        seen.add(name)
        found = list(read_file(data))
        bad = [row for row in found if isinstance(row, BadRow)]
        records = [row for row in found if not isinstance(row, BadRow | Note)]
        reasons = "; ".join(row.reason for row in bad)
        if not (records or bad):
            wrong.append(f"{name}: not a word")
        if SAID.get(name, "") not in reasons:
            wrong.append(f"{name}: {reasons[:200]}")
        if name in GOOD and not any(row.total == Decimal("25.00") for row in records):
            wrong.append(f"{name}: its good order is lost: {reasons[:200]}")
        if TECHNICAL.search(reasons) or any(not row.reason.strip() for row in bad):
            wrong.append(f"{name}: no words for a person: {reasons[:200]}")
    assert seen > SAID.keys() | GOOD
    assert len(seen) >= 100
    assert wrong == []


def test_each_of_a_hundred_broken_files_ends_in_a_clear_report():
    """With a tenth of the rows; the long test has them all."""
    _play(MANY // 10)


@pytest.mark.long
def test_each_of_a_hundred_broken_files_in_full_size():
    """A million rows where there are a million."""
    _play(MANY)


def test_a_far_cell_and_many_formatted_rows_take_little_memory():
    """What is empty is not kept."""
    made = {name: data for name, data in files(MANY // 10) if name.startswith("workbook with a")}
    for name in (
        "workbook with a far cell",
        "workbook with a million rows that are only formatted",
    ):
        tracemalloc.start()
        list(read_file(made[name]))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert most < 60_000_000, name


def test_a_workbook_says_what_a_csv_file_says():
    """Days typed as days, numbers as numbers, digits kept as Excel shows them."""

    def padded(made):
        made.active["A2"] = 42
        made.active["A2"].number_format = "00000"
        made.active["F2"] = 0.1 + 0.2
        made.active["G2"] = 0.6000000000000001
        made.active["I2"] = "$0.60"

    [order] = read_file(book(padded))

    assert (order.external_id, order.date.isoformat()) == ("00042", "2026-11-12")
    assert (order.lines[0].unit_price, order.total) == (Decimal("0.30"), Decimal("0.60"))


def test_the_lines_of_a_workbook_are_its_rows_in_excel():
    """Titles above the header and blank rows count, as a person sees them."""

    def moved(made):
        made.active.insert_rows(1, 3)
        made.active["A1"] = "Sales of November"
        made.active["I5"] = "24.00"

    [refused] = read_file(book(moved))

    assert refused.line == 5
    assert "the total says 24.00" in refused.reason


def test_a_cover_sheet_is_passed_over_and_named():
    """The first sheet that names columns is read; the others are told."""

    def covered(made):
        cover = made.create_sheet("Cover", 0)
        cover.append(["Sales of November"])

    found = list(read_file(book(covered, cells=CELLS)))

    assert [row.text for row in found if isinstance(row, Note)] == [
        "only the sheet 'Sheet' is read, not 'Cover'"
    ]
    assert len(found) == 2
