"""The window behind "Details": all documents, ids, the raw error, the history."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from bot.dispatch.reply import bullets, line, strong
from bot.domain import JsonValue, Payload, RecordState, Role
from bot.fixes.preview import CONNECTION
from bot.models import Click, Company, Incident, Record
from bot.render import Text, clean, moment, plural, shorten, to_slack
from bot.services import Services
from bot.slack import blocks
from bot.sync import holds
from commands.parts.alerts import title_of
from commands.parts.documents import called

TITLE = "Details"
MOST_RECORDS = 60
MOST_STORY = 20
_RAW = 1_500
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
        records = _waiting(session, incident)
    role = services.access.role(click.user_id, incident.company_id, click.team_id)
    text = line(strong(title_of(services, incident)))
    text += line(
        f"{company.name} · alert {incident.id} · {incident.problem} ({incident.kind}) · "
        f"opened {moment(incident.opened_at, company.time_zone)}"
        + (f" · came back {plural(incident.reopened, 'time')}" if incident.reopened else "")
    )
    text += _records(records)
    text += _technical(incident.facts)
    shown = to_slack(text)
    if role >= Role.OPERATOR and incident.facts.get("raw"):
        raw = shorten(clean(str(incident.facts["raw"])), _RAW)
        shown += [*to_slack(line(strong("Raw answer"))), blocks.section(raw)]
    shown += to_slack(_story(services, incident, company))
    return blocks.modal(TITLE, shown)


def _waiting(session: Session, incident: Incident) -> list[Record]:
    """What the alert's cause keeps from being posted: behind the connection, all that waits."""
    if incident.subject != CONNECTION:
        return holds.waiting_records(
            session, incident.company_id, incident.problem, incident.subject
        )
    return list(
        session.exec(
            select(Record)
            .where(Record.company_id == incident.company_id)
            .where(col(Record.state) == RecordState.WAITING)
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def _records(records: list[Record]) -> Text:
    if not records:
        return line("No record waits for this just now.")
    items = [called(record) for record in records[:MOST_RECORDS]]
    more = len(records) - len(items)
    if more > 0:
        items.append(f"and {plural(more, 'more record')}")
    return line(strong(f"{plural(len(records), 'record')} not posted")) + bullets(*items)


def _technical(facts: Mapping[str, JsonValue]) -> Text:
    theirs = facts.get("theirs")
    known = {**(theirs if isinstance(theirs, dict) else {}), **facts}
    items = [
        f"{label}: {shorten(clean(str(known[key])), 300)}"
        for key, label in _TECHNICAL
        if known.get(key) not in (None, "", 0)
    ]
    return line(strong("For support")) + bullets(*items) if items else Text()


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
