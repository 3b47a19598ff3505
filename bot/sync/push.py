"""Posts what waits, a slice at a time: parents first, each record by itself, never twice."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel, col

from bot import mirror
from bot.config import Settings
from bot.db import leases
from bot.domain import TIER, ConnectionState, RecordState, RecordType, RetryClass
from bot.errors import BotError, CompanyBusy, LeaseLost
from bot.models import Connection, Record, Write
from bot.quickbooks import FaultError, PermissionLost, QuickBooksFault
from bot.services import Services
from bot.sync import (
    behind,
    deciding,
    holds,
    mapping_rules,
    rounding_lines,
    stamps,
    waits,
    writing,
)
from bot.sync.adopting import gate
from bot.sync.causes import Held, Later, Posted
from bot.sync.deciding import Decided
from bot.sync.due import by_id, count_due, due, next_moment
from bot.sync.fresh_look import learn_new_names
from bot.sync.resolve import Ready
from bot.sync.sent import send_all
from bot.sync.trouble import (
    COMPANY_RESET,
    SYNC_STOPPED,
    forget_healed_trouble,
    heals_by_itself,
    trouble_of,
    worth_another_try,
)
from bot.sync.turn import Turn, company_trouble, record_answer
from bot.sync.writing import Intention

# What QuickBooks said to a write after the company's data was reset; it holds until a person says
# that posting goes on.
_RESET = FaultError("10200", "Company Reset", "Nothing is posted before somebody has looked.")

# A slice takes so many records at most, and so many however slow the company may be called.
_MOST, _FEWEST = 100, 10
# So many times more are fetched, to find as many that do not refer to each other.
_AHEAD = 1.5
# Room for less than this part of a slice is not filled.
_SMALL = 4
_TABLE = SQLModel.metadata.tables["record"]
_DIGESTS = (
    select(_TABLE.c.id, _TABLE.c.digest)
    .where(_TABLE.c.id.in_(bindparam("ids", expanding=True)))
    .where(_TABLE.c.state == RecordState.WAITING)
)
_CONNECTION = SQLModel.metadata.tables["connection"]
_PERMISSION = select(*(_CONNECTION.c[name] for name in ("state", "lost_reason", "trouble"))).where(
    _CONNECTION.c.company_id == bindparam("company_id")
)
_NAMED = update(_TABLE).where(_TABLE.c.id == bindparam("record")).values(name=bindparam("party"))


@dataclass(frozen=True)
class SliceReport:
    """What one slice did.

    `waiting` counts the records that could go at once: nudge the next slice while it is not 0 and
    `stopped` is None (up to ten). `again_at`: when the first of those that pause may go, where
    nothing else does, or when trouble that heals by itself is worth another try; nudge the slice
    then. `reading`: the company itself is still being read for the first time; nudge the next
    slice too.
    """

    posted: list[int]
    held: list[int]
    waiting: int
    stopped: QuickBooksFault | None
    reading: bool = False
    again_at: datetime | None = None


def push_slice(
    services: Services,
    company_id: int,
    held: leases.Held,
    *,
    limit: int | None = None,
    seconds: float = 7.0,
    only: Collection[int] | None = None,
    types: frozenset[RecordType] | None = None,
) -> SliceReport:
    """Post at most `limit` records within about `seconds`; the caller holds the company's lease.

    Without a limit as many as Intuit's own allow in that time. Raises LeaseLost when another
    worker took the company over.

    1. Writes whose outcome is not known are settled first, with the same requestid.
    2. Due records go as they came, each after its own parents; `only` restricts them to these
       ids (and what they refer to) and ignores pauses, because a person asked; `types` to these
       and what they wait for.
    3. A refusal holds its record; trouble of the company stops the slice and holds nothing.
    """
    turn = Turn(
        services,
        company_id,
        held,
        leases.Keeper(services.sessions, services.clock, held),
        time.monotonic() + seconds,
        _allowed(services.settings, seconds) if limit is None else limit,
        None if only is None else frozenset(only),
        types,
    )
    reading = False
    try:
        _require_permission(turn)
        reading = not (_is_read(turn, seconds) and stamps.met(services, company_id, held))
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
    return _report(turn, reading=reading or turn.comparing)


def _allowed(settings: Settings, seconds: float) -> int:
    """How many calls fit into a slice; more would be decided about and not be sent."""
    if not settings.QUICKBOOKS_PER_MINUTE:
        return _MOST
    return min(_MOST, max(_FEWEST, int(settings.QUICKBOOKS_PER_MINUTE / 60 * seconds)))


def _report(turn: Turn, *, reading: bool) -> SliceReport:
    services, company_id = turn.services, turn.company_id
    now = services.clock.now()
    with services.sessions.read() as session:
        waiting = count_due(session, company_id, now, turn.only, types=turn.types)
        goes_on = waiting and turn.handled
        again_at = None if goes_on else next_moment(session, company_id, now)
        row = session.get(Connection, company_id) if turn.stopped is not None else None
        trouble = trouble_of(session, company_id)
    if turn.stopped is not None:
        again_at = worth_another_try(row, turn.stopped, now)
    elif heals_by_itself(trouble):
        with services.sessions.write() as session:
            forget_healed_trouble(session, company_id)
    return SliceReport(turn.posted, turn.held_ids, waiting, turn.stopped, reading, again_at)


def _is_read(turn: Turn, seconds: float) -> bool:
    """Go on reading the company for the first time; nothing is posted before it is known."""
    services, company_id = turn.services, turn.company_id
    return mirror.loaded(services, company_id) or mirror.load(
        services, company_id, turn.held, seconds=seconds
    )


def _is_compared(turn: Turn) -> bool:
    """Compare what waits with the books, where they may hold it already; nothing goes before."""
    while not gate.settled(turn.services, turn.company_id, turn.held, turn.keeper.renew):
        if turn.only is None or turn.over:
            return False
    return True


def _require_permission(turn: Turn) -> None:
    with turn.services.sessions.read() as session:
        asked = {"company_id": turn.company_id}
        row = session.connection().execute(_PERMISSION, asked).first()
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
    _free(turn)
    looked_at: frozenset[int | None] = frozenset()
    while not turn.over and (room := turn.limit - turn.handled) > 0:
        if turn.only is None and _SMALL * room < turn.limit:
            return  # a look for so few is left to the next slice, where it serves many
        with turn.services.sessions.read() as session:
            now = turn.services.clock.now()
            wanted = None if turn.only is None else turn.only - turn.later
            most = ceil(_AHEAD * room)
            ready = due(session, turn.company_id, now, limit=most, only=wanted, types=turn.types)
        if not ready:
            return
        # After they were read: what came in since the last look is compared before it goes.
        if not _is_compared(turn):
            turn.comparing = True
            return
        # What refers to one of these comes with the next ones: each look costs the same for few.
        group = waits.first_layer(ready)[:room]
        before, handled = turn.settled + len(turn.later), turn.handled
        turn.looked = False  # what came in since the last look may be a twin entered since then
        _post_group(turn, group)
        ids = frozenset(record.id for record in group)
        in_vain = turn.handled == handled and ids <= looked_at
        if turn.settled + len(turn.later) == before or in_vain:
            return
        looked_at = ids


def _free(turn: Turn) -> None:
    """Let go what need not be held any more; where nothing is held there is nothing to look for."""
    with turn.services.sessions.read() as session:
        if not holds.are_any(session, turn.company_id):
            return
    with turn.services.sessions.write() as session:
        leases.require(session, turn.held)
        holds.release_orphans(session, turn.company_id)
    _round_off(turn)
    with turn.services.sessions.write() as session:
        leases.require(session, turn.held)
        behind.release(session, turn.company_id)


def _post_group(turn: Turn, records: list[Record]) -> None:
    """Decide about records that do not refer to each other, then send the ready ones.

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
    decided, said = deciding.hold_known(turn.services, decided, asked=turn.only is not None)
    turn.said |= said
    turn.keeper.renew()
    writes = _written_down(turn, decided)
    send_all(turn, writes, {record.id or 0: record for record in records}, again=False)
    if turn.posted:
        _round_off(turn)


