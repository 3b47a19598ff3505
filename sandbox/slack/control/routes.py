"""`/control/…`: JSON in, JSON out."""

import json
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.slack.control import look, order
from sandbox.slack.errors import ActError, ControlError
from sandbox.slack.jsontypes import Json
from sandbox.slack.people.acts import act
from sandbox.slack.world import World

Looker = Callable[[World, dict[str, str]], Json]
Doer = Callable[[World, Json], Awaitable[Json]]

LOOKS: dict[str, Looker] = {
    "state": look.state,
    "messages": look.messages,
    "ephemerals": look.ephemerals,
    "views": look.views,
    "home": look.home,
    "files": look.files,
    "scheduled": look.scheduled,
    "switches": look.switches,
    "lifetimes": look.lifetimes,
    "calls": look.calls,
    "faults": look.faults,
    "limits": look.limits,
}
DOES: dict[str, Doer] = {
    "act": act,
    "users": order.users,
    "channels": order.channels,
    "usergroups": order.usergroups,
    "app": order.app,
    "faults": order.faults,
    "limits": order.limits,
    "switches": order.switches,
    "lifetimes": order.lifetimes,
}


def routes(world: World) -> list[Route]:
    """The routes of the control API."""

    async def look_at(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in LOOKS:
            return _bad(
                ControlError("not_found", f"There is no {name!r}. Look at: {_list(LOOKS)}.")
            )
        try:
            return JSONResponse({"ok": True, **LOOKS[name](world, dict(request.query_params))})
        except ControlError as error:
            return _bad(error)

    async def do(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in DOES:
            return _bad(ControlError("not_found", f"There is no {name!r}. Post to: {_list(DOES)}."))
        try:
            return JSONResponse(await DOES[name](world, await _body(request)))
        except ActError as error:
            return JSONResponse(error.body())
        except ControlError as error:
            return _bad(error)

    async def forget_faults(_request: Request) -> Response:
        return JSONResponse(order.clear_faults(world))

    return [
        Route("/control/faults", forget_faults, methods=["DELETE"]),
        Route("/control/{name}", look_at, methods=["GET"]),
        Route("/control/{name}", do, methods=["POST"]),
    ]


def _list(table: dict[str, Looker] | dict[str, Doer]) -> str:
    return ", ".join(table)


def _bad(error: ControlError) -> Response:
    return JSONResponse(error.body(), 400)


async def _body(request: Request) -> Json:
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise ControlError("bad_json", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise ControlError("bad_json", "The body must be a JSON object.")
    return body
