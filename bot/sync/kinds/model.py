"""What the engine has to know of one type of record, as data: no branch on a type elsewhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from bot.domain import DOCUMENTS, ENTITY, TIER, JsonValue, Payload, RecordType
from bot.sync.kinds.base import Sourced

ModelClass = type[Sourced]


@dataclass(frozen=True)
class Text:
    """A text of a record and what QuickBooks takes of it; `*` in the path stands for each row.

    `element` is the field QuickBooks names when it refuses the text.
    """

    path: str
    label: str
    longest: int
    forbidden: str = ""
    element: str = ""

    def found(self, data: Payload) -> Iterator[tuple[str, str, str]]:
        """Yield path, label and value of every such text that has a value."""
        if "*" not in self.path:
            value = data.get(self.path)
            if value:
                yield self.path, self.label, str(value)
            return
        rows, key = self.path.split(".*.")
        for position, row in enumerate(data.get(rows) or ()):
            if row.get(key):
                path = f"{rows}.{position}.{key}"
                yield path, f"{self.label} of line {position + 1}", str(row[key])


@dataclass(frozen=True)
class Refers:
    """A key that holds the external id of another record, such as `customer` or `lines.item`.

    named: it may as well be what QuickBooks calls a record the source does not hand over.
    """

    path: str
    type: RecordType
    named: bool = False

    @cached_property
    def first(self) -> str:
        """The key of the record it stands under."""
        return self.path.partition(".")[0]

    def ids(self, data: Payload) -> Iterator[str]:
        """Yield the external ids; what is damaged is passed over."""
        first, _, key = self.path.partition(".")
        value = data.get(first)
        if not key:
            yield from [str(value)] if value else []
        elif isinstance(value, list):
            yield from (str(row[key]) for row in value if isinstance(row, dict) and row.get(key))


@dataclass(frozen=True)
class Kind:
    """One type of record. Keys are those of the record's JSON.

    number: keys that may hold what people call it by, the first that is said counts.
    amount: the key of its total, "" for records without money.
    party: whom a document is for or from, None for none; it stands under the type's own name.
    lines: the key of its rows. sku_lines: a line may name its item by SKU.
    tagged: it may have a location, and its lines classes and tax codes (untaxed: no tax codes).
    accounts: keys that name an account of QuickBooks. any_account: an account that was chosen for
    everything of its source counts where the first of them says nothing.
    words: further keys whose words stand for something of QuickBooks, each with the kind of word.
    looked_up: before it is created its name is looked for among what QuickBooks has.
    listed: the list of QuickBooks in which it is found by its full name.
    """

    type: RecordType
    model: ModelClass
    number: tuple[str, ...] = ()
    amount: str = ""
    party: RecordType | None = None
    lines: str = "lines"
    sku_lines: bool = False
    tagged: bool = False
    untaxed: bool = False
    accounts: tuple[str, ...] = ()
    any_account: bool = False
    words: tuple[tuple[str, str], ...] = ()
    looked_up: bool = False
    listed: str = ""
    refers: tuple[Refers, ...] = ()
    texts: tuple[Text, ...] = ()

    @property
    def entity(self) -> str:
        """What QuickBooks calls it."""
        return ENTITY[self.type]

    @property
    def tier(self) -> int:
        """Its place in the order of dependency."""
        return TIER[self.type]

    @property
    def is_document(self) -> bool:
        """Whether it has a day and amounts; the others are records of lists."""
        return self.type in DOCUMENTS

    def references(self, data: Payload) -> tuple[tuple[RecordType, str], ...]:
        """What a record refers to by external id, each once, in the order it must exist."""
        said = (one for one in self.refers if one.first in data)
        return tuple(dict.fromkeys((one.type, value) for one in said for value in one.ids(data)))

    def names(self, data: Payload) -> tuple[tuple[RecordType, str], ...]:
        """Of the references those that may as well be names of QuickBooks' own records."""
        named = (one for one in self.refers if one.named and one.first in data)
        return tuple((one.type, external_id) for one in named for external_id in one.ids(data))

    def party_id(self, data: Payload) -> str:
        """The external id of a document's party, "" where there is none."""
        return str(data.get(self.party.value) or "") if self.party is not None else ""

    def columns(self, model: Sourced) -> Payload:
        """What the outbox row repeats of its record, but for the party's name of a document."""
        said = (getattr(model, name, None) for name in self.number)
        number: JsonValue = next((value for value in said if value), "")
        if self.is_document:
            amount = getattr(model, self.amount) if self.amount else None
            return {"number": number, "amount": amount, "doc_date": getattr(model, "date", None)}
        name = getattr(model, "name", "")
        return {"name": name, "number": number, "amount": None, "doc_date": None}

    def said(self, data: Mapping[str, JsonValue], path: str) -> Iterator[str]:
        """Yield what stands under a key of the record, or of each of its rows (`lines.account`)."""
        first, _, key = path.partition(".")
        rows = (data.get(first) or ()) if key else (data,)
        yield from (str(row[key or first]) for row in rows if row.get(key or first))
