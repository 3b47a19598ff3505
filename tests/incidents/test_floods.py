"""Many documents held within minutes for several causes: one table over their alerts."""

import json
from typing import Any

import pytest
from sqlmodel import select

from bot import incidents
from bot.domain import Finding, RecordState, RecordType
from bot.models import Hold, Record, Source
from tests.incidents.facts import WAITING, inactive
from tests.incidents.house import House
from tests.incidents.test_storms import header_of

DANA = "U0DANA0001"


def hold(house: House, finding: Finding, count: int, first: int) -> Finding:
    """Hold so many invoices of $10.00 for a cause; gives what the check finds."""
    now = house.clock.now()
    with house.services.sessions.write() as session:
        source = session.get(Source, 1)
        if source is None:
            source = Source(
                company_id=1, name="Web shop", kind="csv", token_hash="x", created_at=now
            )
            session.add(source)
            session.flush()
        ids = []
        for number in range(first, first + count):
            row = Record(
                company_id=1,
                source_id=source.id or 0,
                type=RecordType.INVOICE,
                tier=3,
                external_id=str(number),
                digest="x",
                number=str(number),
                amount=10,
                state=RecordState.HELD,
                received_at=now,
            )
            session.add(row)
            session.flush()
            ids.append(row.id or 0)
            session.add(
                Hold(
                    company_id=1,
                    record_id=row.id or 0,
                    problem=finding.problem,
                    subject=finding.subject,
                    since=now,
                )
            )
    sums = {"documents": count, "sales_count": count, "sales_amount": f"{count * 10}.00"}
    return Finding(finding.problem, finding.subject, {**finding.facts, **sums}, tuple(ids))


def let_go(house: House, finding: Finding) -> None:
    """Post what a cause held."""
    with house.services.sessions.write() as session:
        for record_id in finding.record_ids:
            row = session.get_one(Record, record_id)
            row.state, row.posted_at = RecordState.POSTED, house.clock.now()
            session.add(row)
        for held in session.exec(select(Hold).where(Hold.subject == finding.subject)).all():
            session.delete(held)


