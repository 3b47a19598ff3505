"""Records from sources: JSON, NDJSON or a shop's CSV export, each with its own intake token."""

import hmac
import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from sqlmodel import select

from bot.domain import JsonValue
from bot.errors import BadInput
from bot.models import Company, Source
from bot.services import Services
from bot.sync.csvfile import read_csv
from bot.sync.intake import IntakeReport, accept
from bot.sync.records import BadRow, RecordIn, parse_record
from bot.web.body import MEGABYTE, Body, spool
from bot.web.guard import Unauthorized, bearer
from bot.web.tokens import digest

WHOLE_LIMIT = 25 * MEGABYTE  # an array is read as one
FILE_LIMIT = 100 * MEGABYTE  # the limit of `read_csv`
STREAM_LIMIT = 250 * MEGABYTE  # NDJSON is read line by line
_LONGEST_LINE = 1 * MEGABYTE
_REPORTED_AT_MOST = 1000

_NDJSON = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl")


def make_router(services: Services) -> APIRouter:
    """Make the routes /intake/{source}/records and /intake/{source}/csv."""
    router = APIRouter(prefix="/intake/{source}")

    def authenticated(source: str, authorization: Annotated[str, Header()] = "") -> int:
        return _source_of(services, source, bearer(authorization))

    Authenticated = Annotated[int, Depends(authenticated)]

    # The token is looked at before the body is read: dependencies run in this order.
    async def records_body(request: Request, source_id: Authenticated) -> Body:
        del source_id
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        return await spool(request, STREAM_LIMIT if kind in _NDJSON else WHOLE_LIMIT)

    async def file_body(request: Request, source_id: Authenticated) -> Body:
        del source_id
        return await spool(request, FILE_LIMIT)

    @router.post("/records", openapi_extra=_documented("application/json", *_NDJSON[:1]))
    def take_records(
        source_id: Authenticated, body: Annotated[Body, Depends(records_body)]
    ) -> JSONResponse:
        with body:
            return _answer(accept(services, source_id, read_records(body)))

    @router.post("/csv", openapi_extra=_documented("text/csv", "multipart/form-data"))
    def take_csv(
        source_id: Authenticated, body: Annotated[Body, Depends(file_body)]
    ) -> JSONResponse:
        with body:
            data = body.read()
        if not data.strip():
            msg = "The file is empty."
            raise BadInput(msg)
        zone = _time_zone(services, source_id)
        return _answer(accept(services, source_id, read_csv(data, time_zone=zone)))

    return router


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


def read_records(body: Body) -> Iterator[RecordIn | BadRow]:
    """Read an array, one object, or one object a line; bad ones come out as BadRow.

    Raises BadInput when the body is none of these.
    """
    first = _first_character(body)
    if first == b"":
        msg = "The body is empty; send one record, an array of records, or one record a line."
        raise BadInput(msg)
    if first == b"[":
        return _checked(enumerate(_array(body), start=1))
    return _checked(_lines(body))


def _first_character(body: Body) -> bytes:
    while True:
        start = body.tell()
        one = body.read(1)
        if one in (b" ", b"\t", b"\r", b"\n", b"\xef", b"\xbb", b"\xbf"):
            continue
        body.seek(start)
        return one


def _array(body: Body) -> Iterable[JsonValue]:
    try:
        found = _parse(body.read())
    except ValueError as error:
        msg = f"The body is not valid JSON: {error}."
        raise BadInput(msg) from None
    return found if isinstance(found, list) else [found]


def _lines(body: Body) -> Iterator[tuple[int, JsonValue | BadRow]]:
    """One object a line; a single object written over several lines is taken as well."""
    start = body.tell()
    first_line = body.readline(_LONGEST_LINE)
    try:
        _parse(first_line)
    except ValueError:
        body.seek(start)
        whole = _single(body)
        if whole is not None:
            yield 1, whole
            return
    body.seek(start)
    number = 0
    while line := body.readline(_LONGEST_LINE):
        number += 1
        if not line.strip():
            continue
        if _swallow_rest(body, line):
            yield number, BadRow(number, "", "This line is longer than 1 MB.")
            continue
        try:
            yield number, _parse(line)
        except ValueError as error:
            yield number, BadRow(number, "", f"This line is not valid JSON: {error}.")


def _swallow_rest(body: Body, line: bytes) -> bool:
    """Read on to the end of a line that was cut; its tail must not pass for a record."""
    cut = len(line) == _LONGEST_LINE and not line.endswith(b"\n")
    while line and len(line) == _LONGEST_LINE and not line.endswith(b"\n"):
        line = body.readline(_LONGEST_LINE)
    return cut


def _single(body: Body) -> JsonValue | None:
    start = body.tell()
    try:
        return _parse(body.read(WHOLE_LIMIT))
    except ValueError:
        body.seek(start)
        return None


def _parse(text: bytes) -> JsonValue:
    """Read JSON with exact numbers. Raises ValueError with words for a person."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_constant)
    except RecursionError:
        msg = "it is nested too deep"
        raise ValueError(msg) from None


def _no_constant(name: str) -> None:
    msg = f"{name} is not a number"
    raise ValueError(msg)


def _checked(items: Iterable[tuple[int, JsonValue | BadRow]]) -> Iterator[RecordIn | BadRow]:
    for number, item in items:
        yield item if isinstance(item, BadRow) else parse_record(item, number)


def _answer(report: IntakeReport) -> JSONResponse:
    taken = report.accepted + report.updated + report.unchanged
    refused = report.refused
    body = {
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
    status = 200 if not refused else 207 if taken else 422
    return JSONResponse(body, status_code=status)
