"""What the encyclopedia's search puts first, and which problems are neighbours of one another."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.knowledge import Problem

# As QuickBooks Desktop writes some of its codes.
_TWO_NUMBERS = re.compile(r"-\d{4}, -?\d+")
_MOST_NEIGHBOURS = 6


def codes_of(one: Problem) -> list[tuple[str, int]]:
    """The codes of a problem, with 1 where the code alone tells it, else 0."""
    found: dict[str, int] = {}
    for row in one.matches:
        if row.code:
            alone = int(row.pattern is None and not row.general)
            found[row.code] = max(alone, found.get(row.code, 0))
    for text in one.texts:
        found |= dict.fromkeys(_TWO_NUMBERS.findall(text), 1)
    return sorted(found.items())


def known_script(problems: Mapping[str, Problem], told: Mapping[str, str]) -> str:
    """The script that tells ranking.js each page's title, codes and recognised texts."""
    pages = [
        [f"problems/{name}", told[name], codes_of(one), one.texts]
        for name, one in sorted(problems.items())
    ]
    lines = ",\n".join(json.dumps(page, ensure_ascii=False) for page in pages)
    return f"const KNOWN = [\n{lines}\n];\n"


def neighbours(
    one: Problem, problems: Mapping[str, Problem], told: Mapping[str, str]
) -> Sequence[str]:
    """Those that share a code, then those of its kind; at most six, the likest first."""
    codes = {code for code, _ in codes_of(one)}
    edition = _desktop(one)

    def rank(name: str) -> tuple[int, bool, bool, str]:
        other = problems[name]
        shared = len(codes & {code for code, _ in codes_of(other)})
        return -shared, other.kind != one.kind, _desktop(other) != edition, told[name]

    near = (name for name in _near(one, problems, codes) if name != one.name)
    return sorted(near, key=rank)[:_MOST_NEIGHBOURS]


def _near(one: Problem, problems: Mapping[str, Problem], codes: set[str]) -> Iterator[str]:
    for name, other in problems.items():
        if other.kind == one.kind or codes & {code for code, _ in codes_of(other)}:
            yield name


def _desktop(one: Problem) -> bool:
    """Whether a problem belongs to QuickBooks Desktop or its Web Connector alone."""
    where = {row.platform for row in one.matches}
    return bool(where) and where <= {"qbd", "qbwc"}
