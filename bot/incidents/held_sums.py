"""What several alerts hold, and what became of it: a document of two of them is counted once."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from bot.domain import IncidentState, RecordState, Waiting
from bot.models import Hold, Incident, Record
from bot.render import sums
from bot.sync.totals import totals

_AT_ONCE = 500


def waiting(session: Session, rows: Iterable[Incident]) -> Waiting:
    """Add up what the unsettled ones of these alerts hold; all are of one company."""
    subjects: dict[tuple[int, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.state is not IncidentState.RESOLVED:
            subjects[row.company_id, row.problem].append(row.subject)
    found: dict[int, Record] = {}
    for (company_id, problem), names in subjects.items():
        for start in range(0, len(names), _AT_ONCE):
            held = session.exec(
                select(Record)
                .join(Hold, col(Hold.record_id) == col(Record.id))
                .where(Hold.company_id == company_id, Hold.problem == problem)
                .where(col(Hold.subject).in_(names[start : start + _AT_ONCE]))
            )
            found |= {row.id or 0: row for row in held}
    return totals(found.values())


def posted(session: Session, rows: Iterable[Incident]) -> tuple[Waiting, int]:
    """What of the documents of these alerts is in QuickBooks, and how many they were about."""
    ids = sorted({record_id for row in rows for record_id in row.record_ids})
    found: list[Record] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        found += session.exec(select(Record).where(col(Record.id).in_(part)))
    done = totals(row for row in found if row.state is RecordState.POSTED)
    return done, totals(found).documents


def in_quickbooks(done: Waiting, brought: int) -> str:
    """Say how many of all are posted now, with their money; "" where there was no document."""
    if not brought:
        return ""
    told = sums.told(done, taxed=True, others=False)
    count = f"{done.documents:,} of {brought:,} in QuickBooks"
    return f"{count}: {told}" if told else count
