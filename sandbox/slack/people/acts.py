"""The acts by name."""

from collections.abc import Awaitable, Callable

from sandbox.slack.errors import ActError, ControlError, SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.people import channels, command, modal, press, words, workspace
from sandbox.slack.world import World

Act = Callable[[World, Json], Awaitable[Json]]

ACTS: dict[str, Act] = {
    "command": command.act,
    "button": press.button,
    "select": press.select,
    "input": press.select,
    "options": press.options,
    "submit": modal.submit,
    "close": modal.close,
    "shortcut": workspace.shortcut,
    "file": workspace.file,
    "home": workspace.home,
    "message": words.message,
    "edit": words.edit,
    "delete": words.delete,
    "react": words.react,
    "unreact": words.unreact,
    "pin": words.pin,
    "unpin": words.unpin,
    "create": channels.create,
    "join": channels.join,
    "leave": channels.leave,
    "invite": channels.invite,
    "kick": channels.kick,
    "rename": channels.rename,
    "topic": channels.topic,
    "archive": channels.archive,
    "unarchive": channels.unarchive,
    "uninstall": channels.uninstall,
    "revoke": channels.revoke,
    "dm": workspace.dm,
    "read": workspace.read,
}


async def act(world: World, body: Json) -> Json:
    """Do what a person does; raises ActError or ControlError."""
    kind = str(body.get("type", ""))
    run = ACTS.get(kind)
    if run is None:
        raise ControlError("unknown_type", f"type {kind!r} is none of: {', '.join(ACTS)}.")
    try:
        return await run(world, body)
    except SlackError as error:
        why = f"Slack refuses this: {error.code.replace('_', ' ')}."
        raise ActError(error.code, why) from error
