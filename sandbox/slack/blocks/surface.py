"""A whole message or view: counts, uniqueness, sizes; and the ids Slack adds."""

import copy
import json

from sandbox.slack import ids
from sandbox.slack.blocks.composition import plain
from sandbox.slack.blocks.layout import ANY_BLOCK, interactive
from sandbox.slack.blocks.spec import Flag, Shape, Text
from sandbox.slack.blocks.walk import Walk
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Undocumented: seen between 11,700 (taken) and 13,230 (refused) with this measure.
MESSAGE_CHARACTERS = 13_200
CHARACTERS_PER_BLOCK = 42
MARKDOWN_CHARACTERS = 12_000
VIEW_BYTES = 250_000
NEW_BLOCKS = frozenset(
    {
        "alert",
        "auth_provider",
        "card",
        "carousel",
        "container",
        "context_actions",
        "data_table",
        "data_visualization",
        "markdown",
        "plan",
        "table",
        "task_card",
    }
)
ONCE_PER_MESSAGE = {"table": 1, "data_table": 1, "data_visualization": 2}


def check_message(raw: list[object], at: str = "/blocks") -> list[Json]:
    """The blocks as stored (with ids); raises invalid_blocks or msg_blocks_too_long."""
    walk = Walk("message")
    found = _check_blocks(raw, walk, at, MESSAGE_BLOCKS)
    if not walk.errors:
        _check_message_sums(found, walk, at)
    if walk.errors:
        raise SlackError("invalid_blocks", messages=walk.errors, extra={"errors": walk.errors})
    blocks = _stored(found)
    if measure(blocks) > MESSAGE_CHARACTERS:
        raise SlackError("msg_blocks_too_long")
    return blocks


def without_new(blocks: list[Json], at: str = "/blocks") -> None:
    """Raise invalid_blocks when one of the blocks that Slack rolls out in phases is there."""
    walk = Walk("message")
    for pointer, block in _all_blocks(blocks, at):
        if block["type"] in NEW_BLOCKS:
            walk.wrong(f"{pointer}/type", f"unsupported type: {block['type']}")
    if walk.errors:
        raise SlackError("invalid_blocks", messages=walk.errors, extra={"errors": walk.errors})


