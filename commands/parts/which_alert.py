"""Which alert somebody means: by its number, a document's number, or words of its title."""

import re
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from bot.dispatch.model import Call
from bot.dispatch.reply import bullets, line, link, spans, strong
from bot.domain import IncidentState, Payload
from bot.forwarded import only_reported
from bot.incidents import changed
from bot.incidents.address import alert_url
from bot.models import Company, Hold, Incident, Record
from bot.render import Span, Text, plural
from bot.services import Services
from bot.slack import blocks
from commands.parts import documents
from commands.parts.alerts import fits, labels, offers, settled_title, short_title
from commands.parts.numbers import has_digit

MOST_SHOWN = 8
# A number without digits is taken for one alone, or with what it is the number of before it.
_MOST_WORDS = 2
_NUMBER = re.compile(r"(?P<word>alert|incident|no|nr|number)?\s*#?(?P<id>\d{1,9})", re.IGNORECASE)


def open_ones(services: Services, companies: Iterable[Company]) -> list[Incident]:
    """Every alert that is not settled at these companies, the oldest first."""
    with services.sessions.read() as session:
        return list(
            session.exec(
                select(Incident)
                .where(col(Incident.company_id).in_([company.id for company in companies]))
                .where(col(Incident.state) != IncidentState.RESOLVED)
                .order_by(col(Incident.id))
            )
        )


def of_cause(services: Services, company_id: int, problem: str, subject: str) -> Incident | None:
    """The alert of a cause that is not settled."""
    with services.sessions.read() as session:
        return session.exec(
            select(Incident)
            .where(Incident.company_id == company_id, Incident.problem == problem)
            .where(Incident.subject == subject, col(Incident.state) != IncidentState.RESOLVED)
        ).first()


def named(
    services: Services, companies: Sequence[Company], rows: Sequence[Incident], text: str
) -> list[Incident]:
    """Those of `rows` that the words mean: all of them for no words, none when nothing fits.

    "alert 12" is the alert of that number; a number alone is a document's first, then an alert's.
    """
    words = text.split()
    if not words:
        return list(rows)
    found = _NUMBER.fullmatch(" ".join(words))
    own = [row for row in rows if found and row.id == int(found["id"])]
    if found and found["word"] and own:
        return own
    with services.sessions.read() as session:
        held = _of_document(session, companies, rows, text)
    if held or own:
        return held or own
    low = [word.lower() for word in words]
    own_of = {company.id: company for company in companies}
    return [row for row in rows if fits(services, own_of[row.company_id], row, low)]


def _of_document(
    session: Session, companies: Sequence[Company], rows: Sequence[Incident], text: str
) -> list[Incident]:
    """The alerts that hold, or held, the document of this number."""
    words = text.split()
    if len(words) > _MOST_WORDS and not has_digit(words[-1]):
        return []
    ids = {record.id or 0 for record in documents.find(session, companies, words[-1])}
    if not ids:
        return []
    holds = session.exec(
        select(Hold.problem, Hold.subject, Hold.company_id).where(col(Hold.record_id).in_(ids))
    ).all()
    causes = set(holds)
    return [
        row
        for row in rows
        if (row.problem, row.subject, row.company_id) in causes
        or (row.state is IncidentState.RESOLVED and ids & set(row.record_ids))
    ]


def holding(services: Services, rows: Sequence[Incident], record: Record) -> list[Incident]:
    """The alerts of `rows` that hold a record."""
    with services.sessions.read() as session:
        holds = session.exec(
            select(Hold.problem, Hold.subject).where(Hold.record_id == record.id)
        ).all()
    causes = set(holds)
    return [row for row in rows if (row.problem, row.subject) in causes]


def _settled(services: Services, companies: Sequence[Company], text: str) -> Incident | None:
    """The settled alert of that number."""
    found = _NUMBER.fullmatch(" ".join(text.split()))
    if found is None:
        return None
    with services.sessions.read() as session:
        row = session.get(Incident, int(found["id"]))
    if row is None or row.state is not IncidentState.RESOLVED:
        return None
    return row if row.company_id in {company.id for company in companies} else None


def row_of(
    services: Services, incident: Incident, buttons: Sequence[tuple[str, str]], *, company: str = ""
) -> list[Text | Payload]:
    """An alert as a line of an answer with its number, and the buttons under it."""
    is_settled = incident.state is IncidentState.RESOLVED
    title = settled_title if is_settled else short_title
    items: list[str | Span] = [strong(title(services, incident))]
    if company:
        items.append(f" · {company}")
    held = "settled" if is_settled else _keeps(incident)
    items.append(f" · alert {incident.id}{f' · {held}' if held else ''}")
    url = alert_url(services, incident)
    if url:
        items += [" ", link("go to the alert ↗", url)]
    found: list[Text | Payload] = [line(*items)]
    made = [
        blocks.button(label, action, str(incident.id), label=f"{label} alert {incident.id}")
        for action, label in buttons
    ]
    return [*found, blocks.actions(made)] if made else found


def _keeps(incident: Incident) -> str:
    """What waits for it, or who reported it where nothing of ours does."""
    if only_reported(incident.facts):
        return f"reported by {incident.facts.get('source')}"
    return changed.kept(incident)


def fix_buttons(services: Services, incident: Incident) -> list[tuple[str, str]]:
    """Action id and label of each fix an alert offers; none while one works or it is paused."""
    if incident.state is IncidentState.WORKING or incident.paused_by_id is not None:
        return []
    names = [fix.name for fix, _ in offers(services, incident)]
    return [
        (f"fix:{name}", said) for name, said in zip(names, labels(services, incident), strict=True)
    ]


def more_than_shown(count: int, command: str) -> list[Text | Payload]:
    """How to narrow a list that is cut."""
    if count <= MOST_SHOWN:
        return []
    more = plural(count - MOST_SHOWN, "more alert")
    return [line(f"{more}: type a word of its title or its number, {command} jane doe.")]


def none_fits(
    services: Services, call: Call, rows: Sequence[Incident], text: str, example: str
) -> list[Text | Payload]:
    """Nothing open fits the words: the settled one they name, or how many there are and how."""
    settled = _settled(services, call.companies, text)
    if settled is not None:
        return [*row_of(services, settled, ()), line("Nothing is left to do there.")]
    if not rows:
        return [line(f"Nothing fits “{text}”: no alert is open."), line("Next: /qb-status.")]
    examples = [f"{call.command} {rows[0].id}", f"{call.command} {example}"]
    return [
        line(
            f"No alert fits “{text}”. {plural(len(rows), 'is', 'are')} open: /qb-errors lists "
            "them. An alert is named by its number, a document's number, or words of its title."
        ),
        line("Examples:"),
        bullets(*(spans(one) for one in examples)),
    ]
