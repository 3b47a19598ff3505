"""Marks that tell facts from template words, and the cleaning that makes a fact harmless."""

import re
import unicodedata

# Private-use characters: removed from every fact, so only `mark` can bring them into the output.
START, END, HOLE = "\ue000", "\ue001", "\ue002"
FACT_LIMIT = 400
# What stands behind is never read: an error text may have a million characters.
LOOKED_AT = 10 * FACT_LIMIT
# What is left of a name in a title that is too long.
SHORTEST_NAME = 8
# What is left where even that leaves no room for the words.
LEAST_OF_NAME = 4

_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Bidi embeddings, overrides and isolates can show "merge A into B" the other way round.
_UNSEEN = (
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    r"\ud800-\udfff"
)
# Colours, titles and links of a terminal are an escape with letters behind it, which would stay.
_TERMINAL = (
    r"(?:\x1b\[|\x9b)[0-?]{0,40}[ -/]{0,4}[@-~]|\x1b\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)"
    r"|\x1b[@-Z\\-_]"
)
_REMOVED = re.compile(rf"{_TERMINAL}|[{_UNSEEN}\ue000-\ue00f]")
_HIDDEN = re.compile(rf"{_TERMINAL}|[{_UNSEEN}\ue003-\ue00f]")
_JOINER = "\u200d"


def clean(value: str) -> str:
    """Return `value` on one line, without control characters, bidi overrides and our marks.

    Spaces are kept as they are: a doubled space may be what the alert is about.
    """
    return _REMOVED.sub("", _SPACES.sub(" ", value))


def seen(output: str) -> str:
    """Return marked output without what cannot be seen: a template's own words may bring it."""
    return _HIDDEN.sub("", output)


def shorten(value: str, limit: int) -> str:
    """Cut `value` to `limit` characters with an ellipsis, at a word where half of it stays.

    Never inside a composed character.
    """
    if len(value) <= limit:
        return value
    if limit <= 1:
        return "…"[:limit]
    at = limit - 1
    while at > 0 and _glued(value, at):
        at -= 1
    if value[at] != " ":
        word = value.rfind(" ", 0, at)
        at = word if word >= limit // 2 else at
    # What was cut before ends with one already.
    return value[:at].rstrip(" ,;:-–·…") + "…"


def fitted(output: str, limit: int) -> str:
    """Return marked output as one line within `limit`, where its longest names allow that.

    The names give way, the words of the template stay; a count behind " · " stays whole as well.
    """
    parts = re.split(f"{START}([^{START}{END}]*){END}", output)
    names = [at for at in range(1, len(parts), 2) if " · " not in parts[at]]
    for shortest in (SHORTEST_NAME, LEAST_OF_NAME):
        while names and (over := len(unmarked("".join(parts))) - limit) > 0:
            longest = max(names, key=lambda at: len(parts[at]))
            length = len(parts[longest])
            if length <= shortest:
                break
            parts[longest] = shorten(parts[longest], max(shortest, length - over))
    return unmarked("".join(parts))


def mark(value: str) -> str:
    """Clean, cut and wrap a fact. What was marked before (a macro's output) becomes one fact."""
    return START + shorten(clean(value[:LOOKED_AT]), FACT_LIMIT) + END


def holes(output: str) -> tuple[str, list[str]]:
    """Split marked output into a skeleton of template words with holes, and the facts in order.

    An unclosed mark makes everything behind it a fact: in doubt, text is inert.
    """
    skeleton: list[str] = []
    facts: list[str] = []
    depth = 0
    for part in re.split(f"([{START}{END}])", output):
        if part == START:
            depth += 1
            if depth == 1:
                facts.append("")
                skeleton.append(HOLE)
        elif part == END:
            depth = max(0, depth - 1)
        elif depth:
            facts[-1] += part
        else:
            skeleton.append(part.replace(HOLE, ""))
    return "".join(skeleton), facts


def unmarked(output: str) -> str:
    """Return marked output as one plain line (titles, sentences for the phone)."""
    text = output.replace(START, "").replace(END, "").replace(HOLE, "")
    return _SPACES.sub(" ", text).strip()


def _glued(value: str, at: int) -> bool:
    """Say whether a cut before `at` would split a composed character (accent, emoji, flag)."""
    here, before = value[at], value[at - 1]
    if unicodedata.combining(here) or unicodedata.category(here) in {"Mn", "Me", "Mc"}:
        return True
    if _JOINER in (here, before) or "\U0001f3fb" <= here <= "\U0001f3ff":
        return True
    return all("\U0001f1e6" <= char <= "\U0001f1ff" for char in (here, before))
