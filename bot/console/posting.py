"""`sync`: take files in, ask for a sync, follow it, say what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import col, func, select

from bot import jobs
from bot.console import amounts
from bot.console.sources import source_for_file
from bot.domain import ConnectionState, IncidentState, Payload, RecordState
from bot.errors import BadInput
from bot.incidents import take_in
from bot.models import Company, Connection, Incident, Record, Source, SyncRun
from bot.render import clean, listed, shorten
from bot.services import Services
from bot.sync import columnmaps
from bot.sync.intake import BadRow, IntakeReport
from bot.sync.posted_sums import posted_since
from bot.sync.table.columns import NO_NAMES
from bot.sync.table.report import report_csv
from bot.sync.table.sheet import Raw, Sheet, find_sheet
from bot.sync.tablefile import MOST_BYTES, read_sheet, tables

BY = "the command line"
_LONGEST_VALUE = 30


@dataclass(frozen=True)
class Asked:
    """A sync of one company that was asked for."""

    company_id: int
    run_id: int
    at: datetime


def read_files(paths: Iterable[Path]) -> list[tuple[Path, bytes]]:
    """Read every file before any is taken in. Raises BadInput naming the one that cannot be."""
    return [(path, _read(path)) for path in paths]


def _read(path: Path) -> bytes:
    try:
        # A pipe or a device would never end.
        if path.exists() and not path.is_file():
            raise BadInput(f"{path} is {'a folder' if path.is_dir() else 'no file'}; name a file.")
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            most = MOST_BYTES // 1_000_000
            raise BadInput(f"The file {path} is larger than {most} MB; split it.")
        return path.read_bytes()
    except OSError as error:
        msg = f"The file {path} cannot be read: {error.strerror}."
        raise BadInput(msg) from None


@dataclass(frozen=True)
class TakenFile:
    """What became of a file; `rows` is its report, row by row, as CSV."""

    report: IntakeReport
    rows: bytes


def take_file(
    services: Services,
    company: Company,
    source: str | None,
    data: bytes,
    *,
    file: str = "handed in on the command line",
    columns: Mapping[str, str] | None = None,
) -> TakenFile:
    """Take one export in; `file` is what it is called when its refused rows are shown again.

    `columns`: what its headers mean, by folded header; kept for files of that shape. Raises
    BadInput.
    """
    assert company.id is not None
    source_id = source_for_file(services, company.id, source)
    choose = columnmaps.remembered(services, source_id)
    raws = tables(data, file)
    if columns and not isinstance(raws, str):
        choose = columnmaps.with_said(raws, choose, columns)
    sheet = raws if isinstance(raws, str) else find_sheet(raws, choose)
    if isinstance(sheet, str) and not isinstance(raws, str) and NO_NAMES in sheet:
        sheet = no_columns(raws)
    if columns and isinstance(sheet, Sheet):
        cells = sheet.head.cells
        columnmaps.remember(services, source_id, cells, choose(cells), BY)
    rows = read_sheet(sheet, company.time_zone, services.clock.today(company.time_zone))
    if isinstance(sheet, str):
        report = IntakeReport(refused=[BadRow(None, "", sheet)])  # no rows that could be corrected
    else:
        report = take_in(services, source_id, rows, file=file)
    written = report_csv(sheet, company.time_zone, report.refused, report.notes)
    return TakenFile(report, written)


def columns_of(
    services: Services,
    company: Company,
    source: str | None,
    file: tuple[Path, bytes],
    said: Mapping[str, str],
) -> columnmaps.Reading | str:
    """How a file's columns would be read; nothing is taken in. A string says why it has none."""
    path, data = file
    with services.sessions.read() as session:
        rows = list(session.exec(select(Source).where(Source.company_id == company.id)))
    named = [row for row in rows if source in (None, row.name)]
    known = columnmaps.remembered(services, named[0].id if len(named) == 1 else None)
    raws = tables(data, path.name)
    if isinstance(raws, str):
        return raws
    reading = columnmaps.read_columns(raws, columnmaps.with_said(raws, known, said))
    return reading or no_columns(raws)


def no_columns(raws: Sequence[Raw]) -> str:
    """Say which names the file has, and how to say what they mean."""
    heads = [head for raw in raws for head in raw.heads]
    widest = max(heads, key=lambda head: len(head.cells), default=None)
    named = [cell.strip() for cell in widest.cells if cell.strip()] if widest else []
    if not named:
        return "no line of it names columns"
    return (
        f"no line of it names columns that are known; it has {listed(map(repr, named[:10]))}. Say "
        f'what they mean: --columns "{named[0]}=order"'
    )


def column_lines(path: Path, reading: columnmaps.Reading | str) -> list[str]:
    """The columns of a file for people: what each means, and what may be wrong."""
    if isinstance(reading, str):
        return [f"{path.name}: {reading}"]
    lines = [f"{path.name}, line {reading.head.line}:"]
    examples = reading.examples()
    for place, one in enumerate(reading.guesses):
        values = dict.fromkeys(examples[place])
        shown = ", ".join(shorten(clean(value), _LONGEST_VALUE) for value in values)
        lines.append(f"  {one.header}: {columnmaps.words(one)}{f' ({shown})' if shown else ''}")
    if reading.problem:
        few = "too few of the names of its columns are known"
        why = few if NO_NAMES in reading.problem else reading.problem
        lines.append(f"  It cannot be read so: {why}.")
    near = next((one for one in reading.guesses if one.how == "like"), None)
    header, column = (near.header, near.column.replace("_", " ")) if near else ("Header", "column")
    return [*lines, f'  To say what a column means: --columns "{header}={column}"']