def _round_off(turn: Turn) -> None:
    """What a firm's policy settles is settled before anything refers to the document."""
    rounding_lines.add(turn.services, turn.company_id, turn.held)


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
        same = _unchanged(session, [record for record, _ in decided.each])
        _name(session, decided, same)
        for record, decision in decided.each:
            record_id = record.id or 0
            if record_id not in same:
                continue
            if isinstance(decision, Ready):
                intentions.append(Intention(record_id, decision.entity, decision.payload))
                continue
            answer = _awaited(session, decided, record, decision)
            record_answer(turn, session, record_id, answer, now)
            if record.id in decided.unreadable:
                # Whatever is handed over next replaces it.
                session.exec(update(Record).where(col(Record.id) == record_id).values(digest=""))
        goes = [
            record
            for record, decision in decided.each
            if record.id in same and isinstance(decision, Ready | Posted)
        ]
        mapping_rules.note_used(session, goes, decided.table.by_rule, now)
        return writing.intend_creates(session, turn.company_id, intentions, now)


def _unchanged(session: Session, records: Sequence[Record]) -> frozenset[int]:
    """Those of which no new version came in, and that nobody else settled, since the look."""
    standing = session.connection().execute(_DIGESTS, {"ids": [one.id for one in records]})
    digests = {row.id: row.digest for row in standing}
    return frozenset(one.id or 0 for one in records if digests.get(one.id) == one.digest)


def _name(session: Session, decided: Decided, same: Collection[int]) -> None:
    """Write down whom each document is for or from, as far as that is known by now."""
    names = [
        {"record": record.id, "party": party}
        for record, _ in decided.each
        if record.id in same and (party := decided.table.party_of(record)) not in ("", record.name)
    ]
    if names:
        session.connection().execute(_NAMED, names)


def _awaited(
    session: Session, decided: Decided, record: Record, decision: Held | Later | Posted
) -> Held | Later | Posted:
    """Write down for whom a record waits, so that it comes back when these are posted."""
    if not isinstance(decision, Later):
        return decision
    circle = waits.note(session, decided.table, record)
    return circle or decision
