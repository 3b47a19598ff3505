"""Is the process well? Database, Slack's door, the last sweep; and the numbers for Prometheus."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.services import Services

SWEEP_LATE = timedelta(minutes=3)


@dataclass(frozen=True)
class Pulse:
    """What the other parts of the process say of themselves; a worker has no door for Slack."""

    last_sweep: Callable[[], datetime | None]
    slack_connected: Callable[[], bool] | None = None


def make_router(services: Services, pulse: Pulse) -> APIRouter:
    """Make the routes /healthz and /metrics."""
    router = APIRouter()
    started = services.clock.now()

    @router.head("/healthz", include_in_schema=False)
    @router.get("/healthz")
    def healthz() -> JSONResponse:
        now = services.clock.now()
        swept = pulse.last_sweep()
        parts = {
            "database": "ok" if _database_answers(services) else "does not answer",
            **_slack(pulse),
            "sweep": "ok" if now - (swept or started) <= SWEEP_LATE else "late",
        }
        well = all(words == "ok" for words in parts.values())
        body = {"ok": well, **parts, "last_sweep": swept.isoformat() if swept else None}
        return JSONResponse(body, status_code=200 if well else 503)

    @router.head("/metrics", include_in_schema=False)
    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def _slack(pulse: Pulse) -> dict[str, str]:
    if pulse.slack_connected is None:
        return {}
    return {"slack": "ok" if pulse.slack_connected() else "not connected"}


def _database_answers(services: Services) -> bool:
    try:
        with services.sessions.read() as session:
            session.connection().execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
