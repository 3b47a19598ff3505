"""The menus that are filled while one types: records of QuickBooks, as they were last read."""

from collections.abc import Sequence

from sqlalchemy import and_
from sqlmodel import col, or_, select

from bot import mirror
from bot.dispatch.model import Lookup, Need, Press
from bot.domain import Role
from bot.fixes.choosing import told_apart
from bot.models import FixRun, MirrorRow
from bot.render import clean, shorten
from bot.services import Services
from bot.slack.blocks import OPTION, OPTIONS
from commands.parts import fix_views

_LABEL = OPTION
_MOST_READ = 300


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
    folded = mirror.fold(typed).split()
    if run is None or not entities or not folded:
        return []
    held = and_(*(col(MirrorRow.folded).contains(word, autoescape=True) for word in folded))
    sku = col(MirrorRow.sku).icontains(typed.strip(), autoescape=True)
    with services.sessions.read() as session:
        rows = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == run.company_id, col(MirrorRow.entity).in_(entities))
            .where(col(MirrorRow.active).is_(True), col(MirrorRow.deleted).is_(False))
            .where(or_(held, sku))
            .limit(_MOST_READ)
        ).all()
    ordered = sorted(rows, key=lambda row: (len(row.name), row.name, row.qbo_id))
    several = len(entities) > 1
    return [
        (f"{row.entity}:{row.qbo_id}", _label(row, several=several)) for row in ordered[:OPTIONS]
    ]


def _label(row: MirrorRow, *, several: bool) -> str:
    """A name with what tells it from others of the same name, within what a menu shows."""
    known = told_apart(row) if row.entity in ("Customer", "Vendor", "Employee", "Item") else []
    told = [row.entity, *known] if several else known
    name = clean(mirror.full_name(row.entity, row.data) or row.name)
    return shorten(" · ".join((name, *told)), _LABEL)


LOOKUPS: tuple[Lookup, ...] = (Lookup(fix_views.SEARCH, need, records),)
