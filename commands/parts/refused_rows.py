"""The window that shows the refused rows of an import again, long after it was read."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.dispatch.reply import line, strong
from bot.domain import Payload
from bot.incidents.import_message import REFUSED, row_words, when
from bot.models import Company, ImportRun, Source
from bot.render import Text, plural, to_slack
from bot.services import Services
from bot.slack import blocks

TITLE = "Refused rows"
# A view may have 100 blocks and about 250 KB; a section takes 3,000 characters.
LINES_A_BLOCK = 25
MOST_BLOCKS = 70
MOST_IMPORTS = 3
# Older ones were corrected or given up; their person still has the message with the button.
SHOWN_FOR = timedelta(days=7)


def import_named(session: Session, value: str) -> ImportRun | None:
    """The import a button belongs to; its value is the import's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    return session.get(ImportRun, int(value))


def last(services: Services, company: Company) -> list[Text | Payload]:
    """The company's last imports with refused rows, each with the button that shows them."""
    with services.sessions.read() as session:
        runs = _recent(session, company.id or 0, services.clock.now() - SHOWN_FOR)
    parts: list[Text | Payload] = []
    for run in runs:
        label = f"Show {plural(run.refused_count, 'refused row')}"
        text = line(strong(run.file), f" for {company.name}, {when(run, company)}")
        parts += [text, blocks.actions([blocks.button(label, REFUSED, str(run.id))])]
    return parts


def _recent(session: Session, company_id: int, since: datetime) -> list[ImportRun]:
    return list(
        session.exec(
            select(ImportRun)
            .where(ImportRun.company_id == company_id, ImportRun.refused_count > 0)
            .where(ImportRun.started_at >= since)
            .order_by(col(ImportRun.id).desc())
            .limit(MOST_IMPORTS)
        )
    )


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
