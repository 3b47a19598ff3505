"""When two documents of one party may be the same one: by entity, total, day and number."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from bot.domain import Payload
from bot.models import Record
from bot.sync.documents import NEAR
from bot.sync.doubles import Posting

# Each of these has a number of its own, or should: another number is another document.
NUMBERED = frozenset(
    {"Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Bill", "VendorCredit"}
)
# Who entered an invoice or a bill by hand is asked elsewhere, in QuickBooks itself.
_ELSEWHERE = ("Invoice", "Bill")
# A source that hands over an equal document under another number so long afterwards may repeat
# itself; sales that are alike come together.
_LATE = timedelta(days=1)
# What two documents have in common at least: the entity, the party, the total.
Key = tuple[str, str, Decimal | None]


@dataclass(frozen=True)
class Document:
    """What two documents are told apart by; "" and None stand for what is not known.

    `number`: its own number, of a payment its reference. `settles`: ids of what it pays. `by_us`:
    a source's record stands behind it, handed over or posted `at`.
    """

    entity: str
    party_id: str
    total: Decimal | None
    day: date | None
    number: str
    settles: frozenset[str] = frozenset()
    by_us: bool = True
    at: datetime | None = None


def may_be(ours: Document, theirs: Document) -> bool:
    """Say whether two documents of one party may be the same one, by all but their lines."""
    if (ours.entity, ours.party_id, ours.total) != (theirs.entity, theirs.party_id, theirs.total):
        return False
    if ours.day is None or theirs.day is None or abs(ours.day - theirs.day) > NEAR:
        return False
    if ours.number and theirs.number:
        if same_number(ours, theirs):
            return True
        return ours.entity in NUMBERED and _repeats(ours, theirs)
    if ours.settles and theirs.settles:
        return bool(ours.settles & theirs.settles)
    return not theirs.by_us or ours.day == theirs.day


def _repeats(ours: Document, theirs: Document) -> bool:
    """Whether ours came so late after theirs that a source may repeat it under a new number."""
    if not theirs.by_us or ours.day != theirs.day or ours.at is None or theirs.at is None:
        return False
    return ours.at - theirs.at >= _LATE


def ours_of(one: Posting) -> Document:
    record = one.record
    return Document(
        one.entity,
        one.party_id,
        record.amount,
        record.doc_date,
        own_number(one.entity, record),
        settled_by(one.entity, one.payload),
        at=record.received_at,
    )


def own_number(entity: str, record: Record) -> str:
    """The number of a record that tells it from others, of a payment its reference; "" for none."""
    if entity in NUMBERED:
        return record.number
    # Without a reference it is listed by its external id, which tells nothing of it.
    return str(record.payload.get("reference") or record.payload.get("number") or "")


def settled_by(entity: str, payload: Payload) -> frozenset[str]:
    """Ids of the documents that a payment pays; none of any other document."""
    if entity in NUMBERED:
        return frozenset()
    linked = (one for line in payload.get("Line") or () for one in line.get("LinkedTxn") or ())
    return frozenset(str(one["TxnId"]) for one in linked)


def key_of(document: Document) -> Key:
    return document.entity, document.party_id, document.total


def is_looked_for(ours: Document, theirs: Document) -> bool:
    """Of what no source posted, another number is another sale."""
    if theirs.by_us or theirs.entity not in NUMBERED:
        return True
    return theirs.entity not in _ELSEWHERE and same_number(ours, theirs)


def same_number(ours: Document, theirs: Document) -> bool:
    return bool(ours.number) and folded(ours.number) == folded(theirs.number)


def distance(ours: Document, theirs: Document) -> timedelta:
    if ours.day is None or theirs.day is None:
        return NEAR
    return abs(ours.day - theirs.day)


def folded(number: str) -> str:
    """A number as it is compared: without blanks and case."""
    return "".join(number.split()).casefold()
