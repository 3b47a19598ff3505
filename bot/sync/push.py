"""Posts what waits, a slice at a time: parents first, each record by itself, never twice."""

import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from bot import mirror
from bot.db import leases
from bot.domain import TIER, ConnectionState, RecordState, RecordType, RetryClass
from bot.errors import BotError, CompanyBusy, LeaseLost
from bot.models import Connection, Record, Write
from bot.quickbooks import FaultError, PermissionLost, QuickBooksFault
from bot.services import Services
from bot.sync import deciding, holds, writing
from bot.sync.deciding import Decided
from bot.sync.due import by_id, count_due, due
from bot.sync.fresh_look import learn_new_names
from bot.sync.resolve import Ready
from bot.sync.sent import send_all
from bot.sync.trouble import COMPANY_RESET, SYNC_STOPPED, forget_healed_trouble
from bot.sync.turn import Turn, company_trouble, record_answer
from bot.sync.writing import Intention

# What QuickBooks said to a write after the company's data was reset; it holds until a person says
# that posting goes on.
_RESET = FaultError("10200", "Company Reset", "Nothing is posted before somebody has looked.")


@dataclass(frozen=True)
class SliceReport:
    """What one slice did.

    `waiting` counts the records that could go at once: nudge the next slice while it is not 0 and
    `stopped` is None. Records that wait for a moment or a parent are left to the sweep. `reading`:
    the company itself is still being read for the first time; nudge the next slice too.
    """

    posted: list[int]
    held: list[int]
    waiting: int
    stopped: QuickBooksFault | None
    reading: bool = False


def push_slice(
    services: Services,
    company_id: int,
    held: leases.Held,
    *,
    limit: int = 30,
    seconds: float = 5.0,
    only: Collection[int] | None = None,
) -> SliceReport:
    """Post at most `limit` records within about `seconds`; the caller holds the company's lease.

    1. Writes whose outcome is not known are settled first, with the same requestid.
    2. Due records go in the order of their tiers; `only` restricts them to these ids (and what
       they refer to) and ignores pauses, because a person asked.
    3. A refusal holds its record; trouble of the company stops the slice and holds nothing.

    Raises LeaseLost when another worker took the company over.
    """
    turn = Turn(
        services,
        company_id,
        held,
        leases.Keeper(services.sessions, services.clock, held),
        time.monotonic() + seconds,
        limit,
        None if only is None else frozenset(only),
    )
    reading = False
    try:
        _require_permission(turn)
        reading = not _is_read(turn, seconds)
        if not reading:
            _settle_open(turn)
        if not reading and not turn.over:
            _post_due(turn)
    except QuickBooksFault as fault:
        company_trouble(turn, fault)
    except (LeaseLost, CompanyBusy):
        raise
    except BotError as error:
        # Told by the check `connection` once it lasts; the next slice tries again.
        stop = QuickBooksFault(
            error.message, retry_class=RetryClass.TRANSIENT, platform="bot", retry_after=None
        )
        company_trouble(turn, stop, SYNC_STOPPED)
    return _report(turn, reading=reading)


def _report(turn: Turn, *, reading: bool) -> SliceReport:
    services, company_id = turn.services, turn.company_id
    if turn.stopped is None:
        with services.sessions.write() as session:
            forget_healed_trouble(session, company_id)
    with services.sessions.read() as session:
        waiting = count_due(session, company_id, services.clock.now(), turn.only)
    return SliceReport(turn.posted, turn.held_ids, waiting, turn.stopped, reading)


def _is_read(turn: Turn, seconds: float) -> bool:
    """Go on reading the company for the first time; nothing is posted before it is known."""
    services, company_id = turn.services, turn.company_id
    return mirror.loaded(services, company_id) or mirror.load(
        services, company_id, turn.held, seconds=seconds
    )


