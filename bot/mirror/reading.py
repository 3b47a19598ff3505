"""How far the reading of a whole company is: kept page by page, so that a restart goes on there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, func, select

from bot.mirror.contents import HELD, REACH
from bot.models import Company, Delivery, MirrorLoad, MirrorPage, MirrorRow
from bot.quickbooks import statements

PAGE = statements.PAGE
# A reading longer than this, or of more pages, is told in the company's channel.
TOLD_AFTER = timedelta(seconds=8)
TOLD_PAGES = 25


@dataclass(frozen=True)
class Page:
    """One page of an entity, by its first position."""

    entity: str
    start: int


@dataclass(frozen=True)
class Progress:
    """How many records of a reading are in the mirror, and how many there are."""

    done: int
    total: int

    @property
    def is_whole(self) -> bool:
        """Every page came; what is left is to count again, and to read what is missing."""
        return self.done >= self.total


def under_way(session: Session, company_id: int) -> MirrorLoad | None:
    """The reading of a company that has not come to its end."""
    return session.exec(
        select(MirrorLoad).where(
            MirrorLoad.company_id == company_id, col(MirrorLoad.finished_at).is_(None)
        )
    ).first()


def usable(load: MirrorLoad, now: datetime) -> bool:
    """Whether a reading that was interrupted may go on: its changes can still be captured."""
    return now - load.capture_point < REACH


def pages_of(load: MirrorLoad) -> list[Page]:
    """Every page of a reading, entity by entity."""
    return [
        Page(entity, start)
        for entity in HELD
        # QuickBooks adds tax codes of its own to a page, also where it counts none.
        for start in range(1, max(load.expected[entity], entity == "TaxCode") + 1, PAGE)
    ]


def pages_done(session: Session, load_id: int) -> set[Page]:
    """The pages that are in the mirror."""
    rows = session.exec(
        select(MirrorPage.entity, MirrorPage.start).where(MirrorPage.load_id == load_id)
    )
    return {Page(entity, start) for entity, start in rows}


def note_page(session: Session, load: MirrorLoad, page: Page, rows: int, now: datetime) -> None:
    """Keep that a page is in the mirror, in the transaction that puts it there."""
    session.merge(MirrorPage(load_id=load.id or 0, entity=page.entity, start=page.start, rows=rows))
    long = now - load.started_at > TOLD_AFTER or len(pages_of(load)) > TOLD_PAGES
    tell(session, load, now, first=long)


def forget_pages(session: Session, load_id: int, entities: Iterable[str] = HELD) -> None:
    """Let pages be read again."""
    session.exec(
        delete(MirrorPage)
        .where(col(MirrorPage.load_id) == load_id)
        .where(col(MirrorPage.entity).in_(tuple(entities)))
    )


def tell(session: Session, load: MirrorLoad, now: datetime, *, first: bool = False) -> None:
    """Ask for the message to be brought up to date; `first`: there may be one from now on.

    The ticking clock finds the row and sends it; a small company is read without a word.
    """
    there = session.exec(select(Delivery.id).where(Delivery.load_id == load.id)).first()
    if there is not None:
        session.exec(
            update(Delivery)
            .where(col(Delivery.id) == there, col(Delivery.wanted) <= col(Delivery.sent))
            .values(wanted=col(Delivery.sent) + 1)
        )
    elif first:
        channel = session.get_one(Company, load.company_id).channel_id
        session.add(Delivery(load_id=load.id, channel_id=channel, not_before=now))


def progress(session: Session, load: MirrorLoad) -> Progress:
    """Count what is read; once it has ended, all of it is."""
    total = sum(load.expected.values())
    if load.finished_at is not None:
        return Progress(total, total)
    done = session.exec(
        select(func.coalesce(func.sum(MirrorPage.rows), 0)).where(MirrorPage.load_id == load.id)
    ).one()
    return Progress(min(int(done), total), total)


def counted(session: Session, load: MirrorLoad) -> Mapping[str, int]:
    """How many living records of each entity were read since the reading began."""
    rows = session.exec(
        select(MirrorRow.entity, func.count())
        .where(MirrorRow.company_id == load.company_id)
        .where(col(MirrorRow.deleted).is_(False))
        .where(col(MirrorRow.read_at) >= load.started_at)
        .where(
            col(MirrorRow.doc_date).is_(None) | (col(MirrorRow.doc_date) >= load.documents_since)
        )
        .group_by(MirrorRow.entity)
    )
    return dict(rows.all())
