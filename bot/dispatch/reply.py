"""Answers to people: sentences with inert facts, and buttons; one writer for Slack."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import Payload
from bot.render import Listing, Paragraph, Span, Text, clean, to_plain, to_slack


def strong(words: str) -> Span:
    """A fact that stands out: a name, an amount."""
    return Span(clean(words), strong=True, fact=True)


def link(label: str, url: str) -> Span:
    """Words that lead to an address; just the words when there is none."""
    return Span(clean(label), fact=True, url=url)


def spans(*parts: str | Span) -> tuple[Span, ...]:
    """Make one line of words and spans. Plain strings are inert as well."""
    made = (part if isinstance(part, Span) else Span(clean(part), fact=True) for part in parts)
    return tuple(span for span in made if span.text)


def line(*parts: str | Span) -> Text:
    """Make one paragraph."""
    made = spans(*parts)
    return Text((Paragraph(made),)) if made else Text()


def bullets(*items: Sequence[Span] | str) -> Text:
    """Make a list with one item a line."""
    return _list(items, ordered=False)


def numbered(*items: Sequence[Span] | str) -> Text:
    """Make a list of steps, counted from one."""
    return _list(items, ordered=True)


def _list(items: Sequence[Sequence[Span] | str], *, ordered: bool) -> Text:
    made = tuple(spans(item) if isinstance(item, str) else tuple(item) for item in items)
    kept = tuple(item for item in made if item)
    return Text((Listing(ordered=ordered, items=kept),)) if kept else Text()


@dataclass(frozen=True)
class Reply:
    """An answer: texts and blocks in order.

    `done` is false while more answers will follow; `public`: the whole channel sees it;
    `private`: never shared, whatever was asked.
    """

    parts: tuple[Text | Payload, ...]
    done: bool = True
    public: bool = False
    private: bool = False

    @classmethod
    def say(cls, *sentences: str, done: bool = True) -> "Reply":
        """Answer with plain sentences, each a paragraph."""
        return cls(tuple(line(sentence) for sentence in sentences), done)

    @property
    def text(self) -> str:
        """The full answer as plain text: notifications, screen readers, the command line."""
        words = (to_plain(part) for part in self.parts if isinstance(part, Text))
        return "\n".join(part for part in words if part)

    @property
    def blocks(self) -> list[Payload]:
        """The answer as Slack blocks; neighbouring texts share one."""
        made: list[Payload] = []
        gathered = Text()
        for part in self.parts:
            if isinstance(part, Text):
                gathered = gathered + part
                continue
            made += [*to_slack(gathered), part]
            gathered = Text()
        return made + to_slack(gathered)
