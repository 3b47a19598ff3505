"""Every view: what each button and form opens, the previews of all fixes, the Home tabs."""

from collections.abc import Iterator

from sqlmodel import select

from bot.dispatch import views
from bot.domain import Role
from bot.errors import BotError
from bot.fixes import codec
from bot.fixes.engine import Prepared
from bot.fixes.model import Plan
from bot.fixes.registry import ALL_FIXES
from bot.models import Click, FixRun, ImportRun, Incident, Storm
from bot.sync.columnmaps import read_columns
from bot.sync.tablefile import tables
from commands.buttons import BUTTONS, FIX, REFUSED
from commands.parts import (
    approval,
    file_columns,
    file_form,
    fix_views,
    home,
    home_settings,
    presses,
)
from tests.dispatch.slack_world import Bot
from tests.gallery.extremes import NAMES, swapped
from tests.gallery.previews import CHOICES, facts_of
from tests.gallery.shown import Json, Shown, of_view
from tests.incidents import facts as known

PEOPLE = ("operator", "approver", "admin", "guest")
TITLES = {button.action: button.title for button in BUTTONS}


def every(bot: Bot) -> Iterator[Shown]:
    """All of them."""
    yield from previews(bot)
    yield from windows(bot)
    yield from forms(bot)
    yield from homes(bot)


def previews(bot: Bot) -> Iterator[Shown]:
    """The preview of each fix for who may and for who must ask, and with the worst names."""
    alert = bot.incident(bot.harbor, subject="gallery:previews")
    for fix in ALL_FIXES:
        facts = facts_of(fix.name)
        group = f"Preview: {fix.name.replace('_', ' ')}"
        title = TITLES[f"{FIX}{fix.name}"]
        yield of_view(group, "who may", _preview(bot, alert, fix.name, title, facts, "admin"))
        plan_role = Role.APPROVER
        asks = _preview(bot, alert, fix.name, title, facts, "operator", plan_role)
        yield of_view(group, "who must ask", asks)
        for name, words in NAMES.items():
            worst = swapped(facts, words)
            yield of_view(group, name, _preview(bot, alert, fix.name, title, worst, "admin"))


def _preview(
    bot: Bot,
    alert: Incident,
    fix: str,
    title: str,
    facts: Json,
    who: str,
    role: Role = Role.OPERATOR,
) -> Json:
    choices = CHOICES if who == "admin" else ()
    plan = Plan(title, "Post 14", facts, choices=choices, role=role)
    now = bot.services.clock.now()
    run = bot.add(
        FixRun(
            incident_id=alert.id or 0,
            company_id=alert.company_id,
            fix=fix,
            plan=codec.to_json(plan),
            plan_digest=codec.digest(plan),
            role_needed=role,
            planned_by=bot.slack.users[who],
            created_at=now,
            expires_at=now,
        )
    )
    text = bot.services.render.text(f"fixes/{fix}", facts)
    click = _click(bot, who, f"{FIX}{fix}", str(alert.id))
    return fix_views.preview(bot.services, click, Prepared(run.id, plan, text))


def windows(bot: Bot) -> Iterator[Shown]:
    """What every other button opens, on ordinary alerts and on those with the worst names."""
    with bot.services.sessions.read() as session:
        storms = session.exec(select(Storm)).all()
        files = session.exec(select(ImportRun)).all()
    facts = known.facts_of("same_party")
    alerts = {"ordinary": bot.incident(bot.harbor, "same_party", facts=facts)}
    for name, words in NAMES.items():
        alerts[name] = bot.incident(bot.harbor, "same_party", facts=swapped(facts, words))
    values = {name: str(row.id) for name, row in alerts.items()}
    rows = {"storm": storms, REFUSED: files}
    for button in BUTTONS:
        if button.action.startswith(FIX):
            continue
        own = {f"{one.id}": str(one.id) for one in rows.get(button.action, ())}
        if button.action == home_settings.OPEN:
            own = {"ordinary": str(bot.harbor.id)}
        yield from _opened(bot, button.action, button.title, own or values)


def _opened(bot: Bot, action: str, title: str, values: dict[str, str]) -> Iterator[Shown]:
    for name, value in values.items():
        click = _click(bot, "admin", action, value)
        try:
            view, _ = presses.work(bot.services, click)
        except BotError as error:
            view = views.notice("Not done", error.message)
        yield of_view(f"Window: {title} ({action})", name, view)


def forms(bot: Bot) -> Iterator[Shown]:
    """The windows that no button of an alert opens."""
    yield of_view("Other windows", "loading", views.loading("Reactivate"))
    alert = bot.incident(bot.harbor, subject="gallery:forms")
    run = FixRun(
        incident_id=alert.id or 0,
        company_id=alert.company_id,
        fix="retry",
        plan_digest="",
        role_needed=Role.APPROVER,
        planned_by=bot.slack.users["operator"],
        asked_by=bot.slack.users["operator"],
        created_at=bot.services.clock.now(),
        expires_at=bot.services.clock.now(),
    )
    yield of_view("Other windows", "why not", approval.decline_form(run))
    asked = bot.services.access.those(alert.company_id, Role.APPROVER)
    view = approval.asked_already(bot.services, run, asked, "Try again")
    yield of_view("Other windows", "asked", view)
    file = file_form.view(bot.services, [bot.harbor, bot.ridge])
    assert file is not None
    yield of_view("Other windows", "a file", file)
    table = b"Ordr Nr,Order Dt,Buyer,Art,Line Amt\n1,11/12/2026,c1,MUG,1.00\n"
    reading = read_columns(tables(table), lambda cells: {})
    assert reading is not None
    columns = file_columns.view(file_columns.Asked(1, 1, "F1"), NAMES["markup"], reading)
    yield of_view("Other windows", "columns of a file", columns)
    for name, words in NAMES.items():
        yield of_view("Notices", name, views.notice("Not done", f"“{words}” is not known."))


def homes(bot: Bot) -> Iterator[Shown]:
    """The Home tab of each kind of person, and the one for a Slack without charts."""
    for who in PEOPLE:
        page = home.page(bot.services, bot.slack.users[who])
        yield of_view("App Home", who, page.rich)
        yield of_view("App Home", f"{who}, without charts", page.plain)
    yield of_view("App Home", "cannot be drawn", home.sorry())


def _click(bot: Bot, who: str, action: str, value: str) -> Click:
    return Click(
        key=f"{who}:{action}:{value}",
        user_id=bot.slack.users[who],
        channel_id=bot.harbor.channel_id,
        action=action,
        value=value,
        created_at=bot.services.clock.now(),
    )
