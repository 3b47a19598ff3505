"""Names: folded for look-up, compared for likeness, and what differs said in words.

Likeness of a name is never proof of one person (accounting.md rule 7 of the house): a second fact
decides elsewhere.
"""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from cleanco import basename, prepare_default_terms

from bot.domain import Payload

# QuickBooks keeps one set of names for these three (fault 6240 names the holder).
NAME_LISTS = ("Customer", "Vendor", "Employee")
_OWN_NAME = frozenset(
    {"Item", "Account", "Class", "Department", "Term", "PaymentMethod", "TaxCode"}
)
_DELETED = re.compile(r"\s*\(deleted(?:[\s-]*\d+)?\)\s*$", re.IGNORECASE)
# Letters that do not come apart into a base letter and an accent.
_BASE = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h"}
_LETTERS = str.maketrans(
    {**_BASE, **{own.upper(): base.title() for own, base in _BASE.items()}, "ı": "i"}
)
_AND = str.maketrans({"&": "and", "＆": "and", "+": "and"})
_APOSTROPHES = re.compile(r"['’‘`´ʼ＇]")
# The dot inside "J.P.", not the one after a last initial.
_DOTTED = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_]\b)")
# Punctuation, marked by a zero character, beside a space or at an end leaves nothing behind.
_NEXT_TO_SPACE = re.compile(r"(?<=\s)\0+|\0+(?=\s|\Z)|\A\0+")
_WORDS = re.compile(r"\s*\S+")
_ONLY_PLAIN = re.compile(r"[A-Za-z0-9 ]*")
_NO_WORD = re.compile(r"\W")
_DIGITS = re.compile(r"\d+")
_ROUNDS = 4
_MOST_NAMES = 3
# Without a comma nothing says which is the family name: Kim Lee and Lee Kim may be two people.
_TURNED = 0.85


@dataclass(frozen=True)
class Likeness:
    """How alike two names are (0–1) and, in words for a person, what differs."""

    score: float
    words: str


def name_field(entity: str) -> str:
    """The field that holds the name of a record of a list: Name or DisplayName."""
    return "Name" if entity in _OWN_NAME else "DisplayName"


def bare(name: str) -> str:
    """The name without QuickBooks' mark of an inactive record and outer blanks."""
    return _DELETED.sub("", name).strip()


def full_name(entity: str, payload: Payload) -> str:
    """The name with its parents, as QuickBooks shows it: "Parent:Child"; no "(deleted)" marks."""
    own = str(payload.get(name_field(entity)) or "")
    full = str(payload.get("FullyQualifiedName") or "")
    # Only a record below another one has parents in its full name.
    return ":".join(bare(part) for part in (full if ":" in full else own).split(":"))


@functools.lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """The name as it is looked up: two spellings that mean the same fold alike.

    Case, accents, punctuation, spaces, "&" for "and", the mark "(deleted)" and the legal form
    (Inc., LLC …) are levelled; words and numbers stay. Folding twice changes nothing.
    """
    return _stable(lambda text: _initials_together(_level(text)), name)


def block_key(name: str) -> str:
    """What near names share: the first and the last word, and every number.

    A middle initial and the order "Last, First" do not change it.
    """
    words = fold(_reordered(bare(name)) or name).split()
    ends = sorted({words[0], words[-1]}) if words else []
    return " ".join(ends) + "|" + ",".join(_DIGITS.findall(" ".join(words)))


def near_keys(name: str) -> frozenset[str]:
    """The block keys under which near names may stand: also those of the name turned around."""
    own = bare(name)
    return frozenset(block_key(one) for one in (own, *_turned(own)))


def similar(a: str, b: str) -> Likeness | None:
    """Compare two names; None when they are not alike.

    Numbers must agree ("#12" is never like "#13"), given names must be the same word, a middle
    initial may be missing, and very short names must agree letter by letter.
    """
    one, two = bare(a), bare(b)
    if not one or not two:
        return None
    if one == two:
        return _identical(_DELETED.sub("", a), _DELETED.sub("", b))
    if _numbers(one) != _numbers(two):
        return None
    return (
        _same_writing(one, two, reordered=False)
        or _same_but_order(one, two)
        or _same_but_initial(one, two, reordered=False)
        or _same_but_turned(one, two)
    )


