"""Columns: guessed, shown, corrected, remembered; and the report with every row of the file."""

import csv
import io

import pytest

from bot.errors import BadInput
from bot.sync import columnmaps
from bot.sync.records import BadRow, Note
from bot.sync.table.columns import Guess, column_named, guess
from bot.sync.table.report import report_csv
from bot.sync.table.sheet import records_of
from bot.sync.tablefile import open_file, read_file, tables
from commands.parts import file_columns
from tests.dispatch.slack_world import text_of
from tests.sources.broken import book

ODD = "Ordr Nr,Order Dt,Buyer,Art,Qnty,Line Amt\n1001,11/12/2026,c1,MUG,2,25.00\n"
SAID = {"ordr nr": "order", "buyer": "customer", "art": "sku", "order dt": "date"}


def test_near_names_are_proposed_and_never_taken_by_themselves():
    """Order Nr may be the order number; only a person says so."""
    cells = ["Order Nr", "Cust Nr", "Invoice Dt", "SKU", "Warranty", ""]

    assert guess(cells, {"warranty": ""}) == [
        Guess("Order Nr", "order", "like"),
        Guess("Cust Nr", "customer", "like"),
        Guess("Invoice Dt", "date", "like"),
        Guess("SKU", "sku", "known"),
        Guess("Warranty", "", "said"),
    ]


def test_one_column_is_proposed_once_and_not_where_it_is_taken():
    """Two columns that look like the order, one that is the SKU already."""
    found = guess(["Order Nr", "Ordernum", "SKU", "Skus"], {})

    assert [one.column for one in found] == ["order", "", "sku", ""]


def test_what_a_person_says_counts_before_every_name():
    """A column called Total that is not the total is left out."""
    text = "Order,Date,Customer ID,SKU,Amount,Total\n1,11/12/2026,c1,MUG,5.00,7.00\n"

    [refused] = [row for row in read_file(text.encode()) if isinstance(row, BadRow)]
    found = list(read_file(text.encode(), choose=lambda cells: {"total": ""}))

    assert "the total says 7.00" in refused.reason
    assert [str(row.total) for row in found if not isinstance(row, Note)] == ["5.00"]


@pytest.mark.parametrize(
    ("word", "column"),
    [("order", "order"), ("Order No", "order"), ("tax_code", "tax_code"), ("", ""), ("skip", "")],
)
def test_a_column_is_named_as_people_name_it(word, column):
    """Its own name, a known header, or nothing."""
    assert column_named(word) == column


def test_a_column_that_is_none_is_refused_with_all_there_are():
    """So that one is chosen at once."""
    with pytest.raises(BadInput, match=r"'colour' is no column\. The columns are: record, id"):
        column_named("colour")


def test_a_shape_is_known_in_any_order_of_columns():
    """And with other blanks and cases."""
    assert columnmaps.shape_of(["Order No", "SKU"]) == columnmaps.shape_of(["sku", "order_no "])
    assert columnmaps.shape_of(["Order No", "SKU"]) != columnmaps.shape_of(["Order No"])


def test_a_table_whose_header_cannot_be_read_is_asked_about():
    """With two columns that look like known ones; a letter is not."""
    reading = columnmaps.read_columns(tables(ODD.encode()), lambda cells: {})
    letter = columnmaps.read_columns(tables(b"Dear Ann,\nhere they are\n"), lambda cells: {})

    assert reading is not None
    assert reading.is_unsure
    assert reading.problem
    assert letter is None


def test_of_each_column_the_first_values_are_shown():
    """A heading such as "Each" says little without them; a broken row shows nothing."""
    table = b"Ordr Nr;Dy;Byr;Pcs;Each\n1;03/11/2026;Ann;2;12,50\nbroken\n2;04/11/2026;;1;7,00\n"
    reading = columnmaps.read_columns(tables(table), lambda cells: {})

    assert reading is not None
    assert reading.examples() == [
        ("1", "2"),
        ("03/11/2026", "04/11/2026"),
        ("Ann",),
        ("2", "1"),
        ("12,50", "7,00"),
    ]
    shown = text_of(file_columns.view(file_columns.Asked(1, 1, "F1"), "odd.csv", reading))
    assert "For example: 12,50, 7,00" in shown
    assert "too few of the names of its columns are known" in shown


def _report(data, refused=(), choose=lambda cells: {}):
    sheet = open_file(data, choose)
    found = [] if isinstance(sheet, str) else list(records_of(sheet, None))
    bad = [*(row for row in found if isinstance(row, BadRow)), *refused]
    notes = [row for row in found if isinstance(row, Note)]
    written = report_csv(sheet, None, bad, notes)
    assert written.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))


TABLE = (
    "Order,Date,Customer ID,SKU,Amount,Total\n"
    "1001,11/12/2026,c1,MUG,5.00,8.00\n"
    "1001,11/12/2026,c1,CUP,3.00,8.00\n"
    "1002,soon,c1,CUP,3.00,3.00\n"
    '1002,11/12/2026,c1,"=HYPERLINK(1)",0.00,3.00\n'
    "1003,11/12/2026,c1\n"
)


def test_the_report_has_each_row_with_its_line_and_what_became_of_it():
    """An order is refused as a whole, and each of its rows says why."""
    head, *rows = _report(TABLE.encode())

    assert head[-3:] == ["Line", "What became of it", "Reason"]
    assert [(row[0], row[-3], row[-2]) for row in rows] == [
        ("1001", "2", "taken in"),
        ("1001", "3", "taken in"),
        ("1002", "4", "refused"),
        ("1002", "5", "refused"),
        ("1003", "6", "refused"),
    ]
    assert "is not a day" in rows[2][-1]
    assert rows[3][-1] == rows[2][-1]
    assert rows[4][-1].startswith("order 1003: has only 3 cells")


def test_no_cell_of_a_report_is_a_formula():
    """What begins like one stands behind an apostrophe; a minus before a number stays."""
    text = TABLE + '1004,11/12/2026,c1,@SUM,-3.00,"-3.00"\n'
    rows = _report(text.encode())

    assert rows[4][3] == "'=HYPERLINK(1)"
    assert rows[-1][3:6] == ["'@SUM", "-3.00", "-3.00"]


def test_a_record_refused_by_the_outbox_is_refused_in_the_report_too():
    """It is known by its id and type; a customer of the same id is not meant."""
    refused = [BadRow(None, "1001", "is too far ahead", "invoice")]
    others = [BadRow(None, "1001", "is another", "customer")]

    assert [row[-1] for row in _report(TABLE.encode(), refused)[1:3]] == ["is too far ahead"] * 2
    assert [row[-2] for row in _report(TABLE.encode(), others)[1:3]] == ["taken in"] * 2


def test_a_file_that_cannot_be_read_has_a_report_with_the_reason():
    """One row; a workbook has one as well."""
    assert _report(b"%PDF-1.7")[1][1:] == [
        "not read",
        "this is a PDF, not a CSV file; export or save it as CSV or .xlsx",
    ]
    assert _report(book())[1][-3:] == ["2", "taken in", ""]
