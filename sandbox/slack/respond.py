"""response_url: five uses within thirty minutes, to answer where a person acted."""

import time

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.slack.api.call import Call
from sandbox.slack.api.content import Content, read_content
from sandbox.slack.api.faulty import suffer
from sandbox.slack.api.record import record
from sandbox.slack.api.request import read
from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Message, ResponseUrl
from sandbox.slack.posting import (
    change_message,
    delete_message,
    post_message,
    rewhisper,
    whisper,
)
from sandbox.slack.world import World

USES = 5


async def handle(world: World, request: Request) -> Response:
    """Answer a POST to a response_url; refusals are 4xx with Slack's short word."""
    target = world.response_urls.get(request.path_params["id"])
    if target is None:
        return JSONResponse({"ok": False, "error": "no_such_url"}, 404)
    if time.monotonic() - target.made > world.lifetimes["response_url"]:
        return JSONResponse({"ok": False, "error": "expired_url"}, 404)
    if target.uses >= USES:
        return JSONResponse({"ok": False, "error": "used_url"}, 404)
    try:
        fault = world.faults.take(None, method="response_url", channel=target.channel)
        if fault:
            return await suffer(fault, request, lambda: _use(world, target, request))
        return await _use(world, target, request)
    except SlackError as error:
        record(world, "response_url", {"id": target.id}, error.code)
        status = error.status if error.status != 200 else 400
        return JSONResponse(error.body(), status, error.headers)


async def _use(world: World, target: ResponseUrl, request: Request) -> Response:
    """One use; a body that is refused uses none up."""
    found = await read(request)
    args = _unwrap(world, found.args)
    _apply(world, target, Call(world, "response_url", args))
    target.uses += 1
    record(world, "response_url", {"id": target.id, "channel": target.channel, **args})
    return PlainTextResponse("ok")


def _unwrap(world: World, args: Json) -> Json:
    """Old clients send a form with the JSON in `payload`."""
    if set(args) != {"payload"}:
        return args
    found = Call(world, "response_url", args).parsed("payload", "invalid_payload")
    if not isinstance(found, dict):
        raise SlackError("invalid_payload")
    return found


def _apply(world: World, target: ResponseUrl, call: Call) -> None:
    if call.flag("delete_original"):
        _delete(world, target)
        return
    content = read_content(call)
    if call.flag("replace_original") and _replace(world, target, content):
        return
    answer(world, target, content, call.text("response_type"), call.text("thread_ts"))


def answer(world: World, target: ResponseUrl, content: Content, kind: str, thread_ts: str) -> None:
    """Post a new answer: to the person alone, or to the channel."""
    channel = world.channels[target.channel]
    parent = channel.messages.get(thread_ts)
    thread = thread_ts if parent and not parent.deleted else ""
    if kind == "in_channel":
        if channel.is_archived:
            raise SlackError("is_archived")
        post_message(world, channel, world.bot_user_id, content, thread_ts=thread, by_app=True)
        return
    if not thread and target.message_ts:
        thread = target.thread_ts
    whisper(
        world,
        channel.id,
        target.user,
        content,
        author=world.bot_user_id,
        thread_ts=thread,
        response_to=target.response_to,
    )


def _original(world: World, target: ResponseUrl) -> tuple[Channel, Message] | None:
    channel = world.channels[target.channel]
    message = channel.messages.get(target.message_ts)
    return (channel, message) if message and not message.deleted else None


def _delete(world: World, target: ResponseUrl) -> None:
    item = world.ephemerals.get(target.ephemeral_id)
    if item:
        rewhisper(world, item, None)
        return
    original = _original(world, target)
    if original is None:
        raise SlackError("message_not_found")
    delete_message(world, *original)


def _replace(world: World, target: ResponseUrl, content: Content) -> bool:
    """Replace what was pressed; False when there is nothing to replace (a command)."""
    item = world.ephemerals.get(target.ephemeral_id)
    if item:
        if not item.deleted:
            rewhisper(world, item, content)
        return True
    original = _original(world, target)
    if original is None:
        return False
    # Replacing through a response_url replaces all of it, attachments too.
    content.attachments_given = content.text_given = content.blocks_given = True
    change_message(world, *original, content)
    return True
