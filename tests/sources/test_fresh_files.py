"""More broken files: days in two orders, spoilt ids, hidden sheets, bombs that cost time."""

import time
from datetime import datetime
from decimal import Decimal

import pytest

from bot.sync.records import BadRow, Note
from bot.sync.table.report import report_csv
from bot.sync.tablefile import open_file, read_file
from tests.sources.broken import ACCENTED, CELLS, GOOD, HEAD, SHEET, book, edited, worded

NAMES = HEAD.split(",")
MEGABYTE = 1_000_000


def table(*rows, head=HEAD, end="\n"):
    """A CSV file."""
    return end.join([head, *rows, ""]).encode()


def row(**cells):
    """A good row with some cells in another way."""
    values = dict(zip(NAMES, GOOD.split(","), strict=True)) | cells
    return ",".join(f'"{value}"' if "," in value else value for value in values.values())


def parted(data):
    """The ids that are taken, the reasons of those refused, the words of the notes."""
    found = list(read_file(data))
    ids = [one.external_id for one in found if not isinstance(one, BadRow | Note)]
    bad = [f"line {one.line}: {one.reason}" for one in found if isinstance(one, BadRow)]
    return ids, bad, [one.text for one in found if isinstance(one, Note)]


def filled(*rows, **cells):
    """A workbook with more rows, and some of its cells set."""

    def fill(made):
        for one in rows:
            made.active.append(one)
        for place, value in cells.items():
            made.active[place] = value

    return book(fill)


def changed(change):
    """A workbook after a change to it as a whole."""
    return book(change)


def _hidden(made):
    made.create_sheet("Cover").append(["Sales of November"])
    made.worksheets[0].sheet_state = "veryHidden"


def _hidden_beside(made):
    made.create_sheet("Old orders").append(CELLS[0])
    made.worksheets[1].sheet_state = "hidden"


def _many_sheets(made):
    for number in range(60):
        made.create_sheet(f"Note {number}").append(["nothing"])


def _merged_over_lines(made):
    made.active.append([None, None, None, "PEN", 1, 5, 5, 0, 30])
    made.active["I2"] = 30
    made.active.merge_cells("A2:A3")


def in_place_of(sign, more):
    """A workbook with something before a sign of its sheet."""
    return edited({SHEET: (sign, more + sign)})


WORKBOOK_ROW = ["1002", datetime(2026, 11, 13), "c2", "MUG", 1, 5, 5, 0, 5]  # noqa: DTZ001  a cell
FAR_TAG = b"<sheetData>"


def hiding(rows=(), columns=()):
    """A workbook of two orders with some of it not shown."""

    def hide(made):
        made.active.append(WORKBOOK_ROW)
        for number in rows:
            made.active.row_dimensions[number].hidden = True
        for letter in columns:
            made.active.column_dimensions[letter].hidden = True

    return hide


