"""Webhooks of other systems: their own JSON, signed their own way, made into records."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlmodel import or_, select

from bot.errors import BadInput
from bot.models import Company, Source
from bot.services import Services
from bot.sources import hooks, setup
from bot.sources.hooks import Hook, Signature
from bot.sync.exact_json import parse_json
from bot.sync.intake import accept
from bot.sync.refusals import keep_refused
from bot.web import tokens
from bot.web.body import Body, spool
from bot.web.guard import Unauthorized, bearer
from bot.web.intake import counted

_MOST_OF_A_NAME = 20


async def _raw(request: Request) -> Body:
    return await spool(request, hooks.MOST_BYTES)


def make_router(services: Services) -> APIRouter:
    """Make the route /intake/{source}/hook."""
    router = APIRouter(prefix="/intake/{source}")

    # A signature is made of the body: that is read before anybody is known.
    @router.post("/hook")
    def take_hook(
        source: str, request: Request, body: Annotated[Body, Depends(_raw)]
    ) -> JSONResponse:
        with body:
            raw = body.read()
        row, hook = _sender(services, source, raw, request.headers)
        try:
            said = parse_json(raw)
        except ValueError as error:
            msg = f"The body is not valid JSON: {error}."
            raise BadInput(msg) from None
        with services.sessions.read() as session:
            zone = session.get_one(Company, row.company_id).time_zone
        report = accept(services, row.id or 0, list(hooks.records(hook, said, zone)))
        keep_refused(services, row.id or 0, report, file=f"webhook of {row.name}")
        # Whoever is answered an error sends the same again and again: what was refused is kept.
        return JSONResponse(counted(report))

    return router


def _sender(
    services: Services, name: str, raw: bytes, headers: Mapping[str, str]
) -> tuple[Source, Hook]:
    """The source that a token or a signature belongs to, and its declaration.

    Raises Unauthorized, which never tells whether there is such a source; BadInput when it has
    no declaration.
    """
    number = int(name) if name.isdecimal() and len(name) < _MOST_OF_A_NAME else -1
    with services.sessions.read() as session:
        wanted = select(Source).where(or_(Source.name == name, Source.id == number))
        rows = session.exec(wanted).all()
    token = bearer(headers.get("authorization", ""))
    for row in rows:
        known = setup.hook_of(services, row.id or 0)
        if token and hmac.compare_digest(row.token_digest or "", tokens.digest(token)):
            if known is None:
                msg = "No webhook is declared for this source: `python app.py sources hook`."
                raise BadInput(msg)
            return row, known[0]
        if known is not None and known[0].signature is not None:
            given = headers.get(known[0].signature.header.lower(), "")
            if is_signed(known[0].signature, known[1], raw, given):
                return row, known[0]
    raise Unauthorized


def is_signed(signature: Signature, key: str, raw: bytes, given: str) -> bool:
    """Compare, in constant time, with HMAC-SHA256 of the raw body as the declaration says."""
    made = hmac.new(key.encode(), raw, hashlib.sha256).digest()
    text = made.hex().encode() if signature.form == "hex" else base64.b64encode(made)
    said = given.strip().removeprefix(signature.prefix).strip()
    return bool(key) and hmac.compare_digest(said.encode("utf-8", "replace"), text)
