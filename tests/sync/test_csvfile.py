"""A shop's CSV: the mess is told by line, the good rows go on, money is never guessed."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.shop_export import build_export, make_export
from bot.sync.csvfile import MOST_BYTES, read_csv
from bot.sync.records import BadRow, CustomerIn, InvoiceIn, ItemIn, Note, PaymentIn
from bot.sync.table import cells

ORDERS = "Order,Date,Customer ID,SKU,Qty,Price,Amount,Tax,Total\n"


def read(text, **options):
    """Records, refusals and notes of a file."""
    data = text.encode() if isinstance(text, str) else text
    found = list(read_csv(data, **options))
    records = [row for row in found if not isinstance(row, BadRow | Note)]
    return (
        records,
        [row for row in found if isinstance(row, BadRow)],
        [row for row in found if isinstance(row, Note)],
    )


def orders(*rows):
    return read(ORDERS + "\n".join(rows) + "\n")


@pytest.mark.parametrize(("rows", "seed"), [(2000, 7), (2500, 1), (300, 99)])
def test_a_generated_export_is_read_as_its_truth_says(rows, seed):
    """Counts, sums, and every bad line by its number; repairs and repeats are noted."""
    export = build_export(rows, seed)
    records, refused, notes = read(export.data)
    counted = Counter(type(record) for record in records)
    truth = export.truth

    assert export.truth.rows >= rows
    assert counted[CustomerIn] == truth.customers
    assert counted[ItemIn] == truth.items
    assert counted[InvoiceIn] == truth.invoices
    assert counted[PaymentIn] == truth.payments
    invoiced = sum(record.total for record in records if isinstance(record, InvoiceIn))
    assert invoiced == truth.invoice_total
    assert sorted(row.line for row in refused) == sorted(truth.bad_lines)
    assert {row.external_id for row in refused if row.external_id} == set(truth.bad_orders)
    noted = {note.line for note in notes}
    assert noted == {*truth.repaired_lines, *truth.repeated_lines}


def test_an_export_is_the_same_for_the_same_seed():
    """Reproducible, byte by byte; another seed gives another file."""
    assert make_export(200, 3) == make_export(200, 3)
    assert make_export(200, 3) != make_export(200, 4)


def test_the_names_of_a_generated_export_come_through_the_mess():
    """Accents survive UTF-8, Windows-1252 and a double encoding."""
    records, _, _ = read(make_export(300, 5))
    names = {record.name for record in records if isinstance(record, CustomerIn)}

    assert {"Zoé Béranger", "Jörg Weiß"} <= names
    assert any("  " in name for name in names)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_delimiters_line_ends_and_a_bom_are_recognised(delimiter, end, bom):
    """However the shop's tool writes tables."""
    rows = (("Customer_ID", "FULL NAME", "E-Mail"), ("c1", "Jane", "j@x.com"), ("c2", "Jo", ""))
    text = bom + end.join(delimiter.join(row) for row in rows)
    records, refused, _ = read(text)

    assert [(row.external_id, row.name, row.email) for row in records] == [
        ("c1", "Jane", "j@x.com"),
        ("c2", "Jo", None),
    ]
    assert refused == []


def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_breaks():
    """The line of a later row counts physical lines."""
    text = 'Customer ID,Name,Email,Notes\nc1,"Doe, ""JJ"" Jane",a@b.c,"one\ntwo"\nc2,,a@b.c,x\n'
    records, refused, _ = read(text)

    assert (records[0].name, records[0].notes) == ('Doe, "JJ" Jane', "one\ntwo")
    assert [(row.line, row.reason) for row in refused] == [(4, "name is empty")]


@pytest.mark.parametrize("broken", ['c2,"Bo,b@x.com', 'c2,"Bo"by,b@x.com', '"c2,Bo,b@x.com'])
def test_only_the_row_with_the_unbalanced_quote_is_refused(broken):
    """Reading goes on with the next line."""
    text = f'Customer ID,Name,Email\nc1,Al,a@x.com\n{broken}\nc3,"Cy",c@x.com\nc4,Di,d@x.com\n'
    records, refused, _ = read(text)

    assert [row.external_id for row in records] == ["c1", "c3", "c4"]
    assert [row.line for row in refused] == [3]
    assert "quotation mark" in refused[0].reason


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("c2,Bo", "only 2 cells, the header has 3"),
        ("c2,Bo,b@x.com,more", "has 4 cells, the header has 3"),
        ("c2,B\x00o,b@x.com", "name holds a control character (U+0000)"),
        ("c2,B\x1fo,b@x.com", "name holds a control character (U+001F)"),
        (",Bo,b@x.com", "customer ID is empty"),
        ("c2,,b@x.com", "name is empty"),
    ],
)
def test_a_bad_row_is_told_by_line_and_the_others_go_on(row, words):
    """Trailing empty cells are no reason to refuse."""
    text = f"Customer ID,Name,Email\nc1,Al,a@x.com,,\n\n{row}\nc3,Cy,c@x.com\n"
    records, refused, _ = read(text)

    assert [record.external_id for record in records] == ["c1", "c3"]
    assert [bad.line for bad in refused] == [4]
    assert words in refused[0].reason


