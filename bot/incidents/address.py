"""Where in Slack an alert is told: the address of its message, or of the storm's it shares."""

from sqlmodel import select

from bot.errors import BotError
from bot.incidents.rows import about
from bot.models import Delivery, Incident
from bot.services import Services


def alert_url(services: Services, incident: Incident) -> str:
    """The address of the alert's message; "" while it is not posted, or when Slack is silent."""
    with services.sessions.read() as session:
        # One of many may share a storm's message.
        row = session.exec(select(Delivery).where(about(session, incident.id or 0))).first()
    if row is None or not row.ts:
        return ""
    try:
        return services.slack.permalink(row.channel_id, row.ts)
    except BotError:
        return ""
