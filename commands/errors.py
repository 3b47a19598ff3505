"""/qb-errors: what is open, by family, with the money it holds and the way to each alert."""

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz
from sqlmodel import col, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, link, spans, strong
from bot.domain import Family, IncidentState, Payload, Role
from bot.models import Company, Incident
from bot.render import Span, Text, not_posted, plural
from bot.services import Services
from commands.parts.alerts import alert_url, labels, title_of

MOST_SHOWN = 15
LIKE_ENOUGH = 85.0
_FAMILIES = {
    Family.CONNECTION: "Connection",
    Family.DUPLICATES: "Duplicates",
    Family.INACTIVE: "Inactive or missing records",
    Family.MAPPING: "Mapping and accounts",
    Family.CHARACTERS: "Characters and lengths",
    Family.PLATFORM: "Other",
}
_STATES = {IncidentState.WORKING: "being fixed", IncidentState.PARTLY: "partly fixed"}


def run(services: Services, call: Call) -> Reply:
    """List the open alerts of each company, those that hold most money first."""
    found = {company.id: _open(services, company) for company in call.companies}
    wanted = {
        company_id: [row for row in rows if _fits(services, row, call.words)]
        for company_id, rows in found.items()
    }
    total = sum(len(rows) for rows in wanted.values())
    if not total:
        return _nothing(call, any(found.values()))
    parts: list[Text | Payload] = []
    room = MOST_SHOWN
    for company in call.companies:
        rows = wanted[company.id]
        if rows:
            parts += _company(services, company, rows, room)
            room = max(0, room - len(rows))
    if total > MOST_SHOWN:
        parts.append(
            line(f"{total - MOST_SHOWN} more. Narrow it: /qb-errors duplicates, /qb-errors jane.")
        )
    parts.append(line("Next: open an alert and press its button; nothing changes before you say."))
    return Reply(tuple(parts))


def _nothing(call: Call, others: bool) -> Reply:
    names = " and ".join(company.name for company in call.companies)
    if call.text and others:
        return Reply.say(
            f"No open problem fits “{call.text}”. /qb-errors without words lists them all."
        )
    return Reply.say(f"No open problems at {names}. Nothing to do.")


def _open(services: Services, company: Company) -> list[Incident]:
    with services.sessions.read() as session:
        rows = session.exec(
            select(Incident)
            .where(
                Incident.company_id == company.id,
                col(Incident.state) != IncidentState.RESOLVED,
            )
            .order_by(col(Incident.id))
        ).all()
    return sorted(rows, key=_worst_first)


def _worst_first(incident: Incident) -> tuple[int, int, int]:
    order = list(_FAMILIES)
    documents = int(incident.facts.get("documents") or 0)
    return (order.index(incident.family), -documents, incident.id or 0)


def _fits(services: Services, incident: Incident, words: Sequence[str]) -> bool:
    """Say whether every typed word is like something in the alert."""
    if not words:
        return True
    about = " ".join(
        (
            title_of(services, incident),
            _FAMILIES[incident.family],
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


def _company(
    services: Services, company: Company, rows: Sequence[Incident], room: int
) -> list[Text | Payload]:
    paused = sum(1 for row in rows if row.paused_by_id is not None)
    note = f", {paused} of them paused until the connection is back" if paused else ""
    parts: list[Text | Payload] = [
        line(strong(company.name), f" · {plural(len(rows), 'open problem')}{note}")
    ]
    shown = rows[:room]
    for family, name in _FAMILIES.items():
        items = [_item(services, row) for row in shown if row.family is family]
        if items:
            parts += [line(strong(name)), bullets(*items)]
    return parts


def _item(services: Services, row: Incident) -> tuple[Span, ...]:
    title = title_of(services, row)
    if "not posted" in title:
        title = title.rsplit(" · ", 1)[0]  # said below, with the money
    words = [not_posted(row.facts)]
    if row.paused_by_id is not None:
        words.append("paused until the connection is back")
    elif row.state in _STATES:
        words.append(_STATES[row.state])
    elif labels(services, row):
        words.append(f"press {' or '.join(f'“{one}”' for one in labels(services, row)[:2])}")
    tail = "".join(f" · {word}" for word in words)
    url = alert_url(services, row)
    return spans(strong(title), f"{tail} ", link("go to the alert ↗", url) if url else "")


COMMAND = SlashCommand(
    name="/qb-errors",
    help="Lists the open problems with the money they hold and links to their alerts.",
    usage="[company] [words to look for] [--public]",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-errors", "/qb-errors duplicates", "/qb-errors jane doe"),
)
