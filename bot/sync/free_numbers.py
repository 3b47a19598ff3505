"""Document numbers that are free: in QuickBooks, and among what still waits to be posted."""

import re
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from bot.domain import RecordState
from bot.models import Record
from bot.services import Services
from bot.sync import documents
from bot.sync.limits import LONGEST_NUMBER

_TRIES = 8
_BETWEEN = re.compile(r"[^0-9A-Za-z]+")


def propose(services: Services, record: Record) -> str:
    """Propose a number nobody has that still shows the original one; "" if none was found.

    Raises QuickBooksFault.
    """
    wanted = [number for number in _variants(record.number) if number != record.number]
    taken = taken_among(services, record, wanted)
    return next((number for number in wanted if number not in taken), "")


def _variants(number: str) -> list[str]:
    """A number that fits gets a suffix; one that is too long loses signs, then its beginning."""
    found: list[str] = []
    if len(number) > LONGEST_NUMBER:
        bare = _BETWEEN.sub("", number)
        found += [bare] if len(bare) <= LONGEST_NUMBER else []
        found.append(number[-LONGEST_NUMBER:].lstrip("-_/. ") or number[-LONGEST_NUMBER:])
    for count in range(2, _TRIES):
        suffix = f"-{count}"
        base = number[-(LONGEST_NUMBER - len(suffix)) :] if len(number) > LONGEST_NUMBER else number
        found.append(base[: LONGEST_NUMBER - len(suffix)] + suffix)
    return list(dict.fromkeys(found))


def why_not(services: Services, record: Record, number: str) -> str:
    """Say why the record cannot be posted under this number; "" when it can.

    Raises QuickBooksFault.
    """
    if not number:
        return "The number is empty. Type the number it shall have in QuickBooks."
    if len(number) > LONGEST_NUMBER:
        return f"{number} has {len(number)} characters; QuickBooks takes up to {LONGEST_NUMBER}."
    if any(mark in number for mark in "\t\r\n"):
        return "A number has no tab and no line break."
    if number == record.number:
        return f"{number} is the number it has now. Type another one."
    if number in taken_among(services, record, [number]):
        return f"{number} is used already. Type another one."
    return ""


def taken_among(services: Services, record: Record, numbers: Sequence[str]) -> frozenset[str]:
    """Which of these numbers another document has, posted or still waiting."""
    if not numbers:
        return frozenset()
    with services.sessions.read() as session:
        found = _in_outbox(session, record, numbers)
    entities = documents.entities_of(record.type)
    for document in documents.with_numbers(services, record.company_id, numbers, entities):
        found.add(str(document[1].get("DocNumber")))
    return frozenset(found)


def _in_outbox(session: Session, record: Record, numbers: Iterable[str]) -> set[str]:
    rows = session.exec(
        select(Record.number)
        .where(Record.company_id == record.company_id, Record.id != record.id)
        .where(Record.type == record.type)
        .where(col(Record.state) != RecordState.SKIPPED)
        .where(col(Record.number).in_(list(numbers)))
    )
    return set(rows)
