"""Keeps the mirror fresh: what changed in QuickBooks since the last look, nothing missed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlmodel import col, select

from bot.domain import Payload
from bot.mirror import merged
from bot.mirror.load import LISTS, load
from bot.mirror.rows import mark_deleted, put, put_many
from bot.models import MirrorRow, MirrorState
from bot.quickbooks import Changes, CompanyBooks, QuickBooksFault
from bot.quickbooks.exact_json import storable
from bot.services import Services

# Change data capture does not hold tax codes: they are read with the lists, and before a choice.
CAPTURED = (*(entity for entity in LISTS if entity != "TaxCode"), "Invoice", "Payment")
# Changes may become visible a little late.
OVERLAP = timedelta(minutes=5)
# QuickBooks keeps changes for 30 days; a day less leaves room for clocks that differ.
_REACH = timedelta(days=29)
_ROWS_AT_ONCE = 100
_IDS_AT_ONCE = 200
Subject = tuple[str, str]
_log = structlog.get_logger(__name__)


@dataclass
class _Harvest:
    """What one look brought, before it is written."""

    records: dict[str, list[Payload]] = field(default_factory=dict)
    deleted: dict[str, set[str]] = field(default_factory=dict)
    as_of: datetime | None = None

    def take(self, changes: Changes, entities: Sequence[str]) -> None:
        """Add a complete answer; the earliest time of all answers is the next checkpoint."""
        for entity in entities:
            self.records.setdefault(entity, []).extend(changes.records[entity])
            self.deleted.setdefault(entity, set()).update(changes.deleted[entity])
        self.checkpoint(changes.as_of)

    def checkpoint(self, moment: datetime) -> None:
        """Keep the earliest moment."""
        self.as_of = moment if self.as_of is None else min(self.as_of, moment)


def capture(services: Services, company_id: int) -> set[Subject]:
    """Read what changed since the last capture; returns the (entity, id) that really differ.

    Nothing happens before the first load. After a pause too long for QuickBooks' change list the
    lists are loaded anew. Raises QuickBooksFault; then the checkpoint stays where it was.
    """
    since = _captured_to(services, company_id)
    if since is None:
        return set()
    if services.clock.now() - since > _REACH:
        return _loaded_anew(services, company_id)
    books = services.quickbooks.company(company_id)
    read_at = services.clock.now()
    harvest = _Harvest()
    _gather(services, books, CAPTURED, since - OVERLAP, harvest)
    if harvest.as_of is not None and harvest.as_of - since > _REACH:
        # By QuickBooks' own clock the pause was longer than by ours.
        return _loaded_anew(services, company_id)
    return _write(services, company_id, harvest, read_at)


def _loaded_anew(services: Services, company_id: int) -> set[Subject]:
    before = _fingerprints(services, company_id)
    load(services, company_id)
    return _differences(before, _fingerprints(services, company_id))


def refresh(services: Services, company_id: int, entity: str, qbo_id: str) -> Payload | None:
    """Read one record from QuickBooks into the mirror and return it.

    Amounts in the returned payload are decimal strings, as in the mirror. None: QuickBooks says
    that it does not exist; its row is marked deleted. Any other fault is raised.
    """
    read_at = services.clock.now()
    try:
        payload = services.quickbooks.company(company_id).read(entity, qbo_id)
    except QuickBooksFault as fault:
        if fault.code != "610":
            raise
        payload = {}
    gone = not payload or payload.get("status") == "Deleted"
    with services.sessions.write() as session:
        if gone:
            mark_deleted(session, company_id, entity, [qbo_id], read_at)
            return None
        put(session, company_id, entity, payload, read_at)
    kept: Payload = storable(payload)
    return kept


def _captured_to(services: Services, company_id: int) -> datetime | None:
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
    return state.captured_to if state is not None and state.loaded_at is not None else None


def _gather(
    services: Services,
    books: CompanyBooks,
    entities: Sequence[str],
    since: datetime,
    harvest: _Harvest,
) -> None:
    """Ask for all; when the answer was cut off ask for half of the entities, then page by page."""
    changes = books.changes(entities, since)
    if changes.complete:
        harvest.take(changes, entities)
    elif len(entities) > 1:
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


def _missing(services: Services, books: CompanyBooks, entity: str, harvest: _Harvest) -> None:
    """Find deletions the cut-off change list may not hold: ask for every row we have."""
    if entity in LISTS:  # lists are set inactive, never deleted
        return
    with services.sessions.read() as session:
        ours = session.exec(
            select(MirrorRow.qbo_id)
            .where(MirrorRow.company_id == books.company_id)
            .where(MirrorRow.entity == entity)
            .where(col(MirrorRow.deleted).is_(False))
        ).all()
    for start in range(0, len(ours), _IDS_AT_ONCE):
        asked = ours[start : start + _IDS_AT_ONCE]
        there = {str(row["Id"]) for row in books.query(entity, [("Id", "IN", list(asked))])}
        harvest.deleted.setdefault(entity, set()).update(set(asked) - there)


def _write(
    services: Services, company_id: int, harvest: _Harvest, read_at: datetime
) -> set[Subject]:
    """Keep what differs, in short transactions: a press must not wait for a thousand records."""
    changed: set[Subject] = set()
    moved: dict[Subject, set[str]] = {}
    for entity, payloads in harvest.records.items():
        for start in range(0, len(payloads), _ROWS_AT_ONCE):
            part = payloads[start : start + _ROWS_AT_ONCE]
            known = _known(services, company_id, entity, part)
            fresh = [row for row in part if known.get(str(row["Id"])) != storable(row)]
            if entity in merged.DOCUMENTS:
                for key, news in merged.moves(known, fresh).items():
                    moved.setdefault(key, set()).update(news)
            if fresh:
                with services.sessions.write() as session:
                    put_many(session, company_id, entity, fresh, read_at)
            changed.update((entity, str(row["Id"])) for row in fresh)
    with services.sessions.write() as session:
        for entity, ids in harvest.deleted.items():
            gone = mark_deleted(session, company_id, entity, sorted(ids), read_at)
            changed.update((entity, qbo_id) for qbo_id in gone)
        changed.update(merged.note_merges(session, company_id, moved, read_at))
        state = session.get_one(MirrorState, company_id)
        if harvest.as_of is not None:
            state.captured_to = harvest.as_of
        session.add(state)
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


def _fingerprints(services: Services, company_id: int) -> dict[Subject, tuple[str, bool]]:
    with services.sessions.read() as session:
        rows: Iterable[tuple[str, str, str, bool]] = session.exec(
            select(
                MirrorRow.entity, MirrorRow.qbo_id, MirrorRow.sync_token, MirrorRow.deleted
            ).where(MirrorRow.company_id == company_id)
        ).all()
    return {(entity, qbo_id): (token, deleted) for entity, qbo_id, token, deleted in rows}


def _differences(
    before: dict[Subject, tuple[str, bool]], after: dict[Subject, tuple[str, bool]]
) -> set[Subject]:
    return {subject for subject, state in after.items() if before.get(subject) != state}
