"""What an error text is, why it comes and what to do; with what it names, if that is known here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, bullets, line, strong
from bot.domain import IncidentState, JsonValue, Payload, RecordState
from bot.errors import TemplateFault
from bot.knowledge import Problem, tell
from bot.knowledge.telling import IN_GENERAL
from bot.models import Incident, Record
from bot.render import Text
from bot.services import Services
from commands.parts import documents, meaning, which_alert
from commands.parts.parties import named as parties_named

# Below this a text only looks a little like it.
SURE = 0.5
PLATFORMS = ("qbo", "oauth", "qbd", "qbwc")
MOST_ALERTS = 3
_LONGEST = 4_000


@dataclass(frozen=True)
class Recognised:
    """A problem a text is the error of, and what the text says of it."""

    problem: Problem
    platform: str
    confidence: float
    facts: dict[str, str]


def recognise(services: Services, text: str) -> Recognised | None:
    """Find the problem a text is the error of; None when it is not known well enough."""
    best: Recognised | None = None
    for platform in PLATFORMS:
        found = services.knowledge.classify(platform, "", text[:_LONGEST])
        known = found.problem != "unknown" and found.problem in services.knowledge.problems
        if known and found.confidence >= SURE and (not best or found.confidence > best.confidence):
            problem = services.knowledge.problem(found.problem)
            best = Recognised(problem, platform, found.confidence, dict(found.facts))
    return best


def answer(services: Services, call: Call, text: str, found: Recognised) -> Reply:
    """Say what it is, why, what to do; then the alert or document it is about, with its button."""
    told = tell(services.render, found.problem, found.facts, found.platform)
    parts: list[Text | Payload] = [line(strong(told.title))]
    why = _why(services, found)
    if why != Text():
        parts += [line(strong("Why")), why]
    if told.steps:
        parts += [line(strong("What to do")), bullets(*told.steps)]
    return Reply((*parts, *about(services, call, text, found)))


def about(
    services: Services, call: Call, text: str, found: Recognised | None
) -> list[Text | Payload]:
    """The document or the alerts that the text is about, each with its buttons."""
    rows = which_alert.open_ones(services, call.companies)
    parts, numbered = _documents(services, call, text)
    alerts = [row for row in rows if row.id in numbered]
    facts = {value.casefold() for value in (found.facts.values() if found else ()) if value}
    if not alerts and found is not None:
        same = [row for row in rows if row.problem == found.problem.name]
        alerts = [row for row in same if facts & _names(row)] or same
    if not alerts:
        alerts = _of_party(services, call, rows, text)
    if not alerts and not parts:
        said = "No alert here is about it. If it comes from the sync, /qb-errors shows it."
        return [line(said)]
    for row in alerts[:MOST_ALERTS]:
        buttons = which_alert.fix_buttons(services, row)
        parts += which_alert.row_of(services, row, buttons)
    if len(alerts) > MOST_ALERTS:
        parts.append(line(f"{len(alerts) - MOST_ALERTS} more of the kind: /qb-errors lists them."))
    return parts


def _documents(
    services: Services, call: Call, text: str
) -> tuple[list[Text | Payload], set[int | None]]:
    """The document the text names, where it stands, and the alerts that hold it."""
    companies = {company.id: company for company in call.companies}
    with services.sessions.read() as session:
        number, found = _named(session, call, text)
    rows = which_alert.open_ones(services, call.companies)
    parts: list[Text | Payload] = []
    alerts: set[int | None] = set()
    for record in found:
        where = documents.place(services, companies[record.company_id], record)
        parts.append(line("I found the document: ") + where)
        if record.state is RecordState.HELD:
            own = which_alert.named(services, call.companies, rows, number)
            alerts |= {row.id for row in own if row.state is not IncidentState.RESOLVED}
    return parts, alerts


def _named(session: Session, call: Call, text: str) -> tuple[str, list[Record]]:
    """The number that the text names, and the documents that have it.

    A number may have no digit in it: then only what a document is really called is one.
    """
    number, types = meaning.document(text) or meaning.called(text) or ("", ())
    return number, documents.find(session, call.companies, number, types)[:MOST_ALERTS]


def _of_party(
    services: Services, call: Call, rows: Sequence[Incident], text: str
) -> list[Incident]:
    """The alerts about a customer, vendor or item that the text names."""
    found = parties_named(services, call.companies, text)
    names = {party.name.casefold() for party in found}
    return [row for row in rows if names & _names(row)]


def _names(row: Incident) -> set[str]:
    values: list[JsonValue] = [row.facts.get(key) for key in ("name", "party", "number", "sku")]
    for side in ("ours", "theirs"):
        inner = row.facts.get(side)
        values += [inner.get("name")] if isinstance(inner, dict) else []
    return {str(value).casefold() for value in values if value}


def _why(services: Services, found: Recognised) -> Text:
    given = {name: value for name, value in found.facts.items() if value}
    facts = {**IN_GENERAL, **given, "platform": found.platform}
    try:
        return services.render.problem(found.problem.name, facts).why
    except TemplateFault:
        return Text()  # its words need more than a text alone tells
