"""/qb-fix: the preview of an alert's fix at once, or the alerts with their buttons."""

from collections.abc import Sequence

from bot.dispatch.model import Call, Opened, SlashCommand
from bot.dispatch.reply import Reply, line
from bot.domain import IncidentState, Payload, Role
from bot.incidents.buttons import label_of
from bot.models import Incident
from bot.render import Text
from bot.services import FixButton, Services
from commands.buttons import FIX
from commands.parts import parties, which_alert
from commands.parts.alerts import offers
from commands.parts.asked import meaningful, plain, vocabulary

_OWN = vocabulary("alert fix fixes fixing mend repair solve problem problems error errors")
_NOW = {
    IncidentState.WORKING: "It is being fixed just now: watch the alert.",
    IncidentState.RESOLVED: "It is settled already.",
}


def run(services: Services, call: Call) -> Reply:
    """List what can be fixed, each with its buttons; nothing is changed without a preview."""
    text = meaningful(call.text, _OWN)
    rows = which_alert.open_ones(services, call.companies)
    found = _named(services, call, rows, text)
    if not rows and not text:
        return Reply.say("Nothing to fix: no alert is open.", "Next: /qb-status.")
    if not found:
        about = parties.about(services, call, text)
        if about is not None:
            return about
        parts = which_alert.none_fits(services, call, rows, text, "jane doe")
        return Reply(tuple(parts), private=True)
    return Reply(tuple(_parts(services, call, found)))


def opens(services: Services, call: Call) -> Opened | None:
    """Open the preview at once when one alert is meant and one way to fix it is clear."""
    text = meaningful(call.text, _OWN)
    if not text:
        return None
    rows = which_alert.open_ones(services, call.companies)
    found = _named(services, call, rows, text)
    if len(found) != 1 or not which_alert.fix_buttons(services, found[0]):
        return None
    name = _way(services, found[0], text)
    return Opened(f"{FIX}{name}", str(found[0].id), "Preview") if name else None


def _named(services: Services, call: Call, rows: Sequence[Incident], text: str) -> list[Incident]:
    """The alerts that are meant; words that name the way to fix it may stand beside the alert's.

    Words behind it that another alert fits mean that one too: then the person is asked.
    """
    found = which_alert.named(services, call.companies, rows, text)
    words = text.split()
    for count in range(len(words) - 1, 0, -1):
        if found:
            break
        found = which_alert.named(services, call.companies, rows, " ".join(words[:count]))
        ways = {
            word for row in found for fix, _ in offers(services, row) for word in _said(fix, row)
        }
        for word in words[count:] if found else ():
            if plain(word) not in ways:
                found = _with(found, which_alert.named(services, call.companies, rows, word))
    return found


def _with(found: list[Incident], also: Sequence[Incident]) -> list[Incident]:
    ids = {row.id for row in found}
    return [*found, *(row for row in also if row.id not in ids)]


def _said(fix: FixButton, incident: Incident) -> set[str]:
    """The words on a fix's button."""
    return {plain(word) for word in label_of(fix, incident.facts).rstrip("…").casefold().split()}


def _way(services: Services, incident: Incident, text: str) -> str:
    """The fix that the words name; else the coloured one, or the only one. "" when not clear."""
    found = offers(services, incident)
    typed = {plain(word) for word in text.split()}
    for fix, _ in found:
        own = {word for word in _said(fix, incident) if not word.isdigit()} - {"and", "post"}
        if own and own <= typed:
            return fix.name
    coloured = [fix.name for fix, primary in found if primary]
    if coloured:
        return coloured[0]
    return found[0][0].name if len(found) == 1 else ""


def _parts(services: Services, call: Call, found: Sequence[Incident]) -> list[Text | Payload]:
    names = {company.id: company.name for company in call.companies}
    parts: list[Text | Payload] = []
    for row in found[: which_alert.MOST_SHOWN]:
        company = names[row.company_id] if len(call.companies) > 1 else ""
        made = which_alert.fix_buttons(services, row)
        parts += which_alert.row_of(services, row, made, company=company)
        if not made:
            parts.append(line(_why_not(row)))
    parts += which_alert.more_than_shown(len(found), call.command)
    parts.append(line("Each button shows first what exactly would change."))
    return parts


def _why_not(row: Incident) -> str:
    if row.paused_by_id is not None:
        return "It is paused until the QuickBooks connection is back: /qb-reconnect."
    return _NOW.get(row.state, "The bot cannot mend this one: its alert says what to do.")


COMMAND = SlashCommand(
    name="/qb-fix",
    help="Opens the preview of an alert's fix, or lists the alerts with their buttons.",
    usage="[alert number, document number or name]",
    role=Role.OPERATOR,
    run=run,
    examples=("/qb-fix", "/qb-fix 12", "/qb-fix 1042", "/qb-fix jane doe"),
    opens=opens,
)
