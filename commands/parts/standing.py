"""How a company stands: connection, what waits with its money, what was posted, what is open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bot.domain import (
    CASH_DOCUMENTS,
    SALES_DOCUMENTS,
    ConnectionState,
    IncidentState,
    RecordState,
    Waiting,
)
from bot.models import Company, Connection, Hold, Incident, Record
from bot.render import listed, moment, money, plural
from bot.services import Services


@dataclass(frozen=True)
class Standing:
    """Everything /qb-status says about one company."""

    company: Company
    connection: Connection | None
    posted_today: Waiting
    waiting: Waiting
    held: int
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
            held=held_records(session, company_id),
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
    """Add up what is not posted, whatever the reason: held and waiting alike."""
    return _totals(
        session,
        Record.company_id == company_id,
        col(Record.state).in_((RecordState.WAITING, RecordState.HELD)),
    )


def posted_since(session: Session, company_id: int, since: datetime) -> Waiting:
    """Add up what was posted since a moment."""
    return _totals(
        session,
        Record.company_id == company_id,
        Record.state == RecordState.POSTED,
        col(Record.posted_at) >= since,
    )


def held_records(session: Session, company_id: int) -> int:
    """Count the records that some problem holds."""
    return session.exec(
        select(func.count())
        .select_from(Record)
        .where(Record.company_id == company_id, Record.state == RecordState.HELD)
    ).one()


def causes(session: Session, company_id: int, since: datetime | None = None) -> int:
    """Count the different causes that hold records (those that hold since a moment)."""
    rows = select(Hold.problem, Hold.subject).where(Hold.company_id == company_id).distinct()
    if since is not None:
        rows = rows.where(Hold.since >= since)
    return len(session.exec(rows).all())


def _totals(session: Session, *where: ColumnElement[bool] | bool) -> Waiting:
    rows = session.exec(
        select(Record.type, Record.currency, func.count(), func.sum(Record.amount))
        .where(*where)
        .group_by(col(Record.type), col(Record.currency))
    ).all()
    sales: dict[str, Decimal] = {}
    cash: dict[str, Decimal] = {}
    counts = {"sales": 0, "cash": 0, "other": 0}
    for kind, currency, count, amount in rows:
        part, sums = _part(kind, sales, cash)
        counts[part] += count
        if sums is not None:
            sums[currency] = sums.get(currency, Decimal()) + (amount or Decimal())
    return Waiting(counts["sales"], sales, counts["cash"], cash, counts["other"])


def _part(
    kind: str, sales: dict[str, Decimal], cash: dict[str, Decimal]
) -> tuple[str, dict[str, Decimal] | None]:
    if kind in SALES_DOCUMENTS:
        return "sales", sales
    return ("cash", cash) if kind in CASH_DOCUMENTS else ("other", None)


def counted(found: Waiting, *, amounts: bool = True) -> str:
    """Say what it is: "12 invoices, $1,240.00, and 3 payments, $310.00"; "" for nothing."""
    parts = []
    if found.sales_count:
        parts.append(_with(plural(found.sales_count, "invoice"), found.sales_amount, amounts))
    if found.cash_count:
        parts.append(_with(plural(found.cash_count, "payment"), found.cash_amount, amounts))
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
