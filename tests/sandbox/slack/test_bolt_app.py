"""A Bolt app, written without knowledge of the sandbox, works against it."""

from typing import Any

from tests.sandbox.slack.harness import DANA, HARBOR, Slack, eventually


def test_command_is_acknowledged_and_answered_privately(slack: Slack) -> None:
    """ack(text) appears to the person who typed, and to nobody else."""
    app = slack.bolt()

    @app.command("/hello")
    def hello(ack: Any, command: dict[str, str]) -> None:
        ack(f"Hello {command['text']} from {command['channel_name']}")

    slack.connect(app)
    done = slack.act(DANA, "command", channel=HARBOR, command="/hello", text="world")

    assert done["acked"]
    seen = slack.look("ephemerals", user=DANA)["ephemerals"]
    assert [item["text"] for item in seen] == ["Hello world from books-harbor-foods"]
    assert slack.messages() == []


def test_button_opens_a_modal_and_its_submission_updates_the_message(slack: Slack) -> None:
    """Press, views.open, submit with values, chat.update: the whole loop."""
    app = slack.bolt()

    @app.action("fix")
    def fix(ack: Any, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(
            trigger_id=body["trigger_id"],
            view={
                "type": "modal",
                "callback_id": "confirm",
                "private_metadata": body["message"]["ts"],
                "title": {"type": "plain_text", "text": "Confirm"},
                "submit": {"type": "plain_text", "text": "Post"},
                "blocks": [
                    {
                        "type": "input",
                        "block_id": "why",
                        "label": {"type": "plain_text", "text": "Why"},
                        "element": {"type": "plain_text_input", "action_id": "text"},
                    }
                ],
            },
        )

    @app.view("confirm")
    def confirm(ack: Any, view: dict[str, Any], client: Any) -> None:
        ack()
        why = view["state"]["values"]["why"]["text"]["value"]
        client.chat_update(channel=HARBOR, ts=view["private_metadata"], text=f"Fixed because {why}")

    slack.connect(app)
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "Broken"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "fix",
                    "value": "17",
                    "text": {"type": "plain_text", "text": "Fix"},
                }
            ],
        },
    ]
    ts = slack.web.chat_postMessage(channel=HARBOR, text="Broken", blocks=blocks)["ts"]
    assert slack.act(DANA, "button", channel=HARBOR, ts=ts, action_id="fix")["acked"]
    view = eventually(lambda: slack.look("views", user=DANA)["views"])[0]
    values = {"why": {"text": "I looked"}}
    assert slack.act(DANA, "submit", view_id=view["id"], values=values)["acked"]

    fixed = eventually(lambda: [m for m in slack.messages() if m["updates"]])[0]
    assert fixed["text"] == "Fixed because I looked"
    assert fixed["blocks"] == []
    assert slack.look("views", user=DANA)["views"] == []
