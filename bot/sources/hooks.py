"""Webhooks of other systems: a declaration says which records their JSON stands for.

Expressions are JMESPath (https://jmespath.org): they look things up and compute nothing but the
few functions below, run no code, and are compiled when a declaration is kept.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions, signature
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from bot.domain import JsonValue, Payload, RecordType
from bot.errors import BadInput
from bot.sources.nested import nested
from bot.sync.reading import explain, parse_record
from bot.sync.records import BadRow, RecordIn

MOST_BYTES = 5 * 1024 * 1024
MOST_RECORDS = 5_000
_LONGEST = 500
_MOST_RULES, _MOST_FIELDS = 50, 60
_BODY = "_body"
_PLACES = Decimal("0.01")


class _Own(Functions):  # type: ignore[misc]  # jmespath has no types
    """What JMESPath lacks to make an amount, a day or a text of what systems send."""

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_cents(self, value: JsonValue) -> JsonValue:
        """1250 (the smallest unit) as 12.50."""
        number = _number(value)
        return None if number is None else str((number / 100).quantize(_PLACES))

    @signature({"types": []}, {"types": []})  # type: ignore[untyped-decorator]
    def _func_minus(self, one: JsonValue, other: JsonValue) -> JsonValue:
        """The difference of two amounts."""
        first, second = _number(one), _number(other)
        return None if first is None or second is None else str(first - second)

    @signature({"types": []}, {"types": []})  # type: ignore[untyped-decorator]
    def _func_plus(self, one: JsonValue, other: JsonValue) -> JsonValue:
        """The sum of two amounts."""
        first, second = _number(one), _number(other)
        return None if first is None or second is None else str(first + second)

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_text(self, value: JsonValue) -> JsonValue:
        """A number as text, to be joined with another."""
        return _plain(value)

    @signature({"types": []})  # type: ignore[untyped-decorator]
    def _func_moment(self, value: JsonValue) -> JsonValue:
        """Seconds since 1970 as a moment."""
        number = _number(value)
        try:
            moment = datetime.fromtimestamp(int(number), UTC) if number is not None else None
        except (OverflowError, ValueError, OSError):
            return None
        return moment.isoformat().replace("+00:00", "Z") if moment else None


_OPTIONS = jmespath.Options(custom_functions=_Own())


def _compiled(text: str) -> str:
    if len(text) > _LONGEST:
        raise ValueError(f"is longer than {_LONGEST} characters")
    try:
        if text:  # "" finds nothing
            jmespath.compile(text)
    except (JMESPathError, RecursionError) as error:
        first = str(error).splitlines()[0] if str(error) else "it cannot be read"
        raise ValueError(f"is no JMESPath expression ({first[:120]}): {text[:80]}") from None
    return text


Expression = Annotated[str, AfterValidator(_compiled)]
Fields = Annotated[dict[str, Expression], Field(max_length=_MOST_FIELDS)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Part(_Model):
    """A list within a record, such as its lines: one member for each thing found at `each`."""

    each: Expression
    fields: Fields


class Rule(_Model):
    """One kind of record a body stands for.

    `each`: one record for each thing found there; `when`: only if it is found to be true.
    `fields`: key of the record → expression; `billing_address.city` goes into an object.
    In what stands at an `each`, `_body` is the whole again.
    """

    type: Literal[*(kind.value for kind in RecordType)]  # type: ignore[valid-type]
    each: Expression = ""
    when: Expression = ""
    fields: Fields
    lists: Annotated[dict[str, Part], Field(max_length=5)] = Field(default_factory=dict)


class Signature(_Model):
    """How a system signs: HMAC-SHA256 of the raw body, in a header, behind a prefix or not."""

    header: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9-]+$")]
    form: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, Field(max_length=40)] = ""


class Hook(_Model):
    """The declaration of a system's webhook. `each`: a body holds several things, at this place."""

    each: Expression = ""
    rules: Annotated[list[Rule], Field(min_length=1, max_length=_MOST_RULES)]
    signature: Signature | None = None


def declared(data: JsonValue) -> Hook:
    """Check a declaration. Raises BadInput naming what is wrong in it."""
    try:
        return Hook.model_validate(data)
    except ValidationError as error:
        raise BadInput(f"The declaration cannot be used: {explain(error)}.") from None


def records(hook: Hook, body: JsonValue, time_zone: str) -> Iterator[RecordIn | BadRow]:
    """Yield what a body stands for: records, and what is none by its place in the body.

    Raises BadInput when there are more than MOST_RECORDS.
    """
    made = 0
    for place, one in enumerate(_each(hook.each, body), start=1):
        for rule in hook.rules:
            for part in _each(rule.each, one):
                scope = _scope(part, body)
                if rule.when and not _truth(found(rule.when, scope)):
                    continue
                made += 1
                if made > MOST_RECORDS:
                    msg = f"The body stands for more than {MOST_RECORDS:,} records; send fewer."
                    raise BadInput(msg)
                yield parse_record(_record(rule, scope, body), place, time_zone)


def _each(expression: str, value: JsonValue) -> list[JsonValue]:
    if not expression:
        return [value]
    made = found(expression, value)
    if made is None:
        return []
    return made if isinstance(made, list) else [made]


def _scope(value: JsonValue, body: JsonValue) -> JsonValue:
    return {**value, _BODY: body} if isinstance(value, Mapping) else value


def _record(rule: Rule, scope: JsonValue, body: JsonValue) -> Payload:
    made: Payload = {"type": rule.type, **object_of(rule.fields, scope)}
    for name, part in rule.lists.items():
        members = _each(part.each, scope)
        made[name] = [object_of(part.fields, _scope(one, body)) for one in members]
    return made


def object_of(fields: Mapping[str, str], scope: JsonValue) -> Payload:
    """What is declared of one thing: key → what its expression finds, numbers as text."""
    return nested((name, _plain(found(said, scope))) for name, said in fields.items())


def found(expression: str, value: JsonValue) -> Any:
    """What an expression finds; None where it does not fit what is there."""
    try:
        return jmespath.search(expression, value, options=_OPTIONS)
    except (JMESPathError, TypeError, ValueError, RecursionError, AttributeError):
        return None


def _truth(value: JsonValue) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _plain(value: JsonValue) -> JsonValue:
    """Numbers as text: ids are text, and amounts are exact so."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return value
    return str(value)


def _number(value: JsonValue) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal(10) ** 15 else None


def as_json(hook: Hook) -> Payload:
    """A declaration as it is kept."""
    kept: Payload = json.loads(hook.model_dump_json(exclude_defaults=True))
    return kept
