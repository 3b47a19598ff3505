"""Reads the bot's messages from the local Slack, as they are, and says when one changes."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any, TypeVar

from sandbox.demo.children import DemoError
from sandbox.demo.web import Http
from sandbox.drill.names import folded

Json = dict[str, Any]
Found = TypeVar("Found")
_PAUSE_SECONDS = 0.12
_COUNTED = re.compile(r"([\d,]+) (invoice|payment|bill|document|record|customer|item|order)s?\b")


@dataclass(frozen=True)
class Post:
    """A top-level message of the bot as it is now."""

    channel: str
    ts: str
    text: str
    words: str
    event: str
    payload: Json
    blocks: list[Json]
    # All words it ever had, folded: a settled message may not name what it was about.
    ever: str = ""

    @property
    def kind(self) -> str:
        """The coarse name of its problem."""
        return str(self.payload.get("kind", ""))

    @property
    def family(self) -> str:
        """The family of its problem."""
        return str(self.payload.get("family", ""))

    @property
    def state(self) -> str:
        """open, working, partly, paused or resolved."""
        return str(self.payload.get("state", ""))

    @property
    def at(self) -> float:
        """When it was posted, in seconds since the epoch."""
        return float(self.ts)

    def holds(self, marker: str) -> bool:
        """Whether its words hold or held this marker, whatever the spelling around it."""
        return folded(marker) in f"{self.ever} {folded(f'{self.text} {self.words}')}"

    def counts(self, documents: int) -> bool:
        """Whether it says this number of documents."""
        said = [(int(n.replace(",", "")), what) for n, what in _COUNTED.findall(self._line())]
        if any(number == documents for number, _ in said):
            return True
        each = {what: number for number, what in said}
        return sum(each.get(one, 0) for one in ("invoice", "payment", "bill")) == documents

    def _line(self) -> str:
        return f"{self.text}\n{self.words}"

    def buttons(self) -> list[Json]:
        """Its buttons, in order."""
        return [
            one
            for block in self.blocks
            if block.get("type") == "actions"
            for one in block.get("elements", [])
            if one.get("type") == "button"
        ]


class Watch:
    """A thread that reads the channels whenever the bot called Slack; `wait` looks at them."""

    def __init__(self, http: Http, control_url: str) -> None:
        self._http = http
        self._url = control_url
        self._posts: dict[tuple[str, str], Post] = {}
        self._last = 0
        self._error = ""
        self._changed = Condition()
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to read."""
        self._thread.start()

    def give_up(self) -> None:
        """Let everybody who waits go on at once, with what there is."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()

    def stop(self) -> None:
        """End the thread."""
        self.give_up()
        self._thread.join(10)

    def posts(self, channel: str = "") -> list[Post]:
        """The bot's messages as they are, oldest first. Raises DemoError."""
        with self._changed:
            if self._error:
                raise DemoError(self._error)
            found = [one for one in self._posts.values() if channel in ("", one.channel)]
        return sorted(found, key=lambda one: one.ts)

    def wait(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """Look again after every change, until there is something or the time is over."""
        end = monotonic() + seconds
        while True:
            found = look()
            left = end - monotonic()
            if found or left <= 0 or self._stopping.is_set():
                return found or None
            with self._changed:
                self._changed.wait(min(left, 0.5))

    def _run(self) -> None:
        while not self._stopping.wait(_PAUSE_SECONDS):
            try:
                self._read()
            except DemoError as error:
                with self._changed:
                    self._error = str(error)
                    self._changed.notify_all()
                return

    def _read(self) -> None:
        calls = self._http.get(f"{self._url}/calls", since=str(self._last))
        self._last = int(calls["last"])
        # `chat.update` names the channel; what cannot be told apart is read as well.
        touched = {
            str(row["args"].get("channel", ""))
            for row in calls["calls"]
            if str(row["method"]).startswith("chat.") and row["ok"]
        }
        for channel in sorted(touched - {""}):
            rows = self._http.get(f"{self._url}/messages", channel=channel)["messages"]
            with self._changed:
                found = {
                    (channel, str(row["ts"])): self._remembered(_post(channel, row))
                    for row in rows
                    if _ours(row)
                }
                kept = {key: one for key, one in self._posts.items() if key[0] != channel}
                self._posts = {**kept, **found}
                self._changed.notify_all()

    def _remembered(self, post: Post) -> Post:
        """The message with the words it had before; holds the lock."""
        before = self._posts.get((post.channel, post.ts))
        ever = before.ever if before else ""
        now = folded(f"{post.text} {post.words}")
        return replace(post, ever=ever if now in ever else f"{ever} {now}")


def _ours(row: Json) -> bool:
    top = row.get("thread_ts") in (None, "", row["ts"])
    return bool(row.get("bot_id")) and not row.get("deleted") and top


def _post(channel: str, row: Json) -> Post:
    metadata = row.get("metadata") or {}
    return Post(
        channel=channel,
        ts=str(row["ts"]),
        text=str(row.get("text", "")),
        words=words_of(row.get("blocks", [])),
        event=str(metadata.get("event_type", "")),
        payload=dict(metadata.get("event_payload", {})),
        blocks=list(row.get("blocks", [])),
    )


def words_of(node: Any) -> str:
    """All words of blocks, as a person reads them; runs of one line stay together."""
    if isinstance(node, list):
        return "\n".join(part for part in map(words_of, node) if part)
    if not isinstance(node, dict):
        return ""
    if node.get("type") in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        return "".join(_run(part) for part in node.get("elements", []))
    own = node["text"] if isinstance(node.get("text"), str) else ""
    below = [words_of(value) for value in node.values() if isinstance(value, dict | list)]
    return "\n".join(part for part in (own, *below) if part)


def _run(part: Json) -> str:
    if part.get("type") == "user":
        return f"@{part['user_id']}"
    return str(part.get("text", ""))
