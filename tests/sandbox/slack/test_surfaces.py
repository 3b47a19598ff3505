"""Which block and which element goes where, and the younger blocks' own rules."""

import copy
from typing import Any

import pytest

from sandbox.slack.blocks.layout import BLOCKS
from sandbox.slack.blocks.surface import check_message, check_view
from sandbox.slack.errors import SlackError
from tests.sandbox.slack.harness import HARBOR, Slack
from tests.sandbox.slack.parts import (
    actions,
    button,
    field,
    modal,
    mrkdwn,
    option,
    plain,
    section,
    table,
    text_input,
)

Json = dict[str, Any]
PICTURE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "x"}]}],
}
AXES = {"categories": ["Mon", "Tue"], "x_label": "Day", "y_label": "Orders"}
POINTS = [{"label": "Mon", "value": 1}, {"label": "Tue", "value": 2.5}]
LINE = {"type": "line", "series": [{"name": "Shop", "data": POINTS}], "axis_config": AXES}
CARD = {"type": "card", "title": plain(), "body": mrkdwn(), "actions": [button()]}
TASK = {"type": "task_card", "task_id": "1", "title": "t", "status": "complete"}
FEEDBACK = {
    "type": "feedback_buttons",
    "action_id": "f",
    "positive_button": {"text": plain("Good"), "value": "1"},
    "negative_button": {"text": plain("Bad"), "value": "0"},
}
CELLS = [[{"type": "raw_text", "text": "a"}], [{"type": "raw_number", "value": 1}]]
BLOCK_OF: dict[str, Json] = {
    "section": section(),
    "header": {"type": "header", "text": plain()},
    "divider": {"type": "divider"},
    "image": PICTURE,
    "actions": actions(button()),
    "context": {"type": "context", "elements": [mrkdwn(), PICTURE]},
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK]},
    "input": field(text_input()),
    "rich_text": RICH,
    "markdown": {"type": "markdown", "text": "**x**"},
    "table": table(),
    "data_table": {"type": "data_table", "caption": "c", "rows": CELLS},
    "data_visualization": {"type": "data_visualization", "title": "t", "chart": LINE},
    "alert": {"type": "alert", "text": mrkdwn(), "level": "warning"},
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD]},
    "container": {
        "type": "container",
        "title": plain(),
        "child_blocks": [section(), table()],
        "is_collapsible": True,
        "default_collapsed": True,
    },
    "task_card": TASK,
    "plan": {"type": "plan", "title": "t", "tasks": [TASK]},
    "auth_provider": {
        "type": "auth_provider",
        "value": "qb",
        "name": plain("QuickBooks"),
        "is_connected": False,
        "fallback": [section()],
    },
    "video": {
        "type": "video",
        "alt_text": "a",
        "title": plain(),
        "thumbnail_url": "https://example.com/a",
        "video_url": "https://example.com/b",
    },
    "file": {"type": "file", "external_id": "1", "source": "remote"},
    "call": {"type": "call", "call_id": "R1"},
}
MESSAGE_ONLY = {"context_actions", "markdown", "task_card", "plan", "file", "call"}
NO_MODAL = {"table", "data_table", "data_visualization", "carousel", "container"}


def refused(check: Any, *args: Any) -> list[str]:
    """The messages of a refusal, none when it passed."""
    try:
        check(*args)
    except SlackError as error:
        found: list[str] = error.extra["response_metadata"]["messages"]
        return found
    return []


def test_every_block_has_a_row_here() -> None:
    """A block that is added must say where it goes."""
    assert set(BLOCK_OF) == set(BLOCKS)


@pytest.mark.parametrize("name", BLOCK_OF)
def test_each_block_goes_on_its_surfaces_only(name: str) -> None:
    """Messages, modals and the Home tab take what the reference says, and nothing else."""
    block = BLOCK_OF[name]
    in_message = not refused(check_message, [block])
    in_modal = not refused(check_view, modal(block))
    on_home = not refused(check_view, {"type": "home", "blocks": [block]}, ("home",))

    assert in_message == (name not in {"alert", "auth_provider"})
    assert in_modal == (name not in MESSAGE_ONLY | NO_MODAL | {"auth_provider"})
    assert on_home == (name not in MESSAGE_ONLY | {"alert"})


@pytest.mark.parametrize(
    ("element", "places"),
    [
        ({"type": "number_input", "is_decimal_allowed": True}, "modal"),
        ({"type": "email_text_input"}, "modal"),
        ({"type": "url_text_input"}, "modal"),
        ({"type": "file_input"}, "modal"),
        ({"type": "rich_text_input"}, "modal home"),
        ({"type": "datetimepicker"}, "message modal"),
        ({"type": "plain_text_input"}, "message modal home"),
        ({"type": "timepicker"}, "message modal home"),
    ],
)
def test_inputs_have_surfaces_of_their_own(element: Json, places: str) -> None:
    """A number, an address or a file is asked for in a modal only."""
    block = field(element)
    taken = {
        "message": not refused(check_message, [block]),
        "modal": not refused(check_view, modal(block)),
        "home": not refused(check_view, {"type": "home", "blocks": [block]}, ("home",)),
    }

    assert {place for place, yes in taken.items() if yes} == set(places.split())


MULTI = {"type": "multi_static_select", "action_id": "m", "options": [option()]}


def chart(**more: Any) -> list[Json]:
    """A message of one line chart, changed."""
    block = {"type": "data_visualization", "title": "t", "chart": {**LINE, **more}}
    return [copy.deepcopy(block)]


