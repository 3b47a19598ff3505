"""What became of an import, told to the person who handed it in; and its rows, read later."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, func, select

from bot import jobs
from bot.domain import JsonValue, Payload, RecordState
from bot.incidents.message import Message
from bot.models import Company, Delivery, Hold, ImportRun, Incident, Record, Source
from bot.render import clean, moment, plural, shorten, sums
from bot.render.words import stopped
from bot.services import Services
from bot.slack import blocks
from bot.sync.totals import totals

REFUSED = "refused_rows"
# The message names so many; the window behind its button has all.
LINES = 10
CAUSES = 8
LINE = 300
# What still waits after this long is told as waiting: the message is not put off for ever.
PATIENCE = timedelta(minutes=10)
_AT_ONCE = 500


def watch(session: Session, run: ImportRun, now: datetime) -> None:
    """Promise the person a message for when it is finished. The caller commits."""
    if run.requested_by and run.channel_id:
        session.add(
            Delivery(
                import_id=run.id, channel_id=run.channel_id, not_before=now, wanted=0, state="idle"
            )
        )


def tell_finished(services: Services) -> None:
    """Nudge the message of each import of which nothing waits any more; safe to call often."""
    now = services.clock.now()
    with services.sessions.read() as session:
        running = session.exec(
            select(ImportRun).where(
                col(ImportRun.taken_at).is_not(None), col(ImportRun.finished_at).is_(None)
            )
        ).all()
        done = [run.id for run in running if _is_finished(session, run, now)]
    for run_id in done:
        with services.sessions.write() as session:
            ended = session.exec(
                update(ImportRun)
                .where(col(ImportRun.id) == run_id, col(ImportRun.finished_at).is_(None))
                .values(finished_at=now)
            )
            row = session.exec(select(Delivery).where(Delivery.import_id == run_id)).first()
            if ended.rowcount != 1 or row is None:
                continue
            row.wanted, row.not_before = row.wanted + 1, now
            session.add(row)
            session.flush()
            delivery_id = row.id or 0
        jobs.deliver(services.queue, delivery_id)


def identity(run: ImportRun) -> dict[str, JsonValue]:
    """What tells this message from any other one."""
    return {"import_id": run.id}


def build(services: Services, run: ImportRun) -> Message:
    """Say what was taken in, posted, held by what, refused by line."""
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
        source = session.get(Source, run.source_id)
        records = records_of(session, run)
        causes = _causes(session, records)
    items = [*_counts(run, records), *[f"held: {words}" for words in _held(services, causes)]]
    said = f"{clean(run.file)} for {clean(company.name)} is done."
    parts = [
        blocks.rich_text(
            blocks.line(blocks.words(said, bold=True)),
            blocks.bullets([[blocks.words(item)] for item in items]),
        )
    ]
    if run.refused:
        parts += _refused(run, source.name if source else "the source")
    next_step = "Next: /qb-errors lists what is held." if causes else "Nothing else to do."
    if run.refused:
        where = clean(source.name) if source else "the source"
        next_step = f"Next: correct the refused rows in {where} and hand the file in again." + (
            " /qb-errors lists what is held." if causes else ""
        )
    parts.append(blocks.context(next_step))
    return Message(
        text=f"{said} {stopped('; '.join(items))} {next_step}", blocks=parts, metadata={}
    )


def records_of(session: Session, run: ImportRun) -> list[Record]:
    """The outbox rows that this import brought or changed."""
    return list(session.exec(select(Record).where(*_brought_by(run))))


def record_ids(session: Session, run: ImportRun) -> list[int]:
    """The ids of these rows."""
    return [one for one in session.exec(select(Record.id).where(*_brought_by(run))) if one]


def _brought_by(run: ImportRun) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Record.source_id) == run.source_id,
        col(Record.received_at) >= run.started_at,
        col(Record.received_at) <= (run.taken_at or run.started_at),
    )


def row_words(row: dict[str, JsonValue]) -> str:
    """One refused row: "line 7: the date is missing (order 1042)"."""
    key, said = str(row.get("external_id") or ""), str(row.get("reason"))
    # Reasons of orders and payments name them already.
    said += f" ({key})" if key and f" {key}:" not in said else ""
    number = row.get("line")
    return shorten(clean(f"line {number}: {said}" if number is not None else said), LINE)


def _is_finished(session: Session, run: ImportRun, now: datetime) -> bool:
    if run.taken_at is not None and now - run.taken_at > PATIENCE:
        return True
    waiting = session.exec(
        select(func.count())
        .select_from(Record)
        .where(*_brought_by(run), col(Record.state) == RecordState.WAITING)
    ).one()
    return not waiting


def _counts(run: ImportRun, records: Sequence[Record]) -> list[str]:
    taken = [f"{run.accepted:,} new"]
    taken += [f"{run.updated:,} changed"] if run.updated else []
    taken += [f"{run.unchanged:,} known already"] if run.unchanged else []
    lines = [f"taken in: {', '.join(taken)}"]
    for state, word in (
        (RecordState.POSTED, "posted"),
        (RecordState.HELD, "held by a problem"),
        (RecordState.WAITING, "still waiting"),
    ):
        found = sums.told(totals(row for row in records if row.state is state), taxed=True)
        if found:
            lines.append(f"{word}: {found}")
    if run.refused_count:
        lines.append(f"refused: {plural(run.refused_count, 'row')}")
    return lines


def _causes(session: Session, records: Sequence[Record]) -> list[Incident]:
    """The alerts of what holds these records, each once."""
    held = [row.id for row in records if row.state is RecordState.HELD]
    keys: set[tuple[str, str]] = set()
    for part in _parts(held):
        rows = select(Hold.problem, Hold.subject).where(col(Hold.record_id).in_(part))
        keys |= {(problem, subject) for problem, subject in session.exec(rows.distinct())}
    if not keys:
        return []
    rows_open = session.exec(
        select(Incident)
        .where(Incident.company_id == records[0].company_id)
        .where(col(Incident.problem).in_({problem for problem, _ in keys}))
        .where(col(Incident.resolved_at).is_(None))
        .order_by(col(Incident.id))
    )
    return [row for row in rows_open if (row.problem, row.subject) in keys]


def _held(services: Services, causes: Sequence[Incident]) -> list[str]:
    words = [services.render.title(row.problem, row.facts) for row in causes[:CAUSES]]
    more = len(causes) - CAUSES
    return [*words, *([f"and {plural(more, 'more cause')}"] if more > 0 else [])]


def _refused(run: ImportRun, source: str) -> list[Payload]:
    items = [[blocks.words(row_words(row))] for row in run.refused[:LINES]]
    head = blocks.line(blocks.words(f"Refused, to be corrected in {clean(source)}:", bold=True))
    label = f"Show {plural(run.refused_count, 'refused row')}"
    return [
        blocks.rich_text(head, blocks.bullets(items)),
        blocks.actions([blocks.button(label, REFUSED, str(run.id))]),
    ]


def _parts(ids: Sequence[int | None]) -> list[Collection[int | None]]:
    return [ids[at : at + _AT_ONCE] for at in range(0, len(ids), _AT_ONCE)]


def when(run: ImportRun, company: Company) -> str:
    """When it was handed in, in the company's time zone."""
    return moment(run.started_at, company.time_zone)
