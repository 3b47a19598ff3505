"""A second opinion on our blocks: those that the library slackblocks knows are built with it.

It shares no code with the bot or the simulator. What its parser cannot read yet (elements, rich
text, tables, charts) is handed to its constructors, which hold the same limits.
"""

import inspect
from collections.abc import Callable
from typing import Any

import slackblocks as sb
from slackblocks import rich_text as rich

from tests.gallery.shown import HOME, MESSAGE, Json, Shown

ELEMENTS: dict[str, Callable[..., Any]] = {
    "button": sb.Button,
    "overflow": sb.OverflowMenu,
    "static_select": sb.StaticSelectMenu,
    "external_select": sb.ExternalSelectMenu,
    "multi_users_select": sb.UserMultiSelectMenu,
    "conversations_select": sb.ConversationSelectMenu,
    "datepicker": sb.DatePicker,
    "checkboxes": sb.CheckboxGroup,
    "plain_text_input": sb.PlainTextInput,
    "file_input": sb.FileInput,
}
SPANS: dict[str, Callable[..., Any]] = {
    "text": rich.RichText,
    "link": rich.RichTextLink,
    "user": rich.RichTextUser,
}
TEXTS = frozenset({"plain_text", "mrkdwn"})


def built(shown: Shown) -> Any:
    """Build it with slackblocks; raises its error for what Slack would refuse."""
    blocks = [block(one) for one in shown.blocks]
    if shown.kind == MESSAGE:
        return sb.Message("C0HARBOR01", shown.text, blocks)
    view = dict(shown.view or {})
    if shown.kind == HOME:
        return sb.HomeTabView(blocks)
    more = {key: view[key] for key in ("private_metadata", "callback_id") if key in view}
    words = {key: _value(view[key]) for key in ("title", "submit", "close") if key in view}
    return sb.ModalView(blocks=blocks, **words, **more)


def block(one: Json) -> Any:
    """One block, by the library's parser where it has one."""
    kind = one["type"]
    builder = _BUILDERS.get(kind)
    return builder(one) if builder is not None else sb.Block.from_dict(one)


def _section(one: Json) -> Any:
    own = {key: value for key, value in one.items() if key != "accessory"}
    made = sb.SectionBlock.from_dict(own)
    if "accessory" not in one:
        return made
    return sb.SectionBlock(text=made.text, fields=made.fields, accessory=element(one["accessory"]))


def _actions(one: Json) -> Any:
    return sb.ActionsBlock(elements=[element(inner) for inner in one["elements"]])


def _input(one: Json) -> Any:
    hint = _value(one["hint"]) if "hint" in one else None
    return sb.InputBlock(
        label=_value(one["label"]),
        element=element(one["element"]),
        hint=hint,
        optional=one.get("optional"),
        block_id=one.get("block_id"),
    )


def _table(one: Json) -> Any:
    rows = [[sb.RawText(cell["text"]) for cell in row] for row in one["rows"]]
    columns = [sb.ColumnSettings(**column) for column in one["column_settings"]]
    return sb.TableBlock(rows=rows, column_settings=columns)


def _chart(one: Json) -> Any:
    chart = one["chart"]
    series = [
        sb.DataSeries(row["name"], [sb.DataPoint(**point) for point in row["data"]])
        for row in chart["series"]
    ]
    assert chart["type"] == "bar"
    axis = sb.AxisConfig(**chart["axis_config"])
    return sb.DataVisualizationBlock(one["title"], sb.BarChart(series, axis))


def _rich(one: Json) -> Any:
    return sb.RichTextBlock([_rich_part(part) for part in one["elements"]])


def _rich_part(part: Json) -> Any:
    kind = part["type"]
    if kind == "rich_text_list":
        inner = [_rich_part(item) for item in part["elements"]]
        return rich.RichTextList(style=part["style"], elements=inner)
    spans = [_span(span) for span in part["elements"]]
    makers = {
        "rich_text_section": rich.RichTextSection,
        "rich_text_preformatted": rich.RichTextCodeBlock,
        "rich_text_quote": rich.RichTextQuote,
    }
    return makers[kind](spans)


def _span(span: Json) -> Any:
    own = {key: value for key, value in span.items() if key not in ("type", "style")}
    return SPANS[span["type"]](**own, **span.get("style", {}))


def element(one: Json) -> Any:
    """One element: every key of ours has to be one of the library's, too."""
    maker = ELEMENTS[one["type"]]
    known = inspect.signature(maker).parameters
    own = {key: _value(value) for key, value in one.items() if key != "type"}
    assert own.keys() <= known.keys(), f"slackblocks has no {own.keys() - known.keys()}"
    return maker(**own)


def _value(value: Any) -> Any:
    if isinstance(value, list):
        return [_value(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in TEXTS:
        return sb.Text.from_dict(value)
    if "include" in value or "exclude_bot_users" in value:
        return sb.ConversationFilter(**value)
    return sb.Option.from_dict(value)


_BUILDERS: dict[str, Callable[[Json], Any]] = {
    "section": _section,
    "actions": _actions,
    "input": _input,
    "table": _table,
    "data_visualization": _chart,
    "rich_text": _rich,
}
