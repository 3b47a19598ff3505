"""One company's books: read, query, count, changes, write."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import requests
import structlog
from quickbooks.client import QuickBooks as Library
from quickbooks.exceptions import QuickbooksException

from bot.config import Settings
from bot.domain import JsonValue, Payload, RetryClass
from bot.errors import BadInput
from bot.quickbooks import exact_json, metering, reports, statements
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.limits import Limiter, Wait
from bot.quickbooks.redaction import redact
from bot.quickbooks.replies import Reply
from bot.quickbooks.retry import with_retries
from bot.quickbooks.session import BooksSession
from bot.quickbooks.statements import Condition
from bot.quickbooks.tokens import TokenKeeper
from bot.quickbooks.vault import Tokens

MINOR_VERSION = 75
# Change data capture holds at most this many objects for all entities together.
CAPTURE_LIMIT = 1000
# Intuit asks for a pause of a minute after 429.
COOL_DOWN_SECONDS = 60.0
# Void by an update with include=void; Invoice has an operation of its own.
_VOID_BY_UPDATE = frozenset({"Payment", "SalesReceipt", "BillPayment"})
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class WriteReply:
    """The record as QuickBooks has it now, and the number its support asks for."""

    payload: Payload
    intuit_tid: str


@dataclass(frozen=True)
class Changes:
    """What changed since a moment; `complete` is False when QuickBooks cut the list off."""

    records: dict[str, list[Payload]]
    deleted: dict[str, list[str]]
    as_of: datetime
    complete: bool


@dataclass(frozen=True)
class Wire:
    """What every company's calls share."""

    settings: Settings
    http: requests.Session
    tokens: TokenKeeper
    wait: Wait


