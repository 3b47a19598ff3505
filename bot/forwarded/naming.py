"""Which record of QuickBooks a forwarded text names, by what the mirror knows of the company.

Only what is the same counts: an id, a document's number, a SKU, or a name in full (case, accents,
punctuation and the legal form aside). What fits several records is told as such, never guessed.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import JsonValue
from bot.forwarded import numbers
from bot.forwarded.calling import (
    LIST_WORDS,
    LISTS,
    NAMES,
    PARTIES,
    SPOKEN,
    lists_said,
    said_gone,
    set_apart,
)
from bot.forwarded.names import name_in
from bot.forwarded.numbers import is_another
from bot.forwarded.recognising import NAMES as NAME_FACTS
from bot.mirror.contents import DOCUMENTS, PARTY_FIELD
from bot.models import MirrorRow
from bot.sync import likely

_NAMES_ONLY = re.compile(r"\bNames element\b", re.I)
# An id that is looked for in vain is one of the list before it.
_ELEMENT = re.compile(
    r"\b(?P<list>Items?|Accounts?|Names?) element (?:id )?(?P<id>\d{1,18})\b", re.I
)
_OF_ELEMENT = {"item": ("Item",), "account": ("Account",), "name": NAMES}
_NAME_TAKEN = re.compile(r"\bname supplied already exists\b", re.I)
_OTHER_LISTS = re.compile(
    r"\b(?:class|location|department|tax (?:code|rate)|payment method|sales rep|price level)\b",
    re.I,
)
# What begins right behind a name: its document, or the next part.
_BEHIND_NAME = re.compile(
    r"\s+(?:[—–|/-]\s|(?:bill|invoice|order|doc\w*|number|no\.|duplicate|errors?|message|code"
    r"|amount|total|dated?|status|was|is|QuickBooks|QBO)\b)",
    re.I,
)
_OF_BILLS = re.compile(r"\b(?:bills?|vendors?|suppliers?)\b", re.I)
_LIST_ID = re.compile(r"\b(?<!Txn)Id[=: ]\s*(\d{1,18})\b")
_TXN_ID = re.compile(r"\bTxnId[=: ]\s*(\d{1,18})\b", re.I)
_WORD = re.compile(r"[^\s\"“”‘’`\[\]{}()<>,;:=|]+")
# So many words of a text are looked through for names, and names of at most so many words.
MOST_WORDS = 200
LONGEST_NAME = 6
MOST_FOUND = 3
LONGEST_ASKED = 60
_AT_ONCE = 400
_TIDY = ".!?…'"


@dataclass(frozen=True)
class Named:
    """The records a text names: one that is sure, several it may mean, or none.

    `asked` is the name or the number that was looked for, "" where the text gives none; `number`
    the document's number it gives; `kind` the one list it speaks of: "customer"; `elsewhere` the
    records of that name that only other lists have; `mistaken` the document that has the text's id
    and another number than the text gives; `party` whose the document is by the text, where that is
    another one's than the document found; `near` what is nearly called so where nothing is.
    """

    rows: tuple[MirrorRow, ...] = ()
    asked: str = ""
    number: str = ""
    kind: str = ""
    elsewhere: tuple[MirrorRow, ...] = ()
    mistaken: tuple[MirrorRow, ...] = ()
    party: str = ""
    near: tuple[MirrorRow, ...] = ()

    @property
    def row(self) -> MirrorRow | None:
        """The one record that is meant; None for none and for several."""
        return self.rows[0] if len(self.rows) == 1 else None

    @property
    def pair(self) -> tuple[MirrorRow, MirrorRow] | None:
        """Two active records of one list that have the same name."""
        if len(self.rows) != 2 or self.rows[0].entity != self.rows[1].entity:
            return None
        one, two = self.rows
        same = one.folded and one.folded == two.folded
        return (one, two) if same and one.active and two.active else None


def look(
    session: Session,
    company_id: int,
    text: str,
    facts: Mapping[str, JsonValue],
    number: str = "",
    *,
    inactive: bool = False,
    first: str = "",
    taken: str = "",
    by_number: bool = False,
    in_the_way: bool = False,
) -> Named:
    """Find what the text names. `inactive`: it says that something is, which tells namesakes apart.

    `first`: the list that it is likely of, so that names which are called so go first. `number` is
    the document's, `taken` the same where the text says that a document has it: then an id of
    another document counts nothing. `by_number`: the document is asked for, whatever party is named
    beside it; `in_the_way`: so is a vendor's bill of nearly that number. Ids go first, then names
    that the tool or the text sets apart, documents' numbers, and names among the other words.
    """
    given = _given(facts)
    gone = said_gone(text)
    asked = next(iter(given), "")
    spoken = [entity for entity, word in LIST_WORDS.items() if word.search(text)]
    by_id = _by_id(session, company_id, text, facts, asked)
    mistaken = tuple(row for row in by_id if taken and is_another(row, taken))
    ways: tuple[Callable[[], Sequence[MirrorRow]], ...] = (
        lambda: [row for row in by_id if row not in mistaken],
        lambda: _in_the_way(session, company_id, text, number) if in_the_way else (),
        lambda: numbers.of(session, company_id, number) if by_number else (),
        lambda: _by_names(session, company_id, given),
        lambda: _by_names(session, company_id, gone or _apart_of(text, first)),
        lambda: numbers.of(session, company_id, number),
        lambda: () if gone else _among(session, company_id, text),
    )
    elsewhere: dict[str, MirrorRow] = {}
    for way in ways:
        every = way()
        rows = [row for row in every if _is_of_the_list_said(row, text)]
        elsewhere |= {row.entity: row for row in every if row not in rows}
        found = _narrowed(rows, spoken, inactive=inactive)
        if found:
            asked = asked or _asked_beside(text, found[0])
            party = _other_party(session, company_id, text, found)
            return Named(tuple(found), asked, number, mistaken=mistaken, party=party)
    asked = asked or _said_apart(text) or number
    kind = _kind_said(text, asked, spoken)
    near = _nearest(session, company_id, asked, spoken) if asked != number else ()
    return Named((), asked, number, kind, tuple(elsewhere.values()), mistaken, near=near)


def _given(facts: Mapping[str, JsonValue]) -> list[str]:
    """The names that the error's own words told; the one who has a record open is none."""
    names = (name_in(str(facts.get(key) or "")) for key in NAME_FACTS if key != "user")
    return list(filter(None, names))


