"""A company's settings as a form, for its admins; what is set elsewhere says where."""

from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from bot import jobs
from bot.dispatch import views
from bot.dispatch.model import Press
from bot.domain import JsonValue, Payload, Role
from bot.errors import BadInput, BotError
from bot.models import Click, Company, RoleGrant
from bot.policy import CompanySpec, make_or_update, refuse_future_filing
from bot.render import day, listed
from bot.services import Services
from bot.slack import blocks, inputs
from bot.sync import cadence, rounding_policy
from commands.parts import rounding_setting
from commands.parts.home_month import lasting

OPEN = "company_settings"
CALLBACK = "company_settings_form"
TITLE = "Settings"
ZONE, FILED, CHANNEL, PACE = "set_zone", "set_filed", "set_channel", "set_pace"
PEOPLE: Mapping[Role, str] = {
    Role.ADMIN: "set_admins",
    Role.APPROVER: "set_approvers",
    Role.OPERATOR: "set_operators",
    Role.VIEWER: "set_viewers",
}
GONE = "That company is not known here any more."
_LONGEST_ZONE = 60
_LONGEST_PLAN = 300


def company_named(session: Session, value: str) -> Company | None:
    """The company a button belongs to; its value is the company's id and nothing else."""
    if not value.isdecimal() or len(value) > 18:
        return None
    return session.get(Company, int(value))


def lines(services: Services, companies: Sequence[Company]) -> list[Payload]:
    """Each company's settings in a line with the button that opens their form."""
    if not companies:
        return []
    parts: list[Payload] = [blocks.header("Settings")]
    for company in companies:
        button = blocks.button(
            "Settings…", OPEN, str(company.id), label=f"Settings of {company.name}"
        )
        said = _said(services, company)
        parts.append(blocks.section(f"{company.name}\n{said}", accessory=button))
    return [*parts, blocks.context(_elsewhere(services))]


def _said(services: Services, company: Company) -> str:
    with services.sessions.read() as session:
        plan = cadence.as_words(cadence.plan_of(session, company.id or 0))
        rounds = rounding_policy.words(session, company) if company.rounding_item_id else ""
    filed = company.tax_filed_through
    closed = company.book_close_date
    return " · ".join(
        (
            f"time zone {company.time_zone}",
            f"sales tax filed through {day(filed)}" if filed else "no sales tax month is filed",
            f"books closed through {day(closed)} in QuickBooks" if closed else "books not closed",
            *([f"posts {plan}"] if plan else []),
            *([f"sales tax: {rounds}"] if rounds else []),
        )
    )


def _elsewhere(services: Services) -> str:
    settings = services.settings
    return (
        f"Posts every {lasting(settings.SYNC_SECONDS)} (SYNC_SECONDS), checks every "
        f"{lasting(settings.CHECK_SECONDS)} (CHECK_SECONDS). These, and the people who may at "
        "every company (ADMINS, APPROVERS, OPERATORS, VIEWERS), are set where the bot runs."
    )


def form(services: Services, company: Company) -> Payload:
    """The form with what is set now."""
    with services.sessions.read() as session:
        grants = _grants(session, company.id or 0)
        plan = cadence.as_words(cadence.plan_of(session, company.id or 0))
        rounds = rounding_setting.shown(session, company)
    filed = company.tax_filed_through
    zone = inputs.text_input("value", company.time_zone, max_length=_LONGEST_ZONE)
    shown = [
        *_notes(company, grants),
        inputs.input_block(
            "Channel of its alerts",
            inputs.channel_select("value", company.channel_id),
            CHANNEL,
            hint="Invite me there first. Alerts that are out stay where they are.",
        ),
        inputs.input_block(
            "Sales tax is filed through",
            inputs.date_picker("value", filed.isoformat() if filed else ""),
            FILED,
            optional=True,
            hint="What touches a month up to this day needs an approver. Empty: none is filed.",
        ),
        inputs.input_block("Time zone", zone, ZONE, hint="Like America/New_York."),
        inputs.input_block(
            "How often it posts",
            inputs.text_input("value", plan, max_length=_LONGEST_PLAN),
            PACE,
            optional=True,
            hint="Like invoices=5m all=1h. Empty: everything is posted as it comes in.",
        ),
        *rounds,
    ]
    for role, block_id in PEOPLE.items():
        own = [one for one in grants.get(role, ()) if not one.startswith("S")]
        label = f"{role.name.capitalize()}s at {company.name}"
        shown.append(
            inputs.input_block(label, inputs.people_select("value", own), block_id, optional=True)
        )
    return blocks.modal(
        TITLE,
        shown,
        callback_id=CALLBACK,
        submit="Save",
        close="Cancel",
        private_metadata=str(company.id),
    )


