"""The life of modals and the Home tab."""

from typing import Any

import pytest

from tests.sandbox.slack.harness import DANA, GUEST, HARBOR, Slack, eventually
from tests.sandbox.slack.parts import (
    actions,
    button,
    field,
    modal,
    option,
    plain,
    section,
    select,
    text_input,
)
from tests.sandbox.slack.raw_app import SILENT, RawApp, raw_app

Json = dict[str, Any]


def trigger(slack: Slack, app: RawApp) -> str:
    """A fresh trigger id, from a command."""
    slack.act(DANA, "command", channel=HARBOR, command="/hello")
    return str(app.envelopes("slash_commands")[-1]["payload"]["trigger_id"])


def opened(slack: Slack, app: RawApp, view: Json) -> Json:
    """A modal opened for Dana."""
    body = slack.api("views.open", trigger_id=trigger(slack, app), view=view).json()

    assert body["ok"], body
    return dict(body["view"])


def test_views_open_returns_the_whole_view(slack: Slack) -> None:
    """Ids, hash, state and defaults, as Slack returns them."""
    with raw_app(slack) as app:
        view = opened(slack, app, modal(field(text_input()), callback_id="c"))

    assert view["id"].startswith("V")
    assert view["root_view_id"] == view["id"]
    assert view["previous_view_id"] is None
    assert view["state"] == {"values": {"f": {"text": {"type": "plain_text_input", "value": None}}}}
    assert view["app_id"] == slack.world.app_id
    assert view["bot_id"] == slack.world.bot_id
    assert view["hash"]


def test_a_trigger_works_once(slack: Slack) -> None:
    """A second use is exchanged_trigger_id; nonsense is invalid_trigger_id."""
    with raw_app(slack) as app:
        used = trigger(slack, app)
        assert slack.api("views.open", trigger_id=used, view=modal()).json()["ok"]
        again = slack.api("views.open", trigger_id=used, view=modal()).json()
        wrong = slack.api("views.open", trigger_id="1.2.3", view=modal()).json()

    assert again["error"] == "exchanged_trigger_id"
    assert wrong["error"] == "invalid_trigger_id"


def test_a_trigger_lives_three_seconds(slack: Slack) -> None:
    """After them it is expired_trigger_id; an invalid view does not use it up."""
    with raw_app(slack) as app:
        made = trigger(slack, app)
        bad = slack.api("views.open", trigger_id=made, view={"type": "modal"}).json()
        slack.world.triggers[made].made -= 3.1
        late = slack.api("views.open", trigger_id=made, view=modal()).json()

    assert bad["error"] == "invalid_arguments"
    assert late["error"] == "expired_trigger_id"


def test_update_by_id_hash_and_external_id(slack: Slack) -> None:
    """A stale hash conflicts; external ids are unique among open views."""
    with raw_app(slack) as app:
        view = opened(slack, app, modal(external_id="one"))
        stale = {"view_id": view["id"], "hash": "1.nope", "view": modal()}
        assert slack.api("views.update", **stale).json()["error"] == "hash_conflict"
        fresh = {"external_id": "one", "hash": view["hash"], "view": modal(external_id="one")}
        updated = slack.api("views.update", **fresh).json()["view"]
        other = slack.api(
            "views.open", trigger_id=trigger(slack, app), view=modal(external_id="one")
        ).json()

    assert updated["id"] == view["id"]
    assert updated["hash"] != view["hash"]
    assert other["error"] == "duplicate_external_id"
    assert slack.api("views.update", view=modal()).json()["error"] == "invalid_arguments"


def test_a_closed_view_cannot_be_updated(slack: Slack) -> None:
    """not_found, as for one that never was."""
    with raw_app(slack) as app:
        view = opened(slack, app, modal())
        slack.act(DANA, "close", view_id=view["id"])
        body = slack.api("views.update", view_id=view["id"], view=modal()).json()

    assert body["error"] == "not_found"


def test_update_keeps_what_was_typed_where_the_ids_stay(slack: Slack) -> None:
    """Same block_id and action_id: kept. New block_id: reset."""
    with raw_app(slack) as app:
        view = opened(slack, app, modal(field(text_input())))
        slack.act(DANA, "input", view_id=view["id"], block_id="f", action_id="text", value="typed")
        same = modal(section(), field(text_input()))
        kept = slack.api("views.update", view_id=view["id"], view=same).json()["view"]
        fresh = modal(field(text_input(initial_value="new"), block_id="g"))
        reset = slack.api("views.update", view_id=view["id"], view=fresh).json()["view"]

    assert kept["state"]["values"]["f"]["text"]["value"] == "typed"
    assert reset["state"]["values"] == {"g": {"text": {"type": "plain_text_input", "value": "new"}}}


