"""The window that shows the refused rows of an import again, long after it was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.dispatch.reply import bullets, line, strong
from bot.domain import JsonValue, Payload
from bot.incidents.import_message import REFUSED, row_words, when
from bot.models import Company, ImportRun, Record, Source
from bot.render import Text, plural, to_slack
from bot.services import Services
from bot.slack import blocks

TITLE = "Refused rows"
# A view may have 100 blocks and about 250 KB; a section takes 3,000 characters.
LINES_A_BLOCK = 25
MOST_BLOCKS = 70
MOST_IMPORTS = 5
MOST_ROWS = 10
# Older ones were given up; their person still has the message with the button.
SHOWN_FOR = timedelta(days=30)
_MOST_READ = 50
_AT_ONCE = 500

Row = dict[str, JsonValue]


def import_named(session: Session, value: str) -> ImportRun | None:
    """The import a button belongs to; its value is the import's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    return session.get(ImportRun, int(value))


def still(services: Services, company: Company) -> list[Text | Payload]:
    """The rows that are refused still, the newest import first, each with a button for all.

    A row that a later file brought in, or had refused again, is no more told of the older one.
    """
    with services.sessions.read() as session:
        found = _still(session, company.id or 0, services.clock.now() - SHOWN_FOR)
    parts: list[Text | Payload] = []
    room = MOST_ROWS
    for run, rows in found[:MOST_IMPORTS]:
        head = (
            f" for {company.name}, {when(run, company)}: {plural(len(rows), 'row')} still refused"
        )
        text = line(strong(run.file), head)
        text += bullets(*(row_words(row) for row in rows[:room]))
        room = max(0, room - len(rows))
        label = f"Show {plural(run.refused_count, 'refused row')}"
        parts += [text, blocks.actions([blocks.button(label, REFUSED, str(run.id))])]
    left = sum(len(rows) for _, rows in found)
    shown = sum(len(rows) for _, rows in found[:MOST_IMPORTS])
    if left > shown:
        files = plural(len(found) - MOST_IMPORTS, "older file")
        parts.append(line(f"{plural(left - shown, 'more refused row')} of {files}."))
    return parts


def _still(session: Session, company_id: int, since: datetime) -> list[tuple[ImportRun, list[Row]]]:
    runs = session.exec(
        select(ImportRun)
        .where(ImportRun.company_id == company_id, col(ImportRun.started_at) >= since)
        .order_by(col(ImportRun.id).desc())
        .limit(_MOST_READ)
    ).all()
    told: set[tuple[int, str]] = set()
    found = []
    for run in runs:
        brought = _brought(session, run)
        keys = [(row, _key(run, row)) for row in run.refused]
        rows = [
            row
            for row, key in keys
            if key not in told and str(row.get("external_id") or "") not in brought
        ]
        told |= {key for _, key in keys} | {_key(run, {})}
        if rows:
            found.append((run, rows))
    return found


def _key(run: ImportRun, row: Row) -> tuple[int, str]:
    # A row without an id is known by its file: the same file again tells of it anew.
    given = row.get("external_id")
    return run.source_id, f"id:{given}" if given else f"file:{run.file}"


def _brought(session: Session, run: ImportRun) -> frozenset[str]:
    """Which of its refused ones came in since."""
    wanted = sorted({str(row["external_id"]) for row in run.refused if row.get("external_id")})
    rows = session.exec(
        select(Record.external_id)
        .where(
            Record.source_id == run.source_id,
            col(Record.received_at) > (run.taken_at or run.started_at),
        )
        .where(col(Record.external_id).in_(wanted[:_AT_ONCE]))
    )
    return frozenset(rows) if wanted else frozenset()


def view(services: Services, run: ImportRun) -> Payload:
    """Every refused row by its line, as many as a window holds."""
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
        source = session.get(Source, run.source_id)
    where = source.name if source else "the source"
    text = line(
        strong(run.file),
        f" for {company.name}, {when(run, company)}: {plural(run.refused_count, 'row')} refused. "
        f"Correct them in {where} and hand the file in again; what was taken in is known then.",
    )
    return blocks.modal(TITLE, [*to_slack(text), *row_blocks([row_words(r) for r in run.refused])])


def row_blocks(words: Sequence[str]) -> list[Payload]:
    """Lines in as few sections as hold them; what does not fit is counted."""
    rest = list(words)
    found: list[Payload] = []
    while rest and len(found) < MOST_BLOCKS:
        taken = _fitting(rest)
        found.append(blocks.section("\n".join(rest[:taken])))
        rest = rest[taken:]
    if rest:
        more = f"{plural(len(rest), 'more row')} refused; hand the corrected file in to see them."
        found.append(blocks.section(more))
    return found


def _fitting(lines: Sequence[str]) -> int:
    """How many lines one block takes."""
    size = 0
    for number, one in enumerate(lines[:LINES_A_BLOCK]):
        size += len(one) + 1
        if size > blocks.SECTION:
            return max(1, number)
    return min(len(lines), LINES_A_BLOCK)
