"""Which documents wait, are held or come later, because the books may hold them: by the mirror."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.domain import Payload
from bot.mirror.contents import DOCUMENTS, PARTY_FIELD
from bot.models import Record
from bot.services import Services
from bot.sync import due, writing
from bot.sync.already import adopted
from bot.sync.already.alike import Document, Key, key_of, may_be, ours_of
from bot.sync.already.causes import causes_of
from bot.sync.already.found import in_mirror
from bot.sync.causes import Cause
from bot.sync.doubles import Posting

# A lost reply is asked for again within seconds.
_SETTLED_WITHIN = timedelta(seconds=10)


@dataclass
class Looked:
    """What a look found of some postings, by record id: held, waiting, and to look at again."""

    causes: dict[int, Cause] = field(default_factory=dict)
    waits: dict[int, datetime] = field(default_factory=dict)
    later: set[int] = field(default_factory=set)

    @property
    def told(self) -> set[int]:
        """Those that do not go out now."""
        return {*self.causes, *self.waits, *self.later}


def look(services: Services, company_id: int, postings: Sequence[Posting]) -> Looked:
    """Which postings must not go out now, because the books hold what may be them.

    Of those that may be one of another, or of one whose reply was lost, only the first goes; the
    next look finds it in the books. By the mirror alone; see `asked`.
    """
    wanted = [one for one in postings if is_money(one)]
    looked = Looked()
    if not wanted:
        return looked
    with services.sessions.read() as session:
        _wait_for_unsettled(session, company_id, wanted, looked, services.clock.now())
        _first_of_each(wanted, looked)
        rest = [one for one in wanted if one.record.id not in looked.told]
        known = in_mirror(session, company_id, rest)
        looked.causes |= causes_of(services, session, rest, known)
        looked.causes |= adopted.differing(services, session, company_id, rest)
    return looked


def posting_of(record: Record, entity: str, payload: Payload) -> Posting:
    """A record that is posted as this; a sale over the counter is nobody's."""
    party = payload.get(PARTY_FIELD.get(entity, "")) or {}
    return Posting(record, str(party.get("value") or ""), entity, payload)


def is_money(one: Posting) -> bool:
    record = one.record
    has_money = record.amount is not None and record.amount > 0
    return has_money and one.entity in DOCUMENTS and record.doc_date is not None


def _wait_for_unsettled(
    session: Session,
    company_id: int,
    wanted: Sequence[Posting],
    looked: Looked,
    now: datetime,
) -> None:
    """What may be one whose reply was lost waits until that is known."""
    entities = {one.entity for one in wanted}
    writes = [row for row in writing.open_writes(session, company_id) if row.entity in entities]
    records = due.by_id(session, [row.record_id for row in writes])
    for write in writes:
        other = records[write.record_id or 0]
        theirs = ours_of(posting_of(other, write.entity, write.payload))
        for one in wanted:
            if one.record.id != other.id and may_be(ours_of(one), theirs):
                until = max(other.not_before or now, now + _SETTLED_WITHIN)
                looked.waits[one.record.id or 0] = until


def _first_of_each(wanted: Sequence[Posting], looked: Looked) -> None:
    kept: dict[Key, list[Document]] = defaultdict(list)
    for one in wanted:
        if one.record.id in looked.told:
            continue
        ours = ours_of(one)
        alike = kept[key_of(ours)]
        if any(may_be(ours, earlier) for earlier in alike):
            looked.later.add(one.record.id or 0)
        else:
            alike.append(ours)
