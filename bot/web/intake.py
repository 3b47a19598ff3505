"""Records from sources: JSON, NDJSON or a shop's CSV export, each with its own intake token."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from sqlmodel import select

from bot import jobs
from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.incidents import take_in
from bot.models import Company, Source
from bot.services import Services
from bot.sync import control
from bot.sync.columnmaps import remembered
from bot.sync.intake import IntakeReport, accept
from bot.sync.records import BadRow
from bot.sync.tablefile import read_file
from bot.web.body import MEGABYTE, Body, WrongKind, spool
from bot.web.guard import Unauthorized, bearer
from bot.web.jsonrows import WHOLE_LIMIT, read_records, read_rows
from bot.web.tokens import digest

FILE_LIMIT = 100 * MEGABYTE  # the limit of `read_file`
STREAM_LIMIT = 250 * MEGABYTE  # NDJSON is read line by line
_REPORTED_AT_MOST = 1000

_NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl")
# Tools that were not told what they send say one of these, or nothing.
_UNTOLD = ("", "application/octet-stream", "application/x-www-form-urlencoded")
_FILES = (
    "text/csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "multipart/form-data",
)
_JSON = ("application/json", "text/json", "multipart/form-data")


def make_router(services: Services) -> APIRouter:
    """Make the routes /intake/{source}/records, /totals, and /file (also called /csv)."""
    router = APIRouter(prefix="/intake/{source}")

    def authenticated(source: str, authorization: Annotated[str, Header()] = "") -> int:
        return _source_of(services, source, bearer(authorization))

    Authenticated = Annotated[int, Depends(authenticated)]

    # The token is looked at before the body is read: dependencies run in this order.
    async def records_body(request: Request, source_id: Authenticated) -> Body:
        del source_id
        kind = _json_kind(request)
        return await spool(request, STREAM_LIMIT if kind in _NDJSON else WHOLE_LIMIT)

    async def file_body(request: Request, source_id: Authenticated) -> Body:
        del source_id
        return await spool(request, FILE_LIMIT)

    @router.post("/records", openapi_extra=_documented("application/json", *_NDJSON[:1]))
    def take_records(
        source_id: Authenticated, body: Annotated[Body, Depends(records_body)]
    ) -> JSONResponse:
        with body:
            zone = _time_zone(services, source_id)
            rows = read_records(body, zone, services.clock.today(zone))
            return _answer(accept(services, source_id, rows))

    @router.post("/totals", openapi_extra=_documented("application/json", *_NDJSON[:1]))
    def take_totals(
        source_id: Authenticated, body: Annotated[Body, Depends(records_body)]
    ) -> JSONResponse:
        with body:
            return _answer(_take_totals(services, source_id, body))

    @router.post("/csv", openapi_extra=_documented(*_FILES))
    @router.post("/file", openapi_extra=_documented(*_FILES))
    def take_file(
        source_id: Authenticated, body: Annotated[Body, Depends(file_body)]
    ) -> JSONResponse:
        with body:
            data = body.read()
        if not data.strip():
            msg = "The file is empty."
            raise BadInput(msg)
        return _answer(_take_file(services, source_id, data))

    return router


def _json_kind(request: Request) -> str:
    """What the body says it is. Raises WrongKind where that is no JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if not (kind in (*_NDJSON, *_JSON, *_UNTOLD) or kind.endswith("+json")):
        raise WrongKind(
            f"Content-Type {kind[:100]} is not taken here. Send application/json or "
            "application/x-ndjson; a CSV file goes to the address that ends in /csv."
        )
    return kind


def _take_file(services: Services, source_id: int, data: bytes) -> IntakeReport:
    zone = _time_zone(services, source_id)
    choose, today = remembered(services, source_id), services.clock.today(zone)
    rows = read_file(data, time_zone=zone, choose=choose, today=today)
    return take_in(services, source_id, rows, file="handed in over HTTP")


def _take_totals(services: Services, source_id: int, body: Body) -> IntakeReport:
    rows = (
        row if isinstance(row, BadRow) else control.parse_total(row, number)
        for number, row in read_rows(body, "total")
    )
    report = control.keep(services, source_id, rows)
    if report.accepted or report.updated:
        with services.sessions.read() as session:
            company_id = session.get_one(Source, source_id).company_id
        jobs.run_check(services.queue, company_id, control.CHECK)
    return report


def _documented(*kinds: str) -> dict[str, JsonValue]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"requestBody": {"required": True, "content": content}}


def _source_of(services: Services, name: str, token: str) -> int:
    """Find the source of a token. Raises Unauthorized; never says which part was wrong."""
    if not token:
        raise Unauthorized
    wanted = digest(token)
    with services.sessions.read() as session:
        row = session.exec(select(Source).where(Source.token_digest == wanted)).first()
    if row is None or row.id is None or not row.token_digest:
        raise Unauthorized
    if not hmac.compare_digest(row.token_digest, wanted) or name not in (row.name, str(row.id)):
        raise Unauthorized
    return row.id


def _time_zone(services: Services, source_id: int) -> str:
    with services.sessions.read() as session:
        source = session.get_one(Source, source_id)
        return session.get_one(Company, source.company_id).time_zone


def _answer(report: IntakeReport) -> JSONResponse:
    taken = report.accepted + report.updated + report.unchanged
    status = 200 if not report.refused else 207 if taken else 422
    return JSONResponse(counted(report), status_code=status)


def counted(report: IntakeReport) -> Payload:
    """What became of everything that was handed over, as an answer."""
    refused = report.refused
    return {
        "accepted": report.accepted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": len(refused),
        "errors": [
            {"line": row.line, "external_id": row.external_id, "reason": row.reason}
            for row in refused[:_REPORTED_AT_MOST]
        ],
        "notes": [
            {"line": note.line, "text": note.text} for note in report.notes[:_REPORTED_AT_MOST]
        ],
    }
