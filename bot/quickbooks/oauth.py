"""Intuit's OAuth through intuit-oauth, with time-outs, a cached discovery and our own faults."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from bot.config import Settings
from bot.domain import RetryClass
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.in_time import InTime
from bot.quickbooks.redaction import redact
from bot.quickbooks.session import (
    CONNECT_SECONDS,
    NO_REPLY,
    leave_alone,
    no_reply_words,
    stated_pause,
)

T = TypeVar("T")
# A token call is small: a minute of silence is an outage, not work.
TOKEN_SECONDS = 30.0
_DISCOVERY_SECONDS = 24 * 3600.0
# Intuit tells a refresh token's hard end (five years) only when asked.
# https://blogs.intuit.com/2025/11/12/important-changes-to-refresh-token-policy
_HARD_EXPIRY_HEADER = "x-include-refresh-token-hard-expires-in"
TOO_MANY = 429
_SERVER_ERROR = 500
# Descriptions of invalid_grant that are about the set-up, not about the token or code.
_SET_UP_MISTAKES = ("incorrect token type or clientid", "redirect uri")
# What intuit-oauth raises over an answer that it cannot read.
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
_CREDENTIAL_MISTAKES = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
    }
)


@dataclass(frozen=True)
class Grant:
    """A token reply; lifetimes in seconds from its receipt, None when not stated."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int | None
    hard_expires_in: int | None


class DeadToken(QuickBooksFault):
    """Intuit no longer accepts this refresh token or code; only a person can give a new one."""


class _Client(AuthClient):  # type: ignore[misc]  # the library has no types
    """AuthClient with time-outs; the discovery document comes from the cache."""

    def __init__(self, discovery: "_Discovery", settings: Settings, timeout: float) -> None:
        self._discovery = discovery
        self._timeout = (min(CONNECT_SECONDS, timeout), min(TOKEN_SECONDS, timeout))
        super().__init__(
            client_id=settings.INTUIT_CLIENT_ID,
            client_secret=settings.INTUIT_CLIENT_SECRET.get_secret_value(),
            redirect_uri=redirect_uri(settings),
            environment=settings.INTUIT_ENVIRONMENT,
        )
        self.headers[_HARD_EXPIRY_HEADER] = "true"
        self.mount("https://", InTime())
        self.mount("http://", InTime())

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send with a time-out; the library sets none."""
        if method.upper() == "GET":
            return self._discovery.through(lambda: self._send(method, url, options))
        return self._send(method, url, options)

    def _send(self, method: str, url: str, options: dict[str, Any]) -> requests.Response:
        options = {**options, "timeout": self._timeout, "auth": leave_alone}
        reply: requests.Response = super().request(method, url, **options)
        return reply


class _Discovery:
    """The last good discovery document, for a day."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reply: requests.Response | None = None
        self._until = 0.0

    def through(self, fetch: Callable[[], requests.Response]) -> requests.Response:
        """Return the kept reply or fetch it; only good ones are kept."""
        with self._lock:
            if self._reply is not None and time.monotonic() < self._until:
                return self._reply
        reply = fetch()
        if reply.status_code == 200:
            with self._lock:
                self._reply, self._until = reply, time.monotonic() + _DISCOVERY_SECONDS
        return reply


def redirect_uri(settings: Settings) -> str:
    """Where Intuit sends the person back; must be listed in the Intuit app, letter by letter."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/oauth/callback"


class Intuit:
    """The four conversations with Intuit's OAuth server. Raises QuickBooksFault, DeadToken."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._discovery = _Discovery()

    def authorize_url(self, state: str) -> str:
        """The consent page's address; `state` is the caller's secret."""
        return str(
            self._talk(lambda client: client.get_authorization_url([Scopes.ACCOUNTING], state), ())
        )

    def exchange(self, code: str, realm_id: str) -> Grant:
        """Turn a consent's code into tokens."""

        def call(client: _Client) -> Grant:
            client.get_bearer_token(code, realm_id=realm_id)
            return _grant(client, "")

        return self._talk(call, (code,))

    def refresh(self, refresh_token: str) -> Grant:
        """Turn a refresh token into new tokens; the old one may be dead from then on."""

        def call(client: _Client) -> Grant:
            client.refresh(refresh_token=refresh_token)
            return _grant(client, refresh_token)

        return self._talk(call, (refresh_token,))

    def revoke(self, refresh_token: str) -> None:
        """Withdraw the permission at Intuit."""
        self._talk(lambda client: client.revoke(token=refresh_token), (refresh_token,))

    def _talk(self, call: Callable[[_Client], T], secrets: tuple[str, ...]) -> T:
        secrets = (*secrets, self._settings.INTUIT_CLIENT_SECRET.get_secret_value())
        timeout = self._settings.QUICKBOOKS_TIMEOUT_SECONDS
        try:
            with _Client(self._discovery, self._settings, timeout) as client:
                return call(client)
        except AuthClientError as error:
            fault = oauth_fault(error.status_code, error.content, error.intuit_tid, secrets)
            fault.retry_after = stated_pause(error.headers or {})
            raise fault from None
        except (requests.RequestException, *_UNREADABLE) as error:
            raise _unreachable(error) from None