def test_the_stack_holds_three_views(slack: Slack) -> None:
    """Two pushes on a root; the third is push_limit_reached."""
    view = modal(actions(button("more")))
    with raw_app(slack) as app:
        top = opened(slack, app, view)["id"]
        errors = []
        for _ in range(3):
            slack.act(DANA, "button", view_id=top, action_id="more")
            made = app.envelopes("block_actions")[-1]["payload"]["trigger_id"]
            body = slack.api("views.push", trigger_id=made, view=view).json()
            errors.append(body.get("error"))
            top = body["view"]["id"] if body["ok"] else top

    assert errors == [None, None, "push_limit_reached"]
    stack = slack.look("views", user=DANA)["views"]
    assert [v["stack"] for v in stack] == [0, 1, 2]
    assert stack[2]["previous_view_id"] == stack[1]["id"]
    assert {v["root_view_id"] for v in stack} == {stack[0]["id"]}
    covered = slack.act(DANA, "button", view_id=stack[0]["id"], action_id="more")
    assert covered["error"] == "view_covered"


def test_submission_carries_state_with_initial_values(slack: Slack) -> None:
    """Untouched inputs submit their initial values, chosen ones what was chosen."""
    view = modal(
        field(text_input(initial_value="before")),
        field(select("a", "b"), block_id="s"),
        field(
            {"type": "checkboxes", "action_id": "c", "options": [option("x"), option("y")]},
            block_id="c",
            optional=True,
        ),
        field({"type": "datepicker", "action_id": "d", "initial_date": "2026-11-22"}, block_id="d"),
        private_metadata="row 7",
        callback_id="done",
    )
    with raw_app(slack) as app:
        view_id = opened(slack, app, view)["id"]
        slack.act(DANA, "select", view_id=view_id, block_id="s", action_id="pick", value="b")
        done = slack.act(DANA, "submit", view_id=view_id, values={"c": {"c": ["y"]}})
        payload = app.wait_for("view_submission")["payload"]

    assert done["acked"]
    values = payload["view"]["state"]["values"]
    assert values["f"]["text"] == {"type": "plain_text_input", "value": "before"}
    assert values["s"]["pick"]["selected_option"] == option("b", "B")
    assert values["c"]["c"]["selected_options"] == [option("y")]
    assert values["d"]["d"]["selected_date"] == "2026-11-22"
    assert payload["view"]["private_metadata"] == "row 7"
    assert payload["view"]["callback_id"] == "done"
    assert payload["response_urls"] == []
    assert slack.look("views", user=DANA)["views"] == []
    closed = slack.look("views", user=DANA, all=1)["views"]
    assert closed[0]["closed_reason"] == "submitted"


def test_the_client_checks_before_it_submits(slack: Slack) -> None:
    """Missing and malformed inputs are refused without a word to the app."""
    view = modal(
        field(text_input(min_length=3)),
        field({"type": "email_text_input", "action_id": "e"}, block_id="e", optional=True),
        field(
            {
                "type": "number_input",
                "action_id": "n",
                "is_decimal_allowed": False,
                "max_value": "10",
            },
            block_id="n",
            optional=True,
        ),
    )
    with raw_app(slack) as app:
        view_id = opened(slack, app, view)["id"]
        empty = slack.act(DANA, "submit", view_id=view_id)
        wrong = slack.act(DANA, "submit", view_id=view_id, values={"f": "ab", "e": "x", "n": "11"})
        assert app.envelopes("view_submission") == []
        right = slack.act(DANA, "submit", view_id=view_id, values={"f": "abc", "e": "", "n": "9"})

    assert empty["error"] == "invalid_form"
    assert set(empty["errors"]) == {"f"}
    assert set(wrong["errors"]) == {"f", "e", "n"}
    assert right["acked"]


@pytest.mark.parametrize("value", ["z", ["a", "b"]])
def test_a_select_takes_only_its_options(slack: Slack, value: object) -> None:
    """What is not in the list, or two where one goes, is not possible."""
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(field(select("a", "b"), block_id="s")))["id"]
        done = slack.act(DANA, "select", view_id=view_id, action_id="pick", value=value)

    assert done["ok"] is False


