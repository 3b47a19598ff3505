"""What became of a try to post a record, as values; and how roots are named."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import JsonValue, Payload, RecordType
from bot.models import Record

# Found after posting; a record with such a hold is in QuickBooks all the same.
TOTAL_DIFFERS = "total_differs"
DAY_DIFFERS = "day_differs"
CONTENT_DIFFERS = "content_differs"
# Somebody changed it in QuickBooks; or the source has changed it too (bot.sync.flow).
CHANGED_IN_BOOKS = "changed_in_books"
SIDES_DIFFER = "sides_differ"
AFTER_POSTING = (TOTAL_DIFFERS, DAY_DIFFERS, CONTENT_DIFFERS, CHANGED_IN_BOOKS, SIDES_DIFFER)
# What a refusal of QuickBooks has to tell; empty where it was not asked.
_OF_A_REFUSAL = ("code", "fault_message", "detail", "element", "intuit_tid", "raw")


@dataclass(frozen=True)
class Cause:
    """Why a record is not posted: a problem, its root subject and the facts a person needs.

    `cause_record_id` is the outbox record whose own trouble this is, None if it is this one's.
    """

    problem: str
    subject: str
    facts: Mapping[str, JsonValue]
    cause_record_id: int | None = None


@dataclass(frozen=True)
class Posted:
    """The record is in QuickBooks; `reply` is what QuickBooks answered."""

    entity: str
    qbo_id: str
    reply: Payload = field(default_factory=dict)
    intuit_tid: str = ""
    how: str = "posted"
    by: str = ""


@dataclass(frozen=True)
class Held:
    """The record waits for a person, or for the record that does."""

    causes: tuple[Cause, ...]


@dataclass(frozen=True)
class Later:
    """The record is tried again by itself, not before `until` (None: at the next turn).

    `tried` counts the attempt, so that the pauses grow.
    """

    until: datetime | None = None
    tried: bool = False


Outcome = Posted | Held | Later


def subject_of(kind: RecordType | str, source: str, external_id: str) -> str:
    """Name a record of a source, such as 'customer:Shop/c17'; stable, used as a hold's subject."""
    return f"{kind}:{source}/{external_id}"


def record_facts(record: Record) -> Payload:
    """Return what a message says of the record itself."""
    return {
        "record_id": record.id,
        "external_id": record.external_id,
        "record_type": record.type.words,
        "number": record.number,
        "party": record.name,
        "amount": None if record.amount is None else str(record.amount),
        "date": record.doc_date.isoformat() if record.doc_date else None,
    }


def own_cause(problem: str, record: Record, source: str, facts: Mapping[str, JsonValue]) -> Cause:
    """Return the record's own trouble, seen before QuickBooks was asked."""
    unasked: Payload = {**dict.fromkeys(_OF_A_REFUSAL, ""), "http_status": None}
    told = {**unasked, **record_facts(record), "source": source, **facts}
    return Cause(problem, subject_of(record.type, source, record.external_id), told)


def distinct(causes: list[Cause]) -> tuple[Cause, ...]:
    """Keep one cause per problem and subject, the first."""
    kept: dict[tuple[str, str], Cause] = {}
    for cause in causes:
        kept.setdefault((cause.problem, cause.subject), cause)
    return tuple(kept.values())
