"""Block Kit pieces as dicts. The only place that cuts at Slack's limits, and it says so in the log.

Text given to these functions is plain words: everything is plain_text or rich_text, so names from
QuickBooks never become mentions, links or formatting. Limits: docs.slack.dev/reference/block-kit.
"""

import json
from collections.abc import Mapping, Sequence

import structlog

from bot.domain import JsonValue, Payload
from bot.render.marks import clean, shorten

log = structlog.get_logger(__name__)

HEADER = 150
ALERT_HEADER = 60
SECTION = 3000
FIELD = 2000
FIELDS = 10
CONTEXT_ELEMENTS = 10
ACTIONS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
URL = 3000
OPTION = 75
OPTION_VALUE = 150
OPTIONS = 100
OVERFLOW = 5
PLACEHOLDER = 150
TABLE_ROWS = 100
# What stands in a cell that holds nothing.
NOTHING = "–"
TABLE_CELL = 300
CHART_TITLE = 50
CHART_LABEL = 20
LABEL = 2000
VIEW_TITLE = 24
VIEW_METADATA = 3000
ID = 255
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Slack refuses a whole message near 13,200 characters of blocks though each block is legal.
MESSAGE_BUDGET = 10_000
# No documented limit; a paragraph longer than this is not read on a phone.
RICH_TEXT_ELEMENT = 3000


def cut(value: str, limit: int, what: str) -> str:
    """Cut to a limit of Slack's, on a character's border, and log that it happened."""
    if len(value) <= limit:
        return value
    log.warning("text cut for slack", what=what, length=len(value), limit=limit)
    return shorten(value, limit)


def plain(text: str, limit: int, what: str) -> Payload:
    """A plain_text object; colons never turn into emoji, empty text becomes a dash."""
    lines = "\n".join(clean(line) for line in text.split("\n")).strip()
    return {"type": "plain_text", "text": cut(lines or "–", limit, what), "emoji": False}


def header(text: str) -> Payload:
    """A header block."""
    return {"type": "header", "text": plain(text, HEADER, "header")}


def alert_header(state: str, title: str) -> Payload:
    """The header of an alert, at most 60 characters: "🔴 OPEN · <title>".

    When it is too long the front of the title gives way, not the count behind the last " · ".
    """
    whole = f"{state} · {title}"
    if len(whole) > ALERT_HEADER:
        front, dot, tail = title.rpartition(" · ")
        room = ALERT_HEADER - len(state) - len(" · ") - len(dot) - len(tail)
        if dot and room >= 8:
            whole = f"{state} · {cut(front, room, 'alert header')}{dot}{tail}"
    return {"type": "header", "text": plain(whole, ALERT_HEADER, "alert header")}


def section(
    text: str = "", fields: Sequence[str] = (), accessory: Payload | None = None
) -> Payload:
    """A section of plain words, or of up to ten fields side by side."""
    block: Payload = {"type": "section"}
    if text or not fields:
        block["text"] = plain(text, SECTION, "section")
    if fields:
        block["fields"] = [plain(field, FIELD, "field") for field in some(fields, FIELDS, "field")]
    if accessory:
        block["accessory"] = accessory
    return block


def context(*texts: str) -> Payload:
    """Small grey words."""
    kept = some(texts, CONTEXT_ELEMENTS, "context element")
    return {"type": "context", "elements": [plain(text, FIELD, "context") for text in kept]}


def divider() -> Payload:
    """A line."""
    return {"type": "divider"}


def actions(elements: Sequence[Payload], block_id: str = "") -> Payload:
    """A row of buttons; five at most stay readable on a phone."""
    block: Payload = {"type": "actions", "elements": some(elements, ACTIONS, "action")}
    return with_id(block, block_id)


def button(
    text: str,
    action_id: str,
    value: str = "",
    *,
    primary: bool = False,
    danger: bool = False,
    url: str = "",
    label: str = "",
) -> Payload:
    """A button. `value` is an id, never a parameter; `label` is read aloud when texts repeat."""
    element: Payload = {
        "type": "button",
        "text": plain(text, BUTTON_TEXT, "button"),
        "action_id": whole(action_id, ID, "action_id"),
    }
    if value:
        element["value"] = whole(value, BUTTON_VALUE, "button value")
    if primary or danger:
        element["style"] = "primary" if primary else "danger"
    if url:
        element["url"] = whole(url, URL, "button url")
    if label:
        element["accessibility_label"] = cut(clean(label), BUTTON_TEXT, "accessibility label")
    return element


def overflow(options: Sequence[tuple[str, str]], action_id: str) -> Payload:
    """A "more" menu of (value, label) pairs."""
    kept = [option(value, label) for value, label in some(options, OVERFLOW, "overflow option")]
    return {"type": "overflow", "action_id": whole(action_id, ID, "action_id"), "options": kept}


def option(value: str, label: str) -> Payload:
    """One option of a select or a menu."""
    return {
        "text": plain(label, OPTION, "option"),
        "value": whole(value, OPTION_VALUE, "option value"),
    }


def rich_text(*elements: Payload) -> Payload:
    """A rich_text block of ready elements (see bot.render.to_slack for templates' text)."""
    return {"type": "rich_text", "elements": list(elements)}


def line(*parts: Payload) -> Payload:
    """One paragraph of rich text."""
    return {"type": "rich_text_section", "elements": list(parts)}


