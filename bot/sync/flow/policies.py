"""Whose value stands: what a firm decided for a group of fields, or what is usual.

Usual is that a change of a list flows to the other side, that notes are the bookkeeper's, and that
nothing of a posted document changes before a person said so (docs/two-ways.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot import audit
from bot.domain import DOCUMENTS, RecordType
from bot.errors import BadInput
from bot.models import FlowPolicy, Record, Source
from bot.sync.flow.compare import Verdict
from bot.sync.flow.fields import (
    ADDRESS,
    CONTACT,
    DATES,
    IDENTITY,
    MONEY,
    NOTES,
    SETTLEMENT,
    STATE,
    fields_of,
    groups_of,
)
from bot.sync.kinds import ALL_KINDS

SOURCE, QUICKBOOKS, ASK, USUAL = "source", "quickbooks", "ask", "usual"
WINNERS = (SOURCE, QUICKBOOKS, ASK)


@dataclass(frozen=True)
class Usual:
    """Whose value stands where only QuickBooks, only the source, or both changed it."""

    theirs: str
    ours: str
    both: str

    def winner(self, verdict: Verdict) -> str:
        """Whose value stands."""
        return {Verdict.THEIRS: self.theirs, Verdict.OURS: self.ours}.get(verdict, self.both)


_LISTS: Mapping[str, Usual] = {
    IDENTITY: Usual(QUICKBOOKS, ASK, ASK),
    CONTACT: Usual(QUICKBOOKS, SOURCE, SOURCE),
    ADDRESS: Usual(QUICKBOOKS, SOURCE, SOURCE),
    MONEY: Usual(QUICKBOOKS, SOURCE, ASK),
    NOTES: Usual(QUICKBOOKS, QUICKBOOKS, QUICKBOOKS),
    STATE: Usual(QUICKBOOKS, QUICKBOOKS, QUICKBOOKS),
}
_DOCUMENTS: Mapping[str, Usual] = {
    IDENTITY: Usual(ASK, ASK, ASK),
    MONEY: Usual(ASK, ASK, ASK),
    DATES: Usual(ASK, ASK, ASK),
    STATE: Usual(ASK, ASK, ASK),
    SETTLEMENT: Usual(QUICKBOOKS, ASK, ASK),
    NOTES: Usual(QUICKBOOKS, QUICKBOOKS, QUICKBOOKS),
}


@dataclass(frozen=True)
class Row:
    """One line of the table people see: what counts, and whether somebody decided it."""

    source: str
    type: RecordType
    group: str
    counts: Usual
    decided: str = ""
    by: str = ""


def usual(kind: RecordType, group: str) -> Usual:
    """What is usual for a group of fields of a type."""
    return (_DOCUMENTS if kind in DOCUMENTS else _LISTS)[group]


def winner(session: Session, record: Record, group: str, verdict: Verdict) -> str:
    """Whose value stands now: source, quickbooks or ask."""
    row = _find(session, record.source_id, record.type, group)
    return row.winner if row is not None else usual(record.type, group).winner(verdict)


def table(session: Session, company_id: int) -> list[Row]:
    """Every group of every type of each source of a company, with what counts."""
    sources = session.exec(
        select(Source).where(Source.company_id == company_id).order_by(col(Source.name))
    ).all()
    decided = {
        (row.source_id, row.type, row.part): row
        for row in session.exec(select(FlowPolicy).where(FlowPolicy.company_id == company_id))
    }
    rows: list[Row] = []
    for source in sources:
        for kind in (kind.type for kind in ALL_KINDS if fields_of(kind.type)):
            for group in groups_of(kind):
                own = decided.get((source.id or 0, kind, group))
                word = own.winner if own is not None else ""
                counts = Usual(word, word, word) if word else usual(kind, group)
                by = own.by if own is not None else ""
                rows.append(Row(source.name, kind, group, counts, word, by))
    return rows


def decide(session: Session, source: Source, said: str, by: str, now: datetime) -> str:
    """Keep what a person decided, as `customer.contact=quickbooks`; "usual" takes it back.

    Returns what counts from now on, in words. Raises BadInput naming what is not known.
    """
    kind, group, word = _read(said)
    row = _find(session, source.id or 0, kind, group)
    before = row.winner if row is not None else USUAL
    if word == USUAL:
        if row is not None:
            session.delete(row)
    else:
        row = row or FlowPolicy(
            company_id=source.company_id,
            source_id=source.id or 0,
            type=kind,
            part=group,
            winner=word,
            by=by,
            at=now,
        )
        row.winner, row.by, row.at = word, by, now
        session.add(row)
    audit.append(
        session,
        at=now,
        actor=by,
        action="policy",
        subject=f"source:{source.id}",
        company_id=source.company_id,
        data={"what": f"{kind.value}.{group}", "was": before, "now": word},
    )
    session.flush()
    return f"{kind.words} {group} of {source.name}: {word} (before: {before})"


def _read(said: str) -> tuple[RecordType, str, str]:
    what, _, word = said.partition("=")
    name, _, group = what.strip().partition(".")
    kind = RecordType.called(name.strip())
    if kind is None or not fields_of(kind):
        known = ", ".join(one.type.value for one in ALL_KINDS if fields_of(one.type))
        msg = f"“{name}” is no type that is compared. Known: {known}."
        raise BadInput(msg)
    if group not in groups_of(kind):
        msg = f"{kind.words} has no group “{group}”. Known: {', '.join(groups_of(kind))}."
        raise BadInput(msg)
    if word.strip() not in (*WINNERS, USUAL):
        msg = f"“{word}” decides nothing. Say source, quickbooks, ask, or usual to take it back."
        raise BadInput(msg)
    if word.strip() == SOURCE and group == STATE:
        msg = "Nothing is made active, voided or deleted by a policy. Say quickbooks or ask."
        raise BadInput(msg)
    if word.strip() == SOURCE and kind is RecordType.EMPLOYEE:
        msg = "Employees are only read: payroll keeps them. Say quickbooks or ask."
        raise BadInput(msg)
    return kind, group, word.strip()


def _find(session: Session, source_id: int, kind: RecordType, group: str) -> FlowPolicy | None:
    rows = select(FlowPolicy).where(FlowPolicy.source_id == source_id)
    return session.exec(rows.where(FlowPolicy.type == kind, FlowPolicy.part == group)).first()