def test_response_action_errors_keeps_the_modal_open(slack: Slack) -> None:
    """The errors stand at their blocks; the next submission clears them."""
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(field(text_input(initial_value="x"))))["id"]
        app.answer = lambda _e: {"response_action": "errors", "errors": {"f": "Not that one"}}
        done = slack.act(DANA, "submit", view_id=view_id)
        shown = slack.look("views", user=DANA)["views"][0]
        app.answer = lambda _e: {"response_action": "errors", "errors": {"nowhere": "x"}}
        wrong = slack.act(DANA, "submit", view_id=view_id)

    assert done["ack"]["response_action"] == "errors"
    assert shown["errors"] == {"f": "Not that one"}
    assert wrong["error"] == "invalid_response_errors"


def test_response_action_update_push_and_clear(slack: Slack) -> None:
    """update replaces in place, push stacks, clear closes all."""
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(callback_id="one"))["id"]
        app.answer = lambda _e: {"response_action": "update", "view": modal(callback_id="two")}
        slack.act(DANA, "submit", view_id=view_id)
        assert slack.look("views", user=DANA)["views"][0]["callback_id"] == "two"
        app.answer = lambda _e: {"response_action": "push", "view": modal(callback_id="three")}
        slack.act(DANA, "submit", view_id=view_id)
        stack = slack.look("views", user=DANA)["views"]
        assert [v["callback_id"] for v in stack] == ["two", "three"]
        app.answer = lambda _e: {"response_action": "update", "view": {"type": "modal"}}
        broken = slack.act(DANA, "submit", view_id=stack[1]["id"])
        assert broken["error"] == "invalid_arguments"
        app.answer = lambda _e: {"response_action": "clear"}
        slack.act(DANA, "submit", view_id=stack[1]["id"])

    assert slack.look("views", user=DANA)["views"] == []


def test_an_unacknowledged_submission_leaves_the_modal_with_a_word(slack: Slack) -> None:
    """The client says it had trouble connecting; the modal and its values stay."""
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(field(text_input(initial_value="x"))))["id"]
        app.answer = lambda _e: SILENT
        done = slack.act(DANA, "submit", view_id=view_id)

    assert done["reason"] == "timeout"
    assert "trouble connecting" in done["why"]
    assert slack.look("views", user=DANA)["views"][0]["open"]


def test_notify_on_close_tells_the_app(slack: Slack) -> None:
    """view_closed with is_cleared, only for views that asked."""
    with raw_app(slack) as app:
        quiet = opened(slack, app, modal())["id"]
        slack.act(DANA, "close", view_id=quiet)
        loud = opened(slack, app, modal(notify_on_close=True, private_metadata="p"))["id"]
        slack.act(DANA, "close", view_id=loud)
        payload = app.wait_for("view_closed")["payload"]

    assert len(app.envelopes("view_closed")) == 1
    assert payload["view"]["private_metadata"] == "p"
    assert payload["is_cleared"] is False


def test_dispatch_action_inputs_and_quiet_inputs(slack: Slack) -> None:
    """Only an input with dispatch_action, or one outside input blocks, sends block_actions."""
    view = modal(
        field(text_input("quiet"), block_id="q"),
        field(select("a", "b", action_id="loud"), block_id="l", dispatch_action=True),
        section(accessory=select("c", action_id="side"), block_id="s"),
    )
    with raw_app(slack) as app:
        view_id = opened(slack, app, view)["id"]
        quiet = slack.act(DANA, "input", view_id=view_id, action_id="quiet", value="x")
        slack.act(DANA, "select", view_id=view_id, action_id="loud", value="b")
        slack.act(DANA, "select", view_id=view_id, action_id="side", value="c")
        sent = [e["payload"]["actions"][0] for e in app.envelopes("block_actions")]
        state = app.envelopes("block_actions")[-1]["payload"]["view"]["state"]["values"]

    assert quiet["reason"] == "not_dispatched"
    assert [a["action_id"] for a in sent] == ["loud", "side"]
    assert sent[0]["selected_option"]["value"] == "b"
    assert state["q"]["quiet"]["value"] == "x"


