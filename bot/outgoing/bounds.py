"""Keeps what waits and what is past from growing without end."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from bot.models import Callback, Outgoing, Source
from bot.outgoing.events import Event
from bot.outgoing.queue import envelope, new_id
from bot.services import Services

# From here on a source's events are counted, no longer kept; from there on they are again.
MOST_WAITING = 100_000
ROOM_AGAIN = 90_000
KEPT = timedelta(days=30)
_AT_ONCE = 500


def measure(services: Services, most: int = MOST_WAITING, again: int = ROOM_AGAIN) -> None:
    """Look how much waits for each source, at most once a minute: a little more gets in.

    A source for which too much waits is told so as soon as there is room again: `events.missed`
    says how many events it will never get, and from when to when.
    """
    with services.sessions.read() as session:
        ids = session.exec(select(Callback.source_id).where(Callback.url != "")).all()
    for source_id in ids:
        with services.sessions.read() as session:
            waiting = _waiting(session, source_id, most)
            full = session.get_one(Callback, source_id).full
        if waiting >= most and not full:
            _set_full(services, source_id)
        elif waiting <= again and full:
            _make_room(services, source_id)


def _waiting(session: Session, source_id: int, most: int) -> int:
    some = (
        select(Outgoing.id)
        .where(Outgoing.source_id == source_id, Outgoing.state == "waiting")
        .limit(most)
        .subquery()
    )
    return session.exec(select(func.count()).select_from(some)).one()


def _set_full(services: Services, source_id: int) -> None:
    with services.sessions.write() as session:
        session.exec(update(Callback).where(col(Callback.source_id) == source_id).values(full=True))


def _make_room(services: Services, source_id: int) -> None:
    now = services.clock.now()
    with services.sessions.write() as session:
        callback = session.get_one(Callback, source_id)
        if callback.missed and callback.url:
            session.add(_missed(session, callback, now))
        callback.full, callback.missed, callback.missed_since = False, 0, None
        session.add(callback)


def _missed(session: Session, callback: Callback, now: datetime) -> Outgoing:
    source = session.get_one(Source, callback.source_id)
    event_id = new_id()
    said = envelope(session, source.company_id, callback.source_id, event_id, Event.MISSED, now)
    since = callback.missed_since or now
    missed = {"count": callback.missed, "since": since.isoformat(), "until": now.isoformat()}
    return Outgoing(
        company_id=source.company_id,
        source_id=callback.source_id,
        event_id=event_id,
        event=Event.MISSED,
        body={**said, "missed": missed},
        not_before=now,
        created_at=now,
    )


def forget(services: Services, kept: timedelta = KEPT) -> int:
    """Forget events that were settled long ago, some at a time; returns how many.

    A record's newest event stays without its body, since the next one counts on from it.
    """
    before = services.clock.now() - kept
    with services.sessions.write() as session:
        rows = session.exec(
            select(Outgoing.id, Outgoing.record_id)
            .where(col(Outgoing.state).in_(("delivered", "failed")))
            .where(col(Outgoing.settled_at) < before)
            .limit(_AT_ONCE)
        ).all()
        ids = [row_id or 0 for row_id, _ in rows]
        if not ids:
            return 0
        _forget(session, ids, sorted({record_id for _, record_id in rows if record_id is not None}))
    return len(ids)


def _forget(session: Session, ids: list[int], record_ids: list[int]) -> None:
    newest = (
        select(func.max(Outgoing.id))
        .where(col(Outgoing.record_id).in_(record_ids))
        .group_by(col(Outgoing.record_id))
    )
    stay = [row or 0 for row in session.exec(newest)]
    old = col(Outgoing.id).in_(ids)
    past = (col(Outgoing.state) == "past") & col(Outgoing.record_id).in_(record_ids)
    gone = delete(Outgoing).where(old | past, col(Outgoing.id).not_in(stay))
    session.exec(gone.execution_options(synchronize_session=False))
    emptied = update(Outgoing).where(old).values(state="past", body={}, untold=[], answer="")
    session.exec(emptied.execution_options(synchronize_session=False))
