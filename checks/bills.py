"""Bills that are in QuickBooks twice, under one number or two that are near: paid twice, soon.

Only bills of one vendor, at most 20 days apart, and with a digit in the number: what comes every
month under one contract number is no pair. Read from the mirror; nothing is asked of QuickBooks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from sqlmodel import Session, col, select

from bot.checkup import Check
from bot.domain import Finding, Payload, RecordType, Scope
from bot.models import Company, MirrorRow, Record
from bot.services import Services
from bot.sync import bill_numbers, documents, pairs

PROBLEM = "bill_twice"
_BILL, _CREDIT = "Bill", "VendorCredit"
_NEAR = timedelta(days=20)
_AT_ONCE = 400


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding per pair; of three that are one, each later one with the first."""
    with services.sessions.read() as session:
        apart = _told_apart(session, company)
        credited = _credits(session, company)
        found = [
            _finding(services, session, company, one, two)
            for one, two in _pairs(session, company)
            if frozenset((one.qbo_id, two.qbo_id)) not in apart and not _is_credited(two, credited)
        ]
    yield from (finding for finding in found if scope.covers(finding.subject))


def _pairs(session: Session, company: Company) -> Iterator[tuple[MirrorRow, MirrorRow]]:
    for rows in _alike(session, company):
        ordered = sorted(rows, key=pairs.age)
        for place, two in enumerate(ordered):
            one = next((row for row in ordered[:place] if _is_one(row, two)), None)
            if one is not None:
                yield one, two


def _alike(session: Session, company: Company) -> Iterator[list[MirrorRow]]:
    """Bills of one vendor whose numbers are alike when folded: only these are read in full."""
    numbers = session.exec(
        select(MirrorRow.qbo_id, MirrorRow.doc_number)
        .where(MirrorRow.company_id == company.id, MirrorRow.entity == _BILL)
        .where(col(MirrorRow.deleted).is_(False), col(MirrorRow.doc_number) != "")
    )
    groups: dict[str, list[str]] = defaultdict(list)
    for qbo_id, number in numbers:
        if any(sign.isdigit() for sign in number):
            groups[bill_numbers.group_of(number)].append(qbo_id)
    crowded = sorted(qbo_id for ids in groups.values() if len(ids) > 1 for qbo_id in ids)
    blocks: dict[tuple[str, str], list[MirrorRow]] = defaultdict(list)
    for start in range(0, len(crowded), _AT_ONCE):
        rows = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company.id, MirrorRow.entity == _BILL)
            .where(col(MirrorRow.qbo_id).in_(crowded[start : start + _AT_ONCE]))
        )
        for row in rows:
            vendor = documents.side_of_document(_BILL, row.data).party_id
            blocks[vendor, bill_numbers.group_of(row.doc_number)].append(row)
    yield from blocks.values()


def _is_one(one: MirrorRow, two: MirrorRow) -> bool:
    first, second = (documents.side_of_document(_BILL, row.data) for row in (one, two))
    if not first.total or not second.total or first.day is None or second.day is None:
        return False
    if abs(first.day - second.day) > _NEAR:
        return False
    same_total = first.total == second.total
    return bill_numbers.near(one.doc_number, two.doc_number, same_total=same_total)


def _told_apart(session: Session, company: Company) -> set[frozenset[str]]:
    """The pairs of which an approver said that they are two when one of them was posted."""
    rows = session.exec(
        select(Record)
        .where(Record.company_id == company.id, Record.type == RecordType.BILL)
        .where(col(Record.qbo_id).is_not(None))
    )
    return {frozenset((str(row.qbo_id), other)) for row in rows for other in row.told_apart}


def _credits(session: Session, company: Company) -> list[documents.Side]:
    rows = session.exec(
        select(MirrorRow)
        .where(MirrorRow.company_id == company.id, MirrorRow.entity == _CREDIT)
        .where(col(MirrorRow.deleted).is_(False))
    )
    return [documents.side_of_document(_CREDIT, row.data) for row in rows]


def _is_credited(two: MirrorRow, credited: Iterable[documents.Side]) -> bool:
    """Whether a vendor credit of its amount takes the later bill back."""
    bill = documents.side_of_document(_BILL, two.data)
    return any(
        one.party_id == bill.party_id
        and one.total == bill.total
        and one.day is not None
        and bill.day is not None
        and one.day >= bill.day
        for one in credited
    )


def _finding(
    services: Services, session: Session, company: Company, one: MirrorRow, two: MirrorRow
) -> Finding:
    cards = [_card(services, session, company, row) for row in (one, two)]
    facts: Payload = {
        "name": cards[0]["party"],
        "one": cards[0],
        "two": cards[1],
        "paid": _paid(cards),
        "same_total": cards[0]["total"] == cards[1]["total"],
    }
    return Finding(PROBLEM, pairs.subject(one, two), facts)


def _card(services: Services, session: Session, company: Company, row: MirrorRow) -> Payload:
    linked = documents.linked_ids(session, company.id or 0, _BILL, (row.qbo_id,))
    told = documents.theirs_facts(
        services.settings, company, _BILL, row.data, linked=row.qbo_id in linked
    )
    balance = row.data.get("Balance")
    is_paid = balance is not None and Decimal(str(balance)) < Decimal(str(told["total"] or 0))
    return {**told, "paid": is_paid}


def _paid(cards: Sequence[Payload]) -> int:
    return sum(1 for card in cards if card["paid"])


CHECK = Check(
    name="bills",
    run=run,
    every=timedelta(minutes=15),
    triggered_by=frozenset({_BILL, _CREDIT}),
)
