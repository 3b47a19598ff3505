"""The lines a preview names: by what they are, at most some, whichever way they changed."""

from types import SimpleNamespace

from bot.domain import RecordType
from bot.fixes import line_changes


def document(*lines):
    """An invoice as QuickBooks has it: (item, quantity, amount) each."""
    return {
        "Line": [
            {
                "DetailType": "SalesItemLineDetail",
                "Amount": amount,
                "SalesItemLineDetail": {"ItemRef": {"value": item}, "Qty": quantity},
            }
            for item, quantity, amount in lines
        ]
    }


def changes(house, before, after):
    """The rows of a preview, each as one sentence."""
    record = SimpleNamespace(type=RecordType.INVOICE, company_id=house.shop.company_id)
    record.currency = "USD"
    with house.services.sessions.read() as session:
        rows = line_changes.rows(session, record, document(*before), document(*after))
    told = [f"{row['what']}: {row['before']} → {row['after']}" for row in rows]
    back = [f"{row['what']}: {row['after']} → {row['before']}" for row in line_changes.turned(rows)]
    return told, back


def test_only_what_is_not_the_same_is_named(house):
    """Equal lines in another order are no change; a price without whole cents is told in all."""
    names = {row["Name"]: row["Id"] for row in house.shop.books("Item")}
    blue, red = names["Blue Mug"], names["Red Mug"]

    told, back = changes(
        house,
        [(blue, 1, 10), (red, 2, 40), (red, 1, 5)],
        [(red, 1, 5), (blue, 1, 10), (red, 3, 10)],
    )

    assert told == ["Red Mug: 2 × $20.00 → 3, $10.00 in all"]
    assert back == told
    assert changes(house, [(blue, 1, 10)], [(blue, 1, 10)]) == ([], [])


def test_many_are_counted(house):
    """Six are named; the rest is a number."""
    [blue] = [row["Id"] for row in house.shop.books("Item") if row["Name"] == "Blue Mug"]

    told, _ = changes(house, [], [(blue, 1, amount) for amount in range(1, 10)])

    assert told[0] == "Blue Mug: not on it → $1.00"
    assert told[6:] == ["and 3 more lines: as now → changed"]
