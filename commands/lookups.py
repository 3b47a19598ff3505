"""The menus that are filled while one types: records of QuickBooks, as they were last read."""

from collections.abc import Sequence

from bot import mirror
from bot.dispatch.model import Lookup, Need, Press
from bot.domain import Role
from bot.fixes.choosing import told_apart
from bot.models import Company, FixRun, MirrorRow
from bot.render import clean
from bot.render.words import with_told
from bot.services import Services
from bot.slack.blocks import OPTION, OPTIONS
from commands.parts import fix_views, rounding_setting
from commands.parts.home_settings import company_named

_LABEL = OPTION


def _parts(action: str) -> tuple[int, tuple[str, ...]]:
    """The run and the entities named in "search:12:Customer,Vendor"."""
    run, _, entities = action.removeprefix(fix_views.SEARCH).partition(":")
    known = tuple(name for name in entities.split(",") if name.isalpha())
    return (int(run) if run.isdecimal() and len(run) <= 18 else 0), known


def _run(services: Services, press: Press) -> FixRun | None:
    run_id, _ = _parts(press.action)
    with services.sessions.read() as session:
        return session.get(FixRun, run_id)


def need(services: Services, press: Press) -> Need | None:
    """Who may fill in the preview may look through the lists of its company."""
    run = _run(services, press)
    return Need(run.company_id, Role.OPERATOR) if run else None


def records(services: Services, press: Press, typed: str) -> Sequence[tuple[str, str]]:
    """Active records whose name, SKU or number holds every typed word, the shortest name first."""
    run = _run(services, press)
    _, entities = _parts(press.action)
    if run is None:
        return []
    with services.sessions.read() as session:
        rows = mirror.search(session, run.company_id, entities, typed, most=OPTIONS)
    several = len(entities) > 1
    return [(f"{row.entity}:{row.qbo_id}", _label(row, several=several)) for row in rows]


def _label(row: MirrorRow, *, several: bool) -> str:
    """A name with what tells it from others of the same name, within what a menu shows."""
    known = told_apart(row) if row.entity in ("Customer", "Vendor", "Employee", "Item") else []
    told = [row.entity, *known] if several else known
    name = clean(mirror.full_name(row.entity, row.data) or row.name)
    return with_told(name, told, _LABEL)


def _settings_of(services: Services, press: Press) -> Company | None:
    with services.sessions.read() as session:
        return company_named(session, press.action.removeprefix(rounding_setting.ITEMS))


def admin(services: Services, press: Press) -> Need | None:
    """Who sets a company's settings may look through its items."""
    company = _settings_of(services, press)
    return Need(company.id or 0, Role.ADMIN) if company else None


def items(services: Services, press: Press, typed: str) -> Sequence[tuple[str, str]]:
    """Active items of a company, by their id in QuickBooks."""
    company = _settings_of(services, press)
    if company is None:
        return []
    with services.sessions.read() as session:
        rows = mirror.search(session, company.id or 0, ("Item",), typed, most=OPTIONS)
    return [(row.qbo_id, _label(row, several=False)) for row in rows]


LOOKUPS: tuple[Lookup, ...] = (
    Lookup(fix_views.SEARCH, need, records),
    Lookup(rounding_setting.ITEMS, admin, items),
)
