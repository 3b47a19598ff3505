"""Errors that other tools forward: any JSON or a mail, with a token or a signature."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from email.message import Message
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel import or_, select

from bot import forwarded
from bot.domain import JsonValue, Payload
from bot.errors import BadInput
from bot.forwarded import Taken, addressing, letters, mail
from bot.forwarded.bodies import shown
from bot.forwarded.decoding import body_text
from bot.forwarded.fields import reports
from bot.forwarded.recognising import recognise
from bot.forwarded.report import Report
from bot.forwarded.sorting import Told, none_in
from bot.knowledge import Knowledge
from bot.knowledge.products import names_other
from bot.mailbox import MOST_BYTES
from bot.models import Source
from bot.render import clean, shorten
from bot.services import Services
from bot.sync.exact_json import parse_json
from bot.web import tokens
from bot.web.body import MEGABYTE, Body, spool
from bot.web.guard import Unauthorized, bearer

LIMIT = 1 * MEGABYTE
# Where tools put the signature of a body; the first that is there counts.
SIGNATURES = ("x-signature", "x-signature-256", "x-hub-signature-256")
_PLAIN, _MAIL, _FORM = "text/plain", "message/rfc822", "multipart/form-data"
_JSON = (b"{", b"[")
_MOST_OF_A_NAME = 20
# A part that begins with a number of its own: what stands beside all of them is not of it.
_OWN_NUMBER = re.compile(r"\W{0,2}(?:[^\W\d]+ )?#?\s?(?:[A-Z]{1,6}-\d|#)", re.IGNORECASE)
# Of the rows that were not taken so many are shown, so long.
_MOST_ROWS, _LONGEST_ROW = 20, 120


async def _raw(request: Request) -> Body:
    kind = _kind(request)
    return await spool(request, MOST_BYTES if kind in (_MAIL, _FORM) else LIMIT)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _charset(request: Request) -> str:
    said = Message()
    said["content-type"] = request.headers.get("content-type", "")
    return said.get_content_charset() or ""


def make_router(services: Services) -> APIRouter:
    """Make the route /intake/{source}/errors."""
    router = APIRouter(prefix="/intake/{source}")

    # A signature is made of the body: that is read before anybody is known.
    @router.post("/errors")
    def take_errors(
        source: str, request: Request, body: Annotated[Body, Depends(_raw)]
    ) -> JSONResponse:
        with body:
            raw = body.read()
        row = sender(services, source, raw, request.headers)
        kind = _kind(request)
        if kind == _MAIL or (kind == _FORM and not raw.lstrip().startswith(_JSON)):
            letter = mail.read(raw)
            known = addressing.declares_sender(row, letter)
            told = letters.errors_of(services.knowledge, letter, expected=True, known=known)
            before = forwarded.known_before(services, row, letter.key)
            if before is not None and not told.reports:
                return JSONResponse(_answer(services, [before]))
        else:
            text = body_text(raw, _charset(request))
            told = read(services.knowledge, text, kind, row.error_fields)
        taken = forwarded.take_many(services, row.company_id, row.name, told.reports, row.id)
        return JSONResponse(_answer(services, taken) | _left(told))

    return router


def sender(services: Services, name: str, raw: bytes, headers: Mapping[str, str]) -> Source:
    """The source that a token or a signature belongs to.

    Raises Unauthorized, which tells a wrong signature from a wrong token, never whether there is
    such a source.
    """
    token = bearer(headers.get("authorization", ""))
    signature = next((headers[one] for one in SIGNATURES if headers.get(one)), "")
    number = int(name) if name.isdecimal() and len(name) < _MOST_OF_A_NAME else -1
    with services.sessions.read() as session:
        rows = session.exec(
            select(Source).where(or_(Source.name == name, Source.id == number))
        ).all()
    for row in rows:
        if token and hmac.compare_digest(row.token_digest or "", tokens.digest(token)):
            return row
        key = tokens.unseal(services.settings, row) if signature else ""
        if tokens.is_signed(key, raw, signature):
            return row
    if signature and not token:
        msg = (
            "The signature does not fit: it is the HMAC-SHA256 of the raw body, made with this "
            "source's signing key, in hex or in base64."
        )
        raise Unauthorized(msg)
    if not token:
        msg = "There is neither an Authorization header with a token nor a signature."
        raise Unauthorized(msg)
    raise Unauthorized


def read(knowledge: Knowledge, text: str, kind: str, fields: Mapping[str, str]) -> Told:
    """The errors of a body: JSON, a text or page of one or of several. Raises BadInput."""
    if not text.strip():
        msg = "The body is empty; send the error as JSON, or its text as text/plain."
        raise BadInput(msg)
    if kind == _PLAIN or _is_markup(text):
        return letters.errors_in(knowledge, shown(text))
    try:
        body: JsonValue = parse_json(text.encode("utf-8", "replace"))
    except ValueError as error:
        msg = f"The body is not valid JSON: {error}. A bare text goes as Content-Type text/plain."
        raise BadInput(msg) from None
    told = reports(body, fields)
    each = [_each(knowledge, one, declared="text" in fields) for one in told.reports]
    taken = tuple(report for one in each for report in one.reports)
    return Told(taken, (*told.left, *(left for one in each for left in one.left)))


def _each(knowledge: Knowledge, one: Report, *, declared: bool) -> Told:
    """The errors of one text, each with the document that stands beside it."""
    told = letters.told_apart(knowledge, Told((_coded(knowledge, one),)), declared=declared)
    own = any(_OWN_NUMBER.match(part.text) for part in told.reports)
    if not one.beside or own or len(told.reports) < 2:
        return told
    parts = (replace(part, text=f"{part.text}\n{one.beside}") for part in told.reports)
    return replace(told, reports=tuple(parts))


def _coded(knowledge: Knowledge, one: Report) -> Report:
    """A code that no field names counts only where it explains what the text does not."""
    if not one.likely:
        return one
    known = recognise(knowledge, one.text, declared=True).known
    well = none_in(knowledge, one.text, declared=True)
    by_code = recognise(knowledge, one.text, one.code, declared=True).known
    if known or well or not by_code or names_other(one.text.lower()):
        return replace(one, code="", likely=False)
    # The same words with another code are another error.
    return replace(one, content=f"{one.content} {one.code}".strip())


def _is_markup(text: str) -> bool:
    """A gateway answers with a page, QuickBooks Desktop with XML: neither is JSON at all."""
    return text.lstrip().startswith("<")


def _left(told: Told) -> Payload:
    """Why nothing was taken, or which parts were not; nothing is left out without a word."""
    said: Payload = {"left": len(told.left)}
    if told.left:
        said["left_rows"] = [
            {"text": shorten(clean(one.text), _LONGEST_ROW), "why": one.why}
            for one in told.left[:_MOST_ROWS]
        ]
    return said | ({"left_alone": told.left_alone} if told.left_alone else {})


def _answer(services: Services, taken: list[Taken]) -> Payload:
    return {
        "taken": sum(one.new for one in taken),
        "known_before": sum(not one.new for one in taken),
        "errors": [
            {
                "id": one.id,
                "new": one.new,
                "problem": one.recognised.problem,
                "kind": services.knowledge.problem(one.recognised.problem).kind,
                "confidence": round(one.recognised.confidence, 2),
            }
            for one in taken
        ],
    }
