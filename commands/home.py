"""The job behind the app's Home tab: drawn when it is opened or something changed."""

import hashlib
import json
from datetime import timedelta

import structlog
from sqlalchemy import update
from sqlmodel import col, func, select

from bot import jobs
from bot.domain import Payload, RetryClass
from bot.models import AuditEntry, CheckRun, Delivery, HomeTab
from bot.services import Services
from bot.slack import SlackFault
from commands.parts import home

log = structlog.get_logger(__name__)

# Who has not opened it for longer sees it anew when they do.
KEPT = timedelta(days=3)
# Whoever opened it just now may be looking at it: then its times are kept true as well.
LOOKING = timedelta(minutes=15)
MOST_AT_ONCE = 20
# What Slack answers to a block it does not know yet.
REFUSED = frozenset({"invalid_arguments", "invalid_blocks"})


def show(services: Services, arg: str) -> None:
    """Draw the Home tab of the person `arg` if its rows changed; "": nudge whose may have."""
    if not arg:
        _nudge(services)
        return
    with services.sessions.read() as session:
        tab = session.get(HomeTab, arg)
    if tab is None:
        return
    marker = _marker(services, tab)
    if tab.digest and tab.marker == marker:
        return
    page = _page(services, tab)
    digest = hashlib.sha256(json.dumps(page.rich, sort_keys=True).encode()).hexdigest()
    if digest != tab.digest and not _published(services, tab, page):
        return  # the next tick tries again
    with services.sessions.write() as session:
        session.exec(
            update(HomeTab)
            # Opened again meanwhile: its own nudge draws it, whatever was drawn here.
            .where(col(HomeTab.user_id) == arg, col(HomeTab.opened_at) == tab.opened_at)
            .values(marker=marker, digest=digest, published_at=services.clock.now())
        )


def _nudge(services: Services) -> None:
    """Nudge the tabs that were opened in the last days and whose rows changed since."""
    since = services.clock.now() - KEPT
    with services.sessions.read() as session:
        tabs = session.exec(
            select(HomeTab)
            .where(col(HomeTab.opened_at) > since)
            .order_by(col(HomeTab.opened_at).desc())
            .limit(MOST_AT_ONCE)
        ).all()
    for tab in tabs:
        if not tab.digest or tab.marker != _marker(services, tab):
            jobs.show_home(services.queue, tab.user_id)


def _marker(services: Services, tab: HomeTab) -> str:
    """A fingerprint of what a tab shows that costs next to nothing to read."""
    looking = services.clock.now() - tab.opened_at < LOOKING
    with services.sessions.read() as session:
        told = session.exec(select(func.max(AuditEntry.seq))).one()
        wanted = session.exec(select(func.sum(Delivery.wanted))).one()
        checked = session.exec(select(func.max(CheckRun.finished_at))).one() if looking else ""
    return f"{told}:{wanted}:{checked}"


def _page(services: Services, tab: HomeTab) -> home.Page:
    try:
        return home.page(services, tab.user_id, tab.team_id)
    except Exception:  # marked border: Slack's door always answers the person
        log.exception("home not drawn", user=tab.user_id)
        return home.Page(home.sorry(), home.sorry())


def _published(services: Services, tab: HomeTab, page: home.Page) -> bool:
    """Hand it to Slack; False when that shall be tried again."""
    fault = _publish(services, tab, page.rich)
    if fault is not None and fault.error in REFUSED:
        fault = _publish(services, tab, page.plain)
    if fault is None:
        return True
    log.warning("home not shown", user=tab.user_id, reason=fault.message)
    return fault.retry_class not in (RetryClass.TRANSIENT, RetryClass.THROTTLED)


def _publish(services: Services, tab: HomeTab, view: Payload) -> SlackFault | None:
    try:
        services.slack.publish_home(tab.user_id, view)
    except SlackFault as fault:
        return fault
    return None