def column_payload(path: Path, reading: columnmaps.Reading | str) -> Payload:
    """The columns of a file as JSON."""
    if isinstance(reading, str):
        return {"file": str(path), "problem": reading, "columns": []}
    return {
        "file": str(path),
        "problem": reading.problem,
        "line": reading.head.line,
        "columns": [
            {"header": one.header, "column": one.column, "how": one.how} for one in reading.guesses
        ],
    }


def write_report(path: Path, rows: bytes) -> None:
    """Write the report of a file. Raises BadInput."""
    try:
        path.write_bytes(rows)
    except OSError as error:
        msg = f"The report cannot be written to {path}: {error.strerror}."
        raise BadInput(msg) from None


def ask(services: Services, company_id: int) -> Asked:
    """Write the wish for a sync as a row and nudge it."""
    now = services.clock.now()
    with services.sessions.write() as session:
        waiting = session.exec(
            select(func.count())
            .select_from(Record)
            .where(col(Record.company_id) == company_id, col(Record.state) == RecordState.WAITING)
        ).one()
        run = SyncRun(company_id=company_id, requested_by=BY, total=waiting, started_at=now)
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
    """What became of a sync: posted, held and why, still waiting; each record once, with money."""
    company_id = company.id or 0
    with services.sessions.read() as session:
        run = session.get_one(SyncRun, asked.run_id)
        connection = session.get(Connection, company_id)
        posted = posted_since(session, company_id, asked.at)
        waiting = amounts.in_state(session, company_id, RecordState.WAITING)
        held = amounts.in_state(session, company_id, RecordState.HELD)
        causes = amounts.held_by_problem(session, company_id)
        in_all = amounts.in_state(session, company_id, RecordState.POSTED)
    found: Payload = {
        "company": company.name,
        "connected": connection is not None and connection.state is ConnectionState.CONNECTED,
        "finished": run.state != "running",
        "posted": posted.documents + posted.other_count,
        "held": held.documents + held.other_count,
        "waiting": waiting.documents + waiting.other_count,
        "posted_in_all": in_all.documents + in_all.other_count,
        "posted_money": amounts.payload(posted),
        "held_money": amounts.payload(held),
        "waiting_money": amounts.payload(waiting),
        "held_by_problem": {
            problem: one.documents + one.other_count for problem, one in causes.items()
        },
        "held_money_by_problem": {problem: amounts.payload(one) for problem, one in causes.items()},
        "held_words_by_problem": {
            problem: _called(services, company_id, problem) for problem in causes
        },
    }
    return {**found, "next": _next(found)}


def _called(services: Services, company_id: int, problem: str) -> str:
    """A problem as Slack calls it: the title of its alert, or how many there are of its kind."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(Incident)
            .where(Incident.company_id == company_id, Incident.problem == problem)
            .where(col(Incident.state) != IncidentState.RESOLVED)
        ).all()
    if len(rows) == 1:
        title = services.render.title(problem, rows[0].facts)
        return title.rsplit(" · ", 1)[0] if "not posted" in title else title
    return services.render.many(problem, len(rows)) if rows else "its alert is not written yet"


def _next(row: Payload) -> str:
    if not row["connected"]:
        return (
            f'python app.py connect --name "{row["company"]}", or /qb-reconnect in Slack; '
            "what waits is posted then"
        )
    if not row["finished"]:
        return "python app.py status in a while; the bot goes on by itself"
    if row["held"]:
        return "/qb-errors in Slack; each problem has its message there, with its button"
    if row["waiting"]:
        return "nothing to do; what waits is tried again by itself while the bot runs"
    return "nothing to do; all that was handed in is in QuickBooks"


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


def nothing_taken(report: IntakeReport) -> bool:
    """Say whether not one row of a file could be used."""
    return not (report.accepted or report.updated or report.unchanged)


def intake_lines(path: Path, report: IntakeReport, most: int = 20) -> list[str]:
    """An intake report for people: counts first, then each refused line with its reason."""
    whole = [row.reason for row in report.refused if row.line is None and not row.external_id]
    if nothing_taken(report) and whole and len(whole) == len(report.refused):
        return [f"{path.name} cannot be read: {whole[0]}. Nothing of it was taken in."]
    lines = [
        f"{path.name}: {report.accepted} new, {report.updated} changed, "
        f"{report.unchanged} known already, {len(report.refused)} refused"
    ]
    for row in sorted(report.refused, key=lambda row: row.line or 0)[:most]:
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
    for label, key in (("posted", "posted_money"), ("waiting", "waiting_money")):
        if said := outcome[key]["words"]:
            lines.append(f"  {label}: {said}")
    for problem, sums in outcome["held_money_by_problem"].items():
        lines.append(f"  held, {outcome['held_words_by_problem'][problem]}: {sums['words']}")
    lines.append(f"  Next: {outcome['next']}")
    return lines
