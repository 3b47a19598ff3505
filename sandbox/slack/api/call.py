"""One Web API call: its arguments, read the way Slack reads them."""

import json
from dataclasses import dataclass

from sandbox.slack.errors import SlackError
from sandbox.slack.jsontypes import Json
from sandbox.slack.model import Channel, Token
from sandbox.slack.world import World

_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(slots=True)
class Call:
    """The arguments of one call and who makes it."""

    world: World
    method: str
    args: Json
    token: Token | None = None
    caller: str = ""
    upload: bytes = b""

    def text(self, name: str, default: str = "") -> str:
        """A string argument; numbers are taken as they are written."""
        value = self.args.get(name)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return str(value)
        raise SlackError(
            "invalid_arguments", messages=[f"must provide a string [json-pointer:/{name}]"]
        )

    def flag(self, name: str, default: bool = False) -> bool:
        """A boolean argument."""
        value = self.args.get(name)
        if value is None or value == "":
            return default
        return value is True or str(value).lower() in _TRUE

    def number(self, name: str, default: int) -> int:
        """A whole number argument; anything else is invalid_arguments."""
        value = self.args.get(name)
        if value is None or value == "":
            return default
        try:
            return int(str(value))
        except ValueError:
            message = f"must be an integer [json-pointer:/{name}]"
            raise SlackError("invalid_arguments", messages=[message]) from None

    def given(self, name: str) -> bool:
        """True when the argument was passed with a value."""
        return self.args.get(name) not in (None, "")

    def parsed(self, name: str, error: str) -> object:
        """A structured argument: JSON text in a form, or the value itself in a JSON body."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def listed(self, name: str) -> list[str]:
        """A comma-separated list, or a JSON array."""
        value = self.args.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [item.strip() for item in str(value or "").split(",") if item.strip()]

    def channel(self, name: str = "channel", *, readable: bool = True) -> Channel:
        """The channel an id names; private ones the app is not in do not exist for it."""
        found = self.world.channels.get(self.text(name))
        if found is None:
            raise SlackError("channel_not_found")
        hidden = found.is_private and self.world.bot_user_id not in found.members
        if readable and hidden:
            raise SlackError("channel_not_found")
        return found

    def scope_for(self, channel: Channel, suffix: str) -> None:
        """Require `channels:…`, `groups:…` or `im:…` by the kind of the channel."""
        require_scope(self, f"{channel.kind}:{suffix}")


def require_scope(call: Call, needed: str) -> None:
    """Raise missing_scope with needed and provided, unless one of `needed` (a,b) was granted."""
    granted = call.token.scopes if call.token else ()
    if not any(scope in granted for scope in needed.split(",")):
        extra = {"needed": needed, "provided": ",".join(granted)}
        raise SlackError("missing_scope", extra=extra)


def page(items: list[Json], cursor: str, limit: int) -> tuple[list[Json], str]:
    """One page of a list and the cursor of the next; a cursor that is not ours: invalid_cursor."""
    start = 0
    if cursor:
        if not cursor.startswith("dG9r") or not cursor[4:].isdigit():
            raise SlackError("invalid_cursor")
        start = int(cursor[4:])
    end = start + limit
    return items[start:end], f"dG9r{end}" if end < len(items) else ""
