"""Takes a file in and remembers it: its counts, and each refused row, to be shown again later."""

from collections.abc import Iterable
from dataclasses import asdict

from sqlmodel import Session, select

from bot.incidents.import_message import tell_finished, watch
from bot.models import ImportRun, Source
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
    gets one message in `channel`. With the `key` of an earlier call nothing is read again, and
    that call's report is given. Raises BotError.
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
    tell_finished(services)
    return report


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