def _notes(company: Company, grants: Mapping[Role, Sequence[str]]) -> list[Payload]:
    closed = company.book_close_date
    said = [
        f"The books are closed through {day(closed)}; that is set in QuickBooks."
        if closed
        else "The closing date of the books is set in QuickBooks; none is set there."
    ]
    groups = [one for some in grants.values() for one in some if one.startswith("S")]
    if groups:
        said.append(f"User groups with a role here stay as they are: {listed(sorted(groups))}.")
    return [blocks.section(f"{company.name}\n{' '.join(said)}")]


def _grants(session: Session, company_id: int) -> dict[Role, list[str]]:
    """Who has a role at this company alone."""
    rows = session.exec(
        select(RoleGrant)
        .where(RoleGrant.company_id == company_id)
        .order_by(col(RoleGrant.principal))
    )
    found: dict[Role, list[str]] = {}
    for row in rows:
        found.setdefault(row.role, []).append(row.principal)
    return found


def check(services: Services, press: Press) -> Mapping[str, str]:
    """Refuse at once what cannot be saved.

    No channel, a zone nobody knows, a return of days to come, a pace nobody can read, an item that
    takes no rounding line or a limit that is none, two roles for one person.
    """
    wrong: dict[str, str] = {}
    if not str(press.choices.get(CHANNEL) or ""):
        wrong[CHANNEL] = "Choose the channel of its alerts."
    try:
        ZoneInfo(str(press.choices.get(ZONE) or "").strip() or " ")
    except (ValueError, OSError, KeyError):
        wrong[ZONE] = "That is no time zone. Write it like America/New_York."
    filed = str(press.choices.get(FILED) or "")
    if filed and ZONE not in wrong:
        zone = str(press.choices[ZONE]).strip()
        try:
            refuse_future_filing(date.fromisoformat(filed), zone, services.clock.now())
        except BadInput as error:
            wrong[FILED] = error.message
    try:
        cadence.read_plan(_plan_words(press.choices.get(PACE)))
    except BadInput as error:
        wrong[PACE] = error.message
    with services.sessions.read() as session:
        company = company_named(session, press.value)
        if company is not None:
            wrong |= rounding_setting.check(session, company, press.choices)
    seen: set[str] = set()
    for block_id in PEOPLE.values():
        given = set(str(press.choices.get(block_id) or "").split())
        if seen & given:
            wrong[block_id] = "Somebody stands here and above. The higher role holds the lower."
        seen |= given
    return wrong


def carry_out(services: Services, click: Click) -> tuple[Payload, str]:
    """Save what was typed, by this person's name, if they are an admin of the company."""
    with services.sessions.read() as session:
        company = company_named(session, click.value)
        grants = _grants(session, company.id or 0) if company else {}
    if company is None:
        raise BotError(GONE)
    services.access.require(click.user_id, company.id, Role.ADMIN, click.team_id)
    given = {block: str(value or "").strip() for block, value in click.choices.items()}
    if rounding_setting.given(given):
        rounding_setting.keep(services, company, given, click.user_id)
    people = {}
    for role, block_id in PEOPLE.items():
        groups = [one for one in grants.get(role, ()) if one.startswith("S")]
        people[role] = (*groups, *given.get(block_id, "").split())
    spec = CompanySpec(
        name=company.name,
        channel=given.get(CHANNEL) or None,
        time_zone=given.get(ZONE) or None,
        tax_filed_through=date.fromisoformat(given[FILED]) if given.get(FILED) else None,
        no_tax_filed=not given.get(FILED),
        people=people,
    )
    saved = make_or_update(services, spec, click.user_id)
    if PACE in given:
        _keep_pace(services, saved, given[PACE], click.user_id)
    sentence = f"Saved for {saved.name}: {_said(services, saved)}."
    return views.notice(TITLE, sentence), sentence


def _keep_pace(services: Services, company: Company, text: str, by: str) -> None:
    """What is no longer there has no pace of its own any more."""
    wish = cadence.read_plan(_plan_words(text))
    with services.sessions.write() as session:
        now = services.clock.now()
        gone = {row.type for row in cadence.plan_of(session, company.id or 0)} - wish.every.keys()
        wish = cadence.Cadences(wish.every, frozenset(gone))
        cadence.set_plan(session, company, wish, by=by, now=now)
    jobs.sync_company(services.queue, company.id or 0)


def _plan_words(text: JsonValue) -> list[str]:
    return str(text or "").replace(",", " ").split()
