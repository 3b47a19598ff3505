"""Takes a file in and remembers it: its counts, and each refused row, to be shown again later."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlmodel import Session, select

from bot import jobs
from bot.incidents import sync_message
from bot.incidents.import_message import record_ids, tell_finished, watch
from bot.models import ImportRun, Source, SyncRun
from bot.services import Services
from bot.sync.intake import IntakeReport, accept
from bot.sync.records import BadRow, Note, RecordIn
from bot.sync.refusals import MOST_KEPT


def take_in(
    services: Services,
    source_id: int,
    items: Iterable[RecordIn | BadRow | Note],
    *,
    file: str,
    by: str = "",
    channel: str = "",
    key: str | None = None,
) -> IntakeReport:
    """Hand a file's records in (see bot.sync.intake.accept) and keep what became of its rows.

    `by` is the Slack user who asked: when nothing of the file waits any more, that person alone
    gets one message in `channel`; a large file's posting is followed there by all. With the `key`
    of an earlier call nothing is read again, and that call's report is given. Raises BotError.
    """
    run = _begun(services, source_id, file=file, by=by, channel=channel, key=key)
    if run.taken_at is not None:
        return _report(run)
    report = accept(services, source_id, items)
    now = services.clock.now()
    with services.sessions.write() as session:
        row = session.get_one(ImportRun, run.id)
        row.accepted, row.updated, row.unchanged = report.accepted, report.updated, report.unchanged
        row.refused_count = len(report.refused)
        row.refused = [asdict(one) for one in report.refused[:MOST_KEPT]]
        row.notes = [asdict(one) for one in report.notes[:MOST_KEPT]]
        row.taken_at = now
        session.add(row)
        session.flush()
        watch(session, row, now)
        _follow(session, row, now)
        company_id = row.company_id
    jobs.sync_company(services.queue, company_id)
    tell_finished(services)
    return report


def _follow(session: Session, run: ImportRun, now: datetime) -> None:
    """Begin the message that shows how far a large file's records are. The caller commits."""
    ids = record_ids(session, run)
    sync = SyncRun(
        company_id=run.company_id,
        requested_by=run.requested_by,
        what=run.file,
        report={"only": ids},
        total=len(ids),
        started_at=now,
    )
    if run.requested_by and run.channel_id and sync_message.is_told(sync):
        session.add(sync)
        session.flush()
        sync_message.tell(session, sync, now)


def _begun(
    services: Services, source_id: int, *, file: str, by: str, channel: str, key: str | None
) -> ImportRun:
    """Note the import, or find the one that a restart interrupted."""
    with services.sessions.write() as session:
        found = _known(session, key)
        if found is not None:
            return found
        source = session.get_one(Source, source_id)
        run = ImportRun(
            key=key,
            company_id=source.company_id,
            source_id=source_id,
            file=file,
            requested_by=by,
            channel_id=channel,
            started_at=services.clock.now(),
        )
        session.add(run)
        session.flush()
        return run


def _known(session: Session, key: str | None) -> ImportRun | None:
    if key is None:
        return None
    return session.exec(select(ImportRun).where(ImportRun.key == key)).first()


def _report(run: ImportRun) -> IntakeReport:
    return IntakeReport(
        accepted=run.accepted,
        unchanged=run.unchanged,
        updated=run.updated,
        refused=[BadRow(**row) for row in run.refused],
        notes=[Note(**row) for row in run.notes],
    )
