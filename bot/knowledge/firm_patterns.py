"""Patterns in files of a firm: only those that are quick on every text there is.

A regular expression can be written so that one long text keeps it busy for hours. Those of a firm
are held to what cannot: every repetition has an end, and few of them stand in one pattern.
"""

import re
from collections.abc import Iterator

from bot.knowledge.patterns import Pattern

LONGEST = 300
# In how many ways what may differ in a pattern can be combined, and the letters it needs in a row.
_MOST_WAYS = 2_000
_SHORTEST_LITERAL = 4
_TOKEN = re.compile(
    r"""(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])
    |(?P<group>\((?:\?:|\?P<[a-z_]+>|(?!\?)))
    |(?P<look>\(\?)
    |(?P<close>\))
    |(?P<back>\\[0-9AZG])
    |(?P<kind>\\[dDsSwWbB]|\.|[\^$])
    |(?P<or>\|)
    |(?P<open>[*+]|\{\d+,\})
    |(?P<times>\?|\{\d+(?:,\d+)?\}|\{,\d+\})
    |(?P<literal>\\.|[^\\])""",
    re.VERBOSE | re.DOTALL,
)
# Facts that a pattern of a firm may fill: they are words, and ours are nothing else either.
GROUPS = frozenset(
    [
        "description",
        "element",
        "field",
        "holder_id",
        "holder_number",
        "holder_type",
        "max",
        "missing_id",
        "missing_list",
        "missing_name",
        "name",
        "number",
        "user",
        "value",
    ]
)


def why_refused(pattern: Pattern | None) -> Iterator[str]:
    """Yield what a pattern of a firm may not hold."""
    if pattern is None:
        return
    text = pattern.pattern
    if len(text) > LONGEST:
        yield f"a pattern has at most {LONGEST} characters"
        return
    foreign = sorted(set(pattern.groupindex) - GROUPS)
    if foreign:
        yield f"a named group can fill {', '.join(sorted(GROUPS))}, not {', '.join(foreign)}"
    yield from _slow(text)
    if _longest_literal(text) < _SHORTEST_LITERAL:
        yield f"a pattern needs {_SHORTEST_LITERAL} letters or digits in a row, or it fits anything"


def _slow(text: str) -> Iterator[str]:
    before = ""
    for token in _TOKEN.finditer(text):
        kind, said = str(token.lastgroup), token[0]
        if kind in ("look", "back"):
            yield f"{said} is not allowed in a pattern"
        elif kind == "open":
            yield f"{said} has no end: write {{1,80}} for + and {{0,80}} for *"
        elif kind == "times" and before == "close" and said != "?":
            yield "a group in brackets can only be followed by ?"
        before = kind
    if _ways(text) > _MOST_WAYS:
        yield f"its repetitions and choices can be combined in more than {_MOST_WAYS:,} ways"


def _ways(text: str) -> int:
    """In how many ways a pattern can be tried at one place: what may differ, multiplied."""
    # Of each bracket that is open: the branches that are done, and the one that is being read.
    open_ones = [[0, 1]]
    for token in _TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "group":
            open_ones.append([0, 1])
        elif kind == "or":
            done, reading = open_ones[-1]
            open_ones[-1] = [done + reading, 1]
        elif kind == "close" and len(open_ones) > 1:
            inside = sum(open_ones.pop())
            open_ones[-1][1] *= inside
        elif kind == "times":
            open_ones[-1][1] *= _most(token[0])
    return sum(map(sum, open_ones))


def _most(times: str) -> int:
    """How many ways a repetition can go: 2 for "?", 80 for "{1,80}"."""
    if times == "?":
        return 2
    low, _, high = times.strip("{}").partition(",")
    return int(high) - int(low or 0) + 1 if high else max(1, int(low) // 50)


def _longest_literal(text: str) -> int:
    longest = run = 0
    for token in _TOKEN.finditer(text):
        plain = token.lastgroup == "literal" and token[0][-1].isalnum()
        run = run + 1 if plain else 0
        longest = max(longest, run)
    return longest


def readable(pattern: Pattern) -> str:
    """Write a pattern as a person reads it: "the name “…” already exists".

    What may be anything is "…", what is one of several is parted by "/".
    """
    out: list[str] = []
    for token in _TOKEN.finditer(pattern.pattern):
        kind, said = str(token.lastgroup), token[0]
        if kind == "literal":
            out.append(said[-1])
        elif kind == "or":
            out.append(" / ")
        elif kind == "set" or (kind == "kind" and said not in (r"\b", r"\B", "^", "$", r"\s")):
            out.append("…")
        elif said == r"\s":
            out.append(" ")
        elif kind == "group" and said == "(":
            out.append("(")
    return re.sub(r"…[…\s]*…|…", "…", " ".join("".join(out).split())).strip()
