"""The app's Home tab of one person, from the rows as they are now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, func, select

from bot.dispatch.reply import line
from bot.domain import Payload, Role
from bot.models import CheckRun, Company, Incident
from bot.render import listed, moment, to_slack
from bot.services import Services
from bot.slack import blocks
from commands.parts import home_companies, home_month, home_open, home_settings
from commands.parts.which_alert import open_ones

MOST_CHECKED = 5
NO_COMPANY = "No company is set up here yet. Whoever runs this bot adds one: python app.py connect."
SORRY = (
    "This page cannot be drawn just now, and it is in my log. /qb-status in a channel tells how "
    "each company stands, /qb-errors what is open."
)


@dataclass(frozen=True)
class Page:
    """A Home tab, and the same without the blocks that not every Slack draws yet."""

    rich: Payload
    plain: Payload


def page(services: Services, user_id: str, team_id: str = "") -> Page:
    """Draw the tab for a person: their companies alone, and nothing for who may see none."""
    companies = services.access.companies(user_id, Role.VIEWER, team_id)
    if not companies:
        return _only(_nobody(services, user_id))
    by_id = {company.id or 0: company for company in companies}
    alerts = open_ones(services, companies)
    found = home_companies.lines(services, companies, alerts)
    before = [
        *_top(found, alerts),
        *home_companies.shown(services, found),
        *home_open.mine(services, user_id, by_id, alerts),
        *home_open.by_family(services, by_id, alerts),
    ]
    zone = home_month.zone_of(company.time_zone for company in companies)
    past = home_month.month(services, list(by_id), zone)
    after = [*_checks(services, companies), *_settings(services, user_id, companies)]
    chart = home_month.shown(past) if past else []
    bars = home_month.in_words(past) if past else []
    return Page(
        blocks.home([*before, *chart, *after]),
        blocks.home([*_without_tables(before), *bars, *after]),
    )


def sorry() -> Payload:
    """The tab when it cannot be drawn: never a stale one."""
    return blocks.home(to_slack(line(SORRY)))


def _only(sentence: str) -> Page:
    view = blocks.home(to_slack(line(sentence)))
    return Page(view, view)


def _nobody(services: Services, user_id: str) -> str:
    with services.sessions.read() as session:
        if session.exec(select(Company.id)).first() is None:
            return NO_COMPANY
    barred = services.access.barred(user_id)
    sentence = services.access.sentence(None, Role.VIEWER).replace("do this", "see this page", 1)
    return f"{sentence} {barred}".strip()


def _top(found: Sequence[home_companies.Line], alerts: Sequence[Incident]) -> list[Payload]:
    if all(one.is_calm for one in found):
        return home_open.calm()
    lost = [one.row.company.name for one in found if one.row.is_lost]
    if lost:
        return [blocks.header(f"QuickBooks connection lost: {listed(lost[:3])}")]
    if alerts:
        one = len(alerts) == 1
        return [
            blocks.header("One problem is open" if one else f"{len(alerts):,} problems are open")
        ]
    return [blocks.header("On its way to QuickBooks")]


def _checks(services: Services, companies: Sequence[Company]) -> list[Payload]:
    """When each company was checked and when it will be again."""
    ids = [company.id for company in companies]
    with services.sessions.read() as session:
        last = dict(
            session.exec(
                select(CheckRun.company_id, func.max(CheckRun.finished_at))
                .where(col(CheckRun.company_id).in_(ids), col(CheckRun.finished_at).is_not(None))
                .group_by(col(CheckRun.company_id))
            ).all()
        )
    every = timedelta(seconds=services.settings.CHECK_SECONDS)
    said = []
    for company in companies[:MOST_CHECKED]:
        at = last.get(company.id or 0)
        if at is not None:
            then, zone = moment(at, company.time_zone), company.time_zone
            said.append(f"{company.name}: checked {then}, next {moment(at + every, zone)}")
    if not said:
        return []
    return [blocks.context("Next checks · " + " · ".join(said))]


def _settings(services: Services, user_id: str, companies: Sequence[Company]) -> list[Payload]:
    own = [
        company for company in companies if services.access.role(user_id, company.id) >= Role.ADMIN
    ]
    return home_settings.lines(services, own[: home_companies.MOST_SHOWN])


def _without_tables(parts: Sequence[Payload]) -> list[Payload]:
    """Each table as lines, its head left out."""
    made: list[Payload] = []
    for part in parts:
        if part["type"] != "table":
            made.append(part)
            continue
        rows = [" · ".join(cell["text"] for cell in row) for row in part["rows"][1:]]
        made.append(blocks.section("\n".join(rows)))
    return made
