"""How a sync that somebody asked for ended, told from what is true now."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from bot.dispatch.reply import line, strong
from bot.domain import ConnectionState, RecordState, Waiting
from bot.models import Company, Connection, Hold, Record, SyncRun
from bot.render import Text, sums
from bot.services import Services
from bot.sync.posted_sums import posted_since
from commands.parts import documents
from commands.parts.held import Scope, stuck
from commands.parts.standing import how_many, waiting


def end(services: Services, run: SyncRun) -> Text:
    """Say honestly how a run ended: posted, still waiting and why, held by which problems."""
    with services.sessions.read() as session:
        company = session.get_one(Company, run.company_id)
        asked = asked_for(session, run)
        posted = posted_since(session, run.company_id, run.started_at)
        differing = _since(session, run.company_id, run.started_at, RecordState.POSTED)
        chosen = [int(one) for one in run.report.get("only") or ()]
        left = waiting(session, run.company_id, chosen)
    if asked:
        stopped = any(one.state is RecordState.WAITING for one in asked)
        rest = line(_rest(services, company, run, left)) if stopped else Text()
        return _each(services, company, run, asked) + rest
    count = how_many(posted)
    words = f"{count:,} posted: {sums.told(posted)}." if count else "nothing was posted."
    if differing:
        words += (
            f" {differing:,} of what is in QuickBooks has another total than the source says: "
            "the alert shows both."
        )
    rest_words = _rest(services, company, run, left)
    kept = stuck(services, company, Scope.of(run.report))
    if not rest_words and not count and kept == Text():
        rest_words = "Nothing to do."
    said = f": {words} {rest_words}".rstrip()
    return line(strong(company.name), said) + kept


def _each(services: Services, company: Company, run: SyncRun, asked: Sequence[Record]) -> Text:
    """What became of each document that was asked for by its number."""
    if len(asked) == 1:
        return documents.ended(services, company, asked[0], run.started_at)
    there = sum(one.state is RecordState.POSTED for one in asked)
    said = line(strong(company.name), f": {there} of {len(asked)} documents are in QuickBooks.")
    for one in asked:
        said += documents.place(services, company, one, tried=True)
    return said


def asked_for(session: Session, run: SyncRun) -> Sequence[Record]:
    """The documents that were asked for by their numbers, in that order."""
    wanted = [int(one) for one in run.report.get("documents", ())]
    rows = session.exec(select(Record).where(col(Record.id).in_(wanted))).all() if wanted else ()
    return sorted(rows, key=lambda row: wanted.index(row.id or 0))


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


def _rest(services: Services, company: Company, run: SyncRun, left: Waiting) -> str:
    """What still waits and why."""
    count = how_many(left)
    still = f"still {'waits' if count == 1 else 'wait'}"
    waits = f"{sums.told(left)}, {still}" if count else "nothing of it waits"
    if connection(services, company) is not ConnectionState.CONNECTED:
        return f"The connection to QuickBooks is lost; {waits}. Next: /qb-reconnect {company.name}."
    stopped = str(run.report.get("stopped") or "")
    if stopped:
        if run.report.get("documents") or not count:
            return f"QuickBooks stopped it: {stopped}"
        again = "It is" if count == 1 else "They are"
        itself = "itself" if count == 1 else "themselves"
        return f"{waits}: {stopped} {again} tried again by {itself}."
    if run.finished_at is None:
        return f"{waits}; it goes on by itself, /qb-status shows how far it is."
    # A document that was named says this itself.
    if count and not run.report.get("documents"):
        again = (
            "it is tried again by itself" if count == 1 else "they are tried again by themselves"
        )
        return f"{waits}; {again}."
    return ""
