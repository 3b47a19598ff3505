"""files.*: the three-step upload, and looking at files."""

import mimetypes
import secrets
import time

from sandbox.slack import ids, shapes
from sandbox.slack.api.call import Call
from sandbox.slack.api.content import Content, message_blocks
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, StoredFile
from sandbox.slack.posting import post_message
from sandbox.slack.realtime.events import emit
from sandbox.slack.world import World

MAX_BYTES = 1_000_000_000


def new_file(world: World, name: str, user: str, length: int, *, by_app: bool) -> StoredFile:
    """Make room for a file; its bytes come later."""
    stored = StoredFile(
        id=ids.opaque("F"),
        name=name,
        user=user,
        created=int(time.time()),
        title=name,
        mimetype=mimetypes.guess_type(name)[0] or "application/octet-stream",
        upload_key=secrets.token_urlsafe(24),
        length=length,
        by_app=by_app,
    )
    world.files[stored.id] = stored
    return stored


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    length = call.number("length", 0)
    if length <= 0:
        raise SlackError("missing_argument")
    if length > MAX_BYTES:
        raise SlackError("file_upload_size_restricted")
    world = call.world
    stored = new_file(world, call.text("filename"), world.bot_user_id, length, by_app=True)
    url = f"{world.base_url}/files/upload/v1/{stored.upload_key}"
    return {"upload_url": url, "file_id": stored.id}


def complete_upload(call: Call) -> Json:
    """files.completeUploadExternal: share what was uploaded, in one message per channel."""
    world = call.world
    files = [_uploaded(call, row) for row in _rows(call)]
    channels = _channels(call)
    thread_ts = call.text("thread_ts")
    content = Content(text=call.text("initial_comment"))
    raw = call.parsed("blocks", "invalid_blocks_format")
    if isinstance(raw, list):
        content.blocks = message_blocks(call, raw)
    for stored in files:
        stored.complete = True
        emit(world, "file_created", {"type": "file_created", "file_id": stored.id})
        world.live.push("file", file=shapes.api_file(world, stored))
    for channel in channels:
        share(world, channel, files, content, thread_ts, by_app=True)
    return {"files": [shapes.api_file(world, stored) for stored in files]}


def share(
    world: World,
    channel: Channel,
    files: list[StoredFile],
    content: Content,
    thread_ts: str = "",
    *,
    by_app: bool = False,
) -> None:
    """Post files into a channel."""
    parent = channel.messages.get(thread_ts) if thread_ts else None
    user = files[0].user
    for stored in files:
        if channel.id not in stored.shared:
            stored.shared.append(channel.id)
    message = post_message(
        world,
        channel,
        user,
        content,
        thread_ts=parent.ts if parent and not parent.deleted else "",
        by_app=by_app,
        files=[stored.id for stored in files],
        subtype="" if by_app else "file_share",
    )
    for stored in files:
        event = {
            "type": "file_shared",
            "file_id": stored.id,
            "user_id": user,
            "file": {"id": stored.id},
            "channel_id": channel.id,
        }
        emit(world, "file_shared", {**event, "ts": message.ts})


def _rows(call: Call) -> list[Json]:
    rows = call.parsed("files", "invalid_arguments")
    if not isinstance(rows, list) or not rows:
        raise SlackError(
            "invalid_arguments", messages=["must provide an array [json-pointer:/files]"]
        )
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or "id" not in row:
            message = f"missing required field: id [json-pointer:/files/{number}]"
            raise SlackError("invalid_arguments", messages=[message])
        for name in set(row) - {"id", "title", "highlight_type"}:
            message = f"invalid additional property: {name} [json-pointer:/files/{number}]"
            raise SlackError("invalid_arguments", messages=[message])
    return rows


def _uploaded(call: Call, row: Json) -> StoredFile:
    stored = call.world.files.get(str(row["id"]))
    if stored is None or stored.deleted or not stored.uploaded or not stored.by_app:
        raise SlackError("file_not_found")
    stored.title = str(row.get("title") or stored.name)
    return stored


def _channels(call: Call) -> list[Channel]:
    wanted = call.listed("channels") + (
        [call.text("channel_id")] if call.given("channel_id") else []
    )
    found: list[Channel] = []
    for key in dict.fromkeys(wanted):
        channel = call.world.channels.get(key)
        if channel is None or (
            channel.is_private and call.world.bot_user_id not in channel.members
        ):
            raise SlackError("channel_not_found")
        if call.world.bot_user_id not in channel.members:
            raise SlackError("not_in_channel")
        if channel.is_archived:
            raise SlackError("is_archived")
        found.append(channel)
    return found


def info(call: Call) -> Json:
    """files.info."""
    stored = _visible(call)
    return {"file": shapes.api_file(call.world, stored), "comments": [], "response_metadata": {}}


def list_files(call: Call) -> Json:
    """files.list, by channel and user, by pages."""
    world = call.world
    rows = [
        stored
        for stored in world.files.values()
        if stored.complete
        and not stored.deleted
        and (not call.given("channel") or call.text("channel") in stored.shared)
        and (not call.given("user") or stored.user == call.text("user"))
    ]
    count, number = max(1, call.number("count", 100)), max(1, call.number("page", 1))
    shown = rows[(number - 1) * count : number * count]
    paging = {
        "count": count,
        "total": len(rows),
        "page": number,
        "pages": max(1, -(-len(rows) // count)),
    }
    return {"files": [shapes.api_file(world, stored) for stored in shown], "paging": paging}


def delete(call: Call) -> Json:
    """files.delete: the app deletes only its own."""
    stored = _visible(call)
    if not stored.by_app:
        raise SlackError("cant_delete_file")
    stored.deleted = True
    stored.content = b""
    emit(call.world, "file_deleted", {"type": "file_deleted", "file_id": stored.id})
    return {}


def _visible(call: Call) -> StoredFile:
    stored = call.world.files.get(call.text("file"))
    if stored is None:
        raise SlackError("file_not_found")
    if stored.deleted:
        raise SlackError("file_deleted")
    return stored
