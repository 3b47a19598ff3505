"""The records that one sentence says the same of: customer A and vendor B are inactive."""

import re

_LIST = r"(?:customer|client|vendor|supplier|item|product|account|employee)"
_VERB = r"(?:is|are|was|were|has|have)"
_QUOTED = r"[\"'“‘][^\"'“”‘’\n]{1,100}[\"'”’]"
_WORD = r"[^\s,;:\"'“”‘’]+"
# What a note says of a record without a verb: “customer A and item B inactive”.
_STATE = r"(?:inactive|deactivated|deleted|archived|missing|not active|not found)"
_NAME = rf"(?:{_QUOTED}|(?!{_VERB}\b){_WORD}(?:\s(?!(?:and|{_VERB}|{_STATE})\b){_WORD}){{0,5}})"
_ONE = rf"(?:the )?(?:{_LIST}s? )?{_NAME}"
_SENTENCE = re.compile(
    rf"(?P<first>(?:the )?(?P<list>{_LIST})(?P<several>s?) {_NAME})"
    rf"(?P<more>(?:\s?,\s?{_ONE}){{0,8}}),?\s+and\s+(?P<last>{_ONE})"
    rf"(?:\s+(?P<verb>are|were|have)\b|(?=\s+{_STATE}\b))",
    re.IGNORECASE,
)
# “customer A inactive and item B inactive” says the same of each.
_AGAIN = re.compile(
    rf"\s+(?P<state>{_STATE})(?=(?:\s?,|,?\s+and)\s+(?:the )?{_LIST}\s+{_NAME}\s+(?P=state)\b)",
    re.IGNORECASE,
)
_EACH = re.compile(rf"\s?,\s?(?P<one>{_ONE})", re.IGNORECASE)
_NAMES_LIST = re.compile(rf"(?:the )?{_LIST}s?\s", re.IGNORECASE)
_OF_ONE = {"are": "is", "were": "was", "have": "has"}
_LONGEST = 4_000


def apart(text: str) -> list[str]:
    """The sentence once for each of its records; [] for one that speaks of one record alone.

    A name may have an "and" in it, so each record has its list's word, or the first has it in the
    plural: customers A and B.
    """
    text = _AGAIN.sub("", text[:_LONGEST])
    hit = _SENTENCE.search(text)
    if hit is None:
        return []
    others = [one["one"] for one in _EACH.finditer(hit["more"])]
    named = [hit["first"], *others, hit["last"]]
    if not hit["several"] and not all(map(_NAMES_LIST.match, named)):
        return []
    before, behind = text[: hit.start()], text[hit.end() :]
    verb = _OF_ONE[(hit["verb"] or "are").casefold()]
    return [f"{before}{_with_list(one, hit['list'])} {verb}{behind}" for one in named]


def _with_list(record: str, of_all: str) -> str:
    """The record with the word of its list before it, in the singular."""
    said = _NAMES_LIST.match(record)
    if said is None:
        return f"{of_all} {record}"
    word = said[0].strip().casefold().removeprefix("the ").removesuffix("s")
    return f"{word} {record[said.end() :]}"