def tables_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages that stand for several causes."""
    return [one for one in messages if one["metadata"]["event_type"] == "qb_flood"]


def three_causes(house: House) -> list[Finding]:
    """312 documents for one customer; 41 products not mapped with four each; 24 for another."""
    causes = [hold(house, inactive("Sales Inc", 58), 312, 1)]
    house.clock.forward(minutes=2)
    for n in range(41):
        sku = Finding("item_not_mapped", f"item:Web shop/S{n}", {**WAITING, "sku": f"S{n}"})
        causes.append(hold(house, sku, 4, 1_000 + 4 * n))
    house.clock.forward(minutes=2)
    causes.append(hold(house, Finding("no_income_account", "account", dict(WAITING)), 24, 2_000))
    return causes


def test_five_hundred_failures_are_three_alerts_and_one_table(house: House) -> None:
    """Story 43: one message a cause, and one table with documents, money, state and address."""
    causes = three_causes(house)
    house.observe(1, *causes)
    house.settle(seconds=5)
    house.settle(seconds=3)

    messages = house.messages()
    assert len(messages) == 4
    (table,) = tables_of(messages)
    assert messages[-1]["ts"] == table["ts"], "the alerts come first, so that it names them"
    assert header_of(table) == "🔴 OPEN · 500 documents not posted in 4 minutes · 3 causes"
    assert [[cell["text"] for cell in row[:3]] for row in _rows(table)] == [
        ["Sales Inc inactive", "312", "312 invoices, $3,120.00"],
        ["41 SKUs without an item", "164", "164 invoices, $1,640.00"],
        ["No income account", "24", "24 invoices, $240.00"],
    ]
    for message in messages[:3]:
        assert message["ts"].replace(".", "") in json.dumps(table["blocks"])
    assert "500 invoices, $5,000.00 not posted in 4 minutes; 3 causes" in table["text"]


def _rows(message: dict[str, Any]) -> list[Any]:
    (table,) = (block for block in message["blocks"] if block["type"] == "table")
    return list(table["rows"][1:])


def test_the_table_changes_in_place_and_ends_green_with_the_counts(house: House) -> None:
    """A cause that is being fixed says so; the last one turns the table green."""
    causes = three_causes(house)
    house.observe(1, *causes)
    house.settle(seconds=8)
    house.settle(seconds=3)
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now())
    house.settle(seconds=3)
    (table,) = tables_of(house.messages())
    assert header_of(table).startswith("🔵 WORKING · 500 documents")
    assert "being fixed" in json.dumps(table["blocks"])

    let_go(house, causes[0])
    incidents.finish(house.services, 1, by=DANA, lines=["done"], resolved=True, posted=312)
    house.observe(1, *causes[1:])
    house.settle(seconds=3)
    (table,) = tables_of(house.messages())
    assert header_of(table) == "🔴 OPEN · 188 of 500 documents not posted · 2 of 3 causes"
    assert "1 of 3 causes fixed" in json.dumps(table["blocks"])

    for cause in causes[1:]:
        let_go(house, cause)
    house.observe(1)
    house.settle(seconds=3)
    (table,) = tables_of(house.messages())
    assert header_of(table) == "✅ FIXED · 500 documents · 3 causes"
    assert "500 of 500 in QuickBooks" in json.dumps(table["blocks"])
    assert table["metadata"]["event_payload"]["state"] == "resolved"
    assert len(house.messages()) == 4


@pytest.mark.parametrize("setting", ["0", "501"])
def test_few_documents_and_one_cause_get_no_table(house: House, setting: str) -> None:
    """Below the setting, at 0, or for one cause alone there is nothing to sum up."""
    settings = house.services.settings.model_copy(update={"FLOOD_DOCUMENTS": int(setting)})
    object.__setattr__(house.services, "settings", settings)
    house.observe(1, *three_causes(house))
    house.settle(seconds=8)
    house.settle(seconds=3)

    assert len(house.messages()) == 3


def test_one_cause_alone_gets_no_table(house: House) -> None:
    """Its own message says it all."""
    house.observe(1, hold(house, inactive(), 400, 1))
    house.settle(seconds=8)

    (only,) = house.messages()
    assert only["metadata"]["event_type"] == "qb_incident"


def test_a_single_invoice_beside_one_cause_makes_no_table(house: House) -> None:
    """What one message says already is not said by a second one."""
    few = hold(house, inactive("Late Ltd", 99), 2, 5_000)
    house.observe(1, few, hold(house, inactive(), 400, 1))
    house.settle()
    assert not any("qb_flood" in str(one.get("metadata")) for one in house.messages())


def test_what_fails_hours_later_is_no_part_of_the_flood(house: House) -> None:
    """A single failure in the afternoon does not bring the morning's table to life."""
    causes = three_causes(house)
    house.observe(1, *causes)
    house.settle(seconds=8)
    house.settle(seconds=3)
    (before,) = tables_of(house.messages())
    house.clock.forward(hours=3)
    late = hold(house, inactive("Late Ltd", 99), 3, 5_000)
    house.observe(1, *causes, late)
    house.settle(seconds=8)

    (after,) = tables_of(house.messages())
    assert header_of(after) == header_of(before)
    assert "Late Ltd" not in json.dumps(after["blocks"])
    assert len(_rows(after)) == len(_rows(before)) == 3
    assert len(house.messages()) == 5


def _open_flood(house: House) -> list[Finding]:
    causes = three_causes(house)
    house.observe(1, *causes)
    house.settle(seconds=8)
    house.settle(seconds=3)
    return causes


def test_what_fails_some_minutes_later_is_no_part_of_the_flood(house: House) -> None:
    """The flood still stands, but its last document came in minutes before."""
    causes = _open_flood(house)
    house.clock.forward(minutes=4)
    house.observe(1, *causes, hold(house, inactive("Late Ltd", 99), 3, 5_000))
    house.settle(seconds=8)

    (table,) = tables_of(house.messages())
    assert "Late Ltd" not in json.dumps(table["blocks"])
    assert header_of(table) == "🔴 OPEN · 500 documents not posted in 4 minutes · 3 causes"


def test_what_fails_right_after_it_joins_the_flood(house: House) -> None:
    """A slow import is one flood."""
    causes = _open_flood(house)
    house.clock.forward(minutes=1)
    house.observe(1, *causes, hold(house, inactive("Next Ltd", 99), 3, 5_000))
    house.settle(seconds=8)
    house.settle(seconds=3)

    (table,) = tables_of(house.messages())
    assert "Next Ltd" in json.dumps(table["blocks"])
    assert header_of(table) == "🔴 OPEN · 503 documents not posted in 5 minutes · 4 causes"


