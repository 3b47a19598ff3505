"""What a source may hand over: one strict model per record type, and errors a person can read."""

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails

from bot.domain import JsonValue, Payload, RecordType
from bot.sync import amounts

_CENT = Decimal("0.01")
_HALF_CENT = Decimal("0.005")
# Outside of these a day is a slip of the source (0001-01-01, 9999-12-31), not a day of business.
_FIRST_YEAR, _LAST_YEAR = 1970, 2099
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")
# Tabs and line breaks pass: QuickBooks refuses them in names, and that becomes an alert with a fix.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class BadRow:
    """Something that was not taken in: where it stands and why, in words."""

    line: int | None
    external_id: str
    reason: str


@dataclass(frozen=True)
class Note:
    """Something the sender should know about a line that was taken in all the same."""

    line: int | None
    text: str


def _day(value: JsonValue) -> date:
    if isinstance(value, date):
        return _believable(value)
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise ValueError("must be a day written as YYYY-MM-DD")
    try:
        day = date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"is not a day of the calendar: {value.strip()}") from None
    return _believable(day)


def _believable(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"is not between {_FIRST_YEAR} and {_LAST_YEAR}: {day.isoformat()}")
    return day


def _plain(value: str) -> str:
    found = _CONTROL.search(value)
    if found:
        raise ValueError(f"holds a control character (U+{ord(found.group()):04X})")
    return value


def _one_line(value: str) -> str:
    if any(mark in value for mark in "\t\r\n"):
        raise ValueError("holds a tab or a line break")
    return value


def _blank_is_none(value: JsonValue) -> JsonValue:
    return None if isinstance(value, str) and not value.strip() else value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", value):
        raise ValueError("must be a currency code of three letters, such as USD")
    return value.upper()


Money = Annotated[Decimal, BeforeValidator(amounts.money)]
Cents = Annotated[Decimal, BeforeValidator(amounts.cents)]
Quantity = Annotated[Decimal, BeforeValidator(amounts.quantity)]
Day = Annotated[date, BeforeValidator(_day)]
Name = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_plain)]
Key = Annotated[
    str, Field(min_length=1, max_length=128), AfterValidator(_plain), AfterValidator(_one_line)
]
Words = Annotated[str, Field(max_length=20_000), AfterValidator(_plain)]
MaybeWords = Annotated[Words | None, BeforeValidator(_blank_is_none)]
MaybeKey = Annotated[Key | None, BeforeValidator(_blank_is_none)]
MaybeDay = Annotated[Day | None, BeforeValidator(_blank_is_none)]
MaybeMoney = Annotated[Money | None, BeforeValidator(_blank_is_none)]
Currency = Annotated[
    Annotated[str, AfterValidator(_currency)] | None, BeforeValidator(_blank_is_none)
]


# Missing is taken in: it becomes an alert with a form, not a row that is lost.
KeyOrNone = Annotated[
    Annotated[str, Field(max_length=128), AfterValidator(_plain), AfterValidator(_one_line)],
    BeforeValidator(lambda value: "" if value is None else value),
]


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        str_strip_whitespace=True,
        hide_input_in_errors=True,
        serialize_by_alias=True,
    )


class Address(_Model):
    """A postal address, in the parts QuickBooks knows."""

    street: MaybeWords = None
    street2: MaybeWords = None
    city: MaybeWords = None
    state: MaybeWords = None
    postal_code: MaybeWords = None
    country: MaybeWords = None


class _Party(_Model):
    external_id: Key
    name: Name
    company: MaybeWords = None
    given_name: MaybeWords = None
    family_name: MaybeWords = None
    email: MaybeWords = None
    phone: MaybeWords = None
    billing_address: Address | None = None
    notes: MaybeWords = None
    currency: Currency = None


class CustomerIn(_Party):
    """A customer of the source."""

    type: Literal["customer"]


class VendorIn(_Party):
    """A vendor of the source."""

    type: Literal["vendor"]


class ItemIn(_Model):
    """A product or service of the source.

    `income_account` is the name or the QuickBooks id of the account its sales go to.
    """

    type: Literal["item"]
    external_id: Key
    name: Name
    sku: MaybeKey = None
    description: MaybeWords = None
    price: MaybeMoney = None
    kind: Literal["service", "non_inventory"] = "non_inventory"
    income_account: MaybeWords = None


class InvoiceLineIn(_Model):
    """One line of an invoice; `item` is an external id of the same source."""

    item: MaybeKey = None
    sku: MaybeKey = None
    description: MaybeWords = None
    quantity: Quantity = Decimal(1)
    unit_price: MaybeMoney = None
    amount: Cents
    # "class" is a word of Python: the attribute has another name than the key.
    class_name: Annotated[MaybeKey, Field(alias="class")] = None
    tax_code: MaybeKey = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.item is None and self.sku is None:
            raise ValueError("names neither an item nor a SKU")
        if self.unit_price is not None:
            product = self.quantity * self.unit_price
            # Half a cent either way: sources round .5 up or to even, both are right.
            if abs(product - self.amount) > _HALF_CENT:
                raise ValueError(
                    f"{self.quantity} x {self.unit_price} is {product.normalize():f}, "
                    f"but its amount says {self.amount}"
                )
        return self


