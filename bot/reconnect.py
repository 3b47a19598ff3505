"""The private one-time link by which one person allows access to one company again.

1. `issue_link`: a row with the digest of a secret; only the person sees the address. What was
   made for them earlier ends at once.
2. `peek`: the page behind the address shows the company; opening it uses nothing up, because
   link scanners open addresses too.
3. `may_connect`: the person's role is looked at when the button is pressed and again at the end.
4. `consume`: the button on the page uses the link up and gives the OAuth state.
5. `finish_state`: the callback of Intuit brings the state back, once.
6. `end_links`: once the company is connected again, nobody's open link works any more.
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


# Why a link ended before its time (ReconnectLink.outcome).
REPLACED, NOT_NEEDED = "replaced", "not_needed"


class LinkGone(BotError):
    """This link was used already or is too old. Type /qb-reconnect in Slack for a new one."""


class LinkReplaced(LinkGone):
    """You asked for a newer link since; open that one, or type /qb-reconnect for another."""


class LinkNotNeeded(LinkGone):
    """The company was connected since this link was made; there is nothing left to do."""

    def __init__(self, company_id: int) -> None:
        super().__init__()
        self.company_id = company_id


def issue_link(
    services: Services, company_id: int, user_id: str, incident_id: int | None = None
) -> str:
    """Make a link for one person and one company; it works once, for ten minutes.

    Links made earlier for the same person and company end, so that only the newest is open.
    """
    secret = secrets.token_urlsafe(32)
    now = services.clock.now()
    with services.sessions.write() as session:
        end_links(session, company_id, now, REPLACED, user_id=user_id)
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
    """Find the usable link of a secret without using it up.

    Raises LinkGone, or its kinds for whoever holds the secret of a link that was ended early.
    """
    row = session.exec(select(ReconnectLink).where(ReconnectLink.digest == _digest(secret))).first()
    if row is None or row.consumed_at is not None:
        raise LinkGone
    if row.outcome == REPLACED:
        raise LinkReplaced
    if row.outcome == NOT_NEEDED:
        raise LinkNotNeeded(row.company_id)
    if row.expires_at < now:
        raise LinkGone
    return row


def end_links(
    session: Session, company_id: int, now: datetime, why: str, *, user_id: str | None = None
) -> int:
    """End the company's open links (of one person, or everybody's); returns how many.

    A link whose person is at Intuit's consent page is not open: what they allow there still counts.
    """
    ending = (
        update(ReconnectLink)
        .where(col(ReconnectLink.company_id) == company_id)
        .where(col(ReconnectLink.consumed_at).is_(None), col(ReconnectLink.outcome) == "")
        .where(col(ReconnectLink.expires_at) >= now)
    )
    if user_id is not None:
        ending = ending.where(col(ReconnectLink.user_id) == user_id)
    return session.exec(ending.values(expires_at=now, outcome=why)).rowcount


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
        .where(col(ReconnectLink.outcome) == "")
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
