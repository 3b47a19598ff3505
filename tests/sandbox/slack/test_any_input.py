"""Whatever is sent in, the answer is one of Slack's errors and never a crash."""

import copy
import json
import random
from typing import Any

import pytest

from sandbox.slack.api.methods import BY_NAME
from sandbox.slack.blocks.surface import check_message, check_view
from sandbox.slack.errors import SlackError
from sandbox.slack.people.acts import ACTS
from tests.sandbox.slack.harness import DANA, HARBOR, Slack
from tests.sandbox.slack.parts import actions, button, field, modal, section, select, text_input
from tests.sandbox.slack.test_block_limits import GOOD as MESSAGES
from tests.sandbox.slack.test_view_limits import GOOD as VIEWS

ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    "",
    "x",
    [],
    {},
    [[]],
    [None],
    {"type": "section"},
    {"type": []},
]


def mutated(value: Any, dice: random.Random) -> Any:
    """A copy with one place replaced, removed or doubled."""
    whole = copy.deepcopy(value)
    node, path = whole, []
    while isinstance(node, dict | list) and node and (not path or dice.random() < 0.75):
        key = dice.choice(list(node)) if isinstance(node, dict) else dice.randrange(len(node))
        path.append((node, key))
        node = node[key]
    if not path:
        return whole
    parent, key = path[-1]
    move = dice.randrange(3)
    if move == 0:
        parent[key] = dice.choice(ODD)
    elif move == 1:
        del parent[key]
    elif isinstance(parent, list):
        parent.append(copy.deepcopy(parent[key]))
    else:
        parent[f"{key}_"] = parent[key]
    return whole


def verdict(check: Any, payload: Any) -> str:
    """The error of a check, empty when it passed."""
    try:
        check(payload)
    except SlackError as error:
        return error.code if json.dumps(error.body()) else ""
    return ""


@pytest.mark.parametrize("seed", range(20))
def test_damaged_payloads_are_refused_in_order(seed: int) -> None:
    """Every mutation of a good message or view passes or is refused by name."""
    dice = random.Random(seed)
    found: set[str] = set()
    for _ in range(100):
        found.add(verdict(check_message, mutated(dice.choice(MESSAGES), dice)))
        found.add(verdict(check_view, mutated(dice.choice(VIEWS), dice)))

    assert found <= {"", "invalid_blocks", "invalid_arguments", "msg_blocks_too_long"}


METHODS = sorted(set(BY_NAME) - {"auth.revoke"})
ARGS = [
    "topic",
    "purpose",
    "post_at",
    "scheduled_message_id",
    "usergroup",
    "handle",
    "timestamp",
    "unfurls",
    "unfurl_id",
    "hash",
    "external_id",
    "parse",
    "link_names",
    "initial_comment",
    "channel_id",
    "is_private",
    "channel",
    "user",
    "user_id",
    "users",
    "text",
    "ts",
    "thread_ts",
    "blocks",
    "attachments",
    "metadata",
    "view",
    "view_id",
    "trigger_id",
    "limit",
    "cursor",
    "oldest",
    "files",
    "filename",
    "length",
    "name",
    "types",
    "message",
]


def test_odd_arguments_never_crash_a_method(slack: Slack) -> None:
    """HTTP 200 and an error word, for every method and odd values of its arguments."""
    dice = random.Random(1)
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x")["ts"]
    usual = [HARBOR, DANA, ts, [section()], modal()]
    for _ in range(900):
        method = dice.choice(METHODS)
        names = dice.sample(ARGS, 8)
        args = {name: dice.choice(ODD + usual) for name in names}
        if dice.random() < 0.7:
            args |= {"channel": HARBOR, "ts": ts}
        answer = slack.api(method, **args)

        assert answer.status_code == 200, (method, args, answer.text)
        assert answer.json()["ok"] or answer.json()["error"]


def test_odd_acts_never_crash_the_control_api(slack: Slack) -> None:
    """200 or 400 with a reason, for every act and odd values of its fields."""
    dice = random.Random(2)
    rows = [actions(button(), select()), field(text_input())]
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=rows)["ts"]
    kinds = sorted(set(ACTS) - {"uninstall", "revoke"})
    usual = [HARBOR, ts, "go", "pick", "text", "f", "/hello"]
    names = ["channel", "ts", "action_id", "block_id", "value", "values", "view_id", "text"]
    names += ["command", "query", "name", "content", "callback_id", "stale", "confirm"]
    for _ in range(900):
        body = {name: dice.choice(ODD + usual) for name in dice.sample(names, 7)}
        if dice.random() < 0.6:
            body |= {"channel": HARBOR, "ts": ts, "view_id": ""}
        answer = slack.http.post(
            "/control/act", json={"user": DANA, "type": dice.choice(kinds), **body}
        )

        assert answer.status_code in {200, 400}, (body, answer.text)
        assert answer.json()["ok"] or answer.json()["why"]


@pytest.mark.parametrize("endpoint", ["users", "channels", "usergroups", "app", "faults", "limits"])
def test_odd_orders_never_crash_the_control_api(slack: Slack, endpoint: str) -> None:
    """Orders too."""
    dice = random.Random(3)
    names = ["id", "name", "real_name", "members", "users", "handle", "manifest", "fault", "match"]
    names += ["times", "seconds", "reason", "limits", "is_private", "topic"]
    for _ in range(100):
        body = {name: dice.choice(ODD) for name in dice.sample(names, 6)}
        answer = slack.http.post(f"/control/{endpoint}", json=body)

        assert answer.status_code in {200, 400}, (body, answer.text)
    assert slack.look("state", user=DANA)["ok"]
    assert slack.web.users_list()["ok"]
