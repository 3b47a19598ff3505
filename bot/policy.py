"""A company's policy: its channel, its days, who may what; set from both doors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from bot import audit
from bot.domain import Payload, Role
from bot.errors import BadInput
from bot.models import Company, Connection, RoleGrant
from bot.services import Services


@dataclass(frozen=True)
class CompanySpec:
    """What `connect` was told; None leaves a value as it is.

    `no_tax_filed` takes the day back up to which sales tax is filed.
    """

    name: str
    channel: str | None = None
    time_zone: str | None = None
    tax_filed_through: date | None = None
    no_tax_filed: bool = False
    people: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)


def make_or_update(services: Services, spec: CompanySpec, actor: str = "") -> Company:
    """Make the company of that name, or change what was named. Raises BadInput.

    `actor` is the Slack user who wants it, "" for whoever runs this machine.
    """
    now = services.clock.now()
    _validate(spec)
    with services.sessions.write() as session:
        company = _by_name(session, spec.name)
        _own_channel(session, spec)
        if company is None:
            if spec.channel is None:
                msg = f"{spec.name} is new: name its Slack channel with --channel C…"
                raise BadInput(msg)
            company = Company(name=spec.name, channel_id=spec.channel, created_at=now)
        before = _settings(company) if company.id else {}
        _change(company, spec)
        if spec.tax_filed_through is not None:
            refuse_future_filing(company.tax_filed_through, company.time_zone, now)
        session.add(company)
        session.flush()
        assert company.id is not None
        if session.get(Connection, company.id) is None:
            session.add(Connection(company_id=company.id))
        _grant(session, company.id, spec.people)
        audit.append(
            session,
            at=now,
            actor=actor,
            action="company.set",
            subject=f"company:{company.id}",
            company_id=company.id,
            data={"before": before, "after": _settings(company), "people": _named(spec)},
        )
    return company


def _own_channel(session: Session, spec: CompanySpec) -> None:
    """One channel, one client: nobody sees another client's names or money (accounting rule 21)."""
    other = session.exec(
        select(Company).where(
            Company.channel_id == spec.channel,
            func.lower(Company.name) != spec.name.strip().lower(),
        )
    ).first()
    if spec.channel is not None and other is not None:
        msg = f"{spec.channel} is the channel of {other.name}. Give {spec.name} one of its own."
        raise BadInput(msg)


def _change(company: Company, spec: CompanySpec) -> None:
    company.channel_id = spec.channel or company.channel_id
    company.time_zone = spec.time_zone or company.time_zone
    company.tax_filed_through = spec.tax_filed_through or company.tax_filed_through
    if spec.no_tax_filed:
        company.tax_filed_through = None


def _settings(company: Company) -> Payload:
    """What is in the record about a company: where it is told, and what decides who may."""
    filed = company.tax_filed_through
    return {
        "name": company.name,
        "channel": company.channel_id,
        "time_zone": company.time_zone,
        "tax_filed_through": filed.isoformat() if filed else None,
    }


def _validate(spec: CompanySpec) -> None:
    if not spec.name.strip():
        msg = "A company needs a name."
        raise BadInput(msg)
    if spec.channel is not None and spec.channel[:1] not in ("C", "G"):
        msg = (
            f"{spec.channel!r} is no Slack channel id. It begins with C and stands at the end of "
            "the channel's “About” page."
        )
        raise BadInput(msg)
    if spec.time_zone is not None:
        try:
            ZoneInfo(spec.time_zone)
        except (ValueError, OSError, KeyError):
            msg = f"{spec.time_zone!r} is no time zone; write it like America/New_York."
            raise BadInput(msg) from None


def refuse_future_filing(day: date | None, time_zone: str, now: datetime) -> None:
    """A return is filed for days that are over: raise BadInput for a day still to come."""
    today = now.astimezone(ZoneInfo(time_zone)).date()
    if day is not None and day > today:
        msg = (
            f"Sales tax cannot be filed through {day:%m/%d/%Y}: that day is still to come. Give "
            "the last day of the newest return that was filed."
        )
        raise BadInput(msg)


def _grant(session: Session, company_id: int, people: Mapping[Role, tuple[str, ...]]) -> None:
    """Replace the people of each role that was named."""
    for role, principals in people.items():
        session.exec(
            delete(RoleGrant).where(
                col(RoleGrant.company_id) == company_id, col(RoleGrant.role) == role
            )
        )
        for principal in principals:
            session.exec(
                delete(RoleGrant).where(
                    col(RoleGrant.company_id) == company_id, col(RoleGrant.principal) == principal
                )
            )
            session.add(RoleGrant(company_id=company_id, principal=principal, role=role))


def _named(spec: CompanySpec) -> dict[str, list[str]]:
    return {role.name.lower(): list(who) for role, who in spec.people.items()}


def _by_name(session: Session, name: str) -> Company | None:
    wanted = name.strip().lower()
    return session.exec(select(Company).where(func.lower(Company.name) == wanted)).first()
