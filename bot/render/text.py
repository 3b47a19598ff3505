"""Neutral text: paragraphs and lists of spans. What comes from data is a fact and never markup.

Markup of the templates: a blank line ends a paragraph; `1. ` and `- ` open list items (numbers are
counted anew, indented lines continue an item); `**strong**`; backticks around what is typed as it
stands, such as a command; `[label]({{ url }})` where the address is one fact.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.render.marks import HOLE, clean, holes

_ITEM = re.compile(r"^\s*(?:(?P<number>\d+)\.|(?P<bullet>[-•]))\s+(?P<rest>.*)$")
_INLINE = re.compile(
    rf"\[(?P<label>[^\[\]\n]+)\]\((?P<url>{HOLE})\)|\*\*(?P<strong>.+?)\*\*|(?P<hole>{HOLE})"
    r"|`(?P<code>[^`\n]+)`"
)
_URL = re.compile(r"^https?://[^\s<>|\"'\\^`{}]{1,2900}$")


@dataclass(frozen=True)
class Span:
    """A run of text. `fact` = it came from data; `url` = a link; `code` = typed as it stands."""

    text: str
    strong: bool = False
    fact: bool = False
    url: str = ""
    code: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True)
class Paragraph:
    """Spans on one or more lines."""

    spans: Spans


@dataclass(frozen=True)
class Listing:
    """A numbered or a bulleted list."""

    ordered: bool
    items: tuple[Spans, ...]


@dataclass(frozen=True)
class Text:
    """What a template yields; a writer turns it into Slack's blocks, plain text or HTML."""

    blocks: tuple[Paragraph | Listing, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.blocks)

    def __add__(self, other: "Text") -> "Text":
        return Text(self.blocks + other.blocks)


def words(*paragraphs: str, fact: bool = True) -> Text:
    """Make text of given sentences without any markup in them; inert unless `fact` is false."""
    return Text(
        tuple(
            Paragraph((Span(clean(sentence), fact=fact),))
            for sentence in paragraphs
            if clean(sentence).strip()
        )
    )


def parse(output: str) -> Text:
    """Turn a template's marked output into neutral text."""
    skeleton, facts = holes(output)
    blocks: list[Paragraph | Listing] = []
    source = iter(facts)
    for ordered, lines in _groups(skeleton):
        spans = tuple(_spans(line, source) for line in lines)
        kept = tuple(item for item in spans if item)
        if not kept:
            continue
        if ordered is None:
            blocks.append(Paragraph(kept[0]))
        elif blocks and isinstance(blocks[-1], Listing) and blocks[-1].ordered == ordered:
            blocks[-1] = Listing(ordered, blocks[-1].items + kept)
        else:
            blocks.append(Listing(ordered, kept))
    return Text(tuple(blocks))


def _groups(skeleton: str) -> Iterator[tuple[bool | None, list[str]]]:
    """Yield (None, [paragraph]) and (ordered, items), in the order of the text."""
    for chunk in re.split(r"\n\s*\n", skeleton):
        ordered: bool | None = None
        lines: list[str] = []
        for line in chunk.splitlines():
            found = _ITEM.match(line)
            if found is None:
                if ordered is not None and not line.startswith(" "):
                    yield ordered, lines
                    ordered, lines = None, []
                lines = [*lines[:-1], f"{lines[-1]} {line.strip()}"] if lines else [line.strip()]
                continue
            kind = found["number"] is not None
            if lines and kind is not ordered:
                yield ordered, lines
                lines = []
            ordered = kind
            lines.append(found["rest"].strip())
        if lines:
            yield ordered, lines


def _spans(line: str, facts: Iterator[str], *, strong: bool = False) -> Spans:
    spans: list[Span] = []
    at = 0
    for found in _INLINE.finditer(line):
        spans.append(Span(line[at : found.start()], strong=strong))
        at = found.end()
        if found["hole"]:
            spans.append(Span(next(facts, ""), strong=strong, fact=True))
        elif found["strong"]:
            spans.extend(_spans(found["strong"], facts, strong=True))
        elif found["code"]:
            spans.extend(replace(one, code=True) for one in _spans(found["code"], facts))
        else:
            spans.extend(_link(found["label"], facts, strong=strong))
    spans.append(Span(line[at:], strong=strong))
    kept = tuple(span for span in spans if span.text)
    return kept if any(span.text.strip() for span in kept) else ()


def _link(label: str, facts: Iterator[str], *, strong: bool) -> Spans:
    """A link whose address is a fact; a bad address leaves the label as words."""
    spans = _spans(label, facts, strong=strong)
    url = next(facts, "")
    if not _URL.match(url):
        return spans
    return tuple(replace(span, url=url) for span in spans)
