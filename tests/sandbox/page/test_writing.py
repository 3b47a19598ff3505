"""The message box, commands, other people, Home and shortcuts, as a person uses them."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import DANA, GUEST, HARBOR, PRIYA, Opener, Slack, eventually
from tests.sandbox.page.test_acting import keep

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def seen() -> list[dict[str, Any]]:
    """The payloads the app received."""
    return []


def test_slash_opens_completion(slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]) -> None:
    """Names, hints and descriptions; arrows and Tab complete, Enter runs it, only I see it."""

    @slack.app.command("/qb-status")
    def status(ack: Any, body: Any) -> None:
        seen.append(body)
        ack(blocks=[w.section("*Harbor Foods*   connected")], text="status")

    slack.connect()
    tab, other = open_tab(), open_tab(PRIYA)
    box = tab.find("[data-testid=composer]")

    box.press_sequentially("/")
    expect(tab.find("[data-command]")).to_have_count(3)
    expect(tab.find('[data-command="/qb-status"]')).to_contain_text("[company] [--public]")
    expect(tab.find('[data-command="/qb-status"]')).to_contain_text("Is everything in QuickBooks?")
    box.press_sequentially("qb")
    box.press("ArrowDown")
    box.press("ArrowDown")
    expect(tab.find('[data-command="/qb-status"]')).to_have_attribute("aria-selected", "true")
    box.press("Tab")
    expect(box).to_have_value("/qb-status ")
    expect(tab.find(".conversation .usage")).to_contain_text("[company] [--public]")
    box.press_sequentially("harbor")
    box.press("Enter")

    expect(tab.find("[data-ephemeral]")).to_contain_text("Harbor Foods connected")
    assert (seen[0]["command"], seen[0]["text"]) == ("/qb-status", "harbor")
    expect(box).to_have_value("")
    expect(other.find("[data-ephemeral]")).to_have_count(0)


def test_an_unknown_command_is_answered_by_slackbot(slack: Slack, open_tab: Opener) -> None:
    """Slack never delivers a mistyped command: the client says so, only to the person."""
    tab = open_tab()

    tab.say("/qb-snyc-now")

    note = tab.find("[data-ephemeral]")
    expect(note).to_contain_text("/qb-snyc-now is not a valid command")
    expect(note).to_contain_text("Slackbot")
    expect(note).to_contain_text("Only visible to you")


def test_a_command_nobody_answers(slack: Slack, open_tab: Opener) -> None:
    """Without the app the command fails visibly, once."""
    tab = open_tab()

    tab.say("/qb-errors")

    expect(tab.find("[data-ephemeral]")).to_have_count(1)
    expect(tab.find("[data-ephemeral]")).to_contain_text("failed with the error")


def test_a_message_is_posted_as_typed(slack: Slack, open_tab: Opener) -> None:
    """Enter posts, Shift+Enter breaks the line, angle brackets stay what they are."""
    tab = open_tab()
    box = tab.find("[data-testid=composer]")

    box.fill("a < b & *bold*")
    box.press("Shift+Enter")
    box.press_sequentially("second")
    box.press("Enter")

    message = tab.find(".conversation [data-ts]").last
    expect(message).to_contain_text("a < b & bold")
    expect(message.locator("strong")).to_have_text("bold")
    expect(message).to_contain_text("second")
    stored = slack.look("messages", channel=HARBOR)["messages"][-1]["text"]
    assert stored == "a &lt; b &amp; *bold*\nsecond"


def test_another_person_in_the_same_tab(slack: Slack, open_tab: Opener) -> None:
    """The switch is kept in the address; what is private to the former person is gone."""
    tab = open_tab()
    slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text="for Dana")
    expect(tab.find("[data-ephemeral]")).to_have_count(1)
    expect(tab.find("[data-testid=person]")).to_contain_text("Dana Reyes — operator")

    tab.choose("[data-testid=person]", "Priya Shah")

    expect(tab.find("[data-testid=person]")).to_contain_text("Priya Shah — approver")
    expect(tab.find("[data-ephemeral]")).to_have_count(0)
    assert f"user={PRIYA}" in tab.page.url
    tab.say("as Priya")
    last = tab.find(".conversation article[data-ts]").last
    expect(last).to_contain_text("as Priya")
    expect(last).to_have_attribute("data-user", PRIYA)
    tab.choose("[data-testid=person]", "Gus Guest")
    expect(tab.find("[data-testid=person]")).to_contain_text("Gus Guest — guest")
    expect(tab.find(".sidebar [data-channel=books-blue-ridge]")).to_have_count(0)


def test_two_tabs_are_two_people(slack: Slack, open_tab: Opener) -> None:
    """In one browser each tab keeps its own person, also after a reload without address."""
    dana = open_tab(DANA)
    guest = open_tab(GUEST, context=dana.page.context)

    dana.page.goto(f"{slack.url}/")
    guest.page.goto(f"{slack.url}/")

    expect(dana.find("[data-testid=person]")).to_contain_text("Dana Reyes")
    expect(guest.find("[data-testid=person]")).to_contain_text("Gus Guest")
    guest.say("hello from outside")
    expect(dana.find(".conversation")).to_contain_text("hello from outside")


def test_the_home_tab_is_live(slack: Slack, open_tab: Opener) -> None:
    """Opening Home tells the app; what it publishes is drawn, and its buttons work."""
    pressed: list[dict[str, Any]] = []

    @slack.app.event("app_home_opened")
    def opened(event: Any, client: Any) -> None:
        blocks = [w.section("2 open", accessory=w.button("Check now", "check"))]
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    slack.app.action("check")(keep(pressed))
    slack.connect()
    tab = open_tab()

    tab.find("[data-testid=home]").click()
    home = tab.find("[data-testid=home-view]")
    expect(home).to_contain_text("2 open")
    home.locator("button[data-action-id=check]").click()
    eventually(lambda: [body["user"]["id"] for body in pressed] == [DANA])
    slack.web.views_publish(
        user_id=DANA, view={"type": "home", "blocks": [w.section("Nothing is open.")]}
    )

    expect(home).to_contain_text("Nothing is open.")
    assert "view=home" in tab.page.url


def test_the_app_has_a_direct_conversation(slack: Slack, open_tab: Opener) -> None:
    """What the app writes to a person alone stands in their direct messages."""
    tab = open_tab()
    tab.find('.sidebar [data-channel="QuickBooks Sync"]').click()
    expect(tab.find("[data-testid=title]")).to_have_text("QuickBooks Sync")

    slack.web.chat_postMessage(channel=DANA, text="Your link, for you alone")

    expect(tab.find(".conversation")).to_contain_text("Your link, for you alone")


def test_a_message_shortcut(slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]) -> None:
    """The app's message shortcuts are in each message's menu."""
    slack.app.shortcut("explain")(keep(seen))
    slack.connect()
    ts = slack.post("Business Validation Error")
    tab = open_tab()

    tab.message(ts).hover()
    tab.message(ts).get_by_role("button", name="More for this message").click()
    tab.page.get_by_role("menuitem", name="Explain this").click()

    eventually(lambda: seen)
    assert seen[0]["message"]["ts"] == ts