# What is wrong → the file, the ids that are taken, and words of a reason or a note ("" for none).
FILES = {
    "a day of the calendar elsewhere": (table(row(Date="13/11/2026")), [], "has no month 13"),
    "days in the order of another country": (
        table(row(Date="05/11/2026"), row(Order="1002", Date="13/11/2026")),
        [],
        "line 2: order 1001: date could mean two days: '05/11/2026', since line 3 says DD/MM/YYYY",
    ),
    "such days after the doubtful one, and one that is clear": (
        table(row(Date="11/30/2026"), row(Order="1002", Date="30/11/2026")),
        ["1001"],
        "has no month 30",
    ),
    "a due date tells as well": (
        table(f"{row(Date='11/12/2026')},25/12/2026", head=f"{HEAD},Due date"),
        [],
        "could mean two days",
    ),
    "a day that Excel shows as a number": (table(row(Date="46338")), [], "format the column as a"),
    "a day of words": (table(row(Date="12-Nov-2026")), [], "not a day written as"),
    "an amount in euros": (table(row(Amount="€25.00")), [], "the currency in a column Currency"),
    "thousands parted by blanks": (table(row(Total="1 234.56")), [], "is not an amount"),
    "thousands parted by points": (table(row(Total="1.234,56")), [], "could mean two amounts"),
    "a minus behind": (table(row(Amount="25.00-")), [], "is not an amount: '25.00-'"),
    "an id as a decimal number": (
        table(row(), row(Order="1001.0")),
        ["1001"],
        "order is 1001.0: is 1001 meant?",
    ),
    "ids that Excel cut": (
        table(row(Order="1.00123E+15"), row(Order="1002", **{"Customer ID": "4.5E+12"})),
        [],
        "Excel has cut its digits",
    ),
    "signs without a width around an id": (table(row(Order="\u200b1001\ufeff")), ["1001"], ""),
    "the end of a file of DOS": (table(GOOD) + b"\x1a" * 90, ["1001"], ""),
    "line ends doubled": (table(GOOD, end="\r\r\n"), ["1001"], ""),
    "a title above": (b"Sales of November;\n\n" + table(GOOD), ["1001"], ""),
    "a title with its own commas": (b"Shop,Sales,,,,,,,\n,,\n" + table(GOOD), ["1001"], ""),
    "a title and a hint": (b"sep=;\nSales, all\n" + table(GOOD).replace(b",", b";"), ["1001"], ""),
    "a page header again": (table(GOOD, HEAD, ACCENTED), ["1001", "1002"], "line 3: order Order"),
    "a line under the columns": (
        table("----,-,-,-,-,-,-,-,-", GOOD),
        ["1001"],
        "line 2: order ---",
    ),
    "a footer": (table(GOOD, "Printed by Ann"), ["1001"], "has only 1 cell, the header has 9"),
    "rows parted otherwise than the header": (table(GOOD.replace(",", ";")), [], "only 1 cell"),
    "a mail": (b"MIME-Version: 1.0\nSubject: Orders\n\nDear Ann\n", [], "does not name the colum"),
    "lines of JSON": (b'{"type": "invoice"}\n{"type": "bill"}\n', [], "does not name the columns"),
    "orders in a hidden sheet": (changed(_hidden), [], "the hidden sheet 'Sheet' is not read"),
    "a hidden sheet beside": (changed(_hidden_beside), ["1001"], "sheet 'Old orders' is not read"),
    "sixty sheets": (changed(_many_sheets), ["1001"], "'Note 4' and 55 more"),
    "a chart as a sheet": (changed(lambda made: made.create_chartsheet("C", 0)), ["1001"], ""),
    "an order in merged cells": (
        changed(_merged_over_lines),
        [],
        "line 3: its cells are merged with others (rows 2 to 3)",
    ),
    "a row that is filtered away": (
        changed(hiding(rows=(2, 3))),
        ["1001", "1002"],
        "2 rows of this sheet are hidden in Excel; they were read too",
    ),
    "a hidden column": (
        changed(hiding(columns=("H",))),
        ["1001", "1002"],
        "the column 'Tax' is hidden in Excel; it was read too",
    ),
    "a sheet that lies elsewhere": (
        edited({"xl/_rels/workbook.xml.rels": (b"worksheets/sheet1", b"../../../etc/passwd")}),
        [],
        "no sheet with anything in it",
    ),
    "numbers without an end": (
        in_place_of(b"</sheetData>", b'<row r="3"><c r="A3"><v>INF</v></c></row>'),
        [],
        "the workbook is damaged",
    ),
    "junk before the workbook": (b"MZ" + b"\x00" * 99 + book(), [], "holds no plain text"),
    "junk behind the workbook": (book() + b"\x00" * 999, ["1001"], ""),
}


@pytest.mark.parametrize("name", FILES)
def test_each_ends_in_a_clear_report(name):
    """What is good is taken; what is not says why, by its line; the report has every row."""
    data, taken, words = FILES[name]
    ids, bad, notes = parted(data)

    assert ids == taken
    assert words in "; ".join([*bad, *notes])
    assert ids or bad
    sheet = open_file(data)
    written = report_csv(sheet, None, (), ())
    rows = 1 if isinstance(sheet, str) else sum(1 for _ in sheet.each_row())
    assert written.count(b"\r\n") >= rows


