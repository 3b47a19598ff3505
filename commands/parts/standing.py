"""How a company stands: connection, what waits with its money, what was posted, what is open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bot.domain import (
    CASH_DOCUMENTS,
    PURCHASE_DOCUMENTS,
    SALES_DOCUMENTS,
    ConnectionState,
    IncidentState,
    RecordState,
    RecordType,
    Waiting,
)
from bot.models import Company, Connection, Hold, Incident, Record
from bot.render import listed, moment, money, plural
from bot.services import Services

UNPOSTED = (RecordState.WAITING, RecordState.HELD)


@dataclass(frozen=True)
class Standing:
    """Everything /qb-status says about one company.

    `waiting` would go now; `held` is what some problem keeps back. No record is in both.
    """

    company: Company
    connection: Connection | None
    posted_today: Waiting
    waiting: Waiting
    held: Waiting
    causes: int
    open_problems: int
    paused: int
    last_post: datetime | None
    lost_incident_id: int | None

    @property
    def is_lost(self) -> bool:
        """Whether QuickBooks no longer accepts our permission."""
        return self.connection is not None and self.connection.state is ConnectionState.LOST

    @property
    def is_connected(self) -> bool:
        """Whether documents can be posted."""
        return self.connection is not None and self.connection.state is ConnectionState.CONNECTED


def standing(services: Services, company: Company) -> Standing:
    """Read how a company stands; a few aggregates, no network."""
    company_id = company.id or 0
    midnight = datetime.combine(
        services.clock.today(company.time_zone), time(), ZoneInfo(company.time_zone)
    ).astimezone(UTC)
    with services.sessions.read() as session:
        incidents = _open(session, company_id)
        return Standing(
            company=company,
            connection=session.get(Connection, company_id),
            posted_today=posted_since(session, company_id, midnight),
            waiting=waiting(session, company_id),
            held=held(session, company_id),
            causes=len(cause_keys(session, company_id)),
            open_problems=sum(1 for row in incidents if row.paused_by_id is None),
            paused=sum(1 for row in incidents if row.paused_by_id is not None),
            last_post=session.exec(
                select(func.max(Record.posted_at)).where(Record.company_id == company_id)
            ).one(),
            lost_incident_id=next(
                (row.id for row in incidents if row.problem == "connection_lost"), None
            ),
        )


def _open(session: Session, company_id: int) -> Sequence[Incident]:
    return session.exec(
        select(Incident).where(
            Incident.company_id == company_id,
            col(Incident.state) != IncidentState.RESOLVED,
        )
    ).all()


def waiting(session: Session, company_id: int) -> Waiting:
    """Add up what would be posted now: no problem of its own holds it."""
    return _totals(session, Record.company_id == company_id, Record.state == RecordState.WAITING)


def held(
    session: Session, company_id: int, types: Collection[RecordType] = tuple(RecordType)
) -> Waiting:
    """Add up what some problem holds (of these types)."""
    return _totals(
        session,
        Record.company_id == company_id,
        Record.state == RecordState.HELD,
        col(Record.type).in_(tuple(types)),
    )


def unposted(session: Session, company_id: int) -> Waiting:
    """Add up all that is not posted, waiting and held alike."""
    return _totals(session, Record.company_id == company_id, col(Record.state).in_(UNPOSTED))


def held_by(session: Session, company_id: int, problem: str, subject: str) -> Waiting:
    """Add up what one cause holds; a record with two causes counts under both."""
    records = select(Hold.record_id).where(
        Hold.company_id == company_id, Hold.problem == problem, Hold.subject == subject
    )
    return _totals(session, Record.state == RecordState.HELD, col(Record.id).in_(records))


def posted_since(session: Session, company_id: int, since: datetime) -> Waiting:
    """Add up what was posted since a moment."""
    return _totals(
        session,
        Record.company_id == company_id,
        Record.state == RecordState.POSTED,
        col(Record.posted_at) >= since,
    )


def cause_keys(
    session: Session, company_id: int, types: Collection[RecordType] = tuple(RecordType)
) -> list[tuple[str, str]]:
    """The different causes (problem, subject) that hold records back, oldest first."""
    rows = session.exec(
        select(Hold.problem, Hold.subject)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Record.state == RecordState.HELD)
        .where(col(Record.type).in_(tuple(types)))
        .group_by(col(Hold.problem), col(Hold.subject))
        .order_by(func.min(Hold.since))
    )
    return [(problem, subject) for problem, subject in rows]


def _totals(session: Session, *where: ColumnElement[bool] | bool) -> Waiting:
    rows = session.exec(
        select(Record.type, Record.currency, func.count(), func.sum(Record.amount))
        .where(*where)
        .group_by(col(Record.type), col(Record.currency))
    ).all()
    sales: dict[str, Decimal] = {}
    cash: dict[str, Decimal] = {}
    bills: dict[str, Decimal] = {}
    by_part = {"sales": sales, "cash": cash, "bills": bills}
    counts = dict.fromkeys((*by_part, "other"), 0)
    for kind, currency, count, amount in rows:
        part = _part(kind)
        counts[part] += count
        sums = by_part.get(part)
        if sums is not None:
            sums[currency] = sums.get(currency, Decimal()) + (amount or Decimal())
    others, owed = counts["other"], counts["bills"]
    return Waiting(counts["sales"], sales, counts["cash"], cash, others, owed, bills)


def _part(kind: str) -> str:
    if kind in SALES_DOCUMENTS:
        return "sales"
    if kind in PURCHASE_DOCUMENTS:
        return "bills"
    return "cash" if kind in CASH_DOCUMENTS else "other"


def how_many(found: Waiting) -> int:
    """Count all records, documents or not."""
    return found.documents + found.other_count


def waits(found: Waiting) -> str:
    """Say what waits: "2 invoices, $40.00, wait", or "nothing waits"."""
    if not how_many(found):
        return "nothing waits"
    comma = "," if found.documents else ""
    return f"{counted(found)}{comma} {'waits' if how_many(found) == 1 else 'wait'}"


def are_held(found: Waiting, roots: int, verb: str = "") -> str:
    """Say what is held: "3 invoices, $90.00, held by 1 problem"; "" when nothing is."""
    if not how_many(found):
        return ""
    by = plural(roots, "problem") if roots else "a problem"
    words = f"{verb} held by {by}".strip()
    return f"{counted(found)}{', ' if found.documents else ' '}{words}"


def counted(found: Waiting, *, amounts: bool = True) -> str:
    """Say what it is: "12 invoices, $1,240.00, and 3 payments, $310.00"; "" for nothing."""
    parts = []
    if found.sales_count:
        parts.append(_with(plural(found.sales_count, "invoice"), found.sales_amount, amounts))
    if found.cash_count:
        parts.append(_with(plural(found.cash_count, "payment"), found.cash_amount, amounts))
    if found.purchase_count:
        parts.append(_with(plural(found.purchase_count, "bill"), found.purchase_amount, amounts))
    if found.other_count and not parts:
        parts.append(plural(found.other_count, "customer or item", "customers and items"))
    elif found.other_count:
        parts.append(plural(found.other_count, "other record"))
    return f", {'and '}".join(parts) if len(parts) == 2 else listed(parts)


def _with(words: str, sums: Mapping[str, Decimal], amounts: bool) -> str:
    return f"{words}, {money(dict(sums))}" if amounts and sums else words


def ago(services: Services, then: datetime, time_zone: str) -> str:
    """Say when: "just now", "4 min ago", or the moment in the company's time zone."""
    minutes = int((services.clock.now() - then).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 60 else moment(then, time_zone)
