"""An approver's word on an adoption: what is exactly the same is linked, the rest goes its way."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, Payload, RecordState
from bot.models import Adoption, AdoptionPair, Link, Record, Source
from bot.sync import documents, links
from bot.sync.adopting.gate import DONE, OPEN, hold_again
from bot.sync.already.adopted import EXACT
from bot.sync.kinds import kind_of
from bot.sync.outcome import Posted, record_outcome

_UNDECIDED = (RecordState.WAITING, RecordState.HELD)


def exact_pairs(session: Session, adoption_id: int) -> list[int]:
    """Ids of the pairs that are linked when an approver says so, oldest first."""
    rows = session.exec(
        select(AdoptionPair.id)
        .join(Record, col(Record.id) == col(AdoptionPair.record_id))
        .where(AdoptionPair.adoption_id == adoption_id, AdoptionPair.verdict == EXACT)
        .where(col(Record.state).in_(_UNDECIDED))
        .order_by(col(AdoptionPair.id))
    )
    return [row or 0 for row in rows]


def link_pairs(
    session: Session, first: int, last: int, *, how: str, by: str, now: datetime
) -> Payload:
    """Link the exact pairs of this range of ids; returns what was linked, for taking it back.

    What was deleted in QuickBooks meanwhile, or posted or skipped here, is passed over. The party
    of a linked document is linked too where its external id stands for none yet.
    """
    done: list[int] = []
    parties: list[int] = []
    for pair, record in _rows(session, first, last):
        row = mirror.get(session, record.company_id, pair.entity, pair.qbo_id)
        if row is None or row.deleted or record.state not in _UNDECIDED:
            continue
        parties += _link_party(session, record, row.data, how=how, by=by, now=now)
        posted = Posted(pair.entity, pair.qbo_id, dict(row.data), how=how, by=by)
        record_outcome(session, record.id or 0, posted, now)
        session.flush()
        done.append(record.id or 0)
    return {"records": done, "links": parties}


def _rows(session: Session, first: int, last: int) -> Sequence[tuple[AdoptionPair, Record]]:
    rows = session.exec(
        select(AdoptionPair, Record)
        .join(Record, col(Record.id) == col(AdoptionPair.record_id))
        .where(col(AdoptionPair.id) >= first, col(AdoptionPair.id) <= last)
        .where(AdoptionPair.verdict == EXACT)
        .order_by(col(AdoptionPair.id))
    )
    return list(rows)


def _link_party(
    session: Session, record: Record, document: Payload, *, how: str, by: str, now: datetime
) -> Iterator[int]:
    kind = kind_of(record)
    external_id = kind.party_id(record.payload)
    side = documents.side_of_document(ENTITY[record.type], document)
    if kind.party is None or not external_id or not side.party_id:
        return
    if links.find(session, record.source_id, kind.party, external_id) is not None:
        return
    row = links.link(
        session,
        company_id=record.company_id,
        source_id=record.source_id,
        type=kind.party,
        external_id=external_id,
        qbo_id=side.party_id,
        how=how,
        by=by,
        now=now,
    )
    session.flush()
    yield row.id or 0


def finish(session: Session, adoption_id: int, by: str, now: datetime) -> None:
    """Nothing of the source is held for it any more; what differs is asked about one by one."""
    row = session.get_one(Adoption, adoption_id)
    row.state, row.by, row.settled_at = DONE, by, now
    session.add(row)


def take_back(session: Session, adoption_id: int, done: Payload, now: datetime) -> None:
    """Unlink what was linked; everything of the source that is not posted is held as before."""
    records = [session.get_one(Record, int(one)) for one in done["records"]]
    for record in records:
        row = links.find(session, record.source_id, record.type, record.external_id)
        if row is None or row.qbo_id != record.qbo_id:
            continue
        _waits_again(session, row)
        session.delete(row)
    for link_id in done["links"]:
        row = session.get(Link, int(link_id))
        if row is not None:
            _waits_again(session, row)
            session.delete(row)
    adoption = session.get_one(Adoption, adoption_id)
    since = adoption.settled_at
    adoption.state, adoption.by, adoption.settled_at = OPEN, "", None
    session.add(adoption)
    session.flush()
    if since is not None:
        source = session.get_one(Source, adoption.source_id)
        hold_again(session, source, adoption, since, now)


def _waits_again(session: Session, link: Link) -> None:
    record = session.exec(
        select(Record)
        .where(Record.source_id == link.source_id, Record.type == link.type)
        .where(Record.external_id == link.external_id)
    ).first()
    if record is not None:
        record.qbo_id, record.posted_at, record.state = None, None, RecordState.WAITING
        record.not_before, record.attempts = None, 0
        session.add(record)
