"""Companies, their roles and their sources, as the command line makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlmodel import Session, col, delete, select

from bot import audit
from bot.console.choosing import find
from bot.domain import Payload, Role
from bot.errors import BadInput
from bot.models import Company, Connection, RoleGrant, Source
from bot.services import Services
from bot.web.tokens import digest, new_intake_token

# As in the form of /qb-sync-now file, so that both ways lead to one source.
DEFAULT_SOURCE = "Web shop"
LONGEST_NAME = 60


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


def make_or_update(services: Services, spec: CompanySpec) -> Company:
    """Make the company of that name, or change what was named. Raises BadInput."""
    _validate(spec)
    now = services.clock.now()
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
        session.add(company)
        session.flush()
        assert company.id is not None
        if session.get(Connection, company.id) is None:
            session.add(Connection(company_id=company.id))
        _grant(session, company.id, spec.people)
        audit.append(
            session,
            at=now,
            actor="",
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


@dataclass(frozen=True)
class NewSource:
    """A source with its intake token, which is shown this once."""

    id: int
    name: str
    company: str
    token: str


def add_source(
    services: Services,
    company_name: str | None,
    name: str,
    *,
    refuses: str | None = None,
    needs_email: bool | None = None,
) -> NewSource:
    """Make a source with an intake token; for one that exists, a new token replaces the old.

    `refuses`: characters its names may not hold although QuickBooks takes them; `needs_email`:
    its invoices are e-mailed, so that one without an address is asked about. None: as before.
    """
    plain = " ".join(name.split())
    if not 0 < len(plain) <= LONGEST_NAME or "/" in plain or not plain.isprintable():
        msg = f"{name!r} cannot name a source: use 1 to {LONGEST_NAME} characters, without a slash."
        raise BadInput(msg)
    token = new_intake_token()
    now = services.clock.now()
    with services.sessions.write() as session:
        company = find(session, company_name)
        assert company.id is not None
        row = source_named(session, company.id, plain)
        if row is None:
            row = Source(company_id=company.id, name=plain, created_at=now)
        row.token_digest = digest(token)
        row.forbidden = row.forbidden if refuses is None else "".join(dict.fromkeys(refuses))
        row.needs_email = row.needs_email if needs_email is None else needs_email
        session.add(row)
        session.flush()
        assert row.id is not None
        audit.append(
            session,
            at=now,
            actor="",
            action="source.token",
            subject=f"source:{row.id}",
            company_id=company.id,
            data={"source": plain, "refuses": row.forbidden, "needs_email": row.needs_email},
        )
        return NewSource(row.id, plain, company.name, token)


def source_named(session: Session, company_id: int, name: str) -> Source | None:
    """Find a source of a company by name."""
    return session.exec(
        select(Source).where(Source.company_id == company_id, Source.name == name)
    ).first()


def source_for_file(services: Services, company_id: int, name: str | None) -> int:
    """Find the source a file belongs to; the first one of a company is made, a mistyped one never.

    With no name: the company's only source, or one called like the default of the form in Slack.
    The same file under another source's name would be other records: everything twice.
    Raises BadInput.
    """
    with services.sessions.write() as session:
        every_one = list(session.exec(select(Source).where(Source.company_id == company_id)))
        if name is None and len(every_one) > 1:
            names = ", ".join(row.name for row in every_one)
            msg = f"Which source is the file from? Name it with --source: {names}."
            raise BadInput(msg)
        row = every_one[0] if name is None and every_one else None
        row = row or source_named(session, company_id, name or DEFAULT_SOURCE)
        if row is None and every_one:
            names = ", ".join(one.name for one in every_one)
            msg = (
                f"{name} is no source of this company. It has: {names}. "
                "`python app.py sources add` makes a new one."
            )
            raise BadInput(msg)
        if row is None:
            row = Source(
                company_id=company_id, name=name or DEFAULT_SOURCE, created_at=services.clock.now()
            )
            session.add(row)
            session.flush()
        assert row.id is not None
        return row.id
