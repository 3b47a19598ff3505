"""Every documented limit of Block Kit in messages: one row a limit."""

from typing import Any

import pytest

from sandbox.slack.blocks.surface import check_message
from sandbox.slack.errors import SlackError
from tests.sandbox.slack.harness import HARBOR, Slack
from tests.sandbox.slack.parts import (
    actions,
    button,
    field,
    mrkdwn,
    option,
    plain,
    section,
    select,
    table,
    text_input,
)

Json = dict[str, Any]
PICTURE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
CONFIRM = {
    "title": plain(),
    "text": plain(),
    "confirm": plain(),
    "deny": plain(),
}
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]},
    ],
}
CELL = {"type": "raw_text", "text": "1"}
PIE = {
    "type": "data_visualization",
    "title": "t",
    "chart": {"type": "pie", "segments": [{"label": "a", "value": 1}]},
}


def rich(*parts: Json) -> Json:
    """A rich text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [*parts]}]}


def data_table(rows: int, columns: int = 1, **more: Any) -> Json:
    """A data table."""
    return {"type": "data_table", "caption": "c", "rows": [[CELL] * columns] * rows} | more


def options(count: int) -> list[Json]:
    """Different options."""
    return [option(str(n)) for n in range(count)]


def multi(**more: Any) -> Json:
    """A multi select of a section."""
    return {"type": "multi_static_select", "action_id": "m", "options": options(3), **more}


def video(**more: Any) -> Json:
    """A video block."""
    return {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": "https://example.com/a",
        "video_url": "https://example.com/b",
    } | more


def nested_list(indent: int) -> Json:
    """A rich text list."""
    item = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}
    body = {"type": "rich_text_list", "style": "bullet", "indent": indent, "elements": [item]}
    return {"type": "rich_text", "elements": [body]}


GOOD = [
    [section("x" * 3000)],
    [section(), {"type": "divider"}, {"type": "header", "text": plain("x" * 150)}],
    [{"type": "section", "fields": [mrkdwn("x" * 1300)] * 9}],
    [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
    [section(expand=True, accessory=button(value="v" * 2000, url="https://e.com"))],
    [actions(*[button(str(n)) for n in range(25)])],
    [actions(button("a"), button("b"), block_id="b" * 255), actions(button("a"), button("b"))],
    [actions(button(text=plain("x" * 75), confirm=CONFIRM, style="danger"))],
    [actions(select(*[str(n) for n in range(100)]))],
    [actions({"type": "overflow", "action_id": "o", "options": options(5)})],
    [actions({"type": "checkboxes", "action_id": "c", "options": options(10)})],
    [section(accessory={"type": "radio_buttons", "action_id": "c", "options": options(10)})],
    [section(accessory=multi(initial_options=[option("1")], max_selected_items=2))],
    [{"type": "context", "elements": [mrkdwn()] * 9 + [PICTURE]}],
    [{**PICTURE, "title": plain("x" * 2000)}],
    [{"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a"}],
    [RICH, nested_list(8)],
    [rich({"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "eyes"})],
    [rich({"type": "link", "url": "https://e.com", "text": "x", "style": {"bold": True}})],
    [{"type": "markdown", "text": "x" * 12_000}],
    [table(100, 20)],
    [table(1, 1, column_settings=[{"align": "right", "is_wrapped": True}])],
    [{"type": "table", "rows": [[RICH, {"type": "raw_number", "value": 1.5}]]}],
    [data_table(101, 20)],
    [PIE, PIE],
    [field(text_input()), field(select(), block_id="g", optional=True)],
    [{"type": "card", "title": plain("x" * 150), "actions": [button("a"), button("b")]}],
    [{"type": "carousel", "elements": [{"type": "card", "body": mrkdwn("x")}] * 10}],
    [{"type": "container", "title": plain(), "child_blocks": [section()] * 10}],
    [{"type": "plan", "title": "t"}],
    [{"type": "task_card", "task_id": "1", "title": "t", "status": "pending", "details": RICH}],
    [video()],
    [
        {
            "type": "context_actions",
            "elements": [{"type": "icon_button", "icon": "trash", "text": plain()}],
        }
    ],
    [{"type": "divider"}] * 50,
]


@pytest.mark.parametrize("blocks", GOOD, ids=range(len(GOOD)))
def test_what_slack_takes(blocks: list[Json]) -> None:
    """Payloads at their limits pass, and every block gets a block_id."""
    stored = check_message([*blocks])

    assert all(block["block_id"] for block in stored)


BAD: list[tuple[str, list[Any], str]] = [
    ("51 blocks", [{"type": "divider"}] * 51, "/blocks"),
    ("not an object", ["x"], "/blocks/0"),
    ("no type", [{}], "/blocks/0"),
    ("unknown type", [{"type": "sections"}], "/blocks/0/type"),
    ("unknown key", [section(colour="red")], "/blocks/0"),
    ("block_id 256", [section(block_id="x" * 256)], "/blocks/0/block_id"),
    ("block_id twice", [section(block_id="a"), section(block_id="a")], "/blocks/1/block_id"),
    ("section empty", [{"type": "section"}], "/blocks/0/type"),
    ("section text ''", [section("")], "/blocks/0/text/text"),
    ("section text blank", [section("  \n")], "/blocks/0/text/text"),
    ("section text 3001", [section("x" * 3001)], "/blocks/0/text/text"),
    ("section text string", [{"type": "section", "text": "x"}], "/blocks/0/text"),
    ("text without type", [{"type": "section", "text": {"text": "x"}}], "/blocks/0/text"),
    (
        "text unknown key",
        [{"type": "section", "text": {**plain(), "bold": True}}],
        "/blocks/0/text",
    ),
    (
        "emoji on mrkdwn",
        [{"type": "section", "text": {**mrkdwn(), "emoji": True}}],
        "/blocks/0/text",
    ),
    ("11 fields", [{"type": "section", "fields": [mrkdwn()] * 11}], "/blocks/0/fields"),
    ("0 fields", [{"type": "section", "fields": []}], "/blocks/0/fields"),
    (
        "field 2001",
        [{"type": "section", "fields": [mrkdwn("x" * 2001)]}],
        "/blocks/0/fields/0/text",
    ),
    ("accessory of inputs", [section(accessory=text_input())], "/blocks/0/accessory/type"),
    (
        "accessory datetime",
        [section(accessory={"type": "datetimepicker"})],
        "/blocks/0/accessory/type",
    ),
    ("header 151", [{"type": "header", "text": plain("x" * 151)}], "/blocks/0/text/text"),
    ("header mrkdwn", [{"type": "header", "text": mrkdwn()}], "/blocks/0/text/type"),
    ("image without alt", [{"type": "image", "image_url": "https://e.com"}], "/blocks/0"),
    ("image alt 2001", [{**PICTURE, "alt_text": "x" * 2001}], "/blocks/0/alt_text"),
    ("image both sources", [{**PICTURE, "slack_file": {"id": "F1"}}], "/blocks/0"),
    ("image url", [{**PICTURE, "image_url": "javascript:x"}], "/blocks/0/image_url"),
    ("26 elements", [actions(*[button(str(n)) for n in range(26)])], "/blocks/0/elements"),
    ("0 elements", [actions()], "/blocks/0/elements"),
    ("action_id twice", [actions(button("a"), button("a"))], "/blocks/0/elements/1/action_id"),
    ("action_id 256", [actions(button("x" * 256))], "/blocks/0/elements/0/action_id"),
    ("input in actions", [actions(text_input())], "/blocks/0/elements/0/type"),
    ("block_id on element", [actions(button(block_id="x"))], "/blocks/0/elements/0"),
    ("button text 76", [actions(button(text=plain("x" * 76)))], "/blocks/0/elements/0/text/text"),
    ("button text ''", [actions(button(text=plain("")))], "/blocks/0/elements/0/text/text"),
    ("button mrkdwn", [actions(button(text=mrkdwn()))], "/blocks/0/elements/0/text/type"),
    ("button value 2001", [actions(button(value="x" * 2001))], "/blocks/0/elements/0/value"),
    ("button value number", [actions(button(value=1))], "/blocks/0/elements/0/value"),
    ("button url 3001", [actions(button(url="x" * 3001))], "/blocks/0/elements/0/url"),
    ("button url relative", [actions(button(url="page.html"))], "/blocks/0/elements/0/url"),
    ("button style", [actions(button(style="default"))], "/blocks/0/elements/0/style"),
    (
        "button label 76",
        [actions(button(accessibility_label="x" * 76))],
        "/blocks/0/elements/0/accessibility_label",
    ),
    (
        "confirm title 101",
        [actions(button(confirm={**CONFIRM, "title": plain("x" * 101)}))],
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        "confirm text 301",
        [actions(button(confirm={**CONFIRM, "text": mrkdwn("x" * 301)}))],
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        "confirm yes 31",
        [actions(button(confirm={**CONFIRM, "confirm": plain("x" * 31)}))],
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    (
        "confirm no 31",
        [actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)}))],
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (
        "confirm without text",
        [actions(button(confirm={"title": plain()}))],
        "/blocks/0/elements/0/confirm",
    ),
    ("select without options", [actions({"type": "static_select"})], "/blocks/0/elements/0"),
    (
        "select with both",
        [actions(select(option_groups=[{"label": plain(), "options": options(1)}]))],
        "/blocks/0/elements/0",
    ),
    (
        "101 options",
        [actions(select(*[str(n) for n in range(101)]))],
        "/blocks/0/elements/0/options",
    ),
    ("0 options", [actions(select(options=[]))], "/blocks/0/elements/0/options"),
    (
        "option text 76",
        [actions(select(options=[option("a", "x" * 76)]))],
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        "option value 151",
        [actions(select(options=[option("x" * 151)]))],
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        "option description 76",
        [actions(select(options=[option(description=plain("x" * 76))]))],
        "/blocks/0/elements/0/options/0/description/text",
    ),
    (
        "option url in a select",
        [actions(select(options=[option(url="https://e.com")]))],
        "/blocks/0/elements/0/options/0",
    ),
    ("option value twice", [actions(select("a", "a"))], "/blocks/0/elements/0/options/1"),
    (
        "101 groups",
        [
            actions(
                select(options=None)
                | {"option_groups": [{"label": plain(), "options": options(1)}] * 101}
            )
        ],
        "/blocks/0/elements/0/options",
    ),
    (
        "initial option unknown",
        [actions(select(initial_option=option("z")))],
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "initial option null",
        [actions(select(initial_option=None))],
        "/blocks/0/elements/0/initial_option",
    ),
    (
        "placeholder 151",
        [actions(select(placeholder=plain("x" * 151)))],
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        "initial options over the limit",
        [section(accessory=multi(initial_options=options(2), max_selected_items=1))],
        "/blocks/0/accessory/initial_options",
    ),
    (
        "overflow 6",
        [actions({"type": "overflow", "options": options(6)})],
        "/blocks/0/elements/0/options",
    ),
    (
        "checkboxes 11",
        [actions({"type": "checkboxes", "options": options(11)})],
        "/blocks/0/elements/0/options",
    ),
    (
        "radio 11",
        [actions({"type": "radio_buttons", "options": options(11)})],
        "/blocks/0/elements/0/options",
    ),
    (
        "date",
        [actions({"type": "datepicker", "initial_date": "11/22/2026"})],
        "/blocks/0/elements/0/initial_date",
    ),
    (
        "time",
        [actions({"type": "timepicker", "initial_time": "25:00"})],
        "/blocks/0/elements/0/initial_time",
    ),
    ("11 context items", [{"type": "context", "elements": [mrkdwn()] * 11}], "/blocks/0/elements"),
    (
        "context text ''",
        [{"type": "context", "elements": [mrkdwn("")]}],
        "/blocks/0/elements/0/text",
    ),
    ("context button", [{"type": "context", "elements": [button()]}], "/blocks/0/elements/0/type"),
    ("alert in a message", [{"type": "alert", "text": plain()}], "/blocks/0/type"),
    ("file input in a message", [field({"type": "file_input"})], "/blocks/0/element/type"),
    ("label 2001", [field(text_input(), label=plain("x" * 2001))], "/blocks/0/label/text"),
    ("label mrkdwn", [field(text_input(), label=mrkdwn())], "/blocks/0/label/type"),
    ("hint 2001", [field(text_input(), hint=plain("x" * 2001))], "/blocks/0/hint/text"),
    ("button in input", [field(button())], "/blocks/0/element/type"),
    ("max_length 3001", [field(text_input(max_length=3001))], "/blocks/0/element/max_length"),
    (
        "min over max",
        [field(text_input(min_length=5, max_length=4))],
        "/blocks/0/element/min_length",
    ),
    ("markdown 12001", [{"type": "markdown", "text": "x" * 12_001}], "/blocks/0/text"),
    ("markdown together", [{"type": "markdown", "text": "x" * 7_000}] * 2, "/blocks"),
    ("101 rows", [table(101)], "/blocks/0/rows"),
    ("21 columns", [table(1, 21)], "/blocks/0/rows/0"),
    ("ragged table", [{"type": "table", "rows": [[CELL], [CELL, CELL]]}], "/blocks/0/rows/1"),
    ("two tables", [table(), table()], "/blocks/1"),
    ("21 column settings", [table(1, 1, column_settings=[{}] * 21)], "/blocks/0/column_settings"),
    ("table cell text object", [{"type": "table", "rows": [[plain()]]}], "/blocks/0/rows/0/0/type"),
    ("data table of a header", [data_table(1)], "/blocks/0/rows"),
    ("data table 102", [data_table(102)], "/blocks/0/rows"),
    ("data table without caption", [{"type": "data_table", "rows": [[CELL]] * 2}], "/blocks/0"),
    ("data table page size", [data_table(2, page_size=101)], "/blocks/0/page_size"),
    (
        "data table rich header",
        [data_table(2) | {"rows": [[RICH], [CELL]]}],
        "/blocks/0/rows/0/0/type",
    ),
    ("three charts", [PIE] * 3, "/blocks/2"),
    ("chart title 51", [{**PIE, "title": "x" * 51}], "/blocks/0/title"),
    (
        "pie of nothing",
        [{**PIE, "chart": {"type": "pie", "segments": [{"label": "a", "value": 0}]}}],
        "/blocks/0/chart/segments/0/value",
    ),
    ("list indent 9", [nested_list(9)], "/blocks/0/elements/0/indent"),
    (
        "rich text part",
        [rich({"type": "bold", "text": "x"})],
        "/blocks/0/elements/0/elements/0/type",
    ),
    ("rich text ''", [rich({"type": "text", "text": ""})], "/blocks/0/elements/0/elements/0/text"),
    (
        "rich text style",
        [rich({"type": "text", "text": "x", "style": {"loud": True}})],
        "/blocks/0/elements/0/elements/0/style",
    ),
    ("card of nothing", [{"type": "card"}], "/blocks/0"),
    ("card title 151", [{"type": "card", "title": plain("x" * 151)}], "/blocks/0/title/text"),
    ("card body 201", [{"type": "card", "body": plain("x" * 201)}], "/blocks/0/body/text"),
    (
        "card 4 buttons",
        [{"type": "card", "actions": [button(str(n)) for n in range(4)]}],
        "/blocks/0/actions",
    ),
    (
        "carousel 11",
        [{"type": "carousel", "elements": [{"type": "card", "body": plain()}] * 11}],
        "/blocks/0/elements",
    ),
    (
        "carousel of sections",
        [{"type": "carousel", "elements": [section()]}],
        "/blocks/0/elements/0/type",
    ),
    (
        "container 11",
        [{"type": "container", "title": plain(), "child_blocks": [section()] * 11}],
        "/blocks/0/child_blocks",
    ),
    ("container untitled", [{"type": "container", "child_blocks": [section()]}], "/blocks/0"),
    (
        "container divider",
        [
            {
                "type": "container",
                "title": plain(),
                "child_blocks": [section()],
                "is_collapsible": True,
                "has_header_divider": True,
            }
        ],
        "/blocks/0/has_header_divider",
    ),
    (
        "task status",
        [{"type": "task_card", "task_id": "1", "title": "t", "status": "x"}],
        "/blocks/0/status",
    ),
    ("video title 200", [video(title=plain("x" * 200))], "/blocks/0/title/text"),
    (
        "context_actions of buttons",
        [{"type": "context_actions", "elements": [button()]}],
        "/blocks/0/elements/0/type",
    ),
]


@pytest.mark.parametrize(
    ("blocks", "pointer"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
def test_what_slack_refuses(blocks: list[Any], pointer: str) -> None:
    """invalid_blocks, with a message that points at the place."""
    with pytest.raises(SlackError) as caught:
        check_message(blocks)

    assert caught.value.code == "invalid_blocks"
    messages = caught.value.extra["response_metadata"]["messages"]
    assert any(f"[json-pointer:{pointer}]" in text for text in messages), messages
    assert all(text.startswith("[ERROR] ") for text in messages)


def test_the_refusal_reaches_the_client_in_slacks_words(slack: Slack) -> None:
    """`errors` and `response_metadata.messages`, worded as Slack words them."""
    args = {"channel": HARBOR, "text": "x", "blocks": [section("x" * 3001)]}
    body = slack.api("chat.postMessage", **args).json()

    assert body == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": ["must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
        "response_metadata": {
            "messages": [
                "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
            ]
        },
    }


def test_ephemerals_attachments_and_validate_check_the_same(slack: Slack) -> None:
    """Every way into a message runs through the same check."""
    bad = [{"type": "nonsense"}]
    ephemeral = {"channel": HARBOR, "user": "U0DANA0001", "text": "x", "blocks": bad}
    attached = {"channel": HARBOR, "text": "x", "attachments": [{"blocks": bad}]}

    assert slack.api("chat.postEphemeral", **ephemeral).json()["error"] == "invalid_blocks"
    refused = slack.api("chat.postMessage", **attached).json()
    assert "/attachments/0/blocks/0/type" in refused["response_metadata"]["messages"][0]
    assert slack.api("blocks.validate", "", blocks=bad).json()["error"] == "invalid_blocks"
    assert slack.api("blocks.validate", "", blocks=[section()]).json()["ok"]
