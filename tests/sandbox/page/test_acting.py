"""What a person does on the page reaches the app, and the answer reaches the person."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.sandbox.page import gallery as g
from tests.sandbox.page import wireframes as w
from tests.sandbox.page.conftest import DANA, HARBOR, PRIYA, Opener, Slack, eventually

pytestmark = pytest.mark.browser


def keep(into: list[dict[str, Any]]) -> Callable[..., None]:
    """A handler that acknowledges and keeps the payload."""

    def handler(ack: Any, body: Any) -> None:
        ack()
        into.append(body)

    return handler


@pytest.fixture
def seen() -> list[dict[str, Any]]:
    """The payloads the app received."""
    return []


def test_a_press_reaches_the_app_and_the_message_turns(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """The app hears who pressed what; the button works once and waits meanwhile."""
    may_answer = threading.Event()

    @slack.app.action("take")
    def take(ack: Any, body: Any) -> None:
        seen.append(body)
        may_answer.wait(2.5)
        ack()

    slack.connect()
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    button = tab.message(ts).locator("button[data-action-id=take]")

    button.click()
    expect(button).to_be_disabled()
    expect(button.locator(".spinner")).to_be_visible()
    button.dispatch_event("click")
    may_answer.set()

    expect(button).to_be_enabled()
    expect(button).to_be_focused()
    assert [body["user"]["id"] for body in seen] == [DANA]
    assert seen[0]["actions"][0]["action_id"] == "take"
    slack.web.chat_update(channel=HARBOR, ts=ts, text="Fixed", blocks=w.fixed())
    expect(button).to_have_count(0)
    expect(tab.message(ts)).to_contain_text("FIXED")


def test_a_press_nobody_answers_says_so(slack: Slack, open_tab: Opener) -> None:
    """Without the app the press ends with a sentence under the button, and may be repeated."""
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()

    tab.message(ts).locator("button[data-action-id=take]").click()

    failure = tab.message(ts).locator(".press-failure")
    expect(failure).to_contain_text("QuickBooks Sync is not connected")
    expect(tab.message(ts).locator("button[data-action-id=take]")).to_be_enabled()
    slack.app.action("take")(lambda ack: ack())
    slack.connect()
    tab.message(ts).locator("button[data-action-id=take]").click()
    expect(failure).to_have_count(0)


def test_a_late_answer_shows_the_warning(slack: Slack, open_tab: Opener) -> None:
    """An app that needs more than three seconds is reported, as Slack does."""
    hold = threading.Event()

    @slack.app.action("take")
    def take(ack: Any) -> None:
        hold.wait(6)
        ack()

    slack.connect()
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=take]").click()

    expect(tab.message(ts).locator(".press-failure")).to_contain_text("did not respond in time")
    hold.set()


def test_a_button_that_is_gone_is_refused_in_words(slack: Slack, open_tab: Opener) -> None:
    """A press on an archived channel's message explains itself."""
    slack.connect()
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    slack.act(PRIYA, "archive", channel=HARBOR)

    expect(tab.find("[data-testid=composer]")).to_be_disabled()
    tab.message(ts).locator("button[data-action-id=take]").click()

    expect(tab.message(ts).locator(".press-failure")).to_contain_text("archived")


