"""Going about by keyboard and list, and staying where one reads while things change."""

import threading
from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.slack.main import listen, server_for
from sandbox.slack.manifest import read_manifest
from sandbox.slack.seed import new_world
from sandbox.slack.world import World
from tests.sandbox.page import gallery as g
from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import (
    BLUE_RIDGE,
    DANA,
    HARBOR,
    MANIFEST,
    PRIYA,
    Opener,
    Slack,
    eventually,
)

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_arrow_keys_go_from_message_to_message(slack: Slack, open_tab: Opener) -> None:
    """Up and Down walk the messages, Enter opens the thread, Escape comes back."""
    first, second = slack.post("first"), slack.post("second")
    tab = open_tab()
    tab.find(".conversation .timeline").focus()

    tab.page.keyboard.press("ArrowUp")
    expect(tab.message(second)).to_be_focused()
    tab.page.keyboard.press("ArrowUp")
    expect(tab.message(first)).to_be_focused()
    slack.web.chat_update(channel=HARBOR, ts=first, text="first, changed")
    expect(tab.message(first)).to_contain_text("changed")
    expect(tab.message(first)).to_be_focused()
    tab.page.keyboard.press("Enter")
    expect(tab.find("[data-testid=thread-composer]")).to_be_focused()
    tab.page.keyboard.press("Escape")
    expect(tab.find("[data-testid=thread]")).to_be_hidden()


def test_arrow_keys_go_along_the_channels(slack: Slack, open_tab: Opener) -> None:
    """Down, Up, Home and End move in the sidebar; Enter opens."""
    tab = open_tab()
    tab.find(".sidebar [data-channel=books-harbor-foods]").focus()

    tab.page.keyboard.press("ArrowUp")
    expect(tab.find(".sidebar [data-channel=books-blue-ridge]")).to_be_focused()
    tab.page.keyboard.press("End")
    expect(tab.find("[data-testid=home]")).to_be_focused()
    tab.page.keyboard.press("Home")
    tab.page.keyboard.press("Enter")

    expect(tab.find("[data-testid=title]")).to_have_text("books-blue-ridge")


def test_ctrl_k_goes_anywhere_and_becomes_anybody(slack: Slack, open_tab: Opener) -> None:
    """A few letters and Enter open a channel or switch the person; Escape leaves all as it is."""
    tab = open_tab()
    tab.page.keyboard.press("Control+k")
    expect(tab.find("[data-testid=list-search]")).to_be_focused()
    tab.page.keyboard.type("blue")
    expect(tab.find("[data-testid=option]")).to_have_count(1)
    tab.page.keyboard.press("Enter")
    expect(tab.find("[data-testid=title]")).to_have_text("books-blue-ridge")

    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type("priya")
    tab.page.keyboard.press("Escape")
    expect(tab.find("[data-testid=person]")).to_contain_text("Dana Reyes")
    tab.page.keyboard.press("Control+k")
    tab.page.keyboard.type("priya")
    expect(tab.find("[data-testid=option]")).to_have_count(1)
    tab.page.keyboard.press("Enter")
    expect(tab.find("[data-testid=person]")).to_contain_text("Priya Shah")


def test_the_members_of_a_channel_are_listed(slack: Slack, open_tab: Opener) -> None:
    """A press on the number shows who is there, with their roles."""
    tab = open_tab()

    tab.find("[data-testid=members]").click()
    people = tab.page.get_by_role("dialog", name="Members of books-harbor-foods")
    expect(people).to_contain_text("Priya Shah")
    expect(people).to_contain_text("guest")
    tab.page.keyboard.press("Escape")
    expect(people).to_have_count(0)
    expect(tab.find("[data-testid=members]")).to_be_focused()


def test_a_line_stands_above_what_is_new(slack: Slack, open_tab: Opener) -> None:
    """Opening a channel shows where the unread messages begin, and the next visit does not."""
    slack.post("old", channel=BLUE_RIDGE)
    tab = open_tab()
    tab.goto("books-blue-ridge")
    expect(tab.find(".conversation")).to_contain_text("old")
    tab.goto("books-harbor-foods")
    new = slack.post("new one", channel=BLUE_RIDGE)
    slack.post("new two", channel=BLUE_RIDGE)
    expect(tab.find("[data-testid=unread]")).to_have_text("2")

    tab.goto("books-blue-ridge")
    line = tab.find(".conversation .new-line")
    expect(line).to_have_count(1)
    after = line.evaluate("one => one.nextElementSibling.querySelector('article').dataset.ts")
    assert after == new
    tab.goto("books-harbor-foods")
    tab.goto("books-blue-ridge")
    expect(tab.find(".conversation")).to_contain_text("new two")
    expect(line).to_have_count(0)


