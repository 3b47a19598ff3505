"""Nothing of a source is posted while it hands over much that the books hold already.

Before its first documents, and whenever many come at once, they are compared with the books. Few
that are alike are asked about one by one (bot.sync.already); many are one question for all.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from sqlalchemy import bindparam
from sqlmodel import Session, and_, col, delete, or_, select, update
from sqlmodel.sql.expression import SelectOfScalar

from bot import jobs, mirror
from bot.db import leases
from bot.domain import DOCUMENTS, JsonValue, Payload, RecordState
from bot.models import Adoption, AdoptionPair, Hold, MirrorRow, Record, Source, Write
from bot.services import Services
from bot.sync import holds, writing
from bot.sync.adopting import matching
from bot.sync.adopting.matching import Pair
from bot.sync.already.adopted import EXACT
from bot.sync.causes import Cause, Held
from bot.sync.outcome import record_outcome

PROBLEM = "already_in_books"
EARLIER, AGAIN = "earlier", "again"
# What an alert tells of an earlier one that was taken back after more of its source was posted.
LEFT = "left"
LOOKING, OPEN, DONE = "looking", "open", "done"
# So many alike are one question: of a source that has posted nothing yet, and of any other, of
# whose documents they must be half.
FIRST, MANY = 5, 25
# So many are compared, or held, in one slice: a press waits for it.
_AT_ONCE = 300
log = structlog.get_logger(__name__)


def subject_of(source: str) -> str:
    """What the holds and the alert of a source's adoption are about."""
    return f"source:{source}"


def settled(
    services: Services, company_id: int, held: leases.Held, renew: Callable[[], None]
) -> bool:
    """Say whether posting may go on in this slice; False: there is more to compare or to hold.

    What comes of a source whose adoption is open is held with the rest of it. Raises LeaseLost,
    and QuickBooksFault when what changed in the books cannot be read.
    """
    with services.sessions.read() as session:
        sources = _to_compare(session, company_id)
    done = True
    for source in sources:
        done = _compared(services, source, held, renew) and done
        done = _held_back(services, source, held) and done
    return done


def _to_compare(session: Session, company_id: int) -> list[Source]:
    """The sources of which something is to be compared or held: mostly none."""
    sources = session.exec(_of_company(), params={"company_id": company_id}).all()
    asked = {"sources": [source.id for source in sources]}
    under_way = set(session.exec(_adopted(), params=asked))
    return [
        source
        for source in sources
        if source.id in under_way or _is_much(session, source, _how_many(session, source))
    ]


@cache
def _of_company() -> SelectOfScalar[Source]:
    return select(Source).where(col(Source.company_id) == bindparam("company_id"))


@cache
def _adopted() -> SelectOfScalar[Any]:
    return (
        select(Adoption.source_id)
        .where(col(Adoption.source_id).in_(bindparam("sources", expanding=True)))
        .where(col(Adoption.state).in_((LOOKING, OPEN)))
    )


def undecided(session: Session, source_ids: Collection[int]) -> Sequence[tuple[int, str]]:
    """Those of these sources, with their names, whose adoption waits for an approver."""
    rows = session.exec(
        select(Source)
        .join(Adoption, col(Adoption.source_id) == col(Source.id))
        .where(col(Source.id).in_(source_ids), Adoption.state == OPEN)
    ).all()
    return [(row.id or 0, row.name) for row in rows]


def _how_many(session: Session, source: Source) -> int:
    """How many of its documents wait and were not compared yet, up to `MANY`."""
    asked = {"company_id": source.company_id, "source_id": source.id, "seen": source.compared_to}
    return len(session.exec(_uncompared(), params=asked).all())


@cache
def _uncompared() -> SelectOfScalar[Any]:
    return (
        select(Record.id)
        .where(col(Record.company_id) == bindparam("company_id"))
        .where(col(Record.source_id) == bindparam("source_id"))
        .where(Record.state == RecordState.WAITING, col(Record.id) > bindparam("seen"))
        .where(col(Record.type).in_(DOCUMENTS))
        .limit(MANY)
    )


def _compared(
    services: Services, source: Source, held: leases.Held, renew: Callable[[], None]
) -> bool:
    """Compare what came of a source; True when nothing is left to compare."""
    with services.sessions.read() as session:
        adoption = _under_way(session, source.id or 0)
        fresh = _fresh(session, source)
        if adoption is None and not _is_much(session, source, len(fresh)):
            return True
    if fresh and not _brought_up(services, source.company_id):
        return False
    with services.sessions.read() as session:
        pairs: list[Pair] = []
        if adoption is not None or _holds_documents(session, source.company_id):
            pairs = _pairs(session, source, adoption, fresh, renew)
    left = len(fresh) >= _AT_ONCE
    if not fresh and adoption is not None and adoption.state == OPEN:
        return True
    with services.sessions.write() as session:
        leases.require(session, held)
        if fresh:
            moved = max(row.id or 0 for row in fresh)
            known = update(Source).where(col(Source.id) == source.id)
            session.exec(known.values(compared_to=moved))
        if pairs or adoption is not None:
            _keep(session, source, pairs, len(fresh), services.clock.now())
        if not left:
            _decide(session, source)
    return not left


