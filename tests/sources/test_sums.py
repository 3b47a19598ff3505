"""Totals within a file: recognised, left out and said; what may be a record is asked about."""

import csv
import io

import pytest

from bot.sync.records import BadRow, Note
from bot.sync.table.report import report_csv
from bot.sync.tablefile import open_file, read_file
from tests.app.test_command_line import env_file
from tests.app.test_sync_and_status import company
from tests.command_line import run_here
from tests.sources.broken import CELLS, book

__all__ = ["company", "env_file"]
HEAD = "Order,Date,Customer ID,SKU,Qty,Price,Amount,Tax,Total,Remark"
ROWS = (
    "1001,11/12/2026,c1,MUG,2,12.50,25.00,0.00,30.00,",
    "1001,11/12/2026,c1,PEN,1,5.00,5.00,0.00,30.00,",
    "1002,11/13/2026,c2,MUG,1,12.50,12.50,0.00,12.50,",
)
LEFT = "looks like a total, left out"


def read(*rows, head=HEAD):
    """The ids that are taken, the refused rows, and what is said of rows below the header."""
    found = list(read_file("\n".join([head, *rows]).encode()))
    bad = [row for row in found if isinstance(row, BadRow)]
    notes = [row for row in found if isinstance(row, Note) and row.line != 1]
    ids = [row.external_id for row in found if not isinstance(row, BadRow | Note)]
    return ids, bad, notes


@pytest.mark.parametrize(
    "row",
    [
        "Total,,,,4,,42.50,0.00,42.50,",
        "TOTALS:,,,,4,,42.50,0.00,72.50,",
        ",,,Grand total,4,,$42.50,0.00,(42.50),",
        ",,,,,,42.50,,42.50,*** Sum ***",
        "Sub-total,,,,,,42.50,,,",
        "Total (3 rows),,,,,,42.50,,,",
        "Total for November 2026,,,,,,42.50,,,USD",
        "Total,42.50",
        '"Total: $42.50"',
        "1002 Total,,,,1,,12.50,0.00,12.50,",
    ],
)
def test_a_row_with_a_word_for_a_sum_and_nothing_but_amounts_is_left_out(row):
    """By its line; the records above it are taken as if it were not there."""
    ids, bad, notes = read(*ROWS, row)

    assert (ids, bad) == (["1001", "1002"], [])
    assert [(note.line, note.text.split(";")[0]) for note in notes][:1] == [(5, LEFT)]


def test_a_total_that_the_lines_do_not_make_says_so():
    """Lines may be missing: somebody cut the file, or a filter left some out."""
    _, _, [note] = read(*ROWS, "Total,,,,4,,142.50,,,")

    assert note.text == f"{LEFT}; it says 142.50 as amount, the lines above it make 42.50"


def test_the_sums_of_groups_and_of_all_are_left_out():
    """As Excel's Subtotal writes them: the group's own value stands before the word."""
    ids, bad, notes = read(
        *ROWS[:2],
        "1001 Total,,,,3,,30.00,,60.00,",
        ROWS[2],
        "1002 Total,,,,1,,12.50,,12.50,",
        "Grand Total,,,,4,,42.50,,72.50,",
    )

    assert (ids, bad) == (["1001", "1002"], [])
    assert [(note.line, note.text) for note in notes] == [(4, LEFT), (6, LEFT), (7, LEFT)]


def test_a_group_that_is_not_the_one_above_is_no_total():
    """ "1009 Total" may be anything."""
    _, [refused], notes = read(*ROWS, "1009 Total,,,,3,,30.00,,60.00,")

    assert (refused.line, notes) == (5, [])


def test_amounts_alone_are_a_total_only_where_they_are_exactly_that():
    """Without a word; a line that only lost its number is refused, as ever."""
    ids, bad, [note] = read(*ROWS, ",,,,4,,42.50,0.00,42.50,")
    assert (ids, bad) == (["1001", "1002"], [])
    assert note.text == f"{LEFT}: its amounts are those of the lines above"

    ids, [refused], notes = read(*ROWS, ",,,,4,,42.49,0.00,42.49,")
    assert (refused.line, refused.reason, notes) == (5, "order number is empty", [])
    assert ids == ["1001", "1002"]


