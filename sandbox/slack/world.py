"""The workspace in memory: everything there is, and how to find it."""

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from sandbox.slack import ids
from sandbox.slack.faults import Faults
from sandbox.slack.jsontypes import Json
from sandbox.slack.limits import Limits
from sandbox.slack.live import Live
from sandbox.slack.manifest import Install, default_install
from sandbox.slack.model import (
    Channel,
    Ephemeral,
    ResponseUrl,
    Scheduled,
    StoredFile,
    Token,
    Trigger,
    User,
    Usergroup,
    View,
)
from sandbox.slack.realtime.sockets import SocketHub

CALLS_KEPT = 10_000
HANDLES_KEPT = 10_000
EPHEMERALS_KEPT = 5_000


# What differs between workspaces; the control API turns them. `paid_plan`: user groups work.
# `new_blocks`: the blocks that Slack rolls out in phases are known here.
SWITCHES = {"paid_plan": True, "new_blocks": True}
# Seconds things live or wait; the control API shortens them so that their end can be seen.
LIFETIMES = {
    "trigger_id": 3.0,
    "response_url": 1800.0,
    "event_retry_1": 0.0,
    "event_retry_2": 60.0,
    "event_retry_3": 300.0,
}


def forget_oldest(handles: dict[str, Any], kept: int = HANDLES_KEPT) -> None:
    """Triggers and response_urls live for minutes; a long run must not pile them up."""
    while len(handles) > kept:
        del handles[next(iter(handles))]


@dataclass(slots=True)
class World:
    """One workspace with one installed app. Single-threaded: only the event loop touches it."""

    team_id: str
    team_name: str
    team_domain: str
    app_id: str
    bot_user_id: str
    bot_id: str
    base_url: str = ""
    signing_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    verification_token: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    install: Install = field(default_factory=default_install)
    tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    usergroups: dict[str, Usergroup] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    ephemerals: dict[str, Ephemeral] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    response_urls: dict[str, ResponseUrl] = field(default_factory=dict)
    scheduled: dict[str, Scheduled] = field(default_factory=dict)
    offered: dict[str, Json] = field(default_factory=dict)
    lifetimes: dict[str, float] = field(default_factory=lambda: dict(LIFETIMES))
    switches: dict[str, bool] = field(default_factory=lambda: dict(SWITCHES))
    calls: deque[Json] = field(default_factory=lambda: deque(maxlen=CALLS_KEPT))
    call_seq: int = 0
    stamps: ids.Timestamps = field(default_factory=ids.Timestamps)
    live: Live = field(default_factory=Live)
    hub: SocketHub = field(default_factory=SocketHub)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    tasks: set[asyncio.Task[object]] = field(default_factory=set)
    verified_urls: set[str] = field(default_factory=set)
    verifying: asyncio.Lock = field(default_factory=asyncio.Lock)

    def spawn(self, work: Coroutine[object, object, object]) -> None:
        """Run something beside the present request, held until done."""
        task: asyncio.Task[object] = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def token_of(self, kind: str) -> str:
        """The value of the issued token of a kind (`bot` or `app`)."""
        return next(token.value for token in self.tokens.values() if token.kind == kind)

    @property
    def uninstalled(self) -> bool:
        """True after an admin took the app out."""
        bot = self.tokens[self.token_of("bot")]
        return bot.revoked and bot.refusal == "account_inactive"

    def find_user(self, key: str) -> User | None:
        """By id, or by the role of the ready line."""
        found = self.users.get(key)
        return found or next((u for u in self.users.values() if key and u.role_hint == key), None)

    def find_channel(self, key: str) -> Channel | None:
        """By id, or by name with or without `#`."""
        found = self.channels.get(key)
        if found:
            return found
        name = key.removeprefix("#")
        return next((c for c in self.channels.values() if c.name == name and name), None)

    def open_im(self, user: str) -> Channel:
        """The direct message between a person and the bot, made when first needed."""
        for channel in self.channels.values():
            if channel.im_user == user:
                return channel
        channel = Channel(
            id=ids.opaque("D"),
            name="",
            is_private=True,
            created=int(time.time()),
            members=[user, self.bot_user_id],
            im_user=user,
        )
        self.channels[channel.id] = channel
        self.live.push("channels", audience=channel.members)
        return channel

    def open_views(self, user: str) -> list[View]:
        """A person's open modals, bottom of the stack first."""
        return [v for v in self.views.values() if v.user == user and v.open and v.kind == "modal"]

    def home_of(self, user: str) -> View | None:
        """The published Home tab of a person."""
        homes = [v for v in self.views.values() if v.user == user and v.kind == "home" and v.open]
        return homes[0] if homes else None

    def view_stack(self, view: View) -> list[View]:
        """The open views over the same root, in order."""
        return [v for v in self.open_views(view.user) if v.root_id == view.root_id]

    def new_trigger(self, user: str, view_id: str = "", channel: str = "") -> Trigger:
        """Issue a trigger id for something a person just did."""
        trigger = Trigger(ids.trigger_id(), user, time.monotonic(), False, view_id, channel)
        self.triggers[trigger.id] = trigger
        forget_oldest(self.triggers)
        return trigger

    def new_response_url(self, made_for: ResponseUrl) -> str:
        """Remember a response_url and return the address."""
        self.response_urls[made_for.id] = made_for
        forget_oldest(self.response_urls)
        return f"{self.base_url}/response/{self.team_id}/{made_for.id}"
