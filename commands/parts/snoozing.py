"""The window behind "Snooze…": until when, and why; every snooze has an end."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot import incidents
from bot.dispatch import views
from bot.dispatch.model import Press
from bot.dispatch.reply import line
from bot.domain import Payload, Role
from bot.errors import BotError
from bot.models import Click, Company, Incident
from bot.render import clean, moment, to_slack
from bot.services import Services
from bot.slack import blocks, inputs
from commands.parts import until
from commands.parts.alerts import short_title

CALLBACK = "snooze"
END = "snooze_end"
REASON = "snooze_reason"
HOUR, TOMORROW, DAYS, CLOSE, WAKE = "hour", "tomorrow", "days", "close", "wake"
_LONGEST_REASON = 200


def form(services: Services, incident: Incident) -> Payload:
    """The window with the ends one can choose, as days of the company's clock."""
    company = _company(services, incident)
    now, zone = services.clock.now(), company.time_zone
    ends = [
        (HOUR, f"1 hour, until {moment(now + timedelta(hours=1), zone)}"),
        (TOMORROW, f"Tomorrow, {moment(until.tomorrow(now, zone), zone)}"),
        (DAYS, f"3 days, until {moment(until.tomorrow(now, zone, 3), zone)}"),
        (CLOSE, f"After the month-end close, {moment(until.after_close(now, zone), zone)}"),
    ]
    if incident.snoozed_until is not None:
        ends.insert(0, (WAKE, "Wake it now"))
    text = line(
        "It stays in the channel and its buttons work. When the time is over, its thread reminds "
        "whoever put it off."
    )
    reason = inputs.text_input("value", max_length=_LONGEST_REASON)
    shown = [
        *to_slack(line(short_title(services, incident))),
        *to_slack(text),
        inputs.input_block("Until", inputs.select("value", ends, ends[0][0]), END),
        inputs.input_block("Why", reason, REASON, optional=True),
    ]
    return blocks.modal(
        "Snooze",
        shown,
        callback_id=CALLBACK,
        submit="Put off",
        close="Cancel",
        private_metadata=str(incident.id),
    )


def check(_services: Services, press: Press) -> Mapping[str, str]:
    """An end has to be chosen."""
    given = press.choices.get(END)
    return {} if given in (HOUR, TOMORROW, DAYS, CLOSE, WAKE) else {END: "Choose until when."}


def carry_out(services: Services, click: Click) -> str:
    """Put the alert off as chosen; gives the sentence for the window."""
    with services.sessions.read() as session:
        value = int(click.value) if click.value.isdecimal() else 0
        incident = session.get(Incident, value)
    if incident is None:
        msg = "That alert is not known here any more."
        raise BotError(msg)
    services.access.require(click.user_id, incident.company_id, Role.OPERATOR, click.team_id)
    chosen = str(click.choices.get(END) or "")
    if chosen == WAKE:
        incidents.wake(services, incident.id or 0, click.user_id)
        return "It is awake again."
    company = _company(services, incident)
    end = _end(chosen, services.clock.now(), company.time_zone)
    reason = clean(str(click.choices.get(REASON) or ""))
    incidents.snooze(services, incident.id or 0, click.user_id, end, reason)
    return put_off(company, end)


def put_off(company: Company, end: datetime) -> str:
    """The sentence about an alert that is put off now."""
    return (
        f"Put off until {moment(end, company.time_zone)}. Its thread reminds you then; its buttons "
        "work meanwhile."
    )


def _end(chosen: str, now: datetime, zone: str) -> datetime:
    if chosen == HOUR:
        return now + timedelta(hours=1)
    if chosen == CLOSE:
        return until.after_close(now, zone)
    return until.tomorrow(now, zone, 3 if chosen == DAYS else 1)


def _company(services: Services, incident: Incident) -> Company:
    with services.sessions.read() as session:
        return session.get_one(Company, incident.company_id)


def done(sentence: str) -> Payload:
    """The window after it."""
    return views.notice("Snooze", sentence)
