"""Rules of blocks that span several of their fields."""

from sandbox.slack.blocks.walk import Walk
from sandbox.slack.jsontypes import Json


def section_texts(value: Json, walk: Walk, at: str) -> None:
    """Rich text of a section may not consist of blanks only."""
    text = value.get("text")
    if isinstance(text, dict) and not str(text.get("text", "")).strip():
        walk.wrong(f"{at}/text/text", "must be more than 0 characters")


def table_columns(value: Json, walk: Walk, at: str) -> None:
    """Every row of a table has as many cells as the first."""
    width = len(value["rows"][0])
    for number, row in enumerate(value["rows"]):
        if len(row) != width:
            walk.wrong(f"{at}/rows/{number}", f"must have {width} cells, as the first row has")


def card_has_something(value: Json, walk: Walk, at: str) -> None:
    """A card shows at least an image, a title, actions or a body."""
    if not any(name in value for name in ("hero_image", "title", "actions", "body")):
        walk.wrong(at, "must define either `hero_image` or `title` or `actions` or `body`")


def container_rules(value: Json, walk: Walk, at: str) -> None:
    """A collapsible container has no header divider, and only it can start collapsed."""
    if value.get("is_collapsible") and "has_header_divider" in value:
        walk.wrong(f"{at}/has_header_divider", "not allowed with `is_collapsible`")
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        walk.wrong(f"{at}/default_collapsed", "needs `is_collapsible`")