def _brought_up(services: Services, company_id: int) -> bool:
    """Read what changed in QuickBooks; False when the company has to be read anew."""
    mirror.capture(services, company_id)
    return mirror.loaded(services, company_id)


def _under_way(session: Session, source_id: int) -> Adoption | None:
    return session.exec(
        select(Adoption)
        .where(Adoption.source_id == source_id)
        .where(col(Adoption.state).in_((LOOKING, OPEN)))
    ).first()


def _fresh(session: Session, source: Source) -> Sequence[Record]:
    """Its documents that wait and were not compared yet, oldest first."""
    return session.exec(
        select(Record)
        .where(Record.company_id == source.company_id, Record.source_id == source.id)
        .where(Record.state == RecordState.WAITING, col(Record.id) > source.compared_to)
        .where(col(Record.type).in_(DOCUMENTS))
        .order_by(col(Record.id))
        .limit(_AT_ONCE)
    ).all()


def _is_much(session: Session, source: Source, fresh: int) -> bool:
    """Whether so many new documents of a source are compared with the books before they go."""
    return fresh >= MANY or (fresh >= FIRST and not _has_posted(session, source))


def _has_posted(session: Session, source: Source) -> bool:
    posted = (
        select(Record.id)
        .where(Record.source_id == source.id, Record.state == RecordState.POSTED)
        .where(col(Record.type).in_(DOCUMENTS))
    )
    return session.exec(posted.limit(1)).first() is not None


def _holds_documents(session: Session, company_id: int) -> bool:
    found = select(MirrorRow.id).where(
        MirrorRow.company_id == company_id, col(MirrorRow.doc_date).is_not(None)
    )
    return session.exec(found.limit(1)).first() is not None


def _pairs(
    session: Session,
    source: Source,
    adoption: Adoption | None,
    fresh: Sequence[Record],
    renew: Callable[[], None],
) -> list[Pair]:
    paid = matching.paid_already(session, source.id or 0, fresh)
    taken: set[tuple[str, str]] = set()
    if adoption is not None:
        rows = session.exec(
            select(Record.type, Record.external_id, AdoptionPair.entity, AdoptionPair.qbo_id)
            .join(AdoptionPair, col(AdoptionPair.record_id) == col(Record.id))
            .where(AdoptionPair.adoption_id == adoption.id, AdoptionPair.verdict == EXACT)
        ).all()
        paid |= {f"{kind}:{external_id}": qbo_id for kind, external_id, _, qbo_id in rows}
        taken |= {(entity, qbo_id) for _, _, entity, qbo_id in rows}
    return matching.match(session, source.company_id, fresh, paid, taken, renew)


def _keep(
    session: Session, source: Source, pairs: Sequence[Pair], looked: int, now: datetime
) -> None:
    """Write down what the comparison said; an adoption begins with the first pair."""
    adoption = _under_way(session, source.id or 0)
    if adoption is None:
        why = AGAIN if _has_posted(session, source) else EARLIER
        adoption = Adoption(
            company_id=source.company_id, source_id=source.id, why=why, state=LOOKING, begun_at=now
        )
    said: Counter[str] = Counter(pair.verdict for pair in pairs)
    said["looked"] = looked
    counts: dict[str, JsonValue] = dict(adoption.counts)
    adoption.counts = {
        name: int(counts.get(name, 0)) + said[name]
        for name in ("looked", EXACT, matching.DIFFERS, matching.SEVERAL)
    }
    session.add(adoption)
    session.flush()
    session.add_all(
        AdoptionPair(
            adoption_id=adoption.id or 0,
            record_id=pair.record.id or 0,
            entity=pair.entity,
            qbo_id=pair.qbo_id,
            verdict=pair.verdict,
            differs=list(pair.differs),
        )
        for pair in pairs
    )
    session.flush()


def _decide(session: Session, source: Source) -> None:
    """Everything that waits was compared: many alike are asked about together, few are not."""
    adoption = _under_way(session, source.id or 0)
    if adoption is None or adoption.state == OPEN:
        return
    counts = adoption.counts
    alike = int(counts["looked"]) - _rest_of(counts)
    first = adoption.why == EARLIER and alike >= FIRST
    if first or (alike >= MANY and 2 * alike >= int(counts["looked"])):
        adoption.state = OPEN
        log.warning("already_in_books", company_id=source.company_id, **counts)
        session.add(adoption)
        return
    session.exec(delete(AdoptionPair).where(col(AdoptionPair.adoption_id) == adoption.id))
    session.flush()
    session.delete(adoption)


