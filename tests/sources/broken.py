"""A hundred broken CSV files and workbooks, made here: encodings, quotes, formulas, bombs."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from openpyxl import Workbook

HEAD = "Order,Date,Customer ID,SKU,Qty,Price,Amount,Tax,Total"
GOOD = "1001,11/12/2026,c1,MUG,2,12.50,25.00,0.00,25.00"
ACCENTED = "1002,11/12/2026,c2,CAFÉ,1,4.00,4.00,0.00,4.00"
TABLE = f"{HEAD}\r\n{GOOD}\r\n{ACCENTED}\r\n"
CELLS = [
    HEAD.split(","),
    ["1001", datetime(2026, 11, 12), "c1", "MUG", 2, 12.5, 25, 0, 25],  # noqa: DTZ001  a cell
]
SHEET = "xl/worksheets/sheet1.xml"


MANY = 1_000_000


def files(many: int = MANY) -> Iterator[tuple[str, bytes]]:
    """Every file with what is wrong with it, one after another; `many` rows where it has many."""
    for part in (_encodings, _quotes, _no_tables, _cells, _workbooks, _markup):
        yield from part()
    for large in (_shapes, _archives, _sheets):
        yield from large(many)


def _encodings() -> Iterator[tuple[str, bytes]]:
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"):
        yield f"csv in {name}", TABLE.encode(name)
    for name in ("latin-1", "cp437", "mac-roman", "cp850", "utf-7"):
        yield f"csv in {name}", TABLE.encode(name)
    yield "csv that says UTF-16 and ends in half a character", TABLE.encode("utf-16")[:-1]
    yield "csv that says UTF-16 with a lone surrogate", b"\xff\xfe" + b"\x00\xd8" * 40
    yield "csv with two byte order marks", b"\xef\xbb\xbf" * 2 + TABLE.encode()
    yield "csv with a broken character", TABLE.encode().replace(b"\xc3\x89", b"\xc3")
    yield "csv whose encoding was spoilt twice", TABLE.encode().decode("cp1252").encode()
    yield "csv with half of it in another encoding", TABLE.encode() + ACCENTED.encode("cp1252")
    yield "csv with a byte that no encoding knows", TABLE.encode() + b"1003,\x81\x8d\x8f\r\n"


def _quotes() -> Iterator[tuple[str, bytes]]:
    bad = {
        "never closed": '"1003,11/12/2026,c1,MUG,1,1.00,1.00,0.00,1.00',
        "never closed at the end": '1003,11/12/2026,c1,MUG,1,1.00,1.00,0.00,"1.00',
        "in the middle": '1003,11/12/2026,c1,MU"G,1,1.00,1.00,0.00,1.00',
        "doubled wrongly": '1003,11/12/2026,c1,"MU"G",1,1.00,1.00,0.00,1.00',
        "typographic": "1003,11/12/2026,c1,“MUG”,1,1.00,1.00,0.00,1.00",
        "single": "1003,'11/12/2026','c1','MUG',1,1.00,1.00,0.00,1.00",
        "around a line break": '1003,11/12/2026,c1,"MU\nG",1,1.00,1.00,0.00,1.00',
        "around a thousand line breaks": '1003,11/12/2026,c1,"' + "\n" * 1000 + '",1,1,1,0,1',
        "escaped by a backslash": '1003,11/12/2026,c1,"MU\\"G",1,1.00,1.00,0.00,1.00',
    }
    for name, row in bad.items():
        yield f"csv with quotes {name}", f"{HEAD}\n{GOOD}\n{row}\n{ACCENTED}\n".encode()
    yield "csv with a header whose quote is never closed", f'"{TABLE}'.encode()
    yield "csv of quotes only", b'"' * 5000


def _shapes(many: int) -> Iterator[tuple[str, bytes]]:
    yield "csv with a header only", HEAD.encode()
    yield "csv without a header", f"{GOOD}\n{ACCENTED}\n".encode()
    yield "csv with the header twice", f"{HEAD}\n{HEAD}\n{GOOD}\n".encode()
    yield "csv with a column twice", TABLE.replace("Tax", "Total").encode()
    yield "csv with too few cells", f"{HEAD}\n1001,11/12/2026,c1\n{GOOD}\n".encode()
    yield "csv with too many cells", f"{HEAD}\n{GOOD},more,more\n".encode()
    yield "csv with a thousand columns", (",".join(["x"] * 1000) + "\n" + "1," * 999).encode()
    yield "csv with old Mac line ends", TABLE.replace("\r\n", "\r").encode()
    yield "csv with mixed line ends", f"{HEAD}\r{GOOD}\n{ACCENTED}\r\n".encode()
    yield "csv in one line of a megabyte", HEAD.encode() + b"," * 1_000_000
    yield (
        "csv with a cell of a megabyte",
        f"{HEAD}\n1003,11/12/2026,{'c' * 10**6},M,1,1,1,0,1".encode(),
    )
    yield "csv with a million empty lines", f"{HEAD}\n{GOOD}\n".encode() + b",,,,,,,,\r\n" * many
    yield "csv with a title above", f"Sales of November\n\n{HEAD}\n{GOOD}\n".encode()
    yield "csv with a wrong hint", f"sep=;\n{HEAD}\n{GOOD}\n".encode()
    yield "csv with zero bytes", TABLE.encode().replace(b"c1", b"c\x001")
    yield "csv with decimal commas", TABLE.replace(",", ";").replace(".", ",").encode()


def _no_tables() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "blanks", b" \r\n\t\r\n"
    yield "a byte order mark alone", b"\xef\xbb\xbf"
    yield "a PDF", b"%PDF-1.7\n" + b"\x00" * 500
    yield "a picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500
    yield "a web page", b"<!DOCTYPE html><html><body>Please log in</body></html>"
    yield "an answer in JSON", b'{"error": "not allowed", "orders": []}'
    yield "an old Excel workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000
    yield "a compressed file", b"\x1f\x8b\x08\x00" + b"\x00" * 100
    yield "random bytes", bytes((index * 7919 + index // 251) % 256 for index in range(50_000))
    yield "a letter", b"Dear Ann,\n\nplease find the orders attached, all of them.\n\nJane\n"


def _cells() -> Iterator[tuple[str, bytes]]:
    bad = {
        "a formula": "=1+1",
        "a formula with a command": "=cmd|' /C calc'!A0",
        "a day that does not exist": "02/30/2026",
        "a European day": "31.12.2026",
        "an exponent": "1E+05",
        "not a number": "NaN",
        "infinity": "inf",
        "an error of Excel": "#REF!",
        "hashes": "########",
    }
    for name, cell in bad.items():
        row = f"1003,{cell},c1,MUG,1,{cell},{cell},0.00,{cell}"
        yield f"csv with {name}", f"{HEAD}\n{GOOD}\n{row}\n".encode()


def book(fill: Callable[[Workbook], None] | None = None, cells=CELLS) -> bytes:
    """A workbook with one sheet of orders, changed by `fill`."""
    made = Workbook()
    for row in cells:
        made.active.append(row)
    if fill is not None:
        fill(made)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def _workbooks() -> Iterator[tuple[str, bytes]]:
    yield "workbook that is good", book()
    yield "workbook with nothing in it", book(cells=[])
    yield "workbook with a header only", book(cells=CELLS[:1])
    yield "workbook with a formula never computed", book(_set({"G2": "=E2*F2"}))
    yield "workbook with an error", book(_set({"G2": "#REF!"}))
    yield "workbook with rows merged", book(_merged("A2:A3"))
    yield "workbook with cells merged in a row", book(_merged("F2:G2"))
    yield "workbook with a merged title", book(_title)
    yield "workbook with only hidden sheets seen", book(_hidden)
    yield "workbook with two sheets", book(_second)
    yield "workbook with a far cell", book(_set({"XFD1048576": "far"}))
    yield "workbook with a number of twenty digits", book(_set({"A2": 12345678901234567890}))
    yield "workbook with a day before all days", book(_set({"B2": -5}, "yyyy-mm-dd"))
    yield "workbook with a day after all days", book(_set({"B2": 99999999}, "yyyy-mm-dd"))
    yield "workbook with a time for a day", book(_set({"B2": 0.5}, "hh:mm"))
    yield "workbook with a truth for an amount", book(_set({"G2": True}))
    yield "workbook with control characters", edited({SHEET: (b"c1", b"c_x0001_1")})
    yield "workbook with 300 columns more", book(cells=[CELLS[0] + [f"x{n}" for n in range(300)]])


def _set(cells: Mapping[str, object], shown: str = "") -> Callable[[Workbook], None]:
    def fill(made: Workbook) -> None:
        for place, value in cells.items():
            made.active[place] = value
            if shown:
                made.active[place].number_format = shown

    return fill


def _merged(where: str) -> Callable[[Workbook], None]:
    def fill(made: Workbook) -> None:
        made.active.append(CELLS[1])
        made.active.merge_cells(where)

    return fill


def _title(made: Workbook) -> None:
    made.active.insert_rows(1, 2)
    made.active["A1"] = "Sales of November"
    made.active.merge_cells("A1:I1")


def _hidden(made: Workbook) -> None:
    made.active.sheet_state = "hidden"
    made.create_sheet("Empty")


def _second(made: Workbook) -> None:
    made.create_sheet("Notes").append(["nothing", "here"])


def edited(changes: Mapping[str, tuple[bytes, bytes]], whole: bytes | None = None) -> bytes:
    """A workbook in whose parts bytes are replaced; (b"", …) puts new content in their place."""
    kept = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole or book())) as old,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            content = old.read(part)
            before, after = changes.get(part.filename, (b"", b""))
            if part.filename in changes:
                content = content.replace(before, after) if before else after
            new.writestr(part.filename, content)
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name][1])
    return kept.getvalue()


def worded(words: bytes) -> bytes:
    """A workbook whose words stand in a part of their own, as Excel writes them."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>'
    types = "[Content_Types].xml"
    return edited({types: (b"</Types>", override), "xl/sharedStrings.xml": (b"", words)})


