"""/qb-mute: put an alert off until a moment that has an end; its thread reminds then."""

from datetime import datetime

from bot import incidents
from bot.dispatch.model import Call, Opened, SlashCommand
from bot.dispatch.reply import Reply, bullets, line
from bot.domain import Role
from bot.models import Company, Incident
from bot.render import Text, moment
from bot.services import Services
from commands.buttons import MORE_SNOOZE
from commands.parts import snoozing, until, which_alert
from commands.parts.alerts import short_title
from commands.parts.asked import plain, vocabulary

_WAKE = vocabulary("off wake unmute unsnooze awake end stop")
_BEFORE_REASON = vocabulary("because as since for reason until")
_ENDS = ("1 hour", "tomorrow", "3 days", "friday", "12/15", "after the close")
_MOST_WORDS = 8


def run(services: Services, call: Call) -> Reply:
    """Put the alert off, wake it, or say what is missing."""
    rows = which_alert.open_ones(services, call.companies)
    if not call.text:
        return _listed(services, call, rows)
    words = call.text.split()
    if plain(words[-1]) in _WAKE and len(words) > 1:
        return _wake(services, call, rows, " ".join(words[:-1]))
    company = call.companies[0]
    now = services.clock.now()
    read = until.read(call.text, now, company.time_zone)
    found, reason = _meant(services, call, rows, read[1] if read else call.text)
    if len(found) != 1:
        return _not_one(services, call, rows, found, read[1] if read else call.text)
    if read is None:
        return _no_end(services, found[0])
    own = _company(call, found[0])
    if own.time_zone != company.time_zone:
        read = until.read(call.text, now, own.time_zone) or read
    return _put_off(services, call, own, found[0], (read[0], reason))


def _put_off(
    services: Services, call: Call, company: Company, row: Incident, end: tuple[datetime, str]
) -> Reply:
    services.access.require(call.user_id, row.company_id, Role.OPERATOR)
    incidents.snooze(services, row.id or 0, call.user_id, end[0], end[1])
    title = short_title(services, row)
    return Reply.say(
        f"{title}: {snoozing.put_off(company, end[0])[0].lower()}"
        f"{snoozing.put_off(company, end[0])[1:]}",
        f"Next: nothing. /qb-mute {row.id} off wakes it earlier.",
    )


def _meant(
    services: Services, call: Call, rows: list[Incident], text: str
) -> tuple[list[Incident], str]:
    """The alert the first words name, and the reason behind them."""
    words = text.split()
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        start = words[:count]
        while start and plain(start[-1]) in _BEFORE_REASON:
            start.pop()
        found = which_alert.named(services, call.companies, rows, " ".join(start))
        if start and len(found) == 1:
            rest = words[count:]
            while rest and plain(rest[0]) in _BEFORE_REASON:
                rest.pop(0)
            return found, " ".join(rest)
    return which_alert.named(services, call.companies, rows, text) if words else rows, ""


def _wake(services: Services, call: Call, rows: list[Incident], text: str) -> Reply:
    found, _ = _meant(services, call, rows, text)
    if len(found) != 1:
        return _not_one(services, call, rows, found, text)
    incidents.wake(services, found[0].id or 0, call.user_id)
    return Reply.say(f"{short_title(services, found[0])}: awake again.")


def opens(services: Services, call: Call) -> Opened | None:
    """Open the window with the ends when the alert is clear and no end was typed."""
    if not call.text or plain(call.text.split()[-1]) in _WAKE:
        return None
    now, zone = services.clock.now(), call.companies[0].time_zone
    if until.read(call.text, now, zone) is not None:
        return None
    rows = which_alert.open_ones(services, call.companies)
    found = which_alert.named(services, call.companies, rows, call.text)
    return Opened(MORE_SNOOZE, str(found[0].id), "Snooze") if len(found) == 1 else None


def _listed(services: Services, call: Call, rows: list[Incident]) -> Reply:
    if not rows:
        return Reply.say("No alert is open, so there is nothing to put off.")
    off = [row for row in rows if row.snoozed_until is not None]
    said = [
        line(
            f"{short_title(services, row)}: put off until "
            f"{moment(row.snoozed_until, _company(call, row).time_zone)}; "
            f"/qb-mute {row.id} off wakes it."
        )
        for row in off
        if row.snoozed_until is not None
    ]
    return Reply((*said, *_how(rows[0])))


def _how(row: Incident) -> tuple[Text, ...]:
    examples = [f"/qb-mute {row.id} {end}" for end in _ENDS[:4]]
    return (
        line("Which alert, and for how long? A reason may follow. For example:"),
        bullets(*examples, f"/qb-mute {row.id} after the close waiting for the accountant"),
    )


def _no_end(services: Services, row: Incident) -> Reply:
    return Reply(
        (
            line(
                f"For how long shall {short_title(services, row)} be put off? "
                "Nothing is put off without an end."
            ),
            bullets(*(f"/qb-mute {row.id} {end}" for end in _ENDS)),
        )
    )


def _not_one(
    services: Services, call: Call, rows: list[Incident], found: list[Incident], text: str
) -> Reply:
    if not found:
        return Reply(tuple(which_alert.none_fits(call, rows, text, "1042 tomorrow")), private=True)
    shown = found[: which_alert.MOST_SHOWN]
    parts = [part for row in shown for part in which_alert.row_of(services, row, ())]
    return Reply(
        (
            line("Several alerts fit. Nothing was put off; name one by its number:"),
            *parts,
            *which_alert.more_than_shown(len(found), call.command),
        )
    )


def _company(call: Call, row: Incident) -> Company:
    return next(company for company in call.companies if company.id == row.company_id)


COMMAND = SlashCommand(
    name="/qb-mute",
    help="Puts an alert off until a time you say; its thread reminds you then.",
    usage="<alert> <how long> [reason]",
    role=Role.OPERATOR,
    run=run,
    examples=(
        "/qb-mute 12 tomorrow",
        "/qb-mute jane doe 3 days waiting for her e-mail",
        "/qb-mute 12 off",
    ),
    opens=opens,
)
