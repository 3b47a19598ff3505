"""How a sync that somebody asked for ended, told from what is true now."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.dispatch.reply import line, strong
from bot.domain import ConnectionState, RecordState
from bot.models import Company, Connection, Hold, Record, SyncRun
from bot.render import Text, sums
from bot.services import Services
from bot.sync.posted_sums import posted_since
from commands.parts import documents
from commands.parts.held import stuck
from commands.parts.standing import how_many, waiting


def end(services: Services, run: SyncRun) -> Text:
    """Say honestly how a run ended: posted, still waiting and why, held by which problems."""
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
        asked = document(session, run)
        posted = posted_since(session, run.company_id, run.started_at)
        differing = _since(session, run.company_id, run.started_at, RecordState.POSTED)
        left = how_many(waiting(session, run.company_id))
    if asked is not None:
        stopped = asked.state is RecordState.WAITING
        rest = line(_rest(services, company, run, left)) if stopped else Text()
        return documents.ended(services, company, asked, run.started_at) + rest
    count = how_many(posted)
    words = f"{count:,} posted: {sums.told(posted)}." if count else "nothing was posted."
    if differing:
        words += (
            f" {differing:,} of what is in QuickBooks has another total than the source says: "
            "the alert shows both."
        )
    rest_words = _rest(services, company, run, left)
    kept = stuck(services, company)
    if not rest_words and not count and kept == Text():
        rest_words = "Nothing to do."
    said = f": {words} {rest_words}".rstrip()
    return line(strong(company.name), said) + kept


def document(session: Session, run: SyncRun) -> Record | None:
    """The document that was asked for by its number."""
    wanted = run.report.get("document")
    return session.get(Record, int(wanted)) if wanted is not None else None


def held_since(session: Session, company_id: int, since: datetime) -> int:
    """Count the records that are held and were not before that moment."""
    return _since(session, company_id, since, RecordState.HELD)


def connection(services: Services, company: Company) -> ConnectionState:
    """The state of a company's permission."""
    with services.sessions.read() as session:
        row = session.get(Connection, company.id)
    return row.state if row else ConnectionState.NEVER


def _since(session: Session, company_id: int, since: datetime, state: RecordState) -> int:
    return session.exec(
        select(func.count(func.distinct(col(Hold.record_id))))
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Hold.since >= since, Record.state == state)
    ).one()


def _rest(services: Services, company: Company, run: SyncRun, left: int) -> str:
    """What still waits and why."""
    waits = f"{left:,} still {'waits' if left == 1 else 'wait'}"
    if connection(services, company) is not ConnectionState.CONNECTED:
        return f"The connection to QuickBooks is lost; {waits}. Next: /qb-reconnect {company.name}."
    stopped = str(run.report.get("stopped") or "")
    if stopped:
        return f"QuickBooks stopped it: {stopped} It is tried again by itself."
    if run.finished_at is None:
        return f"{waits}; it goes on by itself, /qb-status shows how far it is."
    if left and not run.report.get("only"):
        return f"{waits}; they are tried again by themselves."
    return ""