def _nearest(
    session: Session, company_id: int, asked: str, spoken: Sequence[str]
) -> tuple[MirrorRow, ...]:
    """What is nearly called so on the lists the text speaks of: suggestions, never taken."""
    lists = [entity for entity in spoken or NAMES if entity in LISTS]
    rows = [row for one in lists for row in likely.nearest(session, company_id, one, asked)]
    return tuple(rows[:MOST_FOUND])


def _in_the_way(session: Session, company_id: int, text: str, number: str) -> Sequence[MirrorRow]:
    vendors: set[str] = set()
    if _OF_BILLS.search(text):
        named = _by_names(session, company_id, set_apart(text)) + _among(session, company_id, text)
        vendors = {row.qbo_id for row in named if row.entity == "Vendor"}
    return numbers.in_the_way(session, company_id, number, vendors)


def _other_party(session: Session, company_id: int, text: str, found: Sequence[MirrorRow]) -> str:
    """Whose the text says its document is, where what was found is another one's; "" otherwise."""
    holder = party_of(found[0]) if len(found) == 1 else ""
    entity = PARTY_FIELD.get(found[0].entity, "").removesuffix("Ref")
    if not holder or entity not in PARTIES:
        return ""
    known = [row.name for row in _among(session, company_id, text) if row.entity == entity]
    said = [name for name in set_apart(text) if entity in lists_said(text, name)]
    names = [*known, *(_BEHIND_NAME.split(name)[0] for name in said)]
    wanted = mirror.fold(holder)
    same = any((one := mirror.fold(name)) and (one in wanted or wanted in one) for name in names)
    return "" if same else next(filter(None, names), "")


def party_of(found: MirrorRow) -> str:
    """The customer or vendor of a document; "" where it has none."""
    party = found.data.get(PARTY_FIELD.get(found.entity, ""))
    return str(party.get("name") or "") if isinstance(party, Mapping) else ""


def _apart_of(text: str, first: str) -> list[str]:
    """The names a text sets apart, those it calls one of the list `first` before the others."""
    names = list(set_apart(text))
    return sorted(names, key=lambda name: first not in lists_said(text, name)) if first else names


def _is_of_the_list_said(row: MirrorRow, text: str) -> bool:
    """Whether no other list's word stands right before the name, or its own does as well."""
    if row.entity not in SPOKEN or not row.name:
        return True
    said = lists_said(text, row.name)
    return not said or row.entity in said