def _in_order(day: date, original: date | None, due: date | None) -> None:
    """A due date counts from the document's own day, also where it is posted on a later one."""
    if original is not None and original > day:
        raise ValueError(f"has the original date {original}, after its date {day}")
    first = original or day
    if due is not None and due < first:
        raise ValueError(f"is due on {due}, before its date {first}")


class InvoiceIn(_Model):
    """A sale. `total` must be exactly the sum of the lines plus `tax_total`.

    `original_date`: the day of the sale where it is dated later, because its month is closed.
    Without a customer or a line it is taken in and held: a person fills that in.
    """

    type: Literal["invoice"]
    external_id: Key
    number: Key
    date: Day
    due_date: MaybeDay = None
    original_date: MaybeDay = None
    customer: KeyOrNone = ""
    lines: list[InvoiceLineIn] = Field(default_factory=list, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    email: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        lines = sum((line.amount for line in self.lines), Decimal("0.00"))
        if self.lines and lines + self.tax_total != self.total:
            raise ValueError(
                f"the lines make {lines} and the tax {self.tax_total}, together "
                f"{lines + self.tax_total}, but the total says {self.total}"
            )
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); an invoice cannot be")
        _in_order(self.date, self.original_date, self.due_date)
        return self


class AppliesTo(_Model):
    """How much of a payment settles which invoice (an external id of the same source)."""

    invoice: Key
    amount: Cents

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if self.amount <= 0:
            raise ValueError(f"the amount applied must be more than 0.00, not {self.amount}")
        return self


class PaymentIn(_Model):
    """Money received from a customer, and the invoices it settles."""

    type: Literal["payment"]
    external_id: Key
    date: Day
    customer: Key
    amount: Cents
    method: MaybeWords = None
    reference: MaybeWords = None
    applies_to: list[AppliesTo] = Field(default_factory=list, max_length=1000)
    memo: MaybeWords = None
    currency: Currency = None

    @model_validator(mode="after")
    def _covers(self) -> Self:
        if self.amount <= 0:
            raise ValueError(f"the amount must be more than 0.00, not {self.amount}")
        applied = sum((part.amount for part in self.applies_to), Decimal("0.00"))
        if applied > self.amount:
            raise ValueError(f"applies {applied} to invoices, more than its amount {self.amount}")
        invoices = [part.invoice for part in self.applies_to]
        if len(set(invoices)) != len(invoices):
            raise ValueError("names one invoice twice in applies_to")
        return self


class BillLineIn(_Model):
    """One line of a vendor's bill; `account` is a name or the QuickBooks id of an account."""

    account: Name
    description: MaybeWords = None
    amount: Cents
    class_name: Annotated[MaybeKey, Field(alias="class")] = None
    tax_code: MaybeKey = None


class BillIn(_Model):
    """A vendor's bill. `number` is the vendor's own; the total is exactly lines plus tax.

    `payable_account` names the accounts payable it is owed on; left out, QuickBooks' own is used.
    """

    type: Literal["bill"]
    external_id: Key
    number: Key
    date: Day
    due_date: MaybeDay = None
    original_date: MaybeDay = None
    vendor: Key
    lines: list[BillLineIn] = Field(min_length=1, max_length=1000)
    tax_total: Cents = Decimal("0.00")
    total: Cents
    memo: MaybeWords = None
    currency: Currency = None
    location: MaybeKey = None
    payable_account: MaybeWords = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        lines = sum((line.amount for line in self.lines), Decimal("0.00"))
        if lines + self.tax_total != self.total:
            raise ValueError(
                f"the lines make {lines} and the tax {self.tax_total}, together "
                f"{lines + self.tax_total}, but the total says {self.total}"
            )
        if self.total < 0:
            raise ValueError(f"the total is negative ({self.total}); that is a vendor credit")
        _in_order(self.date, self.original_date, self.due_date)
        return self


RecordIn = CustomerIn | VendorIn | ItemIn | InvoiceIn | PaymentIn | BillIn
_ADAPTER: TypeAdapter[RecordIn] = TypeAdapter(Annotated[RecordIn, Field(discriminator="type")])
TYPES = ("customer", "vendor", "item", "invoice", "payment", "bill")


class KeyTwice(dict[str, JsonValue]):
    """A JSON object that names a key twice: which of its values is meant, nobody can say."""

    key = ""


