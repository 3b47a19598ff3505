"""Bills, refunds, journal entries and the like in a table are the same records as in JSON."""

import csv
import io
import json

import pytest

from bot.sync.csvfile import read_csv
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, Note
from bot.sync.table.columns import ROW_KINDS
from tests.sync.kinds import (
    BILL,
    CREDIT_MEMO,
    EXPENSE,
    INVOICE,
    JOURNAL_ENTRY,
    PARTIES,
    REFUND,
    SALES_RECEIPT,
    VENDOR_CREDIT,
)

CASES = (
    INVOICE,
    SALES_RECEIPT,
    CREDIT_MEMO,
    REFUND,
    {**BILL, "due_date": "2026-12-12", "payable_account": "Accounts Payable (A/P)"},
    VENDOR_CREDIT,
    EXPENSE,
    JOURNAL_ENTRY,
)
HEADERS = {
    "external_id": "Document ID",
    "number": "Document number",
    "tax_total": "Tax",
    "customer": "Customer ID",
    "vendor": "Vendor ID",
    "unit_price": "Price",
    "account": "Account",
    "item": "Item ID",
    "paid_from": "Paid from",
    "type": "Record",
}


def rows_of(record):
    """The rows a table has for a document: each line with the document's own columns."""
    head = {key: value for key, value in record.items() if key != "lines"}
    head["type"] = head["type"].replace("_", " ")
    return [
        {HEADERS.get(key, key.replace("_", " ").title()): value for key, value in row.items()}
        for row in ({**head, **line} for line in record["lines"])
    ]


