"""One call to one company: its turn, its permission, its repetitions, its count."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
import structlog
from quickbooks.client import QuickBooks as Library
from quickbooks.exceptions import QuickbooksException

from bot.config import Settings
from bot.domain import JsonValue, Payload, RetryClass
from bot.quickbooks import metering
from bot.quickbooks.faults import FaultError, QuickBooksFault
from bot.quickbooks.limits import Limiter, Wait
from bot.quickbooks.reads import ReadMeter
from bot.quickbooks.redaction import redact
from bot.quickbooks.replies import Reply
from bot.quickbooks.retry import with_retries
from bot.quickbooks.session import BooksSession
from bot.quickbooks.tokens import TokenKeeper
from bot.quickbooks.vault import Tokens

MINOR_VERSION = 75
# Intuit asks for a pause of a minute after 429.
COOL_DOWN_SECONDS = 60.0
# What python-quickbooks raises over a reply that it cannot read.
_UNREADABLE = (
    QuickbooksException,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    RecursionError,
)
NEW_TOKEN_REFUSED = "new_token_refused"
Send = Callable[[Any], JsonValue]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Wire:
    """What every company's calls share."""

    settings: Settings
    http: requests.Session
    tokens: TokenKeeper
    reads: ReadMeter
    wait: Wait


@dataclass(frozen=True)
class _Call:
    """What is asked for, the same at every try."""

    send: Send
    writing: bool = False
    batch: bool = False
    reads: int = 1


class Caller:
    """Makes the calls to one company. Every call may raise QuickBooksFault."""

    def __init__(self, wire: Wire, company_id: int, limiter: Limiter, patience: float) -> None:
        self._wire = wire
        self._company_id = company_id
        self._limiter = limiter
        self._patience = patience

    def call(
        self, kind: str, send: Send, *, writing: bool = False, reads: int = 1
    ) -> tuple[Payload, Reply]:
        """Repeat, meter and log one call; returns the body and the reply it came in.

        `reads`: how much of the read quota its answer costs, unless it is a write.
        """
        started = time.monotonic()
        timeout = self._wire.settings.QUICKBOOKS_TIMEOUT_SECONDS
        one = _Call(send, writing, kind == "batch", 0 if writing else reads)
        try:
            result = with_retries(
                lambda: self._with_permission(one),
                self._wire.wait,
                timeout=timeout,
            )
        except QuickBooksFault as fault:
            self._note_fault(kind, fault)
            raise
        finally:
            metering.SECONDS.labels(kind).observe(time.monotonic() - started)
        metering.CALLS.labels(kind, "done").inc()
        return result

    def at_once(self, send: Send, tokens: Tokens) -> Payload:
        """One try with tokens that are not stored yet: counted, but not made to wait."""
        self._limiter.count()
        try:
            return _through_library(self._wire, tokens, _Call(send))[0]
        except QuickBooksFault as fault:
            self._cool_down(fault)
            raise

    def _with_permission(self, one: _Call) -> tuple[Payload, Reply]:
        """One try; a refused access token is refreshed once and the try repeated once."""
        tokens = self._wire.tokens.access(self._company_id)
        try:
            return self._once(one, tokens)
        except QuickBooksFault as fault:
            if fault.retry_class is not RetryClass.AUTH:
                raise
        tokens = self._wire.tokens.access(self._company_id, refused=tokens.access_token)
        try:
            return self._once(one, tokens)
        except QuickBooksFault as fault:
            if fault.retry_class is not RetryClass.AUTH:
                raise
            raise _new_token_refused(fault) from None

    def _once(self, one: _Call, tokens: Tokens) -> tuple[Payload, Reply]:
        with self._limiter.slot(patience=self._patience, batch=one.batch):
            try:
                return _through_library(self._wire, tokens, one)
            except QuickBooksFault as fault:
                self._cool_down(fault)
                raise

    def _cool_down(self, fault: QuickBooksFault) -> None:
        """After 429 the whole fleet leaves the company alone, as long as QuickBooks asks for."""
        if fault.retry_class is RetryClass.THROTTLED and self._limiter.limits.shared:
            # Spread, so that several companies do not come back in the same second.
            asked = fault.retry_after or COOL_DOWN_SECONDS
            fault.retry_after = asked * random.uniform(1.0, 1.2)
            self._limiter.cool_down(fault.retry_after)

    def _note_fault(self, kind: str, fault: QuickBooksFault) -> None:
        metering.CALLS.labels(kind, "fault").inc()
        metering.FAULTS.labels(fault.retry_class.value, fault.code).inc()
        _log.info(
            "quickbooks_fault",
            company_id=self._company_id,
            call=kind,
            code=fault.code,
            status=fault.http_status,
            retry_class=fault.retry_class.value,
            reply_lost=fault.reply_lost,
            intuit_tid=fault.intuit_tid,
        )


def _through_library(wire: Wire, tokens: Tokens, one: _Call) -> tuple[Payload, Reply]:
    """Hand one call to python-quickbooks over our own session object; count what costs quota."""
    library = Library(company_id=tokens.realm_id, minorversion=MINOR_VERSION, use_decimal=True)
    library.api_url_v3 = wire.settings.QUICKBOOKS_API_URL.rstrip("/")
    session = BooksSession(
        wire.http,
        tokens.access_token,
        wire.settings.QUICKBOOKS_TIMEOUT_SECONDS,
        writing=one.writing,
        secrets=(tokens.refresh_token,),
    )
    library.session = session
    counted_on = wire.reads.reserve(tokens.company_id, one.reads) if one.reads else None
    try:
        body = one.send(library)
    except _UNREADABLE:
        # The session lets only good replies through: what the library cannot read is cut off.
        if session.reply is None:
            raise
        raise unexpected(session.reply, "a reply that is cut off", writing=one.writing) from None
    finally:
        if counted_on is not None and session.costs_nothing:
            wire.reads.give_back(tokens.company_id, counted_on, one.reads)
    if session.reply is None or not isinstance(body, dict):
        raise unexpected(session.reply or Reply(0, ""), "no reply", writing=one.writing)
    return body, session.reply


def unexpected(reply: Reply, words: str, *, writing: bool = False) -> QuickBooksFault:
    """The fault for an answer that is none: worth another try; a write's outcome is unknown."""
    return QuickBooksFault(
        f"QuickBooks' answer cannot be used: {words}.",
        errors=(FaultError("", f"Unexpected reply: {words}", ""),),
        http_status=reply.status_code,
        intuit_tid=reply.intuit_tid,
        raw=redact(reply.text),
        retry_class=RetryClass.TRANSIENT,
        reply_lost=writing,
    )


def _new_token_refused(fault: QuickBooksFault) -> QuickBooksFault:
    """The fault for a token given just now and refused all the same: no reconnect gives better."""
    said = fault.detail or fault.fault_message
    words = "QuickBooks refuses an access token that was renewed for this very call"
    return QuickBooksFault(
        f"{words}; connecting again may not help.",
        errors=(FaultError(NEW_TOKEN_REFUSED, words, said), *fault.errors),
        http_status=fault.http_status,
        intuit_tid=fault.intuit_tid,
        raw=fault.raw,
        retry_class=RetryClass.AUTH,
        platform="oauth",
        reply_lost=fault.reply_lost,
    )
