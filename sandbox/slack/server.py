"""The HTTP face: routes, WebSockets, the page."""

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack import respond, transfer
from sandbox.slack.api import dispatch
from sandbox.slack.control.order import tell_app
from sandbox.slack.control.routes import routes as control_routes
from sandbox.slack.hangup import App, HangUpMiddleware
from sandbox.slack.live import Page
from sandbox.slack.shown import control_user
from sandbox.slack.world import World

PAGE = Path(__file__).parent / "page"
NO_CACHE = {"cache-control": "no-cache, no-store, must-revalidate"}
Handler = Callable[[World, Request], Awaitable[Response]]


class Fresh(StaticFiles):
    """Static files a browser asks for again each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """As StaticFiles, with no-cache headers."""
        response = await super().get_response(path, scope)
        response.headers.update(NO_CACHE)
        return response


def build(world: World) -> App:
    """The ASGI application of one workspace."""

    def bound(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await handler(world, request)

        return endpoint

    async def socket(ws: WebSocket) -> None:
        await _serve_app(world, ws)

    async def live(ws: WebSocket) -> None:
        await _serve_page(world, ws)

    routes = [
        Route("/api/{method}", bound(dispatch.handle), methods=["GET", "POST"]),
        WebSocketRoute("/socket", socket),
        WebSocketRoute("/socket/", socket),
        WebSocketRoute("/live", live),
        Route("/response/{team}/{id}", bound(respond.handle), methods=["POST"]),
        Route("/files/upload/v1/{key}", bound(transfer.upload), methods=["POST", "PUT"]),
        Route("/files/{key}/{name:path}", bound(transfer.download), methods=["GET"]),
        Route("/archives/{channel}/{ts}", _permalink, methods=["GET"]),
        Route("/avatar/{user}.svg", bound(_avatar), methods=["GET"]),
        *control_routes(world),
        Route("/", _index, methods=["GET"]),
        Mount("/", Fresh(directory=PAGE, check_dir=False)),
    ]
    return HangUpMiddleware(Starlette(routes=routes))


async def _index(_request: Request) -> Response:
    index = PAGE / "index.html"
    if not index.is_file():
        return PlainTextResponse("The sandbox runs; its page is not built in.", headers=NO_CACHE)
    return FileResponse(index, headers=NO_CACHE)


async def _permalink(request: Request) -> Response:
    """A permalink opens the page at the message."""
    channel, ts = request.path_params["channel"], request.path_params["ts"].removeprefix("p")
    return RedirectResponse(f"/#{channel}/{ts[:-6]}.{ts[-6:]}", 302)


async def _avatar(world: World, request: Request) -> Response:
    """A person's initials on their colour."""
    user = world.users.get(request.path_params["user"])
    if user is None:
        return PlainTextResponse("not found", 404)
    face = control_user(user)["avatar"]
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72"><rect width="72" height="72" '
        f'fill="{escape(face["color"])}"/><text x="36" y="46" font-size="28" fill="#fff" '
        f'text-anchor="middle" font-family="sans-serif">{escape(face["initials"])}</text></svg>'
    )
    return Response(picture, media_type="image/svg+xml")


async def _serve_app(world: World, ws: WebSocket) -> None:
    """One Socket Mode connection of the app."""
    if not world.hub.use_ticket(ws.query_params.get("ticket", "")):
        await ws.close(4001)
        return
    await ws.accept()
    connection = None
    try:
        connection = await world.hub.join(ws, world.app_id)
        if connection is None:
            await ws.close(1008)
            return
        tell_app(world)
        while True:
            world.hub.receive(await ws.receive_text())
    except (WebSocketDisconnect, RuntimeError, KeyError):
        # RuntimeError, KeyError: the socket was closed from this side, or sent binary.
        pass
    finally:
        if connection is not None:
            world.hub.leave(connection)
            tell_app(world)


async def _serve_page(world: World, ws: WebSocket) -> None:
    """Live events for one page."""
    await ws.accept()
    page = world.live.open(ws.query_params.get("user", ""))
    sender = asyncio.ensure_future(_pump(page, ws))
    try:
        while True:
            await ws.receive_text()
    except (WebSocketDisconnect, RuntimeError, KeyError):
        pass
    finally:
        world.live.close(page)
        sender.cancel()


async def _pump(page: Page, ws: WebSocket) -> None:
    while True:
        event = await page.queue.get()
        if event is None:
            await ws.close(1013)
            return
        try:
            await ws.send_json(event)
        except (WebSocketDisconnect, RuntimeError):
            return
