"""Composition objects: https://docs.slack.dev/reference/block-kit/composition-objects."""

from dataclasses import dataclass

from sandbox.slack.blocks.spec import Flag, Many, Rule, Shape, Text
from sandbox.slack.blocks.walk import Walk
from sandbox.slack.jsontypes import Json

ACTION_ID = Text(255)
BLOCK_ID = Text(255)
URL = Text(3000, pattern=r"[A-Za-z][A-Za-z0-9+.\-]*:\S+", hint="must be a valid URL")
HTTP_URL = Text(3000, pattern=r"https?://\S+", hint="must be a valid URL")


@dataclass(frozen=True, slots=True)
class TextObject:
    """A plain_text or mrkdwn object within a length; `raw` types are for table cells."""

    high: int = 3000
    kinds: tuple[str, ...] = ("plain_text",)

    def check(self, value: object, walk: Walk, at: str) -> None:
        """Type allowed here, text present and within its length, no foreign keys."""
        if not isinstance(value, dict):
            walk.wrong(at, "must provide an object")
            return
        kind = value.get("type")
        if "type" not in value:
            walk.wrong(at, "missing required field: type")
            return
        if kind not in self.kinds:
            walk.wrong(f"{at}/type", f"unsupported type: {kind}")
            return
        extras = {"emoji": Flag()} if kind == "plain_text" else {"verbatim": Flag()}
        Shape({"text": Text(self.high)}, extras).check(value, walk, at)


PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")


def plain(high: int) -> TextObject:
    """A plain_text object."""
    return TextObject(high, PLAIN)


def either(high: int) -> TextObject:
    """A plain_text or mrkdwn object."""
    return TextObject(high, ANY_TEXT)


CONFIRM = Shape(
    {"title": plain(100), "text": either(300), "confirm": plain(30), "deny": plain(30)},
    {"style": Text(choices=("primary", "danger"))},
)


def option(kinds: tuple[str, ...] = PLAIN, *, url: bool = False) -> Shape:
    """An option; only overflow menus take a url, radio buttons and checkboxes take mrkdwn."""
    optional = {"description": TextObject(75, kinds)}
    if url:
        return Shape({"text": TextObject(75, kinds), "value": Text(150)}, {**optional, "url": URL})
    return Shape({"text": TextObject(75, kinds), "value": Text(150)}, optional)


OPTION = option()
OPTION_GROUP = Shape({"label": plain(75), "options": Many(OPTION, 100)})
DISPATCH_CONFIG = Shape(
    optional={
        "trigger_actions_on": Many(Text(choices=("on_enter_pressed", "on_character_entered")), 2)
    }
)
CONVERSATION_FILTER = Shape(
    optional={
        "include": Many(Text(choices=("im", "mpim", "private", "public")), 4),
        "exclude_external_shared_channels": Flag(),
        "exclude_bot_users": Flag(),
    }
)
SLACK_FILE = Shape(optional={"id": Text(255), "url": URL})
TRIGGER = Shape(
    {"url": URL},
    {"customizable_input_parameters": Many(Shape({"name": Text(255), "value": Text(3000)}), 100)},
)


def one_of(*names: str) -> Rule:
    """A rule: exactly one of these keys."""

    def rule(value: Json, walk: Walk, at: str) -> None:
        present = [name for name in names if name in value]
        if len(present) != 1:
            listed = " or ".join(f"`{name}`" for name in names)
            word = "must define either" if not present else "must define only one of"
            walk.wrong(at, f"{word} {listed}")

    return rule


def any_of(*names: str) -> Rule:
    """A rule: at least one of these keys."""

    def rule(value: Json, walk: Walk, at: str) -> None:
        if not any(name in value for name in names):
            listed = " or ".join(f"`{name}`" for name in names)
            walk.wrong(f"{at}/type", f"must define either {listed}")

    return rule
