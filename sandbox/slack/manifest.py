"""The app's manifest: what the workspace installed (commands, scopes, events, addresses)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.slack.errors import ControlError
from sandbox.slack.jsontypes import Json

DEFAULT_SCOPES = (
    "app_mentions:read",
    "channels:history",
    "channels:join",
    "channels:manage",
    "channels:read",
    "chat:write",
    "chat:write.customize",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "groups:write",
    "im:history",
    "im:read",
    "im:write",
    "links:read",
    "links:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "pins:read",
    "pins:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "usergroups:write",
    "users:read",
    "users:read.email",
)
DEFAULT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_created",
    "channel_deleted",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "file_created",
    "file_deleted",
    "file_shared",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "link_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "pin_added",
    "pin_removed",
    "reaction_added",
    "reaction_removed",
    "subteam_created",
    "subteam_members_changed",
    "subteam_updated",
    "team_join",
    "tokens_revoked",
    "user_change",
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
    bot_events: tuple[str, ...] = DEFAULT_EVENTS
    socket_mode: bool = True
    event_url: str = ""
    interactivity_url: str = ""
    options_url: str = ""
    home_enabled: bool = True
    messages_enabled: bool = True
    interactivity: bool = True
    unfurl_domains: tuple[str, ...] = ()
    bot_name: str = "QuickBooks Sync"


def default_install() -> Install:
    """What is installed without a manifest: no commands, wide scopes and events, socket mode."""
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
    _check_names(problems, display, features)
    commands = _commands(features.get("slash_commands") or [], problems)
    shortcuts = _shortcuts(features.get("shortcuts") or [], problems)
    granted = _scopes(manifest, problems)
    events = _section(settings, "event_subscriptions")
    bot_events = _events(events, problems)
    domains = _strings(features.get("unfurl_domains"), "/features/unfurl_domains", problems)
    _at_most(problems, "/features/unfurl_domains", domains, 5)
    interactivity = _section(settings, "interactivity")
    home = _section(features, "app_home")
    if problems:
        first = problems[0]
        why = f"{first['message']} ({first['pointer']})"
        raise ControlError("invalid_manifest", why, errors=problems)
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
        home_enabled=bool(home.get("home_tab_enabled", False)),
        messages_enabled=home.get("messages_tab_enabled") is not False,
        interactivity=interactivity.get("is_enabled") is not False,
        unfurl_domains=domains,
        bot_name=str(_section(features, "bot_user").get("display_name") or name),
    )


def _check_names(problems: list[Json], display: Json, features: Json) -> None:
    at = "/display_information"
    _check_length(problems, f"{at}/name", str(display.get("name", "")), 1, 35)
    _check_length(problems, f"{at}/description", str(display.get("description", "")), 0, 140)
    if display.get("long_description"):
        long = str(display["long_description"])
        _check_length(problems, f"{at}/long_description", long, 175, 4000)
    shown = str(_section(features, "bot_user").get("display_name", ""))
    _check_length(problems, "/features/bot_user/display_name", shown, 0, 80)


def _scopes(manifest: Json, problems: list[Json]) -> tuple[str, ...]:
    """Bot scopes; here the installer grants the optional ones too."""
    scopes = _section(_section(manifest, "oauth_config"), "scopes")
    at = "/oauth_config/scopes"
    asked = _strings(scopes.get("bot"), f"{at}/bot", problems)
    optional = _strings(scopes.get("bot_optional"), f"{at}/bot_optional", problems)
    granted = tuple(dict.fromkeys([*asked, *optional]))
    _at_most(problems, f"{at}/bot", granted, 255)
    return granted


def _events(events: Json, problems: list[Json]) -> tuple[str, ...]:
    at = "/settings/event_subscriptions"
    heard = _strings(events.get("bot_events"), f"{at}/bot_events", problems)
    _at_most(problems, f"{at}/bot_events", heard, 100)
    metadata = events.get("metadata_subscriptions") or []
    at = f"{at}/metadata_subscriptions"
    _at_most(problems, at, _objects(metadata, at, problems), 20)
    return heard


def _at_most(problems: list[Json], pointer: str, rows: Sequence[object], high: int) -> None:
    if len(rows) > high:
        problems.append({"message": f"at most {high} items", "pointer": pointer})


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