class CompanyBooks:
    """Calls to one company. Amounts are Decimal both ways; every call may raise QuickBooksFault.

    Each call waits for its turn, has a time-out, repeats what heals by itself (a write always with
    the same requestid), and refreshes the access token once when it is refused.
    """

    def __init__(self, wire: Wire, company_id: int, limiter: Limiter) -> None:
        self.company_id = company_id
        self._wire = wire
        self._limiter = limiter

    def read(self, entity: str, qbo_id: str) -> Payload:
        """Read one record, inactive ones too. Code 610 when there is none."""
        body, reply = self._call(
            "read", lambda library: library.get_single_object(_entity(entity), quote(qbo_id, ""))
        )
        return _held(body, entity, reply)

    def query(
        self,
        entity: str,
        where: Sequence[Condition] = (),
        *,
        include_inactive: bool = True,
        limit: int | None = None,
    ) -> list[Payload]:
        """Every record that fits, all pages; conditions are joined by AND (there is no OR)."""
        found: list[Payload] = []
        for page in self.pages(entity, where, include_inactive=include_inactive, limit=limit):
            found.extend(page)
        return found

    def pages(
        self,
        entity: str,
        where: Sequence[Condition] = (),
        *,
        include_inactive: bool = True,
        limit: int | None = None,
    ) -> Iterator[list[Payload]]:
        """As `query`, a page at a time. A record shifted between two pages comes only once."""
        seen: set[str] = set()
        start = 1
        while limit is None or len(seen) < limit:
            size = min(statements.PAGE, statements.PAGE if limit is None else limit - len(seen))
            statement = statements.select(
                entity, where, include_inactive=include_inactive, start=start, size=size
            )
            rows = self._page(entity, statement)
            fresh = [row for row in rows if str(row.get("Id")) not in seen]
            seen.update(str(row.get("Id")) for row in fresh)
            if fresh:
                yield fresh
            if len(rows) < size:
                return
            start += len(rows)

    def count(self, entity: str, include_inactive: bool = True) -> int:
        """How many records of an entity there are."""
        statement = statements.count(entity, include_inactive=include_inactive)
        body, reply = self._call("count", lambda library: library.query(statement))
        total = body.get("QueryResponse", {}).get("totalCount")
        if not isinstance(total, int):
            raise _unexpected(reply, "a count without totalCount")
        return total

    def changes(self, entities: Sequence[str], since: datetime) -> Changes:
        """What was changed or deleted since an aware moment, at most 30 days back.

        `as_of` is QuickBooks' own time of the reply: the next checkpoint.
        """
        names = ",".join(_entity(entity) for entity in entities)
        # As text: the library drops the offset of a datetime.
        moment = since.astimezone(UTC).isoformat(timespec="seconds")
        body, reply = self._call(
            "changes", lambda library: library.change_data_capture(names, moment)
        )
        return _changes(body, entities, reply)

    def write(self, operation: str, entity: str, payload: Payload, request_id: str) -> WriteReply:
        """Create, update (sparse), delete or void one record.

        The same `request_id` never acts twice. Raises BadInput for a payload that cannot be meant,
        QuickBooksFault with `reply_lost` when the outcome is unknown.
        """
        send = _writer(operation, _entity(entity), payload, request_id)
        body, reply = self._call("write", send, writing=True)
        return WriteReply(_held(body, entity, reply, writing=True), reply.intuit_tid)

    def company_info(self) -> Payload:
        """Name, address and country of the company."""
        return self.company_info_at()[0]

    def company_info_at(self) -> tuple[Payload, datetime]:
        """As `company_info`, with QuickBooks' own time of the reply."""
        realm = self._wire.tokens.read(self.company_id).tokens.realm_id
        body, reply = self._call(
            "read", lambda library: library.get_single_object("CompanyInfo", quote(realm, ""))
        )
        return _held(body, "CompanyInfo", reply), _time(body, reply)

    def preferences(self) -> Payload:
        """The company's settings (closing date, currency, numbering); never written by the bot."""
        body, reply = self._call(
            "read",
            lambda library: library.get(
                f"{library.api_url}/company/{library.company_id}/preferences", {}
            ),
        )
        return _held(body, "Preferences", reply)

    def report(self, name: str, asked: Mapping[str, str]) -> list[reports.Line]:
        """The lines of a report, each its cells ({value, id}) by column key.

        `asked` are the report's own parameters; without dates QuickBooks takes this month only.
        """
        body, _ = self._call("report", lambda library: library.get_report(name, dict(asked)))
        return reports.lines(body)

    def _page(self, entity: str, statement: str) -> list[Payload]:
        body, reply = self._call("query", lambda library: library.query(statement))
        response = body.get("QueryResponse")
        if not isinstance(response, dict):
            raise _unexpected(reply, "a query's reply without QueryResponse")
        return list(response.get(entity, []))

    def _call(
        self, kind: str, send: Callable[[Any], JsonValue], *, writing: bool = False
    ) -> tuple[Payload, Reply]:
        """Repeat, meter and log one call; returns the body and the reply it came in."""
        started = time.monotonic()
        timeout = self._wire.settings.QUICKBOOKS_TIMEOUT_SECONDS
        try:
            result = with_retries(
                lambda: self._with_permission(send, writing), self._wire.wait, timeout=timeout
            )
        except QuickBooksFault as fault:
            self._note_fault(kind, fault)
            raise
        finally:
            metering.SECONDS.labels(kind).observe(time.monotonic() - started)
        metering.CALLS.labels(kind, "done").inc()
        return result

    def _with_permission(
        self, send: Callable[[Any], JsonValue], writing: bool
    ) -> tuple[Payload, Reply]:
        """One try; a refused access token is refreshed once and the try repeated once."""
        tokens = self._wire.tokens.access(self.company_id)
        try:
            return self._once(send, tokens, writing)
        except QuickBooksFault as fault:
            if fault.retry_class is not RetryClass.AUTH:
                raise
        tokens = self._wire.tokens.access(self.company_id, refused=tokens.access_token)
        return self._once(send, tokens, writing)

    def _once(
        self, send: Callable[[Any], JsonValue], tokens: Tokens, writing: bool
    ) -> tuple[Payload, Reply]:
        with self._limiter.slot():
            return call_library(self._wire, tokens, send, writing=writing)

    def _note_fault(self, kind: str, fault: QuickBooksFault) -> None:
        metering.CALLS.labels(kind, "fault").inc()
        metering.FAULTS.labels(fault.retry_class.value, fault.code).inc()
        throttled = fault.retry_class is RetryClass.THROTTLED and fault.http_status > 0
        if throttled and self._wire.settings.QUICKBOOKS_PER_MINUTE > 0:
            # Spread, so that several companies do not come back in the same second.
            fault.retry_after = COOL_DOWN_SECONDS * random.uniform(1.0, 1.2)
            self._limiter.cool_down(fault.retry_after)
        _log.info(
            "quickbooks_fault",
            company_id=self.company_id,
            call=kind,
            code=fault.code,
            status=fault.http_status,
            retry_class=fault.retry_class.value,
            reply_lost=fault.reply_lost,
            intuit_tid=fault.intuit_tid,
        )


