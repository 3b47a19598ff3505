"""Keeps what was refused of a delivery that nobody waits for, and tells what is refused still."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import JsonValue, RecordType
from bot.models import ImportRun, Record, Source
from bot.services import Services
from bot.sync.intake import IntakeReport

# Of a delivery with more refused rows than this, the rest is counted and not kept.
MOST_KEPT = 5_000
_MOST_RUNS, _AT_ONCE = 200, 500


def keep_refused(services: Services, source_id: int, report: IntakeReport, *, file: str) -> None:
    """Keep what was refused of a delivery that nobody waits for, so that /qb-errors shows it.

    `file` is what the delivery is called there. The same refused rows again are kept once.
    """
    if not report.refused:
        return
    now = services.clock.now()
    rows = [asdict(one) for one in report.refused[:MOST_KEPT]]
    with services.sessions.write() as session:
        source = session.get_one(Source, source_id)
        last = session.exec(
            select(ImportRun)
            .where(ImportRun.source_id == source_id, ImportRun.file == file)
            .order_by(col(ImportRun.id).desc())
        ).first()
        if last is not None and last.refused == rows:
            return
        session.add(
            ImportRun(
                company_id=source.company_id,
                source_id=source_id,
                file=file,
                started_at=now,
                taken_at=now,
                finished_at=now,
                refused_count=len(report.refused),
                refused=rows,
            )
        )


@dataclass(frozen=True)
class Refused:
    """What of a source is refused still: how many rows, of which delivery last, and the first."""

    count: int
    file: str
    shown: tuple[str, ...]


def still_refused(session: Session, company_id: int, since: datetime) -> dict[int, Refused]:
    """By source, what was refused of deliveries nobody waits for and has not come in good since.

    Of a row without an id it is known only when a later delivery of that name brings it no more.
    """
    wanted = (
        select(ImportRun)
        .where(ImportRun.company_id == company_id, ImportRun.requested_by == "")
        .where(ImportRun.started_at >= since, ImportRun.refused_count > 0)
        .order_by(col(ImportRun.id).desc())
        .limit(_MOST_RUNS)
    )
    found: dict[int, list[tuple[ImportRun, dict[str, JsonValue]]]] = {}
    seen: set[tuple[int, str]] = set()
    for run in session.exec(wanted):
        good = _good_since(session, run)
        fresh = set()
        for row in sorted(run.refused, key=_line):
            external_id = str(row.get("external_id") or "")
            key = (run.source_id, f"id:{external_id}" if external_id else f"file:{run.file}")
            if key not in seen and external_id not in good:
                found.setdefault(run.source_id, []).append((run, row))
            fresh.add(key)
        seen |= fresh
    return {
        source_id: Refused(len(rows), rows[0][0].file, _told_all(rows))
        for source_id, rows in found.items()
    }


def _line(row: Mapping[str, JsonValue]) -> int:
    return int(row.get("line") or 0)


def _told_all(rows: Sequence[tuple[ImportRun, Mapping[str, JsonValue]]]) -> tuple[str, ...]:
    """Each row with where it stands; its file is named where there are several."""
    several = len({run.file for run, _ in rows}) > 1
    return tuple(_told(row, run.file if several else "") for run, row in rows)


def _told(row: Mapping[str, JsonValue], file: str) -> str:
    reason, external_id = str(row["reason"]), str(row.get("external_id") or "")
    kind = str(row.get("type") or "")
    words = RecordType(kind).words if kind in set(RecordType) else "id"
    where = (
        file,
        f"line {_line(row)}" if _line(row) else "",
        f"{words} {external_id}" if external_id and external_id not in reason else "",
    )
    said = ", ".join(part for part in where if part)
    return f"{said}: {reason}" if said else reason


def _good_since(session: Session, run: ImportRun) -> set[str]:
    """Which of a delivery's refused records came in later."""
    ids = sorted({str(row["external_id"]) for row in run.refused if row.get("external_id")})
    found: set[str] = set()
    for at in range(0, len(ids), _AT_ONCE):
        found |= set(
            session.exec(
                select(Record.external_id)
                .where(Record.source_id == run.source_id)
                .where(Record.received_at > (run.taken_at or run.started_at))
                .where(col(Record.external_id).in_(ids[at : at + _AT_ONCE]))
            )
        )
    return found
