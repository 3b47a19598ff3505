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


def one_icon(value: Json, walk: Walk, at: str) -> None:
    """A card has a picture or one of Slack's own icons, not both."""
    if "icon" in value and "slack_icon" in value:
        walk.wrong(at, "must define only one of `icon` or `slack_icon`")


def unique_tasks(value: Json, walk: Walk, at: str) -> None:
    """A task_id is there once in a plan."""
    seen: set[str] = set()
    for number, task in enumerate(value.get("tasks") or []):
        if task["task_id"] in seen:
            walk.wrong(f"{at}/tasks/{number}/task_id", "`task_id` already exists")
        seen.add(task["task_id"])


def container_rules(value: Json, walk: Walk, at: str) -> None:
    """A title; a collapsible one has no header divider, and only it can start collapsed."""
    if "title" not in value and "rich_text_title" not in value:
        walk.wrong(at, "must define either `title` or `rich_text_title`")
    if value.get("is_collapsible") and value.get("has_header_divider"):
        walk.wrong(f"{at}/has_header_divider", "not allowed with `is_collapsible`")
    if value.get("default_collapsed") and not value.get("is_collapsible"):
        walk.wrong(f"{at}/default_collapsed", "needs `is_collapsible`")
