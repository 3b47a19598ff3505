"""The app itself: who it is, its sockets, its tokens, its manifest."""

from sandbox.slack import moves
from sandbox.slack.api.call import Call
from sandbox.slack.errors import ControlError, SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.manifest import read_manifest


def auth_test(call: Call) -> Json:
    """auth.test: who this token is."""
    world = call.world
    base = {"url": f"{world.base_url}/", "team": world.team_name, "team_id": world.team_id}
    if call.token is not None and call.token.kind == "app":
        return {"app_name": world.install.name, "app_id": world.app_id}
    return {
        **base,
        "user": world.users[world.bot_user_id].name,
        "user_id": world.bot_user_id,
        "bot_id": world.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(call: Call) -> Json:
    """auth.revoke: the token of this call is dead afterwards; `test` only asks."""
    if call.flag("test") or call.token is None:
        return {"revoked": False}
    moves.end_tokens(call.world, (call.token.kind,), "token_revoked")
    return {"revoked": True}


def connections_open(call: Call) -> Json:
    """apps.connections.open: a WebSocket address for one connection."""
    world = call.world
    if not world.install.socket_mode:
        raise SlackError("forbidden_team")
    base = world.base_url.replace("http://", "ws://")
    ticket = world.hub.new_ticket()
    return {"url": f"{base}/socket?ticket={ticket}&app_id={world.app_id}"}


def authorizations(call: Call) -> Json:
    """apps.event.authorizations.list: the one installation there is."""
    world = call.world
    row = {
        "enterprise_id": None,
        "team_id": world.team_id,
        "user_id": world.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {"authorizations": [row], "response_metadata": {"next_cursor": ""}}


def manifest_validate(call: Call) -> Json:
    """apps.manifest.validate, with the configuration token."""
    raw = call.parsed("manifest", "invalid_manifest")
    if not isinstance(raw, dict):
        raise SlackError("invalid_manifest")
    try:
        read_manifest(raw)
    except ControlError as error:
        errors = error.extra.get("errors", [])
        raise SlackError("invalid_manifest", extra={"errors": errors}) from None
    return {"errors": []}


def manifest_export(call: Call) -> Json:
    """apps.manifest.export: what is installed, in a manifest's words."""
    install = call.world.install
    commands = [
        {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
        for c in install.commands
    ]
    return {
        "manifest": {
            "display_information": {"name": install.name, "description": install.description},
            "features": {
                "bot_user": {"display_name": install.bot_name},
                "slash_commands": commands,
            },
            "oauth_config": {"scopes": {"bot": list(install.scopes)}},
            "settings": {
                "event_subscriptions": {"bot_events": list(install.bot_events)},
                "socket_mode_enabled": install.socket_mode,
            },
        }
    }
