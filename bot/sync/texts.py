"""The texts of a record with what QuickBooks takes of each: characters and length.

Rules: developer.intuit.com, API reference of Customer, Vendor, Item, Invoice, Bill, Payment.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from bot.domain import Payload, RecordType
from bot.models import Record
from bot.sync.free_numbers import LONGEST_NUMBER
from bot.sync.payloads import LONGEST_MEMO, LONGEST_NOTES, stamp

CHARACTERS, TOO_LONG = "invalid_characters", "too_long"
_MEMO = "PrivateNote"
NAME_MARKS = ":\t\r\n"
ITEM_MARKS = NAME_MARKS + '"'
# The reference says 500 for a customer or vendor; some companies' QuickBooks take 100 only.
LONGEST_PARTY = 500
LONGEST_NAME = 100
LONGEST_DESCRIPTION = 4000
LONGEST_PHONE = 30
_SAID = {
    ":": "a colon",
    "\t": "a tab",
    "\r": "a line break",
    "\n": "a line break",
    '"': "a double quote",
}
_SHOWN = {"\t": "⇥", "\r": "↵", "\n": "↵"}
_WORDS = {"&": " and ", "#": " No. ", "/": "-", "@": " at "}


@dataclass(frozen=True)
class Place:
    """One text of a record: its path in the record, what people call it, what it may hold."""

    path: str
    label: str
    value: str
    longest: int
    forbidden: str = ""
    element: str = ""

    @property
    def is_name(self) -> bool:
        """Whether it names the record in QuickBooks and so has to be free."""
        return self.path == "name"

    @property
    def too_long(self) -> bool:
        """Whether QuickBooks takes less of it."""
        return len(self.value) > self.longest

    def marks(self) -> list[tuple[int, str]]:
        """The characters that are not taken, each with its position, from 1."""
        return [(at, mark) for at, mark in enumerate(self.value, 1) if mark in self.forbidden]


def places(record: Record, *, strict: str = "") -> list[Place]:
    """Every text of a record that has a value; `strict` are more characters its names lack."""
    found = [one for one in _READERS[record.type](record.payload) if one.value]
    return [
        replace(one, forbidden=one.forbidden + strict) if one.is_name and strict else one
        for one in found
    ]


def _party(data: Payload) -> Iterator[Place]:
    def text(path: str) -> str:
        return str(data.get(path) or "")

    yield Place("name", "name", text("name"), LONGEST_PARTY, NAME_MARKS, "DisplayName")
    yield Place("company", "company name", text("company"), LONGEST_NAME, "", "CompanyName")
    for path, label, element in (
        ("given_name", "first name", "GivenName"),
        ("family_name", "last name", "FamilyName"),
    ):
        yield Place(path, label, text(path), LONGEST_NAME, NAME_MARKS, element)
    yield Place("phone", "phone", text("phone"), LONGEST_PHONE, "", "PrimaryPhone")
    yield Place("notes", "notes", text("notes"), LONGEST_NOTES, "", "Notes")


def _item(data: Payload) -> Iterator[Place]:
    def text(path: str) -> str:
        return str(data.get(path) or "")

    yield Place("name", "name", text("name"), LONGEST_NAME, ITEM_MARKS, "Name")
    yield Place("sku", "SKU", text("sku"), LONGEST_NAME, "", "Sku")
    yield Place("description", "description", text("description"), LONGEST_DESCRIPTION)


def _document(data: Payload) -> Iterator[Place]:
    number = str(data.get("number") or "")
    yield Place("number", "document number", number, LONGEST_NUMBER, "", "DocNumber")
    yield Place("memo", "memo", str(data.get("memo") or ""), LONGEST_MEMO, "", _MEMO)
    for position, line in enumerate(data.get("lines") or ()):
        text = str(line.get("description") or "")
        path, label = f"lines.{position}.description", f"description of line {position + 1}"
        yield Place(path, label, text, LONGEST_DESCRIPTION, "", "Description")


def _nothing(_data: Payload) -> Iterator[Place]:
    yield from ()


_READERS: dict[RecordType, Callable[[Payload], Iterator[Place]]] = {
    RecordType.ACCOUNT: _nothing,
    RecordType.CUSTOMER: _party,
    RecordType.VENDOR: _party,
    RecordType.ITEM: _item,
    RecordType.INVOICE: _document,
    RecordType.BILL: _document,
    RecordType.PAYMENT: _document,
}


def stated_limit(found: list[Place], element: str, limit: str) -> list[Place]:
    """Take over the limit QuickBooks named for an element, where it is lower than the known one."""
    digits = re.sub(r"\D", "", limit)
    if not digits:
        return found
    last = element.rsplit(".", 1)[-1]
    return [
        replace(one, longest=min(one.longest, int(digits))) if one.element == last else one
        for one in found
    ]


def beside_mark(found: list[Place], mark: str) -> list[Place]:
    """Leave room for the bot's own mark, which stands in the memo behind the source's words."""
    return [
        replace(one, longest=one.longest - len(mark) - 1) if one.element == _MEMO else one
        for one in found
    ]


def now_told(record: Record, source: str, problem: str, facts: Payload) -> Payload:
    """What an alert about a text says of the text itself: which marks, or how much too long."""
    found = places(record)
    if problem == CHARACTERS:
        marks = list(dict.fromkeys(told(mark) for one in found for _, mark in one.marks()))
        return {"marks": marks} if marks and not facts.get("strict") else {}
    element, limit = str(facts.get("element") or ""), str(facts.get("max") or "")
    mark = stamp(source, record.external_id)
    for one in beside_mark(stated_limit(found, element, limit), mark):
        if one.element == _MEMO == element.rsplit(".", 1)[-1] and one.too_long:
            return {"own_len": f"{len(one.value):,}", "room": f"{one.longest:,}"}
    return {}


def cleaned(place: Place) -> str:
    """Propose the text without the characters that are not taken, still readable."""
    text = place.value
    for mark in dict.fromkeys(mark for _, mark in place.marks()):
        text = _without(text, mark)
    return " ".join(text.split()).strip(" -")


def _without(text: str, mark: str) -> str:
    if mark == ":":
        return re.sub(r"\s*:\s*", " - ", text)
    if mark == '"':
        # After a figure it stands for inches.
        return re.sub(r'(?<=\d)"', " in", text).replace('"', "'")
    return text.replace(mark, " " if mark.isspace() else _WORDS.get(mark, ""))


def shortened(place: Place) -> str:
    """Propose the text within its limit, cut at a word where that keeps most of it."""
    if not place.too_long:
        return place.value
    room = place.longest if place.is_name else place.longest - 1
    cut = place.value[:room]
    at = cut.rfind(" ")
    if at >= room - 20 and at > 0:
        cut = cut[:at]
    cut = cut.rstrip(" ,;-")
    return cut if place.is_name else f"{cut}…"


def shown(text: str) -> str:
    """Make tabs and line breaks visible."""
    return "".join(_SHOWN.get(mark, mark) for mark in text)


def told(mark: str) -> str:
    """Name a character that is not taken."""
    return _SAID.get(mark) or f"“{mark}”"