def test_a_confirm_dialog_comes_first(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """Denied, nothing happens; confirmed, the app hears of it."""
    slack.app.action("merge")(keep(seen))
    slack.connect()
    confirm = {
        "title": w.plain("Merge 58 into 12?"),
        "text": w.mrkdwn("This *cannot* be undone."),
        "confirm": w.plain("Merge"),
        "deny": w.plain("Keep both"),
        "style": "danger",
    }
    ts = slack.post("x", blocks=[w.actions(w.button("Merge…", "merge", confirm=confirm))])
    tab = open_tab()
    button = tab.message(ts).locator("button[data-action-id=merge]")

    button.click()
    expect(tab.find("[data-testid=confirm]")).to_contain_text("This cannot be undone.")
    tab.find("[data-testid=confirm-no]").click()
    expect(tab.find("[data-testid=confirm]")).to_have_count(0)
    assert not seen
    button.click()
    tab.find("[data-testid=confirm-yes]").click()

    eventually(lambda: len(seen) == 1)


def test_a_url_button_opens_a_tab(slack: Slack, open_tab: Opener) -> None:
    """The address opens beside the page, and the app still hears of the press."""
    slack.app.action("open")(lambda ack: ack())
    slack.connect()
    target = f"{slack.url}/icon.svg"
    ts = slack.post("x", blocks=[w.actions(w.button("Open QuickBooks", "open", url=target))])
    tab = open_tab()

    with tab.page.context.expect_page() as opened:
        tab.message(ts).locator("button[data-action-id=open]").click()

    assert opened.value.url == target
    expect(tab.message(ts).locator(".press-failure")).to_have_count(0)


def test_an_overflow_menu_by_keyboard(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """Arrow keys and Enter choose; Escape closes and gives the focus back."""
    slack.app.action("more")(keep(seen))
    slack.connect()
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    button = tab.message(ts).locator("button[data-action-id=more]")

    button.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("menuitem")).to_have_count(4)
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("menuitem")).to_have_count(0)
    expect(button).to_be_focused()
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("Enter")

    eventually(lambda: seen)
    assert seen[0]["actions"][0]["selected_option"]["value"] == "history"


def test_a_long_list_stays_where_it_was_scrolled_to(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """The page moving behind an open list does not take the choice from under the pointer."""
    slack.app.action("pick")(keep(seen))
    slack.connect()
    names = [f"Account {number}" for number in range(60)]
    pick = {"type": "static_select", "action_id": "pick", "options": g.options(*names)}
    ts = slack.post("x", blocks=[w.actions(pick)])
    tab = open_tab()
    tab.message(ts).locator("[data-action-id=pick]").click()
    last = tab.find("[data-testid=option]").last
    last.scroll_into_view_if_needed()

    tab.page.evaluate("document.dispatchEvent(new Event('scroll'))")
    tab.page.evaluate("new Promise(requestAnimationFrame)")
    expect(last).to_be_in_viewport(ratio=1)
    last.click()
    eventually(lambda: len(seen) == 1)
    assert seen[0]["actions"][0]["selected_option"]["text"]["text"] == names[-1]


def test_a_modal_opens_checks_and_submits_its_values(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """Preview, an empty field, the app's own error, then the values arrive as typed."""

    @slack.app.action("fix_reactivate")
    def preview(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=w.preview_modal())

    @slack.app.view("preview")
    def submit(ack: Any, view: Any) -> None:
        seen.append(view["state"]["values"])
        if len(view["state"]["values"]["reason"]["reason_text"]["value"]) < 10:
            ack(response_action="errors", errors={"reason": "At least ten characters, please."})
        else:
            ack()

    slack.connect()
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=fix_reactivate]").click()
    modal = tab.find("[data-testid=modal]")
    expect(modal.get_by_role("heading", name="Reactivate and post")).to_be_visible()
    reason = modal.locator("[data-block-id=reason][data-action-id=reason_text]")
    expect(reason).to_be_focused()

    modal.locator("[data-testid=modal-submit]").click()
    error = modal.locator("[data-input-block=reason] [data-testid=field-error]")
    expect(error).to_contain_text("required")
    assert not seen
    reason.fill("short")
    expect(error).to_be_hidden()
    modal.locator("[data-testid=modal-submit]").click()
    expect(error).to_contain_text("At least ten characters")
    expect(reason).to_be_focused()
    expect(reason).to_have_value("short")
    reason.fill("Same e-mail and street")
    tab.choose("[data-testid=modal] [data-action-id=scope_choice]", "Post 12")
    modal.get_by_label("Tell me when she has paid").check()
    modal.locator("[data-testid=modal-submit]").click()

    expect(modal).to_have_count(0)
    values = seen[-1]
    assert values["reason"]["reason_text"]["value"] == "Same e-mail and street"
    assert values["scope"]["scope_choice"]["selected_option"]["value"] == "twelve"
    assert [o["value"] for o in values["tell"]["tell_choice"]["selected_options"]] == ["paid"]


def test_escape_closes_a_modal_and_the_app_is_told(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """view_closed arrives, the focus is back on the button."""
    slack.app.view_closed("preview")(keep(seen))
    _open_preview(slack)
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    button = tab.message(ts).locator("button[data-action-id=fix_reactivate]")
    button.click()
    tab.find("[data-testid=modal]").wait_for()
    tab.find("[data-testid=modal] [data-action-id=scope_choice]").click()
    expect(tab.find("[data-testid=option]")).to_have_count(2)

    tab.page.keyboard.press("Escape")
    expect(tab.find("[data-testid=option]")).to_have_count(0)
    expect(tab.find("[data-testid=modal]")).to_be_visible()
    tab.page.keyboard.press("Escape")

    expect(tab.find("[data-testid=modal]")).to_have_count(0)
    expect(button).to_be_focused()
    eventually(lambda: seen)


def _open_preview(slack: Slack, shown: Any = None) -> None:
    @slack.app.action("fix_reactivate")
    def preview(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=shown or w.preview_modal())

    slack.connect()


def test_a_modal_survives_an_update_and_a_reload(slack: Slack, open_tab: Opener) -> None:
    """views.update keeps what was typed and the focus; a reload brings the modal back."""
    _open_preview(slack)
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=fix_reactivate]").click()
    reason = tab.find("[data-testid=modal] [data-action-id=reason_text]")
    reason.fill("typed before the update")
    view = w.preview_modal()
    view["blocks"].insert(0, w.section("The books changed since."))
    view["blocks"][6]["hint"] = w.plain("Another hint.")

    view_id = slack.look("views", user=DANA)["views"][0]["id"]
    slack.web.views_update(view_id=view_id, view=view)

    expect(tab.find("[data-testid=modal]")).to_contain_text("The books changed since.")
    expect(tab.find("[data-testid=modal]")).to_contain_text("Another hint.")
    expect(reason).to_have_value("typed before the update")
    expect(reason).to_be_focused()
    tab.page.reload()
    expect(tab.find("[data-testid=modal]")).to_contain_text("The books changed since.")


def test_the_focus_stays_in_a_window_whose_content_comes_later(
    slack: Slack, open_tab: Opener
) -> None:
    """From "loading" to a preview without inputs: the keyboard stands on its first button."""
    loading = {
        "type": "modal",
        "title": w.plain("Reactivate"),
        "blocks": [w.section("One moment …")],
    }
    _open_preview(slack, loading)
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=fix_reactivate]").press("Enter")
    expect(tab.find("[data-testid=modal]")).to_contain_text("One moment")
    tab.page.keyboard.press("Tab")

    view_id = slack.look("views", user=DANA)["views"][0]["id"]
    ready = {**loading, "blocks": [w.section("Nothing is written yet.")], "submit": w.plain("Go")}
    slack.web.views_update(view_id=view_id, view=ready)

    expect(tab.find("[data-testid=modal-submit]")).to_be_focused()


