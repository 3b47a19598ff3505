"""One problem file as a value, strictly validated: what is wrong with it is named, and stops us."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain import KINDS_BY_FAMILY, Family, JsonValue, Role, Severity
from bot.errors import ConfigError
from bot.knowledge.literals import Needed, needed
from bot.render.source import front_matter

PLATFORMS = frozenset({"qbo", "qbd", "qbwc", "oauth", "any"})
_KEYS = frozenset(
    {
        "title",
        "push",
        "fixed",
        "many",
        "family",
        "kind",
        "severity",
        "fixes",
        "inhibits",
        "exception",
        "exception_role",
        "match",
        "steps",
        "texts",
    }
)
_MATCH_KEYS = frozenset(
    {"platform", "code", "http", "pattern", "unless", "general", "documented", "doubtful"}
)
# Words written for one kind of QuickBooks; the `fix` block is written for QuickBooks Online.
_STEPS_FOR = frozenset({"qbd", "qbwc", "oauth"})
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True)
class Match:
    """One way to recognise a problem; every part that is given must agree.

    `documented`: the pattern is a sentence that QuickBooks itself writes. `general`: it says
    little, and loses to every other row that agrees. `doubtful`: where it agrees, another kind is
    nearly as likely, so nothing is claimed for sure. Where `unless` is found, the row is silent.
    """

    problem: str
    platform: str
    code: str = ""
    http: int = 0
    pattern: re.Pattern[str] | None = None
    general: bool = False
    documented: bool = False
    doubtful: bool = False
    unless: re.Pattern[str] | None = None
    needed: Needed = field(default_factory=Needed)

    @property
    def claim(self) -> tuple[str, str, int, str]:
        """What two rows may not share."""
        return (self.platform, self.code, self.http, self.pattern.pattern if self.pattern else "")


@dataclass(frozen=True)
class Problem:
    """A kind of trouble the bot knows. `inhibits`: while it is open, the company's others wait.

    `exception`: what is pressed to say that this one is none ("Not a duplicate…"), "" where that
    would help nobody; `exception_role` may.
    `steps` holds what to do on platforms where the words of the `fix` block are not right.
    `texts` are messages as tools and QuickBooks write them, to compare unknown ones with.
    """

    name: str
    title: str
    push: str
    family: Family
    kind: str
    severity: Severity
    fixes: tuple[str, ...]
    inhibits: bool
    matches: tuple[Match, ...]
    steps: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exception: str = ""
    exception_role: Role = Role.OPERATOR
    texts: tuple[str, ...] = ()

    def steps_on(self, platform: str) -> tuple[str, ...]:
        """What to do on this platform, () when the `fix` block says it.

        The Web Connector works for QuickBooks Desktop, and borrows its steps.
        """
        borrowed = self.steps.get("qbd", ()) if platform == "qbwc" else ()
        return self.steps.get(platform, borrowed)


def read_problem(path: Path) -> Problem:
    """Read one file; raises ConfigError naming the file and the reason."""
    name = path.name.removesuffix(".md.j2")
    front = front_matter(path)
    _require(path, bool(_NAME.match(name)), "the file name must be small letters, digits and _")
    unknown = sorted(set(front) - _KEYS)
    _require(path, not unknown, f"unknown key {', '.join(unknown)}")
    family = _family(path, front)
    kind = _string(path, front, "kind")
    _require(
        path,
        kind in KINDS_BY_FAMILY[family],
        f"kind {kind} does not belong to family {family.value}",
    )
    severity = _string(path, front, "severity")
    _require(path, severity in set(Severity), f"unknown severity {severity}")
    fixes = front.get("fixes", [])
    _require(path, _strings(fixes), "fixes must be a list of names")
    _require(path, len(set(fixes)) == len(fixes), "a fix is named twice")
    inhibits = front.get("inhibits", False)
    _require(path, isinstance(inhibits, bool), "inhibits must be true or false")
    return Problem(
        name=name,
        title=_string(path, front, "title"),
        push=_string(path, front, "push"),
        family=family,
        kind=kind,
        severity=Severity(severity),
        fixes=tuple(fixes),
        inhibits=inhibits,
        matches=_matches(path, name, front.get("match", [])),
        steps=_steps(path, front.get("steps", {})),
        exception=_exception(path, front),
        exception_role=_exception_role(path, front),
        texts=_texts(path, front),
    )


def _exception(path: Path, front: Mapping[str, JsonValue]) -> str:
    label = front.get("exception", "")
    _require(path, isinstance(label, str), "exception must be what is written on its button")
    return str(label)


def _exception_role(path: Path, front: Mapping[str, JsonValue]) -> Role:
    name = front.get("exception_role", "operator")
    _require(path, name in ("operator", "approver"), f"unknown exception_role {name}")
    return Role.APPROVER if name == "approver" else Role.OPERATOR


def _texts(path: Path, front: Mapping[str, JsonValue]) -> tuple[str, ...]:
    texts = front.get("texts", [])
    _require(path, _strings(texts) and all(texts), "texts must be a list of texts")
    return tuple(texts)


def _family(path: Path, front: Mapping[str, JsonValue]) -> Family:
    family = _string(path, front, "family")
    _require(path, family in set(Family), f"unknown family {family}")
    return Family(family)


def _steps(path: Path, table: JsonValue) -> dict[str, tuple[str, ...]]:
    _require(path, isinstance(table, dict), "steps must be written as [steps]")
    for platform, steps in table.items():
        _require(path, platform in _STEPS_FOR, f"steps for an unknown platform {platform}")
        _require(
            path, _strings(steps) and all(steps), f"steps for {platform} must be a list of texts"
        )
    return {platform: tuple(steps) for platform, steps in table.items()}


def _matches(path: Path, name: str, rows: JsonValue) -> tuple[Match, ...]:
    _require(path, isinstance(rows, list), "match must be written as [[match]]")
    found: list[Match] = []
    for row in rows:
        _require(path, isinstance(row, dict), "match must be written as [[match]]")
        found.extend(_expanded(path, name, row))
    return tuple(found)


def _expanded(path: Path, name: str, row: Mapping[str, JsonValue]) -> list[Match]:
    """One row may name several codes; it stands for one row each."""
    unknown = sorted(set(row) - _MATCH_KEYS)
    _require(path, not unknown, f"unknown key {', '.join(unknown)} in a match")
    platform = row.get("platform")
    _require(path, platform in PLATFORMS, f"unknown platform {platform}")
    codes = row.get("code", "")
    codes = codes if isinstance(codes, list) else [codes]
    _require(path, _strings(codes), "code must be a string or a list of strings")
    http = row.get("http", 0)
    _require(path, isinstance(http, int) and not isinstance(http, bool), "http must be a number")
    pattern = row.get("pattern", "")
    _require(path, isinstance(pattern, str), "pattern must be a string")
    _require(path, any(codes) or bool(http) or bool(pattern), "a match says nothing")
    general, documented = _flag(path, row, "general"), _flag(path, row, "documented")
    _require(path, not (general and documented), "a match is general or documented, not both")
    doubtful = _flag(path, row, "doubtful")
    unless = row.get("unless", "")
    _require(path, isinstance(unless, str), "unless must be a string")
    compiled = _pattern(path, pattern) if pattern else None
    against = _pattern(path, unless) if unless else None
    must = needed(pattern) if pattern else Needed()
    return [
        Match(
            name, str(platform), code, http, compiled, general, documented, doubtful, against, must
        )
        for code in codes
    ]


def _flag(path: Path, row: Mapping[str, JsonValue], key: str) -> bool:
    value = row.get(key, False)
    _require(path, isinstance(value, bool), f"{key} must be true or false")
    return bool(value)


def _pattern(path: Path, pattern: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        msg = f"{path.name}: pattern {pattern!r} is not a regular expression: {error}"
        raise ConfigError(msg) from None
    _require(path, compiled.search("") is None, f"pattern {pattern!r} matches everything")
    return compiled


def _string(path: Path, front: Mapping[str, JsonValue], key: str) -> str:
    value = front.get(key)
    _require(path, isinstance(value, str) and bool(value.strip()), f"{key} is missing")
    return str(value)


def _strings(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _require(path: Path, condition: bool, reason: str) -> None:
    if not condition:
        msg = f"{path.name}: {reason}"
        raise ConfigError(msg)