def test_what_is_being_read_stays_in_place(slack: Slack, open_tab: Opener) -> None:
    """A message above that grows, shrinks or goes does not move the one under the eyes."""
    stamps = [slack.post(f"line {n}\nmore\nmore") for n in range(60)]
    tab = open_tab()
    watched = tab.message(stamps[40])
    tab.find(".conversation .timeline").evaluate(
        "(box, ts) => { const row = box.querySelector(`[data-ts='${ts}']`);"
        " box.scrollTop += row.getBoundingClientRect().top - 200; }",
        stamps[40],
    )

    def top() -> float:
        box = watched.bounding_box()
        assert box is not None
        return box["y"]

    eventually(lambda: abs(top() - 200) < 40)
    before = top()
    slack.web.chat_update(channel=HARBOR, ts=stamps[30], text="tall", blocks=w.open_alert())
    expect(tab.message(stamps[30])).to_contain_text("OPEN")
    assert abs(top() - before) < 2
    slack.web.chat_delete(channel=HARBOR, ts=stamps[31])
    expect(tab.message(stamps[31])).to_contain_text("deleted")
    chart = [g.chart("bar", "Late")]
    slack.web.chat_update(channel=HARBOR, ts=stamps[32], text="chart", blocks=chart)
    expect(tab.message(stamps[32]).locator("svg[role=img]")).to_have_count(1)
    slack.post("below")
    expect(tab.find(".conversation [data-testid=new-messages]")).to_have_text("1 new message")

    assert abs(top() - before) < 2


def test_a_changed_alert_is_announced(slack: Slack, open_tab: Opener) -> None:
    """A screen reader hears that the message on the screen now says something else."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    expect(tab.message(ts)).to_be_visible()

    done = "Harbor Foods: 14 of 14 invoices are in QuickBooks"
    slack.web.chat_update(channel=HARBOR, ts=ts, text=done, blocks=w.fixed())

    expect(tab.find("#announcer")).to_contain_text(f"Changed: {done}")


def test_a_message_has_a_menu_of_its_own(slack: Slack, open_tab: Opener) -> None:
    """Copy link gives the permalink that opens the message."""
    ts = slack.post("the one")
    tab = open_tab(permissions=["clipboard-read", "clipboard-write"])

    tab.message(ts).hover()
    tab.message(ts).locator("[data-testid=message-menu]").click()
    tab.page.get_by_role("menuitem", name="Copy link").click()
    expect(tab.find(".toast")).to_contain_text("copied")
    copied = tab.page.evaluate("navigator.clipboard.readText()")

    assert copied == slack.web.chat_getPermalink(channel=HARBOR, message_ts=ts)["permalink"]


def test_a_finger_reaches_thread_and_shortcuts(slack: Slack, open_tab: Opener) -> None:
    """Without a mouse the message's menu is always there, and leads to the thread."""
    ts = slack.post("tap me")
    tab = open_tab(width=360, height=740, has_touch=True, is_mobile=True)

    tab.message(ts).locator("[data-testid=message-menu]").tap()
    expect(tab.page.get_by_role("menuitem", name="Explain this")).to_be_visible()
    tab.page.get_by_role("menuitem", name="Reply in thread").tap()

    expect(tab.find("[data-testid=thread]")).to_contain_text("tap me")


def test_the_page_comes_back_when_the_sandbox_was_restarted(slack: Slack, open_tab: Opener) -> None:
    """Another process on the same port knows nothing of before: the page shows that, and works."""
    slack.post("before the restart")
    other = slack.order("users", id="U0TEMP0001", name="temp", real_name="Tess Temp")
    assert other["ok"]
    slack.world.channels[HARBOR].members.append("U0TEMP0001")
    tab, lost = open_tab(DANA), open_tab("U0TEMP0001")
    expect(lost.find("[data-testid=person]")).to_contain_text("Tess Temp")
    port = int(slack.url.rpartition(":")[2])

    slack.stop()
    expect(tab.find("html")).to_have_attribute("data-live", "offline")
    expect(tab.find(".offline")).to_be_visible()
    world = new_world(read_manifest(MANIFEST))
    stop = _serve_again(world, port)
    try:
        expect(tab.find("html")).to_have_attribute("data-live", "online", timeout=15_000)
        expect(tab.find(".offline")).to_be_hidden()
        expect(tab.find(".conversation")).not_to_contain_text("before the restart")
        tab.say("after the restart")
        expect(tab.find(".conversation article[data-ts]")).to_contain_text("after the restart")
        expect(lost.find("[data-testid=person]")).to_contain_text("Dana Reyes", timeout=15_000)
    finally:
        stop()


def _serve_again(world: World, port: int) -> Any:
    listener = listen(port)
    server = server_for(world, listener)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    eventually(lambda: server.started)

    def stop() -> None:
        server.should_exit = True
        thread.join(5)
        listener.close()

    return stop


def test_people_joining_are_one_quiet_line(slack: Slack, open_tab: Opener) -> None:
    """What the client says about a channel is not a message of a person."""
    tab = open_tab()
    ts = slack.post("x")
    stored = slack.world.channels[HARBOR].messages[ts]
    stored.subtype, stored.text, stored.user = "channel_join", f"<@{PRIYA}> has joined", PRIYA
    tab.page.reload()

    line = tab.find(".conversation .msg-system")
    expect(line).to_contain_text("@Priya has joined")
    expect(line.locator(".msg-name")).to_have_count(0)
