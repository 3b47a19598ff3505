"""What several alerts hold, and what became of it: a document of two of them is counted once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.domain import IncidentState, RecordState, Waiting
from bot.incidents import changed
from bot.incidents.parts import counted_done
from bot.models import Hold, Incident, Record
from bot.render import plural, sums
from bot.sync import links
from bot.sync.totals import totals

_AT_ONCE = 500


def waiting(session: Session, rows: Iterable[Incident]) -> Waiting:
    """Add up what the unsettled ones of these alerts hold; all are of one company.

    What is in QuickBooks and only differs does not wait, and is counted nowhere.
    """
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
                .where(col(Record.state) != RecordState.POSTED)
            )
            found |= {row.id or 0: row for row in held}
    return totals(found.values())


@dataclass(frozen=True)
class Done:
    """What became of documents: posted, or linked to what was in QuickBooks before.

    `brought` counts all of them.
    """

    posted: Waiting
    linked: int
    brought: int

    def title(self) -> str:
        """The end of a settled title: " · 14 documents posted", or linked where none was; or ""."""
        return counted_done(self.posted.documents, self.linked)

    def words(self) -> str:
        """Say how many of all are there now, with the money posted; "" where there was none."""
        if not self.brought:
            return ""
        count = f"{self.posted.documents + self.linked:,} of {self.brought:,} in QuickBooks"
        told = sums.told(self.posted, taxed=True, others=False)
        said = f"{count}: {told}" if told else count
        linked = f"{plural(self.linked, 'document')} linked to what was there before"
        return f"{said}; {linked}" if self.linked else said


def done(session: Session, rows: Iterable[Incident]) -> Done:
    """What of the documents of these alerts is in QuickBooks, and how many they were about.

    Alerts about what was posted before they came have brought none there.
    """
    rows = [row for row in rows if not changed.is_posted(row.problem)]
    ids = sorted({record_id for row in rows for record_id in row.record_ids})
    found: list[Record] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        found += session.exec(select(Record).where(col(Record.id).in_(part)))
    there = [row for row in found if row.state is RecordState.POSTED]
    linked = links.only_linked(session, there)
    posted = totals(row for row in there if row.id not in linked)
    return Done(
        posted,
        totals(row for row in there if row.id in linked).documents,
        totals(found).documents,
    )
