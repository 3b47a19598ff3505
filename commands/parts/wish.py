"""What the words after /qb-sync-now ask for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain import DOCUMENTS, RecordType
from commands.parts.asked import FILLING, plain, vocabulary

_TYPES = {
    "customer": RecordType.CUSTOMER,
    "vendor": RecordType.VENDOR,
    "supplier": RecordType.VENDOR,
    "item": RecordType.ITEM,
    "product": RecordType.ITEM,
    "sku": RecordType.ITEM,
    "invoice": RecordType.INVOICE,
    "inv": RecordType.INVOICE,
    "order": RecordType.INVOICE,
    "sale": RecordType.INVOICE,
    "payment": RecordType.PAYMENT,
    "pmt": RecordType.PAYMENT,
    "bill": RecordType.BILL,
    "receipt": RecordType.SALES_RECEIPT,
    "memo": RecordType.CREDIT_MEMO,
    "refund": RecordType.REFUND,
    "expense": RecordType.EXPENSE,
    "deposit": RecordType.DEPOSIT,
    "journal": RecordType.JOURNAL_ENTRY,
    "account": RecordType.ACCOUNT,
    "class": RecordType.CLASS,
    "classes": RecordType.CLASS,
    "location": RecordType.LOCATION,
    "employee": RecordType.EMPLOYEE,
}
# Two words that together name one type; each alone may mean another.
_PAIRS = tuple(
    (re.compile(rf"\b{first}[ _-]{second.removesuffix('y')}(y|ies|s)?\b", re.IGNORECASE), kind)
    for kind in RecordType
    for first, _, second in [kind.words.partition(" ")]
    if second
)
_TYPES |= {kind.value: kind for _, kind in _PAIRS}
_FILLING = FILLING | vocabulary(
    "connector integration no number only post push run source sources sync system waiting waits"
)
# A source may be called by the first word of its name, when that is long enough and of one alone.
_SHORTEST_BEGINNING = 4
FILE_WORDS = vocabulary("file files csv upload import export spreadsheet excel")
_NUMBER = re.compile(r"#?(?=[^0-9]*[0-9])[0-9a-z/_.-]+", re.IGNORECASE)


@dataclass(frozen=True)
class Wish:
    """Everything (no field set), some types, a source's, one document, or a file; strange words."""

    types: tuple[RecordType, ...] = ()
    number: str = ""
    file: bool = False
    strange: str = ""
    source: str = ""


def wants_file(text: str) -> bool:
    """Say whether the words ask for the file window."""
    return any(plain(word) in FILE_WORDS for word in text.split())


def parse(text: str, sources: Iterable[str] = ()) -> Wish:
    """Read the words; what is not understood comes back as `strange`, and then nothing is done.

    `sources` are the names of those that hand records over; the longest that is there counts.
    """
    if wants_file(text):
        return Wish(file=True)
    text = " ".join(text.replace("#", " #").split())
    for said, name in _called(tuple(dict.fromkeys(sources))):
        name_said = rf"(?<!\w){re.escape(said)}(['’]s)?[:,]?(?![\w-])"
        rest, found = re.subn(name_said, " ", text, flags=re.IGNORECASE)
        if found and not _is_plain_word(said):
            return replace(parse(rest), source=name)
    return _read(text.replace(",", " "))


def _read(text: str) -> Wish:
    """Read words among which no source is named any more."""
    types: list[RecordType] = []
    number, before = "", ""
    strange: list[str] = []
    for pattern, pair in _PAIRS:
        text = pattern.sub(f" {pair.value} ", text)
    for word in text.split():
        known, last, before = plain(word), before, ""
        kind = _TYPES.get(known) or _TYPES.get(known.removesuffix("s"))
        if kind is not None:
            types.append(kind)
            before = known if kind in DOCUMENTS else ""
        elif not number and _is_number(known, last):
            number = word.strip(".!?:\"'“”").lstrip("#")
        elif known not in _FILLING or not known:
            strange.append(word)
    if strange:
        return Wish(strange=" ".join(strange))
    return Wish(tuple(dict.fromkeys(types)), number)


def _is_number(word: str, before: str) -> bool:
    """Whether a word is a document's number: it looks like one, or stands behind "invoice"."""
    follows = before and not before.endswith("s") and word not in _FILLING
    return bool(follows or _NUMBER.fullmatch(word))


def _called(sources: Sequence[str]) -> list[tuple[str, str]]:
    """What each source may be called: its name, the longest first, then its name's first word."""
    names = [(" ".join(name.split()), name) for name in sources]
    firsts = [(said.split()[0], name) for said, name in names if " " in said]
    heard = [first.lower() for first, _ in firsts]
    alone = [
        (first, name)
        for first, name in firsts
        if len(first) >= _SHORTEST_BEGINNING and heard.count(first.lower()) == 1
    ]
    return [*sorted(names, key=lambda one: -len(one[0])), *alone]


def _is_plain_word(name: str) -> bool:
    """Whether a source is called by a word that asks for something else: "Orders"."""
    word = plain(name)
    return word in _FILLING or word in _TYPES or word.removesuffix("s") in _TYPES
