"""Slash commands: only registered ones, answered within three seconds."""

import time

from sandbox.slack import ids
from sandbox.slack.api.call import Call
from sandbox.slack.api.content import Content, read_content
from sandbox.slack.errors import ActError, SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.manifest import Command
from sandbox.slack.mentions import with_ids
from sandbox.slack.model import Channel, ResponseUrl, User
from sandbox.slack.people.acting import person, place, report
from sandbox.slack.posting import whisper
from sandbox.slack.realtime.deliver import deliver
from sandbox.slack.realtime.payloads import slash_command
from sandbox.slack.realtime.sockets import Ack
from sandbox.slack.respond import answer
from sandbox.slack.seed import SLACKBOT
from sandbox.slack.world import World

_FAILURES = {"timeout": "operation_timeout", "no_connection": "dispatch_failed"}


async def act(world: World, body: Json) -> Json:
    """`{user, channel, command, text}`."""
    user = person(world, body)
    channel = place(world, user, body)
    name, text = _words(body)
    if body.get("thread_ts"):
        raise ActError("command_in_thread", f"{name} is not supported in threads. Sorry!")
    registered = next((c for c in world.install.commands if c.command == name), None)
    if registered is None or world.uninstalled:
        raise ActError("dispatch_unknown_command", unknown_command(name))
    if channel.is_archived:
        raise ActError("is_archived", "This channel is archived.")
    if registered.should_escape:
        text = with_ids(world, text)
    trigger = world.new_trigger(user.id, channel=channel.id)
    payload = slash_command(world, user, channel, name, text, trigger)
    ack = await deliver(world, "slash_commands", payload, url=registered.url)
    shown = _show(world, user, channel, registered, text, ack)
    return report(ack, trigger_id=trigger.id, **shown)


def unknown_command(name: str) -> str:
    """What Slackbot says about a command no app registered."""
    return (
        f'{name} is not a valid command. In Slack, all messages that start with the "/" character'
        " are interpreted as commands.\n\nIf you are trying to send a message and not run a"
        ' command, try preceding the "/" with an empty space.'
    )


def _words(body: Json) -> tuple[str, str]:
    command = str(body.get("command", "")).strip()
    text = str(body.get("text", "")).strip()
    if not command:
        command, _, text = text.partition(" ")
    elif " " in command:
        command, _, rest = command.partition(" ")
        text = f"{rest} {text}".strip()
    return command, text.strip()


def _show(
    world: World, user: User, channel: Channel, command: Command, text: str, ack: Ack
) -> Json:
    """What the person sees: the acknowledgement's words, or Slackbot's about a failure."""
    about = {"type": "command", "command": command.command, "text": text}
    if not ack.acked:
        code = _FAILURES.get(ack.reason, "dispatch_failed")
        why = f'{command.command} failed with the error "{code}"'
        whisper(world, channel.id, user.id, Content(text=why), author=SLACKBOT, response_to=about)
        return {"error": code, "why": why}
    args = {"text": ack.payload} if isinstance(ack.payload, str) else ack.payload
    if not args or not (args.get("text") or args.get("blocks") or args.get("attachments")):
        return {}
    call = Call(world, "response_url", args)
    target = ResponseUrl(ids.opaque(""), user.id, channel.id, time.monotonic(), response_to=about)
    try:
        answer(world, target, read_content(call), call.text("response_type"), "")
    except SlackError as error:
        why = f'{command.command} failed with the error "{error.code}"'
        whisper(world, channel.id, user.id, Content(text=why), author=SLACKBOT, response_to=about)
        return {"error": error.code, "why": why, "detail": error.body()}
    return {}