def _narrowed(
    rows: Sequence[MirrorRow], spoken: Sequence[str], *, inactive: bool
) -> list[MirrorRow]:
    """Those of the lists the text speaks of, and the inactive ones where that is the trouble."""
    found = list({(row.entity, row.qbo_id): row for row in rows}.values())
    kept = [row for row in found if row.entity in spoken] or found
    if inactive:
        kept = [row for row in kept if not row.active] or kept
    return kept


def _by_id(
    session: Session, company_id: int, text: str, facts: Mapping[str, JsonValue], asked: str
) -> list[MirrorRow]:
    """By an id of QuickBooks; a number means another record in every list, so a name decides."""
    txn = _TXN_ID.search(text)
    if txn is not None:
        return _with_id(session, company_id, txn[1], DOCUMENTS)
    element = _ELEMENT.search(text)
    if element is not None:
        lists = _OF_ELEMENT[element["list"].casefold().removesuffix("s")]
        return _with_id(session, company_id, element["id"], lists)
    said = _LIST_ID.search(text)
    wanted = str(facts.get("holder_id") or facts.get("missing_id") or (said[1] if said else ""))
    rows = _with_id(session, company_id, wanted, _lists_with_ids(text))
    same = [row for row in rows if asked and row.folded == mirror.fold(asked)]
    return same or ([] if asked else rows)


def _lists_with_ids(text: str) -> tuple[str, ...]:
    """The lists an id may be of; what has a name that is taken is no account by itself."""
    if _NAMES_ONLY.search(text):
        return NAMES
    is_name = _NAME_TAKEN.search(text) and not LIST_WORDS["Account"].search(text)
    return tuple(one for one in LISTS if one != "Account") if is_name else LISTS


def _with_id(
    session: Session, company_id: int, qbo_id: str, entities: Iterable[str]
) -> list[MirrorRow]:
    if not qbo_id:
        return []
    found = (mirror.get(session, company_id, entity, qbo_id) for entity in entities)
    return [row for row in found if row is not None and not row.deleted]


def _by_names(session: Session, company_id: int, names: Iterable[str]) -> list[MirrorRow]:
    """The records of the first of these names that QuickBooks has."""
    for name in names:
        rows = mirror.by_folded(session, company_id, mirror.fold(name), LISTS)
        rows = rows or mirror.by_sku(session, company_id, name)
        if rows:
            return rows
    return []


def _asked_beside(text: str, found: MirrorRow) -> str:
    """The name that was asked for; a document that is named beside it does not say it."""
    return (_said_apart(text) if found.entity in DOCUMENTS else "") or found.name


def _kind_said(text: str, asked: str, spoken: Sequence[str]) -> str:
    """The list whose word stands before a name, or the one a text speaks of; "" for several."""
    said = lists_said(text, asked) if asked else frozenset()
    if len(said) == 1:
        return min(said).lower()
    if spoken:
        return spoken[0].lower() if len(spoken) == 1 else ""
    return _other_list(text)


def _other_list(text: str) -> str:
    """The list a text speaks of that the bot has no copy of; "" for none."""
    said = _OTHER_LISTS.search(text)
    return " ".join(said[0].lower().split()) if said is not None else ""


def _said_apart(text: str) -> str:
    """The first name a sentence sets apart; in a dump of data, quotes set everything apart."""
    if "{" in text or "<" in text:
        return ""
    names = (*said_gone(text), *set_apart(text))
    return next((name for name in names if len(name) <= LONGEST_ASKED), "")


def _among(session: Session, company_id: int, text: str) -> list[MirrorRow]:
    """Records whose names of two words or more stand among the words; the longest count."""
    words = [word.strip(_TIDY) for word in _WORD.findall(text)[:MOST_WORDS]]
    folded: dict[str, int] = {}
    for length in range(LONGEST_NAME, 1, -1):
        for start in range(len(words) - length + 1):
            name = mirror.fold(" ".join(words[start : start + length]))
            if " " in name:
                folded.setdefault(name, length)
    names = list(folded)
    rows: list[MirrorRow] = []
    for start in range(0, len(names), _AT_ONCE):
        rows += session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company_id)
            .where(col(MirrorRow.folded).in_(names[start : start + _AT_ONCE]))
            .where(col(MirrorRow.entity).in_(LISTS), col(MirrorRow.deleted).is_(False))
        ).all()
    return [row for row in rows if not any(_within(row, other) for other in rows)]


def _within(row: MirrorRow, other: MirrorRow) -> bool:
    """Whether the name is only a part of a longer one that stands there too."""
    return row.folded != other.folded and f" {row.folded} " in f" {other.folded} "
