"""Sends writes and turns each answer of QuickBooks into the record's outcome."""

from collections.abc import Sequence

from bot.db import leases
from bot.models import Connection, Record, Write
from bot.quickbooks import PermissionLost, QuickBooksFault
from bot.sync.answers import explain_as, outcome_of
from bot.sync.causes import Held, Later, Outcome, Posted
from bot.sync.preflight import learning
from bot.sync.sending import send
from bot.sync.trouble import name_trouble, pause_until
from bot.sync.turn import Turn, company_trouble, record_answer
from bot.sync.writing import Answer

# A record that alone gets no good answer this often is held; the others go on.
MOST_SERVER_ERRORS = 5
REQUESTID_REFUSED = frozenset({"600", "2130"})
# Somebody else worked on the same customer, account or document: 5010 passes with the moment.
_PASSES = REQUESTID_REFUSED | {"5010"}


def send_all(
    turn: Turn, writes: Sequence[Write], records: dict[int, Record], *, again: bool
) -> None:
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
        _learn(turn, write, answer)
        if answer.state == "done":
            posted.append(record.id or 0)
        elif answer.fault is not None:
            _refused(turn, record, write, answer)
    turn.posted += posted


def _learn(turn: Turn, write: Write, answer: Answer) -> None:
    """Keep what the answer shows of the company, where something was doubtful before."""
    said = turn.said.get(write.record_id or 0, ())
    if said and answer.state in ("done", "fault"):
        with turn.services.sessions.write() as session:
            now = turn.services.clock.now()
            learning.learn(session, turn.company_id, said, answer.fault, write.id, now)


def _refused(turn: Turn, record: Record, write: Write, answer: Answer) -> None:
    fault = answer.fault
    if fault is None:
        return
    services = turn.services
    trouble = name_trouble(services.knowledge, fault)
    outcome: Outcome
    if trouble and _tried_out(turn, record, trouble):
        outcome = Held((explain_as(services, record, fault, "no_answer_for_record"),))
    elif answer.state == "unknown" or trouble:
        company_trouble(turn, fault)
        pause = pause_until(record.attempts, fault, services.clock.now(), _connection(turn))
        outcome = Later(pause, tried=not isinstance(fault, PermissionLost))
    elif fault.code in _PASSES and record.attempts < MOST_SERVER_ERRORS:
        # Nothing like it is in the books; the next try has another requestid.
        outcome = Later(pause_until(record.attempts, fault, services.clock.now()), tried=True)
    else:
        outcome = _explained(turn, record, write, fault)
    with services.sessions.write() as session:
        leases.require(session, turn.held)
        record_answer(turn, session, record.id or 0, outcome, services.clock.now())


def _explained(
    turn: Turn, record: Record, write: Write, fault: QuickBooksFault
) -> Held | Posted | Later:
    try:
        return outcome_of(turn.services, record, write, fault)
    except QuickBooksFault as while_reading:
        company_trouble(turn, while_reading)
        return Later()


def _tried_out(turn: Turn, record: Record, trouble: str) -> bool:
    """Say whether it is this record alone that gets no good answer, again and again.

    Since its last try something else was posted, or the company would still be in trouble. A write
    whose outcome is unknown stays so: once the record is let go, its requestid settles it first.
    """
    if trouble not in ("server_error", "network") or record.attempts < MOST_SERVER_ERRORS:
        return False
    connection = _connection(turn)
    return connection is not None and not connection.trouble


def _connection(turn: Turn) -> Connection | None:
    with turn.services.sessions.read() as session:
        return session.get(Connection, turn.company_id)
