"""A web address that gives records page by page: the sample of a source that is read over HTTP."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlsplit

import httpx
from pydantic import Field, model_validator

from bot.domain import JsonValue, Payload
from bot.sources import hooks
from bot.sources.hooks import Expression, Rule
from bot.sources.model import Options, Page, Reach, SourceKind, SourceTrouble
from bot.sync import control
from bot.sync.control import TotalIn
from bot.sync.exact_json import parse_json
from bot.sync.reading import parse_record
from bot.sync.records import BadRow, RecordIn

MOST_BYTES = 25 * 1024 * 1024
# A feed that always names a next page would be read for ever; it is gone on with at the next turn.
MOST_PAGES = 1_000
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_WORDS = {
    401: "it does not know the token",
    403: "the token may not read this",
    404: "there is nothing at this address",
    429: "it was asked too often",
}


class Totals(Options):
    """Where a feed says how many documents it has of a day.

    `url`: asked with the day (2026-11-21) in the query parameter `day`, and with the feed's token.
    `each`: where the totals stand; `fields`: key of a total → expression, {} where they are as in
    docs/intake.md.
    """

    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s]+$")]
    day: Annotated[str, Field(min_length=1, max_length=100)] = "day"
    each: Expression = "totals"
    fields: hooks.Fields = Field(default_factory=dict)


class Feed(Options):
    """Where pages are read.

    `url`: answers JSON; `token` goes as Authorization: Bearer. `after`: the name of the query
    parameter that carries the place of the page before; `next`: where the answer says that place
    ("" or nothing: it was the last page). Records stand at `each`; without `rules` they are as in
    docs/records.md, with them they are made as of a webhook. `totals`: where it says its totals.
    """

    url: Annotated[str, Field(max_length=2000, pattern=r"^https?://[^\s]+$")]
    token: Annotated[str, Field(max_length=2000)] = ""
    after: Annotated[str, Field(min_length=1, max_length=100)] = "after"
    next: Expression = "next"
    each: Expression = "records"
    rules: Annotated[list[Rule], Field(max_length=50)] = Field(default_factory=list)
    totals: Totals | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Feed":
        # The token is the feed's: nobody else is told it.
        if self.totals is not None and _place(self.totals.url) != _place(self.url):
            raise ValueError("totals must stand at the same host as url")
        return self


def read(reach: Reach, options: Feed, cursor: Payload) -> Iterator[Page]:
    """Yield a page after another, from the place that is kept on.

    The last page names no next one: it is read again at the next look, and what came since is on
    it or behind it.
    """
    place = str(cursor.get("after") or "")
    with _client(options) as http:
        for _ in range(MOST_PAGES):
            after = {options.after: place} if place else {}
            body = _answer(http, options, options.url, after)
            following = hooks.found(options.next, body)
            following = str(following) if isinstance(following, str | int) else ""
            goes_on = bool(following) and following != place
            kept = following if goes_on else place
            items = tuple(_records(reach, options, body))
            yield Page(items, {"after": kept}, f"feed of {urlsplit(options.url).hostname}")
            if not goes_on:
                return
            place = following


def totals(_reach: Reach, options: Feed, day: date) -> list[TotalIn | BadRow]:
    """Ask how many documents it has of a day; it may know nothing of one."""
    asked = options.totals
    if asked is None:
        return []
    with _client(options) as http:
        body = _answer(http, options, asked.url, {asked.day: day.isoformat()}, "totals")
    rows = hooks.found(asked.each, body)
    if not isinstance(rows, list):
        raise SourceTrouble(f"The totals cannot be read: there is no list at {asked.each}.")
    said = [hooks.object_of(asked.fields, row) if asked.fields else row for row in rows]
    found = [control.parse_total(_counted(row)) for row in said]
    return [row for row in found if isinstance(row, BadRow) or row.day == day]


def _counted(row: JsonValue) -> JsonValue:
    """A count that was written as text is a number."""
    if not isinstance(row, dict):
        return row
    count = row.get("count")
    if isinstance(count, str) and count.isdecimal() and count.isascii():
        return {**row, "count": int(count)}
    return row


def _place(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def _client(options: Feed) -> httpx.Client:
    own = (urlsplit(options.url).hostname or "") in _LOOPBACK
    return httpx.Client(timeout=_TIMEOUT, trust_env=not own, follow_redirects=False)


def _answer(
    http: httpx.Client, options: Feed, url: str, query: Mapping[str, str], what: str = "feed"
) -> JsonValue:
    headers = {"Accept": "application/json"}
    headers |= {"Authorization": f"Bearer {options.token}"} if options.token else {}
    where = httpx.URL(url)
    where = where.copy_merge_params(dict(query)) if query else where
    try:
        with http.stream("GET", where, headers=headers) as reply:
            if reply.status_code != 200:
                why = _WORDS.get(reply.status_code, f"it answered with status {reply.status_code}")
                raise SourceTrouble(f"The {what} cannot be read: {why}.")
            return parse_json(_content(reply))
    except httpx.HTTPError:
        raise SourceTrouble(f"The {what} cannot be read: it did not answer in time.") from None
    except (ValueError, UnicodeError) as error:
        raise SourceTrouble(f"The {what} cannot be read: {error}.") from None


def _content(reply: httpx.Response) -> bytes:
    content = bytearray()
    for chunk in reply.iter_bytes():
        content += chunk
        if len(content) > MOST_BYTES:
            raise SourceTrouble("The feed cannot be read: a page is larger than 25 MB.")
    return bytes(content)


def _records(reach: Reach, options: Feed, body: JsonValue) -> Iterator[RecordIn | BadRow]:
    if options.rules:
        hook = hooks.Hook(each=options.each, rules=options.rules)
        yield from hooks.records(hook, body, reach.time_zone)
        return
    found = hooks.found(options.each, body)
    if found is not None and not isinstance(found, list):
        raise SourceTrouble(f"The feed cannot be read: there is no list at {options.each}.")
    for one in found or ():
        yield parse_record(one, None, reach.time_zone)


def _declares(options: Feed) -> bool:
    return options.totals is not None


KIND = SourceKind(
    "feed", "a web address that gives records page by page", Feed, read, totals, _declares
)
