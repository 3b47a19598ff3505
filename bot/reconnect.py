"""The private one-time link by which one person allows access to one company again.

1. `issue_link`: a row with the digest of a secret; only the person sees the address.
2. `peek`: the page behind the address shows the company; opening it uses nothing up, because
   link scanners open addresses too.
3. `may_connect`: the person's role is looked at when the button is pressed and again at the end.
4. `consume`: the button on the page uses the link up and gives the OAuth state.
5. `finish_state`: the callback of Intuit brings the state back, once.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import audit
from bot.domain import Role
from bot.errors import BotError
from bot.models import Company, ReconnectLink
from bot.services import Services

LINK_MINUTES = 10
# The consent page may take longer than the link: signing in, choosing the company.
STATE_MINUTES = 30


class LinkGone(BotError):
    """This link was used already or is too old. Type /qb-reconnect in Slack for a new one."""


def issue_link(
    services: Services, company_id: int, user_id: str, incident_id: int | None = None
) -> str:
    """Make a link for one person and one company; it works once, for ten minutes."""
    secret = secrets.token_urlsafe(32)
    now = services.clock.now()
    with services.sessions.write() as session:
        session.add(
            ReconnectLink(
                digest=_digest(secret),
                company_id=company_id,
                user_id=user_id,
                incident_id=incident_id,
                created_at=now,
                expires_at=now + timedelta(minutes=LINK_MINUTES),
            )
        )
        audit.append(
            session,
            at=now,
            actor=user_id,
            action="reconnect.link",
            subject="connection",
            company_id=company_id,
            data={"incident": incident_id},
        )
    return f"{services.settings.PUBLIC_URL.rstrip('/')}/reconnect/{secret}"


def peek(session: Session, secret: str, now: datetime) -> ReconnectLink:
    """Find the usable link of a secret without using it up. Raises LinkGone."""
    row = session.exec(select(ReconnectLink).where(ReconnectLink.digest == _digest(secret))).first()
    if row is None or row.consumed_at is not None or row.expires_at < now:
        raise LinkGone
    return row


def role_needed(company: Company) -> Role:
    """An operator may reconnect; only an admin may say which books a new company is."""
    return Role.OPERATOR if company.realm_id else Role.ADMIN


def may_connect(services: Services, link: ReconnectLink, company: Company) -> None:
    """Check that the link's person may (still) connect the company. Raises NotAllowed.

    A link made on the command line without a person comes from who runs this machine.
    """
    if link.user_id:
        services.access.require(link.user_id, link.company_id, role_needed(company))


def consume(session: Session, secret: str, now: datetime) -> str:
    """Use the link up and give the OAuth state to send along. Raises LinkGone."""
    row = peek(session, secret, now)
    state = secrets.token_urlsafe(32)
    used = session.exec(
        update(ReconnectLink)
        .where(col(ReconnectLink.id) == row.id, col(ReconnectLink.consumed_at).is_(None))
        .values(consumed_at=now, state_digest=_digest(state))
    )
    if used.rowcount != 1:
        raise LinkGone
    return state


def finish_state(
    session: Session, state: str, now: datetime, outcome: str = "returned"
) -> ReconnectLink:
    """Take the state that came back from Intuit, once, and tell whose link it was.

    Raises LinkGone for a state that is unknown, was taken already or is too old.
    """
    row = session.exec(
        select(ReconnectLink).where(ReconnectLink.state_digest == _digest(state))
    ).first()
    limit = now - timedelta(minutes=STATE_MINUTES)
    if row is None or row.consumed_at is None or row.consumed_at < limit:
        raise LinkGone
    taken = session.exec(
        update(ReconnectLink)
        .where(col(ReconnectLink.id) == row.id, col(ReconnectLink.finished_at).is_(None))
        .values(finished_at=now, outcome=outcome)
    )
    if taken.rowcount != 1:
        raise LinkGone
    session.refresh(row)
    return row


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
