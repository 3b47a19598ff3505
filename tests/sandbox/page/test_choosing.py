"""Menus, dates and dialogs: what is chosen is told once, what is denied is taken back."""

import copy
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.page import gallery as g
from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import DANA, HARBOR, MANIFEST, Opener, Slack, eventually

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def told(slack: Slack) -> list[dict[str, Any]]:
    """The actions the app heard, whatever their name."""
    heard: list[dict[str, Any]] = []

    @slack.app.action(re.compile(".*"))
    def any_action(ack: Any, body: Any) -> None:
        ack()
        heard.extend(body["actions"])

    slack.connect()
    return heard


def test_a_choice_that_is_not_confirmed_is_taken_back(
    slack: Slack, open_tab: Opener, told: list[dict[str, Any]]
) -> None:
    """A denied select shows the former choice, a denied box is unchecked, the app hears nothing."""
    pick = {
        "type": "static_select",
        "action_id": "pick",
        "options": g.options("One", "Two"),
        "initial_option": g.options("One")[0],
        "confirm": g.CONFIRM,
    }
    tick = {
        "type": "checkboxes",
        "action_id": "tick",
        "options": g.options("Mine"),
        "confirm": g.CONFIRM,
    }
    ts = slack.post("x", blocks=[w.actions(pick, tick)])
    tab = open_tab()
    tab.choose(f'[data-ts="{ts}"] [data-action-id=pick]', "Two")
    tab.find("[data-testid=confirm-no]").click()
    expect(tab.message(ts).locator("[data-action-id=pick]")).to_have_text("One")

    tab.message(ts).get_by_label("Mine").click()
    tab.page.keyboard.press("Escape")
    expect(tab.message(ts).get_by_label("Mine")).not_to_be_checked()
    assert not told
    tab.choose(f'[data-ts="{ts}"] [data-action-id=pick]', "Two")
    tab.find("[data-testid=confirm-yes]").click()

    eventually(lambda: [one["selected_option"]["value"] for one in told] == ["two"])


def test_several_choices_are_told_once_and_capped(
    slack: Slack, open_tab: Opener, told: list[dict[str, Any]]
) -> None:
    """A list of several stays open, stops at its most, and tells when it closes."""
    several = {
        "type": "multi_static_select",
        "action_id": "several",
        "options": g.options("One", "Two", "Three"),
        "max_selected_items": 2,
    }
    ts = slack.post("x", blocks=[w.section("Pick", accessory=several)])
    tab = open_tab()
    tab.message(ts).locator("[data-action-id=several]").click()
    for name in ("One", "Two", "Three"):
        tab.find("[data-testid=option]").filter(has_text=name).click(force=True)
    expect(tab.find(".list-note")).to_have_text("At most 2 can be chosen.")
    assert not told
    tab.page.keyboard.press("Escape")

    expect(tab.message(ts).locator(".chip")).to_have_text(["One", "Two"])
    eventually(lambda: told)
    chosen = [option["value"] for option in told[0]["selected_options"]]
    assert (len(told), chosen) == (1, ["one", "two"])