_VIEW_TEXTS = {
    "private_metadata": Text(3000, 0),
    "callback_id": Text(255, 0),
    "external_id": Text(255, 0),
}
_MODAL = Shape(
    {"title": plain(24)},
    {
        **_VIEW_TEXTS,
        "close": plain(24),
        "submit": plain(24),
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
)
_HOME = Shape({}, _VIEW_TEXTS)


def check_view(raw: object, kinds: tuple[str, ...] = ("modal",)) -> Json:
    """The view as stored; raises invalid_arguments with a pointer, or view_too_large."""
    if not isinstance(raw, dict):
        raise SlackError(
            "invalid_arguments", messages=["must provide an object [json-pointer:/view]"]
        )
    if len(json.dumps(raw, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise SlackError("view_too_large")
    walk = Walk("home" if raw.get("type") == "home" else "modal")
    _check_view(raw, walk, kinds)
    if walk.errors:
        first = "failed to match all allowed schemas [json-pointer:/view]"
        raise SlackError("invalid_arguments", messages=[first, *walk.errors])
    return {**copy.deepcopy(raw), "blocks": _stored(raw["blocks"])}


def _check_view(raw: Json, walk: Walk, kinds: tuple[str, ...]) -> None:
    kind = raw.get("type")
    if "type" not in raw:
        walk.wrong("/view", "missing required field: type")
        return
    if kind not in kinds:
        walk.wrong("/view/type", f"unsupported type: {kind}")
        return
    envelope = {key: value for key, value in raw.items() if key not in {"blocks", *_ECHOED}}
    shape = _HOME if kind == "home" else _MODAL
    # Slack takes null for an optional label; clients send it.
    envelope = {key: value for key, value in envelope.items() if value is not None}
    shape.check(envelope, walk, "/view")
    if "blocks" not in raw:
        walk.wrong("/view", "missing required field: blocks")
        return
    _check_blocks(raw["blocks"], walk, "/view/blocks", VIEW_BLOCKS)
    if not walk.errors and kind == "modal":
        _modal_rules(raw, walk)


# A client that sends back a view it was given may leave these in; Slack ignores them.
_ECHOED = frozenset(
    {
        "id",
        "team_id",
        "state",
        "hash",
        "previous_view_id",
        "root_view_id",
        "app_id",
        "app_installed_team_id",
        "bot_id",
    }
)


def _modal_rules(raw: Json, walk: Walk) -> None:
    for number, block in enumerate(raw["blocks"]):
        if block["type"] == "input" and not raw.get("submit"):
            message = "must define `submit` to use an `input` block in modals"
            walk.wrong(f"/view/blocks/{number}/input", message)
    focused = [b for b in raw["blocks"] for _, e in interactive(b) if e.get("focus_on_load")]
    if len(focused) > 1:
        walk.wrong("/view/blocks", "only one element can set `focus_on_load`")


def _check_blocks(raw: object, walk: Walk, at: str, high: int) -> list[Json]:
    """Each block, then uniqueness; the blocks, to be used only when nothing was wrong."""
    if not isinstance(raw, list):
        walk.wrong(at, "must provide an array")
        return []
    if len(raw) > high:
        walk.wrong(at, f"no more than {high} items allowed")
        return []
    for number, block in enumerate(raw):
        ANY_BLOCK.check(block, walk, f"{at}/{number}")
    if not walk.errors:
        _check_unique(raw, walk, at)
    return raw


def _check_unique(raw: list[Json], walk: Walk, at: str) -> None:
    """block_id once in a payload; action_id once in its block."""
    seen: set[str] = set()
    for pointer, block in _all_blocks(raw, at):
        name = block.get("block_id")
        if name is not None and name in seen:
            walk.wrong(f"{pointer}/block_id", f'`block_id` "{name}" already exists')
        seen.add(name or "")
        actions: set[str] = set()
        for inner, element in interactive(block):
            action = element.get("action_id")
            if action is not None and action in actions:
                message = f'`action_id` "{action}" already exists'
                walk.wrong(f"{pointer}{inner}/action_id", message)
            actions.add(action or "")


def _all_blocks(raw: list[Json], at: str) -> list[tuple[str, Json]]:
    """The blocks and those inside containers and carousels."""
    found: list[tuple[str, Json]] = []
    for number, block in enumerate(raw):
        pointer = f"{at}/{number}"
        found.append((pointer, block))
        for key in (
            ("child_blocks", "elements") if block["type"] in {"container", "carousel"} else ()
        ):
            found += _all_blocks(block.get(key) or [], f"{pointer}/{key}")
    return found


def _check_message_sums(raw: list[Json], walk: Walk, at: str) -> None:
    counts: dict[str, int] = {}
    for pointer, block in _all_blocks(raw, at):
        kind = str(block["type"])
        counts[kind] = counts.get(kind, 0) + 1
        if kind in ONCE_PER_MESSAGE and counts[kind] > ONCE_PER_MESSAGE[kind]:
            allowed = ONCE_PER_MESSAGE[kind]
            walk.wrong(pointer, f"no more than {allowed} `{kind}` blocks allowed in a message")
    markdown = sum(len(b["text"]) for b in raw if b["type"] == "markdown")
    if markdown > MARKDOWN_CHARACTERS:
        walk.wrong(at, f"markdown text must be less than {MARKDOWN_CHARACTERS + 1} characters")


def measure(blocks: list[Json]) -> int:
    """The size Slack compares with its cap on the blocks of one message."""
    return _texts(blocks) + CHARACTERS_PER_BLOCK * len(blocks)


def _texts(value: object) -> int:
    if isinstance(value, list):
        return sum(_texts(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    total = len(own) if isinstance(own, str) else 0
    return total + sum(_texts(item) for item in value.values() if isinstance(item, dict | list))


def _stored(raw: list[Json]) -> list[Json]:
    """A copy with the block_ids and action_ids that were left out."""
    blocks = copy.deepcopy(raw)
    for _, block in _all_blocks(blocks, ""):
        if block["type"] == "markdown":
            # Documented: the block_id of a markdown block is not kept.
            block["block_id"] = ids.block_id()
        block.setdefault("block_id", ids.block_id())
        for _, element in interactive(block):
            element.setdefault("action_id", ids.block_id())
    return blocks