def test_an_unanswered_submit_keeps_the_modal(slack: Slack, open_tab: Opener) -> None:
    """With the app gone the modal stays, says so and keeps the entries."""
    _open_preview(slack)
    ts = slack.post(w.ALERT_TEXT, blocks=w.open_alert())
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=fix_reactivate]").click()
    reason = tab.find("[data-testid=modal] [data-action-id=reason_text]")
    reason.fill("a good reason")
    slack.handlers[0].close()  # type: ignore[no-untyped-call]
    expect(tab.find("[data-testid=connection]")).to_have_attribute("data-connected", "false")

    tab.find("[data-testid=modal-submit]").click()

    expect(tab.find("[data-testid=modal-error]")).to_contain_text("Your entries are kept")
    expect(reason).to_have_value("a good reason")
    expect(tab.find("[data-testid=modal-submit]")).to_be_enabled()


def test_pushed_views_stack_and_go_back(slack: Slack, open_tab: Opener) -> None:
    """A pushed view covers the first one; closing it shows the first with its entries."""
    first = {
        "type": "modal",
        "title": w.plain("First"),
        "submit": w.plain("Done"),
        "blocks": [
            {
                "type": "input",
                "block_id": "name",
                "label": w.plain("Name"),
                "element": w.text_input("name_text"),
            },
            w.actions(w.button("Deeper…", "deeper")),
        ],
    }
    second = {"type": "modal", "title": w.plain("Second"), "blocks": [w.section("below")]}
    told: list[Any] = []

    @slack.app.action("start")
    def start(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=first)

    @slack.app.action("deeper")
    def deeper(ack: Any, body: Any, client: Any) -> None:
        ack()
        told.append(body["view"]["state"]["values"]["name"]["name_text"]["value"])
        client.views_push(trigger_id=body["trigger_id"], view=second)

    slack.connect()
    ts = slack.post("x", blocks=[w.actions(w.button("Start…", "start"))])
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=start]").click()
    tab.find("[data-testid=modal] [data-action-id=name_text]").fill("Jane")
    tab.find("[data-testid=modal] [data-action-id=deeper]").click()

    expect(tab.find("[data-testid=modal]")).to_contain_text("Second")
    assert told == ["Jane"]
    tab.page.get_by_role("button", name="Back").click()
    expect(tab.find("[data-testid=modal]")).to_contain_text("First")
    expect(tab.find("[data-testid=modal] [data-action-id=name_text]")).to_have_value("Jane")


