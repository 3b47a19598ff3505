"""The web edge's application: routes, errors, and what surrounds them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from bot.errors import BotError
from bot.jobs import Overview
from bot.services import Services
from bot.web import (
    control,
    errors,
    guard,
    health,
    hooks,
    intake,
    openapi,
    permission,
    slack,
    webhooks,
)
from bot.web.edge import Edge
from bot.web.slack import SlackDoor


@dataclass(frozen=True)
class Doors:
    """What the web edge needs of the other doors."""

    slack_connected: Callable[[], bool]
    last_sweep: Callable[[], datetime | None]
    slack_http: SlackDoor | None = None
    jobs: Callable[[], Overview] = Overview


def make_app(services: Services, doors: Doors) -> ASGIApp:
    """Make the ASGI application."""
    app = FastAPI(title="qb-sync-bot", docs_url=None, redoc_url=None)
    app.include_router(
        health.make_router(services, health.Pulse(doors.last_sweep, doors.slack_connected))
    )
    app.include_router(openapi.make_router())
    app.include_router(intake.make_router(services))
    app.include_router(errors.make_router(services))
    app.include_router(hooks.make_router(services))
    app.include_router(permission.make_router(services))
    app.include_router(control.make_router(services, doors.jobs))
    if services.settings.INTUIT_WEBHOOK_VERIFIER.get_secret_value():
        app.include_router(webhooks.make_router(services))
    if doors.slack_http is not None:
        app.include_router(slack.make_router(doors.slack_http))
    return _guarded(app)


def make_worker_app(services: Services, last_sweep: Callable[[], datetime | None]) -> ASGIApp:
    """Make what a worker shows of itself: /healthz and /metrics, nothing else."""
    app = FastAPI(title="qb-sync-bot worker", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(health.make_router(services, health.Pulse(last_sweep)))
    return _guarded(app)


def _guarded(app: FastAPI) -> ASGIApp:
    app.add_exception_handler(BotError, guard.answer_bot_error)
    app.add_exception_handler(HTTPException, guard.answer_http_error)
    app.add_exception_handler(RequestValidationError, guard.answer_invalid)
    app.add_exception_handler(Exception, guard.answer_sorry)
    return Edge(app)
