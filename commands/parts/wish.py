"""What the words after /qb-sync-now ask for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.domain import DOCUMENTS, RecordType
from commands.parts.asked import FILLING, plain, vocabulary
from commands.parts.numbers import normal

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
_ENDINGS = (".csv", ".xlsx", ".xls")
_NUMBER = re.compile(r"#?(?=[^0-9]*[0-9])[0-9a-z/_.-]+", re.IGNORECASE)
# So many documents are posted by their numbers at once.
MOST_NUMBERS = 20
# "1040 to 1045", "INV-7 .. INV-9". A dash alone may be part of a number.
_RANGE = re.compile(
    r"(?<!\S)#?([a-z/_-]*)(\d{1,12})"
    r"(?:\s+(?:to|through|thru|until|till|up to)\s+|\s*(?:\.\.+|[–—])\s*|\s+-\s+)"
    r"#?([a-z/_-]*)(\d{1,12})(?!\S)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Wish:
    """Everything (no field set), some types, a source's, documents, or a file; strange words.

    `too_many`: how many documents were meant, when that is more than are taken by their numbers.
    """

    types: tuple[RecordType, ...] = ()
    numbers: tuple[str, ...] = ()
    too_many: int = 0
    file: bool = False
    strange: str = ""
    source: str = ""


def wants_file(text: str) -> bool:
    """Say whether the words ask for the file window: by a word for it, or by a file's own name."""
    words = [plain(word) for word in text.split()]
    return any(word in FILE_WORDS or word.endswith(_ENDINGS) for word in words)


def beside_file(text: str) -> str:
    """What was said beside the word for a file: perhaps a source, or the file's own name."""
    words = (word for word in text.split() if plain(word) not in FILE_WORDS | _FILLING)
    return " ".join(words)


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
    listed = re.sub(r"[,;&+]", " ", text)
    try:
        return _read(_RANGE.sub(_each, listed))
    except _TooManyError as error:
        return Wish(too_many=error.count)


class _TooManyError(ValueError):
    """A range of numbers holds more than are taken."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def _each(found: re.Match[str]) -> str:
    """Every number of a range, either way round; what is none stays as it was written."""
    before, first, again, last = found.groups()
    first, last = sorted((first, last), key=int)
    count = int(last) - int(first) + 1
    if count < 2 or again.casefold() not in ("", before.casefold()):
        return found[0]
    if count > MOST_NUMBERS:
        raise _TooManyError(count)
    return " ".join(f"{before}{int(first) + one:0{len(first)}d}" for one in range(count))


def _read(text: str) -> Wish:
    """Read words among which no source is named any more."""
    types: list[RecordType] = []
    numbers: dict[str, str] = {}
    before = ""
    strange: list[str] = []
    for pattern, pair in _PAIRS:
        text = pattern.sub(f" {pair.value} ", text)
    for word in text.split():
        known, last, before = plain(word), before, ""
        kind = _TYPES.get(known) or _TYPES.get(known.removesuffix("s"))
        if kind is not None:
            types.append(kind)
            before = known if kind in DOCUMENTS else ""
        elif _is_number(known, last):
            number = word.strip(".!?:\"'“”").lstrip("#")
            numbers.setdefault(normal(number), number)
        elif known not in _FILLING or not known:
            strange.append(word)
    if strange:
        return Wish(strange=" ".join(strange))
    if len(numbers) > MOST_NUMBERS:
        return Wish(too_many=len(numbers))
    return Wish(tuple(dict.fromkeys(types)), tuple(numbers.values()))


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
