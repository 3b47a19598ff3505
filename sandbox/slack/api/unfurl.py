"""chat.unfurl: the app puts something under a link a person posted."""

import re

from sandbox.slack.api.call import Call
from sandbox.slack.api.content import checked_attachment
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message
from sandbox.slack.posting import tell

_UNFURL_ID = re.compile(r"([A-Z0-9]+)-(\d+\.\d+)-\w+")


def unfurl(call: Call) -> Json:
    """chat.unfurl, by channel and ts or by unfurl_id."""
    channel, message = _message(call)
    raw = call.parsed("unfurls", "cannot_parse_attachment")
    if raw is None and not call.flag("user_auth_required"):
        raise SlackError("missing_unfurls")
    if raw is None:
        raw = {}
    if not isinstance(raw, dict):
        raise SlackError("cannot_parse_attachment")
    for url, item in raw.items():
        _add(call, message, str(url), item)
    tell(call.world, channel, "message_changed", message)
    return {}


def _message(call: Call) -> tuple[Channel, Message]:
    channel_id, ts = call.text("channel"), call.text("ts")
    match = _UNFURL_ID.fullmatch(call.text("unfurl_id"))
    if match:
        channel_id, ts = match.group(1), match.group(2)
    channel = call.world.channels.get(channel_id)
    if channel is None:
        raise SlackError("cannot_find_channel")
    message = channel.messages.get(ts)
    if message is None or message.deleted:
        raise SlackError("cannot_find_message")
    if message.by_app:
        raise SlackError("cannot_unfurl_message")
    return channel, message


def _add(call: Call, message: Message, url: str, item: object) -> None:
    if not isinstance(item, dict):
        raise SlackError("cannot_parse_attachment")
    bare = url.replace("&amp;", "&")
    if bare not in message.text.replace("&amp;", "&"):
        raise SlackError("cannot_unfurl_url")
    kept = [row for row in message.attachments if row.get("app_unfurl_url") != bare]
    shown: Json = checked_attachment(call, len(kept) + 1, item)
    shown |= {"is_app_unfurl": True, "app_unfurl_url": bare, "from_url": bare}
    message.attachments = [*kept, shown]
