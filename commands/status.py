"""/qb-status: one line per company, worst first, and what to do next."""

from datetime import timedelta

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, line, strong
from bot.domain import Payload, Role
from bot.knowledge.overrides import trouble
from bot.mirror import reading
from bot.outgoing import callbacks
from bot.render import Text, listed, moment, plural, sentence, shorten, sums
from bot.services import Services
from bot.slack import blocks
from bot.sync.trouble import HEALING, SUSPENDED, SYNC_STOPPED
from commands.parts import parties
from commands.parts.asked import company_names, meaningful, not_understood, vocabulary
from commands.parts.reads import reads_this_month
from commands.parts.receipts import receipts
from commands.parts.standing import (
    Standing,
    ago,
    are_held,
    how_many,
    standing,
    waits,
)

# A message holds about 13,000 characters of blocks.
MOST_SHOWN = 20
# What waits no longer than this goes in its turn.
_SOON = timedelta(minutes=15)
# What is told to a source usually arrives within seconds.
_LONG = timedelta(hours=1)
# What people say beside it, meaning nothing else.
_OWN = vocabulary(
    "amount company companies current money much overview report state status sync today total "
    "wait waiting waits"
)


def run(services: Services, call: Call) -> Reply:
    """Say how each company stands, or what is known of the customer that was named."""
    asked = meaningful(call.text, _OWN)
    if asked:
        return parties.about(services, call, asked) or _strange(call, asked)
    rows = [standing(services, company) for company in call.companies]
    rows.sort(key=lambda row: (not row.is_lost, row.is_connected, row.company.name))
    parts: list[Text | Payload] = []
    for row in rows[:MOST_SHOWN]:
        parts.append(_line(services, row))
        parts += [line(said) for said in receipts(services, row.company)]
    if len(rows) > MOST_SHOWN:
        more = plural(len(rows) - MOST_SHOWN, "more company", "more companies")
        parts.append(line(f"{more}, all of them better off. Name one: /qb-status <company>."))
    parts += [line(said) for said in (reads_this_month(services), _firm_files(services)) if said]
    # An action id may stand in a message once: the other lost companies get the command named.
    button = next((row for row in rows if row.lost_incident_id is not None), None)
    if button is not None:
        parts.append(_reconnect(button))
    parts.append(line(_next(rows)))
    return Reply(tuple(parts))


def _strange(call: Call, asked: str) -> Reply:
    names = company_names(call)
    if call.in_company_channel:
        possible = f"In this channel /qb-status is about {listed(names)} and takes no other words."
    else:
        possible = f"/qb-status takes the name of a company: {listed(names, 'or')}."
    reply = not_understood(call, asked, possible, names)
    return Reply((*reply.parts, line("Next: /qb-status without words.")), private=True)


def _line(services: Services, row: Standing) -> Text:
    words = [_connection(services, row), _reading(services, row)]
    words.append(f"posted today: {sums.told(row.posted_today) or 'nothing'}")
    words.append(_waits(services, row))
    words.append(are_held(row.held, row.causes))
    words.append(_problems(row))
    words.append(_untold(services, row))
    if row.last_post is not None:
        words.append(f"last post {ago(services, row.last_post, row.company.time_zone)}")
    return line(strong(row.company.name), " · " + " · ".join(word for word in words if word))


def _connection(services: Services, row: Standing) -> str:
    found = row.connection
    if row.is_lost and found is not None:
        since = found.lost_at or services.clock.now()
        return f"CONNECTION LOST since {moment(since, row.company.time_zone)}"
    if not row.is_connected or found is None:
        return "NOT CONNECTED yet"
    if found.trouble and found.trouble_since:
        then = moment(found.trouble_since, row.company.time_zone)
        return _troubled(found.trouble, then)
    return "connected"


def _troubled(problem: str, since: str) -> str:
    """What stops the company, and who has to do something about it."""
    if problem == SUSPENDED:
        return (
            f"connected, but since {since} the QuickBooks subscription has ended: whoever pays for "
            "QuickBooks renews it, then somebody presses Try again on its alert"
        )
    if problem in (*HEALING, SYNC_STOPPED):
        return f"connected, but QuickBooks has trouble since {since}; tried again by itself"
    return f"connected, but QuickBooks refuses since {since}; its alert says who has to do what"


def _reading(services: Services, row: Standing) -> str:
    """How far the first reading of the company is; "" once it is read."""
    with services.sessions.read() as session:
        load = reading.under_way(session, row.company.id or 0)
        if load is None:
            return ""
        now = reading.progress(session, load)
    return (
        f"being read from QuickBooks, {now.done:,} of {plural(now.total, 'record')}; nothing is "
        "posted before"
    )


def _waits(services: Services, row: Standing) -> str:
    """What waits, and since when where that is longer than it usually takes."""
    found = waits(row.waiting)
    if not how_many(row.waiting):
        return found
    found = found if row.is_connected else f"{found} for the connection"
    if row.oldest is None or services.clock.now() - row.oldest < _SOON:
        return found
    since = moment(row.oldest, row.company.time_zone)
    return f"{found}, {'since' if how_many(row.waiting) == 1 else 'the oldest since'} {since}"


def _problems(row: Standing) -> str:
    paused = f", {row.paused} paused until the connection is back" if row.paused else ""
    return f"{plural(row.open_problems, 'open problem')}{paused}"


def _untold(services: Services, row: Standing) -> str:
    """The sources whose own system has not taken events for an hour; "" when all have."""
    now = services.clock.now()
    with services.sessions.read() as session:
        found = callbacks.troubles(session, row.company.id or 0, now, _LONG)
    said = [
        f"{shorten(one.source, 40)} has not taken {plural(one.waiting, 'event')} since "
        f"{moment(one.since, row.company.time_zone)}"
        for one in found
    ]
    return listed(said)


def _reconnect(row: Standing) -> Payload:
    pressed = blocks.button(
        "Reconnect…",
        "fix:reconnect",
        str(row.lost_incident_id),
        primary=True,
        label=f"Reconnect {row.company.name}",
    )
    return blocks.actions([pressed])


def _firm_files(services: Services) -> str:
    """How many problem files of the firm cannot be used; "" when all can."""
    if fault := services.knowledge.overrides.fault:
        return f"{sentence(fault)} Your problem files are used as they were read before."
    wrong = trouble(services.knowledge.overrides, services.render.failing)
    if not wrong:
        return ""
    files = plural(len(wrong), "problem file of your own is", "problem files of your own are")
    names = listed([shorten(name, 40) for name in list(wrong)[:5]])
    return f"{files} not used, our words stand in: {names}. /qb-explain preview shows why."


def _next(rows: list[Standing]) -> str:
    for row in rows:
        if row.is_lost or not row.is_connected:
            return f"Next: /qb-reconnect {row.company.name} gives you a private link."
    if any(row.open_problems or how_many(row.held) for row in rows):
        return "Next: /qb-errors lists what is open, with links to the alerts."
    if any(how_many(row.waiting) for row in rows):
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
