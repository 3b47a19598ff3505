"""/qb-mute: put an alert off until a moment, or say that it is no problem; both have an end."""

from datetime import datetime

from bot import incidents
from bot.dispatch.model import Call, Opened, SlashCommand
from bot.dispatch.reply import Reply, bullets, line
from bot.domain import Payload, Role
from bot.incidents.people import TAKE_BACK
from bot.models import Company, Incident
from bot.render import Text, moment, plural
from bot.services import Services
from bot.slack import blocks
from commands.buttons import MORE_EXCEPTION, MORE_SNOOZE, incident_of
from commands.parts import set_aside, snoozing, until, which_alert
from commands.parts.alerts import short_title
from commands.parts.asked import plain, vocabulary

_WAKE = vocabulary("off wake unmute unsnooze awake end stop")
_BEFORE_REASON = vocabulary("because as since for reason until")
_ENDS = ("1 hour", "tomorrow", "3 days", "friday", "12/15", "after the close")
_MOST_WORDS = 8


def run(services: Services, call: Call) -> Reply:
    """Put the alert off, set it aside, wake it, or say what is missing."""
    rows = which_alert.open_ones(services, call.companies)
    if not call.text:
        return _listed(services, call, rows)
    words = call.text.split()
    if plain(words[-1]) in _WAKE and len(words) > 1:
        return _wake(services, call, rows, " ".join(words[:-1]))
    aside = _set_aside(services, call, rows)
    if aside is not None:
        return aside
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


def _set_aside(services: Services, call: Call, rows: list[Incident]) -> Reply | None:
    """Answer "12 not a duplicate 30 days two stores"; None for other words."""
    typed = set_aside.typed(call.text, services.clock.now(), call.companies[0].time_zone)
    if typed is None:
        return None
    found = which_alert.named(services, call.companies, rows, typed.alert)
    if len(found) != 1 or not typed.alert:
        return _not_one(services, call, rows, found, typed.alert)
    row = found[0]
    if typed.until is None or not typed.reason:
        return Reply.say(
            f"Why is {short_title(services, row)} no problem, and until when? Say both.",
            f"For example: /qb-mute {row.id} not a duplicate 30 days two stores of one family",
        )
    services.access.require(call.user_id, row.company_id, set_aside.role(services, row))
    return Reply.say(set_aside.make(services, row, call.user_id, typed.reason, typed.until))


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
    aside = incident_of(services, text.removeprefix("alert ").removeprefix("#"))
    if aside is not None and any(
        row.incident_id == aside.id for row, _ in set_aside.standing(services, call.companies)
    ):
        services.access.require(call.user_id, aside.company_id, set_aside.role(services, aside))
        return Reply.say(set_aside.take_back(services, aside, call.user_id))
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
    typed = set_aside.typed(call.text, now, zone)
    if typed is not None:
        return _opens_exception(services, call, typed)
    if until.read(call.text, now, zone) is not None:
        return None
    rows = which_alert.open_ones(services, call.companies)
    found = which_alert.named(services, call.companies, rows, call.text)
    return Opened(MORE_SNOOZE, str(found[0].id), "Snooze") if len(found) == 1 else None


def _opens_exception(services: Services, call: Call, typed: set_aside.Typed) -> Opened | None:
    """The window for the reason and the end, when the alert is clear and one of them is missing."""
    if not typed.alert or (typed.reason and typed.until is not None):
        return None
    rows = which_alert.open_ones(services, call.companies)
    found = which_alert.named(services, call.companies, rows, typed.alert)
    one = found[0] if len(found) == 1 else None
    return Opened(MORE_EXCEPTION, str(one.id), set_aside.TITLE) if one else None


def _listed(services: Services, call: Call, rows: list[Incident]) -> Reply:
    aside = _aside(services, call)
    if not rows and not aside:
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
    return Reply((*said, *aside, *(_how(rows[0]) if rows else ())))


def _aside(services: Services, call: Call) -> list[Text | Payload]:
    """What was said to be no problem, each with its reason, its end and the way back."""
    found = set_aside.standing(services, call.companies)
    shown: list[Text | Payload] = []
    for row, end in found[: which_alert.MOST_SHOWN]:
        words = f"{row.words}: no problem until {end}: {row.reason}. "
        shown.append(line(f"{words}/qb-mute {row.incident_id} off takes it back."))
        value = str(row.incident_id)
        label = f"Take back the exception of alert {value}"
        shown.append(blocks.actions([blocks.button("Take back…", TAKE_BACK, value, label=label)]))
    more = len(found) - which_alert.MOST_SHOWN
    return [*shown, line(plural(more, "more exception"))] if more > 0 else shown


def _how(row: Incident) -> tuple[Text, ...]:
    examples = [f"/qb-mute {row.id} {end}" for end in _ENDS[:4]]
    return (
        line("Which alert, and for how long? A reason may follow. For example:"),
        bullets(
            *examples,
            f"/qb-mute {row.id} after the close waiting for the accountant",
            f"/qb-mute {row.id} not a duplicate 30 days two stores of one family",
        ),
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
        return Reply(
            tuple(which_alert.none_fits(services, call, rows, text, "1042 tomorrow")), private=True
        )
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
    help="Puts an alert off until a time you say, or sets it aside as no problem.",
    usage="<alert> <how long> [reason]",
    role=Role.OPERATOR,
    run=run,
    examples=(
        "/qb-mute 12 tomorrow",
        "/qb-mute jane doe 3 days waiting for her e-mail",
        "/qb-mute 12 not a duplicate 30 days two stores",
        "/qb-mute 12 off",
    ),
    opens=opens,
)
