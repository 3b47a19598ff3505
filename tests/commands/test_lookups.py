"""Inputs of a preview: days, boxes, several lines, and menus that are filled while one types."""

import pytest

from bot.fixes.model import Choice
from bot.models import Click, FixRun, MirrorRow
from commands.parts import fix_views
from commands.parts.fix_views import _input

CHANNEL = "books-harbor-foods"


def _run(bot):
    alert = bot.incident(bot.harbor)
    now = bot.services.clock.now()
    return bot.add(
        FixRun(
            incident_id=alert.id,
            company_id=bot.harbor.id,
            fix="retry",
            plan_digest="",
            role_needed=2,
            planned_by="U1",
            created_at=now,
            expires_at=now,
        )
    )


def _mirror(bot, company, qbo_id, name, **more):
    given = {
        "company_id": company.id,
        "entity": "Customer",
        "qbo_id": qbo_id,
        "name": name,
        "folded": name.casefold(),
        "data": {"DisplayName": name},
        "read_at": bot.services.clock.now(),
        **more,
    }
    return bot.add(MirrorRow(**given))


def _form(bot, run, choice):
    """A message with the input's menu in it, as a preview holds it; gives its ts."""
    block = _input(choice, {}, run.id)
    posted = bot.services.slack.post(
        bot.slack.channels[CHANNEL],
        "menu",
        [{"type": "actions", "elements": [block["element"]]}],
    )
    return posted.ts, block["element"]["action_id"]


def _options(bot, who, ts, action_id, query):
    asked = bot.slack.act(
        who,
        "options",
        channel=bot.slack.channels[CHANNEL],
        ts=ts,
        action_id=action_id,
        query=query,
    )
    assert asked["ok"], asked
    return asked["options"]


def test_a_menu_is_filled_from_the_companys_own_lists(bot):
    """Active records of that company only; every typed word has to be in the name."""
    run = _run(bot)
    _mirror(bot, bot.harbor, "1", "Jane Doe")
    _mirror(bot, bot.harbor, "2", "Jane Dove", active=False)
    _mirror(bot, bot.harbor, "3", "John Roe")
    _mirror(bot, bot.ridge, "4", "Jane Doe Elsewhere")
    ts, action_id = _form(bot, run, Choice("who", "Who", kind="search", search=("Customer",)))

    found = _options(bot, "operator", ts, action_id, "jane")

    assert [one["value"] for one in found] == ["Customer:1"]


def test_a_guest_gets_an_empty_menu(bot):
    """Nobody learns the names of a company's customers without a role there."""
    run = _run(bot)
    _mirror(bot, bot.harbor, "1", "Jane Doe")
    ts, action_id = _form(bot, run, Choice("who", "Who", kind="search", search=("Customer",)))

    assert _options(bot, "guest", ts, action_id, "jane") == []


@pytest.mark.parametrize(
    ("choice", "kind", "prefix"),
    [
        (Choice("day", "Day", "2026-11-30", kind="date"), "datepicker", "choice:"),
        (Choice("note", "Note", kind="lines", optional=True), "plain_text_input", "maybe:"),
        (Choice("sure", "Sure", "yes", kind="check"), "checkboxes", "maybe:"),
        (Choice("pick", "Pick", "a", options=(("a", "A"), ("b", "B"))), "static_select", "choice:"),
    ],
)
def test_each_kind_of_input_is_accepted_by_slack(bot, choice, kind, prefix):
    """As Block Kit, in a window; what is chosen comes back under the choice's name."""
    run = _run(bot)
    block = _input(choice, {}, run.id)
    assert block["element"]["type"] == kind
    assert block["block_id"] == f"{prefix}{choice.name}"
    click = Click(
        key="k",
        user_id="U1",
        action=fix_views.CONFIRM,
        value="1",
        choices={block["block_id"]: choice.initial},
        created_at=bot.services.clock.now(),
    )
    assert fix_views.choices_of(click) == {choice.name: choice.initial}
