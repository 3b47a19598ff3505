"""The app's manifest: what the workspace installed (commands, scopes, events, addresses)."""

import re
from dataclasses import dataclass

from sandbox.slack.errors import ControlError
from sandbox.slack.jsontypes import Json

DEFAULT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
)
_COMMAND = re.compile(r"^/[^\sA-Z/]{1,31}$")


@dataclass(frozen=True, slots=True)
class Command:
    """A registered slash command."""

    command: str
    description: str
    usage_hint: str = ""
    url: str = ""
    should_escape: bool = False


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A registered shortcut; `type` is global or message."""

    name: str
    type: str
    callback_id: str
    description: str


@dataclass(frozen=True, slots=True)
class Install:
    """What one manifest registers."""

    name: str
    description: str
    commands: tuple[Command, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    bot_events: tuple[str, ...] = ("app_home_opened",)
    socket_mode: bool = True
    event_url: str = ""
    interactivity_url: str = ""
    options_url: str = ""
    home_enabled: bool = True
    messages_enabled: bool = True
    interactivity: bool = True
    bot_name: str = "QuickBooks Sync"


def default_install() -> Install:
    """What is installed when no manifest was given: no commands, wide scopes, socket mode."""
    return Install(name="QuickBooks Sync", description="")


def read_manifest(manifest: Json) -> Install:
    """Turn a manifest into an Install.

    Raises ControlError `invalid_manifest` with a list of `{message, pointer}`; the checks are
    those of https://docs.slack.dev/reference/app-manifest that an app can get wrong by hand.
    """
    problems: list[Json] = []
    if not isinstance(manifest, dict):
        raise ControlError("invalid_manifest", "The manifest must be a JSON object.")
    display = _section(manifest, "display_information")
    features = _section(manifest, "features")
    settings = _section(manifest, "settings")
    name = str(display.get("name", ""))
    _check_length(problems, "/display_information/name", name, 1, 35)
    _check_length(
        problems, "/display_information/description", str(display.get("description", "")), 0, 140
    )
    commands = _commands(features.get("slash_commands") or [], problems)
    shortcuts = _shortcuts(features.get("shortcuts") or [], problems)
    scopes = _section(_section(manifest, "oauth_config"), "scopes").get("bot")
    granted = _strings(scopes, "/oauth_config/scopes/bot", problems)
    events = _section(settings, "event_subscriptions")
    bot_events = _strings(
        events.get("bot_events"), "/settings/event_subscriptions/bot_events", problems
    )
    if problems:
        first = problems[0]
        why = f"{first['message']} ({first['pointer']})"
        raise ControlError("invalid_manifest", why, errors=problems)
    interactivity = _section(settings, "interactivity")
    return Install(
        name=name,
        description=str(display.get("description", "")),
        commands=commands,
        shortcuts=shortcuts,
        scopes=granted,
        bot_events=bot_events,
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        event_url=str(events.get("request_url") or ""),
        interactivity_url=str(interactivity.get("request_url") or ""),
        options_url=str(interactivity.get("message_menu_options_url") or ""),
        home_enabled=bool(_section(features, "app_home").get("home_tab_enabled", False)),
        messages_enabled=_section(features, "app_home").get("messages_tab_enabled") is not False,
        interactivity=interactivity.get("is_enabled") is not False,
        bot_name=str(_section(features, "bot_user").get("display_name") or name),
    )


def _section(source: Json, key: str) -> Json:
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def _check_length(problems: list[Json], pointer: str, text: str, low: int, high: int) -> None:
    if not low <= len(text) <= high:
        message = f"must have {low} to {high} characters, has {len(text)}"
        problems.append({"message": message, "pointer": pointer})


def _objects(rows: object, pointer: str, problems: list[Json]) -> list[Json]:
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    problems.append({"message": "must be a list of objects", "pointer": pointer})
    return []


def _strings(rows: object, pointer: str, problems: list[Json]) -> tuple[str, ...]:
    if rows is None:
        return ()
    if isinstance(rows, list) and all(isinstance(row, str) for row in rows):
        return tuple(rows)
    problems.append({"message": "must be a list of strings", "pointer": pointer})
    return ()


def _commands(rows: list[Json], problems: list[Json]) -> tuple[Command, ...]:
    found: dict[str, Command] = {}
    if len(rows) > 50:
        problems.append({"message": "at most 50 commands", "pointer": "/features/slash_commands"})
    for number, row in enumerate(_objects(rows, "/features/slash_commands", problems)):
        at = f"/features/slash_commands/{number}"
        name = str(row.get("command", ""))
        if not _COMMAND.match(name):
            message = "a command is /lowercase without spaces, at most 32 characters"
            problems.append({"message": message, "pointer": f"{at}/command"})
        if name in found:
            problems.append({"message": f"{name} is there twice", "pointer": f"{at}/command"})
        _check_length(problems, f"{at}/description", str(row.get("description", "")), 1, 2000)
        _check_length(problems, f"{at}/usage_hint", str(row.get("usage_hint", "")), 0, 1000)
        found[name] = Command(
            command=name,
            description=str(row.get("description", "")),
            usage_hint=str(row.get("usage_hint", "")),
            url=str(row.get("url") or ""),
            should_escape=bool(row.get("should_escape", False)),
        )
    return tuple(found.values())


def _shortcuts(rows: list[Json], problems: list[Json]) -> tuple[Shortcut, ...]:
    found: list[Shortcut] = []
    if len(rows) > 10:
        problems.append({"message": "at most 10 shortcuts", "pointer": "/features/shortcuts"})
    for number, row in enumerate(_objects(rows, "/features/shortcuts", problems)):
        at = f"/features/shortcuts/{number}"
        shortcut = Shortcut(
            name=str(row.get("name", "")),
            type=str(row.get("type", "")),
            callback_id=str(row.get("callback_id", "")),
            description=str(row.get("description", "")),
        )
        if shortcut.type not in {"global", "message"}:
            problems.append({"message": "must be global or message", "pointer": f"{at}/type"})
        _check_length(problems, f"{at}/name", shortcut.name, 1, 24)
        _check_length(problems, f"{at}/callback_id", shortcut.callback_id, 1, 255)
        _check_length(problems, f"{at}/description", shortcut.description, 1, 150)
        found.append(shortcut)
    return tuple(found)
