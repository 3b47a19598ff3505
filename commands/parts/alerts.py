"""An open alert in one line: its title, and the address of its message."""

from sqlmodel import select

from bot.errors import BotError
from bot.incidents.buttons import label_of
from bot.models import Company, Delivery, Incident
from bot.services import Services


def title_of(services: Services, incident: Incident) -> str:
    """The alert's title as its message shows it; never fails."""
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
    facts = {
        "company": company.name,
        "currency": company.currency,
        **incident.facts,
        "time_zone": company.time_zone,
    }
    return services.render.problem_or_plain(incident.problem, facts).title


def alert_url(services: Services, incident: Incident) -> str:
    """The address of the alert's message; "" while it is not posted, or when Slack is silent."""
    with services.sessions.read() as session:
        row = session.exec(select(Delivery).where(Delivery.incident_id == incident.id)).first()
    if row is None or not row.ts:
        return ""
    try:
        return services.slack.permalink(row.channel_id, row.ts)
    except BotError:
        return ""


def labels(services: Services, incident: Incident) -> list[str]:
    """The buttons of the alert, as they are written on it."""
    problem = services.knowledge.problems.get(incident.problem)
    found = []
    for name in problem.fixes if problem else ():
        button = services.buttons.get(name)
        if button is not None:
            found.append(label_of(button, incident.facts))
    return found
