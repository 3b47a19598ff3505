"""Patterns of rules, such as `MUG-*`: which words fit, which is the narrower, whether two meet.

`*` stands for any run of signs, also none, `?` for exactly one; everything else is itself.
"""

import functools
import re

_MOST_STARS = 5
LONGEST = 128


def folded(pattern: str) -> str:
    """A pattern with single blanks; stars in a row count as one."""
    return re.sub(r"\*+", "*", " ".join(pattern.split()))


def wrong(pattern: str) -> str:
    """Say why a pattern cannot be used; "" if it can."""
    if not pattern:
        return "The pattern is empty."
    if len(pattern) > LONGEST:
        return f"A pattern has at most {LONGEST} characters."
    if not set(pattern) & {"*", "?"}:
        return f"{pattern} is one word, no pattern: map the word itself, or write {pattern}*."
    if not any(sign.isalnum() for sign in pattern):
        return f"{pattern} fits nearly everything; it needs a letter or a digit of its own."
    if pattern.count("*") > _MOST_STARS:
        return f"A pattern has at most {_MOST_STARS} stars."
    return ""


def fits(pattern: str, word: str) -> bool:
    """Whether a word fits a pattern; both as they are folded for look-up."""
    return _compiled(pattern).fullmatch(word) is not None


def rank(pattern: str) -> tuple[int, int]:
    """How narrow a pattern is: its longest part without a sign that stands for others, then all."""
    parts = re.split(r"[*?]", pattern)
    return max(map(len, parts)), sum(map(len, parts))


def meet(one: str, other: str) -> bool:
    """Whether some word fits both patterns."""

    @functools.cache
    def meets(left: int, right: int) -> bool:
        if left == len(one) or right == len(other):
            return not (one[left:] + other[right:]).replace("*", "")
        if one[left] == "*":
            return meets(left + 1, right) or meets(left, right + 1)
        if other[right] == "*":
            return meets(left, right + 1) or meets(left + 1, right)
        same = "?" in (one[left], other[right]) or one[left] == other[right]
        return same and meets(left + 1, right + 1)

    return meets(0, 0)


@functools.lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    signs = {"*": ".*", "?": "."}
    return re.compile("".join(signs.get(sign) or re.escape(sign) for sign in pattern), re.DOTALL)
