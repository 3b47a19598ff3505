"""Signed HTTP from Slack, when there is no app token for Socket Mode."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from bot.web.body import MEGABYTE, Body, spool

# The raw body and the headers in, (status, headers, body) out.
SlackDoor = Callable[[bytes, Mapping[str, str]], tuple[int, Mapping[str, str], str]]


async def _raw(request: Request) -> Body:
    return await spool(request, MEGABYTE)


def make_router(door: SlackDoor) -> APIRouter:
    """Make the route /slack/events; Slack's signature is checked by the door on the raw bytes."""
    router = APIRouter()

    @router.post("/slack/events")
    def events(request: Request, body: Annotated[Body, Depends(_raw)]) -> Response:
        with body:
            status, headers, text = door(body.read(), dict(request.headers))
        return Response(text, status_code=status, headers=dict(headers))

    return router
