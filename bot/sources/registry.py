"""Every kind of source that the bot reads by itself."""

from collections.abc import Mapping

from bot.errors import BadInput
from bot.sources import feed, folder, sql
from bot.sources.model import SourceKind

ALL_SOURCES: tuple[SourceKind, ...] = (feed.KIND, folder.KIND, sql.KIND)


def by_name() -> Mapping[str, SourceKind]:
    """The kinds by name."""
    return {kind.name: kind for kind in ALL_SOURCES}


def kind_named(name: str) -> SourceKind:
    """The kind of this name. Raises BadInput."""
    kind = by_name().get(name)
    if kind is None:
        msg = f"There is no kind of source {name!r}; there are {', '.join(by_name())}."
        raise BadInput(msg)
    return kind
