"""How a company stands: connection, what waits with its money, what was posted, what is open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from bot.domain import ConnectionState, IncidentState, RecordState, RecordType, Waiting
from bot.models import Company, Connection, Hold, Incident, Record, Source
from bot.render import moment, plural
from bot.render.sums import told
from bot.services import Services
from bot.sync.posted_sums import posted_since
from bot.sync.totals import Sum, add_up

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
    # Since when the oldest of what waits is here.
    oldest: datetime | None
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
            oldest=session.exec(
                select(func.min(Record.received_at)).where(
                    Record.company_id == company_id, Record.state == RecordState.WAITING
                )
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


def waiting(session: Session, company_id: int, only: Collection[int] = ()) -> Waiting:
    """Add up what would be posted now (of these records): no problem of its own holds it."""
    which = col(Record.id).in_(only) if only else True
    waits = Record.state == RecordState.WAITING
    return _totals(session, Record.company_id == company_id, waits, which)


def held(
    session: Session,
    company_id: int,
    types: Collection[RecordType] = tuple(RecordType),
    source: str = "",
) -> Waiting:
    """Add up what some problem holds (of these types, of this source)."""
    return _totals(
        session,
        Record.company_id == company_id,
        Record.state == RecordState.HELD,
        col(Record.type).in_(tuple(types)),
        _is_of(company_id, source),
    )


def _is_of(company_id: int, source: str) -> ColumnElement[bool] | bool:
    """Whether a record was handed over by the source of this name; "" is every source."""
    if not source:
        return True
    own = select(Source.id).where(Source.company_id == company_id, Source.name == source)
    return col(Record.source_id).in_(own)


def unposted(session: Session, company_id: int) -> Waiting:
    """Add up all that is not posted, waiting and held alike."""
    return _totals(session, Record.company_id == company_id, col(Record.state).in_(UNPOSTED))


def held_by(session: Session, company_id: int, problem: str, subject: str) -> Waiting:
    """Add up what one cause holds; a record with two causes counts under both."""
    records = select(Hold.record_id).where(
        Hold.company_id == company_id, Hold.problem == problem, Hold.subject == subject
    )
    return _totals(session, Record.state == RecordState.HELD, col(Record.id).in_(records))


def cause_keys(
    session: Session,
    company_id: int,
    types: Collection[RecordType] = tuple(RecordType),
    source: str = "",
) -> list[tuple[str, str]]:
    """The different causes (problem, subject) that hold records back, oldest first."""
    rows = session.exec(
        select(Hold.problem, Hold.subject)
        .join(Record, col(Record.id) == col(Hold.record_id))
        .where(Hold.company_id == company_id, Record.state == RecordState.HELD)
        .where(col(Record.type).in_(tuple(types)), _is_of(company_id, source))
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
    return add_up(Sum(*row) for row in rows)


def how_many(found: Waiting) -> int:
    """Count all records, documents or not."""
    return found.documents + found.other_count


def waits(found: Waiting) -> str:
    """Say what waits: "2 invoices, $40.00, wait", or "nothing waits"."""
    if not how_many(found):
        return "nothing waits"
    comma = "," if _has_money(found) else ""
    return f"{told(found)}{comma} {'waits' if how_many(found) == 1 else 'wait'}"


def are_held(found: Waiting, roots: int, verb: str = "") -> str:
    """Say what is held: "3 invoices, $90.00, held by 1 problem"; "" when nothing is."""
    if not how_many(found):
        return ""
    by = plural(roots, "problem") if roots else "a problem"
    words = f"{verb} held by {by}".strip()
    return f"{told(found)}{', ' if _has_money(found) else ' '}{words}"


def _has_money(found: Waiting) -> bool:
    """Whether an amount stands among its words, which a comma ends."""
    named = (found.sales_count, found.cash_count, found.purchase_count, found.entry_amount)
    return any(named)


def ago(services: Services, then: datetime, time_zone: str) -> str:
    """Say when: "just now", "4 min ago", or the moment in the company's time zone."""
    minutes = int((services.clock.now() - then).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 60 else moment(then, time_zone)