@pytest.mark.parametrize("left", [0, 1])
def test_what_an_undo_brings_back_is_no_part_of_the_flood(house: House, left: int) -> None:
    """It stands on its own alert, whether the others are settled by then or not."""
    causes = _open_flood(house)
    for cause in causes[: len(causes) - left]:
        let_go(house, cause)
    house.observe(1, *causes[len(causes) - left :])
    house.settle(seconds=3)
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now(), again=True)
    incidents.finish(house.services, 1, by=DANA, lines=["back"], resolved=True, undone=True)
    back = hold(house, inactive("Sales Inc", 58), 30, 7_000)
    house.observe(1, back, *causes[len(causes) - left :])
    house.settle(seconds=8)
    house.settle(seconds=3)

    assert house.incident(1).state == "open"
    (table,) = tables_of(house.messages())
    expected = "☑️ FLOOD OVER · 24 of 188 documents left · 1 of 2 causes"
    assert header_of(table) == (expected if left else "✅ FIXED · 188 documents · 2 causes")
    assert "Sales Inc" not in json.dumps(table["blocks"])


def test_what_was_held_before_it_began_is_no_part_of_it(house: House) -> None:
    """Two old troubles of minutes before keep their own alerts, also when one gets another one."""
    early = inactive("Old Bills Ltd", 70)
    alone = [hold(house, early, 1, 9_000), hold(house, inactive("Other Ltd", 71), 1, 9_001)]
    house.observe(1, *alone)
    house.clock.forward(minutes=4, seconds=30)
    alone.append(hold(house, early, 1, 9_010))
    causes = three_causes(house)
    for _check in range(2):
        house.observe(1, *alone[1:], *causes)
        house.settle(seconds=8)
        house.settle(seconds=3)

    (table,) = tables_of(house.messages())
    assert header_of(table) == "🔴 OPEN · 500 documents not posted in 4 minutes · 3 causes"
    assert "Ltd" not in json.dumps(table["blocks"])


def test_one_cause_and_what_was_held_before_it_get_no_table(house: House) -> None:
    """An old bill is no second cause."""
    early = hold(house, inactive("Old Bills Ltd", 70), 1, 9_000)
    house.clock.forward(minutes=4, seconds=30)
    house.observe(1, early, hold(house, inactive(), 67, 1))
    house.settle(seconds=8)
    house.settle(seconds=3)

    assert tables_of(house.messages()) == []


def test_what_is_left_below_the_number_ends_the_table(house: House) -> None:
    """It says how much is left and where, and turns green when that is settled too."""
    causes = _open_flood(house)
    for cause in causes[:-1]:
        let_go(house, cause)
    house.observe(1, causes[-1])
    house.settle(seconds=3)

    (table,) = tables_of(house.messages())
    assert header_of(table) == "☑️ FLOOD OVER · 24 of 500 documents left · 1 of 3 causes"
    words = json.dumps(table["blocks"])
    assert "Fewer than 50 documents are left: what is left stays on its own alert" in words
    assert "24 invoices, $240.00" in words
    assert house.messages()[2]["ts"].replace(".", "") in words
    assert "the flood is over; 24 invoices, $240.00 not posted; 1 of 3 causes" in table["text"]

    let_go(house, causes[-1])
    house.observe(1)
    house.settle(seconds=3)
    (table,) = tables_of(house.messages())
    assert header_of(table) == "✅ FIXED · 500 documents · 3 causes"


def test_causes_without_a_row_are_counted_and_where_they_are_is_said(house: House) -> None:
    """The table has fifteen rows, and /qb-errors names no more: each has its own alert."""
    names = ("inactive_record", "item_not_mapped", "value_not_mapped", "account_not_found")
    causes = []
    for place in range(20):
        facts = {**inactive(f"Buyer {place}", place).facts, "sku": f"S{place}", "word": f"W{place}"}
        cause = Finding(names[place % 4], f"cause:{place}", facts)
        causes.append(hold(house, cause, 5, 1_000 + 10 * place))
    house.observe(1, *causes)
    house.settle(seconds=8)
    house.settle(seconds=3)

    (table,) = tables_of(house.messages())
    assert len(_rows(table)) == 15
    assert len(house.messages()) == 21
    words = json.dumps(table["blocks"])
    assert "5 more causes are not in this table: each has its own alert in this channel" in words
    assert "/qb-errors with a word of its name finds it while it is open." in words
