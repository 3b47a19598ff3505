"""One turn of posting: what it may still do, what it has done, and what stopped it."""

import time
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event

import structlog
from sqlmodel import Session

from bot.db import leases
from bot.domain import RecordType
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync.causes import Held, Outcome, Posted
from bot.sync.outcome import record_outcome
from bot.sync.preflight.model import Verdict
from bot.sync.trouble import name_trouble, note_trouble

log = structlog.get_logger(__name__)


@dataclass
class Turn:
    services: Services
    company_id: int
    held: leases.Held
    keeper: leases.Keeper
    ends_at: float
    limit: int
    only: frozenset[int] | None
    # Only records of these types, and what they wait for; None: of all (bot.sync.cadence).
    types: frozenset[RecordType] | None = None
    posted: list[int] = field(default_factory=list)
    held_ids: list[int] = field(default_factory=list)
    postponed: int = 0
    # Of `only`: what had its turn already and has to wait, so that the next ones are looked at.
    later: set[int] = field(default_factory=set)
    looked: bool = False
    # More is to be compared with the books before anything goes (bot.sync.adopting).
    comparing: bool = False
    # What preflight said of the records that went out: their answers show what was doubtful.
    said: dict[int, tuple[Verdict, ...]] = field(default_factory=dict)
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


def record_answer(
    turn: Turn, session: Session, record_id: int, outcome: Outcome, now: datetime
) -> None:
    record_outcome(session, record_id, outcome, now)
    if isinstance(outcome, Held):
        turn.held_ids.append(record_id)
    elif isinstance(outcome, Posted):
        turn.posted.append(record_id)
    elif turn.only is not None:
        turn.later |= {record_id} & turn.only
    else:
        turn.postponed += 1


def company_trouble(turn: Turn, fault: QuickBooksFault, problem: str = "") -> None:
    first = turn.stopped is None
    turn.stop(fault)
    services = turn.services
    problem = problem or name_trouble(services.knowledge, fault) or "validation_other"
    if first:
        log.info("sync_stopped", company_id=turn.company_id, problem=problem, code=fault.code)
    with services.sessions.write() as session:
        note_trouble(session, turn.company_id, problem, fault, services.clock.now())
