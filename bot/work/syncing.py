"""The job that posts a slice of what waits, and nudges itself again until nothing does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from bot import jobs, mirror
from bot.checkup import Check
from bot.db.leases import company_lease
from bot.domain import ConnectionState, RecordType
from bot.incidents import sync_message
from bot.models import Connection, SyncRun
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import cadence, due, push, rhythm
from bot.work.writing_back import write_back

_SOON_SECONDS = 0.1
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Begun:
    """When a slice began, and the syncs that had been asked for by then."""

    at: datetime
    syncs: Collection[int]


def sync_slice(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    """Post at most one slice. Raises CompanyBusy when another worker holds the company.

    A slice is short so that a click on this company never waits for a whole sync.
    """
    _slice(services, company_id, checks)
    rhythm.came_through(services, company_id)


def _slice(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    if not _connected(services, company_id):
        _settle_runs(services, company_id)
        return
    was_read = mirror.loaded(services, company_id)
    began = services.clock.now()
    with services.sessions.read() as session:
        turn = cadence.turn(session, company_id, began)
        begun = _Begun(began, _running(session, company_id))
    with company_lease(services.sessions, services.clock, company_id, services.holder) as held:
        try:
            report = push.push_slice(services, company_id, held, types=turn.types)
        except QuickBooksFault as fault:
            log.warning("sync stopped", company_id=company_id, code=fault.code)
            _settle_runs(services, company_id)
            _after(services, company_id, checks)
            return
        if not (report.reading or report.stopped):
            write_back(services, company_id, held, checks)
    if report.reading:
        _settle_runs(services, company_id, report, begun)
        jobs.sync_company(services.queue, company_id)
        return
    if not was_read and mirror.loaded(services, company_id):
        # Much may differ from what was known: everything is looked at again.
        jobs.capture_company(services.queue, company_id)
        _after(services, company_id, checks)
    if not report.stopped:
        cadence.take_turn(services, company_id, began)
    _settle_runs(services, company_id, report, begun)
    moved = bool(report.posted or report.held)
    if report.held or report.stopped or (moved and not report.waiting):
        _after(services, company_id, checks)
    if moved and report.waiting and not report.stopped:
        jobs.sync_company(services.queue, company_id)
    elif again := _earlier(report.again_at, turn.next_at if not report.stopped else None):
        # At the end of the pause, or at the next turn of what waits; not at the next tick.
        pause = (again - services.clock.now()).total_seconds()
        jobs.sync_company_later(services.queue, company_id, max(pause, _SOON_SECONDS))


def _running(session: Session, company_id: int) -> set[int]:
    wanted = select(SyncRun.id).where(SyncRun.company_id == company_id, SyncRun.state == "running")
    return {one for one in session.exec(wanted) if one is not None}


def _earlier(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _after(services: Services, company_id: int, checks: tuple[Check, ...]) -> None:
    for check in checks:
        jobs.run_check(services.queue, company_id, check.name)


def _connected(services: Services, company_id: int) -> bool:
    with services.sessions.read() as session:
        row = session.get(Connection, company_id)
    return row is not None and row.state is ConnectionState.CONNECTED


def _has_left(session: Session, run: SyncRun, now: datetime) -> bool:
    """Whether something could go that waited when it was asked for; a stream ends no other way."""
    every, asked = frozenset(RecordType), run.started_at
    return due.count_due(session, run.company_id, now, types=every, before=asked) > 0


def _settle_runs(
    services: Services,
    company_id: int,
    report: push.SliceReport | None = None,
    begun: _Begun | None = None,
) -> None:
    """Count this slice into the company's running syncs; end them when nothing of theirs waits.

    Without a report nothing could be posted. What a slice under way posts is not of a sync that
    is asked for meanwhile.
    """
    began, known = (begun.at, begun.syncs) if begun else (None, ())
    reading = report is not None and report.reading
    ended = report is None or bool(report.stopped) or not report.waiting
    with services.sessions.read() as session:
        running = _running(session, company_id)
    if not running:
        return
    told: list[int] = []
    with services.sessions.write() as session:
        for run in session.exec(select(SyncRun).where(col(SyncRun.id).in_(running))):
            if report is not None and run.id in known:
                run.posted += len(report.posted)
                run.held += len(report.held)
            if not reading and (ended or not _has_left(session, run, services.clock.now())):
                run.state, run.finished_at = "done", services.clock.now()
            session.add(run)
            sync_message.tell(session, run, services.clock.now(), began)
            if run.command_id is not None:
                told.append(run.command_id)
    for command_id in told:
        jobs.answer_command(services.queue, command_id)