def test_external_select_asks_the_app(slack: Slack) -> None:
    """block_suggestion with the words typed; over a hundred options show nothing."""
    element = {"type": "external_select", "action_id": "who", "min_query_length": 2}
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(field(element, block_id="w")))["id"]
        short = slack.act(DANA, "options", view_id=view_id, action_id="who", query="j")
        app.answer = lambda _e: {"options": [option("1", "Jane Doe")]}
        found = slack.act(DANA, "options", view_id=view_id, action_id="who", query="ja")
        payload = app.wait_for("block_suggestion")["payload"]
        app.answer = lambda _e: {"options": [option(str(n)) for n in range(101)]}
        many = slack.act(DANA, "options", view_id=view_id, action_id="who", query="jan")

    assert short["reason"] == "query_too_short"
    assert found["options"] == [option("1", "Jane Doe")]
    assert payload["value"] == "ja"
    assert payload["block_id"] == "w"
    assert payload["view"]["id"] == view_id
    assert many["options"] == []


def test_home_is_published_opened_and_pressed(slack: Slack) -> None:
    """app_home_opened, views.publish, a button that opens a modal."""
    home = {
        "type": "home",
        "blocks": [actions(button("refresh", value="1"))],
        "private_metadata": "m",
    }
    with raw_app(slack) as app:
        slack.act(DANA, "home")
        event = app.wait_for("app_home_opened")["payload"]["event"]
        view = slack.api("views.publish", user_id=DANA, view=home).json()["view"]
        slack.act(DANA, "button", view_id=view["id"], action_id="refresh")
        payload = app.wait_for("block_actions")["payload"]
        assert slack.api("views.open", trigger_id=payload["trigger_id"], view=modal()).json()["ok"]

    assert event["tab"] == "home"
    assert event["user"] == DANA
    assert payload["container"] == {"type": "view", "view_id": view["id"]}
    assert payload["view"]["private_metadata"] == "m"
    assert "response_url" not in payload
    stale = {"user_id": DANA, "view": home, "hash": "1.x"}
    assert slack.api("views.publish", **stale).json()["error"] == "hash_conflict"
    assert slack.api("views.publish", user_id="U404", view=home).json()["error"] == "user_not_found"


def test_views_belong_to_one_person(slack: Slack) -> None:
    """Nobody else can press or submit in a person's modal."""
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal())["id"]

    assert slack.act(GUEST, "submit", view_id=view_id)["error"] == "view_not_found"
    assert slack.look("views", user=GUEST)["views"] == []


def test_a_conversation_select_can_give_a_response_url(slack: Slack) -> None:
    """response_url_enabled adds response_urls to the submission, and they post there."""
    element = {
        "type": "conversations_select",
        "action_id": "where",
        "response_url_enabled": True,
    }
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(field(element, block_id="w")))["id"]
        slack.act(DANA, "submit", view_id=view_id, values={"w": HARBOR})
        urls = app.wait_for("view_submission")["payload"]["response_urls"]
        slack.http.post(urls[0]["response_url"], json={"text": "hi", "response_type": "in_channel"})

    assert urls[0]["channel_id"] == HARBOR
    assert eventually(slack.messages)[0]["text"] == "hi"


def test_file_input_takes_a_file(slack: Slack) -> None:
    """The file's id and address are in the state; the app reads it with its token."""
    element = {"type": "file_input", "action_id": "csv", "filetypes": ["csv"], "max_files": 1}
    with raw_app(slack) as app:
        view_id = opened(slack, app, modal(field(element, block_id="u")))["id"]
        where = {"view_id": view_id, "block_id": "u", "action_id": "csv"}
        wrong = slack.act(DANA, "file", name="a.pdf", content="x", **where)
        slack.act(DANA, "file", name="a.csv", content="id,name\n1,José\n", **where)
        done = slack.act(DANA, "submit", view_id=view_id)
        state = app.wait_for("view_submission")["payload"]["view"]["state"]["values"]

    assert wrong["error"] == "file_type"
    assert done["acked"]
    stored = state["u"]["csv"]["files"][0]
    bearer = {"authorization": f"Bearer {slack.web.token}"}
    assert (
        slack.http.get(stored["url_private_download"], headers=bearer).text == "id,name\n1,José\n"
    )
    assert "Sign in" in slack.http.get(stored["url_private"]).text


def test_options_and_selects_by_plain_text_title(slack: Slack) -> None:
    """A title with an emoji flag is as good as one without."""
    view = modal(title={**plain("Title"), "emoji": True})
    with raw_app(slack) as app:
        assert opened(slack, app, view)["title"]["emoji"] is True