def test_an_external_select_asks_while_typing(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """The app's options come for what was typed, and the choice goes back to it."""

    @slack.app.options("customer")
    def options(ack: Any, payload: Any) -> None:
        names = ["Jane Doe", "Janet Dow", "Ben Li"]
        found = [n for n in names if payload["value"].lower() in n.lower()]
        ack(options=[{"text": w.plain(n), "value": n.split()[0]} for n in found])

    slack.app.action("customer")(keep(seen))
    slack.connect()
    element = {
        "type": "external_select",
        "action_id": "customer",
        "min_query_length": 2,
        "placeholder": w.plain("Look for a customer"),
    }
    ts = slack.post("x", blocks=[w.actions(element)])
    tab = open_tab()
    control = tab.message(ts).locator("[data-action-id=customer]")

    control.click()
    expect(tab.find(".list-note")).to_contain_text("at least 2 characters")
    tab.find("[data-testid=list-search]").fill("jan")
    expect(tab.find("[data-testid=option]")).to_have_count(2)
    tab.find("[data-testid=option][data-value=Janet]").click()

    eventually(lambda: seen)
    assert seen[0]["actions"][0]["selected_option"]["value"] == "Janet"
    expect(control).to_contain_text("Janet Dow")


def test_a_file_goes_into_a_modal(
    slack: Slack, open_tab: Opener, seen: list[dict[str, Any]]
) -> None:
    """A CSV chosen in a file input arrives with the submission; other kinds are not taken."""
    view = {
        "type": "modal",
        "callback_id": "import",
        "title": w.plain("Import a file"),
        "submit": w.plain("Import"),
        "blocks": [
            {
                "type": "input",
                "block_id": "csv",
                "label": w.plain("Export of the shop"),
                "element": {
                    "type": "file_input",
                    "action_id": "csv_file",
                    "filetypes": ["csv"],
                    "max_files": 1,
                },
            }
        ],
    }

    @slack.app.action("start")
    def start(ack: Any, body: Any, client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    slack.app.view("import")(keep(seen))
    slack.connect()
    ts = slack.post("x", blocks=[w.actions(w.button("Import…", "start"))])
    tab = open_tab()
    tab.message(ts).locator("button[data-action-id=start]").click()
    field = tab.find("[data-testid=modal] input[data-action-id=csv_file]")

    field.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF"})
    expect(tab.find(".toast")).to_contain_text("only csv files")
    tab.find("[data-testid=modal-submit]").click()
    expect(tab.find("[data-testid=field-error]")).to_contain_text("required")
    field.set_input_files({"name": "orders.csv", "mimeType": "text/csv", "buffer": b"id\n1\n"})
    expect(tab.find(".upload-row")).to_contain_text("orders.csv")
    expect(tab.find("[data-testid=field-error]")).to_be_hidden()
    tab.find("[data-testid=modal-submit]").click()

    expect(tab.find("[data-testid=modal]")).to_have_count(0)
    files = seen[0]["view"]["state"]["values"]["csv"]["csv_file"]["files"]
    assert [file["name"] for file in files] == ["orders.csv"]
