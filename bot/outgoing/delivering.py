"""Delivers what a source is to hear: each record's events in order, each at least once."""

import json
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot import audit, jobs, sealed
from bot.db import leases
from bot.domain import Payload
from bot.models import Callback, Outgoing, Source
from bot.outgoing import signing
from bot.outgoing.posting import Answer, Line
from bot.render import to_plain
from bot.services import Services

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
# So many events in a row were answered, but not taken: it is not the event's fault any more.
IN_A_ROW = 3
SLICE_EVENTS = 50
SLICE_SECONDS = 5.0
_LEASE_SECONDS = 120.0

# Nothing ever goes out unsigned.
_UNSIGNED = Answer(0, "its key cannot be opened with SECRET_KEYS; make a new one with --new-key")

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Ready:
    """One event about to go out."""

    id: int
    event_id: str
    address: str
    keys: tuple[str, ...]
    content: bytes


def due(services: Services) -> list[int]:
    """The sources that have an event to hear now."""
    now = services.clock.now()
    with services.sessions.read() as session:
        waiting = select(Outgoing.id).where(_heads(col(Callback.source_id), now)).exists()
        rows = session.exec(select(Callback.source_id).where(*_open(now), waiting))
        return list(rows)


def deliver(services: Services, source_id: int) -> None:
    """Deliver the next events of a source; the rest is nudged.

    1. Of each record only its oldest waiting event may go: a later one waits until that is taken.
    2. The row says "delivered" only after the other side answered 2xx: killed in between, the same
       event goes out again with the same webhook-id.
    3. What is not taken waits longer each time. Where the whole address is in trouble, all wait.
    """
    name = f"outgoing:{source_id}"
    held = leases.acquire(services.sessions, services.clock, name, services.holder, _LEASE_SECONDS)
    if held is None:
        return
    try:
        more = _slice(services, source_id)
    finally:
        leases.release(services.sessions, services.clock, held)
    if more:
        jobs.tell_source(services.queue, source_id)


def _slice(services: Services, source_id: int) -> bool:
    """Whether there may be more to do at once."""
    end = monotonic() + SLICE_SECONDS
    with Line(private=services.settings.OUTGOING_PRIVATE) as line:
        for _ in range(SLICE_EVENTS):
            ready = _next(services, source_id)
            if ready is None:
                return False
            now = services.clock.now()
            answer = _UNSIGNED
            if ready.keys:
                headers = signing.headers(ready.keys, ready.event_id, now, ready.content)
                answer = line.post(ready.address, headers, ready.content, now)
            if not _noted(services, source_id, ready, answer):
                return False
            if monotonic() > end:
                break
    return True


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    pause = col(Callback.pause_until)
    return (
        col(Callback.url) != "",
        col(Callback.gone_at).is_(None),
        pause.is_(None) | (pause <= now),
    )


def _heads(source: object, now: datetime) -> ColumnElement[bool]:
    """What may go now: due, and its record has no older event that waits."""
    older = aliased(Outgoing)
    behind = (
        select(older.id)
        .where(col(older.record_id) == col(Outgoing.record_id))
        .where(col(older.state) == "waiting", col(older.seq) < col(Outgoing.seq))
        .exists()
    )
    mine: ColumnElement[bool] = col(Outgoing.source_id) == source
    return mine & (col(Outgoing.state) == "waiting") & (col(Outgoing.not_before) <= now) & ~behind


def _next(services: Services, source_id: int) -> Ready | None:
    now = services.clock.now()
    with services.sessions.read() as session:
        callback = session.exec(
            select(Callback).where(Callback.source_id == source_id, *_open(now))
        ).first()
        if callback is None:
            return None
        row = session.exec(
            select(Outgoing)
            .where(_heads(source_id, now))
            .order_by(col(Outgoing.not_before), col(Outgoing.id))
            .limit(1)
        ).first()
    if row is None:
        return None
    body = _worded(services, row) if row.untold else row.body
    keys = keys_of(services, callback, now)
    return Ready(row.id or 0, row.event_id, callback.url, keys, json.dumps(body).encode())