def _identical(a: str, b: str) -> Likeness:
    if a == b:
        return Likeness(1.0, "the names are the same")
    return Likeness(0.99, "only spaces at the ends differ")


# --- levelling -----------------------------------------------------------------------------------


def _accents(text: str) -> str:
    if text.isascii():
        return text
    # A hard space is a matter of spaces, not of accents.
    apart = "".join(
        letter if letter.isspace() else unicodedata.normalize("NFKD", letter) for letter in text
    )
    kept = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return kept.translate(_LETTERS)


def _case(text: str) -> str:
    return text.casefold()


def _ampersand(text: str) -> str:
    return re.sub(r"(?<!\s)(?=[&＆+])|(?<=[&＆+])(?!\s)", " ", text).translate(_AND)


def _punctuation(text: str) -> str:
    if _ONLY_PLAIN.fullmatch(text):
        return text
    together = _DOTTED.sub(r"\1", _APOSTROPHES.sub("", text))
    marked = "".join(letter if _plain(letter) else "\0" for letter in together)
    return _NEXT_TO_SPACE.sub("", marked).replace("\0", " ")


def _plain(letter: str) -> bool:
    category = unicodedata.category(letter)
    return letter.isalnum() or letter.isspace() or category in {"So", "Mn", "Mc"}


def _spaces(text: str) -> str:
    return " ".join(text.split())


def _legal_form(text: str) -> str:
    """Without the legal form, unless nothing that tells the company apart would be left.

    The spaces between the words that stay are left alone.
    """
    current = text
    for _ in range(_ROUNDS):
        words = current.split()
        if not words or not _may_be_legal(words[-1]):
            return current
        kept = len(basename(_spaces(current)).split())
        if kept >= len(words) or len(_NO_WORD.sub("", "".join(words[:kept]))) < 2:
            return current
        pieces = _WORDS.findall(current)
        current = "".join(pieces[:kept]).rstrip(" ,.-")
    return current


@functools.cache
def _legal_ends() -> frozenset[str]:
    return frozenset(parts[-1] for _, parts in prepare_default_terms())


def _may_be_legal(word: str) -> bool:
    """The cheap test that spares most names the search through 300 legal forms."""
    letters = "".join(letter for letter in _accents(word.casefold()) if letter.isalnum())
    return letters in _legal_ends()


@functools.lru_cache(maxsize=4096)
def _level(text: str) -> str:
    """Every levelling in its order; an all-punctuation name keeps its own form."""
    levelled = bare(text)
    for step in (_case, _accents, _case, _ampersand, _legal_form, _punctuation, _legal_form):
        levelled = step(levelled)
    return _spaces(levelled) or _spaces(_case(bare(text)))


def _initials_together(text: str) -> str:
    """ "j p morgan" → "jp morgan": initials at the start are one word."""
    words = text.split()
    count = 0
    while count < len(words) and len(words[count]) == 1 and words[count].isalpha():
        count += 1
    if count < 2 or count == len(words):
        return text
    return " ".join(["".join(words[:count]), *words[count:]])


def _stable(step: Callable[[str], str], text: str) -> str:
    for _ in range(_ROUNDS):
        result = step(text)
        if result == text:
            break
        text = result
    return text


def _numbers(name: str) -> list[str]:
    return _DIGITS.findall(unicodedata.normalize("NFKC", name))


# --- comparing -----------------------------------------------------------------------------------

Step = tuple[str, Callable[[str], str]]
# What may differ, with its words, in the order it is levelled; spaces come last.
_DIFFERENCES: tuple[Step, ...] = (
    ("upper and lower case", _case),
    ("accents", _accents),
    ('"&" and "and"', _ampersand),
    ("the legal form", _legal_form),
    ("punctuation", _punctuation),
    ("spaces", lambda text: "".join(text.split())),
)
_ONE_THING = frozenset({"the legal form", "the order of the names", "punctuation"})
_SCORES = {1: 0.98, 2: 0.97}
_SHORT = 4


