"""The session object under python-quickbooks: time-outs, capture of the reply, our own faults.

python-quickbooks keeps neither status nor headers and cannot read half of the fault shapes; so a
bad reply becomes a QuickBooksFault here, before the library sees it.
"""

import time
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3

from bot.domain import RetryClass
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.in_time import InTime
from bot.quickbooks.redaction import redact
from bot.quickbooks.replies import Reply, fault_of

CONNECT_SECONDS = 10.0
NO_REPLY = "no_reply"
# The longest pause QuickBooks is believed to mean.
_LONGEST_RETRY_AFTER = 3600.0
_CHUNK = 65536
_NO_CONNECTION = ("NewConnectionError", "NameResolutionError", "CERTIFICATE_VERIFY_FAILED")


def open_http(url: str) -> requests.Session:
    """Make the connection pool shared by all threads, for calls to this host; it keeps no cookies.

    Which proxy and certificates the environment asks for is found out once, not at every call.
    """
    http = requests.Session()
    asked = http.merge_environment_settings(url, {}, None, None, None)
    http.proxies.update(asked["proxies"])
    http.verify, http.trust_env = asked["verify"], False
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    http.mount("https://", InTime(pool_connections=8, pool_maxsize=32))
    http.mount("http://", InTime(pool_connections=8, pool_maxsize=32))
    return http


def leave_alone(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An auth hook that does nothing: without one, a .netrc file would replace our header."""
    return request


class BooksSession:
    """One call's session; python-quickbooks asks for `access_token` and `request`."""

    def __init__(
        self,
        http: requests.Session,
        access_token: str,
        timeout: float,
        *,
        writing: bool,
        secrets: Iterable[str] = (),
    ) -> None:
        self.access_token = access_token
        self.reply: Reply | None = None
        # Intuit counts answered calls alone; of one that got no answer nobody knows.
        self.costs_nothing = False
        self._http = http
        self._timeout = (min(CONNECT_SECONDS, timeout), timeout)
        self._writing = writing
        self._secrets = (access_token, *secrets)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        data: str | bytes | Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request. Raises QuickBooksFault for every reply that is not a good one."""
        body = data.encode() if isinstance(data, str) else (data or None)
        try:
            answer = self._http.request(
                method,
                url,
                headers=dict(headers or {}),
                params=dict(params or {}),
                data=body,
                timeout=self._timeout,
                auth=leave_alone,
                allow_redirects=False,
                stream=True,
            )
            with answer:
                content = self._whole(answer)
        except requests.RequestException as error:
            raise self._no_reply(error) from error
        self.reply = Reply(
            answer.status_code,
            content.decode("utf-8", errors="replace"),
            answer.headers.get("intuit_tid", ""),
        )
        self.costs_nothing = answer.status_code >= 300
        fault = fault_of(self.reply, writing=self._writing, secrets=self._secrets)
        if fault is not None:
            fault.retry_after = stated_pause(answer.headers)
            raise fault
        return self.reply

    def _whole(self, answer: requests.Response) -> bytes:
        """Read the body, within what is left of the time-out (bot.quickbooks.in_time)."""
        parts: list[bytes] = []
        try:
            while part := answer.raw.read1(_CHUNK, decode_content=True):
                parts.append(part)
        except urllib3.exceptions.ReadTimeoutError as error:
            raise requests.ReadTimeout(error) from error
        except urllib3.exceptions.HTTPError as error:
            raise requests.ConnectionError(error) from error
        return b"".join(parts)

    def _no_reply(self, error: requests.RequestException) -> QuickBooksFault:
        words = no_reply_words(error)
        self.costs_nothing = never_sent(error)
        return QuickBooksFault(
            f"QuickBooks could not be reached: {words}.",
            errors=(FaultError(NO_REPLY, words, redact(str(error), self._secrets)),),
            retry_class=RetryClass.TRANSIENT,
            reply_lost=self._writing and not self.costs_nothing,
        )


def stated_pause(headers: Mapping[str, str]) -> float | None:
    """How long QuickBooks asks to be left alone (RFC 9110, section 10.2.3); None: it does not."""
    stated = headers.get("Retry-After", "").strip()
    if stated.isdigit():
        return min(float(stated), _LONGEST_RETRY_AFTER)
    try:
        until = parsedate_to_datetime(stated).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None
    return min(max(0.0, until - time.time()), _LONGEST_RETRY_AFTER)


def never_sent(error: requests.RequestException) -> bool:
    """Say whether the request surely did not reach QuickBooks: no connection was made."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    text = str(error)
    return isinstance(error, requests.ConnectionError) and any(
        sign in text for sign in _NO_CONNECTION
    )


def no_reply_words(error: requests.RequestException) -> str:
    """Plain words for a failed connection; they never hold a URL."""
    if isinstance(error, requests.ConnectTimeout) or never_sent(error):
        return "no connection could be made"
    if isinstance(error, requests.Timeout):
        return "the reply did not come in time"
    return "the connection broke before the reply was complete"