def test_a_line_in_windows_1252_is_read_and_noted():
    """Only that line; the others are UTF-8."""
    data = "Customer ID,Name,Email\nc1,Zoé,\n".encode() + "c2,Renée – €,\n".encode("cp1252")
    records, _, notes = read(data)

    assert [record.name for record in records] == ["Zoé", "Renée – €"]
    assert [note.line for note in notes] == [3]


@given(st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=30))
def test_only_exact_repairs_of_a_wrong_encoding_are_made(text):
    """Garbled text becomes what it was; the repair of clean text changes nothing."""
    garbled = text.encode("utf-8").decode("cp1252", errors="replace")
    repaired, changed = cells.repair(garbled)
    if changed and "\ufffd" not in garbled:
        assert repaired == text or repaired.encode("utf-8").decode("cp1252") == garbled
    assert cells.repair("José & Zoë – naïve") == ("José & Zoë – naïve", False)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("$1,234.50", "1234.50"),
        ("1234.5", "1234.5"),
        ("(12.00)", "-12.00"),
        ("-$12.00", "-12.00"),
        ("$ -12", "-12"),
        ("USD 1,000", "1000"),
        ("\u00a012.00 ", "12.00"),
        (".50", ".50"),
    ],
)
def test_amounts_as_shops_write_them(cell, amount):
    """Dollar signs, thousands, brackets for a minus."""
    assert cells.money(cell) == Decimal(amount)


@pytest.mark.parametrize("cell", ["1.234,56", "12,50", "1,23", "1.234.567", "12,3456", "1,2345.00"])
def test_an_amount_that_could_mean_two_is_refused(cell):
    """Rather than guessed."""
    with pytest.raises(cells.CellError, match="could mean two amounts"):
        cells.money(cell)


@pytest.mark.parametrize("cell", ["abc", "12 apples", "€12", "--1", "(-1)", "1e5", "$"])
def test_what_is_no_amount_is_refused(cell):
    """With the cell in the words."""
    with pytest.raises(cells.CellError):
        cells.money(cell)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("10/31/2026", date(2026, 10, 31)),
        ("1/2/2026", date(2026, 1, 2)),
        ("2026-10-31", date(2026, 10, 31)),
        ("2026-10-31 23:40:00", date(2026, 10, 31)),
        ("10/31/2026 11:40 PM", date(2026, 10, 31)),
        ("2026-11-01T03:40:00Z", date(2026, 10, 31)),
        ("2026-10-31 23:40:00 -0400", date(2026, 10, 31)),
    ],
)
def test_a_day_is_the_companys_day(cell, day):
    """23:40 on the 31st is the 31st, also when it is written in UTC."""
    assert cells.day(cell, "America/New_York") == day


@pytest.mark.parametrize("cell", ["31/10/2026", "10/31/26", "2026-02-30", "yesterday", "20261031"])
def test_what_is_no_day_is_refused(cell):
    """A day in another country's order is not turned round."""
    with pytest.raises(cells.CellError):
        cells.day(cell)


def test_a_utc_time_without_the_companys_zone_is_refused():
    """Its day here is not known."""
    with pytest.raises(cells.CellError, match="UTC"):
        cells.day("2026-11-01T03:40:00Z")


def test_the_rows_of_one_order_are_one_invoice_wherever_they_stand():
    """As Shopify writes them: order columns on the first row only, other orders in between."""
    records, refused, _ = orders(
        "1,2026-11-01,c1,A,2,1.50,,0.50,5.50",
        "2,11/02/2026,c2,A,1,1.50,1.50,,1.50",
        "1,,,B,1,2.00,2.00,,",
    )

    assert refused == []
    assert [(row.number, row.customer, row.total, len(row.lines)) for row in records] == [
        ("1", "c1", Decimal("5.50"), 2),
        ("2", "c2", Decimal("1.50"), 1),
    ]


@pytest.mark.parametrize(
    ("row", "line", "words"),
    [
        ('1,,,B,1,"1.234,56",,,', 3, "order 1: price could mean two amounts"),
        ("1,,,B,1", 3, "order 1: has only 5 cells"),
        ("1,,,,1,2.00,2.00,,", 3, "order 1: names neither an item nor a SKU"),
        ("1,,,B,x,2.00,2.00,,", 3, "order 1: quantity is not an amount"),
        ("1,,,B,1,,,,", 3, "order 1: has neither an amount nor a price"),
        ("1,,c9,B,1,2.00,2.00,,", 2, "line 2 says customer c1, line 3 says c9"),
        ("1,2026-11-09,,B,1,2.00,2.00,,", 2, "line 2 says date 2026-11-01, line 3 says 2026-11-09"),
        ("1,,,B,1,2.00,3.00,,", 2, "1 x 2.00 is 2, but its amount says 3.00"),
        ("1,,,B,1,9.00,9.00,,", 2, "the lines make 10.50"),
    ],
)
def test_an_order_with_one_bad_line_is_refused_as_a_whole(row, line, words):
    """Money: half an invoice is worse than none. The other orders go on."""
    records, refused, _ = orders(
        "1,2026-11-01,c1,A,1,1.50,1.50,,3.50", row, "2,2026-11-01,c1,A,1,1.50,1.50,,1.50"
    )

    assert [record.number for record in records] == ["2"]
    [bad] = refused
    assert (bad.line, bad.external_id) == (line, "1")
    assert words in bad.reason


