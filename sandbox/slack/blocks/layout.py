"""Layout blocks: https://docs.slack.dev/reference/block-kit/blocks."""

from sandbox.slack.blocks.block_rules import (
    card_has_something,
    container_rules,
    one_icon,
    section_texts,
    table_columns,
    unique_tasks,
)
from sandbox.slack.blocks.charts import DATA_TABLE, DATA_VISUALIZATION
from sandbox.slack.blocks.composition import (
    BLOCK_ID,
    HTTP_URL,
    SLACK_FILE,
    URL,
    any_of,
    either,
    one_of,
    plain,
)
from sandbox.slack.blocks.elements import ACCESSORY, ACTIONS, CONTEXT_TEXT, ELEMENTS, INPUTS
from sandbox.slack.blocks.rich_text import RICH_TEXT, SECTIONS
from sandbox.slack.blocks.spec import Flag, Many, Number, Shape, Spec, Text, Typed, Whole
from sandbox.slack.blocks.walk import Walk
from sandbox.slack.jsontypes import Json

_ID: dict[str, Spec] = {"block_id": BLOCK_ID}
_IMAGE = Typed(ELEMENTS, ("image",))


class _ContextItem:
    """An image or a text object."""

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Told apart by type."""
        if isinstance(value, dict) and value.get("type") == "image":
            _IMAGE.check(value, walk, at)
        else:
            CONTEXT_TEXT.check(value, walk, at)


class _Cell:
    """A table cell."""

    def check(self, value: object, walk: Walk, at: str) -> None:
        """raw_text, raw_number or rich_text."""
        cells = {
            "raw_text": Shape({"text": Text(0, 0)}),
            "raw_number": Shape({"value": Number()}, {"text": Text(3000)}),
            "rich_text": Shape({"elements": Many(Typed(SECTIONS), 1000)}, _ID),
        }
        Typed(cells).check(value, walk, at)


_CARD = Shape(
    {},
    {
        **_ID,
        "title": either(150),
        "subtitle": either(150),
        "body": either(200),
        "subtext": either(200),
        "hero_image": _IMAGE,
        "icon": _IMAGE,
        "slack_icon": Shape({"name": Text(255)}, {"type": Text(64)}),
        "actions": Many(Typed(ELEMENTS, ("button",)), 3),
    },
    (card_has_something, one_icon),
)
_TASK_CARD = Shape(
    {
        "task_id": Text(255),
        "title": Text(256),
        "status": Text(choices=("pending", "in_progress", "complete", "error")),
    },
    {
        **_ID,
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": Many(Typed(ELEMENTS, ("url",)), 20, 0),
    },
    surfaces=("message",),
)


class _Task:
    """A task of a plan; its type goes without saying."""

    def check(self, value: object, walk: Walk, at: str) -> None:
        """As a task card, with or without `type`."""
        if isinstance(value, dict) and value.get("type", "task_card") != "task_card":
            walk.wrong(f"{at}/type", f"unsupported type: {value['type']}")
            return
        _TASK_CARD.check(value, walk, at)


BLOCKS: dict[str, Shape] = {
    "section": Shape(
        {},
        {
            **_ID,
            "text": either(3000),
            "fields": Many(either(2000), 10),
            "accessory": Typed(ELEMENTS, ACCESSORY),
            "expand": Flag(),
        },
        (any_of("text", "fields"), section_texts),
    ),
    "header": Shape({"text": plain(150)}, _ID),
    "divider": Shape({}, _ID),
    "image": Shape(
        {"alt_text": Text(2000)},
        {**_ID, "image_url": HTTP_URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        (one_of("image_url", "slack_file"),),
    ),
    "actions": Shape({"elements": Many(Typed(ELEMENTS, ACTIONS), 25)}, _ID),
    "context": Shape({"elements": Many(_ContextItem(), 10)}, _ID),
    "context_actions": Shape(
        {"elements": Many(Typed(ELEMENTS, ("feedback_buttons", "icon_button")), 5)},
        _ID,
        surfaces=("message",),
    ),
    "input": Shape(
        {"label": plain(2000), "element": Typed(ELEMENTS, INPUTS)},
        {**_ID, "hint": plain(2000), "optional": Flag(), "dispatch_action": Flag()},
    ),
    "rich_text": Shape({"elements": Many(Typed(SECTIONS), 1000)}, _ID),
    "markdown": Shape({"text": Text(12_000)}, _ID, surfaces=("message",)),
    "table": Shape(
        {"rows": Many(Many(_Cell(), 20), 100)},
        {
            **_ID,
            "column_settings": Many(
                Shape(
                    optional={
                        "align": Text(choices=("left", "center", "right")),
                        "is_wrapped": Flag(),
                    }
                ),
                20,
                0,
            ),
        },
        (table_columns,),
        surfaces=("message", "home"),
    ),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "alert": Shape(
        {"text": either(200)},
        {**_ID, "level": Text(choices=("default", "info", "warning", "error", "success"))},
        surfaces=("modal",),
    ),
    "card": _CARD,
    "carousel": Shape(
        {"elements": Many(Typed({"card": _CARD}), 10)}, _ID, surfaces=("message", "home")
    ),
    "task_card": _TASK_CARD,
    "plan": Shape(
        {"title": Text(256)},
        {**_ID, "tasks": Many(_Task(), 50, 0)},
        (unique_tasks,),
        surfaces=("message",),
    ),
    "video": Shape(
        {
            "alt_text": Text(2000),
            "title": plain(199),
            "thumbnail_url": HTTP_URL,
            "video_url": HTTP_URL,
        },
        {
            **_ID,
            "author_name": Text(49),
            "description": plain(200),
            "provider_name": Text(50),
            "provider_icon_url": HTTP_URL,
            "title_url": URL,
        },
    ),
    "file": Shape(
        {"external_id": Text(255), "source": Text(choices=("remote",))},
        _ID,
        surfaces=("message",),
    ),
    "call": Shape({"call_id": Text(255)}, _ID, surfaces=("message",)),
}
# Blocks a container or a fallback may hold; BLOCKS is complete when they are checked.
_CHILD = Typed(
    BLOCKS,
    (
        "actions",
        "context",
        "divider",
        "file",
        "header",
        "image",
        "input",
        "rich_text",
        "section",
        "table",
        "video",
    ),
)
BLOCKS["container"] = Shape(
    {"child_blocks": Many(_CHILD, 10)},
    {
        **_ID,
        "title": plain(150),
        "rich_text_title": RICH_TEXT,
        "subtitle": either(150),
        "icon": _IMAGE,
        "width": Text(choices=("narrow", "standard", "wide", "full")),
        "is_collapsible": Flag(),
        "default_collapsed": Flag(),
        "has_header_divider": Flag(),
    },
    (container_rules,),
    surfaces=("message", "home"),
)
BLOCKS["auth_provider"] = Shape(
    {"value": Text(150), "name": plain(75), "is_connected": Flag()},
    {
        **_ID,
        "description": plain(150),
        "icon_url": HTTP_URL,
        "auth_url": HTTP_URL,
        "disconnect_url": HTTP_URL,
        "connected_identity": plain(75),
        "connected_context": plain(75),
        "accessory": Typed(ELEMENTS, ("overflow",)),
        "fallback": Many(_CHILD, 10),
    },
    surfaces=("home",),
)
ANY_BLOCK = Typed(BLOCKS)


def interactive(block: Json) -> list[tuple[str, Json]]:
    """The elements of a block that a person can use, with their pointer inside the block."""
    found: list[tuple[str, Json]] = []
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            found.append((f"/{key}", block[key]))
    for key in ("elements", "actions"):
        if block.get("type") in {"actions", "context_actions", "card"}:
            items = block.get(key)
            rows = items if isinstance(items, list) else []
            found += [(f"/{key}/{n}", item) for n, item in enumerate(rows)]
    return [(at, item) for at, item in found if item.get("type") != "image"]


__all__ = ["ANY_BLOCK", "BLOCKS", "Whole", "interactive"]
