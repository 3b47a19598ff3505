"""One thing the bot shows, as Slack is handed it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]
MESSAGE, MODAL, HOME = "message", "modal", "home"


@dataclass(frozen=True)
class Shown:
    """A message, a modal or a Home tab: where it belongs, what it is, and its blocks.

    `view` is the whole view of a modal or a Home tab; `text` the sentence of a message.
    """

    group: str
    name: str
    kind: str
    blocks: list[Json]
    text: str = ""
    view: Json | None = None

    @property
    def label(self) -> str:
        """What a test and the page call it."""
        return f"{self.group} · {self.name}"


def of_view(group: str, name: str, view: Json) -> Shown:
    """A modal or a Home tab."""
    return Shown(group, name, str(view["type"]), list(view["blocks"]), view=view)


def nodes(tree: object) -> Iterator[Json]:
    """Every object of a tree of blocks."""
    if isinstance(tree, dict):
        yield tree
    inside = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    for one in inside:
        yield from nodes(one)
