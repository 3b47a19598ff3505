"""Holds: which records wait for which cause, and letting them go again."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache

from sqlalchemy import bindparam, delete, exists, update
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain import RecordState
from bot.models import Hold, Record
from bot.sync import told
from bot.sync.causes import AFTER_POSTING, Cause

_AT_ONCE = 500


def hold(session: Session, record: Record, causes: Iterable[Cause], now: datetime) -> None:
    """Make these causes the record's only holds; one that stood already keeps its date."""
    standing = {
        (row.problem, row.subject): row
        for row in session.exec(select(Hold).where(Hold.record_id == record.id))
    }
    causes = tuple(causes)
    news = any((cause.problem, cause.subject) not in standing for cause in causes)
    for cause in causes:
        row = standing.pop((cause.problem, cause.subject), None) or Hold(
            company_id=record.company_id,
            record_id=record.id or 0,
            problem=cause.problem,
            subject=cause.subject,
            since=now,
        )
        row.facts, row.cause_record_id = dict(cause.facts), cause.cause_record_id
        session.add(row)
    for row in standing.values():
        session.delete(row)
    session.flush()
    if news:
        told.held(session, record, causes, now)


def hold_also(session: Session, record: Record, cause: Cause, now: datetime) -> None:
    """Add a cause to those that hold the record already; the same one again takes its facts."""
    others = session.exec(select(Hold).where(Hold.record_id == record.id)).all()
    stay = [
        Cause(row.problem, row.subject, row.facts, row.cause_record_id)
        for row in others
        if (row.problem, row.subject) != (cause.problem, cause.subject)
    ]
    hold(session, record, [*stay, cause], now)


def adjust(
    session: Session, record: Record, add: Iterable[Cause], drop: Iterable[Hold], now: datetime
) -> None:
    """Add causes to a held record and drop others; without any left it is WAITING again."""
    for cause in add:
        hold_also(session, record, cause, now)
    _drop(session, drop)


def release(session: Session, company_id: int, problem: str, subject: str) -> list[int]:
    """Drop every hold of one cause; return the records that now wait for nothing else.

    They are WAITING again and due at once, in the order they have to be posted.
    """
    return release_subjects(session, company_id, (problem,), (subject,))


def release_waiting(session: Session, company_id: int, problem: str, subject: str) -> list[int]:
    """As `release`, but what is noted of a document that is posted stays known."""
    rows = session.exec(
        select(Hold)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Hold.problem == problem, Hold.subject == subject)
        .where(col(Record.state) != RecordState.POSTED)
    ).all()
    return _drop(session, rows)


def release_subjects(
    session: Session, company_id: int, problems: Collection[str], subjects: Collection[str]
) -> list[int]:
    """As `release`, for several problems and subjects at once."""
    rows = session.exec(
        select(Hold)
        .where(Hold.company_id == company_id)
        .where(col(Hold.problem).in_(problems))
        .where(col(Hold.subject).in_(subjects))
    ).all()
    return _drop(session, rows)


def release_record(session: Session, record_id: int) -> list[int]:
    """Drop a record's own holds and those of the records it held up; return who may go now."""
    return release_records(session, [record_id])


def release_records(session: Session, record_ids: list[int]) -> list[int]:
    """As `release_record`, for several records at once."""
    found: dict[int | None, Hold] = {}
    for part in _parts(record_ids):
        # Two questions, each with its own index, instead of one with OR.
        for column in ("record_id", "cause_record_id"):
            found |= {row.id: row for row in session.exec(_with(column), params={"ids": part})}
    return _drop(session, found.values())


@cache
def _with(column: str) -> SelectOfScalar[Hold]:
    return select(Hold).where(col(getattr(Hold, column)).in_(bindparam("ids", expanding=True)))


def release_until(session: Session, company_id: int, problem: str, day: date) -> list[int]:
    """Drop the holds of one problem on documents dated up to a day, and what these held up."""
    found = session.exec(
        select(Hold.record_id)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Hold.problem == problem)
        .where(col(Hold.cause_record_id).is_(None), col(Record.doc_date) <= day)
    ).all()
    return [freed for record_id in found for freed in release_record(session, record_id)]


def are_any(session: Session, company_id: int) -> bool:
    """Say whether anything of a company is held, or noted of what is posted."""
    return session.exec(_any(), params={"company_id": company_id}).first() is not None


@cache
def _any() -> SelectOfScalar[int]:
    return select(Hold.record_id).where(col(Hold.company_id) == bindparam("company_id")).limit(1)


def release_orphans(session: Session, company_id: int) -> list[int]:
    """Drop holds whose causing record has meanwhile been posted or linked by somebody else."""
    return _drop(session, session.exec(_orphans(), params={"company_id": company_id}).all())


@cache
def _orphans() -> SelectOfScalar[Hold]:
    posted = exists().where(
        col(Record.id) == col(Hold.cause_record_id), col(Record.state) == RecordState.POSTED
    )
    return (
        select(Hold)
        .where(col(Hold.company_id) == bindparam("company_id"))
        .where(col(Hold.cause_record_id).is_not(None))
        .where(col(Hold.problem).not_in(AFTER_POSTING))
        .where(posted)
    )


def waiting_records(session: Session, company_id: int, problem: str, subject: str) -> list[Record]:
    """Return the records one cause keeps from being posted, in the order they have to be.

    A document that is posted and only differs waits for nothing.
    """
    return list(
        session.exec(
            select(Record)
            .join(Hold, col(Hold.record_id) == col(Record.id))
            .where(Hold.company_id == company_id)
            .where(Hold.problem == problem)
            .where(Hold.subject == subject)
            .where(Record.state != RecordState.POSTED)
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def _drop(session: Session, rows: Iterable[Hold]) -> list[int]:
    rows = list(rows)
    if not rows:
        return []
    for part in _parts([row.id for row in rows if row.id is not None]):
        session.exec(delete(Hold).where(col(Hold.id).in_(part)))
    for row in rows:
        session.expunge(row)
    freed: list[int] = []
    for part in _parts(sorted({row.record_id for row in rows})):
        freed += _free(session, part)
    order = select(Record.id).order_by(col(Record.tier), col(Record.id))
    ordered: list[int] = []
    for part in _parts(freed):
        found = session.exec(order.where(col(Record.id).in_(part)))
        ordered += [identity for identity in found if identity is not None]
    return ordered


def _free(session: Session, record_ids: list[int]) -> list[int]:
    """Turn those of the records without another hold back to WAITING."""
    held = ~exists().where(col(Hold.record_id) == col(Record.id))
    free = session.exec(
        select(Record.id)
        .where(col(Record.id).in_(record_ids))
        .where(Record.state == RecordState.HELD)
        .where(held)
    ).all()
    identities = [identity for identity in free if identity is not None]
    session.exec(
        update(Record)
        .where(col(Record.id).in_(identities))
        .values(state=RecordState.WAITING, not_before=None)
        .execution_options(synchronize_session="fetch")
    )
    if identities:
        told.released(session, identities)
    return identities


def _parts(identities: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(identities), _AT_ONCE):
        yield identities[start : start + _AT_ONCE]
