"""Several queries in one request. Writes never go this way: docs/adr/0009-no-batches-of-writes.md.

Shape and limits: developer.intuit.com, "Batch operations": at most 30 items, 1,000 objects in all.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import JsonValue, Payload, RetryClass
from bot.quickbooks import exact_json, statements
from bot.quickbooks.faults import QuickBooksFault
from bot.quickbooks.replies import Reply, fault_inside
from bot.quickbooks.statements import Condition

ITEMS = 30
OBJECTS = 1000
_ASK_AGAIN = frozenset({RetryClass.TRANSIENT, RetryClass.THROTTLED, RetryClass.AUTH})


@dataclass(frozen=True)
class Question:
    """All records of an entity that fit; inactive ones too."""

    entity: str
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True)
class Found:
    """What came of one question: records, or QuickBooks' definite refusal of it."""

    records: tuple[Payload, ...] = ()
    fault: QuickBooksFault | None = None

    def all(self) -> tuple[Payload, ...]:
        """The records. Raises QuickBooksFault: a refused question is never "none"."""
        if self.fault is not None:
            raise self.fault
        return self.records


def groups(questions: Sequence[Question]) -> Iterator[Sequence[Question]]:
    """As many as one request may hold."""
    for start in range(0, len(questions), ITEMS):
        yield questions[start : start + ITEMS]


def request_body(questions: Sequence[Question]) -> str:
    """The request; an item is told by its place."""
    items = [
        {"bId": str(place), "Query": statements.select(one.entity, one.where)}
        for place, one in enumerate(questions)
    ]
    return exact_json.dumps({"BatchItemRequest": items})


def answers(questions: Sequence[Question], body: Payload, reply: Reply) -> list[Found | None]:
    """What the reply says to each question; None where it has to be asked on its own.

    That is: no answer, one that may heal by itself, and every one when the reply held as much as a
    batch can hold, because then something may be missing.
    """
    listed = body.get("BatchItemResponse")
    items = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    by_place = {str(item.get("bId")): item for item in items}
    found = [
        _answer(one.entity, by_place.get(str(place)), reply) for place, one in enumerate(questions)
    ]
    if sum(len(one.records) for one in found if one is not None) >= OBJECTS:
        return [None] * len(questions)
    return found


def _answer(entity: str, item: Mapping[str, JsonValue] | None, reply: Reply) -> Found | None:
    if item is None:
        return None
    fault = fault_inside(item, reply)
    if fault is not None:
        return None if fault.retry_class in _ASK_AGAIN else Found(fault=fault)
    response = item.get("QueryResponse")
    if not isinstance(response, dict):
        return None
    return Found(tuple(response.get(entity, ())))
