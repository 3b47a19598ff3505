"""A source's callback: declared, tried, switched off, and what waits for it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
from sqlalchemy import update
from sqlmodel import Session, col, func, select

from bot import audit, sealed
from bot.domain import Payload
from bot.errors import BadInput
from bot.models import Callback, Outgoing, Record, Source
from bot.outgoing import addresses, signing
from bot.outgoing.delivering import keys_of
from bot.outgoing.events import Event
from bot.outgoing.posting import Answer, Line
from bot.outgoing.queue import envelope, new_id
from bot.services import Services

# So long the key before signs as well, so that the other side can change over in peace.
BOTH_KEYS = timedelta(hours=24)
# What did not get through for so long, somebody is told.
PATIENCE = timedelta(hours=24)
_AT_MOST = 200


@dataclass(frozen=True)
class Kept:
    """What was declared; `key` is shown this once, "" where the one before stays."""

    url: str
    key: str
    waiting: int


def switch_on(services: Services, source_id: int, address: str, *, new_key: bool = False) -> Kept:
    """Tell a source at this address from now on; what waits goes there too, at once.

    Raises BadInput for an address that events never go to, ConfigError without SECRET_KEYS.
    """
    url = addresses.checked(address, private=services.settings.OUTGOING_PRIVATE)
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get(Callback, source_id) or Callback(source_id=source_id, since=now)
        had = sealed.unseal(services.settings, source_id, row.key)
        made = signing.new_key() if new_key or not had else ""
        if made:
            row.old_key, row.old_key_until = (row.key, now + BOTH_KEYS) if had else ("", None)
            row.key = sealed.seal(services.settings, source_id, made)
        row.since = row.since if row.url == url else now
        row.url, row.gone_at = url, None
        _fresh(row)
        session.add(row)
        _at_once(session, source_id, now)
        _note(
            session,
            source_id,
            now,
            "source.callback",
            {"address": named(url), "new_key": bool(made)},
        )
        return Kept(url, made, _count(session, source_id))


def switch_off(services: Services, source_id: int) -> int:
    """Tell a source nothing more; what waits is given up. Returns how many events that were."""
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get(Callback, source_id)
        if row is None or not row.url:
            raise BadInput("This source has no callback; there is nothing to switch off.")
        given_up = _count(session, source_id)
        _give_up(session, now, col(Outgoing.source_id) == source_id, "switched off")
        row.url, row.key, row.old_key, row.old_key_until, row.gone_at = "", "", "", None, None
        row.full, row.missed, row.missed_since = False, 0, None
        _fresh(row)
        session.add(row)
        _note(session, source_id, now, "source.callback.off", {"given_up": given_up})
        return given_up


def try_again(services: Services, source_id: int) -> int:
    """Let everything that waits go out at once, also where the address had said it is gone.

    Returns how many events wait.
    """
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get(Callback, source_id)
        if row is None or not row.url:
            raise BadInput("This source has no callback.")
        row.gone_at = row.pause_until = None
        session.add(row)
        _at_once(session, source_id, now)
        return _count(session, source_id)


def give_up(services: Services, source_id: int, event_id: str) -> str:
    """Give one waiting event up, so that its record's later ones go; returns what it was."""
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.exec(
            select(Outgoing).where(Outgoing.source_id == source_id, Outgoing.event_id == event_id)
        ).first()
        if row is None or row.state != "waiting":
            msg = f"No event {event_id} waits for this source; --list-waiting shows those that do."
            raise BadInput(msg)
        _give_up(session, now, col(Outgoing.id) == row.id, "given up by a person")
        if row.record_id is not None:
            _at_once(session, source_id, now, row.record_id)
        data: Payload = {"event_id": event_id, "event": row.event}
        _note(session, source_id, now, "source.callback.given_up", data)
        return row.event


def try_out(services: Services, source_id: int) -> Answer:
    """Post one signed test event now and give the answer; nothing is kept of it."""
    now = services.clock.now()
    event_id = new_id()
    with services.sessions.read() as session:
        row = session.get(Callback, source_id)
        if row is None or not row.url:
            raise BadInput("This source has no callback; name an address first.")
        company_id = session.get_one(Source, source_id).company_id
        body = envelope(session, company_id, source_id, event_id, Event.TEST, now)
    keys = keys_of(services, row, now)
    if not keys:
        raise BadInput("Its key cannot be opened with SECRET_KEYS; make a new one with --new-key.")
    content = json.dumps(body).encode()
    with Line(private=services.settings.OUTGOING_PRIVATE) as line:
        return line.post(row.url, signing.headers(keys, event_id, now, content), content, now)


@dataclass(frozen=True)
class Standing:
    """How a callback stands; `answer` is its last one, "" when it took what it was told."""

    url: str
    waiting: int
    answer: str
    failing_since: datetime | None
    delivered_at: datetime | None
    gone: bool


