"""The Slack app's manifest, made of the commands and of what the code calls."""

from collections.abc import Iterable, Mapping

from bot.config import Settings
from bot.dispatch.hearing import EXPLAIN_MESSAGE
from bot.dispatch.model import SlashCommand
from bot.domain import Payload

NAME = "QuickBooks Sync"
# Each scope and the calls that need it. A scope nobody needs makes installing harder.
SCOPES: Mapping[str, str] = {
    "channels:history": "conversations.history, .replies: after a lost reply, is a post there; "
    "message.channels: errors that other apps post",
    "chat:write": "chat.postMessage, chat.update, chat.postEphemeral",
    "commands": "the slash commands",
    "files:read": "files.info: the file given to /qb-sync-now file",
    "files:write": "files.getUploadURLExternal, .completeUploadExternal: its report, row by row",
    "groups:history": "conversations.history and message.groups in private channels",
    "usergroups:read": "usergroups.users.list: roles given to user groups",
    "users:read": "users.info: names, guests, deactivated people",
}

# What Slack tells us of by itself.
EVENTS = ("app_home_opened", "message.channels", "message.groups")
SHORTCUTS = (
    {
        "name": "Explain QuickBooks error",
        "type": "message",
        "callback_id": EXPLAIN_MESSAGE,
        "description": "Says what the error in a message is and what to do, to you alone.",
    },
)


def build_manifest(commands: Iterable[SlashCommand], settings: Settings) -> Payload:
    """Build the manifest for https://api.slack.com/apps ("From a manifest").

    With no app token in the settings the app is reached by signed HTTP at PUBLIC_URL.
    """
    socket = bool(settings.SLACK_APP_TOKEN.get_secret_value()) or not (
        settings.SLACK_SIGNING_SECRET.get_secret_value()
    )
    address = f"{settings.PUBLIC_URL.rstrip('/')}/slack/events"
    return {
        "display_information": {
            "name": NAME,
            "description": "Finds, explains and fixes QuickBooks sync errors, here in Slack.",
            "background_color": "#1d4f3a",
        },
        "features": {
            # Commands can be typed in a direct message with the bot, too.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": list(SHORTCUTS),
            "slash_commands": [_command(command, socket, address) for command in commands],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)}
            | ({} if socket else {"request_url": address}),
            "interactivity": {"is_enabled": True} | ({} if socket else {"request_url": address}),
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }


def _command(command: SlashCommand, socket: bool, address: str) -> Payload:
    found: Payload = {"command": command.name, "description": command.help}
    if command.usage:
        found["usage_hint"] = command.usage
    if not socket:
        found["url"] = address
    found["should_escape"] = False
    return found
