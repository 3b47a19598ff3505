"""The windows behind "Not a duplicate…" and "Take back…", and the same as typed words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.dispatch import views
from bot.dispatch.model import Press
from bot.dispatch.reply import line
from bot.domain import Payload, Role
from bot.errors import BadInput, BotError
from bot.incidents import exceptions
from bot.models import Click, Company, Exemption, Incident
from bot.render import Text, clean, day, not_posted, plural, shorten, to_slack
from bot.services import Services
from bot.slack import blocks, inputs
from commands.parts import until
from commands.parts.alerts import short_title

CALLBACK = "exception"
BACK = "exception_back_form"
REASON, END, DAY = "exception_reason", "exception_end", "exception_day"
TITLE, BACK_TITLE = "Not a problem", "Take back"
_LONGEST_REASON = 200
_UNTIL_DAY = "day"
_DAYS = {"7": "7 days", "30": "30 days", "90": "90 days"}
_SAID = re.compile(
    r"\b(?:(?:is\s+|are\s+)?not\s+(?:an?\s+|the\s+)?(?:duplicates?|doubles?|twins?|same|problems?)"
    r"|no\s+(?:duplicates?|doubles?|problems?)|false\s+alarm|(?:is|are)\s+expected)\b",
    re.IGNORECASE,
)
_JOIN = re.compile(r"^(?:because|since|as|for|,|:|-|–)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Typed:
    """What somebody typed: which alert, why it is none, and until when ("" and None: not said)."""

    alert: str
    reason: str
    until: datetime | None


def typed(text: str, now: datetime, time_zone: str) -> Typed | None:
    """Read "12 not a duplicate 30 days two stores of one family"; None for other words."""
    found = _SAID.search(text)
    if found is None:
        return None
    rest = text[found.end() :].strip()
    read = until.read(rest, now, time_zone)
    reason = read[1] if read else rest
    return Typed(text[: found.start()].strip(), _JOIN.sub("", reason.strip()), read and read[0])


def role(services: Services, incident: Incident) -> Role:
    """Who may set this alert aside, and take that back."""
    return services.knowledge.problem(incident.problem).exception_role


def form(services: Services, incident: Incident) -> Payload:
    """The window that asks for a reason and an end; a sentence where no exception helps."""
    company = _company(services, incident)
    label = services.knowledge.problem(incident.problem).exception.rstrip("…") or TITLE
    try:
        exceptions.refuse_where_it_cannot_be(services, incident)
    except BadInput as refused:
        return views.notice(TITLE, refused.message)
    now = services.clock.now()
    ends = [
        (
            count,
            f"{words}, until {_day(until.tomorrow(now, company.time_zone, int(count)), company)}",
        )
        for count, words in _DAYS.items()
    ]
    own = inputs.text_input("value", max_length=_LONGEST_REASON)
    shown = [
        *to_slack(line(short_title(services, incident))),
        *to_slack(_consequence(incident)),
        inputs.input_block("Why is it no problem?", own, REASON),
        inputs.input_block(
            "Until",
            inputs.select("value", [*ends, (_UNTIL_DAY, "The day below")], "30"),
            END,
            hint="If it is still there then, it comes back as a new alert.",
        ),
        inputs.input_block(
            "Day", inputs.date_picker("value"), DAY, hint="A year at most.", optional=True
        ),
    ]
    return blocks.modal(
        label,
        shown,
        callback_id=CALLBACK,
        submit="Set aside",
        close="Cancel",
        private_metadata=str(incident.id),
    )


def _consequence(incident: Incident) -> Text:
    """What this does to what waits; nothing is posted by it that nobody was told of."""
    if not incident.facts.get("documents") and not incident.facts.get("record_count"):
        return line("The check does not tell of it again until the end. Nothing is written.")
    created = incident.problem in ("same_party", "same_item") and incident.facts.get("list")
    what = f"The {incident.facts['list']} is then created as a new one. " if created else ""
    return line(
        f"{what}What waits goes on to QuickBooks: {not_posted(incident.facts)} until now. "
        "Nobody is asked about it again until the end. What is posted stays when this is taken "
        "back."
    )


def check(services: Services, press: Press) -> Mapping[str, str]:
    """A reason and an end have to be given."""
    wrong: dict[str, str] = {}
    if len(str(press.choices.get(REASON) or "").strip()) < exceptions.SHORTEST_REASON:
        wrong[REASON] = "Say in a few words why it is no problem."
    chosen = str(press.choices.get(END) or "")
    if chosen != _UNTIL_DAY and chosen not in _DAYS:
        wrong[END] = "Choose until when."
    given = str(press.choices.get(DAY) or "")
    if chosen == _UNTIL_DAY and not given:
        wrong[DAY] = "Choose the day."
    elif chosen == _UNTIL_DAY:
        now = services.clock.now()
        if not now.date() < _read_day(given) <= (now + exceptions.LONGEST).date():
            wrong[DAY] = "Choose a day that is still to come, a year ahead at most."
    return wrong


def carry_out(services: Services, click: Click) -> tuple[Payload, str]:
    """Set the alert aside as the form says. Raises BotError with a sentence."""
    incident = _incident(services, click)
    company = _company(services, incident)
    chosen = str(click.choices.get(END) or "")
    if chosen == _UNTIL_DAY:
        end = until.morning(_read_day(str(click.choices.get(DAY) or "")), company.time_zone)
    else:
        end = until.tomorrow(services.clock.now(), company.time_zone, int(chosen))
    reason = clean(str(click.choices.get(REASON) or ""))
    sentence = make(services, incident, click.user_id, reason, end)
    return views.notice(TITLE, sentence), sentence


def make(services: Services, incident: Incident, user_id: str, reason: str, end: datetime) -> str:
    """Set an alert aside; gives the sentence for the person. Raises BotError."""
    made, freed = exceptions.make(services, incident.id or 0, user_id, reason, end)
    until_day = _day(made.until, _company(services, incident))
    goes = f" {plural(freed, 'record')} {'goes' if freed == 1 else 'go'} on to QuickBooks."
    return (
        f"Set aside until {until_day}: {shorten(made.words, 100)}.{goes if freed else ''} "
        f"The alert says so; /qb-mute {incident.id} off takes it back."
    )


def back_form(services: Services, incident: Incident) -> Payload:
    """The window that asks once more before an exception ends."""
    with services.sessions.read() as session:
        found = exceptions.standing_of(session, incident.id or 0)
    if found is None:
        return views.notice(BACK_TITLE, "That exception has ended already.")
    return blocks.modal(
        BACK_TITLE,
        [
            *to_slack(line(short_title(services, incident))),
            *to_slack(line(f"Set aside because: {found.reason}")),
            *to_slack(line(_AFTERWARDS)),
        ],
        callback_id=BACK,
        submit="Take back",
        close="Cancel",
        private_metadata=str(incident.id),
    )


_AFTERWARDS = "It is looked at again at once. What was posted meanwhile stays in QuickBooks."


def carry_back(services: Services, click: Click) -> tuple[Payload, str]:
    """End the exception. Raises BotError with a sentence."""
    sentence = take_back(services, _incident(services, click), click.user_id)
    return views.notice(BACK_TITLE, sentence), sentence


def take_back(services: Services, incident: Incident, user_id: str) -> str:
    """End an exception; gives the sentence for the person. Raises BotError."""
    found = exceptions.take_back(services, incident.id or 0, user_id)
    return f"Taken back: {shorten(found.words, 100)}. {_AFTERWARDS}"


def standing(services: Services, companies: Sequence[Company]) -> list[tuple[Exemption, str]]:
    """The exceptions in force, each with its end as a day of its company."""
    by_id = {company.id or 0: company for company in companies}
    with services.sessions.read() as session:
        rows = exceptions.standing(session, list(by_id))
    return [(row, _day(row.until, by_id[row.company_id])) for row in rows]


def _incident(services: Services, click: Click) -> Incident:
    """The alert of a form, after another look at who may."""
    value = int(click.value) if click.value.isdecimal() else 0
    with services.sessions.read() as session:
        incident = session.get(Incident, value)
    if incident is None:
        msg = "That alert is not known here any more."
        raise BotError(msg)
    wanted = role(services, incident)
    services.access.require(click.user_id, incident.company_id, wanted, click.team_id)
    return incident


def _read_day(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        msg = "That is no day. Choose one from the calendar."
        raise BadInput(msg) from None


def _day(moment: datetime, company: Company) -> str:
    return day(moment, time_zone=company.time_zone)


def _company(services: Services, incident: Incident) -> Company:
    with services.sessions.read() as session:
        return session.get_one(Company, incident.company_id)
