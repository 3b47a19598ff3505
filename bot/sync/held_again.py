"""Looks at held records again once something they refer to has changed in QuickBooks.

A record is held by every cause that was true when it was decided about. What a capture, a preview
or a check has read since then may add one, or take one away: the alerts follow at once.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from bot import mirror
from bot.domain import ENTITY, Payload, RecordState, RecordType
from bot.mirror.contents import LISTS
from bot.models import Company, Hold, MirrorRow, Record
from bot.models import Mapping as Mapped
from bot.services import Services
from bot.sync import holds, lookup, mappings, resolve, spoken
from bot.sync.causes import AFTER_POSTING, Cause, Held
from bot.sync.kinds import kind_of
from bot.sync.lookup import Key
from bot.sync.reading import references, stored_record, unreadable
from bot.sync.spoken import Word
from bot.sync.waking import Ref

# What holds a record and shows in the mirror alone; all else is for QuickBooks or a person to say.
SEEN_IN_MIRROR = frozenset(
    {
        "account_not_found",
        "account_unusable",
        "currency_differs",
        "employee_not_found",
        "inactive_record",
        "item_not_mapped",
        "mapping_broken",
        "missing_record",
        "no_income_account",
        "tax_code_missing",
        "value_not_mapped",
    }
)
# Found before references are looked at: what else would be found is not known.
_BEFORE_REFERENCES = frozenset({"missing_required_field", "invalid_characters"})
_LEDGERS = {
    RecordType.INVOICE: "Accounts Receivable",
    RecordType.CREDIT_MEMO: "Accounts Receivable",
    RecordType.PAYMENT: "Accounts Receivable",
    RecordType.BILL: "Accounts Payable",
    RecordType.VENDOR_CREDIT: "Accounts Payable",
    RecordType.BILL_PAYMENT: "Accounts Payable",
}
# Where the moment of the last look is kept: a row of the mirror that is no record of QuickBooks.
_LOOK = ("Look", "held")
# A row may be read just before a record is held, and written just after.
_OVERLAP = timedelta(seconds=10)
_AT_ONCE = 200


@dataclass(frozen=True)
class _News:
    """What was read anew: the records, their lists, and the kinds of the accounts among them."""

    keys: frozenset[Key]
    account_types: frozenset[str]

    def has(self, entity: str) -> bool:
        """Whether one of them is of this list."""
        return any(entity == list_ for list_, _ in self.keys)

    def has_list_of(self, what: str) -> bool:
        """Whether a word of this kind may stand for one of them (a location may be a class)."""
        lists = {mappings.ENTITIES[what]} | ({"Class"} if what == mappings.LOCATION else set())
        return any(entity in lists for entity, _ in self.keys)


@dataclass(frozen=True)
class _Changed:
    """What is different about one held record: causes that came, holds that went."""

    came: tuple[Cause, ...]
    went: tuple[Hold, ...]


def look_again(services: Services, company_id: int) -> int:
    """Adjust what holds the records whose references changed; returns how many it touched.

    Goes by when rows of the mirror were read, whoever read them, and asks QuickBooks nothing.
    """
    began = services.clock.now()
    with services.sessions.read() as session:
        since = _since(session, company_id)
        news = _news(session, company_id, since) if since is not None else None
        if news is None:
            return 0
        concerned = _concerned(session, _held(session, company_id), news)
        differing = list(_differing(services, session, concerned))
    count = 0
    with services.sessions.write() as session:
        if differing:
            count = _adjust(services, session, company_id, {row.id for row in differing})
        noted: Payload = {"Id": _LOOK[1], "to": began.isoformat()}
        mirror.put(session, company_id, _LOOK[0], noted, began)
    return count


def _since(session: Session, company_id: int) -> datetime | None:
    """Since when rows count as news; None while nothing is held."""
    first: datetime | None = session.exec(
        select(func.min(Hold.since))
        .where(Hold.company_id == company_id)
        .where(col(Hold.problem).not_in(AFTER_POSTING))
    ).one()
    if first is None:
        return None
    row = mirror.get(session, company_id, *_LOOK)
    looked = datetime.fromisoformat(str(row.data["to"])) if row is not None else first
    return max(first, looked) - _OVERLAP


def _news(session: Session, company_id: int, since: datetime) -> _News | None:
    own = select(MirrorRow.entity, MirrorRow.qbo_id).where(MirrorRow.company_id == company_id)
    fresh = own.where(col(MirrorRow.entity).in_(LISTS)).where(col(MirrorRow.read_at) > since)
    keys = frozenset((entity, qbo_id) for entity, qbo_id in session.exec(fresh))
    if not keys:
        return None
    ledgers = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company_id, MirrorRow.entity == "Account")
        .where(col(MirrorRow.read_at) > since)
    )
    return _News(keys, frozenset(str(row.data.get("AccountType")) for row in ledgers))


def _held(session: Session, company_id: int) -> list[Record]:
    """The held records that may refer to others, in the order they are posted."""
    return list(
        session.exec(
            select(Record)
            .where(Record.company_id == company_id, Record.state == RecordState.HELD)
            .order_by(col(Record.tier), col(Record.id))
        )
    )


def _concerned(session: Session, held: Sequence[Record], news: _News) -> list[Record]:
    """Those of the records that refer to something new: by link, mapping or name."""
    readable = [record for record in held if not unreadable(record.payload)]
    linked = lookup.linked_to(session, readable)
    models = {record.id or 0: stored_record(record.payload) for record in readable}
    mapped = spoken.mapped(session, readable)
    return [
        record
        for record in readable
        if _LEDGERS.get(record.type) in news.account_types
        or news.has(kind_of(record).listed)
        or _refers(record, linked, news)
        or any(_means(record, word, mapped, news) for word in spoken.words(models[record.id or 0]))
    ]


def _refers(record: Record, linked: dict[Ref, str], news: _News) -> bool:
    return any(
        (ENTITY[kind], linked.get((record.source_id, kind, external_id), "")) in news.keys
        for kind, external_id in references(record.payload)
    )


def _means(record: Record, word: tuple[str, str], mapped: dict[Word, Mapped], news: _News) -> bool:
    """Whether a word stands for one of the news, or may: a renamed record has lost its old name."""
    what, said = word
    row = mapped.get((record.source_id, what, mappings.key_of(said, what)))
    if row is not None:
        return (row.entity, row.qbo_id) in news.keys
    is_said = said != mappings.ANY or record.type is RecordType.ITEM
    return is_said and news.has_list_of(what)


def _differing(services: Services, session: Session, records: Sequence[Record]) -> Iterator[Record]:
    for start in range(0, len(records), _AT_ONCE):
        part = records[start : start + _AT_ONCE]
        changes = _changes(services, session, part)
        yield from (row for row in part if row.id in changes)


def _changes(
    services: Services, session: Session, records: Sequence[Record]
) -> dict[int | None, _Changed]:
    """What is different about these records of one company by the mirror as it is now."""
    if not records:
        return {}
    table = lookup.load_lookup(
        session,
        services.settings,
        session.get_one(Company, records[0].company_id),
        records,
        custom_numbers=True,  # changes what is written, never whether
        now=services.clock.now(),
    )
    standing: dict[int, list[Hold]] = defaultdict(list)
    ids = [record.id for record in records]
    for hold in session.exec(select(Hold).where(col(Hold.record_id).in_(ids))):
        standing[hold.record_id].append(hold)
    found = {
        record.id: _compared(
            resolve.resolve(table, record, stored_record(record.payload)),
            standing[record.id or 0],
        )
        for record in records
    }
    return {record_id: change for record_id, change in found.items() if change is not None}


def _compared(decision: object, standing: Sequence[Hold]) -> _Changed | None:
    causes = decision.causes if isinstance(decision, Held) else ()
    if any(cause.problem in _BEFORE_REFERENCES for cause in causes):
        return None
    seen = {(c.problem, c.subject): c for c in causes if c.problem in SEEN_IN_MIRROR}
    known = {(hold.problem, hold.subject) for hold in standing}
    came = tuple(cause for key, cause in seen.items() if key not in known)
    went = tuple(
        hold
        for hold in standing
        if hold.problem in SEEN_IN_MIRROR
        and (hold.problem, hold.subject) not in seen
        and not hold.facts.get("code")  # QuickBooks said it: only posting shows that it is over
    )
    return _Changed(came, went) if came or went else None


def _adjust(
    services: Services, session: Session, company_id: int, differing: set[int | None]
) -> int:
    """Write it down, parents first: what refers to a record that changed is looked at as well."""
    now, adjusted = services.clock.now(), set[Ref]()
    by_tier: dict[int, list[Record]] = defaultdict(list)
    for record in _held(session, company_id):
        by_tier[record.tier].append(record)
    for tier in sorted(by_tier):
        again = [
            record
            for record in by_tier[tier]
            if record.id in differing
            or any((record.source_id, *ref) in adjusted for ref in references(record.payload))
        ]
        changes = _changes(services, session, [row for row in again if not unreadable(row.payload)])
        for record in again:
            change = changes.get(record.id)
            if change is not None:
                holds.adjust(session, record, change.came, change.went, now)
                adjusted.add((record.source_id, record.type, record.external_id))
    return len(adjusted)
