"""Bills whose number is near that of another bill of the vendor: held, so that none is paid twice.

Vendors' numbers reach the books by mail, by hand and by several systems: INV-1048, 1048 and
"INV 1048" are one bill (accounting.md rule 10). No source may let such a bill pass in silence.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache, partial

from sqlmodel import Session

from bot.domain import ENTITY, Payload, RecordType
from bot.models import Record
from bot.quickbooks import Question
from bot.services import Services
from bot.sync import documents, doubles, due, writing
from bot.sync.asking import Asked
from bot.sync.causes import Cause, own_cause
from bot.sync.doubles import ENTERED_ALREADY, NUMBER_USED, Posting
from bot.sync.payloads import stamp
from bot.sync.sources_named import source_names

# Each among its own: a vendor numbers its credits as it does its bills.
_NUMBERED = (ENTITY[RecordType.BILL], ENTITY[RecordType.VENDOR_CREDIT])
_RUNS = re.compile(r"\d+|[^\W\d_]+")
# Words before a number that only say what it is.
_SAYS_NUMBER = frozenset({"inv", "invc", "invoice", "bill", "no", "nr", "num", "number"})
# Vendors that count anew begin again with the year.
_LOOKED_BACK = timedelta(days=366)
# A lost reply is asked for again within seconds.
_SETTLED_WITHIN = timedelta(seconds=10)


@dataclass(frozen=True)
class Folded:
    """What a number is compared by: its runs of letters and of digits, and these in one piece."""

    runs: tuple[str, ...]
    joined: str


@lru_cache(maxsize=4096)
def folded(number: str) -> Folded:
    """Fold case, spaces, signs, leading zeros and a leading word such as INV; nothing else."""
    plain = unicodedata.normalize("NFKC", number).casefold()
    runs = _RUNS.findall(plain)
    while len(runs) > 1 and runs[0] in _SAYS_NUMBER:
        del runs[0]
    bare = tuple(run.lstrip("0") or "0" if run.isdigit() else run for run in runs)
    return Folded(bare, "".join(runs).lstrip("0"))


def group_of(number: str) -> str:
    """Two numbers that `near` may call one have the same; zeros are left out, whichever counts."""
    return folded(number).joined.replace("0", "")


def near(ours: str, theirs: str, *, same_total: bool) -> bool:
    """Say whether two numbers of one vendor may be the same one.

    Digits that are parted in one and not in the other (2026-01, 202601) are so only with the same
    total: 1-12 and 11-2 are two months of many vendors.
    """
    one, other = folded(ours), folded(theirs)
    if not one.runs or not other.runs:
        return ours == theirs
    return one.runs == other.runs or (same_total and one.joined == other.joined)


def first_of_each(postings: Iterable[Posting]) -> set[int]:
    """The records that may go in one batch: of bills that may be one, the first alone.

    The next look finds it in QuickBooks and compares the others with it.
    """
    taken: dict[tuple[str, str], list[Record]] = {}
    kept: set[int] = set()
    for one in postings:
        earlier = taken.setdefault((one.entity, one.party_id), [])
        if not any(_near(one.record, other.number, other.amount) for other in earlier):
            earlier.append(one.record)
            kept.add(one.record.id or 0)
    return kept


def unsettled(
    services: Services, company_id: int, postings: Sequence[Posting]
) -> dict[int, datetime]:
    """Which of these bills wait until a near one is settled whose reply was lost, and until when.

    It may be in QuickBooks without being shown there yet; a second one must not go out before.
    """
    now = services.clock.now()
    with services.sessions.read() as session:
        writes = writing.open_writes(session, company_id)
        writes = [one for one in writes if one.entity in _NUMBERED]
        records = due.by_id(session, [one.record_id for one in writes])
    found: dict[int, datetime] = {}
    for write in writes:
        other = records[write.record_id or 0]
        vendor_id = str((write.payload.get("VendorRef") or {}).get("value") or "")
        for one in postings:
            near_it = (one.entity, one.party_id) == (write.entity, vendor_id)
            if (
                near_it
                and one.record.id != other.id
                and _near(one.record, other.number, other.amount)
            ):
                found[one.record.id or 0] = max(other.not_before or now, now + _SETTLED_WITHIN)
    return found


def asked(services: Services, company_id: int, postings: Sequence[Posting]) -> list[Asked]:
    """What QuickBooks is asked about these: has it them already, whoever posted them?

    Same vendor and a number that is near, within a year. One question for all bills, and one for
    all vendor credits.
    """
    found: list[Asked] = []
    for entity in _NUMBERED:
        of_one = [one for one in postings if one.entity == entity]
        days = [day for one in of_one if (day := one.record.doc_date) is not None]
        vendors = sorted({one.party_id for one in of_one if one.party_id})
        if vendors and days:
            where = (("VendorRef", "IN", vendors), ("TxnDate", ">=", min(days) - _LOOKED_BACK))
            judge = partial(_entered, services, company_id, of_one)
            found.append(Asked(Question(entity, where), judge))
    return found


def _entered(
    services: Services, company_id: int, postings: Sequence[Posting], answer: Iterable[Payload]
) -> dict[int, Cause]:
    by_vendor: dict[str, list[_Theirs]] = {}
    for row in answer:
        vendor_id = str((row.get("VendorRef") or {}).get("value"))
        by_vendor.setdefault(vendor_id, []).append(_Theirs(postings[0].entity, row))
    causes: dict[int, Cause] = {}
    seen: list[Payload] = []
    with services.sessions.read() as session:
        names = source_names(session, {one.record.source_id for one in postings})
        for one in postings:
            source = names[one.record.source_id]
            found = _found(one, source, by_vendor.get(one.party_id, ()))
            if found is not None:
                causes[one.record.id or 0] = _cause(services, session, one, source, found)
                seen.append(found)
    if seen:
        doubles.keep(services, company_id, postings[0].entity, seen)
    return causes


class _Theirs:
    """A bill of QuickBooks and what it is compared by, made out once for all of ours."""

    def __init__(self, entity: str, row: Payload) -> None:
        self.entity, self.row = entity, row
        self.number = doubles.number_of(row)
        self.note = str(row.get("PrivateNote") or "")

    @cached_property
    def total(self) -> Decimal | None:
        """Few are looked at so closely."""
        return documents.side_of_document(self.entity, self.row).total

    @cached_property
    def voided(self) -> bool:
        """QuickBooks writes that into the note."""
        return "voided" in self.note.casefold() and not self.total

    def is_near(self, record: Record) -> bool:
        """Say whether it may be our bill."""
        return near(record.number, self.number, same_total=True) and _near(
            record, self.number, self.total
        )


def _found(one: Posting, source: str, rows: Iterable[_Theirs]) -> Payload | None:
    """The bill that may be this one; None when our own was posted before a restored backup."""
    record = one.record
    mark = stamp(source, record.external_id)
    found: list[_Theirs] = []
    for theirs in rows:
        if mark in theirs.note:
            return None  # QuickBooks refuses its number, and then it is found by its mark
        told_apart = str(theirs.row["Id"]) in record.told_apart
        if not told_apart and theirs.is_near(record) and not theirs.voided:
            found.append(theirs)
    found.sort(key=lambda one: (one.number != record.number, one.total != record.amount))
    return found[0].row if found else None


def _near(record: Record, number: str, total: Decimal | None) -> bool:
    return near(record.number, number, same_total=total == record.amount)


def _cause(services: Services, session: Session, one: Posting, source: str, bill: Payload) -> Cause:
    record = one.record
    facts = doubles.facts_of(services, session, record, one.entity, bill)
    theirs = doubles.number_of(bill)
    if theirs == record.number:
        return own_cause(NUMBER_USED, record, source, {**facts, **doubles.holder(record, facts)})
    number: Payload = {"what": "number", "ours": record.number, "theirs": theirs, "same": False}
    facts["compared"] = [number, *facts["compared"]]
    return own_cause(ENTERED_ALREADY, record, source, facts)
