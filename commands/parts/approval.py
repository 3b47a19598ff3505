"""Asking somebody else to approve: the button's words, the thread, the answers to it."""

from collections.abc import Sequence

import structlog
from sqlmodel import select

from bot.access import Person, at_least
from bot.dispatch import views
from bot.dispatch.reply import line
from bot.domain import Payload, Role
from bot.fixes import asking
from bot.fixes.model import Plan
from bot.incidents.rows import about
from bot.models import Click, Company, Delivery, FixRun
from bot.render import clean, listed, moment, to_slack
from bot.services import Services
from bot.slack import SlackFault, blocks, inputs

log = structlog.get_logger(__name__)

ASK = "fix_ask"
DECLINE = "ask_decline"
REASON = "ask_reason"
DECLINED = "Noted. The alert says so, and who asked is told in its thread."
MOST_NAMED = 2
_LONGEST_REASON = 200


def to_ask(services: Services, run: FixRun, user_id: str) -> list[Person]:
    """Who may be asked: the people of the lowest role that suffices, never the asker."""
    return services.access.those(run.company_id, run.role_needed, but=user_id)


def label(people_asked: Sequence[Person], role: Role) -> str:
    """The button's words: "Ask Priya or Sam", at most 24 characters."""
    named = people_asked[:MOST_NAMED]
    full = [clean(person.name) for person in named]
    first = [name.split()[0] if name.split() else name for name in full]
    for names in (full, first):
        words = f"Ask {listed(names, 'or')}"
        if names and len(words) <= blocks.VIEW_TITLE:
            return words
    return f"Ask {role.words}"


def lacks_second(services: Services, run: FixRun, plan: Plan) -> bool:
    """Whether two people have to see it and fewer have the role: then no question ends well."""
    least = plan.first or run.role_needed
    return bool(plan.second) and len(services.access.who(run.company_id, least)) < 2


def why(plan: Plan, run: FixRun, missing: str, asked: Sequence[Person]) -> str:
    """Why somebody else is needed, and who; where there is nobody, who could name one."""
    reasons = [plan.second, missing]
    if not asked and (plan.second or not missing):
        role = run.role_needed
        reasons.append(
            f"Nobody approves alone, and fewer than two people are {at_least(role)} here. Whoever "
            f"runs this bot can name another one in the setting {role.name}S; then press the "
            "button again."
        )
    return "\n".join(part for part in reasons if part)


def who_asked(run: FixRun) -> list[Payload]:
    """The line above an approver's preview: who asked for it."""
    if not run.asked_by:
        return []
    words = " asks you to approve this. Nothing is written before you do."
    return [blocks.rich_text(blocks.line(blocks.person(run.asked_by), blocks.words(words)))]


def ask(services: Services, click: Click, run: FixRun, plan: Plan) -> Payload:
    """Say that it is asked, and mention those who may in the alert's thread."""
    asked = to_ask(services, run, click.user_id)
    start = [*_mentions(asked), blocks.words(": ")] if asked else []
    words = f" asks for an approval: {plan.title}. The alert above has the two answers."
    parts = [*start, blocks.person(click.user_id), blocks.words(words)]
    _in_thread(services, run.incident_id, f"Approval asked: {plan.title}", parts)
    return asked_already(services, run, asked, plan.title)


def asked_already(services: Services, run: FixRun, asked: Sequence[Person], title: str) -> Payload:
    """The window after asking: who was asked, and until when it stands."""
    names = listed([person.name for person in asked], "or")
    who = f"Asked {names}. " if names else "Asked. "
    until = moment(run.expires_at, _zone(services, run))
    words = (
        f"{who}The alert shows it with the two answers. Nothing is written until somebody "
        f"approves; without an answer it ends by itself, {until}."
    )
    return views.notice(title, words)


def decline_form(run: FixRun) -> Payload:
    """The window behind "No…": a reason that the asker reads."""
    own = inputs.text_input("value", max_length=_LONGEST_REASON)
    shown = [
        *to_slack(line("Nothing is written. Whoever asked is told so in the alert's thread.")),
        inputs.input_block("Reason", own, REASON, hint="What should be done instead?"),
    ]
    return blocks.modal(
        "Do not approve",
        shown,
        callback_id=DECLINE,
        submit="Say no",
        close="Cancel",
        private_metadata=str(run.incident_id),
    )


def declined(services: Services, click: Click) -> Payload:
    """Say no for this person and tell the asker; a second time changes nothing."""
    incident_id = int(click.value) if click.value.isdecimal() else 0
    reason = clean(str(click.choices.get(REASON) or ""))
    run = asking.decline(services, incident_id, click.user_id, click.team_id, reason)
    if run.asked_by != click.user_id:
        words = f" said no: {reason}" if reason else " said no."
        parts = [
            blocks.person(run.asked_by),
            blocks.words(": "),
            blocks.person(click.user_id),
            blocks.words(words),
        ]
        _in_thread(services, incident_id, "Not approved", parts)
    return views.notice("Not approved", DECLINED)


def _mentions(asked: Sequence[Person]) -> list[Payload]:
    parts: list[Payload] = []
    for number, person in enumerate(asked):
        parts += [blocks.words(", ")] if number else []
        parts.append(blocks.person(person.id))
    return parts


def _in_thread(services: Services, incident_id: int, text: str, parts: Sequence[Payload]) -> None:
    """Reply under the alert, once and as well as it goes: the alert itself shows what is true."""
    with services.sessions.read() as session:
        delivery = session.exec(select(Delivery).where(about(session, incident_id))).first()
    if delivery is None or not delivery.ts:
        return
    try:
        shown = [blocks.rich_text(blocks.line(*parts))]
        services.slack.post(delivery.channel_id, text, shown, thread_ts=delivery.ts)
    except SlackFault as fault:
        log.warning("thread not written", incident=incident_id, reason=fault.message)


def _zone(services: Services, run: FixRun) -> str:
    with services.sessions.read() as session:
        return session.get_one(Company, run.company_id).time_zone
