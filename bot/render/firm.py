"""Templates a firm wrote itself: compared with a list, given plain facts alone, and bounded."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import (
    StrictUndefined,
    Template,  # noqa: TID251  this is bot.render
    TemplateSyntaxError,
    nodes,
)
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.domain import JsonValue, Payload
from bot.errors import BotError
from bot.render.allowed import (
    JINJA_FILTERS,
    JINJA_TESTS,
    LONGEST_TEMPLATE,
    LOOP_WORDS,
    Flaw,
    flaws,
)
from bot.render.environment import FILTERS, FUNCTIONS, printed
from bot.render.source import split, text_of
from bot.render.wording import LINES, PARTS, Wording

# What a loop goes over, a fact and what a filter makes of it have at most so many rows, characters.
ROWS = 25
LONGEST_FACT = 2_000
# What one part of a message may come to; the words of a template count with its facts.
LONGEST_OUTPUT = 4_000
_ROWS_FILTER = "rows of a loop"
_BODY = "blocks"
_BEGINS = re.compile(r"(title|push|fixed|many) *=|{%-? *block +(\w+)")


class FlawedTemplate(BotError):
    """A template of a firm that may not be used."""

    def __init__(self, found: Iterable[Flaw]) -> None:
        self.flaws = tuple(found)
        super().__init__("; ".join(str(flaw) for flaw in self.flaws))


class FirmEnvironment(ImmutableSandboxedEnvironment):
    """Reads parts of facts and nothing else: no attribute of any object is ever looked up."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a part of a fact, or where a loop is."""
        if isinstance(obj, LoopContext) and attribute in LOOP_WORDS:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Return a part of a fact by its name or its place."""
        if isinstance(obj, Undefined):
            return obj
        known = isinstance(obj, dict) or (isinstance(obj, list) and isinstance(argument, int))
        try:
            return obj[argument] if known else self.undefined(obj=obj, name=argument)
        except (LookupError, TypeError):
            return self.undefined(obj=obj, name=argument)

    def is_safe_callable(self, obj: Any) -> bool:
        """Let nothing be called but our functions."""
        return any(obj is function for function in self.globals.values())


def make_firm_environment() -> FirmEnvironment:
    """Make the environment; it has no loader, so that no template reads another file."""
    env = FirmEnvironment(
        undefined=StrictUndefined, finalize=printed, trim_blocks=True, lstrip_blocks=True
    )
    theirs = {name: env.filters[name] for name in JINJA_FILTERS}
    env.filters = {name: _bounded(filter_) for name, filter_ in {**theirs, **FILTERS}.items()}
    env.filters[_ROWS_FILTER] = _rows
    env.tests = {name: env.tests[name] for name in JINJA_TESTS}
    env.globals = {name: _bounded(function) for name, function in FUNCTIONS.items()}
    return env


class WordingReader:
    """Reads the words of the firm's problem files; one is enough for a whole folder."""

    def __init__(self) -> None:
        self._env = make_firm_environment()

    def read(self, name: str, source: str) -> Wording:
        """Compile all parts of a file; raises FlawedTemplate with all flaws of all of them.

        The front matter is known to be TOML.
        """
        front, body = split(source)
        given = tomllib.loads(front)
        places = _places(source)
        found: list[Flaw] = []
        made: dict[str, Template] = {}
        for key in (*LINES, _BODY):
            text = body if key == _BODY else text_of(given, key)
            if text:
                try:
                    first = places.get(key, 1)
                    made[key] = compile_firm(self._env, f"{name} ({key})", text, first)
                except FlawedTemplate as error:
                    found += error.flaws
        if found or not {"title", "push", _BODY} <= made.keys():
            raise FlawedTemplate(found or [Flaw(0, "title, push and the four blocks are needed")])
        whole = made.pop(_BODY)
        missing = [key for key in PARTS if key not in whole.blocks]
        if missing:
            raise FlawedTemplate([Flaw(0, f"block {', '.join(missing)} is missing")])
        return Wording(made, whole, plain_facts, LONGEST_OUTPUT, places)


def _places(source: str) -> dict[str, int]:
    """In which line of a file each part begins."""
    found: dict[str, int] = {}
    for number, line in enumerate(source.splitlines(), 1):
        begun = _BEGINS.match(line)
        if begun is not None:
            found.setdefault(begun[1] or begun[2], number)
    return found


def compile_firm(env: FirmEnvironment, name: str, source: str, first_line: int = 1) -> Template:
    """Compile a template that holds only what is allowed.

    `first_line` is the line of the file in which the source begins. Raises FlawedTemplate.
    """
    if len(source) > LONGEST_TEMPLATE:
        raise FlawedTemplate([Flaw(0, f"it is longer than {LONGEST_TEMPLATE:,} characters")])
    source = "\n" * (first_line - 1) + source
    try:
        tree = env.parse(source)
        found = list(flaws(tree, env.filters.keys() - {_ROWS_FILTER}, env.globals.keys()))
        if found:
            raise FlawedTemplate(found)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(
                loop.iter, _ROWS_FILTER, [], [], None, None, lineno=loop.lineno
            )
        code = env.compile(tree, name, name)
        template = Template.from_code(env, code, env.globals)
    except TemplateSyntaxError as error:
        raise FlawedTemplate([Flaw(error.lineno, str(error.message or error))]) from None
    except (RecursionError, MemoryError, SyntaxError, ValueError) as error:
        reason = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise FlawedTemplate([Flaw(0, reason[:200])]) from None
    template.name = name
    return template


def plain_facts(facts: Mapping[str, JsonValue]) -> Payload:
    """Return copies of the facts: texts, numbers, days, and lists and tables of them; no object.

    A table has parts (`ours.name`) and its parts have none; a list has at most 25 rows.
    """
    return {name: _plain(value, 2) for name, value in facts.items()}


def _plain(value: JsonValue, levels: int) -> JsonValue:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return value[:LONGEST_FACT]
    for kind in (int, float, Decimal, date):
        if isinstance(value, kind):
            return value
    if levels and isinstance(value, Mapping):
        return {str(key)[:80]: _plain(inner, levels - 1) for key, inner in value.items()}
    if levels and isinstance(value, list | tuple):
        return [_plain(inner, levels - 1) for inner in value[:ROWS]]
    return ""


def _bounded(function: Callable[..., JsonValue]) -> Callable[..., JsonValue]:
    """Refuse what a filter or function makes too long of a fact."""

    @wraps(function)
    def inner(*given: JsonValue) -> JsonValue:
        found = function(*given)
        if isinstance(found, str) and len(found) > LONGEST_FACT:
            msg = f"a text became longer than {LONGEST_FACT:,} characters"
            raise ValueError(msg)
        return found

    return inner


def _rows(value: JsonValue) -> list[JsonValue]:
    """What a loop goes over."""
    if isinstance(value, list | tuple):
        return list(value[:ROWS])
    msg = "a loop goes over a list of facts and nothing else"
    raise TypeError(msg)