def _same_writing(one: str, two: str, *, reordered: bool) -> Likeness | None:
    """Alike when the names differ only in ways of writing."""
    if _levelled(one, ()) != _levelled(two, ()):
        return None
    needed = [
        words for words, _ in _DIFFERENCES if _levelled(one, (words,)) != _levelled(two, (words,))
    ]
    if len(_levelled(one, ())) < _SHORT and "the legal form" in needed:
        return None
    score = _SCORES.get(len(needed), 0.96 if needed else 0.98)
    score -= 0.03 * ("the legal form" in needed) + 0.02 * reordered
    return Likeness(round(score, 2), _difference_words(needed, reordered=reordered))


def _levelled(text: str, without: Sequence[str]) -> str:
    """All steps but those named, repeated until nothing changes (one may clear another's way)."""

    def once(current: str) -> str:
        for words, step in _DIFFERENCES:
            if words not in without:
                current = step(current)
        return current

    return _stable(once, text.strip() if "spaces" not in without else text)


def _difference_words(needed: Sequence[str], *, reordered: bool) -> str:
    parts = (["the order of the names"] if reordered else []) + list(needed)
    if not parts:
        return "only small things in the writing differ"
    listed = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    verb = "differs" if len(parts) == 1 and parts[0] in _ONE_THING else "differ"
    return f"only {listed} {verb}"


def _reordered(name: str) -> str:
    """ "Doe, Jane M." → "Jane M. Doe"; empty when there is no such comma."""
    last, comma, first = name.partition(",")
    if not comma or "," in first or not last.strip() or not first.strip():
        return ""
    # "Acme, Inc." is a company with its legal form, not a person.
    if _legal_form(name) != _spaces(name) and _level(name) == _level(last):
        return ""
    return f"{first.strip()} {last.strip()}"


def _same_but_order(one: str, two: str) -> Likeness | None:
    for left, right in ((_reordered(one), two), (one, _reordered(two))):
        if not left or not right:
            continue
        alike = _same_writing(left, right, reordered=True) or _same_but_initial(
            left, right, reordered=True
        )
        if alike is not None:
            return alike
    return None


def _turned(name: str) -> list[str]:
    """The name of a person with the family name first or last: "Garcia Maria" → "Maria Garcia".

    Only where every word may be one of a name: no number, no initial, no more than three.
    """
    words = name.split()
    if not 2 <= len(words) <= _MOST_NAMES or not all(_may_be_name(word) for word in words):
        return []
    found = {" ".join((*words[1:], words[0])), " ".join((words[-1], *words[:-1]))}
    return sorted(found - {name})


def _may_be_name(word: str) -> bool:
    letters = _NO_WORD.sub("", word)
    return len(letters) > 1 and letters.isalpha()


def _same_but_turned(one: str, two: str) -> Likeness | None:
    for turned in _turned(one):
        alike = _same_writing(turned, two, reordered=True)
        if alike is not None:
            return replace(alike, score=_TURNED)
    return None


def _same_but_initial(one: str, two: str, *, reordered: bool) -> Likeness | None:
    """Alike when first and last words agree and only a middle initial is missing or shortened."""
    left, right = _level(one).split(), _level(two).split()
    if min(len(left), len(right)) < 2 or left[0] != right[0] or left[-1] != right[-1]:
        return None
    if len(left[0]) < 2 or len(left[-1]) < 2:
        return None
    words = _middle_words(left[1:-1], right[1:-1])
    if words is None:
        return None
    return Likeness(
        0.9 if reordered else 0.93,
        words + (" and the order of the names differs" if reordered else ""),
    )


def _middle_words(left: Sequence[str], right: Sequence[str]) -> str | None:
    shorter, longer = sorted((list(left), list(right)), key=len)
    if not shorter and longer and all(_initial(word) for word in longer):
        return "a middle initial is missing"
    if len(shorter) != len(longer) or shorter == longer:
        return None
    for mine, theirs in zip(shorter, longer, strict=True):
        if mine != theirs and not ((_initial(mine) or _initial(theirs)) and mine[0] == theirs[0]):
            return None
    return "a middle name is shortened to its initial"


def _initial(word: str) -> bool:
    return len(word) == 1 and word.isalpha()