def _require_permission(turn: Turn) -> None:
    with turn.services.sessions.read() as session:
        row = session.get(Connection, turn.company_id)
    if row is None or row.state is not ConnectionState.CONNECTED:
        raise PermissionLost(
            (row.lost_reason if row else "") or "The company is not connected to QuickBooks.",
            retry_class=RetryClass.AUTH,
            platform="oauth",
        )
    if row.trouble == COMPANY_RESET and turn.only is None:
        raise QuickBooksFault(errors=(_RESET,), platform="qbo")


def _settle_open(turn: Turn) -> None:
    """Find out what became of writes that were begun earlier, by this process or another."""
    with turn.services.sessions.read() as session:
        writes = writing.open_writes(session, turn.company_id)
        records = by_id(session, [write.record_id for write in writes])
    now = turn.services.clock.now()
    ready = [write for write in writes if _may_go(records[write.record_id or 0], now)]
    send_all(turn, ready, records, again=True)


def _may_go(record: Record, now: datetime) -> bool:
    """A held record's unknown write waits for the person who lets the record go."""
    due_now = record.not_before is None or record.not_before <= now
    return due_now and record.state is not RecordState.HELD


def _post_due(turn: Turn) -> None:
    with turn.services.sessions.write() as session:
        leases.require(session, turn.held)
        holds.release_orphans(session, turn.company_id)
    while not turn.over and (room := turn.limit - turn.handled) > 0:
        with turn.services.sessions.read() as session:
            now = turn.services.clock.now()
            wanted = None if turn.only is None else turn.only - turn.later
            ready = due(session, turn.company_id, now, limit=room, only=wanted)
        before = turn.settled + len(turn.later)
        turn.looked = False  # what came in since the last look may be a twin entered since then
        for _, group in groupby(ready, key=lambda record: record.tier):
            if turn.over:
                return
            _post_tier(turn, list(group))
        if turn.settled + len(turn.later) == before:
            return


def _post_tier(turn: Turn, records: list[Record]) -> None:
    """Decide about records of one tier, then send the ready ones.

    Decisions and intended writes are committed together before the first call goes out.
    """
    if any(record.tier < TIER[RecordType.INVOICE] for record in records):
        _look_afresh(turn)
    decided = deciding.look(turn.services, turn.company_id, records)
    if decided.looked_in_vain and not turn.looked:
        # The mirror may be minutes old: nothing is called unknown before a fresh look.
        _look_afresh(turn)
        decided = deciding.look(turn.services, turn.company_id, records)
    decided = deciding.hold_doubles(turn.services, turn.company_id, decided)
    turn.keeper.renew()
    writes = _written_down(turn, decided)
    send_all(turn, writes, {record.id or 0: record for record in records}, again=False)


def _look_afresh(turn: Turn) -> None:
    if not turn.looked:
        learn_new_names(turn.services, turn.company_id)
        turn.looked = True


def _written_down(turn: Turn, decided: Decided) -> list[Write]:
    """Record the outcomes that are known, and the intention of each write, in one transaction."""
    now = turn.services.clock.now()
    intentions: list[Intention] = []
    with turn.services.sessions.write() as session:
        leases.require(session, turn.held)
        standing = by_id(session, [record.id for record, _ in decided.each])
        for record, decision in decided.each:
            fresh = standing.get(record.id or 0)
            if fresh is None or _changed(fresh, record):
                continue
            party = decided.table.party_of(fresh)
            if party and party != fresh.name:
                fresh.name = party
                session.add(fresh)
            if isinstance(decision, Ready):
                ready = Intention(fresh.id or 0, decision.entity, decision.payload)
                intentions.append(ready)
            else:
                record_answer(turn, session, fresh.id or 0, decision, now)
                if record.id in decided.unreadable:
                    fresh.digest = ""  # whatever is handed over next replaces it
        return writing.intend_creates(session, turn.company_id, intentions, now)


def _changed(fresh: Record, decided: Record) -> bool:
    """Say whether a new version came in, or somebody else settled the record, since the look."""
    return fresh.digest != decided.digest or fresh.state is not RecordState.WAITING
