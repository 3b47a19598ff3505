"""The record of calls, for the control API."""

import time

from sandbox.slack.jsontypes import Json
from sandbox.slack.world import World

_SECRET_ARGS = frozenset({"token", "client_secret"})


def record(world: World, method: str, args: Json, error: str = "") -> None:
    """Note a call and how it ended (no error = it went well); never a secret."""
    world.call_seq += 1
    shown = {key: value for key, value in args.items() if key not in _SECRET_ARGS}
    world.calls.append(
        {
            "seq": world.call_seq,
            "time": time.time(),
            "method": method,
            "ok": not error,
            "error": error or None,
            "args": shown,
        }
    )
