"""Requests to the app's own addresses, signed as Slack signs them.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import httpx

from sandbox.slack.jsontypes import Json
from sandbox.slack.realtime.sockets import Ack
from sandbox.slack.world import World

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request to be made."""

    kind: str
    payload: Json
    url: str
    attempt: int = 0
    why: str = ""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """`v0=…` over `v0:timestamp:body`."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


async def send_signed(world: World, request: Request, timeout: float) -> Ack:
    """Post one request and read the answer; every failure is a reason, never an exception."""
    if urlsplit(request.url).hostname not in LOOPBACK:
        # This program talks to this machine only; an address of the internet is not called.
        return Ack(False, 0, None, "request_url_not_local", "")
    if request.kind == "events_api" and not await _verified(world, request.url, timeout):
        return Ack(False, 0, None, "url_not_verified", "")
    body, content_type = _encode(request)
    headers = _headers(world, request, body, content_type)
    start = time.monotonic()
    try:
        answer = await _post(request.url, body, headers, timeout)
    except httpx.TimeoutException:
        return Ack(False, _since(start), None, "timeout", "")
    except httpx.HTTPError:
        return Ack(False, _since(start), None, "connection_failed", "")
    if not 200 <= answer.status_code < 300:
        retry = answer.headers.get("x-slack-no-retry") != "1"
        return Ack(False, _since(start), None, "http_error", "", retry)
    return Ack(True, _since(start), _read(answer), "", "")


async def _post(url: str, body: bytes, headers: dict[str, str], timeout: float) -> httpx.Response:
    # Only this machine is called, where a certificate is self-made if there is one; loading the
    # public authorities for each request would also hold the event loop.
    async with httpx.AsyncClient(timeout=timeout, trust_env=False, verify=False) as client:
        return await client.post(url, content=body, headers=headers)


async def _verified(world: World, url: str, timeout: float) -> bool:
    """An events address must first answer Slack's challenge, once."""
    async with world.verifying:
        return url in world.verified_urls or await _challenge(world, url, timeout)


async def _challenge(world: World, url: str, timeout: float) -> bool:
    challenge = hashlib.sha256(url.encode()).hexdigest()[:40]
    payload = {
        "token": world.verification_token,
        "challenge": challenge,
        "type": "url_verification",
    }
    body = json.dumps(payload).encode()
    headers = _headers(world, Request("events_api", payload, url), body, "application/json")
    try:
        answer = await _post(url, body, headers, timeout)
    except httpx.HTTPError:
        return False
    if answer.status_code == 200 and challenge in answer.text:
        world.verified_urls.add(url)
        return True
    return False


def _encode(request: Request) -> tuple[bytes, str]:
    if request.kind == "events_api":
        return json.dumps(request.payload).encode(), "application/json"
    form = request.payload
    if request.kind == "interactive":
        form = {"payload": json.dumps(request.payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _headers(world: World, request: Request, body: bytes, content_type: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    headers = {
        "content-type": content_type,
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": sign(world.signing_secret, timestamp, body),
    }
    if request.attempt:
        headers["x-slack-retry-num"] = str(request.attempt)
        headers["x-slack-retry-reason"] = request.why
    return headers


def _read(answer: httpx.Response) -> Json | str | None:
    if not answer.text.strip():
        return None
    if "json" in answer.headers.get("content-type", ""):
        try:
            found = answer.json()
        except ValueError:
            return answer.text
        return found if isinstance(found, dict) else answer.text
    return answer.text


def _since(start: float) -> int:
    return round((time.monotonic() - start) * 1000)
