"""A reply under the message of an alert that is back: an edit alone notifies nobody."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

import structlog
from sqlmodel import col, select

from bot.domain import IncidentState, Payload, RetryClass
from bot.incidents.parts import inert, person
from bot.incidents.rows import bump
from bot.incidents.storm_message import title_of
from bot.models import Company, Incident
from bot.render import moment, plural
from bot.services import Services
from bot.slack import SlackFault, blocks

log = structlog.get_logger(__name__)

# Slack took the edit just now; a reply it did not take is tried again after this.
_LATER = timedelta(seconds=30)


def untold(rows: Iterable[Incident]) -> tuple[int, ...]:
    """Which of these are back, and nobody was told so; a paused one is told when it is woken."""
    return tuple(
        row.id or 0
        for row in rows
        if row.story.get("back")
        and row.state is not IncidentState.RESOLVED
        and row.paused_by_id is None
    )


def tell(
    services: Services, ids: Collection[int], channel: str, ts: str, *, posted: bool = False
) -> None:
    """Reply once in the thread that these are back; a message `posted` anew says it by itself.

    It is marked before it is said: a process that dies in between tells nobody, never twice.
    """
    if not ids:
        return
    with services.sessions.write() as session:
        found = session.exec(select(Incident).where(col(Incident.id).in_(ids))).all()
        rows = [row for row in found if row.story.get("back")]
        before = {row.id or 0: row.story["back"] for row in rows}
        for row in rows:
            row.story = {**row.story, "back": None}
            session.add(row)
        company = session.get_one(Company, rows[0].company_id) if rows else None
    if company is None or posted:
        return
    text, shown = _words(services, company, rows, before)
    try:
        services.slack.post(channel, text, [shown], thread_ts=ts)
    except SlackFault as fault:
        log.warning("nobody told of a return", incidents=sorted(before), reason=fault.message)
        if not fault.outcome_unknown and fault.retry_class is not RetryClass.NEEDS_PERSON:
            _put_off(services, before)


def _words(
    services: Services, company: Company, rows: Sequence[Incident], before: dict[int, Payload]
) -> tuple[str, Payload]:
    if len(rows) > 1:
        parts = any(before[row.id or 0].get("part") for row in rows)
        back = "stand by themselves again" if parts else "are back: they were settled before"
        said = f"{plural(len(rows), 'alert')} of these {back}."
        return f"{inert(company.name)}: {said}", blocks.rich_text(blocks.line(blocks.words(said)))
    row = rows[0]
    title = inert(title_of(services, company, row))
    ended = before[row.id or 0]
    if ended.get("part"):
        alone = f"{title}: this alert stands by itself again"
        why = blocks.words(". The one it was part of holds its records no more.")
        line = [blocks.words(alone, bold=True), why]
        return f"{inert(company.name)}: {alone}", blocks.rich_text(blocks.line(*line))
    at, by = moment(ended["at"], company.time_zone), str(ended.get("by") or "")
    line = [
        blocks.words(f"{title}: this problem is back", bold=True),
        blocks.words(f". It was settled {at}"),
    ]
    line += [blocks.words(" by "), person(by)] if by else []
    others = row.story.get("others")
    again = ", which stays so: other records have it now." if others else " and is found again."
    line.append(blocks.words(again))
    return f"{inert(company.name)}: {title}: this problem is back", blocks.rich_text(
        blocks.line(*line)
    )


def _put_off(services: Services, before: dict[int, Payload]) -> None:
    later = services.clock.now() + _LATER
    with services.sessions.write() as session:
        for incident_id, back in before.items():
            row = session.get_one(Incident, incident_id)
            row.story = {**row.story, "back": back}
            session.add(row)
            session.flush()
            bump(session, incident_id, later)