def table(rows):
    """A CSV file of rows that need not have the same columns."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    kept = io.StringIO()
    writer = csv.DictWriter(kept, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return kept.getvalue().encode()


def read(data):
    """Records and refusals of a file, notes left out."""
    found = [one for one in read_csv(data) if not isinstance(one, Note)]
    return (
        [one for one in found if not isinstance(one, BadRow)],
        [one for one in found if isinstance(one, BadRow)],
    )


def the_same(record):
    """A record of JSON as the reader makes it."""
    return parse_record(json.loads(json.dumps(record)))


@pytest.mark.parametrize("record", CASES, ids=[one["type"] for one in CASES])
def test_a_document_in_a_table_is_the_same_record_as_in_json(record):
    """Every key, each line, the money to the cent."""
    assert read(table(rows_of(record))) == ([the_same(record)], [])


def test_all_kinds_stand_in_one_file_in_any_order():
    """One number may be used by a bill and by a refund: they are two documents."""
    numbered = [{**record, "external_id": "7", "number": "7"} for record in CASES]
    rows = [row for record in numbered for row in rows_of(record)]

    records, refused = read(table(rows[::2] + rows[1::2]))

    assert refused == []
    assert {record.type for record in records} == {record["type"] for record in CASES}
    assert all(record.external_id == "7" for record in records)


@pytest.mark.parametrize(
    ("headers", "values", "type"),
    [
        (
            "Supplier,Bill No,Bill Date,Due Date,Expense Account,Total",
            "v1,PM-1,2026-11-12,2026-12-12,Office Expenses,20.00",
            "bill",
        ),
        (
            "Payee,Receipt No,Date,Bank Account,Payment Type,Category,Amount",
            "v1,77,11/14/2026,Checking,Credit Card,Office Expenses,20.00",
            "expense",
        ),
        ("Vendor ID,Vendor Name,Email,City", "v1,Paper Mill,a@paper.example,Salem", "vendor"),
        (
            "Journal No,Date,Account,Debit,Credit",
            "J1,2026-11-16,Rent,5.00,0.00\nJ1,2026-11-16,Truck,,5.00",
            "journal_entry",
        ),
    ],
)
def test_a_file_of_one_kind_is_known_by_its_columns(headers, values, type):
    """No column Record is needed where the headers tell what the rows are."""
    records, refused = read(f"{headers}\n{values}\n".encode())

    assert ([record.type for record in records], refused) == ([type], [])


@pytest.mark.parametrize(
    "headers",
    ["Handle,Title,Vendor,Variant SKU,Variant Price", "Title,Vendor,Price"],
)
def test_a_shop_that_names_vendors_of_its_items_still_hands_over_items(headers):
    """A column Vendor alone makes no vendor of an item."""
    records, refused = read(f"{headers}\n{'x,' * headers.count(',')}9.00\n".encode())

    assert not any(record.type == "vendor" for record in records)
    assert all(row.type != "vendor" for row in refused)


def test_a_bill_with_one_bad_line_is_refused_as_a_whole_by_that_line():
    """Half a bill is a wrong bill; the bill beside it is taken."""
    records, refused = read(
        b"Record,Vendor ID,Bill No,Date,Account,Amount,Total\n"
        b"bill,v1,B-1,2026-11-12,Rent,10.00,30.00\n"
        b"bill,v1,B-1,2026-11-12,Rent,twenty,30.00\n"
        b"bill,v1,B-2,2026-11-12,Rent,5.00,5.00\n"
    )

    assert [record.external_id for record in records] == ["B-2"]
    [row] = refused
    assert (row.line, row.external_id, row.type) == (3, "B-1", "bill")
    assert row.reason == (
        "bill B-1: amount is not an amount: 'twenty'; the bill is refused as a whole"
    )


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("bill,,B-1,2026-11-12,Rent,5.00,5.00", "bill B-1: vendor ID is empty"),
        ("bill,v1,,2026-11-12,Rent,5.00,5.00", "bill number is empty"),
        ("bill,v1,B-1,,Rent,5.00,5.00", "bill B-1: date is empty"),
        ("bill,v1,B-1,2026-11-12,,5.00,5.00", "bill B-1: names no account"),
        (
            "bill,v1,B-1,2026-11-12,Rent,5.00,6.00",
            "bill B-1: the lines make 5.00 and the tax 0.00, together 5.00, but the total says 6",
        ),
        (
            "vendor credit,v1,C-1,2026-11-12,Rent,-5.00,-5.00",
            "a vendor credit says what is credited, without a minus",
        ),
        ("deposit,v1,C-1,2026-11-12,Rent,5.00,5.00", f"it must be {ROW_KINDS}"),
    ],
)
def test_what_cannot_be_taken_says_why(rows, reason):
    """One sentence, naming the document and the column."""
    records, [row] = read(f"Record,Vendor ID,Bill No,Date,Account,Amount,Total\n{rows}\n".encode())

    assert (records, row.line) == ([], 2)
    assert reason in row.reason


def test_a_row_repeated_letter_by_letter_is_taken_once_where_the_total_says_so():
    """The total decides whether a line was doubled or bought twice."""
    line = b"refund,c1,R-1,2026-11-12,MUG,10.00,%s,Undeposited Funds\n"
    head = b"Record,Customer ID,Refund number,Date,SKU,Amount,Total,Refunded from\n"

    [once], _ = read(head + line % b"10.00" * 2)
    [twice], _ = read(head + line % b"20.00" * 2)

    assert (len(once.lines), len(twice.lines)) == (1, 2)


def test_the_parties_of_the_small_company_come_as_a_table_too():
    """Customers and vendors have the same columns."""
    wanted = [one for one in PARTIES if one["type"] in ("customer", "vendor")]
    lines = [f"{one['type']},{one['external_id']},{one['name']}" for one in wanted]
    file = "\n".join(["Record,ID,Name", *lines]).encode()

    assert read(file) == ([the_same(one) for one in wanted], [])


COMBINED = (
    "Record,Order,Order Date,Bill No,Bill Date,Journal No,Journal Date,Customer ID,Vendor ID,"
    "SKU,Qty,Price,Account,Amount,Debit,Credit,Total\n"
)


def test_a_combined_file_has_a_number_and_a_date_of_each_kind():
    """Orders, bills and journal entries side by side: each row takes the columns named after it."""
    rows = (
        "order,1001,2026-11-12,,,,,c1,,,,,,,,,20.00\n"
        "order line,1001,,,,,,,,M-1,2,10.00,,,,,\n"
        "bill,PO-9,,B-7,2026-11-13,,,,v1,,,,Rent,500.00,,,500.00\n"
        "journal entry,,,,,J-1,2026-11-14,,,,,,Cash,,5.00,,\n"
        "journal entry,,,,,J-1,2026-11-14,,,,,,Sales,,,5.00,\n"
    )
    records, refused = read((COMBINED + rows).encode())
    assert refused == []
    assert [(row.type, row.external_id, str(row.date)) for row in records] == [
        ("invoice", "1001", "2026-11-12"),
        ("bill", "B-7", "2026-11-13"),
        ("journal_entry", "J-1", "2026-11-14"),
    ]


def test_a_bill_never_takes_the_number_of_an_order():
    """Its own column is empty: refused, because the other one holds the number of a purchase."""
    row = "bill,PO-9,,,2026-11-13,,,,v1,,,,Rent,500.00,,,500.00\n"
    records, [bad] = read((COMBINED + row).encode())
    assert records == []
    assert bad.reason == "bill number is empty"


def test_one_thing_that_is_said_in_two_ways_is_refused_by_its_line():
    """Neither column is named after the kind of the row."""
    data = b"Record,Number,Doc Number,Customer ID,Date,SKU,Qty,Price,Total\n"
    records, [bad] = read(data + b"order,1001,1002,c1,2026-11-12,M-1,2,10.00,20.00\n")
    assert records == []
    assert bad.line == 2
    assert "Number says '1001' and Doc Number says '1002'; leave one of the two empty" in bad.reason
    records, refused = read(data + b"order,1001,,c1,2026-11-12,M-1,2,10.00,20.00\n")
    assert [row.external_id for row in records] == ["1001"]
    assert refused == []
