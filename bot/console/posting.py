"""`sync`: take files in, ask for a sync, follow it, say what became of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import col, func, select

from bot import jobs
from bot.console.companies import source_for_file
from bot.domain import ConnectionState, Payload, RecordState
from bot.errors import BadInput
from bot.models import Company, Connection, Hold, Record, SyncRun
from bot.services import Services
from bot.sync.csvfile import read_csv
from bot.sync.intake import IntakeReport, accept

BY = "command line"


@dataclass(frozen=True)
class Asked:
    """A sync of one company that was asked for."""

    company_id: int
    run_id: int
    at: datetime


def read_files(paths: Iterable[Path]) -> list[tuple[Path, bytes]]:
    """Read every file before any is taken in. Raises BadInput naming the one that cannot be."""
    found = []
    for path in paths:
        try:
            found.append((path, path.read_bytes()))
        except OSError as error:
            msg = f"The file {path} cannot be read: {error.strerror}."
            raise BadInput(msg) from None
    return found


def take_file(
    services: Services, company: Company, source: str | None, data: bytes
) -> IntakeReport:
    """Take one export in."""
    assert company.id is not None
    source_id = source_for_file(services, company.id, source)
    return accept(services, source_id, read_csv(data, time_zone=company.time_zone))


def ask(services: Services, company_id: int) -> Asked:
    """Write the wish for a sync as a row and nudge it."""
    now = services.clock.now()
    with services.sessions.write() as session:
        waiting = session.exec(
            select(func.count())
            .select_from(Record)
            .where(col(Record.company_id) == company_id, col(Record.state) == RecordState.WAITING)
        ).one()
        run = SyncRun(
            company_id=company_id, requested_by=BY, what="all", total=waiting, started_at=now
        )
        session.add(run)
        session.flush()
        asked = Asked(company_id, run.id or 0, now)
    jobs.sync_company(services.queue, company_id)
    return asked


def progress(services: Services, asked: Sequence[Asked]) -> tuple[int, int, bool]:
    """Count what is settled, what there is, and whether every sync asked for has ended."""
    with services.sessions.read() as session:
        rows = list(
            session.exec(select(SyncRun).where(col(SyncRun.id).in_([one.run_id for one in asked])))
        )
    settled = sum(row.posted + row.held for row in rows)
    return settled, sum(row.total for row in rows), all(row.state != "running" for row in rows)


def result(services: Services, company: Company, asked: Asked) -> Payload:
    """What became of a sync: posted, held and why, still waiting and why."""
    with services.sessions.read() as session:
        run = session.get_one(SyncRun, asked.run_id)
        connection = session.get(Connection, company.id)
        states = dict(
            session.exec(
                select(Record.state, func.count())
                .where(col(Record.company_id) == company.id)
                .group_by(col(Record.state))
            ).all()
        )
        causes = dict(
            session.exec(
                select(Hold.problem, func.count(func.distinct(col(Hold.record_id))))
                .where(col(Hold.company_id) == company.id)
                .group_by(col(Hold.problem))
            ).all()
        )
    connected = connection is not None and connection.state is ConnectionState.CONNECTED
    return {
        "company": company.name,
        "connected": connected,
        "finished": run.state != "running",
        "posted": run.posted,
        "held": states.get(RecordState.HELD, 0),
        "waiting": states.get(RecordState.WAITING, 0),
        "posted_in_all": states.get(RecordState.POSTED, 0),
        "held_by_problem": causes,
    }


def intake_payload(path: Path, report: IntakeReport) -> Payload:
    """An intake report as JSON."""
    return {
        "file": str(path),
        "accepted": report.accepted,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": [
            {"line": row.line, "external_id": row.external_id, "reason": row.reason}
            for row in report.refused
        ],
        "notes": [{"line": note.line, "text": note.text} for note in report.notes],
    }


def intake_lines(path: Path, report: IntakeReport, most: int = 20) -> list[str]:
    """An intake report for people: counts first, then each refused line with its reason."""
    lines = [
        f"{path.name}: {report.accepted} new, {report.updated} changed, "
        f"{report.unchanged} known already, {len(report.refused)} refused"
    ]
    for row in report.refused[:most]:
        where = f"line {row.line}" if row.line else "the file"
        lines.append(f"  {where}: {row.reason}")
    if len(report.refused) > most:
        lines.append(f"  … and {len(report.refused) - most} more; --json lists all")
    for note in report.notes[:most]:
        lines.append(f"  note, line {note.line}: {note.text}" if note.line else f"  {note.text}")
    return lines


def result_lines(outcome: Payload) -> list[str]:
    """The outcome of a sync for people, with what to do next."""
    lines = [
        f"{outcome['company']}: {outcome['posted']} posted now, {outcome['held']} held, "
        f"{outcome['waiting']} waiting"
    ]
    for problem, count in sorted(outcome["held_by_problem"].items()):
        lines.append(f"  {count} held: {str(problem).replace('_', ' ')}")
    if not outcome["connected"]:
        lines.append("  QuickBooks is not connected; what waits is posted after /qb-reconnect.")
    elif outcome["held"]:
        lines.append(
            "  Each cause has its message in the company's channel; /qb-errors lists them."
        )
    elif not outcome["finished"]:
        lines.append("  Not finished yet; the bot goes on by itself.")
    return lines
