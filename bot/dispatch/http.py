"""Signed HTTP from Slack: a cheap check of shape first, then Bolt's own check of the signature."""

import re
from collections.abc import Callable, Mapping

from slack_bolt import App, BoltRequest

# Slack's own payloads stay far below; anything larger is not Slack.
LARGEST_BODY = 1024 * 1024
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

HttpDoor = Callable[[bytes, Mapping[str, str]], tuple[int, Mapping[str, str], str]]

_TEXT = {"content-type": "text/plain;charset=utf-8"}


def http_handler(app: App, signing_secret: str) -> HttpDoor:
    """Make the function behind /slack/events: raw body and headers in, status, headers, body out.

    Bolt answers a timestamp that is no number, or a signature outside ASCII, with a stack trace:
    those never reach it. Without a signing secret nothing is let in.
    """

    def handle(body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], str]:
        if len(body) > LARGEST_BODY:
            return 413, _TEXT, "The body is too large."
        names = {name.lower(): value for name, value in headers.items()}
        text = _decoded(body)
        if not signing_secret or text is None or not _looks_signed(names):
            return 401, _TEXT, "The signature is missing or not valid."
        reply = app.dispatch(BoltRequest(body=text, headers=dict(names)))
        found = {
            name: ", ".join(str(value) for value in values)
            for name, values in reply.headers.items()
        }
        return reply.status, found, reply.body or ""

    return handle


def _decoded(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _looks_signed(headers: Mapping[str, str]) -> bool:
    stamp = headers.get("x-slack-request-timestamp", "")
    signature = headers.get("x-slack-signature", "")
    return bool(_TIMESTAMP.fullmatch(stamp) and _SIGNATURE.fullmatch(signature))
