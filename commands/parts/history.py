"""The window behind "History": everything that was done with an alert, in order, and by whom."""

from collections.abc import Sequence

from sqlmodel import col, select

from bot.dispatch.reply import line, strong
from bot.domain import Payload
from bot.models import AuditEntry, Company, Incident
from bot.render import clean, moment, shorten, to_slack
from bot.services import Services
from bot.slack import blocks
from commands.parts.alerts import short_title

TITLE = "History"
MOST = 60
_LONGEST = 300


def view(services: Services, incident: Incident) -> Payload:
    """Opened, taken, asked, approved, step by step, settled: one line each, oldest first."""
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        rows = session.exec(
            select(AuditEntry)
            .where(AuditEntry.company_id == incident.company_id)
            .where(AuditEntry.subject == f"incident:{incident.id}")
            .order_by(col(AuditEntry.seq).desc())
            .limit(MOST)
        ).all()
    lines = [(incident.opened_at.isoformat(), "", "found")]
    lines += [(row.at.isoformat(), row.actor, _words(row)) for row in rows]
    lines += _story(incident)
    lines += _end(incident)
    ordered = sorted(lines, key=lambda one: one[0])[-MOST:]
    items = [_item(company, *one) for one in ordered]
    shown = to_slack(line(strong(short_title(services, incident)), f" · alert {incident.id}"))
    return blocks.modal(TITLE, [*shown, blocks.rich_text(blocks.bullets(items))])


def _item(company: Company, at: str, by: str, words: str) -> Sequence[Payload]:
    who = [blocks.words(" · "), blocks.person(by)] if by.startswith(("U", "W")) else []
    when = moment(at, company.time_zone)
    return [blocks.words(when), *who, blocks.words(f" · {shorten(clean(words), _LONGEST)}")]


def _story(incident: Incident) -> list[tuple[str, str, str]]:
    given = incident.story.get("lines")
    rows = given if isinstance(given, list) else []
    return [(str(row["at"]), str(row.get("by") or ""), str(row.get("text") or "")) for row in rows]


def _end(incident: Incident) -> list[tuple[str, str, str]]:
    found = incident.story.get("outcome")
    if not isinstance(found, dict):
        return []
    said = "; ".join(str(one) for one in found.get("lines") or []) or "the check finds it no more"
    return [(str(found["at"]), str(found.get("by") or ""), said)]


def _words(row: AuditEntry) -> str:
    """What was done, in words: "fix.reactivate.approved" becomes "reactivate approved"."""
    words = row.data.get("words")
    if isinstance(words, str) and words:
        return words
    steps = row.data.get("steps")
    named = f": {'; '.join(str(one) for one in steps)}" if isinstance(steps, list) and steps else ""
    plain = row.action.removeprefix("fix.").removeprefix("alert.").replace("_", " ")
    return f"{plain.replace('.', ' ')}{named}"
