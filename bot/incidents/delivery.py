"""Sends messages: claimed, rendered, posted or edited, recorded. Never twice, never forgotten.

Between a post and its record a process can die, and an answer can be lost. Then the row says
`unknown`, and the channel's history is read once for our metadata before anything is posted again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import CursorResult, text, update
from sqlmodel import Session, col, select

from bot import jobs
from bot.domain import RetryClass
from bot.incidents import folding, returning
from bot.incidents.import_message import tell_finished
from bot.incidents.message import Message, simplest
from bot.incidents.rows import NEVER
from bot.incidents.topics import Topic, topic_of
from bot.models import Company, Delivery
from bot.models.incidents import UNSETTLED
from bot.services import Services
from bot.slack import SlackFault

log = structlog.get_logger(__name__)

# No call to Slack lasts this long; a claim that does belongs to a worker that is gone.
CLAIM_SECONDS = 60
# A request whose answer was lost may still arrive; its message is looked for after this pause.
LOOK_AFTER = timedelta(seconds=2)
# The history is read from a little before the incident: Slack's clock and ours may differ.
CLOCK_SLACK = timedelta(hours=1)
# While a fix works, its message is edited at most this often (chat.update: about 50 a minute).
WORKING_PAUSE = timedelta(seconds=1.5)
BACK_OFF = (5, 15, 60, 300, 900)
REFUSED_BLOCKS = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "msg_too_long",
        "msg_blocks_too_long",
    }
)
# The "ts" of what was shown to one person alone: Slack gives it none that could be edited.
PRIVATE = "private"
UNHEARD = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})


@dataclass(frozen=True)
class _Claim:
    """A delivery this worker alone may send; `look`: it may have been posted already."""

    id: int
    topic: Topic
    channel: str
    ts: str | None
    version: int
    attempts: int
    last_error: str
    look: bool


def deliver(services: Services, delivery_id: int) -> None:
    """Bring one message to the version wanted. Does nothing if it is there, not due, or claimed.

    1. Claim the row by a conditional UPDATE and commit.
    2. If it may have been posted before, look for it in the history.
    3. Render the current state; post or edit; no transaction is open meanwhile.
    4. Record what was sent; if a newer version is wanted by then, go again.
    5. Tell the thread of an alert that is back.
    """
    claim = _claim(services, delivery_id)
    if claim is None:
        return
    try:
        if claim.look:
            claim = _found(services, claim)
        if not _worth_sending(claim):
            _leave(services, claim)
            return
        ts = _send(services, claim)
        if ts is None:
            claim = _forgotten(services, claim)
            ts = _send(services, claim)
    except SlackFault as fault:
        if claim.topic.person and fault.retry_class is RetryClass.NEEDS_PERSON:
            # Slack will never show it (the person left the channel): /qb-errors still does.
            log.warning("person not told", about=claim.topic.name, error=fault.error)
            _sent(services, claim, PRIVATE)
            return
        _failed(services, claim, fault)
        return
    if ts is not None:
        _sent(services, claim, ts)
        returning.tell(services, claim.topic.returned, claim.channel, ts, posted=claim.ts is None)


def sweep_deliveries(services: Services) -> None:
    """Nudge every message that is due; claims of dead processes become `unknown` first."""
    tell_finished(services)
    now = services.clock.now()
    _settle_gone(services, now)
    with services.sessions.read() as session:
        due = session.exec(
            select(Delivery.id)
            .where(
                text(f"({UNSETTLED})"),
                col(Delivery.not_before) <= now,
                col(Delivery.state) != "claimed",
            )
            .order_by(col(Delivery.not_before))
        ).all()
    for delivery_id in due:
        jobs.deliver(services.queue, delivery_id or 0)


def _settle_gone(services: Services, now: datetime) -> None:
    """Mark what a dead process claimed `unknown`; takes the write lock only when there is any."""
    claimed = (text(f"({UNSETTLED})"), col(Delivery.state) == "claimed")
    late = col(Delivery.claimed_at) < now - timedelta(seconds=CLAIM_SECONDS)
    others = (*claimed, late | (col(Delivery.claimed_by) != services.holder))
    with services.sessions.read() as session:
        holders = set(session.exec(select(Delivery.claimed_by).where(*others)))
    if not holders:
        return
    # One `run` per SQLite file: a claim of another process is one of a dead process.
    alone = services.sessions.engine.dialect.name == "sqlite"
    with services.sessions.write() as session:
        dead = [
            name
            for name in holders - {services.holder}
            if alone or services.sessions.is_gone(session, name)
        ]
        gone = late | col(Delivery.claimed_by).in_(dead)
        session.exec(update(Delivery).where(*claimed, gone).values(state="unknown"))


def _claim(services: Services, delivery_id: int) -> _Claim | None:
    now = services.clock.now()
    services.sessions.announce(services.holder)
    with services.sessions.write() as session:
        row = session.get(Delivery, delivery_id)
        if row is None or row.not_before > now or row.state == "claimed":
            return None
        look = row.state == "unknown"
        if not look and row.wanted <= row.sent:
            return None
        taken: CursorResult[tuple[()]] = session.exec(
            update(Delivery)
            .where(col(Delivery.id) == delivery_id, col(Delivery.state) == row.state)
            .values(state="claimed", claimed_at=now, claimed_by=services.holder)
        )
        if taken.rowcount != 1:
            return None
        return _claimed(session, row, look=look)


def _claimed(session: Session, row: Delivery, *, look: bool) -> _Claim:
    topic = topic_of(session, row)
    if row.ts is None and not look:
        # The company may have moved to another channel since this was found.
        row.channel_id = session.get_one(Company, topic.company_id).channel_id
        session.add(row)
    return _Claim(
        id=row.id or 0,
        topic=topic,
        channel=row.channel_id,
        ts=row.ts,
        version=row.wanted,
        attempts=row.attempts,
        last_error=row.last_error,
        # What is for one person alone is in no history: it is told again rather than not at all.
        look=look and row.ts is None and not topic.person,
    )


def _found(services: Services, claim: _Claim) -> _Claim:
    since = claim.topic.opened_at - CLOCK_SLACK
    ts = services.slack.find_message(claim.channel, claim.topic.identity, since)
    if ts is not None:
        log.info("message found in the history", about=claim.topic.name)
        with services.sessions.write() as session:
            _own(session, services, claim.id, ts=ts)
    return replace(claim, ts=ts, look=False)


def _forgotten(services: Services, claim: _Claim) -> _Claim:
    """Commit that Slack's message is gone, before another is posted in its place.

    With the old `ts` still in the row, a post whose answer is lost would be an edit that failed:
    it would not be looked for, and go out a second time.
    """
    log.warning("message is gone from slack, posted anew", about=claim.topic.name)
    with services.sessions.write() as session:
        _own(session, services, claim.id, ts=None)
    return replace(claim, ts=None)


def _worth_sending(claim: _Claim) -> bool:
    """What settled or was paused before anybody saw it is never posted."""
    if claim.ts is not None:
        return True
    return not claim.topic.settled and not claim.topic.waits


def _send(services: Services, claim: _Claim) -> str | None:
    """Post or edit; gives the message's ts, or None when the one to edit is gone from Slack."""
    message = claim.topic.build(services)
    try:
        return _put(services, claim, message)
    except SlackFault as fault:
        if fault.error not in REFUSED_BLOCKS:
            raise
        log.error("slack refused a message", about=claim.topic.name, error=fault.error)
        return _put(services, claim, simplest(message))


