"""From the text of one cell to a value: money, days, repaired words. Never a guess about money."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

# Signs without a width that come along when a cell is copied from a page.
_UNSEEN = "\u200b\u200e\u200f\u2060\ufeff \t\n"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SIGN = re.compile("[€£¥₹]|[A-Z]{1,2}\\$")
_PLAIN_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")
_GROUPED_NUMBER = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
_MONTHS = 12
_ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
    r"\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?"
)
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:,?\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp][Mm])?)?")
_SERIAL = re.compile(r"[2-7]\d{4}(\.\d+)?")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
_EXCEL_TEXT = re.compile(r'="([^"]*)"')
# What UTF-8 looks like when it was read as Windows-1252: a lead byte, then a continuation.
_GARBLED = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]")


class CellError(ValueError):
    """The cell cannot be used; the message says why, without the column's name."""


def words(cell: str) -> tuple[str, bool]:
    """Return a cell's text, trimmed, and whether a wrong encoding in it was repaired."""
    text, repaired = repair(cell.replace("\r\n", "\n").replace("\r", "\n"))
    excel = _EXCEL_TEXT.fullmatch(text.strip())
    text = excel.group(1) if excel else text
    found = _CONTROL.search(text)
    if found:
        raise CellError(f"holds a control character (U+{ord(found.group()):04X})")
    return text.strip(_UNSEEN).strip(), repaired


def repair(text: str) -> tuple[str, bool]:
    """Undo UTF-8 that was read as Windows-1252, only where undoing it is exact."""
    if text.isascii() or not _GARBLED.search(text):
        return text, False
    try:
        repaired = b"".join(_legacy_byte(character) for character in text).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text, False
    return repaired, repaired != text


def _legacy_byte(character: str) -> bytes:
    if "\x80" <= character <= "\x9f":
        return character.encode("latin-1")
    return character.encode("cp1252")


def money(cell: str, *, decimal_comma_likely: bool = False) -> Decimal:
    """Read $1,234.50, (12.00), -12; refuse what could mean two amounts, such as 1.234,56."""
    text = cell.replace("\u00a0", " ").replace("\u2212", "-").strip()
    negative = text.startswith("(") and text.endswith(")")
    if negative:
        text = text[1:-1].strip()
    signed = re.fullmatch(r"(-?)\s*(?:US\$|\$|USD)?\s*(-?)\s*([\d.,]+)\s*(?:USD)?", text)
    if signed is None:
        hint = "; write 25.00, and the currency in a column Currency" if _SIGN.search(text) else ""
        raise CellError(f"is not an amount: {text[:40]!r}{hint}")
    minus, second_minus, digits = signed.groups()
    if bool(minus) + bool(second_minus) + negative > 1:
        raise CellError(f"has more than one minus: {cell[:40]!r}")
    ambiguous = decimal_comma_likely and "," in digits
    grouped = _GROUPED_NUMBER.fullmatch(digits)
    if ambiguous or not (_PLAIN_NUMBER.fullmatch(digits) or grouped):
        raise CellError(f"could mean two amounts: {cell[:40]!r}; write it as 1234.56")
    amount = Decimal(digits.replace(",", ""))
    return -amount if (minus or second_minus or negative) and amount else amount


def is_day_first(cell: str) -> bool:
    """Whether a day can only be meant as DD/MM/YYYY: 13/11/2026."""
    found = _SLASHES.match(cell.lstrip())
    return found is not None and int(found[1]) > _MONTHS >= int(found[2]) > 0


def is_month_first(cell: str) -> bool:
    """Whether a day can only be meant as MM/DD/YYYY: 11/13/2026."""
    found = _SLASHES.match(cell.lstrip())
    return found is not None and int(found[2]) > _MONTHS >= int(found[1]) > 0


def both_days(cell: str) -> tuple[date, date] | None:
    """As which two days a cell could be meant: MM/DD/YYYY, then DD/MM/YYYY; None for one alone."""
    found = _US.fullmatch(cell.strip())
    if found is None:
        return None
    one, two, year = (int(part) for part in found.groups())
    if one == two or not (0 < one <= _MONTHS and 0 < two <= _MONTHS and year):
        return None
    return date(year, one, two), date(year, two, one)


def day(cell: str, time_zone: str | None = None, *, doubt: str = "") -> date:
    """Read YYYY-MM-DD or MM/DD/YYYY, with or without a time.

    `doubt`: why the file may mean DD/MM/YYYY, "" where it does not; what could be read in both
    ways is then refused. A moment with an offset counts on the company's day
    (accounting.md rule 14) when its `time_zone` is given; without one only the day as written can
    be taken, and UTC is refused.
    """
    text = cell.strip()
    iso, american = _ISO.fullmatch(text), _US.fullmatch(text)
    try:
        if iso:
            return _iso_day(text, iso, time_zone)
        if american:
            return _american_day(text, american, doubt)
    except ValueError as error:
        if isinstance(error, CellError):
            raise
        raise CellError(f"is not a day of the calendar: {text[:40]!r}") from None
    if _SERIAL.fullmatch(text):
        raise CellError(f"is a plain number: {text[:40]!r}; format the column as a date in Excel")
    raise CellError(f"is not a day written as MM/DD/YYYY or YYYY-MM-DD: {text[:40]!r}")


def _american_day(text: str, found: re.Match[str], doubt: str) -> date:
    month, day_of_month, year = (int(part) for part in found.groups())
    if month > _MONTHS >= day_of_month > 0:
        raise CellError(
            f"is not written as MM/DD/YYYY or YYYY-MM-DD: {text[:40]!r}, which has no month {month}"
        )
    if doubt and day_of_month <= _MONTHS and month != day_of_month:
        raise CellError(
            f"could mean two days: {text[:40]!r}, {doubt}; write all of them as YYYY-MM-DD"
        )
    return date(year, month, day_of_month)


def _iso_day(text: str, found: re.Match[str], time_zone: str | None) -> date:
    written = date(int(found[1]), int(found[2]), int(found[3]))
    offset = found[4]
    if offset is None:
        return written
    if time_zone is None:
        if offset in ("Z", "UTC", "+00:00", "+0000", "-00:00", "-0000"):
            raise CellError(f"is a UTC time, whose day here is not known: {text[:40]!r}")
        return written
    moment = text.removesuffix(offset).strip() + {"Z": "+00:00", "UTC": "+00:00"}.get(
        offset, offset
    )
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(time_zone)).date()