def test_one_line_above_is_too_little_to_know():
    """The same amounts once more may be the line again."""
    _, [refused], notes = read(ROWS[2], ",,,,1,,12.50,0.00,12.50,")

    assert (refused.line, notes) == (3, [])


def test_a_line_without_a_number_may_belong_to_any_order_where_no_total_tells():
    """None is posted without it."""
    head = HEAD.removesuffix(",Tax,Total,Remark")
    rows = [row.split(",0.00,")[0] for row in ROWS]
    ids, bad, _ = read(*rows, ",,,PEN,1,5.00,5.00", head=head)

    assert ids == []
    assert [row.line for row in bad] == [5, 2, 4]
    assert "line 5 could not be taken in and may be part of it" in bad[1].reason


@pytest.mark.parametrize(
    ("head", "row", "words"),
    [
        (HEAD, "Total,11/12/2026,c1,MUG,2,12.50,25.00,0.00,25.00,", "give the order its number"),
        (HEAD, "Total,,c1,,,,42.50,,,", "give the order its number"),
        ("Payment,Date,Customer ID,Amount", "Total,11/12/2026,c1,5.00", "the payment its number"),
        ("SKU,Name,Price", "2,Total,7.50", "fill in its description"),
        ("Customer ID,Name,Email", "1365,Total,", "fill in its e-mail"),
    ],
)
def test_what_may_be_a_total_or_a_record_is_asked_about(head, row, words):
    """It is refused by its line, and the reason says how to tell."""
    ids, [refused], notes = read(row, head=head)

    assert (ids, refused.line, notes) == ([], 2, [])
    assert words in refused.reason


@pytest.mark.parametrize(
    ("head", "row", "external_id"),
    [
        (HEAD, "1003,11/12/2026,c1,TOTAL,2,12.50,25.00,0.00,25.00,", "1003"),
        (HEAD, "1003,11/12/2026,c1,MUG,2,12.50,25.00,0.00,25.00,Total", "1003"),
        ("SKU,Name,Description,Price", "TT,Total,A cereal,7.50", "TT"),
        ("Customer ID,Name,Email", "c9,Total,ann@total.example", "c9"),
        ("Customer ID,Name,Email", "c9,Total Wine,", "c9"),
    ],
)
def test_a_record_that_only_holds_the_word_is_taken(head, row, external_id):
    """A SKU, a remark, a customer with an address of its own."""
    ids, bad, notes = read(row, head=head)

    assert (ids, bad, notes) == ([external_id], [], [])


def test_a_total_of_a_workbook_may_be_a_formula_or_stand_in_merged_cells():
    """Its result was never saved, as programs write it; it is left out all the same."""

    def summed(made):
        made.active.append(["1002", CELLS[1][1], "c1", "MUG", 1, 5, 5, 0, 5])
        made.active.append(["Total", None, None, None, None, None, "=SUM(G2:G3)", None, None])
        made.active.merge_cells("A4:E4")

    found = list(read_file(book(summed)))

    assert [row.text for row in found if isinstance(row, Note)] == [LEFT]
    assert [row.line for row in found if isinstance(row, Note)] == [4]
    assert [row.external_id for row in found[1:]] == ["1001", "1002"]


def test_the_report_says_left_out_and_why():
    """In its own words, apart from taken in and refused."""
    sheet = open_file("\n".join([HEAD, *ROWS, "Total,,,,,,40.00,,,"]).encode())
    written = report_csv(sheet, None, (), ())
    rows = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))

    assert [row[-2] for row in rows[1:]] == ["taken in"] * 3 + ["left out"]
    assert rows[-1][-1].endswith("it says 40.00 as amount, the lines above it make 42.50")


def test_a_total_is_said_on_the_command_line(company, tmp_path):
    """By its line, and nothing of it is handed in."""
    path, report = tmp_path / "orders.csv", tmp_path / "out.csv"
    path.write_text("\n".join([HEAD, *ROWS, "Grand total,,,,,,42.50,,,"]))
    done = run_here(
        "sync", "--file", str(path), "--source", "shop", "--report", str(report),
        "--env-file", company,
    )  # fmt: skip

    assert "orders.csv: 2 new, 0 changed, 0 known already, 0 refused" in done.stdout
    assert f"note, line 5: {LEFT}" in done.stdout
    assert f"left out,{LEFT}" in report.read_text("utf-8-sig").replace('"', "")
