"""The page shows what is in the workspace, as it changes."""

import pytest
from playwright.sync_api import expect

from sandbox.slack.api.content import Content
from sandbox.slack.posting import post_message
from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import (
    BLUE_RIDGE,
    DANA,
    GUEST,
    HARBOR,
    PRIYA,
    Opener,
    Slack,
    eventually,
)

pytestmark = pytest.mark.browser


def test_a_new_message_appears_without_reload(slack: Slack, open_tab: Opener) -> None:
    """What the app posts is on the page a moment later, as the app's."""
    tab = open_tab()

    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())

    message = tab.message(ts)
    expect(message.locator(".header-text")).to_contain_text("OPEN · Same Jane Doe?")
    expect(message.locator(".msg-head")).to_contain_text("QuickBooks Sync")
    expect(message.locator(".badge")).to_have_text("App")
    expect(message.locator("button[data-action-id=fix_reactivate]")).to_be_visible()


def test_an_update_changes_the_message_in_place(slack: Slack, open_tab: Opener) -> None:
    """chat.update redraws the same message and does not say "edited"."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()

    slack.web.chat_update(channel=HARBOR, ts=ts, text="Fixed", blocks=w.fixed())

    expect(tab.message(ts)).to_have_count(1)
    expect(tab.message(ts)).to_contain_text("FIXED · Jane Doe")
    expect(tab.message(ts)).not_to_contain_text("edited")
    expect(tab.message(ts)).not_to_contain_text("OPEN")


def test_an_edited_text_says_so(slack: Slack, open_tab: Opener) -> None:
    """A text without blocks that was changed carries the mark."""
    ts = slack.post("12 orders")
    tab = open_tab()

    slack.web.chat_update(channel=HARBOR, ts=ts, text="13 orders")

    expect(tab.message(ts)).to_contain_text("13 orders (edited)")


def test_a_deleted_message_leaves_a_marker(slack: Slack, open_tab: Opener) -> None:
    """Who looked at it sees that it is gone."""
    ts = slack.post("wrong channel")
    tab = open_tab()

    slack.web.chat_delete(channel=HARBOR, ts=ts)

    expect(tab.message(ts)).to_contain_text("This message was deleted.")
    expect(tab.message(ts)).not_to_contain_text("wrong channel")


def test_unread_messages_are_counted_per_channel(slack: Slack, open_tab: Opener) -> None:
    """A badge counts what arrived elsewhere and goes away with a visit, for this person only."""
    slack.post("before", channel=BLUE_RIDGE)
    tab = open_tab()
    badge = tab.find(".sidebar [data-channel=books-blue-ridge] [data-testid=unread]")
    expect(badge).to_have_text("1")

    slack.post("after", channel=BLUE_RIDGE)
    expect(badge).to_have_text("2")
    tab.goto("books-blue-ridge")

    expect(badge).to_have_count(0)
    eventually(lambda: _unread(slack, DANA) == 0)
    assert _unread(slack, PRIYA) == 2


def _unread(slack: Slack, user: str) -> int:
    channels = slack.look("state", user=user)["channels"]
    return next(int(one["unread"]) for one in channels if one["id"] == BLUE_RIDGE)


def test_a_thread_opens_beside_and_takes_replies(slack: Slack, open_tab: Opener) -> None:
    """Replies stay out of the channel, are counted there and live in the pane."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    slack.post("Noted.", thread_ts=ts)
    tab = open_tab()

    tab.message(ts).locator("[data-testid=thread-link]").click()
    pane = tab.find("[data-testid=thread]")
    expect(pane).to_contain_text("Noted.")
    pane.locator("[data-testid=thread-composer]").fill("Same person.")
    pane.locator("[data-testid=thread-composer]").press("Enter")

    expect(pane).to_contain_text("Same person.")
    expect(tab.message(ts).locator("[data-testid=thread-link]")).to_contain_text("2 replies")
    expect(tab.find(".conversation")).not_to_contain_text("Same person.")
    pane.locator("[data-testid=thread-close]").click()
    expect(pane).to_be_hidden()


def test_an_ephemeral_is_seen_by_one_person_and_can_be_dismissed(
    slack: Slack, open_tab: Opener
) -> None:
    """Only Dana sees it, marked as such, and may put it away."""
    dana, priya = open_tab(DANA), open_tab(PRIYA)

    slack.web.chat_postEphemeral(channel=HARBOR, user=DANA, text="Only an approver can do this")
    slack.post("for all")

    note = dana.find("[data-ephemeral]")
    expect(note).to_contain_text("Only an approver can do this")
    expect(note).to_contain_text("Only visible to you")
    expect(priya.find(".conversation")).to_contain_text("for all")
    expect(priya.find("[data-ephemeral]")).to_have_count(0)
    note.locator("[data-testid=dismiss]").click()
    expect(note).to_have_count(0)


