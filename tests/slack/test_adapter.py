"""The adapter over a real socket: what is posted, what a failure means, who people are."""

import contextlib
import socket
import threading
import time
from datetime import timedelta

import httpx
import pytest

from bot.config import Settings
from bot.domain import RetryClass
from bot.slack import Member, Slack, SlackFault
from bot.slack.blocks import actions, button, modal, section
from bot.slack.pace import Pace
from tests.incidents.house import Json, MovedClock

DANA = "U0DANA0001"


def control(local_slack: Json, what: str, body: Json | None = None, **query: str) -> Json:
    """Ask or order through the control API."""
    url = f"{local_slack['control_url']}/{what}"
    if body is None:
        return dict(httpx.get(url, params=query, trust_env=False).json())
    reply = httpx.post(url, json=body, trust_env=False)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


def last(local_slack: Json, channel: str) -> Json:
    """The newest message of a channel."""
    return dict(control(local_slack, "messages", channel=channel)["messages"][-1])


def fault(local_slack: Json, name: str, method: str, times: int = 1, seconds: float = 1) -> None:
    """Make one method fail."""
    body = {"fault": name, "times": times, "seconds": seconds, "match": {"method": method}}
    control(local_slack, "faults", body)


def test_text_never_mentions_anybody(slack: Slack, local_slack: Json) -> None:
    """Words from data are escaped in the fallback and inert in the blocks."""
    channel = local_slack["channels"]["general"]
    slack.post(channel, "<!channel> *bold* & <@U0DANA0001>\nsecond line")

    message = last(local_slack, channel)
    assert message["text"].startswith("&lt;!channel&gt; *bold* &amp; &lt;@U0DANA0001&gt;")
    assert message["blocks"][0]["type"] == "rich_text"


def test_a_message_is_posted_edited_and_found_by_its_metadata(
    slack: Slack, local_slack: Json, clock: MovedClock
) -> None:
    """The history is searched for all keys, among our own messages only."""
    channel = local_slack["channels"]["general"]
    metadata = {"event_type": "qb_incident", "event_payload": {"incident_id": 7, "opened": "a"}}
    since = clock.now() - timedelta(hours=1)
    ts = slack.post(channel, "One", [section("One")], metadata).ts
    slack.edit(channel, ts, "Two", [section("Two")], metadata)

    assert last(local_slack, channel)["text"] == "Two"
    assert slack.find_message(channel, {"incident_id": 7, "opened": "a"}, since) == ts
    assert slack.find_message(channel, {"incident_id": 7, "opened": "b"}, since) is None
    assert slack.find_message(channel, {"incident_id": 8}, since) is None


@pytest.mark.parametrize(
    ("name", "error", "unknown", "kind"),
    [
        ("reset_after", "no_answer", True, RetryClass.TRANSIENT),
        ("timeout_before", "no_answer", True, RetryClass.TRANSIENT),
        ("fatal_error", "fatal_error", True, RetryClass.TRANSIENT),
        ("internal_error", "malformed_answer", True, RetryClass.TRANSIENT),
        ("ratelimited", "ratelimited", False, RetryClass.THROTTLED),
        ("error:is_archived", "is_archived", False, RetryClass.NEEDS_PERSON),
        ("error:invalid_auth", "invalid_auth", False, RetryClass.AUTH),
    ],
)
def test_a_failed_post_says_how_to_go_on(
    slack: Slack, local_slack: Json, name: str, error: str, unknown: bool, kind: RetryClass
) -> None:
    """A post is tried once: whether it may have been done is told, never guessed."""
    fault(local_slack, name, "chat.postMessage", seconds=5)
    with pytest.raises(SlackFault) as caught:
        slack.post(local_slack["channels"]["general"], "Hello")

    assert caught.value.error == error
    assert caught.value.outcome_unknown is unknown
    assert caught.value.retry_class is kind
    assert "xoxb" not in caught.value.message
    assert caught.value.message.endswith(".")
    if kind is RetryClass.THROTTLED:
        assert caught.value.retry_after == 5


def test_what_may_be_repeated_is_repeated_once(slack: Slack, local_slack: Json) -> None:
    """A reset of a read or an edit is not even noticed."""
    channel = local_slack["channels"]["general"]
    ts = slack.post(channel, "One").ts
    fault(local_slack, "reset_before", "chat.update")
    slack.edit(channel, ts, "Two")

    assert last(local_slack, channel)["text"] == "Two"


def test_a_short_limit_is_waited_for(slack: Slack, local_slack: Json) -> None:
    """One second of 429 is waited out; longer is the caller's to schedule."""
    fault(local_slack, "ratelimited", "chat.postMessage", seconds=1)
    channel = local_slack["channels"]["general"]
    slack.post(channel, "After a second")

    assert last(local_slack, channel)["text"] == "After a second"