def _rest_of(counts: Payload) -> int:
    """How many of the documents that were compared are not in the books."""
    alike = sum(int(counts[name]) for name in (EXACT, matching.DIFFERS, matching.SEVERAL))
    return int(counts["looked"]) - alike


def _held_back(services: Services, source: Source, held: leases.Held) -> bool:
    """Hold what waits of a source whose adoption is open; True when all of it is held."""
    with services.sessions.read() as session:
        adoption = _under_way(session, source.id or 0)
        if adoption is None or adoption.state != OPEN:
            return True
        waiting = _waiting(session, source)
        if not waiting:
            return True
        facts = facts_of(session, session.get_one(Source, source.id), adoption)
    cause = Cause(PROBLEM, subject_of(source.name), facts)
    now = services.clock.now()
    with services.sessions.write() as session:
        leases.require(session, held)
        for record_id in waiting:
            record_outcome(session, record_id, Held((cause,)), now)
        _bring_up(session, source.company_id, cause)
    jobs.run_check(services.queue, source.company_id, "failed_records")
    return len(waiting) < _AT_ONCE


def _waiting(session: Session, source: Source) -> Sequence[int]:
    """What waits of it, without writes that may be in QuickBooks already."""
    under_way = (
        select(Write.id)
        .where(Write.record_id == Record.id)
        .where(col(Write.state).in_(writing.OPEN))
        .exists()
    )
    rows = session.exec(
        select(Record.id)
        .where(Record.company_id == source.company_id, Record.source_id == source.id)
        .where(Record.state == RecordState.WAITING, ~under_way)
        .order_by(col(Record.id))
        .limit(_AT_ONCE)
    )
    return [row or 0 for row in rows]


def left_of(session: Session, source: Source, adoption: Adoption) -> dict[int, str]:
    """What the comparison said of each document that waits for the decision, by record id.

    "" is one that is not in the books. What was posted, skipped or asked about by itself since is
    not among them; what a person told apart from its pair is not in the books.
    """
    by_it = (
        select(Hold.id)
        .where(Hold.record_id == Record.id, Hold.problem == PROBLEM)
        .where(Hold.subject == subject_of(source.name))
        .exists()
    )
    waits = and_(col(Record.state) == RecordState.WAITING, col(Record.id) <= source.compared_to)
    rows = session.exec(
        select(Record.id, Record.told_apart, AdoptionPair.verdict, AdoptionPair.qbo_id)
        .outerjoin(
            AdoptionPair,
            and_(
                col(AdoptionPair.record_id) == col(Record.id),
                col(AdoptionPair.adoption_id) == adoption.id,
            ),
        )
        .where(Record.company_id == source.company_id, Record.source_id == source.id)
        .where(col(Record.type).in_(DOCUMENTS))
        .where(or_(waits, and_(col(Record.state) == RecordState.HELD, by_it)))
    )
    return {
        record_id or 0: "" if qbo_id in apart else verdict or ""
        for record_id, apart, verdict, qbo_id in rows
    }


def facts_of(session: Session, source: Source, adoption: Adoption) -> Payload:
    """What the alert tells: how many are there, how many differ, how many are not there, by now."""
    left = Counter(left_of(session, source, adoption).values())
    why = adoption.why
    if why == EARLIER and _has_posted(session, source):
        why = LEFT
    return {
        "source": source.name,
        "source_id": source.id,
        "adoption_id": adoption.id,
        "why": why,
        "looked": left.total(),
        "exact": left[EXACT],
        "differs": left[matching.DIFFERS],
        "several": left[matching.SEVERAL],
        "rest": left[""],
    }


def hold_again(
    session: Session, source: Source, adoption: Adoption, since: datetime, now: datetime
) -> None:
    """Its decision was taken back: what another cause holds since then waits for it as well."""
    rows = session.exec(
        select(Record)
        .join(Hold, col(Hold.record_id) == col(Record.id))
        .where(Record.company_id == source.company_id, Record.source_id == source.id)
        .where(Record.state == RecordState.HELD, col(Hold.since) >= since)
        .where(col(Record.id) <= source.compared_to)
        .order_by(col(Record.id))
        .distinct()
    ).all()
    cause = Cause(PROBLEM, subject_of(source.name), {})
    for row in rows:
        holds.hold_also(session, row, cause, now)
    # They count themselves, so each is told once all are held.
    cause = replace(cause, facts=facts_of(session, source, adoption))
    for row in rows:
        holds.hold_also(session, row, cause, now)


def _bring_up(session: Session, company_id: int, cause: Cause) -> None:
    """More came: the first hold, whose facts the alert tells, says how many there are by now."""
    root = session.exec(
        select(Hold)
        .where(Hold.company_id == company_id)
        .where(Hold.problem == cause.problem, Hold.subject == cause.subject)
        .order_by(col(Hold.since), col(Hold.id))
    ).first()
    if root is not None and root.facts != cause.facts:
        root.facts = dict(cause.facts)
        session.add(root)
