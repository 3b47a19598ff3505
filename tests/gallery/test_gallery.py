"""Every message and view the bot can produce is taken by Slack's limits and by another library."""

import os
from collections.abc import Iterator

import pytest
from slack_sdk.errors import SlackApiError
from slackblocks import errors as sb_errors

from tests.dispatch.slack_world import Bot
from tests.gallery import independent
from tests.gallery.everything import everything
from tests.gallery.place import COMMAND, place
from tests.gallery.shown import HOME, MESSAGE, MODAL, Json, Shown, nodes

GENERAL = "general"
# All of them with ALL_TESTS; how long a message gets with each is measured in every run
# (tests/incidents/test_every_problem.py).
WORST = None if os.environ.get("ALL_TESTS") else 3  # noqa: TID251  the test harness


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bot]:
    """One place for all tests of this file."""
    with place(tmp_path_factory.mktemp("gallery")) as found:
        yield found


@pytest.fixture(scope="module")
def gallery(bot: Bot) -> list[Shown]:
    """All that is shown, each problem with three of the worst names by turns."""
    return everything(bot, WORST)


def test_slack_takes_everything(bot: Bot, gallery: list[Shown]) -> None:
    """Handed over its socket, the simulator with Slack's limits refuses nothing of it."""
    acted = bot.slack.act(
        "admin", "command", channel=bot.slack.channels[GENERAL], command=COMMAND, text=""
    )
    client = bot.services.slack.client
    first = next(one for one in gallery if one.kind == MODAL)
    opened = client.views_open(trigger_id=acted["trigger_id"], view=first.view or {})
    view_id = opened["view"]["id"]

    refused = [why for one in gallery if (why := _handed(bot, view_id, one))]

    assert refused == []


def _handed(bot: Bot, view_id: str, one: Shown) -> str:
    """Hand one to Slack; "" or why it was refused."""
    client = bot.services.slack.client
    try:
        if one.kind == MESSAGE:
            channel = bot.slack.channels[GENERAL]
            client.chat_postMessage(channel=channel, text=one.text or one.name, blocks=one.blocks)
        elif one.kind == HOME:
            client.views_publish(user_id=bot.slack.users["admin"], view=one.view or {})
        else:
            client.views_update(view_id=view_id, view=one.view or {})
    except SlackApiError as error:
        return f"{one.label}: {str(error)[:300]}"
    return ""


def test_another_library_takes_everything(gallery: list[Shown]) -> None:
    """slackblocks, which knows nothing of us, builds each of them and finds no limit passed."""
    refused = []
    for one in gallery:
        try:
            independent.built(one)
        except (sb_errors.InvalidUsageError, AssertionError, KeyError, TypeError) as error:
            refused.append(f"{one.label}: {type(error).__name__}: {str(error)[:300]}")

    assert refused == []


def test_the_gallery_holds_every_kind(bot: Bot, gallery: list[Shown]) -> None:
    """Each problem, command, fix and button has its place in it, with every extreme."""
    groups = {one.group for one in gallery}
    for problem in bot.services.knowledge.problems:
        assert problem in groups
    assert {"Storms and floods", "Imports", "App Home", "Other windows"} <= groups
    assert len({one.label for one in gallery}) == len(gallery)
    assert sum(one.kind == MESSAGE for one in gallery) > 1_000
    assert sum(one.kind == MODAL for one in gallery) > 250


def test_one_button_at_most_is_coloured(gallery: list[Shown]) -> None:
    """A message and a window recommend one thing or nothing."""
    several = [
        one.label
        for one in gallery
        if sum(node.get("style") == "primary" for node in nodes(one.blocks)) > 1
    ]

    assert several == []


def test_names_are_never_markup(gallery: list[Shown]) -> None:
    """No name becomes a mention, a link or formatting: markup stays the words that it is."""
    loud = [
        one.label
        for one in gallery
        for text in nodes(one.blocks)
        if text.get("type") == "mrkdwn"
        and any(mark in text["text"] for mark in ("<!", "<@", "*b*"))
    ]

    assert loud == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
        {
            "type": "actions",
            "elements": [
                {"type": "button", "text": {"type": "plain_text", "text": "x" * 76}, "value": "1"}
            ],
        },
        {"type": "section", "text": {"type": "plain_text", "text": "x" * 3_001}},
    ],
)
def test_both_would_refuse_what_is_too_long(bot: Bot, wrong: Json) -> None:
    """The two measure: what passes a limit of Slack's is refused by each of them."""
    one = Shown("Wrong", "too long", MESSAGE, [wrong], "wrong")

    assert "invalid_blocks" in _handed(bot, "", one)
    with pytest.raises(sb_errors.InvalidUsageError):
        independent.built(one)
