"""Building bricks of the tables: what a value may be. Wording as Slack's own validator has it."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.slack.blocks.walk import Surface, Walk
from sandbox.slack.jsontypes import Json

Rule = Callable[[Json, Walk, str], None]


class Spec(Protocol):
    """Anything that can check a value."""

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Record what is wrong with the value at the pointer."""


@dataclass(frozen=True, slots=True)
class Text:
    """A plain string."""

    high: int = 0
    low: int = 1
    choices: tuple[str, ...] = ()
    pattern: str = ""
    hint: str = "must match the expected format"

    def check(self, value: object, walk: Walk, at: str) -> None:
        """A string within its length, of the listed values, or of the pattern."""
        if not isinstance(value, str):
            walk.wrong(at, "must provide a string")
        elif len(value) < self.low:
            walk.wrong(at, f"must be more than {self.low - 1} characters")
        elif self.high and len(value) > self.high:
            walk.wrong(at, f"must be less than {self.high + 1} characters")
        elif self.choices and value not in self.choices:
            walk.wrong(at, f"must be a valid enum value, one of: {', '.join(self.choices)}")
        elif self.pattern and not _fits(self.pattern, value):
            walk.wrong(at, self.hint)


def _fits(pattern: str, value: str) -> bool:
    return re.fullmatch(pattern, value) is not None


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within a range."""

    low: int
    high: int

    def check(self, value: object, walk: Walk, at: str) -> None:
        """A whole number in the range."""
        if isinstance(value, bool) or not isinstance(value, int):
            walk.wrong(at, "must provide an integer")
        elif value < self.low:
            walk.wrong(at, f"must be greater than or equal to {self.low}")
        elif value > self.high:
            walk.wrong(at, f"must be less than or equal to {self.high}")


@dataclass(frozen=True, slots=True)
class Number:
    """A number, optionally above zero."""

    positive: bool = False

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Any finite number."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            walk.wrong(at, "must provide a number")
        elif not math.isfinite(value):
            walk.wrong(at, "must be a finite number")
        elif self.positive and value <= 0:
            walk.wrong(at, "must be greater than 0")


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def check(self, value: object, walk: Walk, at: str) -> None:
        """A boolean."""
        if not isinstance(value, bool):
            walk.wrong(at, "must provide a boolean")


@dataclass(frozen=True, slots=True)
class Many:
    """An array of one kind of thing."""

    item: Spec
    high: int
    low: int = 1

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Length first, then each item."""
        if not isinstance(value, list):
            walk.wrong(at, "must provide an array")
            return
        if len(value) < self.low:
            walk.wrong(at, f"no fewer than {self.low} items allowed")
        if len(value) > self.high:
            walk.wrong(at, f"no more than {self.high} items allowed")
            return
        for number, item in enumerate(value):
            self.item.check(item, walk, f"{at}/{number}")


@dataclass(frozen=True, slots=True)
class Shape:
    """An object: required and optional keys, nothing else, plus rules over the whole."""

    required: Mapping[str, Spec] = field(default_factory=dict)
    optional: Mapping[str, Spec] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    surfaces: tuple[Surface, ...] = ("message", "modal", "home")

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Keys first, then values, then rules."""
        if not isinstance(value, dict):
            walk.wrong(at, "must provide an object")
            return
        before = len(walk.errors)
        for name in self.required:
            if name not in value:
                walk.wrong(at, f"missing required field: {name}")
        for name, item in value.items():
            spec = self.required.get(name) or self.optional.get(name)
            if spec is not None:
                spec.check(item, walk, f"{at}/{name}")
            elif name != "type":
                walk.wrong(at, f"invalid additional property: {name}")
        if len(walk.errors) == before:
            for rule in self.rules:
                rule(value, walk, at)


@dataclass(frozen=True, slots=True)
class Typed:
    """One of several shapes, told apart by `type`; `only` narrows the choice at this place."""

    table: Mapping[str, Shape]
    only: tuple[str, ...] = ()

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Known type, allowed here, on this surface; then the shape."""
        if not isinstance(value, dict):
            walk.wrong(at, "must provide an object")
            return
        kind = value.get("type")
        if "type" not in value:
            walk.wrong(at, "missing required field: type")
            return
        shape = self.table.get(kind) if isinstance(kind, str) else None
        allowed = shape is not None and (not self.only or kind in self.only)
        if shape is None or not allowed or walk.surface not in shape.surfaces:
            walk.wrong(f"{at}/type", f"unsupported type: {kind}")
            return
        shape.check(value, walk, at)
