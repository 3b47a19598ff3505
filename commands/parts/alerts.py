"""An open alert in one line: its title, and the address of its message."""

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz
from sqlmodel import select

from bot.domain import Family
from bot.errors import BotError
from bot.incidents.buttons import label_of
from bot.incidents.rows import about
from bot.models import Company, Delivery, Incident
from bot.services import Services

FAMILIES: Mapping[Family, str] = {
    Family.CONNECTION: "Connection",
    Family.DUPLICATES: "Duplicates",
    Family.INACTIVE: "Inactive or missing records",
    Family.MAPPING: "Mapping and accounts",
    Family.CHARACTERS: "Characters and lengths",
    Family.PLATFORM: "Other",
}
# Above this a typed word is a slip of the keyboard of one in the alert.
LIKE_ENOUGH = 85.0


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


def short_title(services: Services, incident: Incident) -> str:
    """The alert's title without its count of documents, where that is said beside it."""
    title = title_of(services, incident)
    return title.rsplit(" · ", 1)[0] if "not posted" in title else title


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


def labels(services: Services, incident: Incident) -> list[str]:
    """The buttons of the alert, as they are written on it."""
    problem = services.knowledge.problems.get(incident.problem)
    found = []
    for name in problem.fixes if problem else ():
        button = services.buttons.get(name)
        if button is not None:
            found.append(label_of(button, incident.facts))
    return found


def fits(services: Services, incident: Incident, words: Sequence[str]) -> bool:
    """Say whether every typed word is like something in the alert."""
    if not words:
        return True
    about = " ".join(
        (
            title_of(services, incident),
            FAMILIES[incident.family],
            incident.kind.replace("_", " "),
            incident.problem.replace("_", " "),
            incident.subject,
            *_values(incident.facts.values()),
        )
    ).casefold()
    return all(
        word.casefold() in about or fuzz.partial_ratio(word.casefold(), about) >= LIKE_ENOUGH
        for word in words
    )


def _values(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _values(value.values())
        elif isinstance(value, list):
            yield from _values(value)