REFUSED: list[tuple[str, list[Json], str]] = [
    ("multi-select in actions", [actions(MULTI)], "/blocks/0/elements/0/type"),
    (
        "rich text input in actions",
        [actions({"type": "rich_text_input"})],
        "/blocks/0/elements/0/type",
    ),
    ("context 3001", [{"type": "context", "elements": [mrkdwn("x" * 3001)]}], "/elements/0/text"),
    (
        "button text mrkdwn",
        [actions(button(text=mrkdwn()))],
        "/blocks/0/elements/0/text/type",
    ),
    (
        "a row header that is no column",
        [{**BLOCK_OF["data_table"], "row_header_column_index": 1}],
        "/blocks/0/row_header_column_index",
    ),
    (
        "20,001 characters",
        [
            {
                "type": "data_table",
                "caption": "c",
                "rows": [CELLS[0], *[[{"type": "raw_text", "text": "x" * 2000}]] * 11],
            }
        ],
        "/blocks/0/rows",
    ),
    (
        "20,001 characters of rich text",
        [
            {
                "type": "data_table",
                "caption": "c",
                "rows": [
                    CELLS[0],
                    [
                        {
                            "type": "rich_text",
                            "elements": [
                                {
                                    "type": "rich_text_section",
                                    "elements": [{"type": "text", "text": "x" * 20_001}],
                                }
                            ],
                        }
                    ],
                ],
            }
        ],
        "/blocks/0/rows",
    ),
    (
        "series without axes",
        [
            {
                "type": "data_visualization",
                "title": "t",
                "chart": {"type": "bar", "series": LINE["series"]},
            }
        ],
        "/blocks/0/chart",
    ),
    (
        "points and categories differ",
        chart(axis_config={"categories": ["Mon"]}),
        "/blocks/0/chart/series/0/data",
    ),
    ("a series twice", chart(series=[*LINE["series"]] * 2), "/blocks/0/chart/series/1/name"),
    ("13 series", chart(series=[*LINE["series"]] * 13), "/blocks/0/chart/series"),
    (
        "21 categories",
        chart(axis_config={"categories": [str(n) for n in range(21)]}),
        "/blocks/0/chart/axis_config/categories",
    ),
    (
        "axis label 51",
        chart(axis_config={**AXES, "x_label": "x" * 51}),
        "/blocks/0/chart/axis_config/x_label",
    ),
    ("chart of no kind", chart(type="radar"), "/blocks/0/chart/type"),
    (
        "card with two icons",
        [{**CARD, "icon": PICTURE, "slack_icon": {"name": "bolt"}}],
        "/blocks/0",
    ),
    (
        "a chart in a container",
        [{**BLOCK_OF["container"], "child_blocks": [BLOCK_OF["data_visualization"]]}],
        "/blocks/0/child_blocks/0/type",
    ),
    (
        "collapsed, not collapsible",
        [{**BLOCK_OF["container"], "is_collapsible": False}],
        "/blocks/0/default_collapsed",
    ),
    (
        "container width",
        [{**BLOCK_OF["container"], "width": "huge"}],
        "/blocks/0/width",
    ),
    (
        "a task twice",
        [{"type": "plan", "title": "t", "tasks": [TASK, TASK]}],
        "/blocks/0/tasks/1/task_id",
    ),
    (
        "51 tasks",
        [
            {
                "type": "plan",
                "title": "t",
                "tasks": [{**TASK, "task_id": str(n)} for n in range(51)],
            }
        ],
        "/blocks/0/tasks",
    ),
    (
        "a section in a plan",
        [{"type": "plan", "title": "t", "tasks": [section()]}],
        "/blocks/0/tasks/0/type",
    ),
    (
        "video author 50",
        [{**BLOCK_OF["video"], "author_name": "x" * 50}],
        "/blocks/0/author_name",
    ),
    (
        "infinite number",
        [{"type": "table", "rows": [[{"type": "raw_number", "value": float("inf")}]]}],
        "/blocks/0/rows/0/0/value",
    ),
]


@pytest.mark.parametrize(
    ("blocks", "pointer"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_what_slack_refuses(blocks: list[Json], pointer: str) -> None:
    """invalid_blocks, with a message that points at the place."""
    messages = refused(check_message, blocks)

    assert any(pointer in text for text in messages), messages


def test_a_plans_tasks_need_no_type() -> None:
    """Builders leave out the type of a task inside a plan."""
    task = {key: value for key, value in TASK.items() if key != "type"}

    assert check_message([{"type": "plan", "title": "t", "tasks": [task]}])


def test_a_workspace_without_the_new_blocks_refuses_them(slack: Slack) -> None:
    """Slack rolls new blocks out in phases: until then they are invalid_blocks."""
    assert slack.order("switches", new_blocks=False)["switches"]["new_blocks"] is False
    body = slack.api("chat.postMessage", channel=HARBOR, text="x", blocks=[table()]).json()

    assert body["error"] == "invalid_blocks"
    assert "unsupported type: table" in body["errors"][0]
    plain_ones = [section(), actions(button())]
    assert slack.api("chat.postMessage", channel=HARBOR, text="x", blocks=plain_ones).json()["ok"]
    slack.order("switches", new_blocks=True)
    assert slack.api("chat.postMessage", channel=HARBOR, text="x", blocks=[table()]).json()["ok"]
