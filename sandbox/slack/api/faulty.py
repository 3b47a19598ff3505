"""Letting a call suffer an ordered fault."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from sandbox.slack.errors import SlackError
from sandbox.slack.faults import Fault
from sandbox.slack.hangup import hang_up


async def suffer(
    fault: Fault, request: Request, run: Callable[[], Awaitable[Response]]
) -> Response:
    """End the call as ordered; raises SlackError for faults that answer.

    After `timeout_after` and `reset_after` the call took effect, only its answer is lost; after
    `slow` its answer is late.
    """
    if fault.fault == "slow":
        answer = await run()
        await asyncio.sleep(fault.seconds)
        return answer
    kind, _, moment = fault.fault.rpartition("_")
    if kind not in {"timeout", "reset"}:
        raise _ordered(fault)
    if moment == "after":
        await run()
    if kind == "timeout":
        await asyncio.sleep(fault.seconds)
    return hang_up(request, reset=kind == "reset")


def _ordered(fault: Fault) -> SlackError:
    """The error a fault orders."""
    if fault.fault == "ratelimited":
        wait = str(max(1, round(fault.seconds)))
        return SlackError("ratelimited", status=429, headers={"Retry-After": wait})
    if fault.fault == "internal_error":
        return SlackError("internal_error", status=500)
    return SlackError(fault.fault.removeprefix("error:"))