def _put(services: Services, claim: _Claim, message: Message) -> str | None:
    if claim.ts is None:
        return _post(services, claim, message)
    try:
        services.slack.edit(claim.channel, claim.ts, message.text, message.blocks, message.metadata)
    except SlackFault as fault:
        # Somebody deleted the message: an open problem is told again, a settled one is not.
        if fault.error not in UNHEARD:
            raise
        if claim.topic.settled or claim.topic.waits:
            return claim.ts
        return None
    return claim.ts


def _post(services: Services, claim: _Claim, message: Message) -> str:
    if claim.topic.person:
        person = claim.topic.person
        services.slack.ephemeral(claim.channel, person, message.text, message.blocks)
        return PRIVATE
    posted = services.slack.post(claim.channel, message.text, message.blocks, message.metadata)
    return posted.ts


def _sent(services: Services, claim: _Claim, ts: str) -> None:
    now = services.clock.now()
    pause = WORKING_PAUSE if claim.topic.working else timedelta()
    with services.sessions.write() as session:
        _own(
            session,
            services,
            claim.id,
            ts=ts,
            sent=claim.version,
            state="idle",
            attempts=0,
            last_error="",
        )
        row = session.get_one(Delivery, claim.id, populate_existing=True)
        newer = row.wanted > row.sent
        if newer and row.not_before == NEVER:  # paused while the first post was on its way
            row.not_before = now
            session.add(row)
        if claim.ts is None and row.incident_id is not None:
            # Its parts name its address, which is known from now on.
            folding.tell_parts(session, row.incident_id, now)
        if pause and row.not_before < now + pause and not newer:
            row.not_before = now + pause
            session.add(row)
    if newer:
        jobs.deliver(services.queue, claim.id)


def _leave(services: Services, claim: _Claim) -> None:
    """Nothing to send: a settled one counts as sent, a paused one waits until it is woken."""
    settled = claim.topic.settled
    with services.sessions.write() as session:
        if settled:
            _own(session, services, claim.id, sent=claim.version, state="idle")
            return
        row = session.get_one(Delivery, claim.id, populate_existing=True)
        woken = row.wanted > claim.version
        later = row.not_before if woken else NEVER
        _own(session, services, claim.id, state="idle", not_before=later)
    if woken:
        jobs.deliver(services.queue, claim.id)


def _failed(services: Services, claim: _Claim, fault: SlackFault) -> None:
    """Keep the row with the reason and a later time; say it in the log once."""
    now = services.clock.now()
    lost = claim.look or (fault.outcome_unknown and claim.ts is None)
    wait = _pause(claim, fault, lost=lost)
    if claim.last_error != fault.error:
        log.warning(
            "message not delivered",
            about=claim.topic.name,
            channel=claim.channel,
            error=fault.error,
            reason=fault.message,
        )
    with services.sessions.write() as session:
        _own(
            session,
            services,
            claim.id,
            state="unknown" if lost else "idle",
            not_before=now + wait,
            attempts=claim.attempts + 1,
            last_error=fault.error,
        )


def _pause(claim: _Claim, fault: SlackFault, *, lost: bool) -> timedelta:
    if fault.retry_class is RetryClass.THROTTLED:
        return timedelta(seconds=max(1.0, fault.retry_after))
    if lost and claim.attempts == 0:
        return LOOK_AFTER
    return timedelta(seconds=BACK_OFF[min(claim.attempts, len(BACK_OFF) - 1)])


def _own(session: Session, services: Services, delivery_id: int, **values: object) -> None:
    """Write to a row we still hold; another worker that took it over decides by itself."""
    session.exec(
        update(Delivery)
        .where(
            col(Delivery.id) == delivery_id,
            col(Delivery.state) == "claimed",
            col(Delivery.claimed_by) == services.holder,
        )
        .values(**values)
    )
