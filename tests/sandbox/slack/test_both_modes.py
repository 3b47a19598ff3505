"""One Bolt app with every kind of listener, by Socket Mode and by signed HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App

from sandbox.slack.manifest import DEFAULT_EVENTS, DEFAULT_SCOPES
from tests.sandbox.slack.harness import DANA, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import actions, button, field, modal, plain, section, text_input
from tests.sandbox.slack.test_http_mode import Web

EXTERNAL = {"type": "external_select", "action_id": "find", "min_query_length": 2}


def manifest(url: str) -> dict[str, Any]:
    """An app with everything; with an address it works by HTTP."""
    command = {"command": "/hello", "description": "x"} | ({"url": url} if url else {})
    return {
        "display_information": {"name": "Both"},
        "features": {
            "app_home": {"home_tab_enabled": True},
            "bot_user": {"display_name": "Both"},
            "slash_commands": [command],
            "shortcuts": [
                {"name": "Go", "type": "global", "callback_id": "go", "description": "x"},
                {"name": "On", "type": "message", "callback_id": "on", "description": "x"},
            ],
        },
        "oauth_config": {"scopes": {"bot": list(DEFAULT_SCOPES)}},
        "settings": {
            "socket_mode_enabled": not url,
            "interactivity": {"is_enabled": True, "request_url": url},
            "event_subscriptions": {"request_url": url, "bot_events": list(DEFAULT_EVENTS)},
        },
    }


def build(app: App, heard: list[str]) -> None:
    """Every kind of listener a Bolt app can have here."""
    hear_presses(app, heard)
    hear_views(app, heard)
    hear_events(app, heard)


def hear_presses(app: App, heard: list[str]) -> None:
    """Commands, shortcuts, buttons, options."""

    @app.command("/hello")
    def command(ack: Any, respond: Any, client: Any, body: dict[str, Any]) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=form())
        respond("opened", response_type="ephemeral")

    @app.shortcut("go")
    @app.shortcut("on")
    def shortcut(ack: Any, shortcut: dict[str, Any]) -> None:
        ack()
        heard.append(shortcut["type"])

    @app.action("press")
    def action(ack: Any, body: dict[str, Any], respond: Any) -> None:
        ack()
        heard.append(body["container"]["type"])
        respond("seen", replace_original=False)

    @app.options("find")
    def options(ack: Any, payload: dict[str, Any]) -> None:
        name = payload["value"].title()
        ack(options=[{"text": plain(f"{name} Doe"), "value": "58"}])


def hear_views(app: App, heard: list[str]) -> None:
    """Submitted and closed modals."""

    @app.view("form")
    def submitted(ack: Any, view: dict[str, Any]) -> None:
        picked = view["state"]["values"]["who"]["find"]["selected_option"]
        heard.append(picked["text"]["text"])
        if view["state"]["values"]["f"]["text"]["value"] == "no":
            ack(response_action="errors", errors={"f": "Not that."})
        else:
            ack(response_action="update", view=modal(title=plain("Done")))

    @app.view_closed("form")
    def closed(ack: Any) -> None:
        ack()
        heard.append("closed")


def hear_events(app: App, heard: list[str]) -> None:
    """Home, mentions, files."""

    @app.event("app_home_opened")
    def home(client: Any, event: dict[str, Any]) -> None:
        view = {"type": "home", "blocks": [section("Home"), actions(button("press"))]}
        client.views_publish(user_id=event["user"], view=view)

    @app.event("app_mention")
    def mention(say: Any, event: dict[str, Any]) -> None:
        say("you called?", thread_ts=event["ts"])

    @app.event("file_shared")
    def shared(client: Any, event: dict[str, Any]) -> None:
        heard.append(client.files_info(file=event["file_id"])["file"]["name"])

    @app.event("message")
    def message() -> None:
        """Heard and left alone."""

    @app.event("file_created")
    def created() -> None:
        """Heard and left alone."""


def form() -> dict[str, Any]:
    """A modal with a text and an external select."""
    return modal(
        field(text_input()),
        field(EXTERNAL, block_id="who"),
        callback_id="form",
        notify_on_close=True,
    )


@pytest.fixture(params=["socket", "http"])
def heard(request: pytest.FixtureRequest, slack: Slack) -> Iterator[list[str]]:
    """What the app noted, connected in one of the two ways."""
    found: list[str] = []
    app = App(client=slack.web, signing_secret=slack.world.signing_secret)
    build(app, found)
    if request.param == "socket":
        slack.order("app", manifest=manifest(""))
        slack.connect(app)
        yield found
        return
    web = Web()
    web.app = app
    slack.order("app", manifest=manifest(web.url))
    yield found
    web.stop()


def open_form(slack: Slack) -> str:
    """Use the command and return the id of the modal it opens."""
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
    assert done["acked"], done
    views = eventually(lambda: slack.look("views", user=DANA)["views"])
    found: str = views[-1]["id"]
    return found


def test_a_command_opens_a_form_that_is_checked_and_answered(
    slack: Slack, heard: list[str]
) -> None:
    """Command, external options, errors at a field, an update in place, closing."""
    view = open_form(slack)
    eventually(lambda: slack.look("ephemerals", user=DANA)["ephemerals"])
    asked = slack.act(DANA, "options", view_id=view, action_id="find", query="jane")
    assert asked["options"][0]["text"]["text"] == "Jane Doe"
    refused = slack.act(DANA, "submit", view_id=view, values={"f": "no", "who": "58"})
    assert refused["acked"]
    assert slack.look("views", user=DANA)["views"][-1]["errors"] == {"f": "Not that."}
    slack.act(DANA, "submit", view_id=view, values={"f": "yes"})
    assert slack.look("views", user=DANA)["views"][-1]["title"]["text"] == "Done"
    assert heard == ["Jane Doe", "Jane Doe"]
    slack.act(DANA, "close", view_id=view)
    second = open_form(slack)
    slack.act(DANA, "close", view_id=second)
    eventually(lambda: heard[-1] == "closed")


def test_buttons_in_messages_attachments_and_home(slack: Slack, heard: list[str]) -> None:
    """The container says where the button sits; a response_url answers where there is one."""
    row = [actions(button("press"))]
    ts = slack.web.chat_postMessage(channel=HARBOR, text="x", blocks=row)["ts"]
    assert slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="press")["acked"]
    inside = slack.web.chat_postMessage(channel=HARBOR, text="x", attachments=[{"blocks": row}])
    assert slack.act(DANA, "button", channel=HARBOR, ts=inside["ts"], action_id="press")["acked"]
    eventually(lambda: len(slack.look("ephemerals", user=DANA)["ephemerals"]) == 2)

    assert heard == ["message", "message_attachment"]
    slack.act(DANA, "home")
    view = eventually(lambda: slack.look("home", user=DANA)["view"])
    slack.act(DANA, "button", view_id=view["id"], action_id="press")
    eventually(lambda: heard[-1] == "view")


def test_shortcuts_mentions_and_files(slack: Slack, heard: list[str]) -> None:
    """Both kinds of shortcut, a mention answered in its thread, a file looked up."""
    posted = slack.act(DANA, "message", channel=HARBOR, text="@both hello")["message"]
    answer = eventually(lambda: slack.look("messages", thread_ts=posted["ts"])["messages"][1:])
    assert answer[0]["text"] == "you called?"
    assert slack.act(DANA, "shortcut", callback_id="go")["acked"]
    assert slack.act(DANA, "shortcut", callback_id="on", channel=HARBOR, ts=posted["ts"])["acked"]
    slack.act(DANA, "file", channel=HARBOR, name="orders.csv", content="a,b")
    eventually(lambda: len(heard) == 3)

    assert heard == ["shortcut", "message_action", "orders.csv"]
