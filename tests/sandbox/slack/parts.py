"""Small valid pieces of Block Kit for tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str = "x") -> Json:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "x") -> Json:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text}


def section(text: str = "x", **more: Any) -> Json:
    """A section block."""
    return {"type": "section", "text": mrkdwn(text), **more}


def button(action_id: str = "go", **more: Any) -> Json:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain("Go"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    """An actions block."""
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str = "a", text: str = "A", **more: Any) -> Json:
    """An option."""
    return {"text": plain(text), "value": value, **more}


def select(*values: str, action_id: str = "pick", **more: Any) -> Json:
    """A static select."""
    rows = [option(value, value.upper()) for value in values or ("a", "b")]
    return {"type": "static_select", "action_id": action_id, "options": rows, **more}


def text_input(action_id: str = "text", **more: Any) -> Json:
    """A plain text input."""
    return {"type": "plain_text_input", "action_id": action_id, **more}


def field(element: Json, block_id: str = "f", **more: Any) -> Json:
    """An input block."""
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Label"),
        "element": element,
        **more,
    }


def modal(*blocks: Json, **more: Any) -> Json:
    """A modal view with a submit button."""
    rows = list(blocks) or [section()]
    head = {"type": "modal", "title": plain("Title"), "submit": plain("OK"), "blocks": rows}
    return head | more


def table(rows: int = 2, columns: int = 2, **more: Any) -> Json:
    """A table block."""
    cell = {"type": "raw_text", "text": "1"}
    return {"type": "table", "rows": [[cell] * columns for _ in range(rows)], **more}