def test_only_what_is_read_and_not_seen_is_told():
    """Rows above the header, empty rows, and columns no record is made of say nothing."""

    def hide(made):
        hiding(rows=(1, 4, 5), columns=("J", "K"))(made)
        made.active["J1"] = "Colour"

    assert not [note for note in parted(book(hide))[2] if "hidden" in note]
    _, _, notes = parted(book(hiding(rows=(3,), columns=("H", "I"))))
    assert "1 row of this sheet is hidden in Excel; it was read too" in notes
    assert "the columns 'Tax' and 'Total' are hidden in Excel; they were read too" in notes


def test_what_other_tools_write_of_hidden_rows_is_understood():
    """LibreOffice says of every row whether it is hidden; some write 'true', and other quotes."""
    shown = edited({SHEET: (b'<row r="2"', b'<row hidden="false" r="2"')})
    assert not [note for note in parted(shown)[2] if "hidden" in note]
    for sign in (b'hidden="true"', b"hidden='1'"):
        other = edited({SHEET: (b'<row r="2"', b"<row " + sign + b' r="2"')})
        assert "1 row of this sheet is hidden in Excel; it was read too" in parted(other)[2]


LONG = 16 * MEGABYTE
BOMBS = {
    "a comment": lambda: in_place_of(FAR_TAG, b"<!--" + b"a" * LONG + b"-->"),
    "a comment of tags": lambda: in_place_of(FAR_TAG, b"<!--" + b"<a" * LONG + b"-->"),
    "a part of plain text": lambda: in_place_of(FAR_TAG, b"<![CDATA[" + b">" * LONG + b"]]>"),
    "a word for programs": lambda: in_place_of(FAR_TAG, b"<?a " + b"<>" * LONG + b"?>"),
    "an attribute": lambda: in_place_of(FAR_TAG, b'<a b="' + b">" * LONG + b'"/>'),
    "a comment in the words": lambda: worded(b"<sst><!--" + b"a" * LONG + b"--></sst>"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_part_that_would_take_hours_ends_at_once(name):
    """The reader of XML looks at a tag from its beginning again with each piece it is fed."""
    data = BOMBS[name]()
    begun = time.process_time()
    ids, bad, _ = parted(data)

    assert (ids, len(bad)) == ([], 1)
    assert "the workbook is damaged; open it in Excel" in bad[0]
    assert time.process_time() - begun < 5


def test_comments_of_a_usual_length_are_no_bomb():
    """Other programs than Excel write some; also many of them, over the edges of what is read."""
    more = b"".join(b"<!-- %s -->" % (b"x" * number) for number in range(1, 3000, 7))
    ids, bad, _ = parted(in_place_of(FAR_TAG, more))

    assert (ids, bad) == (["1001"], [])


def test_millions_of_blank_lines_take_little_time():
    """Whatever ends them; the lines below are still numbered rightly."""
    blank = b"\r\n" * MEGABYTE + b" , ,\t\n" * 500_000 + b"\r" * 500_000
    begun = time.process_time()
    ids, bad, _ = parted(table(GOOD) + blank + b"1003,soon,c1,MUG,1,1.00,1.00,0.00,1.00\n")

    assert ids == ["1001"]
    assert bad[0].startswith(f"line {2_000_003}: order 1003")
    assert time.process_time() - begun < 5


def test_a_million_totals_are_left_out_in_little_time():
    """Each is looked at once."""
    begun = time.process_time()
    found = list(read_file(table(GOOD, *["Total,,,,,,25.00,0.00,25.00"] * 50_000)))

    assert [one.total for one in found if not isinstance(one, BadRow | Note)] == [Decimal("25.00")]
    assert sum(isinstance(one, Note) for one in found) == 50_000
    assert time.process_time() - begun < 20
