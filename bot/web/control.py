"""Local control: the command line nudges the running bot."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, ValidationError

from bot import jobs
from bot.errors import BadInput
from bot.services import Services
from bot.web.body import MEGABYTE, Body, spool
from bot.web.guard import Unauthorized, bearer
from bot.web.tokens import is_control_token

_BY_COMPANY = frozenset({jobs.SYNC, jobs.CAPTURE, jobs.NOTICES})
_PLAIN = frozenset({jobs.CHECK, jobs.DELIVER, jobs.SWEEP})


async def _raw(request: Request) -> Body:
    return await spool(request, MEGABYTE)


class NudgeIn(BaseModel):
    """Which job, about which row."""

    job: str
    arg: str = Field(default="", max_length=200, pattern=r"^[0-9a-z_:]*$")


def make_router(services: Services, overview: Callable[[], jobs.Overview]) -> APIRouter:
    """Make the routes /nudge and /jobs."""
    router = APIRouter()

    @router.get("/jobs")
    def jobs_now(authorization: Annotated[str, Header()] = "") -> JSONResponse:
        if not is_control_token(services.settings, bearer(authorization)):
            raise Unauthorized
        return JSONResponse(overview().as_json())

    @router.post("/nudge", status_code=202)
    def nudge(
        body: Annotated[Body, Depends(_raw)], authorization: Annotated[str, Header()] = ""
    ) -> dict[str, bool]:
        with body:
            raw = body.read()
        if not is_control_token(services.settings, bearer(authorization)):
            raise Unauthorized
        try:
            wish = NudgeIn.model_validate_json(raw)
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from None
        _hand_on(services.queue, wish)
        return {"ok": True}

    return router


def _hand_on(queue: jobs.JobQueue, wish: NudgeIn) -> None:
    if wish.job in _BY_COMPANY and wish.arg.isdecimal():
        queue.nudge(wish.job, wish.arg, lane=jobs.company_lane(int(wish.arg)))
    elif wish.job in _PLAIN:
        queue.nudge(wish.job, wish.arg)
    else:
        raise BadInput(f"The job {wish.job!r} cannot be asked for like this.")
