"""Settles what differs between the two sides of a record, by whose value stands.

QuickBooks' value stands: both agree on it, and the source is told. The source's stands: it is
taken over and waits to be written. Otherwise a person is asked; both sides stay as they are.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from bot.domain import DOCUMENTS, Payload
from bot.models import Company, Hold, MirrorRow, Record
from bot.sync import comparing, corrections
from bot.sync.flow import agreed, causes, joining, pending, policies, safe, sides, telling
from bot.sync.flow.compare import Verdict, moved
from bot.sync.flow.fields import MONEY, NOTES, SETTLEMENT, fields_of
from bot.sync.flow.policies import ASK, QUICKBOOKS, SOURCE
from bot.sync.flow.sides import Compared
from bot.sync.reading import digest_of, stored_record
from bot.sync.settled import settled as is_settled

# What the source changed of these has an alert of its own: amounts, day, party and lines differ.
_TOLD_ELSEWHERE = frozenset({"party", "lines", "total", "tax", "date"})


@dataclass(frozen=True)
class Settled:
    """The groups that differed, by whose value stands; `asked` ones wait for a person.

    `ended`: something a person was asked about is settled.
    """

    source: tuple[str, ...] = ()
    quickbooks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    ended: bool = False

    @property
    def is_news(self) -> bool:
        """Whether an alert or a write has to be looked at."""
        return bool(self.source or self.asked or self.ended)


def meet_books(session: Session, record: Record, row: MirrorRow, now: datetime) -> Settled:
    """Compare a record with what the mirror holds of it since somebody changed it there."""
    record.seen = agreed.version_of(row)
    session.add(record)
    if not agreed.is_about(record, row):
        agreed.note_row(record, row)
        return Settled()
    asked = causes.asked_of(session, record)
    agreed.take_own_writes(session, record, row, asked=bool(asked))
    noted = joining.noted(session, record)
    if noted is not None and _both_moved(session, record, row, noted):
        joining.join(session, record, noted, now)
        asked = noted.question(asked)
    return _settle(session, record, row, asked.wanted, asked, now)


def meet_source(
    session: Session, record: Record, row: MirrorRow, fresh: Payload, now: datetime
) -> Settled:
    """Compare a posted record of a list with what its source says of it now."""
    if not agreed.is_about(record, row):
        agreed.note_row(record, row)
    asked = causes.asked_of(session, record)
    agreed.take_own_writes(session, record, row, asked=bool(asked))
    return _settle(session, record, row, fresh, asked, now)


def meet_document(
    session: Session, record: Record, row: MirrorRow, fresh: Payload, now: datetime
) -> Settled | None:
    """Settle what the source changed of a posted document, where policies leave nothing to ask.

    None: nothing was done; what differs is told to a person. A document is changed in QuickBooks
    only while it is open and unpaid, outside closed books and filed months.
    """
    if not agreed.is_about(record, row) or _told_already(session, record):
        return None
    found = sides.look(session, record, row, fresh)
    apart = {group: one for group, one in found.verdicts.items() if one is not Verdict.SAME}
    winners = {group: policies.winner(session, record, group, one) for group, one in apart.items()}
    untold = winners.get(SETTLEMENT) == ASK or (ASK in winners.values() and _is_untold(found, row))
    if untold and _is_known(found):
        return _settle(session, record, row, fresh, causes.asked_of(session, record), now)
    if not apart or ASK in winners.values() or set(winners) <= {NOTES}:
        return None
    source = tuple(group for group, winner in winners.items() if winner == SOURCE)
    company = session.get_one(Company, record.company_id)
    day = date.fromisoformat(str(fresh["date"])) if fresh.get("date") else None
    if source and safe.why_not(session, company, record, row, day=day):
        return None
    quickbooks = tuple(group for group in apart if group not in source)
    telling.tell(session, record, row, found, quickbooks, now)
    agree(record, found, [group for group in found.verdicts if group not in source])
    take_over(record, fresh, whole=True)
    if source:
        pending.want(session, record, source, now)
    session.add(record)
    return Settled(source, quickbooks)


def meet_asked(
    session: Session, record: Record, row: MirrorRow, fresh: Payload, now: datetime
) -> Settled | None:
    """A posted document of which a person is asked already: its source says something else now.

    One alert then says both. None where nobody is asked, or what it names is not known.
    """
    asked = causes.asked_of(session, record)
    if not asked or not agreed.is_about(record, row):
        return None
    noted = joining.noted(session, record)
    posted = record if noted is None else noted.as_posted(record)
    if not _is_known(sides.look(session, posted, row, fresh)):
        return None
    if noted is not None:
        joining.join(session, record, noted, now)
    return _settle(session, record, row, fresh, asked, now)


def _both_moved(session: Session, record: Record, row: MirrorRow, noted: joining.Noted) -> bool:
    """Whether a person is to be asked about what QuickBooks shows, beside what was noted."""
    found = sides.look(session, noted.as_posted(record), row, noted.wanted)
    theirs = (Verdict.THEIRS, Verdict.BOTH)
    return _is_known(found) and any(
        verdict in theirs and policies.winner(session, record, group, verdict) == ASK
        for group, verdict in found.verdicts.items()
    )


def _is_untold(found: Compared, row: MirrorRow) -> bool:
    """Whether the source changed what no other alert tells: the number, the due date alone.

    Where the money moved already the alert about the amounts stays: it offers a credit for them.
    """
    ours = {name for name in found.now.ours if moved(name, found.was, found.now)[0]}
    untold = ours & ({"number"} if "date" in ours else {"number", "due"})
    return bool(untold) and not (ours & _TOLD_ELSEWHERE and is_settled(row.entity, row.data))


def _is_known(found: Compared) -> bool:
    """Whether the party and the lines of the new version are known in QuickBooks."""
    return not (set(found.was.ours) - set(found.now.ours)) & {"party", "lines"}


def _settle(
    session: Session,
    record: Record,
    row: MirrorRow,
    fresh: Payload | None,
    before: causes.Asked,
    now: datetime,
) -> Settled:
    waiting = {*before.waiting, *pending.parts(session, record)}
    found = sides.look(session, record, row, fresh, waiting)
    told = _told_already(session, record)
    by_winner: dict[str, list[str]] = {SOURCE: [], QUICKBOOKS: [], ASK: []}
    for group, verdict in found.verdicts.items():
        if verdict is not Verdict.SAME and group not in told:
            winner = policies.winner(session, record, group, verdict)
            if fresh is None and group in before.waiting and before.refused:
                winner = ASK  # the same change was refused already
            waits = group in waiting
            possible = _possible(session, record, row, group, winner, waits=waits)
            by_winner[possible].append(group)
    if fresh is not None and record.type in DOCUMENTS and by_winner[ASK]:
        # A new version of a document is taken over whole, or not at all.
        by_winner[ASK] += by_winner[SOURCE]
        by_winner[SOURCE] = []
    source, quickbooks, asked = (tuple(one) for one in by_winner.values())
    telling.tell(session, record, row, found, quickbooks, now)
    agree(record, found, [group for group in found.verdicts if group not in (*asked, *source)])
    if MONEY in told:
        comparing.refresh(session, record)
    if fresh is not None and not (record.type in DOCUMENTS and asked):
        take_over(record, fresh, leave_out=asked, whole=record.type in DOCUMENTS)
    pending.drop(session, record, (*quickbooks, *asked))
    if source:
        pending.want(session, record, source, now)
    if asked:
        refused = before.refused if set(before.waiting) & set(asked) else ""
        still = sorted(waiting & set(asked))
        question = causes.Asked(fresh, tuple(still), refused, asked, _handed(before, fresh, now))
        causes.ask(session, record, row, found, question, now)
    ended = not asked and causes.drop(session, record, now)
    session.add(record)
    return Settled(source, quickbooks, asked, ended)


def _handed(before: causes.Asked, fresh: Payload | None, now: datetime) -> str:
    """When the version that waits for an answer was handed over; "" where none waits."""
    if fresh is None:
        return ""
    return before.handed if before.handed and before.wanted == fresh else now.isoformat()


def agree(record: Record, found: Compared, groups: Collection[str]) -> None:
    """What QuickBooks shows in these groups is what both agree on."""
    names = {field.name for field in fields_of(record.type) if field.group in groups}
    agreed.move(record, found.now.theirs, names)


def take_over(
    record: Record, fresh: Payload, *, leave_out: Collection[str] = (), whole: bool = False
) -> None:
    """Take what the source says of a record into the outbox: all of it (`whole`), or what is
    compared, but for some groups.
    """
    payload = dict(fresh) if whole else corrections.said(record)
    for field in () if whole else fields_of(record.type):
        key = field.path.split(".")[0]
        if field.group in leave_out or not key:
            continue
        payload.pop(key, None)
        payload |= {key: fresh[key]} if key in fresh else {}
    carried = corrections.carry_over(record, payload)
    record.payload, record.corrections = carried.payload, carried.corrections
    record.digest = digest_of(corrections.said(record))
    repeat_columns(record)


def repeat_columns(record: Record) -> None:
    """The outbox row repeats what its payload says."""
    for name, value in corrections.columns(stored_record(record.payload)).items():
        setattr(record, name, value)


def _possible(
    session: Session, record: Record, row: MirrorRow, group: str, winner: str, *, waits: bool
) -> str:
    """Whose value stands, as far as the accounts allow: else a person is asked.

    waits: the source's value is taken over already, and is to be written.
    """
    if winner != SOURCE or record.type not in DOCUMENTS:
        return winner
    company = session.get_one(Company, record.company_id)
    if waits:
        return ASK if safe.why_open(session, company, record, row) else SOURCE
    return ASK if safe.why_not(session, company, record, row, group) else SOURCE


def _told_already(session: Session, record: Record) -> set[str]:
    """Groups in which another alert says both values already."""
    rows = session.exec(select(Hold.problem).where(Hold.record_id == record.id))
    return {group for problem in rows for group in causes.TOLD.get(problem, ())}
