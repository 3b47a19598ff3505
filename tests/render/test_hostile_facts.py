"""Hostile words of a customer, a document or an error are shown as they are, by every problem."""

import json
import time
from html.parser import HTMLParser
from typing import Any

import pytest

from bot.knowledge import SAMPLE
from bot.render import PARTS, ProblemText, to_html, to_plain, to_slack
from tests.words import knowledge, renderer

# Where a person, a shop, QuickBooks or another tool has the say.
WORDED = frozenset(
    [
        "city",
        "description",
        "detail",
        "element",
        "email",
        "error",
        "fault_message",
        "field",
        "holder_number",
        "gone",
        "left",
        "missing_name",
        "name",
        "number",
        "party",
        "phone",
        "posted_party",
        "proposed",
        "reason",
        "ref",
        "sku",
        "source",
        "source_party",
        "street",
        "survivor",
        "user",
        "value",
        "word",
    ]
)
# What is longer than 400 characters would be cut before its end is seen.
HOSTILE = (
    "<!channel> *b* _i_ `c` <@U0DANA0001> <#C1> <https://evil.example|x> & &lt; **b** # h\n1. one\n"
    "- two\n\n\n[x](https://evil.example) {{ 7 * 7191 }}{% for a in range(9) %}x{% endfor %}{# #}",
    "\u202eevil\u202c \u2066abc\u2069 a\x00b\x1b[31mc\r\nd\u2028e\ue000f\ue001g\ue002h"
    "<script>alert(1)</script><img src=x onerror=alert(1)> {{ company.__class__ }}" + '{"a":[' * 20,
)
EVIL = (
    "<script",
    "<img",
    "50337",
    "\u202e",
    "\u2066",
    "\x00",
    "\x1b",
    "\ue000",
    "\ue001",
    "\ue002",
)


def swapped(value: Any, words: str, key: str = "") -> Any:
    """The facts with these words wherever somebody else has the say."""
    if isinstance(value, dict):
        return {name: swapped(inner, words, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [swapped(inner, words, key) for inner in value]
    return words if key in WORDED and isinstance(value, str) else value


def shape(text: ProblemText) -> str:
    """The structure of the Slack blocks without their words."""

    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: bare(value) for key, value in node.items() if key not in ("text", "url")}
        return [bare(inner) for inner in node] if isinstance(node, list) else node

    return json.dumps([bare(to_slack(getattr(text, part))) for part in PARTS])


class Tags(HTMLParser):
    """Collects the tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember a tag and where it leads."""
        self.seen += [tag, *(str(value) for name, value in attrs if name == "href")]


def tags(text: ProblemText) -> list[str]:
    """All tags of the words as HTML."""
    parser = Tags()
    for part in PARTS:
        parser.feed(to_html(getattr(text, part)))
    return parser.seen


@pytest.mark.parametrize("problem", sorted(knowledge().ours))
def test_hostile_words_change_nothing_but_the_words(problem: str) -> None:
    """No list, link, mention or tag comes of them, nothing is computed, nothing is hidden."""
    plain = renderer().problem(problem, swapped(SAMPLE, "Jane Doe"))
    for words in HOSTILE:
        text = renderer().problem(problem, swapped(SAMPLE, words))
        said = [text.title, text.push, text.fixed]

        assert shape(text) == shape(plain)
        assert tags(text) == tags(plain)
        assert all("\n" not in one for one in said)
        told = "".join([*said, *(json.dumps(to_slack(getattr(text, part))) for part in PARTS)])
        told += "".join(to_plain(getattr(text, part)) for part in PARTS)
        for evil in EVIL[2:]:
            assert evil not in told
        assert not [evil for evil in EVIL[:2] if evil in "".join(map(to_html, _parts(text)))]


def _parts(text: ProblemText) -> list[Any]:
    return [getattr(text, part) for part in PARTS]


def test_huge_words_never_slow_a_message() -> None:
    """A megabyte in every fact: cut, and quick; every tenth problem stands for all."""
    facts = swapped(SAMPLE, "<!channel> {{ x }} **" * 50_000)
    for problem in sorted(knowledge().ours)[::10]:
        began = time.process_time()
        text = renderer().problem_or_plain(problem, facts)

        assert time.process_time() - began < 3
        assert len("".join([text.title, text.push, *map(to_plain, _parts(text))])) < 12_000
