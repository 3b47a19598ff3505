"""The window behind "Details": all documents, ids, the raw error, the history."""

from collections.abc import Iterable, Mapping

from sqlmodel import col, select

from bot.dispatch.reply import bullets, line, strong
from bot.domain import IncidentState, JsonValue, Payload, Role
from bot.forwarded.digest import unmarked
from bot.models import Click, Company, Forwarded, Incident
from bot.render import Text, clean, moment, plural, shorten, to_slack
from bot.services import Services
from bot.slack import blocks
from commands.parts import alert_records
from commands.parts.alerts import title_of

TITLE = "Details"
MOST_STORY = 20
_RAW = 1_500
_MOST_REPORTS, _REPORT = 8, 250
# The facts that only help whoever looks behind the curtain, in the order they are shown.
_TECHNICAL = (
    ("code", "Error code"),
    ("http_status", "HTTP status"),
    ("fault_message", "QuickBooks said"),
    ("detail", "In detail"),
    ("element", "Field"),
    ("intuit_tid", "Intuit transaction id"),
    ("qbo_id", "QuickBooks id"),
    ("external_id", "Id in the source"),
    ("record_id", "Record"),
    ("missing_id", "Id that is missing"),
    ("holder_type", "Kind of the record that holds it"),
    ("holder_id", "Id of the record that holds it"),
)


def view(services: Services, click: Click, incident: Incident) -> Payload:
    """Everything known about one alert, for whoever may see it."""
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        found = alert_records.of(session, incident)
    role = services.access.role(click.user_id, incident.company_id, click.team_id)
    text = line(strong(_head(services, incident, found)))
    text += line(_standing(company, incident))
    text += _ended(services, incident, company)
    text += alert_records.told(services, company, incident, found)
    text += _technical(incident)
    shown = to_slack(text)
    if role >= Role.OPERATOR and incident.facts.get("raw"):
        raw = shorten(clean(str(incident.facts["raw"])), _RAW)
        shown += [*to_slack(line(strong("Raw answer"))), blocks.section(raw)]
    if role >= Role.OPERATOR:
        shown += to_slack(_reports(services, incident, company))
    shown += to_slack(_story(services, incident, company))
    return blocks.modal(TITLE, shown)


def _head(services: Services, incident: Incident, found: alert_records.Found) -> str:
    """The title; of a settled alert with what was posted, never with what once was not."""
    if incident.state is not IncidentState.RESOLVED:
        return title_of(services, incident)
    fixed = services.render.problem_or_plain(incident.problem, incident.facts).fixed
    return f"Fixed: {fixed}{alert_records.posted_words(incident, found)}"


def _standing(company: Company, incident: Incident) -> str:
    kind = incident.kind.replace("_", " ")
    problem = incident.problem.replace("_", " ")
    named = problem if kind == problem else f"{problem} ({kind})"
    opened = f"opened {moment(incident.opened_at, company.time_zone)}"
    back = f" · came back {plural(incident.reopened, 'time')}" if incident.reopened else ""
    return f"{company.name} · alert {incident.id} · {named} · {opened}{back}"


def _ended(services: Services, incident: Incident, company: Company) -> Text:
    """Who fixed it and when, or that it settled by itself."""
    if incident.state is not IncidentState.RESOLVED:
        return Text()
    outcome = incident.story.get("outcome")
    outcome = outcome if isinstance(outcome, dict) else {}
    at = outcome.get("at") or incident.resolved_at or incident.last_seen_at
    when = moment(at, company.time_zone)
    by = str(outcome.get("by") or "")
    if not by:
        return line(f"{outcome.get('seen') or 'Settled by itself'}, {when}.")
    return line(f"Fixed by {_who(services, by)}, {when}.")


def _technical(incident: Incident) -> Text:
    facts = incident.facts
    theirs = facts.get("theirs")
    known: Mapping[str, JsonValue] = {**(theirs if isinstance(theirs, dict) else {}), **facts}
    items = [
        f"{label}: {shorten(clean(str(known[key])), 300)}"
        for key, label in _TECHNICAL
        if known.get(key) not in (None, "", 0)
    ]
    return line(strong("For support")) + bullets(*items) if items else Text()


def _reports(services: Services, incident: Incident, company: Company) -> Text:
    """What other tools said of its cause, the newest first; the texts of a joined alert too."""
    with services.sessions.read() as session:
        rows = session.exec(
            select(Forwarded.received_at, Forwarded.tool, Forwarded.text)
            .where(Forwarded.company_id == incident.company_id)
            .where(Forwarded.problem == incident.problem, Forwarded.subject == incident.subject)
            .order_by(col(Forwarded.id).desc())
            .limit(_MOST_REPORTS + 1)
        ).all()
    items = [
        f"{moment(at, company.time_zone)} · {clean(tool)}: "
        f"{shorten(unmarked(clean(said)), _REPORT)}"
        for at, tool, said in rows[:_MOST_REPORTS]
    ]
    items += ["and earlier ones"] if len(rows) > _MOST_REPORTS else []
    return line(strong("Reported by other tools")) + bullets(*items) if items else Text()


def _story(services: Services, incident: Incident, company: Company) -> Text:
    rows = [row for row in incident.story.get("lines") or [] if isinstance(row, dict)]
    items = [
        f"{moment(row['at'], company.time_zone)} · {_who(services, str(row.get('by') or ''))}"
        f" · {row.get('text')}"
        for row in rows[-MOST_STORY:]
    ]
    items += _outcome(incident.story.get("outcome"))
    return line(strong("History")) + bullets(*items) if items else Text()


def _outcome(found: JsonValue) -> Iterable[str]:
    return [str(one) for one in found.get("lines") or []] if isinstance(found, dict) else []


def _who(services: Services, user_id: str) -> str:
    return services.slack.member(user_id).name if user_id else "by itself"
