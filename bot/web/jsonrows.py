"""Reads records out of a body: an array, one object, or one object a line; in exact numbers."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.domain import JsonValue
from bot.errors import BadInput
from bot.sync.exact_json import parse_json
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, RecordIn
from bot.web.body import MEGABYTE, Body

WHOLE_LIMIT = 25 * MEGABYTE  # an array is read as one
_LONGEST_LINE = 1 * MEGABYTE
# How bodies begin that are no UTF-8 text, and what they are.
_OTHER_KINDS = (
    (b"\x1f\x8b", "compressed (gzip)"),
    (b"PK\x03\x04", "a ZIP archive or an Excel file"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"<", "XML or HTML"),
)


def read_records(
    body: Body, time_zone: str = "", today: date | None = None
) -> Iterator[RecordIn | BadRow]:
    """Read an array, one object, or one object a line; bad ones come out as BadRow.

    A moment with an offset counts on the day of `time_zone`, when that is given; a document dated
    years after `today` is refused by its line. Raises BadInput when the body is none of these.
    """
    return _checked(read_rows(body), time_zone, today)


def read_rows(body: Body, one: str = "record") -> Iterable[tuple[int, JsonValue | BadRow]]:
    """Read the JSON values of an array, one object, or one object a line, with their numbers.

    `one`: what each is called. Raises BadInput when the body is none of these.
    """
    _refuse_other_kinds(body)
    first = _first_character(body)
    if first == b"":
        msg = f"The body is empty; send one {one}, an array of {one}s, or one {one} a line."
        raise BadInput(msg)
    return enumerate(_array(body), start=1) if first == b"[" else _lines(body)


def _refuse_other_kinds(body: Body) -> None:
    """Name in one sentence what would else be a complaint about every line."""
    start = body.read(4)
    body.seek(0)
    for sign, kind in _OTHER_KINDS:
        if start.startswith(sign):
            msg = f"The body is {kind}; records must come as JSON in UTF-8, not compressed."
            raise BadInput(msg)


def _first_character(body: Body) -> bytes:
    while True:
        start = body.tell()
        one = body.read(1)
        if one in (b" ", b"\t", b"\r", b"\n", b"\xef", b"\xbb", b"\xbf"):
            continue
        body.seek(start)
        return one


def _array(body: Body) -> Iterable[JsonValue]:
    try:
        found = parse_json(body.read())
    except ValueError as error:
        msg = f"The body is not valid JSON: {error}."
        raise BadInput(msg) from None
    return found if isinstance(found, list) else [found]


def _lines(body: Body) -> Iterator[tuple[int, JsonValue | BadRow]]:
    """One object a line; a single object written over several lines is taken as well."""
    start = body.tell()
    first_line = body.readline(_LONGEST_LINE)
    try:
        parse_json(first_line)
    except ValueError:
        body.seek(start)
        whole = _single(body)
        if whole is not None:
            yield 1, whole
            return
    body.seek(start)
    number = 0
    while line := body.readline(_LONGEST_LINE):
        number += 1
        if not line.strip():
            continue
        if _swallow_rest(body, line):
            yield number, BadRow(number, "", "This line is longer than 1 MB.")
            continue
        try:
            yield number, parse_json(line)
        except ValueError as error:
            yield number, BadRow(number, "", f"This line is not valid JSON: {error}.")


def _swallow_rest(body: Body, line: bytes) -> bool:
    """Read on to the end of a line that was cut; its tail must not pass for a record."""
    cut = len(line) == _LONGEST_LINE and not line.endswith(b"\n")
    while line and len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
        line = body.readline(_LONGEST_LINE)
    return cut


def _single(body: Body) -> JsonValue | None:
    start = body.tell()
    try:
        return parse_json(body.read(WHOLE_LIMIT))
    except ValueError:
        body.seek(start)
        return None


def _checked(
    items: Iterable[tuple[int, JsonValue | BadRow]], time_zone: str, today: date | None
) -> Iterator[RecordIn | BadRow]:
    for number, item in items:
        yield item if isinstance(item, BadRow) else parse_record(item, number, time_zone, today)
