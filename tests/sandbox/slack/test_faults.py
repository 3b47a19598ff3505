"""Ordered faults of the Web API: what the client sees, and whether the call took effect."""

import httpx
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from tests.sandbox.slack.harness import DANA, HARBOR, Slack
from tests.sandbox.slack.parts import modal
from tests.sandbox.slack.raw_app import raw_app


def texts(slack: Slack) -> list[str]:
    """What stands in the channel."""
    return [m["text"] for m in slack.messages()]


def test_ratelimited_is_retried_by_a_client_that_knows_how(slack: Slack) -> None:
    """429 with Retry-After once; the client's second try gets through."""
    slack.order("faults", fault="ratelimited", seconds=1, match={"method": "chat.postMessage"})
    slack.web.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
    slack.web.chat_postMessage(channel=HARBOR, text="x")

    assert texts(slack) == ["x"]
    calls = slack.look("calls", method="chat.postMessage")["calls"]
    assert [c["error"] for c in calls] == ["ratelimited", None]


@pytest.mark.parametrize(
    ("fault", "status", "error"),
    [
        ("ratelimited", 429, "ratelimited"),
        ("fatal_error", 200, "fatal_error"),
        ("token_revoked", 200, "token_revoked"),
        ("error:restricted_action", 200, "restricted_action"),
    ],
)
def test_faults_that_answer(slack: Slack, fault: str, status: int, error: str) -> None:
    """The error in its shape, and no effect."""
    slack.order("faults", fault=fault)
    answer = slack.api("chat.postMessage", channel=HARBOR, text="x")

    assert answer.status_code == status
    assert answer.json()["error"] == error
    assert ("retry-after" in answer.headers) == (status == 429)
    assert texts(slack) == []


def test_internal_error_is_not_json(slack: Slack) -> None:
    """HTTP 500 with a page, as a broken server gives."""
    slack.order("faults", fault="internal_error")
    answer = slack.api("chat.postMessage", channel=HARBOR, text="x")

    assert answer.status_code == 500
    assert not answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("kind", ["timeout", "reset"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_lost_answers(slack: Slack, kind: str, moment: str) -> None:
    """The connection ends without an answer; "after" the message is there nevertheless."""
    slack.order("faults", fault=f"{kind}_{moment}", seconds=0.1)
    with pytest.raises(httpx.TransportError):
        slack.api("chat.postMessage", channel=HARBOR, text="x")

    assert texts(slack) == (["x"] if moment == "after" else [])
    assert slack.api("auth.test").json()["ok"]


def test_a_timeout_holds_the_connection(slack: Slack) -> None:
    """A client with a shorter patience gives up by itself."""
    slack.order("faults", fault="timeout_after", seconds=2)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(
            f"{slack.url}/api/chat.postMessage",
            data={"channel": HARBOR, "text": "x", "token": str(slack.web.token)},
            timeout=0.3,
            trust_env=False,
        )

    assert texts(slack) == ["x"]


def test_times_and_match(slack: Slack) -> None:
    """A fault hits what it matches, as often as ordered, then it is gone."""
    slack.order("faults", fault="fatal_error", times=2, match={"channel": HARBOR})
    slack.web.chat_postMessage(channel="general", text="elsewhere")
    for _ in range(2):
        with pytest.raises(SlackApiError, match="fatal_error"):
            slack.web.chat_postMessage(channel=HARBOR, text="x")
    slack.web.chat_postMessage(channel=HARBOR, text="y")

    assert texts(slack) == ["y"]
    assert slack.look("faults")["faults"] == []


def test_a_revoked_token_stays_revoked_until_forgiven(slack: Slack) -> None:
    """Without `times` it holds; DELETE ends it."""
    slack.order("faults", fault="token_revoked")
    assert [slack.api("auth.test").json().get("error") for _ in range(3)] == ["token_revoked"] * 3
    slack.http.delete("/control/faults")
    assert slack.api("auth.test").json()["ok"]


@pytest.mark.parametrize(
    "body",
    [
        {"fault": "nonsense"},
        {"fault": "fatal_error", "times": 0},
        {"fault": "fatal_error", "match": {"user": "x"}},
        {"fault": "ratelimited", "seconds": -1},
        {"fault": "disconnect", "reason": "boredom"},
        {},
    ],
)
def test_orders_that_make_no_sense(slack: Slack, body: dict[str, object]) -> None:
    """HTTP 400 with a sentence."""
    answer = slack.http.post("/control/faults", json=body)

    assert answer.status_code == 400
    assert answer.json()["why"]


def test_response_urls_suffer_too(slack: Slack) -> None:
    """`match.method` response_url; the use does not count, or does when the answer is lost."""
    with raw_app(slack) as app:
        slack.act(DANA, "command", channel=HARBOR, command="/hello")
        url = app.wait_for("slash_commands")["payload"]["response_url"]
    match = {"method": "response_url"}
    slack.order("faults", fault="ratelimited", match=match)
    assert slack.http.post(url, json={"text": "1"}).status_code == 429
    slack.order("faults", fault="reset_after", match=match)
    with pytest.raises(httpx.TransportError):
        slack.http.post(url, json={"text": "2"})

    assert [e["text"] for e in slack.look("ephemerals", user=DANA)["ephemerals"]] == ["2"]


def test_an_envelope_that_comes_after_the_person_gave_up(slack: Slack) -> None:
    """Three seconds pass, the person reads a timeout, the app gets it with a dead trigger."""
    slack.order("faults", fault="late_envelope", seconds=3.05)
    with raw_app(slack) as app:
        done = slack.act(DANA, "command", channel=HARBOR, command="/hello")
        trigger = app.wait_for("slash_commands")["payload"]["trigger_id"]
        body = slack.api("views.open", trigger_id=trigger, view=modal()).json()

    assert done["reason"] == "timeout"
    assert body["error"] == "expired_trigger_id"
