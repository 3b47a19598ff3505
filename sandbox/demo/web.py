"""HTTP as the demo needs it: control calls, the shop's intake, and a browser without a screen."""

import json
from collections.abc import Callable, Mapping, Sequence
from html.parser import HTMLParser
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import urljoin

import httpx

from sandbox.demo.children import DemoError

Json = dict[str, Any]


class Http:
    """One client for everything on this machine; proxies of the environment are not asked."""

    def __init__(self) -> None:
        self._client = httpx.Client(timeout=30, trust_env=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def get(self, url: str, **params: str) -> Json:
        """GET JSON. Raises DemoError."""
        return self._answer(lambda: self._client.get(url, params=params), url)

    def post(self, url: str, body: Any, token: str = "") -> Json:
        """POST JSON. Raises DemoError."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self._answer(lambda: self._client.post(url, json=body, headers=headers), url)

    def delete(self, url: str, **params: str) -> Json:
        """DELETE, answered in JSON. Raises DemoError."""
        return self._answer(lambda: self._client.delete(url, params=params), url)

    def status(self, url: str) -> int:
        """The status of a GET; 0 when nobody answers."""
        try:
            return self._client.get(url).status_code
        except httpx.HTTPError:
            return 0

    def allow_access(self, link: str, realm: str) -> None:
        """Do what a person does with a one-time link: open, go on, choose the company, allow.

        Raises DemoError when the way does not end on the bot's page.
        """
        shown = self._client.get(link)
        sent = self._client.post(link)
        consent = self._client.get(_next(link, sent)) if shown.is_success else sent
        form = Form.read(consent.text)
        answer = {**form.hidden, "realm": realm, "decision": "connect"}
        address = urljoin(str(consent.url), form.action)
        ended = self._client.post(address, data=answer, follow_redirects=True)
        if not ended.is_success:
            words = " ".join(Words.read(ended.text).split())
            raise DemoError(f"The company could not be connected: {words[:300]}")

    def _answer(self, send: Callable[[], httpx.Response], url: str) -> Json:
        try:
            reply = send()
            found: Json = reply.json()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise DemoError(f"{url} does not answer: {error}") from None
        if not reply.is_success:
            raise DemoError(f"{url} answers {reply.status_code}: {reply.text[:300]}")
        return found


def _next(link: str, reply: httpx.Response) -> str:
    if reply.status_code != 303:
        raise DemoError(f"The link {link} leads nowhere: HTTP {reply.status_code}")
    return urljoin(link, reply.headers["location"])


class Form(HTMLParser):
    """The form of a page: where it goes and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.hidden: dict[str, str] = {}

    @classmethod
    def read(cls, html: str) -> "Form":
        """Read a page."""
        parser = cls()
        parser.feed(html)
        return parser

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Notice forms and hidden inputs."""
        found: Mapping[str, str | None] = dict(attrs)
        if tag == "form":
            self.action = found.get("action") or ""
        elif tag == "input" and found.get("type") == "hidden" and found.get("name"):
            self.hidden[found["name"] or ""] = found.get("value") or ""


class Words(HTMLParser):
    """The words of a page, for an error message."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._skip = False

    @classmethod
    def read(cls, html: str) -> str:
        """Read a page."""
        parser = cls()
        parser.feed(html)
        return " ".join(parser._parts)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Leave styles out."""
        del attrs
        self._skip = tag in ("style", "script", "title")

    def handle_endtag(self, tag: str) -> None:
        """Read on after a style."""
        del tag
        self._skip = False

    def handle_data(self, data: str) -> None:
        """Keep visible words."""
        if not self._skip:
            self._parts.append(data)


def wait_until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Look again and again until `done`. Raises DemoError with `otherwise`."""
    end = monotonic() + seconds
    while not done():
        if monotonic() > end:
            raise DemoError(otherwise)
        Event().wait(0.1)
