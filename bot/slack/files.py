"""Plain HTTP beside the Web API: response URLs and private files, only at Slack's own hosts."""

from urllib.parse import urlsplit

import httpx

from bot.domain import Payload
from bot.slack.calls import LOOPBACK
from bot.slack.faults import SlackFault

LARGEST_FILE = 20 * 1024 * 1024
_RESPONSE_HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
_FILE_HOSTS = frozenset({"files.slack.com", "slack-files.com", "files.slack-gov.com"})
_TIMEOUT = httpx.Timeout(20.0, connect=5.0)


def send_response(base_url: str, url: str, body: Payload) -> None:
    """POST to a response_url; refuses any host but Slack's (or the configured stand-in)."""
    _require_host(base_url, url, _RESPONSE_HOSTS)
    try:
        with _http(base_url) as http:
            reply = http.post(url, json=body)
    except httpx.ConnectError:
        raise SlackFault("unreachable") from None
    except httpx.HTTPError:
        raise SlackFault("no_answer", outcome_unknown=True) from None
    if reply.status_code == 429:
        raise SlackFault("ratelimited", retry_after=_seconds(reply))
    if reply.status_code >= 400 or '"ok":false' in reply.text.replace(" ", ""):
        raise SlackFault(_error_of(reply))


def fetch(base_url: str, token: str, url: str) -> bytes:
    """Download a private file with our token, which never goes to another host than Slack's."""
    _require_host(base_url, url, _FILE_HOSTS)
    headers = {"Authorization": f"Bearer {token}"}
    try:
        with _http(base_url) as http, http.stream("GET", url, headers=headers) as reply:
            if reply.status_code >= 300:
                raise SlackFault("file_not_found")
            return _read(reply)
    except httpx.HTTPError:
        raise SlackFault("no_answer") from None


def send(base_url: str, url: str, content: bytes) -> None:
    """Hand a file's bytes over at the address Slack gave for them, and at no other host."""
    _require_host(base_url, url, _FILE_HOSTS)
    try:
        with _http(base_url) as http:
            reply = http.post(url, content=content)
    except httpx.HTTPError:
        raise SlackFault("no_answer") from None
    if reply.status_code >= 300:
        raise SlackFault("file_not_taken")


def _read(reply: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in reply.iter_bytes():
        content += chunk
        if len(content) > LARGEST_FILE:
            raise SlackFault("file_too_large")
    return bytes(content)


def _require_host(base_url: str, url: str, hosts: frozenset[str]) -> None:
    own, asked = urlsplit(base_url), urlsplit(url)
    stand_in = own.hostname in LOOPBACK and asked.netloc == own.netloc
    slack = asked.scheme == "https" and (asked.hostname or "") in hosts and asked.username is None
    if not (stand_in or slack):
        raise SlackFault("foreign_address")


def _http(base_url: str) -> httpx.Client:
    loopback = urlsplit(base_url).hostname in LOOPBACK
    return httpx.Client(timeout=_TIMEOUT, trust_env=not loopback, follow_redirects=False)


def _seconds(reply: httpx.Response) -> float:
    value = reply.headers.get("retry-after", "1")
    return float(value) if value.isdigit() else 1.0


def _error_of(reply: httpx.Response) -> str:
    try:
        said = reply.json().get("error")
    except (ValueError, AttributeError):
        said = None
    return str(said or "expired_url")
