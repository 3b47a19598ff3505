"""Posts what waits, a slice at a time: parents first, each record by itself, never twice."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from threading import Event

import structlog
from sqlmodel import Session

from bot import mirror
from bot.db import leases
from bot.domain import TIER, ConnectionState, RecordState, RecordType, RetryClass
from bot.errors import BotError, CompanyBusy, LeaseLost
from bot.models import Company, Connection, Record, Write
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.services import Services
from bot.sync import doubles, holds, lookup, resolve, twins, writing
from bot.sync.answers import explain_as, outcome_of, unreadable_cause
from bot.sync.causes import Held, Later, Outcome, Posted
from bot.sync.due import by_id, count_due, due, wake_children
from bot.sync.fresh_look import learn_new_names
from bot.sync.numbering import custom_numbers
from bot.sync.outcome import record_outcome
from bot.sync.records import CustomerIn, ItemIn, VendorIn, stored_record, unreadable
from bot.sync.resolve import Ready
from bot.sync.sending import Keeper, send
from bot.sync.trouble import (
    SYNC_STOPPED,
    forget_healed_trouble,
    name_trouble,
    note_trouble,
    pause_until,
)
from bot.sync.writing import Answer, Intention

log = structlog.get_logger(__name__)
# A record that alone gets no good answer this often is held; the others go on.
MOST_SERVER_ERRORS = 5
# What is held because QuickBooks seems to have nothing of a name.
UNKNOWN_NAMES = frozenset(
    {"account_not_found", "item_not_mapped", "no_income_account", "value_not_mapped"}
)
REQUESTID_REFUSED = frozenset({"600", "2130"})


@dataclass(frozen=True)
class SliceReport:
    """What one slice did.

    `waiting` counts the records that could go at once: nudge the next slice while it is not 0 and
    `stopped` is None. Records that wait for a moment or a parent are left to the sweep.
    """

    posted: list[int]
    held: list[int]
    waiting: int
    stopped: QuickBooksFault | None


@dataclass
class _Turn:
    services: Services
    company_id: int
    held: leases.Held
    keeper: Keeper
    ends_at: float
    limit: int
    only: frozenset[int] | None
    posted: list[int] = field(default_factory=list)
    held_ids: list[int] = field(default_factory=list)
    postponed: int = 0
    # Of `only`: what had its turn already and has to wait, so that the next ones are looked at.
    later: set[int] = field(default_factory=set)
    looked: bool = False
    stopped: QuickBooksFault | None = None
    halt: Event = field(default_factory=Event)

    def stop(self, fault: QuickBooksFault) -> None:
        self.stopped = self.stopped or fault
        self.halt.set()

    @property
    def handled(self) -> int:
        """How many records cost a call or a look: they count against the limit."""
        return len(self.posted) + len(self.held_ids)

    @property
    def settled(self) -> int:
        """How many records are no longer due."""
        return self.handled + self.postponed

    @property
    def over(self) -> bool:
        return self.stopped is not None or time.monotonic() >= self.ends_at


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
    turn = _Turn(
        services,
        company_id,
        held,
        Keeper(services, held),
        time.monotonic() + seconds,
        limit,
        None if only is None else frozenset(only),
    )
    try:
        _require_permission(turn)
        if not mirror.loaded(services, company_id):
            mirror.load(services, company_id, held)
        _settle_open(turn)
        if not turn.over:
            _post_due(turn)
    except QuickBooksFault as fault:
        _company_trouble(turn, fault)
    except (LeaseLost, CompanyBusy):
        raise
    except BotError as error:
        # Told by the check `connection` once it lasts; the next slice tries again.
        stop = QuickBooksFault(
            error.message, retry_class=RetryClass.TRANSIENT, platform="bot", retry_after=None
        )
        _company_trouble(turn, stop, SYNC_STOPPED)
    if turn.stopped is None:
        with services.sessions.write() as session:
            forget_healed_trouble(session, company_id)
    with services.sessions.read() as session:
        waiting = count_due(session, company_id, services.clock.now(), turn.only)
    return SliceReport(turn.posted, turn.held_ids, waiting, turn.stopped)


def _require_permission(turn: _Turn) -> None:
    with turn.services.sessions.read() as session:
        row = session.get(Connection, turn.company_id)
    if row is None or row.state is not ConnectionState.CONNECTED:
        raise PermissionLost(
            (row.lost_reason if row else "") or "The company is not connected to QuickBooks.",
            retry_class=RetryClass.AUTH,
            platform="oauth",
        )


def _settle_open(turn: _Turn) -> None:
    """Find out what became of writes that were begun earlier, by this process or another."""
    with turn.services.sessions.read() as session:
        writes = writing.open_writes(session, turn.company_id)
        records = by_id(session, [write.record_id for write in writes])
    now = turn.services.clock.now()
    ready = [write for write in writes if _may_go(records[write.record_id or 0], now)]
    _send(turn, ready, records, again=True)


def _may_go(record: Record, now: datetime) -> bool:
    """A held record's unknown write waits for the person who lets the record go."""
    due_now = record.not_before is None or record.not_before <= now
    return due_now and record.state is not RecordState.HELD