def test_a_repeated_line_counts_once_only_if_the_total_says_so():
    """Two equal lines may be two mugs; the total decides."""
    twice = ("1,2026-11-01,c1,A,1,1.50,1.50,,1.50", "1,2026-11-01,c1,A,1,1.50,1.50,,1.50")
    records, refused, notes = orders(*twice)
    assert (len(records[0].lines), refused) == (1, [])
    assert [note.line for note in notes] == [3]

    records, refused, notes = orders(*(row.replace(",,1.50", ",,3.00") for row in twice))
    assert (len(records[0].lines), refused, notes) == (2, [], [])


def test_without_totals_a_lost_line_refuses_the_orders():
    """Nobody could tell to which order it belonged."""
    header = "Order,Date,Customer ID,SKU,Qty,Price\n"
    text = header + '1,2026-11-01,c1,A,1,1.50\n"1,,,B,1,2.00\n2,2026-11-01,c1,A,1,1.50\n'
    records, refused, _ = read(text)

    assert records == []
    assert {bad.external_id for bad in refused} >= {"1", "2"}


def test_payments_of_one_kind_files_and_their_repeats():
    """One payment over two orders is one record; an exact repeat counts once."""
    text = (
        "Payment ID,Date,Customer ID,Order,Amount,Method,Reference\n"
        "p1,11/03/2026,c1,1,$10.00,Visa,ch_1\n"
        "p1,11/03/2026,c1,2,5.00,Visa,ch_1\n"
        "p1,11/03/2026,c1,1,$10.00,Visa,ch_1\n"
        "p2,11/03/2026,,1,10.00,Visa,ch_2\n"
    )
    records, refused, notes = read(text)

    [paid] = records
    assert paid.amount == Decimal("15.00")
    assert [(part.invoice, part.amount) for part in paid.applies_to] == [
        ("1", Decimal("10.00")),
        ("2", Decimal("5.00")),
    ]
    assert [note.line for note in notes] == [4]
    assert [(bad.line, bad.external_id) for bad in refused] == [(5, "p2")]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "the file is empty"),
        (b"\xef\xbb\xbf\r\n \n", "the file is empty"),
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1", "old Excel workbook"),
        (bytes(range(256)) * 40, "no plain text"),
        (b"\x00" * 5000, "no plain text"),
        (b"c1,Jane Doe,jane@x.com\nc2,Jo,jo@x.com\n", "does not name the columns"),
        (b"Name,Email\n", "nothing below it"),
        (b"Order,Notes\n1,x\n", "do not tell what the rows are"),
        (b"Customer ID,Customer Number,Name\n1,1,x\n", "two columns mean the same"),
        (b"Customer ID,Customer Number,Name\n1,1,x\n", "--columns 'Customer Number='"),
        (b"Record,Order,Order,Date\norder,1,2,x\n", "give each a name of its own"),
        (b'"Customer ID,Name\n1,x\n', "quotation mark"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_once(data, words):
    """One clear error, no line number."""
    records, refused, _ = read(data)

    assert records == []
    [bad] = refused
    assert bad.line is None
    assert words in bad.reason


def test_more_than_a_hundred_megabytes_are_refused():
    """With the limit in the words."""
    _, refused, _ = read(b"a" * (MOST_BYTES + 1))

    assert "100 MB" in refused[0].reason


def test_a_file_in_utf_16_is_read():
    """Excel's "Unicode text"."""
    records, _, _ = read("Customer ID\tName\tEmail\nc1\tZoé\t\n".encode("utf-16"))

    assert records[0].name == "Zoé"


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_to_the_end(data):
    """Nothing is raised, whatever the file holds."""
    list(read_csv(data))


def lines_told(found):
    """The physical lines that refusals and notes name."""
    return {row.line for row in found if isinstance(row, BadRow | Note)}


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(st.sampled_from("abc1,; \t|é$.()-"), max_size=40), max_size=8))
def test_every_line_below_a_header_is_a_record_or_told_or_blank(lines):
    """Of an item list each row is one record, or its line is named; nothing vanishes."""
    body = "\n".join(lines)
    found = list(read_csv(("Item ID,Name,Price\n" + body + "\n").encode()))
    records = [row for row in found if isinstance(row, ItemIn)]
    filled = {at for at, line in enumerate(lines, start=2) if line.strip(",;|\t ")}
    told = lines_told(found) & filled

    assert len(records) >= len(filled) - len(told)
    assert len(records) <= len(filled)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('abc1,;"\n\r\t |\x00é$.()-'), max_size=300))
def test_any_rows_below_a_header_are_read_to_the_end(body):
    """Nothing is raised, and what yields no record says why."""
    for header in (ORDERS, "Record,ID,Name,Order,SKU,Amount\n"):
        found = list(read_csv((header + body).encode()))
        assert found
