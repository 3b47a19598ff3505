"""What a file is that is no table the bot reads, told in words with what to do."""

ZIP = b"PK\x03\x04"
# Excel opens a file with one of these endings only as a workbook: any other content is a mistake.
_WORKBOOKS = (".xlsx", ".xlsm")
# What people keep tables in and the bot does not read; told where such a file is met.
SPREADSHEETS = (".xls", ".xlsb", ".ods", ".numbers")
_OLD = b"\xd0\xcf\x11\xe0"
_AS_WORKBOOK = "open it in Excel and save it as .xlsx"
_EXPORT = "export or save it as CSV or .xlsx"
# The names of the streams of a compound file stand in it as UTF-16 ([MS-CFB], [MS-OFFCRYPTO]).
_STREAMS = (
    ("EncryptedPackage", "a workbook with a password", "open it in Excel and save it without one"),
    ("WordDocument", "an old Word document", _EXPORT),
    ("__substg1.0_", "a mail of Outlook", "save the file that is attached to it"),
    ("Workbook", "an old Excel workbook (.xls)", _AS_WORKBOOK),
    ("Book", "an old Excel workbook (.xls)", _AS_WORKBOOK),
)
_MAYBE_OLD = "an old Excel workbook (.xls), or one with a password"
_MAGIC = (
    (ZIP, "an Excel workbook or a zip archive", "give it the ending .xlsx, or export it as CSV"),
    (b"PK\x05\x06", "an empty zip archive", "export the table again"),
    (b"PK\x07\x08", "a part of a zip archive", "put the parts together, or export the table again"),
    (b"%PDF", "a PDF", _EXPORT),
    (b"{\\rtf", "a text document (.rtf)", _EXPORT),
    (b"\x1f\x8b", "a compressed file", "unpack it and hand in the file that is in it"),
    (b"Rar!", "a compressed file", "unpack it and hand in the file that is in it"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file", "unpack it and hand in the file that is in it"),
    (b"SQLite format 3\x00", "a database", _EXPORT),
    (b"\x89PNG", "a picture", _EXPORT),
    (b"GIF8", "a picture", _EXPORT),
    (b"\xff\xd8\xff", "a picture", _EXPORT),
    (b"<!doctype", "a web page", _EXPORT),
    (b"<html", "a web page", _EXPORT),
    (b"<table", "a web page", _EXPORT),
    (b"<?xml", "an XML file", _AS_WORKBOOK),
)
_HEAD = 4096
# So many signs at the beginning that no text has are no text.
_NO_TEXT = bytes({*range(0x20)} - set(b"\t\n\v\f\r"))
_MOST_OF_THEM = 16


def why_no_workbook(data: bytes, name: str) -> str:
    """Why a file whose name says that it is an Excel workbook is none; "" where it may be one."""
    if not name.lower().endswith(_WORKBOOKS) or data.startswith(ZIP) or not data.strip():
        return ""
    what, do = kind_of(data) or _text(data)
    return f"it is no Excel workbook, though its name says so: it is {what}; {do}"


def why_no_csv(data: bytes) -> str:
    """Why a file holds no text that could be a table; "" where it may."""
    found = kind_of(data)
    if found:
        return f"this is {found[0]}, not a CSV file; {found[1]}"
    if _is_no_text(data):
        return f"this is not a CSV file: it holds no plain text; {_EXPORT}"
    return ""


def why_not_chosen(name: str) -> str:
    """What to do with a file whose name already says that it is not read."""
    ending = next((one for one in SPREADSHEETS if name.lower().endswith(one)), "")
    if ending in (".xls", ".xlsb"):
        old = "an old Excel workbook" if ending == ".xls" else "a binary Excel workbook"
        return f"This is {old} ({ending}). Open it in Excel, save it as .xlsx and choose that file."
    if ending:
        return f"Files with the ending {ending} are not read. Export it as .xlsx or CSV."
    return "This is neither CSV nor .xlsx. Export the orders as one of them."


def kind_of(data: bytes) -> tuple[str, str] | None:
    """What a file is by its first bytes, and what to do with it; None where they do not tell."""
    if data.startswith(_OLD):
        return _compound(data)
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, what, do in _MAGIC:
        if head[: len(magic)].lower() == magic.lower():
            return what, do
    return None


def _compound(data: bytes) -> tuple[str, str]:
    for stream, what, do in _STREAMS:
        if stream.encode("utf-16-le") in data:
            return what, do
    return _MAYBE_OLD, f"{_AS_WORKBOOK}, without a password"


def _text(data: bytes) -> tuple[str, str]:
    if _is_no_text(data):
        return "something else, or it was damaged on its way", "export it again"
    if data[:1] in (b"{", b"["):
        return "an answer of a program (JSON)", _EXPORT
    return (
        "a plain text file",
        "when that text is a table, give it the ending .csv, else export the table again",
    )


def _is_no_text(data: bytes) -> bool:
    """Whether it holds signs as no text does, but for UTF-16, which says so at its beginning."""
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    head = data[:_HEAD]
    return not is_wide and len(head) - len(head.translate(None, _NO_TEXT)) > _MOST_OF_THEM
