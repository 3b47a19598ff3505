"""The records a person decided not to post: which, why, who, when."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.dispatch.reply import line, strong
from bot.domain import Payload, RecordState
from bot.fixes.model import Action
from bot.incidents.parts import person
from bot.models import Company, FixRun, FixStep, Record
from bot.render import Text, clean, moment, plural, shorten
from bot.services import Services
from bot.slack import blocks
from commands.parts.documents import called

MOST = 20
_REASON = 200


def told(services: Services, company: Company) -> list[Text | Payload]:
    """List the newest skipped records of a company and count the rest; [] when none is."""
    with services.sessions.read() as session:
        rows, count = _newest(session, company)
        decided = _decided(session, company, rows)
    if not rows:
        return []
    items = [_item(company, row, decided.get(row.id or 0)) for row in rows]
    more = count - len(rows)
    if more > 0:
        items.append([blocks.words(f"and {plural(more, 'older one')}")])
    head = f" · {plural(count, 'record')} not posted on purpose"
    return [line(strong(company.name), head), blocks.rich_text(blocks.bullets(items))]


def _newest(session: Session, company: Company) -> tuple[list[Record], int]:
    own = (Record.company_id == company.id, Record.state == RecordState.SKIPPED)
    rows = session.exec(select(Record).where(*own).order_by(col(Record.id).desc()).limit(MOST))
    return list(rows), session.exec(select(func.count()).select_from(Record).where(*own)).one()


def _decided(
    session: Session, company: Company, rows: Sequence[Record]
) -> Mapping[int, tuple[str, datetime | None]]:
    """Who decided it and when, by record."""
    wanted = {row.id for row in rows}
    steps = session.exec(
        select(FixStep.change, FixStep.done_at, FixRun.approved_by)
        .join(FixRun, col(FixRun.id) == col(FixStep.run_id))
        .where(FixRun.company_id == company.id, FixStep.action == Action.SKIP.value)
        .where(FixStep.state == "done")
        .order_by(col(FixStep.id))
    )
    return {
        int(change["record_id"]): (by, at)
        for change, at, by in steps
        if change.get("record_id") in wanted
    }


def _item(
    company: Company, row: Record, decided: tuple[str, datetime | None] | None
) -> list[Payload]:
    by, at = decided or ("", None)
    reason = shorten(clean(row.skip_reason), _REASON) or "no reason was kept"
    item = [blocks.words(called(row), bold=True), blocks.words(f": {reason}")]
    if by:
        item += [blocks.words(" · "), person(by)]
    return [*item, blocks.words(f", {moment(at, company.time_zone)}")] if at else item