def test_nobody_listening_means_it_certainly_did_not_arrive() -> None:
    """A refused connection is no unknown outcome."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    settings = Settings.from_mapping(
        {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_BASE_URL": f"http://127.0.0.1:{port}/api"}
    )
    with pytest.raises(SlackFault) as caught:
        Slack(settings, MovedClock(), timeout=1).post("C1", "Hello")

    assert caught.value.error == "unreachable"
    assert not caught.value.outcome_unknown


def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    local_slack: Json, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY and HTTPS_PROXY point nowhere; loopback is reached all the same."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    settings = Settings.from_mapping(
        {
            "SLACK_BOT_TOKEN": local_slack["bot_token"],
            "SLACK_API_BASE_URL": local_slack["api_url"],
        }
    )
    channel = local_slack["channels"]["general"]

    assert Slack(settings, clock).post(channel, "Hello").ts


def test_people_are_known_and_remembered_for_five_minutes(
    slack: Slack, local_slack: Json, clock: MovedClock
) -> None:
    """One lookup in five minutes; guests and bots are told apart."""
    dana = slack.member(DANA)
    assert dana == Member(DANA, dana.name)
    assert "Dana" in dana.name
    assert slack.member("U0GUEST001").is_guest
    assert slack.member(slack.bot_user_id()).is_bot
    assert slack.team_id() == local_slack["team_id"]

    count = len(control(local_slack, "calls", method="users.info")["calls"])
    slack.member(DANA)
    assert len(control(local_slack, "calls", method="users.info")["calls"]) == count
    clock.forward(minutes=6)
    slack.member(DANA)
    assert len(control(local_slack, "calls", method="users.info")["calls"]) == count + 1

    with pytest.raises(SlackFault, match="user_not_found"):
        slack.member("U0NOBODY01")


def test_a_user_group_is_read(slack: Slack, local_slack: Json) -> None:
    """The members of a group decide roles."""
    group = control(
        local_slack, "usergroups", {"handle": "approvers", "users": ["U0PRIYA001", "U0SAM00001"]}
    )
    group_id = group.get("usergroup", group)["id"]

    assert slack.group_members(group_id) == {"U0PRIYA001", "U0SAM00001"}


def test_an_ephemeral_message_reaches_one_person(slack: Slack, local_slack: Json) -> None:
    """Only the person who asked sees it."""
    channel = local_slack["channels"]["books-harbor-foods"]
    slack.ephemeral(channel, DANA, "Only an approver can do this at Harbor Foods: Priya or Sam.")

    shown = control(local_slack, "ephemerals", user=DANA, channel=channel)["ephemerals"]
    assert shown[-1]["text"].startswith("Only an approver")
    assert control(local_slack, "ephemerals", user="U0ALEX0001")["ephemerals"] == []


def test_a_file_is_downloaded(slack: Slack, local_slack: Json) -> None:
    """Name and bytes come back as they were handed over."""
    body = {"type": "file", "user": DANA, "name": "orders.csv", "content": "order,name\n1,Zoë\n"}
    file = control(local_slack, "act", body)["file"]

    assert slack.download(file["id"]) == ("orders.csv", "order,name\n1,Zoë\n".encode())


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/response/1",
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com@evil.example/1",
        "http://127.0.0.1:1/response/1",
        "",
    ],
)
def test_nothing_is_sent_to_a_foreign_response_url(slack: Slack, url: str) -> None:
    """Only Slack's own hosts, or the configured stand-in."""
    with pytest.raises(SlackFault) as caught:
        slack.respond(url, "secret words")

    assert caught.value.error == "foreign_address"


def test_an_expired_response_url_is_a_fault(slack: Slack, local_slack: Json) -> None:
    """An address that is used up or never was."""
    base = local_slack["page_url"].rstrip("/")
    with pytest.raises(SlackFault):
        slack.respond(f"{base}/response/nothing", "Hello")


def test_updating_a_modal_that_is_closed_is_harmless(slack: Slack) -> None:
    """False instead of an exception: the person went away."""
    view = modal("Reactivate and post", [section("Words")], submit="Post")

    assert slack.update_view("V0NOTHERE1", view) is False


def test_a_view_needs_a_living_trigger(slack: Slack) -> None:
    """An invented or used trigger id is refused with the sentence for a person."""
    with pytest.raises(SlackFault):
        slack.open_view("1.2.abc", modal("Title", [actions([button("Go", "go", "1")])]))


def test_posts_keep_to_one_a_second_after_a_burst_of_five() -> None:
    """Each channel has its own bucket, and eight threads cannot take more than there is."""
    pace = Pace()
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(pace.take("C1"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert waits.count(0.0) == 5
    assert pace.take("C2") == 0.0


def test_a_channel_that_is_full_answers_throttled(
    slack: Slack, local_slack: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wait that is too long is left to the schedule, and nothing is posted."""
    monkeypatch.setattr(Pace, "take", lambda self, channel: 7.5)
    with pytest.raises(SlackFault) as caught:
        slack.post(local_slack["channels"]["general"], "Hello")

    assert caught.value.retry_class is RetryClass.THROTTLED
    assert caught.value.retry_after == 7.5


@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nX-Wait: ", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"]
)
def test_a_reply_that_trickles_ends_with_the_time_out(begun: bytes) -> None:
    """A byte now and then keeps every single wait short; the whole reply has one time-out."""
    listener = socket.create_server(("127.0.0.1", 0))

    def trickle() -> None:
        with listener.accept()[0] as connection:
            connection.recv(65536)
            with contextlib.suppress(OSError):  # who waited long enough hangs up
                for part in [begun, *[b"."] * 100]:
                    connection.sendall(part)
                    threading.Event().wait(0.1)

    threading.Thread(target=trickle, daemon=True).start()
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
    settings = Settings.from_mapping({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_API_BASE_URL": address})
    started = time.monotonic()
    with listener, pytest.raises(SlackFault) as caught:
        Slack(settings, MovedClock(), timeout=1).post("C1", "words")

    assert (caught.value.error, caught.value.outcome_unknown) == ("no_answer", True)
    assert time.monotonic() - started < 6
