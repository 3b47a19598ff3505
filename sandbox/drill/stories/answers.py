"""Answers of QuickBooks in odd shapes: the right kind, with its own words, or healed in silence."""

from collections.abc import Callable
from random import Random
from typing import Any

from sandbox.drill.books import Books
from sandbox.drill.stories.connection import passing
from sandbox.drill.story import CONNECTION, Alert, Case, Story

FAMILY = "connection"
_KIN, _REFUSED = "odd answers that heal", "odd refusals"
_CREATE = {"operation": "create"}


def _healing(fault: str, times: int, **more: Any) -> Callable[[Books, Random], Case]:
    """The writes meet it, and it goes away by itself."""
    return passing(fault, times, match=_CREATE, **more)


def _refused(fault: str, kind: str, **more: Any) -> Callable[[Books, Random], Case]:
    """One order is refused in an odd shape: told as what it is; once it is over, tried again."""

    def make(books: Books, rng: Random) -> Case:
        buyer, goods = books.buyer(rng), books.goods(rng)
        order = books.order(rng, buyer, [goods])

        def inject() -> None:
            books.fault(fault, 1, match={"entity": "Invoice", **_CREATE}, **more)
            books.hand_in(order)

        def right() -> str:
            return books.posted(order) or books.unmet()

        alert = Alert(kind, order["number"], 1, button="retry")
        return Case(inject, right, alert, (buyer, goods), after=books.calm)

    return make


STORIES: tuple[Story, ...] = (
    Story(36, FAMILY, "an empty answer", _healing("empty_body", 1), CONNECTION, kin=_KIN),
    Story(36, FAMILY, "a page of a gateway", _healing("unavailable_html", 2), CONNECTION, kin=_KIN),
    Story(
        36,
        FAMILY,
        "an XML fault of the gateway",
        _healing("throttled", 2, format="xml"),
        CONNECTION,
        kin=_KIN,
    ),
    Story(
        36,
        FAMILY,
        "a passing fault inside HTTP 200",
        _healing("fault_in_200", 1, code="10000"),
        CONNECTION,
        kin=_KIN,
    ),
    Story(
        36,
        FAMILY,
        "a refusal in XML",
        _refused("xml_fault", "validation_other", code="2170"),
        CONNECTION,
        kin=_REFUSED,
    ),
    Story(
        36,
        FAMILY,
        "a refusal inside HTTP 200",
        _refused("fault_in_200", "unsupported", code="5030"),
        CONNECTION,
        kin=_REFUSED,
    ),
    Story(
        36,
        FAMILY,
        "a refusal in French",
        _refused("localised_6140", "duplicate_document_number"),
        CONNECTION,
        kin=_REFUSED,
    ),
)
