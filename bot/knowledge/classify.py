"""Recognises a problem: by its code first, then by a pattern in the text, then by HTTP status.

Messages are localised (a French 6140 is on record), so a code outweighs any wording.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.knowledge.problem import Match

# Where a code stands in both fault shapes, in XML, and in other tools' log lines.
_CODES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"errorCode=0*(\d{3,6})",
        r"""(?<![a-z_])["']?code["']?\s*[:=]\s*["']?0*(\d{3,6})\b""",
        r""":error_code=>["']?0*(\d{3,6})\b""",
        r"\berror[_ ]?code[\"']?\s*[:=]?\s*[\"']?0*(\d{3,6})\b",
        r"""statusCode=["'](\d{4})["']""",
        r"\b((?:ONL|DESK|QBO|QBWC)\d{2,4})\b",
        r"\b(0x[0-9A-F]{8})\b",
        r"(?<![a-z_])code (\d{3,6})\b",
        r"\berror[: ]+(\d{3,6})\b",
        r"^\W*(\d{4})[: ]\s*\S",
        r"^\W*0*(\d{3,6})\W*$",
    )
)
_STATUS = re.compile(r"statusCode[=:]\s*(\d{3})\b", re.IGNORECASE)
_TEXT_LIMIT = 20_000
_DESKTOP = {"qbd", "qbwc"}


@dataclass(frozen=True)
class Classified:
    """What an error was recognised as. `confidence` 0–1; `evidence` says by what, in words."""

    problem: str
    confidence: float
    evidence: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Signs:
    """What an error shows: its code, the text on one line, the HTTP status (0 = not known)."""

    platform: str
    code: str
    text: str
    http: int


def signs(platform: str, code: object, text: str, http_status: int | None = None) -> Signs:
    """Read the signs of an error; a missing code is looked for in the text."""
    flat = " ".join(html.unescape(text[:_TEXT_LIMIT]).split())
    given = str(code or "").strip()
    if given.isdigit():
        given = given.lstrip("0") or "0"
    if not given:
        found = next((hit for pattern in _CODES if (hit := pattern.search(flat))), None)
        given = found[1] if found else ""
    status = http_status or 0
    if not status and (said := _STATUS.search(flat)):
        status = int(said[1])
    return Signs(platform, given, flat, status)


def best(rows: Iterable[Match], seen: Signs) -> Classified | None:
    """Return what the strongest agreeing row says; ties fall to the longer match, then the name."""
    ranked: list[tuple[float, int, str, Classified]] = []
    for row in rows:
        score, hit = _score(row, seen)
        if score:
            length = len(hit[0]) if hit else 0
            ranked.append((-score, -length, row.problem, _classified(row, score, seen, hit)))
    return min(ranked, key=lambda entry: entry[:3])[3] if ranked else None


def _score(row: Match, seen: Signs) -> tuple[float, re.Match[str] | None]:
    if not _speaks_for(row.platform, seen.platform):
        return 0.0, None
    if row.code and row.code.upper() != seen.code.upper():
        return 0.0, None
    if row.http and row.http != seen.http:
        return 0.0, None
    hit = row.pattern.search(seen.text) if row.pattern else None
    if row.pattern and hit is None:
        return 0.0, None
    return _weight(row, seen), hit


def _speaks_for(platform: str, seen: str) -> bool:
    """Say whether a row's platform covers the error's; the Desktop talks through the connector."""
    return platform in (seen, "any") or seen == "any" or {platform, seen} == _DESKTOP


def _weight(row: Match, seen: Signs) -> float:
    """Say how sure a row that agrees makes us."""
    if row.code:
        sure = 0.9 + (0.06 if row.pattern else 0.0) + (0.03 if row.http else 0.0)
    elif row.pattern:
        # A code that nobody claims makes the wording alone a little less certain.
        sure = (0.7 if seen.code else 0.75) + (0.05 if row.http else 0.0)
    else:
        sure = 0.5
    sure -= 0.2 if row.general and not row.code else 0.0
    if row.platform == seen.platform:
        return sure
    # A number of QuickBooks Online stands for something else on the Desktop: `any` comes last.
    return sure - (0.01 if row.platform == "any" else 0.005)


def _classified(row: Match, score: float, seen: Signs, hit: re.Match[str] | None) -> Classified:
    evidence: list[str] = []
    if row.code:
        evidence.append(f"code {seen.code}")
    if hit:
        evidence.append(f"the text says “{hit[0][:120]}”")
    if row.http:
        evidence.append(f"HTTP status {seen.http}")
    groups = hit.groupdict() if hit else {}
    facts = {name: value for name, value in groups.items() if value is not None}
    return Classified(row.problem, round(score, 2), tuple(evidence), facts)