def test_the_end_stays_in_view_and_a_pill_counts_what_is_below(
    slack: Slack, open_tab: Opener
) -> None:
    """At the end the list follows; further up it stays and says how many came."""
    for number in range(40):
        slack.post(f"line {number}\nmore\nmore")
    tab = open_tab()
    first = slack.post("follows")
    expect(tab.message(first)).to_be_in_viewport()

    tab.find(".conversation .timeline").evaluate("box => { box.scrollTop = 300; }")
    pill = tab.find(".conversation [data-testid=new-messages]")
    expect(pill).to_be_hidden()
    second = slack.post("below")

    expect(pill).to_have_text("1 new message")
    expect(tab.message(second)).not_to_be_in_viewport()
    pill.click()
    expect(tab.message(second)).to_be_in_viewport()


def test_two_thousand_messages_are_not_all_in_the_page(slack: Slack, open_tab: Opener) -> None:
    """Only what is near is drawn; scrolling brings older ones, and the newest again."""
    for number in range(2_000):
        harbor = slack.world.channels[HARBOR]
        post_message(slack.world, harbor, DANA, Content(text=f"order {number}"))
    tab = open_tab()
    rows = tab.find(".conversation [data-ts]")
    expect(tab.find(".conversation")).to_contain_text("order 1999")
    assert rows.count() < 200

    def first_is_there() -> bool:
        tab.find(".conversation .timeline").evaluate("box => { box.scrollTop = 0; }")
        return tab.page.get_by_text("order 0", exact=True).count() == 1

    eventually(first_is_there, 20)
    assert rows.count() < 400

    def last_is_there() -> bool:
        tab.find(".conversation .timeline").evaluate("box => { box.scrollTop = 1e9; }")
        return tab.page.get_by_text("order 1999", exact=True).count() == 1

    eventually(last_is_there, 20)
    assert rows.count() < 400


def test_after_a_lost_connection_the_page_catches_up(slack: Slack, open_tab: Opener) -> None:
    """What was posted, changed and opened while the stream was down is shown afterwards."""
    old = slack.post("Working")
    tab = open_tab()
    tab.page.context.set_offline(True)
    _drop_pages(slack)
    expect(tab.find("html")).to_have_attribute("data-live", "offline")
    expect(tab.find(".offline")).to_be_visible()

    new = slack.post("Posted meanwhile")
    slack.web.chat_update(channel=HARBOR, ts=old, text="Done meanwhile")
    tab.page.context.set_offline(False)

    expect(tab.find("html")).to_have_attribute("data-live", "online")
    expect(tab.message(new)).to_contain_text("Posted meanwhile")
    expect(tab.message(old)).to_contain_text("Done meanwhile")
    expect(tab.find(".offline")).to_be_hidden()


def _drop_pages(slack: Slack) -> None:
    """End every page's live stream from the sandbox's side."""
    for page in list(slack.world.live._pages):
        page.queue.put_nowait(None)


def test_the_connection_of_the_app_is_shown(slack: Slack, open_tab: Opener) -> None:
    """A person sees whether the app is there."""
    tab = open_tab()
    state = tab.find("[data-testid=connection]")
    expect(state).to_contain_text("QuickBooks Sync is not connected")

    slack.connect()

    expect(state).to_contain_text("QuickBooks Sync is connected")


def test_a_guest_sees_only_their_channels(slack: Slack, open_tab: Opener) -> None:
    """Another client's channel is not in a guest's sidebar, nor reachable by address."""
    tab = open_tab(GUEST, "books-blue-ridge")

    expect(tab.find(".sidebar [data-channel=books-harbor-foods]")).to_be_visible()
    expect(tab.find(".sidebar [data-channel=books-blue-ridge]")).to_have_count(0)
    expect(tab.find("[data-testid=title]")).to_have_text("books-harbor-foods")


def test_a_permalink_opens_its_message(slack: Slack, open_tab: Opener) -> None:
    """chat.getPermalink's address leads to the message, also far up."""
    ts = slack.post("the one")
    for number in range(100):
        slack.post(f"later {number}")
    link = slack.web.chat_getPermalink(channel=HARBOR, message_ts=ts)["permalink"]
    path = str(link).removeprefix(f"{slack.url}/")

    tab = open_tab(path=path)

    expect(tab.message(ts)).to_be_in_viewport()


def test_a_file_is_shown_and_can_be_fetched(slack: Slack, open_tab: Opener) -> None:
    """An uploaded file is a card with its name and size that downloads it."""
    tab = open_tab()
    slack.act(PRIYA, "file", channel=HARBOR, name="orders.csv", content="a,b\n1,2\n")

    card = tab.find(".file-card")
    expect(card).to_contain_text("orders.csv")
    expect(card).to_contain_text("8 bytes")
    with tab.page.expect_download() as download:
        card.click()
    assert download.value.path().read_text() == "a,b\n1,2\n"