def call_library(
    wire: Wire, tokens: Tokens, send: Callable[[Any], JsonValue], *, writing: bool = False
) -> tuple[Payload, Reply]:
    """Hand one call to python-quickbooks over our own session object."""
    library = Library(company_id=tokens.realm_id, minorversion=MINOR_VERSION, use_decimal=True)
    library.api_url_v3 = wire.settings.QUICKBOOKS_API_URL.rstrip("/")
    session = BooksSession(
        wire.http,
        tokens.access_token,
        wire.settings.QUICKBOOKS_TIMEOUT_SECONDS,
        writing=writing,
        secrets=(tokens.refresh_token,),
    )
    library.session = session
    try:
        body = send(library)
    except (QuickbooksException, ValueError, KeyError, TypeError, AttributeError):
        # The session lets only good replies through: what the library cannot read is cut off.
        if session.reply is None:
            raise
        raise _unexpected(session.reply, "a reply that is cut off", writing=writing) from None
    if session.reply is None or not isinstance(body, dict):
        raise _unexpected(session.reply or Reply(0, ""), "no reply", writing=writing)
    return body, session.reply


def _writer(
    operation: str, entity: str, payload: Payload, request_id: str
) -> Callable[[Any], JsonValue]:
    if not request_id or len(request_id) > 50:
        msg = "A write needs a requestid of 1 to 50 characters"
        raise BadInput(msg)
    if operation != "create" and not (payload.get("Id") and "SyncToken" in payload):
        msg = f"To {operation} a {entity} its Id and SyncToken are needed"
        raise BadInput(msg)
    if operation == "create":
        body = exact_json.dumps(exact_json.with_numbers(payload))
        return lambda library: library.create_object(entity, body, request_id=request_id)
    if operation == "update":
        return _updater(entity, {**payload, "sparse": True}, {}, request_id)
    if operation == "delete":
        # Only Id and SyncToken: a delete that echoes a read fails.
        body = exact_json.dumps({name: payload[name] for name in ("Id", "SyncToken")})
        return lambda library: library.delete_object(entity, body, request_id=request_id)
    if operation == "void":
        update_form = entity in _VOID_BY_UPDATE
        params = (
            {"operation": "update", "include": "void"} if update_form else {"operation": "void"}
        )
        named = {name: payload[name] for name in ("Id", "SyncToken")}
        return _updater(entity, {**named, "sparse": True}, params, request_id)
    msg = f"{operation!r} is not a write: create, update, delete or void"
    raise BadInput(msg)


def _updater(
    entity: str, payload: Payload, params: dict[str, str], request_id: str
) -> Callable[[Any], JsonValue]:
    body = exact_json.dumps(exact_json.with_numbers(payload))
    # A fresh copy of params for each attempt: the library adds to it.
    return lambda library: library.update_object(
        entity, body, request_id=request_id, params=dict(params)
    )


def _entity(entity: str) -> str:
    if entity not in Library._BUSINESS_OBJECTS:
        msg = f"{entity!r} is not an entity of QuickBooks"
        raise BadInput(msg)
    return entity


def _held(body: Payload, entity: str, reply: Reply, *, writing: bool = False) -> Payload:
    payload = body.get(entity)
    if not isinstance(payload, dict):
        raise _unexpected(reply, f"a reply without {entity}", writing=writing)
    return payload


def _unexpected(reply: Reply, words: str, *, writing: bool = False) -> QuickBooksFault:
    return QuickBooksFault(
        f"QuickBooks' answer cannot be used: {words}.",
        errors=(FaultError("", f"Unexpected reply: {words}", ""),),
        http_status=reply.status_code,
        intuit_tid=reply.intuit_tid,
        raw=redact(reply.text),
        retry_class=RetryClass.TRANSIENT,
        reply_lost=writing,
    )


def _time(body: Payload, reply: Reply) -> datetime:
    """QuickBooks' own time of a reply, made UTC."""
    try:
        moment = datetime.fromisoformat(str(body["time"]))
    except (KeyError, ValueError):
        raise _unexpected(reply, "a reply without its time") from None
    if moment.tzinfo is None:
        raise _unexpected(reply, "a reply whose time has no offset")
    return moment.astimezone(UTC)


def _changes(body: Payload, entities: Sequence[str], reply: Reply) -> Changes:
    records: dict[str, list[Payload]] = {entity: [] for entity in entities}
    deleted: dict[str, list[str]] = {entity: [] for entity in entities}
    responses = body.get("CDCResponse")
    if not isinstance(responses, list):
        raise _unexpected(reply, "changes without CDCResponse")
    total = 0
    parts = [part for response in responses for part in response.get("QueryResponse", [])]
    for part in parts:
        for entity in entities:
            for payload in part.get(entity, []):
                total += 1
                if payload.get("status") == "Deleted":
                    deleted[entity].append(str(payload["Id"]))
                else:
                    records[entity].append(payload)
    return Changes(records, deleted, _time(body, reply), total < CAPTURE_LIMIT)
