"""Reads a whole company into the mirror: pages side by side, kept one by one, counted at the end.

Limits: developer.intuit.com, "Limits and throttles"; a page holds 1,000 records ("Data queries").
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

import structlog
from sqlalchemy import delete, update
from sqlmodel import Session, col

from bot.db import leases
from bot.db.leases import Held, Keeper
from bot.domain import JsonValue, RetryClass
from bot.errors import BotError
from bot.mirror import changes, reading
from bot.mirror.company_settings import refresh_company
from bot.mirror.contents import (
    CAPTURED,
    DOCUMENTS,
    HELD,
    LISTS,
    OVERLAP,
    REACH,
    first_day,
    of_interest,
)
from bot.mirror.reading import Page
from bot.mirror.rows import put_values, row_values
from bot.mirror.side_by_side import side_by_side
from bot.models import MirrorLoad, MirrorRow, MirrorState
from bot.quickbooks import CompanyBooks, QuickBooksFault
from bot.services import Services

_ROUNDS = 3
# At full pace a minute's share is used up about ten seconds before the minute is over.
_REST_OF_A_MINUTE = 15.0
# So long at once a slice waits for it: presses go first.
_A_MOMENT = 1.0
_log = structlog.get_logger(__name__)


class MirrorIncomplete(BotError):
    """QuickBooks holds more records than it hands out; the mirror was not completed."""


@dataclass(frozen=True)
class _Task:
    """One turn of reading a company, under its lease if there is one."""

    services: Services
    company_id: int
    keeper: Keeper | None
    until: float | None

    @property
    def books(self) -> CompanyBooks:
        return self.services.quickbooks.company(self.company_id)

    @property
    def workers(self) -> int:
        """As many calls at once as the company may have; a press waits for one of them at most."""
        return self.services.settings.QUICKBOOKS_CONCURRENCY

    def may_go_on(self) -> bool:
        return self.until is None or time.monotonic() < self.until

    def renew(self) -> None:
        if self.keeper is not None:
            self.keeper.renew()

    def require(self, session: Session) -> None:
        if self.keeper is not None:
            leases.require(session, self.keeper.held)


@dataclass(frozen=True)
class _Read:
    """A page that came, ready to be put."""

    page: Page
    values: Sequence[Mapping[str, JsonValue]]


def loaded(services: Services, company_id: int) -> bool:
    """Say whether the company was read, and what changed since can still be captured.

    After a pause too long for QuickBooks' change list it has to be read anew.
    """
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
    if state is None or state.loaded_at is None:
        return False
    return state.captured_to is None or services.clock.now() - state.captured_to <= REACH


def load(
    services: Services, company_id: int, lease: Held | None = None, *, seconds: float | None = None
) -> bool:
    """Read lists, recent documents and settings; True once everything is there.

    1. Note QuickBooks' own time and count every entity, before the first page.
    2. Read the pages side by side, as the company's limits allow; each is kept with its number in
       one transaction, so that the next call goes on where this one ended or was killed.
    3. Read what changed meanwhile, then count again: where records are missing (pages shift when
       documents are deleted), that entity is read once more.
    4. Rows that QuickBooks no longer has are marked deleted. Only then is the company loaded.

    After `seconds` no further page is begun: call again. Raises QuickBooksFault, LeaseLost,
    MirrorIncomplete; what was read so far stays.
    """
    keeper = Keeper(services.sessions, services.clock, lease) if lease is not None else None
    until = None if seconds is None else time.monotonic() + seconds
    task = _Task(services, company_id, keeper, until)
    begun = _begin(task)
    try:
        complete = _read_all(task, begun)
        if complete:
            refresh_company(services, company_id)
    except (QuickBooksFault, MirrorIncomplete) as error:
        if _is_used_up_minute(task, error):
            services.quickbooks.wait(_A_MOMENT)
            return False
        _note_trouble(task, begun, error.message)
        raise
    if complete:
        _finish(task, begun)
    return complete


def _is_used_up_minute(task: _Task, error: BotError) -> bool:
    """Say whether a slice only has to come back: a long reading uses up each minute it reads in."""
    return (
        task.until is not None
        and isinstance(error, QuickBooksFault)
        and error.retry_class is RetryClass.THROTTLED
        and not error.http_status
        and (error.retry_after or 0.0) <= _REST_OF_A_MINUTE
    )


def _begin(task: _Task) -> MirrorLoad:
    """Go on with the reading that is under way, or begin one."""
    services = task.services
    task.renew()
    with services.sessions.read() as session:
        found = reading.under_way(session, task.company_id)
    now = services.clock.now()
    if found is not None and reading.usable(found, now):
        return _note_trouble(task, found, "") if found.trouble else found
    since = first_day(now, services.settings.MIRROR_DAYS)
    _, capture_point = task.books.company_info_at()
    fresh = MirrorLoad(
        company_id=task.company_id,
        capture_point=capture_point,
        documents_since=since,
        expected=_count(task, HELD, since),
        started_at=now,
    )
    with services.sessions.write() as session:
        task.require(session)
        # One that stood still for too long begins anew under its number: its message goes on.
        old = reading.under_way(session, task.company_id)
        if old is not None:
            fresh.id = old.id
            reading.forget_pages(session, old.id or 0)
        return session.merge(fresh)


def _count(task: _Task, entities: Iterable[str], since: date) -> dict[str, int]:
    def count(entity: str) -> tuple[str, int]:
        return entity, task.books.count(entity, of_interest(entity, since))

    found: dict[str, int] = {}
    for entity, number in side_by_side([partial(count, one) for one in entities], task.workers):
        task.renew()
        found[entity] = number
    return found


def _read_all(task: _Task, begun: MirrorLoad) -> bool:
    for _ in range(_ROUNDS):
        if not _read_pages(task, begun):
            return False
        _bring_up(task, begun)
        missing = _missing(task, begun)
        if not missing:
            return True
        _log.info("mirror_count_differs", company_id=task.company_id, **missing)
        with task.services.sessions.write() as session:
            reading.forget_pages(session, begun.id or 0, missing)
            begun.expected = {**begun.expected, **missing}
            session.merge(begun)
    msg = (
        f"QuickBooks counts more records of {', '.join(missing)} than it hands out; "
        "the reading goes on by itself."
    )
    raise MirrorIncomplete(msg)


def _read_pages(task: _Task, begun: MirrorLoad) -> bool:
    """Read the pages that are not in the mirror; False when the time was over before."""
    with task.services.sessions.read() as session:
        done = reading.pages_done(session, begun.id or 0)
    left = [page for page in reading.pages_of(begun) if page not in done]
    calls: list[Callable[[], _Read]] = [partial(_read_page, task, begun, page) for page in left]
    kept = 0
    for read in side_by_side(calls, task.workers, go_on=task.may_go_on):
        _keep(task, begun, read)
        kept += 1
    return kept == len(left)


def _read_page(task: _Task, begun: MirrorLoad, page: Page) -> _Read:
    """Read one page and make its rows; folding names takes longer than writing them."""
    read_at = task.services.clock.now()
    where = of_interest(page.entity, begun.documents_since)
    payloads = task.books.page(page.entity, where, start=page.start, size=reading.PAGE)
    return _Read(page, [row_values(task.company_id, page.entity, one, read_at) for one in payloads])


def _keep(task: _Task, begun: MirrorLoad, read: _Read) -> None:
    task.renew()
    with task.services.sessions.write() as session:
        task.require(session)
        put_values(session, read.values)
        now = task.services.clock.now()
        reading.note_page(session, begun, read.page, len(read.values), now)


def _bring_up(task: _Task, begun: MirrorLoad) -> None:
    """Take in what changed since the reading began; the next changes are read from there on."""
    task.renew()
    read_at = task.services.clock.now()
    harvest = changes.gather(task.services, task.books, CAPTURED, begun.capture_point - OVERLAP)
    changes.write(task.services, task.company_id, harvest, read_at)
    with task.services.sessions.write() as session:
        task.require(session)
        begun.capture_point = harvest.as_of or begun.capture_point
        session.merge(begun)


def _missing(task: _Task, begun: MirrorLoad) -> dict[str, int]:
    """The entities of which records are missing, each with how many QuickBooks counts now."""
    seen = _seen(task, begun)
    # What came on a single page cannot have shifted: it is counted again only where it is short.
    doubtful = [
        entity
        for entity, number in begun.expected.items()
        if number > reading.PAGE or seen.get(entity, 0) < number
    ]
    counted = _count(task, doubtful, begun.documents_since)
    if all(seen.get(entity, 0) >= number for entity, number in counted.items()):
        return {}
    # One may be new since the changes were read.
    _bring_up(task, begun)
    seen = _seen(task, begun)
    return {entity: number for entity, number in counted.items() if seen.get(entity, 0) < number}


def _seen(task: _Task, begun: MirrorLoad) -> Mapping[str, int]:
    with task.services.sessions.read() as session:
        return reading.counted(session, begun)


def _note_trouble(task: _Task, begun: MirrorLoad, words: str) -> MirrorLoad:
    """Keep why the reading stands still; "" when it goes on."""
    begun.trouble = words
    with task.services.sessions.write() as session:
        session.merge(begun)
        reading.tell(session, begun, task.services.clock.now())
    return begun


def _finish(task: _Task, begun: MirrorLoad) -> None:
    now = task.services.clock.now()
    with task.services.sessions.write() as session:
        task.require(session)
        _forget_gone(session, begun)
        reading.forget_pages(session, begun.id or 0)
        begun.finished_at = now
        session.merge(begun)
        reading.tell(session, begun, now)
        state = session.get(MirrorState, task.company_id)
        state = state or MirrorState(company_id=task.company_id)
        state.loaded_at, state.captured_to = now, begun.capture_point
        state.looked_at, state.settled_to = now, None
        state.captured_by = task.services.holder
        session.add(state)
    _log.info("mirror_loaded", company_id=task.company_id, records=sum(begun.expected.values()))


def _forget_gone(session: Session, begun: MirrorLoad) -> None:
    """What QuickBooks did not hand out any more is deleted; older documents are not known."""
    unread = (
        col(MirrorRow.company_id) == begun.company_id,
        col(MirrorRow.read_at) < begun.started_at,
    )
    in_lists = col(MirrorRow.entity).in_(LISTS)
    in_days = col(MirrorRow.entity).in_(DOCUMENTS) & (
        col(MirrorRow.doc_date) >= begun.documents_since
    )
    session.exec(update(MirrorRow).where(*unread, in_lists | in_days).values(deleted=True))
    session.exec(
        delete(MirrorRow).where(
            *unread,
            col(MirrorRow.entity).in_(DOCUMENTS),
            col(MirrorRow.doc_date) < begun.documents_since,
        )
    )
