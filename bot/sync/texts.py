"""The texts of a record with what QuickBooks takes of each: characters and length.

Rules: developer.intuit.com, API reference of Customer, Vendor, Item, Invoice, Bill, Payment.
"""

import re
from dataclasses import dataclass, replace

from bot.domain import Payload
from bot.models import Record
from bot.sync.kinds import kind_of
from bot.sync.payloads import stamp

CHARACTERS, TOO_LONG = "invalid_characters", "too_long"
_MEMO = "PrivateNote"
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
    found = [
        Place(path, label, value, text.longest, text.forbidden, text.element)
        for text in kind_of(record).texts
        for path, label, value in text.found(record.payload)
    ]
    return [
        replace(one, forbidden=one.forbidden + strict) if one.is_name and strict else one
        for one in found
    ]


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
