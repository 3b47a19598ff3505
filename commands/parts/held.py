"""What problems hold back at a company: how much, which problems, and the way to each alert."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.dispatch.reply import bullets, line, link, spans, strong
from bot.domain import IncidentState, Payload, RecordType
from bot.incidents.address import alert_url
from bot.models import Company, Incident
from bot.render import Span, Text, plural
from bot.services import Services
from commands.parts.alerts import short_title
from commands.parts.standing import are_held, cause_keys, held, how_many

MOST_NAMED = 3
EVERY = tuple(RecordType)


@dataclass(frozen=True)
class Scope:
    """What was asked about: records of these types, handed over by this source ("": by any)."""

    types: Collection[RecordType] = EVERY
    source: str = ""

    def kept(self) -> Payload:
        """It as a run keeps it."""
        return {"types": [kind.value for kind in self.types], "source": self.source}

    @classmethod
    def of(cls, report: Payload) -> "Scope":
        """What a run was asked about; everything where it keeps nothing of it."""
        types = tuple(RecordType(str(one)) for one in report.get("types") or EVERY)
        return cls(types, str(report.get("source") or ""))


ALL = Scope()


def stuck(services: Services, company: Company, within: Scope = ALL) -> Text:
    """Count what is held with its money and name the problems; empty when nothing is held."""
    with services.sessions.read() as session:
        found = held(session, company.id or 0, within.types, within.source)
        keys = cause_keys(session, company.id or 0, within.types, within.source)
        alerts = open_alerts(session, company.id or 0, keys[:MOST_NAMED])
    if not how_many(found):
        return Text()
    one = how_many(found) == 1
    text = line(
        f"{are_held(found, len(keys), verb='is' if one else 'are')} and "
        f"{'goes by itself' if one else 'go by themselves'} once "
        f"{'those are' if len(keys) > 1 else 'that is'} solved."
    )
    named = [alert_line(services, row) for row in alerts]
    unwritten = min(len(keys), MOST_NAMED) - len(alerts)
    if unwritten > 0:
        named.append(spans(f"{plural(unwritten, 'problem')} whose alert is being written"))
    if len(keys) > MOST_NAMED:
        named.append(spans(f"and {plural(len(keys) - MOST_NAMED, 'more problem')}"))
    return text + bullets(*named) + line("Next: /qb-errors shows each alert and its button.")


def open_alerts(
    session: Session, company_id: int, keys: Collection[tuple[str, str]]
) -> list[Incident]:
    """The open alerts of these causes, in the same order."""
    found: list[Incident] = []
    for problem, subject in keys:
        row = session.exec(
            select(Incident).where(
                Incident.company_id == company_id,
                Incident.problem == problem,
                Incident.subject == subject,
                col(Incident.state) != IncidentState.RESOLVED,
            )
        ).first()
        if row is not None:
            found.append(row)
    return found


def alert_line(services: Services, incident: Incident) -> tuple[Span, ...]:
    """An alert by its title, leading to it."""
    url = alert_url(services, incident)
    to_it = (" ", link("go to the alert ↗", url)) if url else ()
    return spans(strong(short_title(services, incident)), *to_it)
