"""The payloads of interactions, with the fields a real client's request has."""

import time

from sandbox.slack import ids, shapes
from sandbox.slack.jsontypes import Json
from sandbox.slack.manifest import Shortcut
from sandbox.slack.model import Channel, Ephemeral, Message, ResponseUrl, Trigger, User, View
from sandbox.slack.world import World


def action_ts() -> str:
    """The moment of an action, as Slack writes it."""
    return f"{time.time():.6f}"


def _head(world: World, user: User) -> Json:
    return {
        "user": {
            "id": user.id,
            "username": user.name,
            "name": user.name,
            "team_id": user.team_id,
        },
        "api_app_id": world.app_id,
        "token": world.verification_token,
        "team": {"id": world.team_id, "domain": world.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """The name payloads carry: private ones have none of their own."""
    if channel.im_user:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def slash_command(
    world: World, user: User, channel: Channel, command: str, text: str, trigger: Trigger
) -> Json:
    """A slash command; the response_url speaks in the channel."""
    url = world.new_response_url(
        ResponseUrl(
            ids.opaque("", 24),
            user.id,
            channel.id,
            time.monotonic(),
            response_to={"type": "command", "command": command, "text": text},
        )
    )
    return {
        "token": world.verification_token,
        "team_id": world.team_id,
        "team_domain": world.team_domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": world.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": trigger.id,
    }


def message_actions(
    world: World, user: User, source: Message | Ephemeral, action: Json, trigger: Trigger
) -> Json:
    """block_actions of a message or an ephemeral."""
    channel = world.channels[source.channel]
    ephemeral = isinstance(source, Ephemeral)
    container: Json = {
        "type": "message",
        "message_ts": source.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if source.thread_ts:
        container["thread_ts"] = source.thread_ts
    container |= _attachment_of(source, action)
    body: Json = {"type": "block_actions", **_head(world, user), "container": container}
    body |= {
        "trigger_id": trigger.id,
        "channel": {"id": channel.id, "name": channel_name(channel)},
    }
    if isinstance(source, Message):
        body["message"] = shapes.api_message(world, source)
    body |= {
        "state": {"values": source.inputs},
        "response_url": world.new_response_url(_answer_to(user, source, action)),
        "actions": [action],
    }
    return body


def _attachment_of(source: Message | Ephemeral, action: Json) -> Json:
    """What the container says more when the element sits in an attachment."""
    for attachment in source.attachments:
        ids_inside = {block.get("block_id") for block in attachment.get("blocks") or []}
        if action.get("block_id") in ids_inside:
            unfurl = bool(attachment.get("is_app_unfurl"))
            more: Json = {"type": "message_attachment", "attachment_id": attachment["id"]}
            more["is_app_unfurl"] = unfurl
            return more | ({"app_unfurl_url": attachment["app_unfurl_url"]} if unfurl else {})
    return {}


def _answer_to(user: User, source: Message | Ephemeral, action: Json) -> ResponseUrl:
    ephemeral = isinstance(source, Ephemeral)
    return ResponseUrl(
        ids.opaque("", 24),
        user.id,
        source.channel,
        time.monotonic(),
        message_ts="" if ephemeral else source.ts,
        ephemeral_id=source.id if isinstance(source, Ephemeral) else "",
        thread_ts=source.thread_ts,
        response_to={
            "type": "action",
            "action_id": action.get("action_id", ""),
            "message_ts": source.ts,
        },
    )


def view_actions(world: World, user: User, view: View, action: Json, trigger: Trigger) -> Json:
    """block_actions of a modal or the Home tab."""
    return {
        "type": "block_actions",
        **_head(world, user),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger.id,
        "view": shapes.view_json(world, view),
        "actions": [action],
    }


def view_submission(
    world: World, user: User, view: View, trigger: Trigger, response_urls: list[Json]
) -> Json:
    """view_submission with everything typed."""
    return {
        "type": "view_submission",
        **_head(world, user),
        "trigger_id": trigger.id,
        "view": shapes.view_json(world, view),
        "response_urls": response_urls,
    }


def view_closed(world: World, user: User, view: View, cleared: bool) -> Json:
    """view_closed, for views with notify_on_close."""
    return {
        "type": "view_closed",
        **_head(world, user),
        "view": shapes.view_json(world, view),
        "is_cleared": cleared,
    }


def shortcut(
    world: World, user: User, which: Shortcut, trigger: Trigger, message: Message | None
) -> Json:
    """A global shortcut, or one on a message."""
    body: Json = {
        "type": "shortcut",
        **_head(world, user),
        "action_ts": action_ts(),
        "callback_id": which.callback_id,
        "trigger_id": trigger.id,
    }
    if message is None:
        return body
    channel = world.channels[message.channel]
    url = ResponseUrl(
        ids.opaque("", 24),
        user.id,
        channel.id,
        time.monotonic(),
        thread_ts=message.thread_ts,
        response_to={"type": "shortcut", "callback_id": which.callback_id},
    )
    return body | {
        "type": "message_action",
        "message_ts": message.ts,
        "response_url": world.new_response_url(url),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": shapes.api_message(world, message),
    }


def suggestion(
    world: World, user: User, place: Message | Ephemeral | View, element: Json, query: str
) -> Json:
    """block_suggestion: what an external select asks while a person types."""
    body: Json = {"type": "block_suggestion", **_head(world, user)}
    body |= {
        "action_id": element["action_id"],
        "block_id": element["block_id"],
        "value": query,
    }
    if isinstance(place, View):
        body["container"] = {"type": "view", "view_id": place.id}
        return body | {"view": shapes.view_json(world, place)}
    channel = world.channels[place.channel]
    body["container"] = {
        "type": "message",
        "message_ts": place.ts,
        "channel_id": channel.id,
        "is_ephemeral": isinstance(place, Ephemeral),
    }
    body["channel"] = {"id": channel.id, "name": channel_name(channel)}
    if isinstance(place, Message):
        body["message"] = shapes.api_message(world, place)
    return body
