"""Block elements: https://docs.slack.dev/reference/block-kit/block-elements."""

from sandbox.slack.blocks.composition import (
    ACTION_ID,
    ANY_TEXT,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    HTTP_URL,
    OPTION,
    OPTION_GROUP,
    SLACK_FILE,
    TRIGGER,
    URL,
    TextObject,
    one_of,
    option,
    plain,
)
from sandbox.slack.blocks.element_rules import (
    bounds,
    initial_option,
    initial_options,
    max_selected,
    numbers,
    unique_values,
)
from sandbox.slack.blocks.rich_text import RICH_TEXT
from sandbox.slack.blocks.spec import Flag, Many, Shape, Spec, Text, Whole

_ID = {"action_id": ACTION_ID}
_FOCUS = {"focus_on_load": Flag()}
_PLACEHOLDER = {"placeholder": plain(150)}
_COMMON: dict[str, Spec] = {**_ID, **_FOCUS, **_PLACEHOLDER, "confirm": CONFIRM}
_CHOICE = option(ANY_TEXT)
_STYLE = Text(choices=("primary", "danger"))
_DATE = Text(10, 10, pattern=r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", hint="invalid date")
_TIME = Text(5, 5, pattern=r"([01]\d|2[0-3]):[0-5]\d", hint="invalid time")
_MAX_SELECTED = {"max_selected_items": Whole(1, 1000)}
_OPTIONS: dict[str, Spec] = {
    "options": Many(OPTION, 100),
    "option_groups": Many(OPTION_GROUP, 100),
}
_LIST_RULES = (one_of("options", "option_groups"), unique_values)
_INPUT: dict[str, Spec] = {
    **_ID,
    **_FOCUS,
    **_PLACEHOLDER,
    "dispatch_action_config": DISPATCH_CONFIG,
}


def _static(multi: bool) -> Shape:
    if multi:
        more: dict[str, Spec] = {"initial_options": Many(OPTION, 100), **_MAX_SELECTED}
        return Shape(
            {}, {**_COMMON, **_OPTIONS, **more}, (*_LIST_RULES, initial_options, max_selected)
        )
    return Shape(
        {}, {**_COMMON, **_OPTIONS, "initial_option": OPTION}, (*_LIST_RULES, initial_option)
    )


def _external(multi: bool) -> Shape:
    query: dict[str, Spec] = {"min_query_length": Whole(0, 1000)}
    if multi:
        initial: dict[str, Spec] = {"initial_options": Many(OPTION, 100), **_MAX_SELECTED}
    else:
        initial = {"initial_option": OPTION}
    return Shape({}, {**_COMMON, **query, **initial})


def _people(multi: bool, noun: str, **more: Spec) -> Shape:
    name = f"initial_{noun}s" if multi else f"initial_{noun}"
    initial: dict[str, Spec] = {name: Many(Text(64), 100, 0) if multi else Text(64)}
    limit: dict[str, Spec] = dict(_MAX_SELECTED) if multi else {}
    return Shape({}, {**_COMMON, **initial, **limit, **more})


_TO_CONVERSATION: dict[str, Spec] = {
    "default_to_current_conversation": Flag(),
    "filter": CONVERSATION_FILTER,
}
_RESPONSE: dict[str, Spec] = {"response_url_enabled": Flag()}

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {"text": plain(75)},
        {
            **_ID,
            "url": URL,
            "value": Text(2000),
            "style": _STYLE,
            "confirm": CONFIRM,
            "accessibility_label": Text(75),
            "agent_prompt": Text(4000),
        },
    ),
    "workflow_button": Shape(
        {"text": plain(75), "workflow": Shape({"trigger": TRIGGER})},
        {**_ID, "style": _STYLE, "accessibility_label": Text(75)},
        surfaces=("message",),
    ),
    "checkboxes": Shape(
        {"options": Many(_CHOICE, 10)},
        {**_ID, **_FOCUS, "initial_options": Many(_CHOICE, 10), "confirm": CONFIRM},
        (unique_values, initial_options),
    ),
    "radio_buttons": Shape(
        {"options": Many(_CHOICE, 10)},
        {**_ID, **_FOCUS, "initial_option": _CHOICE, "confirm": CONFIRM},
        (unique_values, initial_option),
    ),
    "overflow": Shape(
        {"options": Many(option(url=True), 5)}, {**_ID, "confirm": CONFIRM}, (unique_values,)
    ),
    "static_select": _static(False),
    "multi_static_select": _static(True),
    "external_select": _external(False),
    "multi_external_select": _external(True),
    "users_select": _people(False, "user"),
    "multi_users_select": _people(True, "user"),
    "channels_select": _people(False, "channel", **_RESPONSE),
    "multi_channels_select": _people(True, "channel"),
    "conversations_select": _people(False, "conversation", **_TO_CONVERSATION, **_RESPONSE),
    "multi_conversations_select": _people(True, "conversation", **_TO_CONVERSATION),
    "datepicker": Shape({}, {**_COMMON, "initial_date": _DATE}),
    "timepicker": Shape({}, {**_COMMON, "initial_time": _TIME, "timezone": Text(64)}),
    "datetimepicker": Shape(
        {},
        {
            **_ID,
            **_FOCUS,
            "confirm": CONFIRM,
            "initial_date_time": Whole(1_000_000_000, 9_999_999_999),
        },
        surfaces=("message", "modal"),
    ),
    "plain_text_input": Shape(
        {},
        {
            **_INPUT,
            "initial_value": Text(3000, 0),
            "multiline": Flag(),
            "min_length": Whole(0, 3000),
            "max_length": Whole(1, 3000),
        },
        (bounds("min_length", "max_length"),),
    ),
    "email_text_input": Shape({}, {**_INPUT, "initial_value": Text(3000, 0)}, surfaces=("modal",)),
    "url_text_input": Shape({}, {**_INPUT, "initial_value": Text(3000, 0)}, surfaces=("modal",)),
    "number_input": Shape(
        {"is_decimal_allowed": Flag()},
        {
            **_INPUT,
            "initial_value": Text(64, 0),
            "min_value": Text(64),
            "max_value": Text(64),
        },
        (numbers,),
        surfaces=("modal",),
    ),
    "rich_text_input": Shape(
        {},
        {
            **_INPUT,
            "initial_value": RICH_TEXT,
            "min_lines": Whole(1, 100),
            "max_lines": Whole(1, 100),
        },
        (bounds("min_lines", "max_lines"),),
        surfaces=("modal", "home"),
    ),
    "file_input": Shape(
        {},
        {**_ID, "filetypes": Many(Text(32), 100), "max_files": Whole(1, 10)},
        surfaces=("modal",),
    ),
    "image": Shape(
        {"alt_text": Text(2000)},
        {"image_url": HTTP_URL, "slack_file": SLACK_FILE},
        (one_of("image_url", "slack_file"),),
    ),
    "feedback_buttons": Shape(
        {
            "positive_button": Shape(
                {"text": plain(75), "value": Text(2000)}, {"accessibility_label": Text(75)}
            ),
            "negative_button": Shape(
                {"text": plain(75), "value": Text(2000)}, {"accessibility_label": Text(75)}
            ),
        },
        _ID,
    ),
    "icon_button": Shape(
        {"icon": Text(choices=("trash",)), "text": plain(75)},
        {
            **_ID,
            "value": Text(2000),
            "confirm": CONFIRM,
            "accessibility_label": Text(75),
            "visible_to_user_ids": Many(Text(64), 10),
        },
    ),
    "url": Shape({"url": URL, "text": Text(3000)}, {"icon_url": URL}),
}

_SELECTS = tuple(name for name in ELEMENTS if name.endswith("_select"))
# Multi-selects are for section and input; Slack refuses them in actions
# (https://github.com/slackapi/python-slack-sdk/issues/1631).
_SINGLE_SELECTS = tuple(name for name in _SELECTS if not name.startswith("multi_"))
ACTIONS = (
    "button",
    "workflow_button",
    "checkboxes",
    "radio_buttons",
    "overflow",
    "datepicker",
    "timepicker",
    "datetimepicker",
    *_SINGLE_SELECTS,
)
ACCESSORY = (
    "button",
    "workflow_button",
    "checkboxes",
    "radio_buttons",
    "overflow",
    "datepicker",
    "timepicker",
    "image",
    *_SELECTS,
)
INPUTS = (
    "plain_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "rich_text_input",
    "file_input",
    "checkboxes",
    "radio_buttons",
    "datepicker",
    "timepicker",
    "datetimepicker",
    *_SELECTS,
)
CONTEXT_TEXT = TextObject(3000, ANY_TEXT)