def _post_due(turn: _Turn) -> None:
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


def _post_tier(turn: _Turn, records: list[Record]) -> None:
    """Decide about records of one tier, which never refer to each other, then send the ready ones.

    Decisions and intended writes are committed together before the first call goes out.
    """
    services = turn.services
    if not turn.looked and any(record.tier < TIER[RecordType.INVOICE] for record in records):
        learn_new_names(services, turn.company_id)
        turn.looked = True
    decided: list[tuple[Record, Ready | Held | Later | Posted]] = []
    decided += _not_readable(services, records)
    bad = {record.id for record, _ in decided}
    table = _table(turn, [record for record in records if record.id not in bad])
    with services.sessions.read() as session:
        decided += _decide(session, table, [row for row in records if row.id not in bad])
    if not turn.looked and any(_is_unknown(decision) for _, decision in decided):
        # The mirror may be minutes old: nothing is called unknown before a fresh look.
        learn_new_names(services, turn.company_id)
        turn.looked = True
        _post_tier(turn, records)
        return
    decided = _entered_already(turn, decided)
    turn.keeper.renew()
    intentions: list[Intention] = []
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, turn.held)
        standing = by_id(session, [record.id for record, _ in decided])
        for record, decision in decided:
            fresh = standing.get(record.id or 0)
            if fresh is None or _changed(fresh, record):
                continue
            party = table.party_of(fresh)
            if party and party != fresh.name:
                fresh.name = party
                session.add(fresh)
            if isinstance(decision, Ready):
                ready = Intention(fresh.id or 0, decision.entity, decision.payload)
                intentions.append(ready)
            else:
                _record(turn, session, fresh.id or 0, decision, now)
                if record.id in bad:
                    fresh.digest = ""  # whatever is handed over next replaces it
        writes = writing.intend_creates(session, turn.company_id, intentions, now)
    _send(turn, writes, {record.id or 0: record for record in records}, again=False)


def _is_unknown(decision: Ready | Held | Later | Posted) -> bool:
    """Say whether a name was looked for in the mirror in vain."""
    return isinstance(decision, Held) and any(
        cause.problem in UNKNOWN_NAMES for cause in decision.causes
    )


def _entered_already(
    turn: _Turn, decided: list[tuple[Record, Ready | Held | Later | Posted]]
) -> list[tuple[Record, Ready | Held | Later | Posted]]:
    """Hold the sales that a person entered in QuickBooks by hand: posting would double them."""
    postings = [
        doubles.Posting(record, str(decision.payload["CustomerRef"]["value"]))
        for record, decision in decided
        if isinstance(decision, Ready) and record.type is RecordType.INVOICE
    ]
    if not postings:
        return decided
    causes = doubles.entered_already(turn.services, turn.company_id, postings)
    return [
        (record, Held((causes[record.id or 0],)) if record.id in causes else decision)
        for record, decision in decided
    ]


def _not_readable(services: Services, records: Sequence[Record]) -> list[tuple[Record, Held]]:
    """Hold what is stored in a form this version cannot use; the others go on."""
    found = [(record, reason) for record in records if (reason := unreadable(record.payload))]
    if not found:
        return []
    log.error("stored records cannot be read", records=[record.id for record, _ in found])
    with services.sessions.read() as session:
        return [(record, Held((unreadable_cause(session, record, why),))) for record, why in found]


def _changed(fresh: Record, decided: Record) -> bool:
    """Say whether a new version came in, or somebody else settled the record, since the look."""
    return fresh.digest != decided.digest or fresh.state is not RecordState.WAITING


def _table(turn: _Turn, records: list[Record]) -> lookup.Lookup:
    """Read what the records refer to; what the mirror has never seen is read from QuickBooks."""
    services = turn.services
    numbers = custom_numbers(services, turn.company_id)

    def read() -> lookup.Lookup:
        with services.sessions.read() as session:
            company = session.get_one(Company, turn.company_id)
            return lookup.load_lookup(
                session,
                services.settings,
                company,
                records,
                custom_numbers=numbers,
                now=services.clock.now(),
            )

    table = read()
    unseen = lookup.unseen(table)
    for entity, qbo_id in unseen:
        mirror.refresh(services, turn.company_id, entity, qbo_id)
    return read() if unseen else table