def standing(services: Services, source_id: int) -> Standing | None:
    """How a source's callback stands; None where it has none."""
    with services.sessions.read() as session:
        row = session.get(Callback, source_id)
        if row is None or not row.url:
            return None
        answer = row.answer if row.failing_since or row.gone_at else ""
        gone = row.gone_at is not None
        count = _count(session, source_id)
        return Standing(row.url, count, answer, row.failing_since, row.delivered_at, gone)


@dataclass(frozen=True)
class Waiting:
    """An event that a source has not taken yet."""

    event_id: str
    event: str
    record: str
    since: datetime
    attempts: int
    next_try: datetime
    answer: str


def waiting(services: Services, source_id: int) -> tuple[list[Waiting], int]:
    """The oldest events that wait, at most some hundred, and how many there are in all."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(Outgoing, Record)
            .outerjoin(Record, col(Record.id) == col(Outgoing.record_id))
            .where(Outgoing.source_id == source_id, Outgoing.state == "waiting")
            .order_by(col(Outgoing.id))
            .limit(_AT_MOST)
        ).all()
        count = _count(session, source_id)
    return [_waiting(row, record) for row, record in rows], count


def _waiting(row: Outgoing, record: Record | None) -> Waiting:
    about = f"{record.type.words} {record.number or record.external_id}" if record else ""
    return Waiting(
        row.event_id, row.event, about, row.created_at, row.attempts, row.not_before, row.answer
    )


@dataclass(frozen=True)
class Trouble:
    """A callback that has not taken events for long: since when, why, and how many wait.

    `gone`: its address said 410, and nothing is tried any more.
    """

    source_id: int
    source: str
    url: str
    since: datetime
    answer: str
    waiting: int
    gone: bool
    missed: int


def subject_of(source_id: int) -> str:
    """What a callback's alert is about."""
    return f"source:{source_id}:callback"


def troubles(
    session: Session, company_id: int, now: datetime, patience: timedelta = PATIENCE
) -> list[Trouble]:
    """The callbacks of a company that somebody has to look at."""
    rows = session.exec(
        select(Callback, Source)
        .join(Source, col(Source.id) == col(Callback.source_id))
        .where(Source.company_id == company_id, Callback.url != "")
        .order_by(col(Source.id))
    ).all()
    found = (_trouble(session, row, source, now - patience) for row, source in rows)
    return [one for one in found if one is not None]


def _trouble(session: Session, row: Callback, source: Source, before: datetime) -> Trouble | None:
    oldest = session.exec(
        select(Outgoing)
        .where(Outgoing.source_id == row.source_id, Outgoing.state == "waiting")
        .where(Outgoing.attempts > 0)
        .order_by(col(Outgoing.id))
        .limit(1)
    ).first()
    # An address that was named a moment ago has the whole time to take what waited before.
    late = oldest is not None and max(oldest.created_at, row.since) <= before
    if row.gone_at is None and not late:
        return None
    return Trouble(
        source_id=row.source_id,
        source=source.name,
        url=row.url,
        since=row.gone_at or (oldest.created_at if oldest else before),
        # Which stopped it for good is the address's last; else what the oldest was told.
        answer=oldest.answer if oldest and row.gone_at is None else row.answer,
        waiting=_count(session, row.source_id),
        gone=row.gone_at is not None,
        missed=row.missed,
    )


def seal_again(services: Services, session: Session) -> int:
    """Encrypt every key with the first of SECRET_KEYS; returns how many. The caller commits."""
    rows = session.exec(select(Callback))
    return sum(sealed.seal_again(services.settings, row, "key", "old_key") for row in rows)


def named(url: str) -> str:
    """An address as people and the record see it: what follows a ? may be a secret."""
    return str(httpx.URL(url).copy_with(query=None))


def _fresh(row: Callback) -> None:
    row.failures, row.failing_since, row.answer, row.pause_until = 0, None, "", None


def _at_once(session: Session, source_id: int, now: datetime, record_id: int | None = None) -> None:
    change = (
        update(Outgoing)
        .where(col(Outgoing.source_id) == source_id, col(Outgoing.state) == "waiting")
        .where(col(Outgoing.not_before) > now)
    )
    if record_id is not None:
        change = change.where(col(Outgoing.record_id) == record_id)
    session.exec(change.values(not_before=now).execution_options(synchronize_session=False))


def _give_up(session: Session, now: datetime, which: object, why: str) -> None:
    session.exec(
        update(Outgoing)
        .where(which, col(Outgoing.state) == "waiting")  # type: ignore[arg-type]  # a column's comparison
        .values(state="failed", settled_at=now, answer=why)
        .execution_options(synchronize_session=False)
    )


def _count(session: Session, source_id: int) -> int:
    return session.exec(
        select(func.count())
        .select_from(Outgoing)
        .where(Outgoing.source_id == source_id, Outgoing.state == "waiting")
    ).one()


def _note(session: Session, source_id: int, now: datetime, action: str, data: Payload) -> None:
    source = session.get_one(Source, source_id)
    audit.append(
        session,
        at=now,
        actor="",
        action=action,
        subject=f"source:{source_id}",
        company_id=source.company_id,
        data={"source": source.name, **data},
    )
