"""The acts by name."""

from collections.abc import Awaitable, Callable

from sandbox.slack.errors import ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.people import command, modal, press, workspace
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
    "message": workspace.message,
    "join": workspace.join,
    "leave": workspace.leave,
    "archive": workspace.archive,
    "unarchive": workspace.unarchive,
    "dm": workspace.dm,
    "read": workspace.read,
}


async def act(world: World, body: Json) -> Json:
    """Do what a person does; raises ActError or ControlError."""
    kind = str(body.get("type", ""))
    run = ACTS.get(kind)
    if run is None:
        raise ControlError("unknown_type", f"type {kind!r} is none of: {', '.join(ACTS)}.")
    return await run(world, body)