def _grant(client: Any, old_refresh_token: str) -> Grant:
    access = client.access_token
    if not isinstance(access, str) or not access:
        msg = "a token reply without an access token"
        raise ValueError(msg)
    return Grant(
        access_token=access,
        refresh_token=client.refresh_token or old_refresh_token,
        expires_in=_seconds(client, "expires_in") or 3600,
        refresh_expires_in=_seconds(client, "x_refresh_token_expires_in"),
        hard_expires_in=_seconds(client, "x_refresh_token_hard_expires_in"),
    )


def _seconds(client: Any, name: str) -> int | None:
    try:
        return int(getattr(client, name, None) or 0) or None
    except (TypeError, ValueError):
        return None


def _unreachable(error: Exception) -> QuickBooksFault:
    """Network trouble and unreadable replies never mean that a token is dead."""
    words = (
        no_reply_words(error)
        if isinstance(error, requests.ConnectionError | requests.Timeout)
        else "its answer could not be read"
    )
    return QuickBooksFault(
        f"Intuit's sign-in service could not be used: {words}.",
        errors=(FaultError(NO_REPLY, words, type(error).__name__),),
        retry_class=RetryClass.TRANSIENT,
        platform="oauth",
    )


def oauth_fault(
    status: int, content: bytes, intuit_tid: str | None, secrets: tuple[str, ...] = ()
) -> QuickBooksFault:
    """Read an error reply of the OAuth server (RFC 6749 section 5.2, and Intuit's own forms)."""
    raw = redact(content.decode("utf-8", errors="replace"), secrets)
    word, description = _error_word(raw)
    if not word and status == 401:
        word = "invalid_client"
    retry_class = _oauth_class(word, status)
    about_set_up = any(words in description.lower() for words in _SET_UP_MISTAKES)
    # A server that is busy or broken says nothing about the token, whatever its words are.
    definite = retry_class is RetryClass.NEEDS_PERSON
    dead = word == "invalid_grant" and definite and not about_set_up
    return (DeadToken if dead else QuickBooksFault)(
        _oauth_sentence(word, dead=dead, refused=definite, status=status),
        errors=(FaultError(word, word or f"HTTP {status}", description),),
        http_status=status,
        intuit_tid=intuit_tid or "",
        raw=raw,
        retry_class=retry_class,
        platform="oauth",
    )


def _error_word(raw: str) -> tuple[str, str]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("error") or ""), str(body.get("error_description") or "")


def _oauth_class(word: str, status: int) -> RetryClass:
    if status == TOO_MANY:
        return RetryClass.THROTTLED
    if status < _SERVER_ERROR and (word == "invalid_grant" or word in _CREDENTIAL_MISTAKES):
        return RetryClass.NEEDS_PERSON
    return RetryClass.TRANSIENT


def _oauth_sentence(word: str, *, dead: bool, refused: bool, status: int) -> str:
    if dead:
        return "Intuit no longer accepts the permission the bot was given."
    if refused:
        return (
            f"Intuit refuses the bot's own keys ({word}): check INTUIT_CLIENT_ID, "
            "INTUIT_CLIENT_SECRET, INTUIT_ENVIRONMENT and PUBLIC_URL. "
            "Connecting again does not help."
        )
    trouble = "is busy" if status == TOO_MANY else "has trouble"
    return f"Intuit's sign-in service {trouble} just now (HTTP {status})."
