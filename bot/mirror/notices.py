"""What QuickBooks tells by itself (webhooks): kept once, and compared with what the mirror has.

Notices come late, repeated and out of order. None is believed for what a record holds: each only
says that something is to be read, unless the mirror is as new already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, tuple_, update
from sqlmodel import Session, col, func, select

from bot.db.inserting import insert_into
from bot.domain import JsonValue, Payload
from bot.mirror import merged
from bot.mirror.contents import CAPTURED
from bot.mirror.rows import get
from bot.models import Company, MirrorState, Notice, Write
from bot.services import Services

# Without being told anything, changes are asked for all the same: three times a day.
BACKSTOP = timedelta(hours=8)
# Our own writes are told too. When none of them was, so long after, nothing is to be relied on.
SILENCE = timedelta(minutes=15)
_CLOCKS_DIFFER = timedelta(minutes=1)
# What was told may become visible late: QuickBooks is asked again after each of these.
_ASK_AGAIN = (timedelta(minutes=1), timedelta(minutes=4), timedelta(minutes=15))
# A notice may be stamped a little later than the change itself.
_STAMPS_DIFFER = timedelta(seconds=10)
_KEPT = timedelta(days=7)
_LAST_WRITES = 100
DELETED, MERGED = "Delete", "Merge"


@dataclass(frozen=True)
class Told:
    """One change as QuickBooks told it. `gone_id`: in a merge, the record that gave way."""

    key: str
    realm_id: str
    entity: str
    qbo_id: str
    operation: str
    changed_at: datetime | None
    gone_id: str = ""


def take(session: Session, told: Sequence[Told], now: datetime) -> set[int]:
    """Keep what is new and return the companies it is about; other realms are not ours."""
    realms = {one.realm_id for one in told}
    found = session.exec(
        select(Company.realm_id, Company.id).where(col(Company.realm_id).in_(realms))
    )
    companies = {realm: company_id or 0 for realm, company_id in found}
    rows = [_values(one, companies[one.realm_id], now) for one in told if one.realm_id in companies]
    if not rows:
        return set()
    insert = insert_into(session, Notice).on_conflict_do_nothing(index_elements=["key"])
    session.connection().execute(insert, rows)
    session.exec(
        update(MirrorState)
        .where(col(MirrorState.company_id).in_(companies.values()))
        .values(noticed_at=now)
    )
    return set(companies.values())


def _values(one: Told, company_id: int, now: datetime) -> dict[str, JsonValue]:
    return {
        "key": one.key,
        "company_id": company_id,
        "entity": one.entity,
        "qbo_id": one.qbo_id,
        "operation": one.operation,
        "gone_id": one.gone_id,
        "changed_at": one.changed_at,
        "received_at": now,
        "asked": 0,
    }


def waiting(session: Session, company_id: int, now: datetime, most: int) -> list[Notice]:
    """What was told and is to be looked at now, in the order it came."""
    return list(
        session.exec(
            select(Notice)
            .where(Notice.company_id == company_id, *_to_be_looked_at(now))
            .order_by(col(Notice.id))
            .limit(most)
        )
    )


def companies_waiting(session: Session, now: datetime) -> list[int]:
    """The companies that were told something that is to be looked at now."""
    return list(session.exec(select(Notice.company_id).where(*_to_be_looked_at(now)).distinct()))


def _to_be_looked_at(now: datetime) -> tuple[ColumnElement[bool], ...]:
    not_later = col(Notice.ask_at).is_(None) | (col(Notice.ask_at) <= now)
    return col(Notice.done_at).is_(None), not_later


def behind(session: Session, notices: Sequence[Notice]) -> list[Notice]:
    """What was told of records of which the mirror is not as new.

    What was made and deleted before anybody looked is nothing to read.
    """
    gone = {(one.entity, one.qbo_id) for one in notices if one.operation == DELETED}
    return [
        one
        for one in notices
        if one.entity in CAPTURED
        and _is_an_id(one.qbo_id)
        and not _as_new(session, one, (one.entity, one.qbo_id) in gone)
    ]


def _is_an_id(text: str) -> bool:
    """No record has another one, and one of them would spoil a question for all."""
    return text.isascii() and text.isdecimal()


def _as_new(session: Session, notice: Notice, gone: bool) -> bool:
    """`gone`: this record was told to be deleted, by this notice or by another."""
    row = get(session, notice.company_id, notice.entity, notice.qbo_id)
    if row is None:
        return gone
    if row.deleted or notice.operation == DELETED:
        return row.deleted
    read_since = row.read_at > notice.received_at
    changed = _changed_at(row.data)
    if changed is None or notice.changed_at is None:
        return read_since
    told = notice.changed_at.replace(microsecond=0)
    if read_since:
        # QuickBooks may have answered with what was there before the change.
        return changed >= told - _STAMPS_DIFFER
    # Records are stamped with whole seconds: within one, only our own writes are surely known.
    return changed > told or (changed == told and _all_ours(session, notice, told))


def _all_ours(session: Session, notice: Notice, second: datetime) -> bool:
    """Whether as many of our own writes ended in this second as changes were told of it."""
    target = (notice.company_id, notice.entity, notice.qbo_id)
    told = session.exec(
        select(func.count())
        .select_from(Notice)
        .where(tuple_(Notice.company_id, Notice.entity, Notice.qbo_id) == target)
        .where(col(Notice.changed_at) >= second)
        .where(col(Notice.changed_at) < second + timedelta(seconds=1))
    ).one()
    replies = session.exec(
        select(Write.reply)
        .where(tuple_(Write.company_id, Write.entity, Write.qbo_id) == target)
        .where(Write.state == "done")
    )
    return told <= sum(_changed_at(reply) == second for reply in replies)


def _changed_at(data: Mapping[str, JsonValue]) -> datetime | None:
    stated = (data.get("MetaData") or {}).get("LastUpdatedTime")
    try:
        moment = datetime.fromisoformat(str(stated))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def note_merges(session: Session, notices: Sequence[Notice], now: datetime) -> list[Payload]:
    """Keep what gave way to what in QuickBooks' merges; returns the records that are gone."""
    gone: list[Payload] = []
    for one in notices:
        if one.operation == MERGED and one.gone_id and one.gone_id != one.qbo_id:
            merged.note(session, one.company_id, (one.entity, one.gone_id), one.qbo_id, now)
            gone.append({"entity": one.entity, "qbo_id": one.gone_id})
    return gone


