"""What changed in QuickBooks since a moment: asked for whole, and written where it differs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlmodel import col, select

from bot.domain import Payload
from bot.mirror import merged
from bot.mirror.contents import DOCUMENTS, first_day, of_interest
from bot.mirror.rows import day_of, mark_deleted, put_many
from bot.models import MirrorRow
from bot.quickbooks import Changes, CompanyBooks
from bot.quickbooks.exact_json import storable
from bot.services import Services

_ROWS_AT_ONCE = 100
IDS_AT_ONCE = 200
Subject = tuple[str, str]
_log = structlog.get_logger(__name__)


@dataclass
class Harvest:
    """What one look brought, before it is written."""

    records: dict[str, list[Payload]] = field(default_factory=dict)
    deleted: dict[str, set[str]] = field(default_factory=dict)
    as_of: datetime | None = None
    # More had changed than QuickBooks lists at once.
    cut_off: bool = False

    def take(self, changes: Changes, entities: Sequence[str]) -> None:
        """Add a complete answer; the earliest time of all answers is the next checkpoint."""
        for entity in entities:
            self.records.setdefault(entity, []).extend(changes.records[entity])
            self.deleted.setdefault(entity, set()).update(changes.deleted[entity])
        moment = changes.as_of
        self.as_of = moment if self.as_of is None else min(self.as_of, moment)


def gather(
    services: Services, books: CompanyBooks, entities: Sequence[str], since: datetime
) -> Harvest:
    """Ask for everything that changed since a moment. Raises QuickBooksFault."""
    harvest = Harvest()
    # Records are stamped with whole seconds: those of the second asked from count too.
    _gather(services, books, entities, since.replace(microsecond=0), harvest)
    return harvest


def _gather(
    services: Services,
    books: CompanyBooks,
    entities: Sequence[str],
    since: datetime,
    harvest: Harvest,
) -> None:
    """Ask for all; when the answer was cut off ask for half of the entities, then page by page."""
    changes = books.changes(entities, since)
    if changes.complete:
        harvest.take(changes, entities)
        return
    harvest.cut_off = True
    if len(entities) > 1:
        middle = len(entities) // 2
        _gather(services, books, entities[:middle], since, harvest)
        _gather(services, books, entities[middle:], since, harvest)
    else:
        _log.info("capture_by_query", company_id=books.company_id, entity=entities[0])
        harvest.take(changes, entities)
        harvest.records[entities[0]] = books.query(
            entities[0], [("MetaData.LastUpdatedTime", ">=", since)]
        )
        _missing(services, books, entities[0], harvest)


def _missing(services: Services, books: CompanyBooks, entity: str, harvest: Harvest) -> None:
    """Find deletions the cut-off change list may not hold.

    Where QuickBooks counts as many documents of the days that are read as are known of them by
    now, none of those is gone. Every other row that was not named just now is asked for by Id.
    """
    if entity not in DOCUMENTS:  # lists are set inactive, never deleted
        return
    with services.sessions.read() as session:
        ours = dict(
            session.exec(
                select(col(MirrorRow.qbo_id), col(MirrorRow.doc_date))
                .where(MirrorRow.company_id == books.company_id)
                .where(MirrorRow.entity == entity)
                .where(col(MirrorRow.deleted).is_(False))
            ).all()
        )
    alive = {str(row["Id"]): day_of(row) for row in harvest.records[entity]}
    since = first_day(services.clock.now(), services.settings.MIRROR_DAYS)
    counted = {qbo_id for qbo_id, day in (ours | alive).items() if day is not None and day >= since}
    doubtful = [qbo_id for qbo_id in ours if qbo_id not in alive]
    if books.count(entity, of_interest(entity, since)) == len(counted):
        doubtful = [qbo_id for qbo_id in doubtful if qbo_id not in counted]
    there = {str(row["Id"]) for row in by_ids(books, entity, doubtful)}
    harvest.deleted[entity].update(set(doubtful) - there)


def by_ids(books: CompanyBooks, entity: str, qbo_ids: Sequence[str]) -> list[Payload]:
    """Ask for records by their ids, inactive ones too; what QuickBooks does not have is left out.

    One query for every 200. Raises QuickBooksFault.
    """
    found: list[Payload] = []
    for start in range(0, len(qbo_ids), IDS_AT_ONCE):
        asked = list(qbo_ids[start : start + IDS_AT_ONCE])
        found += books.query(entity, [("Id", "IN", asked)])
    return found


def write(services: Services, company_id: int, harvest: Harvest, read_at: datetime) -> set[Subject]:
    """Keep what differs and return it; `read_at` is the moment before it was asked for.

    In short transactions: a press must not wait for a thousand records.
    """
    changed: set[Subject] = set()
    moved: dict[Subject, set[str]] = {}
    for entity, payloads in harvest.records.items():
        for start in range(0, len(payloads), _ROWS_AT_ONCE):
            part = payloads[start : start + _ROWS_AT_ONCE]
            known = _known(services, company_id, entity, part)
            fresh = [row for row in part if known.get(str(row["Id"])) != storable(row)]
            for key, news in merged.moves(entity, known, fresh).items():
                moved.setdefault(key, set()).update(news)
            if fresh:
                with services.sessions.write() as session:
                    put_many(session, company_id, entity, fresh, read_at)
            changed.update((entity, str(row["Id"])) for row in fresh)
    if moved or any(harvest.deleted.values()):
        with services.sessions.write() as session:
            for entity, ids in harvest.deleted.items():
                gone = mark_deleted(session, company_id, entity, sorted(ids), read_at)
                changed.update((entity, qbo_id) for qbo_id in gone)
            changed.update(merged.note_merges(session, company_id, moved, read_at))
    return changed


def _known(
    services: Services, company_id: int, entity: str, payloads: Sequence[Payload]
) -> dict[str, Payload]:
    """What is known of these; the overlap brings known records again, only differences count."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(MirrorRow.qbo_id, MirrorRow.data)
            .where(MirrorRow.company_id == company_id)
            .where(MirrorRow.entity == entity)
            .where(col(MirrorRow.deleted).is_(False))
            .where(col(MirrorRow.qbo_id).in_([str(row["Id"]) for row in payloads]))
        ).all()
    return {qbo_id: dict(data) for qbo_id, data in rows}
