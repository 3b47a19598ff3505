"""JSON shapes of people, channels, messages, views and files, as clients read them."""

from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message, StoredFile, User, View
from sandbox.slack.world import World


def bot_profile(world: World) -> Json:
    """The app's face inside a message."""
    return {
        "id": world.bot_id,
        "app_id": world.app_id,
        "user_id": world.bot_user_id,
        "name": world.install.bot_name,
        "icons": {},
        "deleted": False,
        "updated": 1732233600,
        "team_id": world.team_id,
    }


def api_message(world: World, message: Message, *, metadata: bool = False) -> Json:
    """A message as the Web API and events show it."""
    body: Json = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": world.team_id,
    }
    if message.by_app:
        body |= {"bot_id": world.bot_id, "app_id": world.app_id, "bot_profile": bot_profile(world)}
    elif (author := world.users.get(message.user)) and author.is_bot:
        body |= _other_app(author)
    optional = {
        "subtype": message.subtype,
        "username": message.username,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "edited": message.edited,
        "icons": message.icons,
    }
    body |= {key: value for key, value in optional.items() if value}
    if message.files:
        body["files"] = [api_file(world, world.files[f]) for f in message.files if f in world.files]
    if message.metadata is not None and metadata:
        body["metadata"] = message.metadata
    if message.reactions:
        body["reactions"] = reactions(message)
    if message.pinned:
        body["pinned_to"] = [message.channel]
    body |= _thread(world, message)
    return body


def _other_app(author: User) -> Json:
    """The marks of a message that another app of the workspace posted."""
    bot_id, app_id = f"B{author.id[1:]}", f"A{author.id[1:]}"
    profile = {"id": bot_id, "app_id": app_id, "name": author.real_name, "deleted": False}
    return {"bot_id": bot_id, "app_id": app_id, "bot_profile": profile}


def reactions(message: Message) -> list[Json]:
    """The reactions of a message."""
    return [
        {"name": name, "users": users, "count": len(users)}
        for name, users in message.reactions.items()
    ]


def _thread(world: World, message: Message) -> Json:
    if message.thread_ts and message.thread_ts != message.ts:
        parent = world.channels[message.channel].messages.get(message.thread_ts)
        body: Json = {"thread_ts": message.thread_ts}
        return body | ({"parent_user_id": parent.user} if parent else {})
    if not message.replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(message.replies),
        "reply_users_count": len(message.repliers),
        "latest_reply": message.replies[-1],
        "reply_users": list(message.repliers)[:5],
        "is_locked": False,
        "subscribed": True,
    }


def api_user(world: World, user: User) -> Json:
    """A person as users.info shows them."""
    profile: Json = {
        "real_name": user.real_name,
        "display_name": user.display_name,
        "title": user.title,
        "team": world.team_id,
        "first_name": user.real_name.split()[0] if user.real_name else "",
        "last_name": " ".join(user.real_name.split()[1:]),
        "image_72": f"{world.base_url}/avatar/{user.id}.svg",
    }
    body: Json = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": "Eastern Standard Time",
        "tz_offset": -18000,
        "profile": profile,
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": 1732233600,
    }
    if user.is_bot:
        profile |= {"api_app_id": world.app_id, "bot_id": world.bot_id}
    elif "users:read.email" in world.install.scopes:
        profile["email"] = user.email
    return body


def api_channel(world: World, channel: Channel) -> Json:
    """A conversation as conversations.info shows it."""
    if channel.im_user:
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": False,
            "context_team_id": world.team_id,
            "user": channel.im_user,
            "is_user_deleted": False,
            "priority": 0,
        }
    member = world.bot_user_id in channel.members
    shared = channel.is_ext_shared
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.is_private,
        "is_group": channel.is_private,
        "is_im": False,
        "is_mpim": channel.is_mpim,
        "is_private": channel.is_private,
        "created": channel.created,
        "creator": channel.creator or next(iter(channel.members), ""),
        "is_archived": channel.is_archived,
        "is_general": channel.name == "general",
        "unlinked": 0,
        "is_shared": shared,
        "is_ext_shared": shared,
        "is_org_shared": False,
        "is_pending_ext_shared": channel.is_pending_ext_shared,
        "pending_shared": [],
        "context_team_id": world.team_id,
        "shared_team_ids": [world.team_id],
        "previous_names": channel.previous_names,
        "is_member": member,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
    }


def api_file(world: World, stored: StoredFile) -> Json:
    """A file as files.info shows it."""
    kind = stored.name.rpartition(".")[2].lower() if "." in stored.name else "text"
    return {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title or stored.name,
        "mimetype": stored.mimetype,
        "filetype": kind,
        "pretty_type": kind.upper(),
        "user": stored.user,
        "user_team": world.team_id,
        "editable": False,
        "size": len(stored.content),
        "mode": "hosted",
        "is_external": False,
        "external_type": "",
        "is_public": bool(stored.shared),
        "public_url_shared": False,
        "display_as_bot": False,
        "file_access": "visible",
        "url_private": f"{world.base_url}/files/{world.team_id}-{stored.id}/{stored.name}",
        "url_private_download": (
            f"{world.base_url}/files/{world.team_id}-{stored.id}/download/{stored.name}"
        ),
        "permalink": f"{world.base_url}/permalink/files/{stored.user}/{stored.id}/{stored.name}",
        "channels": stored.shared,
        "groups": [],
        "ims": [],
    }


def view_json(world: World, view: View) -> Json:
    """A view as the Web API and payloads show it, with the values typed so far."""
    payload = view.payload
    body: Json = {
        "id": view.id,
        "team_id": world.team_id,
        "type": view.kind,
        "blocks": payload.get("blocks", []),
        "private_metadata": payload.get("private_metadata", ""),
        "callback_id": payload.get("callback_id", ""),
        "state": {"values": view.inputs},
        "hash": view.hash,
        "title": payload.get("title"),
        "clear_on_close": bool(payload.get("clear_on_close", False)),
        "notify_on_close": bool(payload.get("notify_on_close", False)),
        "close": payload.get("close"),
        "submit": payload.get("submit"),
        "previous_view_id": view.previous_id or None,
        "root_view_id": view.root_id,
        "app_id": world.app_id,
        "external_id": payload.get("external_id", ""),
        "app_installed_team_id": world.team_id,
        "bot_id": world.bot_id,
    }
    if view.kind == "modal":
        body["submit_disabled"] = bool(payload.get("submit_disabled", False))
    else:
        body["title"] = {"type": "plain_text", "text": "View Title", "emoji": True}
    return body