def _decide(
    session: Session, table: lookup.Lookup, records: Sequence[Record]
) -> list[tuple[Record, Ready | Held | Later | Posted]]:
    """Resolve each record; a list record is looked for before it is created.

    Of records that are alike only the first goes in one batch, so that the next look sees it.
    """
    decided: list[tuple[Record, Ready | Held | Later | Posted]] = []
    taken: set[str] = set()
    for record in records:
        model = stored_record(record.payload)
        decision: Ready | Held | Later | Posted = resolve.resolve(table, record, model)
        if isinstance(decision, Ready) and isinstance(model, CustomerIn | VendorIn | ItemIn):
            keys = twins.likeness_keys(model)
            if keys & taken:
                continue
            taken |= keys
            decision = _looked_up(session, table, record, model, decision)
        decided.append((record, decision))
    return decided


def _looked_up(
    session: Session,
    table: lookup.Lookup,
    record: Record,
    model: CustomerIn | VendorIn | ItemIn,
    ready: Ready,
) -> Ready | Held | Posted:
    look = twins.Look(table.company, table.settings, table.source(record))
    if isinstance(model, ItemIn):
        cause = twins.item_cause(session, look, record, model)
    else:
        own = twins.own_earlier(session, look, record, model, ready.entity)
        if own is not None:
            return Posted(ready.entity, own.qbo_id, own.data, how="matched")
        cause = twins.party_cause(session, look, record, model, ready.entity)
    return Held((cause,)) if cause is not None else ready


def _send(turn: _Turn, writes: Sequence[Write], records: dict[int, Record], *, again: bool) -> None:
    """Send, and turn each answer into the record's outcome; trouble stops what was not begun."""
    posted: list[int] = []
    answers = send(
        turn.services,
        turn.held,
        turn.keeper,
        writes,
        turn.halt,
        again=again,
        in_order=turn.only is not None,
    )
    for write, answer in answers:
        record = records[write.record_id or 0]
        if answer.state == "done":
            posted.append(record.id or 0)
        elif answer.fault is not None:
            _refused(turn, record, write, answer)
    turn.posted += posted
    # Those who pause for one that is held now have the same cause: they join its alert at once.
    known = {*posted, *turn.held_ids}
    parents = [record for record_id, record in records.items() if record_id in known]
    if parents:
        with turn.services.sessions.write() as session:
            wake_children(session, turn.company_id, parents)


def _refused(turn: _Turn, record: Record, write: Write, answer: Answer) -> None:
    fault = answer.fault
    if fault is None:
        return
    services = turn.services
    trouble = name_trouble(services.knowledge, fault)
    outcome: Outcome
    if trouble and _tried_out(turn, record, trouble):
        outcome = Held((explain_as(services, record, fault, "no_answer_for_record"),))
    elif answer.state == "unknown" or trouble:
        _company_trouble(turn, fault)
        pause = pause_until(record.attempts, fault, services.clock.now())
        outcome = Later(pause, tried=not isinstance(fault, PermissionLost))
    elif fault.code in REQUESTID_REFUSED and record.attempts < MOST_SERVER_ERRORS:
        # Nothing like it is in the books; the next try has another requestid.
        outcome = Later(pause_until(record.attempts, fault, services.clock.now()), tried=True)
    else:
        outcome = _explained(turn, record, write, fault)
    with services.sessions.write() as session:
        leases.require(session, turn.held)
        _record(turn, session, record.id or 0, outcome, services.clock.now())


def _explained(
    turn: _Turn, record: Record, write: Write, fault: QuickBooksFault
) -> Held | Posted | Later:
    try:
        return outcome_of(turn.services, record, write, fault)
    except QuickBooksFault as while_reading:
        _company_trouble(turn, while_reading)
        return Later()


def _tried_out(turn: _Turn, record: Record, trouble: str) -> bool:
    """Say whether it is this record alone that gets no good answer, again and again.

    Since its last try something else was posted, or the company would still be in trouble. A write
    whose outcome is unknown stays so: once the record is let go, its requestid settles it first.
    """
    if trouble not in ("server_error", "network") or record.attempts < MOST_SERVER_ERRORS:
        return False
    with turn.services.sessions.read() as session:
        connection = session.get(Connection, turn.company_id)
    return connection is not None and not connection.trouble


def _record(turn: _Turn, session: Session, record_id: int, outcome: Outcome, now: datetime) -> None:
    record_outcome(session, record_id, outcome, now)
    if isinstance(outcome, Held):
        turn.held_ids.append(record_id)
    elif isinstance(outcome, Posted):
        turn.posted.append(record_id)
    elif turn.only is not None:
        turn.later |= {record_id} & turn.only
    elif outcome.until is not None and outcome.until > now:
        turn.postponed += 1


def _company_trouble(turn: _Turn, fault: QuickBooksFault, problem: str = "") -> None:
    first = turn.stopped is None
    turn.stop(fault)
    services = turn.services
    problem = problem or name_trouble(services.knowledge, fault) or "validation_other"
    if first:
        log.info("sync_stopped", company_id=turn.company_id, problem=problem, code=fault.code)
    with services.sessions.write() as session:
        note_trouble(session, turn.company_id, problem, fault, services.clock.now())
