"""What the bot asks of Slack, in its own words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Lock
from typing import Any, TypeVar

import structlog
from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.clock import Clock
from bot.config import Settings
from bot.domain import JsonValue, Payload
from bot.render import escape, to_slack, words
from bot.slack import files
from bot.slack.calls import TIMEOUT_SECONDS, Caller, make_client
from bot.slack.faults import SlackFault
from bot.slack.pace import Pace

log = structlog.get_logger(__name__)

CACHE = timedelta(minutes=5)
POST_PATIENCE = 2.0
HISTORY_PAGES = 25
_CLOSED_VIEW = frozenset({"not_found", "view_not_found", "expired_trigger_id"})

T = TypeVar("T")


@dataclass(frozen=True)
class Posted:
    """A message that Slack has."""

    ts: str


@dataclass(frozen=True)
class Member:
    """A person (or a bot) as Slack knows them."""

    id: str
    name: str
    is_guest: bool = False
    is_bot: bool = False
    is_foreign: bool = False
    deleted: bool = False


class Slack:
    """The adapter. Every method raises SlackFault; none is called inside a transaction.

    `text` is always plain words: it is escaped here, so that a name in it never mentions anybody.
    A message without blocks is shown as inert rich text.
    """

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        timeout: int = TIMEOUT_SECONDS,
        stop: Event | None = None,
    ) -> None:
        token = settings.SLACK_BOT_TOKEN.get_secret_value()
        self._base_url = settings.SLACK_API_BASE_URL
        self._token = token
        self._clock = clock
        self._caller = Caller(make_client(token, self._base_url, timeout), stop)
        self._pace = Pace()
        self._cache: dict[tuple[str, str], tuple[datetime, object]] = {}
        self._lock = Lock()

    @property
    def client(self) -> WebClient:
        """The underlying client, for the door that builds Bolt's App."""
        return self._caller.client

    def post(
        self,
        channel: str,
        text: str,
        blocks: Sequence[Payload] | None = None,
        metadata: Payload | None = None,
        thread_ts: str | None = None,
    ) -> Posted:
        """Post a message. `outcome_unknown` of a fault means: look before posting again."""
        pause = self._pace.take(channel)
        if pause > POST_PATIENCE:
            raise SlackFault("ratelimited", retry_after=pause)
        if pause:
            self._caller.wait(pause)
        reply = self._caller.call(
            lambda client: client.chat_postMessage(
                channel=channel,
                text=escape(text),
                blocks=_blocks(text, blocks),
                metadata=metadata,
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
            ),
            repeatable=False,
        )
        return Posted(str(reply["ts"]))

    def edit(
        self,
        channel: str,
        ts: str,
        text: str,
        blocks: Sequence[Payload] | None = None,
        metadata: Payload | None = None,
    ) -> None:
        """Replace a message of ours; the same edit twice changes nothing."""
        self._caller.call(
            lambda client: client.chat_update(
                channel=channel,
                ts=ts,
                text=escape(text),
                blocks=_blocks(text, blocks),
                metadata=metadata,
            )
        )

    def ephemeral(
        self, channel: str, user: str, text: str, blocks: Sequence[Payload] | None = None
    ) -> None:
        """Show a message to one person in a channel; Slack does not guarantee its delivery."""
        self._caller.call(
            lambda client: client.chat_postEphemeral(
                channel=channel, user=user, text=escape(text), blocks=_blocks(text, blocks)
            ),
            repeatable=False,
        )

    def respond(
        self,
        response_url: str,
        text: str,
        blocks: Sequence[Payload] | None = None,
        replace: bool = False,
        public: bool = False,
    ) -> None:
        """Answer a command or a press by its response_url (5 uses within 30 minutes)."""
        body: Payload = {
            "text": escape(text),
            "blocks": _blocks(text, blocks),
            "response_type": "in_channel" if public else "ephemeral",
            "replace_original": replace,
        }
        files.send_response(self._base_url, response_url, body)

    def open_view(self, trigger_id: str, view: Payload) -> str:
        """Open a modal within 3 s of the press; returns its view id."""
        reply = self._caller.call(
            lambda client: client.views_open(trigger_id=trigger_id, view=view), repeatable=False
        )
        return str(reply["view"]["id"])

    def update_view(self, view_id: str, view: Payload) -> bool:
        """Replace an open modal; False when the person has closed it."""
        try:
            self._caller.call(lambda client: client.views_update(view_id=view_id, view=view))
        except SlackFault as fault:
            if fault.error in _CLOSED_VIEW:
                return False
            raise
        return True

    def publish_home(self, user_id: str, view: Payload) -> None:
        """Replace the Home tab of a person; the same view twice changes nothing."""
        self._caller.call(lambda client: client.views_publish(user_id=user_id, view=view))

    def find_view(self, external_id: str, view: Payload) -> str:
        """Replace the modal we opened under `external_id`; its view id, or "" if there is none."""
        try:
            reply = self._caller.call(
                lambda client: client.views_update(external_id=external_id, view=view)
            )
        except SlackFault as fault:
            if fault.error in _CLOSED_VIEW:
                return ""
            raise
        return str(reply["view"]["id"])

    def find_message(
        self,
        channel: str,
        wanted: Mapping[str, JsonValue],
        since: datetime,
        thread_ts: str = "",
    ) -> str | None:
        """Look once through the history for our message whose metadata holds all of `wanted`.

        With `thread_ts` through the answers of that message. Returns its ts, or None when it is
        certainly not there. Only our own messages count.
        """
        own = self.bot_user_id()
        cursor = ""
        for _page in range(HISTORY_PAGES):
            reply = self._history(channel, since, cursor, thread_ts)
            for message in reply.get("messages") or []:
                if _is_ours(message, own) and wanted.items() <= _payload_of(message).items():
                    return str(message["ts"])
            cursor = str((reply.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None
        raise SlackFault("no_answer", hint="The channel's history is too long to look through.")

    def reads(self, channel: str) -> bool:
        """Whether the bot is in a channel and so hears what is written there."""
        try:
            self._caller.call(lambda client: client.conversations_history(channel=channel, limit=1))
        except SlackFault as fault:
            if fault.error in ("not_in_channel", "channel_not_found"):
                return False
            raise
        return True

    def _history(self, channel: str, since: datetime, cursor: str, thread_ts: str) -> SlackResponse:
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{since.timestamp():.6f}",
            "include_all_metadata": True,
            "limit": 200,
        }
        if cursor:
            asked["cursor"] = cursor
        if thread_ts:
            return self._caller.call(
                lambda client: client.conversations_replies(ts=thread_ts, **asked)
            )
        return self._caller.call(lambda client: client.conversations_history(**asked))

    def member(self, user_id: str) -> Member:
        """Look a person up; remembered for five minutes."""
        return self._remembered("member", user_id, lambda: self._member(user_id))

    def group_members(self, group_id: str) -> frozenset[str]:
        """Give the ids of a user group's members; remembered for five minutes."""
        return self._remembered("group", group_id, lambda: self._group(group_id))

    def permalink(self, channel: str, ts: str) -> str:
        """The address of a message; remembered for five minutes."""
        return self._remembered(
            "permalink",
            f"{channel}:{ts}",
            lambda: str(
                self._caller.call(
                    lambda client: client.chat_getPermalink(channel=channel, message_ts=ts)
                )["permalink"]
            ),
        )

    def bot_user_id(self) -> str:
        """The bot's own user id."""
        return self._remembered("self", "", self._whoami)[0]

    def team_id(self) -> str:
        """The workspace the bot is installed in."""
        return self._remembered("self", "", self._whoami)[1]

    def download(self, file_id: str) -> tuple[str, bytes]:
        """Fetch a file a person handed over: its name and content (20 MB at most)."""
        reply = self._caller.call(lambda client: client.files_info(file=file_id))
        found: Payload = reply["file"]
        url = str(found.get("url_private_download") or found.get("url_private") or "")
        return str(found.get("name") or "file"), files.fetch(self._base_url, self._token, url)

    def send_file(self, user_id: str, name: str, content: bytes, text: str) -> None:
        """Give one person a file, in their conversation with the bot, below these words."""
        said = self._caller.call(
            lambda client: client.chat_postMessage(channel=user_id, text=escape(text)),
            repeatable=False,
        )
        made = self._caller.call(
            lambda client: client.files_getUploadURLExternal(filename=name, length=len(content))
        )
        files.send(self._base_url, str(made["upload_url"]), content)
        self._caller.call(
            lambda client: client.files_completeUploadExternal(
                files=[{"id": str(made["file_id"]), "title": name}], channel_id=said["channel"]
            ),
            repeatable=False,
        )

    def _member(self, user_id: str) -> Member:
        user: Payload = self._caller.call(lambda client: client.users_info(user=user_id))["user"]
        profile: Payload = user.get("profile") or {}
        names = (profile.get("display_name"), user.get("real_name"), profile.get("real_name"))
        team = str(user.get("team_id") or "")
        return Member(
            id=user_id,
            name=str(next((name for name in names if name), user.get("name") or user_id)),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_bot=bool(user.get("is_bot") or user.get("is_workflow_bot")),
            is_foreign=bool(user.get("is_stranger")) or team not in ("", self.team_id()),
            deleted=bool(user.get("deleted")),
        )

    def _group(self, group_id: str) -> frozenset[str]:
        reply = self._caller.call(lambda client: client.usergroups_users_list(usergroup=group_id))
        return frozenset(str(user) for user in reply.get("users") or [])

    def _whoami(self) -> tuple[str, str]:
        reply = self._caller.call(lambda client: client.auth_test())
        return str(reply.get("user_id") or ""), str(reply.get("team_id") or "")

    def _remembered(self, kind: str, key: str, read: Callable[[], T]) -> T:
        now = self._clock.now()
        with self._lock:
            found = self._cache.get((kind, key))
        if found is not None and now - found[0] < CACHE:
            value: T = found[1]  # type: ignore[assignment]  # each kind is written by one reader
            return value
        value = read()
        with self._lock:
            self._cache[(kind, key)] = (now, value)
        return value


def _blocks(text: str, blocks: Sequence[Payload] | None) -> list[Payload]:
    return list(blocks) if blocks else to_slack(words(*text.split("\n")))


def _is_ours(message: Payload, own: str) -> bool:
    return bool(own) and message.get("user") == own


def _payload_of(message: Payload) -> Payload:
    payload = (message.get("metadata") or {}).get("event_payload")
    return payload if isinstance(payload, dict) else {}
