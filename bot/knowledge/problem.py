"""One problem file as a value, strictly validated: what is wrong with it is named, and stops us."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain import KINDS_BY_FAMILY, Family, JsonValue, Role, Severity
from bot.errors import ConfigError
from bot.knowledge.patterns import Pattern
from bot.knowledge.signs import PLATFORMS
from bot.render import clean
from bot.render.source import front_matter, read

_PLATFORMS = (*PLATFORMS, "any")
_STATUSES = range(100, 600)
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
        "of_all",
        "exception",
        "exception_role",
        "match",
        "steps",
        "texts",
    }
)
_MATCH_KEYS = frozenset(
    {"platform", "code", "http", "pattern", "unless", "general", "documented", "shared", "doubtful"}
)
# General steps, where no record of ours waits; the `fix` block is for an alert with its buttons.
_STEPS_FOR = frozenset({"qbo", "qbd", "qbwc", "oauth"})
_LENDS: Mapping[str, str] = {"qbwc": "qbd", "oauth": "qbo"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_ASKS = re.compile(r"\bfact\(\s*[\"'](\w{1,60})[\"']")


@dataclass(frozen=True)
class Match:
    """One way to recognise a problem; every part that is given must agree.

    `documented`: the pattern is a sentence that QuickBooks itself writes; `shared`: and other
    programs too, so it counts only in a text about bookkeeping. `general`: it says little, and
    loses to every other row that agrees. `doubtful`: where it agrees, another kind is nearly as
    likely, so nothing is claimed for sure. Where `unless` is found, the row is silent.
    """

    problem: str
    platform: str
    code: str = ""
    http: int = 0
    pattern: Pattern | None = None
    general: bool = False
    documented: bool = False
    doubtful: bool = False
    unless: Pattern | None = None
    shared: bool = False

    @property
    def claim(self) -> tuple[str, str, int, str]:
        """What two rows may not share."""
        return (
            self.platform,
            self.code.upper(),
            self.http,
            self.pattern.pattern if self.pattern else "",
        )


@dataclass(frozen=True)
class Problem:
    """A kind of trouble the bot knows. `inhibits`: while it is open, the company's others wait;
    `of_all`: it is about no company alone, so none of them lets it wait.

    `exception`: what is pressed to say that this one is none ("Not a duplicate…"), "" where that
    would help nobody; `exception_role` may.
    `steps` holds what to do on platforms where the words of the `fix` block are not right.
    `texts` are messages as tools and QuickBooks write them, to compare unknown ones with.
    `asks`: the facts that its words ask for where they may be missing: fact("sku").
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
    of_all: bool = False
    asks: frozenset[str] = frozenset()

    def steps_on(self, platform: str) -> tuple[str, ...]:
        """What to do on this platform, () when the `fix` block says it.

        The Web Connector works for QuickBooks Desktop, and borrows its steps; Intuit's sign-in
        page those of QuickBooks Online.
        """
        return self.steps.get(platform) or self.steps.get(_LENDS.get(platform, ""), ())


def read_problem(path: Path) -> Problem:
    """Read one of our files; raises ConfigError naming the file and the reason.

    Its patterns are compiled when they are first tried: a test has compiled all of ours.
    """
    return _problem(path.name, read(path))


def problem_of(file: str, source: str) -> Problem:
    """Validate what a file of this name holds; raises ConfigError naming it and the reason."""
    found = _problem(file, source)
    for row in found.matches:
        for pattern in (row.pattern, row.unless):
            if pattern is not None:
                _require_sound(file, pattern)
    return found


def _problem(file: str, source: str) -> Problem:
    name = file.removesuffix(".md.j2")
    front = front_matter(file, source)
    _require(file, bool(_NAME.fullmatch(name)), "the file name must be small letters, digits and _")
    unknown = sorted(set(front) - _KEYS)
    _require(file, not unknown, f"unknown key {', '.join(unknown)}")
    family = _family(file, front)
    kind = _string(file, front, "kind")
    own = next((one.value for one, kinds in KINDS_BY_FAMILY.items() if kind in kinds), "none")
    _require(
        file,
        own == family.value,
        f"kind {kind} does not belong to family {family.value}, but to {own}",
    )
    severity = _string(file, front, "severity")
    _require(file, severity in set(Severity), f"unknown severity {severity}")
    fixes = front.get("fixes", [])
    _require(file, _strings(fixes), "fixes must be a list of names")
    _require(file, len(set(fixes)) == len(fixes), "a fix is named twice")
    for key in ("fixed", "many"):
        _require(file, isinstance(front.get(key, ""), str), f"{key} must be a text")
    return Problem(
        name=name,
        title=_string(file, front, "title"),
        push=_string(file, front, "push"),
        family=family,
        kind=kind,
        severity=Severity(severity),
        fixes=tuple(fixes),
        inhibits=_flag(file, front, "inhibits"),
        matches=_matches(file, name, front.get("match", [])),
        asks=frozenset(_ASKS.findall(source)),
        steps=_steps(file, front.get("steps", {})),
        exception=_exception(file, front),
        exception_role=_exception_role(file, front),
        texts=_texts(file, front),
        of_all=_flag(file, front, "of_all"),
    )