def done(session: Session, notices: Sequence[Notice], now: datetime) -> None:
    """Mark these as looked at; forget those of last week."""
    ids = [one.id for one in notices]
    session.exec(update(Notice).where(col(Notice.id).in_(ids)).values(done_at=now))
    session.exec(
        delete(Notice).where(
            col(Notice.received_at) < now - _KEPT, col(Notice.done_at).is_not(None)
        )
    )


def ask_again(session: Session, notices: Sequence[Notice], now: datetime) -> list[Notice]:
    """Have QuickBooks asked again later, a few times; returns those it was asked often enough."""
    given_up: list[Notice] = []
    for one in notices:
        if one.asked == len(_ASK_AGAIN):
            given_up.append(one)
            continue
        later = {"asked": one.asked + 1, "ask_at": now + _ASK_AGAIN[one.asked]}
        session.exec(update(Notice).where(col(Notice.id) == one.id).values(**later))
    done(session, given_up, now)
    return given_up


def due(services: Services, company_id: int) -> bool:
    """Say whether changes are to be asked for now without having been told of one.

    Always, unless QuickBooks tells by itself; then only three times a day, as a backstop: a quiet
    company costs no more reads. After a great change until it is looked over once more.
    """
    if not services.settings.INTUIT_WEBHOOK_VERIFIER.get_secret_value():
        return True
    now = services.clock.now()
    with services.sessions.read() as session:
        state = session.get(MirrorState, company_id)
        if state is None or state.looked_at is None or now - state.looked_at >= BACKSTOP:
            return True
        if state.settled_to is not None:
            return True
        if state.listening_since is not None:
            return silent(session, state, now)
    with services.sessions.write() as session:
        session.get_one(MirrorState, company_id).listening_since = now
    return False


def silent(session: Session, state: MirrorState, now: datetime) -> bool:
    """Say whether QuickBooks ought to have told of something we wrote, and did not.

    Goes by what was written since it is expected to.
    """
    since = state.listening_since or now
    writes = session.exec(
        select(Write.settled_at)
        .where(Write.company_id == state.company_id, Write.state == "done")
        .order_by(col(Write.id).desc())
        .limit(_LAST_WRITES)
    )
    heard = state.noticed_at
    return any(
        at is not None
        and since < at < now - SILENCE
        and (heard is None or heard < at - _CLOCKS_DIFFER)
        for at in writes
    )
