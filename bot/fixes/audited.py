"""What happens to a run stands in the audit record, always in the same form."""

from datetime import datetime

from sqlmodel import Session

from bot import audit
from bot.domain import JsonValue
from bot.models import FixRun


def tell(
    session: Session, run: FixRun, what: str, *, at: datetime, actor: str, **data: JsonValue
) -> None:
    """Add an entry on a run to the audit record, in the caller's transaction.

    `what` is asked | approved | refused | expired; `actor` a Slack user id, "" for the bot.
    """
    audit.append(
        session,
        at=at,
        actor=actor,
        action=f"fix.{run.fix}.{what}",
        subject=f"incident:{run.incident_id}",
        company_id=run.company_id,
        data={"run": run.id, **data},
    )
