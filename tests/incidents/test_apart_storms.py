"""Many posted documents whose amounts differ: one message, with the sum and the likely cause."""

from decimal import Decimal
from typing import Any

import pytest

from bot.domain import Finding
from tests.incidents.facts import facts_of
from tests.incidents.house import House
from tests.incidents.test_storms import storms_of


def differing(number: int, their_rate: str, our_rate: str, goods: str = "20.00") -> Finding:
    """An invoice of which the two sides reckoned another sales tax."""
    cent, net = Decimal("0.01"), Decimal(goods) * number
    theirs, ours = ((net * Decimal(rate) / 100).quantize(cent) for rate in (their_rate, our_rate))
    facts = {
        **facts_of("total_differs"),
        "number": str(number),
        "ours_total": str(net + ours),
        "theirs_total": str(net + theirs),
        "our_tax": str(ours),
        "their_tax": str(theirs),
        "documents": 0,
        "sales_count": 0,
    }
    return Finding("total_differs", f"invoice:Web shop/{number}", facts, record_ids=(number,))


def words(message: dict[str, Any]) -> str:
    """All that a message says."""
    found: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if isinstance(node.get("text"), str):
                found.append(node["text"])
            for one in node.values():
                walk(one)
        elif isinstance(node, list):
            for one in node:
                walk(one)

    walk(message["blocks"])
    return " ".join(found)


def test_one_rate_behind_all_is_named_with_the_sum(house: House) -> None:
    """Nobody opens nine windows to see that each lacks the same quarter of a percent."""
    house.observe(1, *(differing(number, "8", "8.25") for number in range(1, 10)))
    house.settle()

    (storm,) = storms_of(house.messages())
    said = words(storm)
    assert "QuickBooks has $2.25 less in all" in said
    assert "In 9 documents only the sales tax differs: most often 8 % in QuickBooks" in said
    assert "and 8.25 % in Web shop" in said
    assert "differs state" in said
    assert "changed" not in said


@pytest.mark.parametrize("their_rate", ["8.25", "8.26"])
def test_a_rate_is_not_named_where_cents_of_rounding_differ(house: House, their_rate: str) -> None:
    """The rates are the same: only the sum is told."""
    rows = [differing(number, their_rate, "8.24", "99.00") for number in range(1, 8)]
    house.observe(1, *rows)
    house.settle()

    (storm,) = storms_of(house.messages())
    assert "more in all" in words(storm)
    assert "only the sales tax differs" not in words(storm)
