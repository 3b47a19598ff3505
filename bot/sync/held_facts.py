"""The facts of an alert that a check finds by itself, with whatever waits on the same cause.

They are the same as those of the held records' own finding, so that both tell one story.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.domain import Finding, RecordState
from bot.models import Company, Hold, Record, Source
from bot.sync import staying
from bot.sync.already import adopted
from bot.sync.causes import Cause
from bot.sync.totals import totals, waiting_facts


def finding(session: Session, company: Company, cause: Cause) -> Finding:
    """Make the finding of a cause, with the documents and the money that wait on it."""
    own = select(Hold).where(Hold.company_id == company.id)
    own = own.where(Hold.problem == cause.problem, Hold.subject == cause.subject)
    holds = session.exec(own.order_by(col(Hold.id))).all()
    ids = [hold.record_id for hold in holds]
    records = session.exec(select(Record).where(col(Record.id).in_(ids))).all() if ids else []
    sources = session.exec(select(Source).where(Source.company_id == company.id)).all()
    names = {row.id or 0: row.name for row in sources}
    since = min((hold.since for hold in holds), default=None)
    facts = {**cause.facts, **waiting_facts(company, names, records, since)}
    if holds:
        root = min(holds, key=lambda one: (one.cause_record_id is not None, one.since, one.id))
        facts = {**cause.facts, **root.facts, **waiting_facts(company, names, records, since)}
    if not facts["source"]:
        source_id = int(cause.facts.get("source_id") or 0)
        facts["source"] = names.get(source_id) or ", ".join(sorted(names.values()))
    facts["alone"] = _alone(session, records)
    return Finding(cause.problem, cause.subject, facts, tuple(ids))


def _alone(session: Session, records: Sequence[Record]) -> int:
    """How many documents wait for this cause and no other one, and are not asked about after it."""
    shared = adopted.found_otherwise(session, records) | {
        record_id
        for record_id in [row.id for row in records]
        if len(session.exec(select(Hold.id).where(Hold.record_id == record_id)).all()) > 1
    }
    unposted = [row for row in records if row.state is not RecordState.POSTED]
    return totals(staying.parted(unposted, lambda row: row.id in shared)[0]).documents