def words(text: str, *, bold: bool = False, italic: bool = False) -> Payload:
    """A run of inert words in rich text."""
    element: Payload = {"type": "text", "text": cut(text, RICH_TEXT_ELEMENT, "rich text") or " "}
    style = {name: True for name, wanted in (("bold", bold), ("italic", italic)) if wanted}
    return element | {"style": style} if style else element


def link(url: str, text: str) -> Payload:
    """A link in rich text."""
    return {"type": "link", "url": whole(url, URL, "link"), "text": text}


def person(user_id: str) -> Payload:
    """A person in rich text, shown by name."""
    return {"type": "user", "user_id": user_id}


def bullets(items: Sequence[Sequence[Payload]], *, ordered: bool = False) -> Payload:
    """A list in rich text."""
    style = "ordered" if ordered else "bullet"
    return {
        "type": "rich_text_list",
        "style": style,
        "elements": [line(*parts) for parts in items],
    }


def table(
    head: Sequence[str], rows: Sequence[Sequence[str | Payload]], right: Sequence[int] = ()
) -> Payload:
    """A table of inert words or rich text; `right` names the columns of numbers. One a message."""
    kept = some(rows, TABLE_ROWS - 1, "table row")
    return {
        "type": "table",
        "column_settings": [
            {"align": "right" if column in right else "left", "is_wrapped": column not in right}
            for column in range(len(head))
        ],
        "rows": [[_cell(word) for word in row] for row in (head, *kept)],
    }


def filled_table(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int] = ()
) -> Payload:
    """The same without the columns that hold nothing; {} for one row that then has two or fewer.

    These stand above it already, as title and state.
    """
    kept = [at for at in range(len(head)) if any(row[at] not in ("", NOTHING) for row in rows)]
    if len(rows) == 1 and len(kept) <= 2:
        return {}
    numbers = [place for place, at in enumerate(kept) if at in right]
    return table([head[at] for at in kept], [[row[at] for at in kept] for row in rows], numbers)


def bar_chart(title: str, labels: Sequence[str], series: Mapping[str, Sequence[int]]) -> Payload:
    """Bars for each label, one of each series: whole numbers. Slack calls them categories."""
    points = {
        cut(name, CHART_LABEL, "series"): [
            {"label": label, "value": value} for label, value in zip(labels, values, strict=True)
        ]
        for name, values in series.items()
    }
    return {
        "type": "data_visualization",
        "title": cut(title, CHART_TITLE, "chart title"),
        "chart": {
            "type": "bar",
            "series": [{"name": name, "data": data} for name, data in points.items()],
            "axis_config": {"categories": list(labels)},
        },
    }


def _cell(word: str | Payload) -> Payload:
    if not isinstance(word, str):
        return word
    return {"type": "raw_text", "text": cut(clean(word), TABLE_CELL, "table cell") or NOTHING}


def modal(
    title: str,
    blocks: Sequence[Payload],
    *,
    callback_id: str = "",
    submit: str = "",
    close: str = "Close",
    private_metadata: str = "",
    notify_on_close: bool = False,
) -> Payload:
    """A modal view; `private_metadata` holds a row id."""
    view: Payload = {
        "type": "modal",
        "title": plain(title, VIEW_TITLE, "modal title"),
        "blocks": some(blocks, VIEW_BLOCKS, "modal block"),
        "close": plain(close, VIEW_TITLE, "modal close"),
    }
    if submit:
        view["submit"] = plain(submit, VIEW_TITLE, "modal submit")
    if callback_id:
        view["callback_id"] = whole(callback_id, ID, "callback_id")
    if private_metadata:
        view["private_metadata"] = whole(private_metadata, VIEW_METADATA, "private_metadata")
    if notify_on_close:
        view["notify_on_close"] = True
    return view


def home(blocks: Sequence[Payload]) -> Payload:
    """A Home tab."""
    return {"type": "home", "blocks": some(blocks, VIEW_BLOCKS, "home block")}


def within_budget(blocks: Sequence[Payload], droppable: Sequence[Payload] = ()) -> list[Payload]:
    """Keep a message below Slack's limits: `droppable` blocks go first, in their order."""
    kept = list(blocks)
    for extra in droppable:
        if size(kept) <= MESSAGE_BUDGET and len(kept) <= MESSAGE_BLOCKS:
            break
        log.warning("block left out of a message", type=extra.get("type"), size=size(kept))
        kept = [block for block in kept if block is not extra]
    return kept[:MESSAGE_BLOCKS]


def size(blocks: Sequence[Payload]) -> int:
    """How many characters the blocks have as JSON."""
    return len(json.dumps(list(blocks), ensure_ascii=False))


def some(values: Sequence[JsonValue], limit: int, what: str) -> list[JsonValue]:
    """As many as Slack takes; that some are left out is logged."""
    if len(values) > limit:
        log.warning("list cut for slack", what=what, length=len(values), limit=limit)
    return list(values[:limit])


def whole(value: str, limit: int, what: str) -> str:
    """Ids and addresses cannot be cut: a cut one would name something else."""
    if len(value) > limit:
        msg = f"{what} is longer than {limit} characters"
        raise ValueError(msg)
    return value


def with_id(block: Payload, block_id: str) -> Payload:
    """The block under a name of ours; "" leaves the name to Slack."""
    return block | {"block_id": whole(block_id, ID, "block_id")} if block_id else block
