"""One call to Slack's Web API: time-out, our own retries, every failure as a SlackFault."""

import socket
import ssl
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from threading import Event
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web import SlackResponse

from bot.slack.faults import SlackFault, maybe_done
from bot.slack.in_time import opener

log = structlog.get_logger(__name__)

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Waiting longer than this is left to the caller's own schedule.
THROTTLE_PATIENCE = 2.0
TIMEOUT_SECONDS = 20


class _Client(WebClient):
    """A WebClient whose replies have one time-out each, and whose loopback takes no proxy.

    slack_sdk and urllib take HTTP(S)_PROXY without asking whether the host is this machine.
    """

    def _perform_urllib_http_request_internal(
        self, url: str, req: urllib.request.Request
    ) -> dict[str, Any]:
        proxies = {"http": self.proxy, "https": self.proxy} if self.proxy else None
        if (urlsplit(url).hostname or "") in LOOPBACK:
            proxies = {}
        with opener(proxies, self.ssl).open(req, timeout=self.timeout) as reply:
            charset = reply.headers.get_content_charset() or "utf-8"
            body = reply.read().decode(charset, "replace")
            return {"status": reply.status, "headers": reply.headers, "body": body}


def make_client(token: str, base_url: str, timeout: int = TIMEOUT_SECONDS) -> WebClient:
    """Make a client without slack_sdk's own retries (they would post twice after a reset)."""
    client = _Client(token=token, base_url=base_url, timeout=timeout, retry_handlers=[])
    if (urlsplit(base_url).hostname or "") in LOOPBACK:
        client.proxy = None
    return client


class Caller:
    """Makes calls with at most two tries; `stop` ends every wait."""

    def __init__(self, client: WebClient, stop: Event | None = None) -> None:
        self.client = client
        self._stop = stop or Event()

    def wait(self, seconds: float) -> None:
        """Wait, unless the process is stopping."""
        self._stop.wait(seconds)

    def call(
        self, do: Callable[[WebClient], SlackResponse], *, repeatable: bool = True
    ) -> SlackResponse:
        """Call once, and once more when that is safe.

        A request that never arrived is repeated; one whose outcome is unknown only if it is
        `repeatable` (doing it twice is the same as once). 429 is waited for if it is short.
        """
        try:
            return self._once(do)
        except SlackFault as fault:
            if fault.error == "unreachable" or (fault.outcome_unknown and repeatable):
                self.wait(0.2)
            elif 0 < fault.retry_after <= THROTTLE_PATIENCE:
                self.wait(fault.retry_after)
            else:
                raise
        return self._once(do)

    def _once(self, do: Callable[[WebClient], SlackResponse]) -> SlackResponse:
        try:
            return do(self.client)
        except SlackApiError as error:
            raise _fault_of(error) from None
        except URLError as error:
            raise _unreachable_or_lost(error.reason) from None
        except (OSError, HTTPException, ssl.SSLError) as error:
            raise _unreachable_or_lost(error) from None
        except (SlackClientError, ValueError) as error:
            raise SlackFault("malformed_answer", outcome_unknown=True) from error


def _fault_of(error: SlackApiError) -> SlackFault:
    response = error.response
    status = getattr(response, "status_code", 0)
    data = getattr(response, "data", response)
    body = data if isinstance(data, dict) else {}
    said = str(body.get("error") or "malformed_answer")
    if status == 429:
        return SlackFault("ratelimited", retry_after=_retry_after(response))
    if " " in said:  # slack_sdk puts a sentence here when the body was no JSON
        said = "malformed_answer"
    if status >= 500 and not maybe_done(said):
        said = "internal_error"
    needed = body.get("needed")
    hint = f"The app needs the scope {needed}." if needed else ""
    if said == "invalid_blocks" or said == "invalid_arguments":
        log.error("slack refused our blocks", details=str(body.get("response_metadata"))[:500])
    return SlackFault(said, outcome_unknown=maybe_done(said), hint=hint)


def _retry_after(response: object) -> float:
    headers = getattr(response, "headers", {}) or {}
    value = next((v for k, v in headers.items() if k.lower() == "retry-after"), "1")
    try:
        return max(0.1, float(value))
    except (TypeError, ValueError):
        return 1.0


def _unreachable_or_lost(reason: object) -> SlackFault:
    """Tell "it never arrived" from "it may have been done"."""
    if isinstance(reason, (ConnectionRefusedError, socket.gaierror)):
        return SlackFault("unreachable")
    return SlackFault("no_answer", outcome_unknown=True)