def _exception(file: str, front: Mapping[str, JsonValue]) -> str:
    label = front.get("exception", "")
    _require(file, isinstance(label, str), "exception must be what is written on its button")
    return str(label)


def _exception_role(file: str, front: Mapping[str, JsonValue]) -> Role:
    name = front.get("exception_role", "operator")
    _require(file, name in ("operator", "approver"), f"unknown exception_role {name}")
    return Role.APPROVER if name == "approver" else Role.OPERATOR


def _texts(file: str, front: Mapping[str, JsonValue]) -> tuple[str, ...]:
    texts = front.get("texts", [])
    _require(file, _strings(texts) and all(texts), "texts must be a list of texts")
    return tuple(texts)


def _family(file: str, front: Mapping[str, JsonValue]) -> Family:
    family = _string(file, front, "family")
    _require(file, family in set(Family), f"unknown family {family}")
    return Family(family)


def _steps(file: str, table: JsonValue) -> dict[str, tuple[str, ...]]:
    _require(file, isinstance(table, dict), "steps must be written as [steps]")
    for platform, steps in table.items():
        _require(file, platform in _STEPS_FOR, f"steps for an unknown platform {platform}")
        _require(
            file, _strings(steps) and all(steps), f"steps for {platform} must be a list of texts"
        )
    # A firm's own words may bring what cannot be seen.
    return {platform: tuple(map(clean, steps)) for platform, steps in table.items()}


def _matches(file: str, name: str, rows: JsonValue) -> tuple[Match, ...]:
    _require(file, isinstance(rows, list), "match must be written as [[match]]")
    found: list[Match] = []
    for row in rows:
        _require(file, isinstance(row, dict), "match must be written as [[match]]")
        found.extend(_expanded(file, name, row))
    return tuple(found)


def _expanded(file: str, name: str, row: Mapping[str, JsonValue]) -> list[Match]:
    """One row may name several codes; it stands for one row each."""
    unknown = sorted(set(row) - _MATCH_KEYS)
    _require(file, not unknown, f"unknown key {', '.join(unknown)} in a match")
    platform = row.get("platform")
    _require(file, platform in _PLATFORMS, f"unknown platform {platform}")
    codes = row.get("code", "")
    codes = codes if isinstance(codes, list) else [codes]
    _require(file, _strings(codes), "code must be a string or a list of strings")
    http = row.get("http", 0)
    _require(
        file,
        isinstance(http, int) and (not http or http in _STATUSES),
        "http must be a number, 100 to 599",
    )
    pattern = row.get("pattern", "")
    _require(file, isinstance(pattern, str), "pattern must be a string")
    _require(file, any(codes) or bool(http) or bool(pattern), "a match says nothing")
    general, documented = _flag(file, row, "general"), _flag(file, row, "documented")
    _require(file, not (general and documented), "a match is general or documented, not both")
    doubtful, shared = _flag(file, row, "doubtful"), _flag(file, row, "shared")
    _require(file, documented or not shared, "only a documented match can be shared")
    unless = row.get("unless", "")
    _require(file, isinstance(unless, str), "unless must be a string")
    sought = Pattern(pattern) if pattern else None
    against = Pattern(unless) if unless else None
    return [
        Match(
            problem=name,
            platform=str(platform),
            code=code,
            http=http,
            pattern=sought,
            general=general,
            documented=documented,
            doubtful=doubtful,
            unless=against,
            shared=shared,
        )
        for code in codes
    ]


def _flag(file: str, row: Mapping[str, JsonValue], key: str) -> bool:
    value = row.get(key, False)
    _require(file, isinstance(value, bool), f"{key} must be true or false")
    return bool(value)


def _require_sound(file: str, pattern: Pattern) -> None:
    said = pattern.pattern
    try:
        whole = pattern.whole
    except (re.error, RecursionError, OverflowError) as error:
        msg = f"{file}: pattern {said!r} is not a regular expression: {error}"
        raise ConfigError(msg) from None
    _require(file, whole.search("") is None, f"pattern {said!r} matches everything")


def _string(file: str, front: Mapping[str, JsonValue], key: str) -> str:
    value = front.get(key)
    _require(file, isinstance(value, str) and bool(value.strip()), f"{key} is missing")
    return str(value)


def _strings(value: JsonValue) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _require(file: str, condition: bool, reason: str) -> None:
    if not condition:
        msg = f"{file}: {reason}"
        raise ConfigError(msg)
