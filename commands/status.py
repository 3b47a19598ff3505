"""/qb-status: one line per company, worst first, and what to do next."""

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, line, strong
from bot.domain import Payload, Role
from bot.render import Text, moment, plural
from bot.services import Services
from bot.slack import blocks
from commands.parts.standing import Standing, ago, counted, standing

# A message holds about 13,000 characters of blocks.
MOST_SHOWN = 20


def run(services: Services, call: Call) -> Reply:
    """Say how each company stands."""
    rows = [standing(services, company) for company in call.companies]
    rows.sort(key=lambda row: (not row.is_lost, row.is_connected, row.company.name))
    parts: list[Text | Payload] = [_line(services, row) for row in rows[:MOST_SHOWN]]
    if len(rows) > MOST_SHOWN:
        more = plural(len(rows) - MOST_SHOWN, "more company", "more companies")
        parts.append(line(f"{more}, all of them better off. Name one: /qb-status <company>."))
    # An action id may stand in a message once: the other lost companies get the command named.
    button = next((row for row in rows if row.lost_incident_id is not None), None)
    if button is not None:
        parts.append(_reconnect(button))
    parts.append(line(_next(rows)))
    return Reply(tuple(parts))


def _line(services: Services, row: Standing) -> Text:
    words = [_connection(services, row)]
    words.append(f"posted today: {counted(row.posted_today) or 'nothing'}")
    words.append(_waits(row))
    words.append(_problems(row))
    if row.last_post is not None:
        words.append(f"last post {ago(services, row.last_post, row.company.time_zone)}")
    return line(strong(row.company.name), " · " + " · ".join(words))


def _connection(services: Services, row: Standing) -> str:
    found = row.connection
    if row.is_lost and found is not None:
        since = found.lost_at or services.clock.now()
        return f"CONNECTION LOST since {moment(since, row.company.time_zone)}"
    if not row.is_connected or found is None:
        return "NOT CONNECTED yet"
    if found.trouble and found.trouble_since:
        then = moment(found.trouble_since, row.company.time_zone)
        return f"connected, but QuickBooks has trouble since {then}; tried again by itself"
    return "connected"


def _waits(row: Standing) -> str:
    found = counted(row.waiting)
    if not found:
        return "nothing waits"
    one = row.waiting.documents + row.waiting.other_count == 1
    return f"{found} {'waits' if one else 'wait'}"


def _problems(row: Standing) -> str:
    paused = f", {row.paused} paused until the connection is back" if row.paused else ""
    return f"{plural(row.open_problems, 'open problem')}{paused}"


def _reconnect(row: Standing) -> Payload:
    pressed = blocks.button(
        "Reconnect…",
        "fix:reconnect",
        str(row.lost_incident_id),
        primary=True,
        label=f"Reconnect {row.company.name}",
    )
    return blocks.actions([pressed])


def _next(rows: list[Standing]) -> str:
    for row in rows:
        if row.is_lost or not row.is_connected:
            return f"Next: /qb-reconnect {row.company.name} gives you a private link."
    if any(row.open_problems for row in rows):
        return "Next: /qb-errors lists what is open, with links to the alerts."
    if any(row.waiting.documents or row.waiting.other_count for row in rows):
        return "Next: nothing; what waits is posted by itself. /qb-sync-now posts it at once."
    return "All is well: nothing to do."


COMMAND = SlashCommand(
    name="/qb-status",
    help="Shows each company's connection, what was posted, what waits and what is open.",
    usage="[company] [--public]",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-status", "/qb-status harbor foods", "/qb-status --public"),
)
