"""Where in Slack an alert, or a sync that was asked for, is told: the address of its message."""

from sqlmodel import select

from bot.errors import BotError
from bot.incidents.rows import about
from bot.models import Delivery, Incident, SyncRun
from bot.services import Services


def alert_url(services: Services, incident: Incident) -> str:
    """The address of the alert's message; "" while it is not posted, or when Slack is silent."""
    with services.sessions.read() as session:
        # One of many may share a storm's message.
        row = session.exec(select(Delivery).where(about(session, incident.id or 0))).first()
    return _address(services, row)


def sync_url(services: Services, run: SyncRun) -> str:
    """The address of the message that follows a sync; "" as of an alert, or when it has none."""
    with services.sessions.read() as session:
        row = session.exec(select(Delivery).where(Delivery.sync_id == run.id)).first()
    return _address(services, row)


def _address(services: Services, row: Delivery | None) -> str:
    if row is None or not row.ts:
        return ""
    try:
        return services.slack.permalink(row.channel_id, row.ts)
    except BotError:
        return ""
