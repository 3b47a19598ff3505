"""Every documented limit of modals and the Home tab."""

from typing import Any

import pytest

from sandbox.slack.blocks.surface import check_view
from sandbox.slack.errors import SlackError
from tests.sandbox.slack.parts import (
    actions,
    button,
    field,
    modal,
    mrkdwn,
    plain,
    section,
    table,
    text_input,
)

HOME = {"type": "home", "blocks": [section()]}
KINDS = ("modal", "home")

GOOD = [
    modal(),
    modal(*[{"type": "divider"}] * 100),
    modal(title=plain("x" * 24), submit=plain("x" * 24), close=plain("x" * 24)),
    modal(private_metadata="x" * 3000, callback_id="x" * 255, external_id="x" * 255),
    modal(private_metadata="", notify_on_close=True, clear_on_close=True, submit_disabled=False),
    modal({"type": "alert", "text": plain("x" * 200), "level": "warning"}),
    modal(field({"type": "file_input", "filetypes": ["csv"], "max_files": 10})),
    modal(field({"type": "rich_text_input", "action_id": "r"})),
    modal(field({"type": "email_text_input"}), field({"type": "url_text_input"}, block_id="g")),
    modal(section(), submit=None),
    modal() | {"id": "V1", "hash": "1.a", "state": {"values": {}}, "team_id": "T1"},
    HOME,
    {**HOME, "private_metadata": "x", "callback_id": "home"},
    {**HOME, "blocks": [table()]},
    {**HOME, "blocks": []},
]


@pytest.mark.parametrize("view", GOOD, ids=range(len(GOOD)))
def test_what_slack_takes(view: dict[str, Any]) -> None:
    """Views at their limits pass."""
    assert check_view(view, KINDS)["type"] == view["type"]


BAD: list[tuple[str, Any, str]] = [
    ("not an object", "x", "/view"),
    ("no type", {"blocks": []}, "/view"),
    ("workflow step", {"type": "workflow_step", "blocks": []}, "/view/type"),
    ("no title", {"type": "modal", "blocks": [section()]}, "/view"),
    ("no blocks", {"type": "modal", "title": plain()}, "/view"),
    ("blocks null", modal() | {"blocks": None}, "/view/blocks"),
    ("title 25", modal(title=plain("x" * 25)), "/view/title/text"),
    ("title ''", modal(title=plain("")), "/view/title/text"),
    ("title mrkdwn", modal(title=mrkdwn()), "/view/title/type"),
    ("title a string", modal(title="x"), "/view/title"),
    ("submit 25", modal(submit=plain("x" * 25)), "/view/submit/text"),
    ("close 25", modal(close=plain("x" * 25)), "/view/close/text"),
    ("private_metadata 3001", modal(private_metadata="x" * 3001), "/view/private_metadata"),
    ("private_metadata object", modal(private_metadata={}), "/view/private_metadata"),
    ("callback_id 256", modal(callback_id="x" * 256), "/view/callback_id"),
    ("external_id 256", modal(external_id="x" * 256), "/view/external_id"),
    ("101 blocks", modal(*[{"type": "divider"}] * 101), "/view/blocks"),
    ("unknown key", modal(colour="red"), "/view"),
    ("notify text", modal(notify_on_close="yes"), "/view/notify_on_close"),
    (
        "input without submit",
        modal(section(), field(text_input()), submit=None),
        "/view/blocks/1/input",
    ),
    ("block_id twice", modal(field(text_input()), field(text_input())), "/view/blocks/1/block_id"),
    ("alert 201", modal({"type": "alert", "text": plain("x" * 201)}), "/view/blocks/0/text/text"),
    (
        "alert level",
        modal({"type": "alert", "text": plain(), "level": "bad"}),
        "/view/blocks/0/level",
    ),
    ("table in a modal", modal(table()), "/view/blocks/0/type"),
    ("markdown in a modal", modal({"type": "markdown", "text": "x"}), "/view/blocks/0/type"),
    (
        "11 files",
        modal(field({"type": "file_input", "max_files": 11})),
        "/view/blocks/0/element/max_files",
    ),
    (
        "two focused",
        modal(
            field(text_input(focus_on_load=True)),
            field(text_input(focus_on_load=True), block_id="g"),
        ),
        "/view/blocks",
    ),
    (
        "action_id twice",
        modal(actions(button("a"), button("a"))),
        "/view/blocks/0/elements/1/action_id",
    ),
    (
        "number without decimals flag",
        modal(field({"type": "number_input"})),
        "/view/blocks/0/element",
    ),
    (
        "number not a number",
        modal(field({"type": "number_input", "is_decimal_allowed": False, "initial_value": "x"})),
        "/view/blocks/0/element/initial_value",
    ),
    (
        "rich text lines",
        modal(field({"type": "rich_text_input", "min_lines": 9, "max_lines": 3})),
        "/view/blocks/0/element/min_lines",
    ),
    ("home with title", {**HOME, "title": plain()}, "/view"),
    ("home with submit", {**HOME, "submit": plain()}, "/view"),
    ("home 101 blocks", {**HOME, "blocks": [{"type": "divider"}] * 101}, "/view/blocks"),
    (
        "alert on home",
        {**HOME, "blocks": [{"type": "alert", "text": plain()}]},
        "/view/blocks/0/type",
    ),
    (
        "file input on home",
        {**HOME, "blocks": [field({"type": "file_input"})]},
        "/view/blocks/0/element/type",
    ),
]


@pytest.mark.parametrize(("view", "pointer"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_what_slack_refuses(view: Any, pointer: str) -> None:
    """invalid_arguments, with a message that points at the place."""
    with pytest.raises(SlackError) as caught:
        check_view(view, KINDS)

    assert caught.value.code == "invalid_arguments"
    messages = caught.value.extra["response_metadata"]["messages"]
    assert any(f"[json-pointer:{pointer}]" in text for text in messages), messages


def test_a_view_over_250_kilobytes_is_too_large() -> None:
    """The whole view is measured, though each block is legal."""
    blocks = [section("€" * 2900) for _ in range(30)]
    with pytest.raises(SlackError) as caught:
        check_view(modal(*blocks))

    assert caught.value.code == "view_too_large"
