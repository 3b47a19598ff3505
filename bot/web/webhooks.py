"""Webhooks of Intuit: signed, kept as rows at once, and worked on by a job.

Shapes: developer.intuit.com, "Webhooks", and
blogs.intuit.com/2025/11/12/upcoming-change-to-webhooks-payload-structure (CloudEvents).
"""

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Request

from bot import jobs
from bot.clock import in_utc
from bot.config import Settings
from bot.domain import JsonValue
from bot.errors import BadInput
from bot.mirror import notices
from bot.mirror.contents import CAPTURED
from bot.mirror.notices import Told
from bot.services import Services
from bot.web.body import MEGABYTE, Body, spool
from bot.web.guard import Unauthorized

PATH = "/webhooks/quickbooks"
_LIMIT = 10 * MEGABYTE
_LONGEST_WORD = 100
_NAMES = {entity.lower(): entity for entity in CAPTURED}
_VERBS = {
    "created": "Create",
    "updated": "Update",
    "deleted": notices.DELETED,
    "merged": notices.MERGED,
    "voided": "Void",
    "emailed": "Emailed",
}
log = structlog.get_logger(__name__)


async def _raw(request: Request) -> Body:
    return await spool(request, _LIMIT)


def make_router(services: Services) -> APIRouter:
    """Make the route for Intuit's notices; the content type is not looked at, both shapes are."""
    router = APIRouter()

    @router.post(PATH)
    def take(
        body: Annotated[Body, Depends(_raw)],
        intuit_signature: Annotated[str, Header()] = "",
    ) -> dict[str, bool]:
        with body:
            raw = body.read()
        if not is_signed(services.settings, raw, intuit_signature):
            raise Unauthorized("The intuit-signature header does not fit this body.")
        told = list(read(raw))
        with services.sessions.write() as session:
            companies = notices.take(session, told, services.clock.now())
        log.info("webhooks", events=len(told), companies=len(companies))
        for company_id in companies:
            jobs.heed_notices(services.queue, company_id)
        return {"ok": True}

    return router


def is_signed(settings: Settings, raw: bytes, signature: str) -> bool:
    """Compare, in constant time, with base64(HMAC-SHA256(raw body, verifier token)) of each token.

    Two tokens may be valid while a new one comes into force.
    """
    stated = settings.INTUIT_WEBHOOK_VERIFIER.get_secret_value()
    tokens = [part.strip() for part in stated.split(",") if part.strip()]
    given = signature.strip().encode()
    fits = [hmac.compare_digest(given, _signature(token, raw)) for token in tokens]
    return any(fits)


def _signature(token: str, raw: bytes) -> bytes:
    return base64.b64encode(hmac.new(token.encode(), raw, hashlib.sha256).digest())


def read(raw: bytes) -> Iterator[Told]:
    """Yield each change of a body of either shape; what cannot be read is left out and logged.

    Raises BadInput for a body that is no JSON.
    """
    try:
        body: JsonValue = json.loads(raw)
    except (ValueError, RecursionError):
        msg = "The body is no JSON."
        raise BadInput(msg) from None
    left_out = 0
    for entry, realm in _entries(body):
        told = _cloud_event(entry) if realm is None else _old_event(entry, realm)
        if told is not None and _can_be_kept(told):
            yield told
        else:
            left_out += 1
    if left_out:
        log.warning("webhooks_not_understood", events=left_out)


def _entries(body: JsonValue) -> Iterator[tuple[JsonValue, str | None]]:
    """Each event with its realm; a CloudEvent names its realm itself."""
    if isinstance(body, list):
        yield from ((entry, None) for entry in body)
    elif isinstance(body, dict) and "specversion" in body:
        yield body, None
    elif isinstance(body, dict):
        for block in _list(body.get("eventNotifications")):
            realm = str(_dict(block).get("realmId") or "")
            for entry in _list(_dict(_dict(block).get("dataChangeEvent")).get("entities")):
                yield entry, realm


def _cloud_event(entry: JsonValue) -> Told | None:
    fields = _dict(entry)
    kind = str(fields.get("type") or "").split(".")
    realm, qbo_id = fields.get("intuitaccountid"), fields.get("intuitentityid")
    if len(kind) < 3 or not realm or not qbo_id:
        return None
    said = (str(fields.get("source")), str(fields.get("id"))) if fields.get("id") else ()
    return Told(
        key=_key(*said),
        realm_id=str(realm),
        entity=_NAMES.get(kind[1].lower(), kind[1]),
        qbo_id=str(qbo_id),
        operation=_VERBS.get(kind[2].lower(), kind[2]),
        changed_at=_moment(fields.get("time")),
        gone_id=_text(_dict(fields.get("data")), "deletedId", "deletedid"),
    )


def _old_event(entry: JsonValue, realm: str) -> Told | None:
    fields = _dict(entry)
    name, qbo_id = str(fields.get("name") or ""), str(fields.get("id") or "")
    if not name or not qbo_id or not realm:
        return None
    operation, changed = str(fields.get("operation") or ""), str(fields.get("lastUpdated") or "")
    gone = _text(fields, "deletedId")
    # Without its time a change cannot be told from an earlier one of the same record.
    said = (realm, name, qbo_id, operation, changed, gone) if changed else ()
    return Told(
        key=_key(*said),
        realm_id=realm,
        entity=_NAMES.get(name.lower(), name),
        qbo_id=qbo_id,
        operation=operation,
        changed_at=_moment(changed),
        gone_id=gone,
    )


def _key(*said: str) -> str:
    if not said:
        return uuid.uuid4().hex
    return hashlib.sha256("\0".join(said).encode("utf-8", "backslashreplace")).hexdigest()


def _can_be_kept(told: Told) -> bool:
    """QuickBooks' own words are short and printable; what is neither is no notice of its own."""
    words = (told.realm_id, told.entity, told.qbo_id, told.operation, told.gone_id)
    return all(len(word) <= _LONGEST_WORD and (not word or word.isprintable()) for word in words)


def _moment(value: JsonValue) -> datetime | None:
    try:
        return in_utc(datetime.fromisoformat(str(value)))
    except ValueError:
        return None


def _text(fields: Mapping[str, JsonValue], *names: str) -> str:
    return next((str(fields[name]) for name in names if fields.get(name)), "")


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _dict(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
