"""/qb-undo: take a fix back, where that is still true; a preview says what exactly it does."""

from sqlmodel import Session, col, select

from bot.dispatch.model import Call, Opened, SlashCommand
from bot.dispatch.reply import Reply, line
from bot.domain import SALES_DOCUMENTS, IncidentState, Payload, Role
from bot.fixes import rounded, undoable
from bot.fixes.model import UNDO
from bot.models import FixRun, Incident
from bot.render import Text
from bot.services import Services
from commands.buttons import FIX
from commands.parts import documents, which_alert
from commands.parts.asked import meaningful, quoted, vocabulary

_MOST_READ = 200
_OWN = vocabulary("alert back fix last revert take undo")


def run(services: Services, call: Call) -> Reply:
    """List what can be taken back, the last one first, each with its button."""
    text = meaningful(call.text, _OWN)
    _offer_rounded(services, call, text)
    rows = _undoable(services, call)
    found = which_alert.named(services, call.companies, rows, text)
    if not rows:
        return Reply.say(
            "Nothing the bot did in the last 30 days can be taken back.",
            *_by_rule(call),
            "A posted document is voided or credited in QuickBooks, each by itself.",
        )
    if not found:
        return Reply(
            (
                line(f"Nothing that can be taken back fits {quoted(text)}."),
                line("Next: /qb-undo alone lists what can be taken back."),
            ),
            private=True,
        )
    return Reply(tuple(_parts(services, call, found)))


def opens(services: Services, call: Call) -> Opened | None:
    """Open the preview at once when one fix is meant."""
    text = meaningful(call.text, _OWN)
    rows = _undoable(services, call) if text else []
    found = which_alert.named(services, call.companies, rows, text)
    return Opened(f"{FIX}{UNDO}", str(found[0].id), "Undo") if len(found) == 1 else None


def _offer_rounded(services: Services, call: Call, text: str) -> None:
    """A line the bot added by the company's own rule has its alert once its document is named."""
    if not text:
        return
    since = services.clock.now() - rounded.RECENT
    with services.sessions.read() as session:
        rows = documents.find(session, call.companies, text.split()[-1], SALES_DOCUMENTS)
        due = [row.id or 0 for row in rows if rounded.line_of(row, since) is not None]
    for record_id in due[: which_alert.MOST_SHOWN]:
        rounded.offer(services, record_id, since)


def _undoable(services: Services, call: Call) -> list[Incident]:
    """The alerts whose last fix left something to take back, the last one first."""
    since = services.clock.now() - rounded.RECENT
    with services.sessions.read() as session:
        ids = session.exec(
            select(FixRun.incident_id)
            .where(col(FixRun.company_id).in_([company.id for company in call.companies]))
            .where(col(FixRun.state).in_(("done", "failed")), FixRun.approved_by != "")
            .where(col(FixRun.finished_at) >= since)
            .order_by(col(FixRun.id).desc())
            .limit(_MOST_READ)
        ).all()
        return [
            incident
            for incident_id in dict.fromkeys(ids)
            if (incident := _settled(session, incident_id)) is not None
        ]


def _settled(session: Session, incident_id: int) -> Incident | None:
    incident = session.get_one(Incident, incident_id)
    if incident.state is IncidentState.WORKING or not undoable.can_undo(session, incident_id):
        return None
    return incident


def _parts(services: Services, call: Call, found: list[Incident]) -> list[Text | Payload]:
    names = {company.id: company.name for company in call.companies}
    parts: list[Text | Payload] = []
    for row in found[: which_alert.MOST_SHOWN]:
        company = names[row.company_id] if len(call.companies) > 1 else ""
        buttons = [(f"{FIX}{UNDO}", "Undo…")]
        parts += which_alert.row_of(services, row, buttons, company=company)
    parts += which_alert.more_than_shown(len(found), call.command)
    parts += [line(one) for one in _by_rule(call)]
    parts.append(line("The button shows first what exactly is taken back, and what is not."))
    return parts


def _by_rule(call: Call) -> list[str]:
    """How a rounding line is found that nobody pressed a button for."""
    if call.text.strip() or not any(company.rounding_item_id for company in call.companies):
        return []
    return ["A rounding line the bot added by itself: /qb-undo with the number of its document."]


COMMAND = SlashCommand(
    name="/qb-undo",
    help="Takes a fix back where that is still possible; a preview says what it does.",
    usage="[alert number, document number or name]",
    role=Role.OPERATOR,
    run=run,
    examples=("/qb-undo", "/qb-undo 12", "/qb-undo jane doe"),
    opens=opens,
)