def archive(parts: Mapping[str, bytes]) -> bytes:
    """A zip archive of these parts."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return kept.getvalue()


def _archives(many: int) -> Iterator[tuple[str, bytes]]:
    good = book()
    yield "workbook cut in the middle", good[: len(good) // 2]
    yield "workbook with its end cut off", good[:-30]
    yield "workbook with bytes changed", good[:200] + b"\x55" * 200 + good[400:]
    yield (
        "workbook with a password bit",
        good.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"),
    )
    yield "zip archive of a CSV file", archive({"orders.csv": TABLE.encode()})
    yield "zip archive of nothing", archive({})
    yield (
        "OpenDocument file",
        archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
    )
    yield "Numbers file", archive({"Index/Document.iwa": b"x"})
    yield "binary workbook", archive({"[Content_Types].xml": b"<x/>", "xl/workbook.bin": b"x"})
    yield (
        "Word document",
        archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
    )
    yield "archive with 3,000 parts", archive({f"xl/{n}.xml": b"x" for n in range(3_000)})
    bomb = b"0" * (many * 8)
    yield "zip bomb that unpacks to gigabytes", _declaring(good, SHEET, 4_000_000_000)
    yield "zip bomb in the words", _declaring(worded(b"<sst/>"), "xl/shared", 200_000_000)
    yield "zip bomb in a sheet", edited({SHEET: (b"</sheetData>", b"<row>" + bomb)})
    inner = archive({"a": bomb})
    yield "zip bomb within a zip bomb", archive({f"{n}.zip": inner for n in range(20)})
    yield "zip bomb whose declared sizes lie", _declaring(edited({SHEET: (b"", bomb)}), "", 10)


def _declaring(data: bytes, name: str, size: int) -> bytes:
    """The same archive, whose headers say that this part (or every part) has so many bytes."""
    found = bytearray(data)
    for sign, offset, at_name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = found.find(sign)
        while at >= 0:
            if found[at + at_name :].startswith(name.encode()):
                found[at + offset : at + offset + 4] = struct.pack("<I", size)
            at = found.find(sign, at + 4)
    return bytes(found)


def _sheets(many: int) -> Iterator[tuple[str, bytes]]:
    end = b"</sheetData>"
    empty = b'<row r="%d" ht="15" customHeight="1"/>'
    rows = b"".join(empty % number for number in range(3, many + 3))
    yield "workbook with a million empty rows", edited({SHEET: (end, rows + end)})
    styled = b'<row r="%d"><c r="A%d" s="0"/><c r="B%d" s="0"/></row>'
    rows = b"".join(styled % (n, n, n) for n in range(3, many + 3))
    yield "workbook with a million rows that are only formatted", edited({SHEET: (end, rows + end)})
    yield (
        "workbook with a row a trillion",
        edited(
            {SHEET: (end, b'<row r="1000000000000"><c r="A1000000000000"><v>1</v></c></row>' + end)}
        ),
    )
    yield (
        "workbook with rows out of order",
        edited({SHEET: (end, b'<row r="1"><c r="A1"><v>1</v></c></row>' + end)}),
    )
    yield (
        "workbook with a row that has no number",
        edited({SHEET: (end, b'<row r="x"><c r="A3"><v>1</v></c></row>' + end)}),
    )
    yield (
        "workbook with a cell at no place",
        edited({SHEET: (end, b'<row r="3"><c r="!!"><v>1</v></c></row>' + end)}),
    )
    yield (
        "workbook with a number that is none",
        edited({SHEET: (end, b'<row r="3"><c r="A3"><v>one</v></c></row>' + end)}),
    )
    yield (
        "workbook with a word that is not there",
        edited({SHEET: (end, b'<row r="3"><c r="A3" t="s"><v>999</v></c></row>' + end)}),
    )
    yield (
        "workbook with an unknown kind of cell",
        edited({SHEET: (end, b'<row r="3"><c r="A3" t="zz"><v>1</v></c></row>' + end)}),
    )
    yield (
        "workbook with a style that is not there",
        edited({SHEET: (end, b'<row r="3"><c r="A3" s="999"><v>1</v></c></row>' + end)}),
    )
    cells = b'<c r="A3"/>' * (many // 2)
    yield (
        "workbook with a row of half a million cells",
        edited({SHEET: (end, b'<row r="3">' + cells + b"</row>" + end)}),
    )


def _markup() -> Iterator[tuple[str, bytes]]:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    for name, part in (("sheet", SHEET), ("book", "xl/workbook.xml")):
        yield f"entities that grow in the {name}", edited({part: (b"", laughs + b"<x>&b;</x>")})
        yield (
            f"an entity from outside in the {name}",
            edited({part: (b"", outside + b"<x>&a;</x>")}),
        )
        yield f"no XML in the {name}", edited({part: (b"", b"\x00\x01 not at all")})
        yield f"XML cut off in the {name}", edited({part: (b"</", b"<")})
    yield "entities that grow in the words", worded(laughs + b"<sst><si><t>&b;</t></si></sst>")
    yield "an entity from outside in the words", worded(outside + b"<sst><si><t>&a;</t></si></sst>")
    yield "no XML in the words", worded(b"\x00\x01 not at all")
    yield "XML cut off in the words", worded(b"<sst><si><t>Mug</t>")
    yield (
        "a sheet in an unknown encoding",
        edited({SHEET: (b"", b'<?xml version="1.0" encoding="zz"?><x/>')}),
    )
    yield "a sheet nested too deep", edited({SHEET: (b"</sheetData>", b"<a>" * 200_000)})
    yield "styles that are none", edited({"xl/styles.xml": (b"", b"<x/>")})
    yield "a content list that is none", edited({"[Content_Types].xml": (b"", b"<x/>")})
    yield "relations that are none", edited({"xl/_rels/workbook.xml.rels": (b"", b"<x/>")})