def keys_of(services: Services, callback: Callback, now: datetime) -> tuple[str, ...]:
    """The keys that sign now: the one in force, and for a while the one before it."""
    kept = [callback.key]
    if callback.old_key_until is not None and now < callback.old_key_until:
        kept.append(callback.old_key)
    opened = [sealed.unseal(services.settings, callback.source_id, one) for one in kept]
    return tuple(one for one in opened if one)


def _worded(services: Services, row: Outgoing) -> Payload:
    """Put its problems into words, once: every try says the same, byte by byte."""
    told = [_told(services, one) for one in row.untold]
    body = {**row.body, "problems": told}
    with services.sessions.write() as session:
        session.exec(
            update(Outgoing).where(col(Outgoing.id) == row.id).values(body=body, untold=[])
        )
    return body


def _told(services: Services, problem: Payload) -> Payload:
    text = services.render.problem_or_plain(str(problem["problem"]), problem["facts"])
    what = " ".join(to_plain(text.what).split())
    return {"problem": problem["problem"], "title": text.title, "what": what}


def _noted(services: Services, source_id: int, ready: Ready, answer: Answer) -> bool:
    """Write down what came of a try; says whether another event may follow at once."""
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get_one(Outgoing, ready.id)
        callback = session.get_one(Callback, source_id)
        same = callback.url == ready.address
        row.attempts += 1
        row.answer = answer.words
        if answer.taken:
            row.state, row.settled_at = "delivered", now
        elif row.state == "waiting":
            _later(session, row, now + pause(row.attempts, answer.retry_after))
        if same:
            _heard(session, callback, answer, now)
        session.add_all((row, callback))
        goes_on = answer.taken or not same or callback.pause_until is None
        stopped = callback.gone_at is not None
    if not answer.taken:
        log.warning("event not taken", source=source_id, id=ready.event_id, status=answer.status)
    return goes_on and not stopped


def _later(session: Session, row: Outgoing, moment: datetime) -> None:
    """Its record's later events wait as long, so that nobody looks at them in vain."""
    row.not_before = moment
    if row.record_id is not None:
        session.exec(
            update(Outgoing)
            .where(col(Outgoing.record_id) == row.record_id)
            .where(col(Outgoing.state) == "waiting", col(Outgoing.not_before) < moment)
            .values(not_before=moment)
            .execution_options(synchronize_session=False)
        )


def _heard(session: Session, callback: Callback, answer: Answer, now: datetime) -> None:
    """What the answer says of the address itself."""
    callback.answer = answer.words
    callback.pause_until = None
    if answer.taken:
        callback.failures, callback.failing_since, callback.delivered_at = 0, None, now
        return
    callback.failures += 1
    callback.failing_since = callback.failing_since or now
    if answer.gone:
        callback.gone_at = now
        _note_gone(session, callback, now)
    elif answer.down:
        callback.pause_until = now + pause(callback.failures, answer.retry_after)
    elif callback.failures >= IN_A_ROW:
        callback.pause_until = now + min(pause(callback.failures), timedelta(minutes=1))


def pause(tries: int, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many tries: doubled each time to an hour, and not in step.

    `asked`: what the other side asked for; it is never less.
    """
    seconds = FIRST_PAUSE.total_seconds() * 2 ** min(tries - 1, 20)
    seconds = min(seconds, LONGEST_PAUSE.total_seconds()) * random.uniform(0.8, 1.2)
    return max(timedelta(seconds=seconds), asked or timedelta())


def _note_gone(session: Session, callback: Callback, now: datetime) -> None:
    source = session.get_one(Source, callback.source_id)
    audit.append(
        session,
        at=now,
        actor="",
        action="source.callback.gone",
        subject=f"source:{source.id}",
        company_id=source.company_id,
        data={"source": source.name},
    )
