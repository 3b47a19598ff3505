"""The rows behind a message: which version is wanted, and when it may go."""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot import jobs
from bot.models import Delivery
from bot.services import Services

# A message that must not go for now (its incident is paused and was never posted).
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def bump(session: Session, incident_id: int, not_before: datetime | None) -> None:
    """Want a newer version of the message, from `not_before` on (None: when it is due anyway)."""
    values: dict[str, object] = {"wanted": Delivery.wanted + 1}
    if not_before is not None:
        values["not_before"] = not_before
    session.exec(update(Delivery).where(col(Delivery.incident_id) == incident_id).values(**values))


def hold_back(session: Session, incident_id: int) -> None:
    """Keep an unposted message from being posted until somebody bumps it.

    The version counts up: a post that is on its way just now finds out and is edited.
    """
    session.exec(
        update(Delivery)
        .where(col(Delivery.incident_id) == incident_id, col(Delivery.ts).is_(None))
        .values(wanted=Delivery.wanted + 1, not_before=NEVER)
    )


def is_posted(session: Session, incident_id: int) -> bool:
    """Say whether Slack has, or may have, the message."""
    row = session.exec(select(Delivery).where(Delivery.incident_id == incident_id)).first()
    return row is not None and (row.ts is not None or row.state != "idle")


def nudge(services: Services, incident_id: int) -> None:
    """Ask for the message of an incident to be sent or edited, if a newer version is wanted."""
    with services.sessions.read() as session:
        delivery = session.exec(
            select(Delivery).where(
                Delivery.incident_id == incident_id, col(Delivery.wanted) > col(Delivery.sent)
            )
        ).first()
    if delivery is not None and delivery.id is not None:
        # An edit does not queue up behind first posts, which Slack takes one a second.
        jobs.deliver(services.queue, delivery.id, urgent=delivery.ts is not None)
