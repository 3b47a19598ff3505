"""An open alert in one line: its title, and the address of its message."""

from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz
from sqlalchemy import ColumnElement, and_, not_
from sqlmodel import col

from bot.domain import Family, Payload
from bot.incidents.buttons import label_of, on_offer
from bot.incidents.parts import done_words
from bot.models import Company, Incident
from bot.services import FixButton, Services
from commands.parts.numbers import has_digit, stands_in

FAMILIES: Mapping[Family, str] = {
    Family.CONNECTION: "Connection",
    Family.DUPLICATES: "Duplicates",
    Family.INACTIVE: "Inactive or missing records",
    Family.MAPPING: "Mapping and accounts",
    Family.CHARACTERS: "Characters and lengths",
    Family.PLATFORM: "Other",
}
# A family is where an error comes from; whoever looks for a day that is closed looks here.
PERIODS = "Closed books and filed sales tax"
_OF_PERIODS = ("closed_period", "filed_tax")
HEADINGS = (*tuple(FAMILIES.values())[:-1], PERIODS, FAMILIES[Family.PLATFORM])
# Above this a typed word is a slip of the keyboard of one in the alert.
LIKE_ENOUGH = 85.0


def heading(incident: Incident) -> str:
    """Under which heading an alert stands in a list."""
    return PERIODS if incident.kind in _OF_PERIODS else FAMILIES[incident.family]


def stands_under(words: str) -> ColumnElement[bool]:
    """Whether an alert stands under this heading, for a query."""
    of_periods = col(Incident.kind).in_(_OF_PERIODS)
    if words == PERIODS:
        return of_periods
    family = next(one for one, name in FAMILIES.items() if name == words)
    return and_(col(Incident.family) == family, not_(of_periods))


def title_of(services: Services, incident: Incident) -> str:
    """The alert's title as its message shows it; never fails."""
    return services.render.title(incident.problem, _facts(_company(services, incident), incident))


def settled_title(services: Services, incident: Incident) -> str:
    """A settled alert's title as its green message shows it: what was posted, never what waits."""
    facts = _facts(_company(services, incident), incident)
    known = services.render.problem_or_plain(incident.problem, facts)
    return f"{known.fixed}{done_words(incident)}"


def _company(services: Services, incident: Incident) -> Company:
    with services.sessions.read() as session:
        return session.get_one(Company, incident.company_id)


def _facts(company: Company, incident: Incident) -> Payload:
    return {
        "company": company.name,
        "currency": company.currency,
        **incident.facts,
        "time_zone": company.time_zone,
    }


def short_title(services: Services, incident: Incident) -> str:
    """The alert's title without its count of documents, where that is said beside it."""
    title = title_of(services, incident)
    return title.rsplit(" · ", 1)[0] if "not posted" in title else title


def offers(services: Services, incident: Incident) -> list[tuple[FixButton, bool]]:
    """The fixes an alert offers, as its message does, each with whether it is the coloured one."""
    problem = services.knowledge.problem(incident.problem)
    return on_offer(problem, services.buttons, incident.facts)


def labels(services: Services, incident: Incident) -> list[str]:
    """The buttons of the alert, as they are written on it."""
    return [label_of(fix, incident.facts) for fix, _ in offers(services, incident)]


def fits(services: Services, company: Company, incident: Incident, words: Sequence[str]) -> bool:
    """Say whether every typed word is like something in the alert; a number has to be the same.

    `company` is the alert's own: asked of hundreds of alerts, it is not read again for each.
    """
    if not words:
        return True
    about = " ".join(
        (
            services.render.title(incident.problem, _facts(company, incident)),
            heading(incident),
            incident.kind.replace("_", " "),
            incident.problem.replace("_", " "),
            incident.subject,
            *_values(incident.facts.values()),
        )
    ).casefold()
    return all(_says(about, word.casefold()) for word in words)


def _says(about: str, word: str) -> bool:
    if has_digit(word):
        return stands_in(word, about)
    return word in about or fuzz.partial_ratio(word, about) >= LIKE_ENOUGH


def _values(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _values(value.values())
        elif isinstance(value, list):
            yield from _values(value)