def test_a_typed_date_is_told_once(
    slack: Slack, open_tab: Opener, told: list[dict[str, Any]]
) -> None:
    """Typing a year passes through other years; the app hears the day that was meant."""
    day = {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-22"}
    ts = slack.post("x", blocks=[w.actions(day)])
    tab = open_tab()

    tab.message(ts).locator("[data-action-id=day]").focus()
    tab.page.keyboard.type("10312027")
    tab.page.keyboard.press("Tab")

    eventually(lambda: told)
    assert [one["selected_date"] for one in told] == ["2027-10-31"]


def test_time_and_moment_arrive_as_slack_sends_them(
    slack: Slack, open_tab: Opener, told: list[dict[str, Any]]
) -> None:
    """A time is HH:MM, a moment is seconds since 1970."""
    clock = {"type": "timepicker", "action_id": "clock", "timezone": "America/New_York"}
    moment = {"type": "datetimepicker", "action_id": "moment"}
    ts = slack.post("x", blocks=[w.actions(clock, moment)])
    tab = open_tab(timezone_id="UTC")
    expect(tab.message(ts)).to_contain_text("America/New York")

    tab.message(ts).locator("[data-action-id=clock]").fill("09:30")
    eventually(lambda: told)
    tab.message(ts).locator("[data-action-id=moment]").fill("2026-11-22T09:02")

    eventually(lambda: len(told) == 2)
    assert told[0]["selected_time"] == "09:30"
    assert told[1]["selected_date_time"] == 1795338120


def test_conversations_can_be_people_or_channels(slack: Slack, open_tab: Opener) -> None:
    """A conversations menu offers what its filter allows."""
    base = {"type": "conversations_select"}
    everything = {**base, "action_id": "all"}
    channels = {**base, "action_id": "channels", "filter": {"include": ["public"]}}
    ts = slack.post("x", blocks=[w.actions(everything, channels)])
    tab = open_tab()

    tab.message(ts).locator("[data-action-id=all]").click()
    expect(tab.find("[data-testid=option]").filter(has_text="Priya Shah")).to_be_visible()
    tab.page.keyboard.press("Escape")
    tab.message(ts).locator("[data-action-id=channels]").click()
    expect(tab.find("[data-testid=option]").filter(has_text="books-blue-ridge")).to_be_visible()
    expect(tab.find("[data-testid=option]").filter(has_text="Priya Shah")).to_have_count(0)


def test_options_that_do_not_come_are_explained(slack: Slack, open_tab: Opener) -> None:
    """An external menu without the app says so in the list, and works when it is back."""
    look = {"type": "external_select", "action_id": "customer", "min_query_length": 0}
    ts = slack.post("x", blocks=[w.actions(look)])
    tab = open_tab()
    tab.message(ts).locator("[data-action-id=customer]").click()
    expect(tab.find(".list-note")).to_contain_text("is not connected")
    tab.page.keyboard.press("Escape")
    slack.app.options("customer")(lambda ack: ack(options=g.options("Jane Doe")))
    slack.connect()

    tab.message(ts).locator("[data-action-id=customer]").click()
    expect(tab.find("[data-testid=option]")).to_have_text("Jane Doe")


def test_the_shortcuts_of_the_app_stand_beside_the_text(slack: Slack, open_tab: Opener) -> None:
    """A global shortcut reaches the app; an app without any says so."""
    tab = open_tab()
    tab.page.get_by_role("button", name="Shortcuts").click()
    expect(tab.find(".list-note")).to_contain_text("QuickBooks Sync has no shortcuts")
    tab.page.keyboard.press("Escape")
    heard: list[Any] = []

    @slack.app.shortcut("check_all")
    def check_all(ack: Any, body: Any) -> None:
        ack()
        heard.append(body)

    slack.connect()
    manifest = {**slack_manifest()}
    shortcut = {"name": "Check everything", "type": "global", "callback_id": "check_all"}
    manifest["features"]["shortcuts"].append({**shortcut, "description": "All companies"})
    slack.order("app", manifest=manifest)

    tab.page.reload()
    tab.page.get_by_role("button", name="Shortcuts").click()
    tab.page.get_by_role("menuitem", name="Check everything").click()
    eventually(lambda: heard)
    assert (heard[0]["callback_id"], heard[0]["user"]["id"]) == ("check_all", DANA)


def slack_manifest() -> dict[str, Any]:
    """A copy of the tests' manifest, to change."""
    return copy.deepcopy(MANIFEST)


def test_a_press_is_described_by_its_message(slack: Slack, open_tab: Opener) -> None:
    """Buttons of the same name in two alerts are told apart by the alert's header."""
    first = slack.post("x", blocks=[_head("🔴 OPEN · Jane Doe"), w.actions(w.button("Fix…", "a"))])
    second = slack.post("y", blocks=[_head("🔴 OPEN · Ben Li"), w.actions(w.button("Fix…", "a"))])
    tab = open_tab()

    for ts, who in ((first, "Jane Doe"), (second, "Ben Li")):
        button = tab.message(ts).locator("button[data-action-id=a]")
        expect(button).to_have_accessible_description(f"🔴 OPEN · {who}")
        expect(button).to_have_accessible_name("Fix…")
    assert slack.look("messages", channel=HARBOR)["total"] == 2


def _head(text: str) -> dict[str, Any]:
    return {"type": "header", "text": w.plain(text)}