def each_key_once(pairs: list[tuple[str, JsonValue]]) -> Payload:
    """Make a JSON object (as `object_pairs_hook`); a key named twice makes a `KeyTwice`."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    names = [name for name, _ in pairs]
    twice = KeyTwice(made)
    twice.key = next(name for name in made if names.count(name) > 1)
    return twice


def _keys_twice(data: JsonValue, where: tuple[int | str, ...] = ()) -> Iterator[str]:
    """Name every key that stands twice, with its place, such as 'line 1: amount'."""
    if isinstance(data, KeyTwice):
        yield _where((*where, data.key[:100]))
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _keys_twice(value, (*where, name))
    elif isinstance(data, list):
        for position, value in enumerate(data):
            yield from _keys_twice(value, (*where, position))


def parse_record(
    data: JsonValue, line: int | None = None, time_zone: str = ""
) -> RecordIn | BadRow:
    """Check one record of a source; what is wrong comes back as a BadRow naming the key.

    With the company's `time_zone` a moment with an offset may stand for a day: it counts on the
    company's day, not on that of UTC (accounting.md rule 14).
    """
    if not isinstance(data, Mapping):
        return BadRow(line, "", "is not a record: a JSON object is needed")
    external = data.get("external_id")
    external_id = external[:128] if isinstance(external, str) else ""
    try:
        twice = list(_keys_twice(data))
    except RecursionError:
        return BadRow(line, external_id, "cannot be read as a record")
    if twice:
        words = "; ".join(f"names {key} twice" for key in twice[:3])
        return BadRow(line, external_id, f"{words}; keep the value that is meant")
    try:
        return _ADAPTER.validate_python(_on_own_days(data, time_zone) if time_zone else data)
    except ValidationError as error:
        return BadRow(line, external_id, explain(error))
    except (RecursionError, UnicodeError):
        return BadRow(line, external_id, "cannot be read as a record")


def _on_own_days(data: Mapping[str, JsonValue], time_zone: str) -> Payload:
    found = dict(data)
    for name in ("date", "due_date"):
        value = found.get(name)
        if isinstance(value, str) and _MOMENT.fullmatch(value.strip()):
            with contextlib.suppress(ValueError):  # no moment: told as no day, like any other
                moment = datetime.fromisoformat(value.strip())
                found[name] = moment.astimezone(ZoneInfo(time_zone)).date().isoformat()
    return found


def stored_record(payload: Payload) -> RecordIn:
    """Read back what `as_payload` stored; raises pydantic's error only if the row was tampered."""
    return _ADAPTER.validate_python(payload)


def as_payload(record: RecordIn) -> Payload:
    """Return the record as plain JSON: absent keys left out, money as text, days as ISO."""
    return record.model_dump(mode="json", exclude_none=True)


def digest_of(payload: Payload) -> str:
    """Return the SHA-256 of the record's canonical JSON: the version of a record."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def references(record: RecordIn | Payload) -> tuple[tuple[RecordType, str], ...]:
    """Return what a record refers to by external id, in the order it must exist.

    Takes a stored payload as well, and finds what it can in a damaged one.
    """
    data = record if isinstance(record, Mapping) else as_payload(record)
    found: list[tuple[RecordType, JsonValue]] = []
    if data.get("type") == "invoice":
        found.append((RecordType.CUSTOMER, data.get("customer")))
        found += [(RecordType.ITEM, line.get("item")) for line in _rows(data, "lines")]
    elif data.get("type") == "payment":
        found.append((RecordType.CUSTOMER, data.get("customer")))
        found += [(RecordType.INVOICE, row.get("invoice")) for row in _rows(data, "applies_to")]
    elif data.get("type") == "bill":
        found.append((RecordType.VENDOR, data.get("vendor")))
    return tuple(
        dict.fromkeys((kind, str(external_id)) for kind, external_id in found if external_id)
    )


def _rows(data: Payload, name: str) -> list[Payload]:
    rows = data.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def unreadable(payload: Payload) -> str:
    """Say what is wrong with a stored payload (of an older version, damaged); "" if nothing."""
    found = parse_record(payload)
    return found.reason if isinstance(found, BadRow) else ""


def explain(error: ValidationError) -> str:
    """Put pydantic's findings into one sentence; values are never repeated but by our own words."""
    return "; ".join(_words(row) for row in error.errors(include_url=False, include_input=False))


def _words(row: ErrorDetails) -> str:
    where = _where(row["loc"])
    kind = row["type"]
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        return f"type must be one of {', '.join(TYPES)}"
    if kind == "extra_forbidden":
        return f"unknown key {where}"
    if kind == "missing":
        return f"{where} is missing"
    if kind == "value_error":
        return f"{where} {row['msg'].removeprefix('Value error, ')}".strip()
    if kind == "string_too_short":
        return f"{where} is empty"
    if kind == "string_too_long":
        return f"{where} is longer than {row['ctx']['max_length']:,} characters"
    if kind == "too_short":
        return f"{where} is empty; at least one is needed"
    words = row["msg"].removeprefix("Input should be ")
    return f"{where} must be {words}" if words != row["msg"] else f"{where}: {words}"


def _where(loc: Iterable[int | str]) -> str:
    """Write a path such as ('invoice', 'lines', 0, 'amount') as 'line 1: amount'."""
    parts = list(loc)
    if parts and parts[0] in TYPES:
        parts = parts[1:]
    words: list[str] = []
    for part in parts:
        if isinstance(part, int) and words:
            words[-1] = f"{words[-1].removesuffix('s')} {part + 1}:"
        elif not (isinstance(part, str) and part.startswith("function-")):
            words.append(str(part))
    return " ".join(words)
