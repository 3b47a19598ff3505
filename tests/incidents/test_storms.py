"""More than five incidents of one problem at a company share one message with a table."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from bot import incidents
from bot.domain import Finding, IncidentState
from bot.models import Delivery, Storm
from tests.incidents.facts import connection_lost, inactive
from tests.incidents.house import House, make_services

DANA = "U0DANA0001"


def many(count: int, first: int = 1) -> list[Finding]:
    """So many different inactive customers."""
    return [inactive(f"Customer {n}", n) for n in range(first, first + count)]


def storms_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages that stand for many."""
    return [one for one in messages if one["metadata"]["event_type"] == "qb_storm"]


def cells(message: dict[str, Any]) -> list[list[str]]:
    """The table as rows of words, without its head."""
    (table,) = (block for block in message["blocks"] if block["type"] == "table")
    return [[cell["text"] for cell in row] for row in table["rows"]][1:]


def header_of(message: dict[str, Any]) -> str:
    """The header a person reads."""
    return str(message["blocks"][0]["text"]["text"])


@pytest.mark.parametrize(("count", "posts"), [(5, 5), (6, 1), (40, 1)])
def test_more_than_five_at_once_are_one_message(house: House, count: int, posts: int) -> None:
    """Five have a message each; with one more they share one, named by count and money."""
    house.observe(1, *many(count))
    house.settle()

    messages = house.messages()
    assert len(messages) == posts
    if count == 6:
        (storm,) = storms_of(messages)
        assert header_of(storm).startswith("🔴 OPEN · 6 inactive records")
        assert cells(storm)[0] == [
            "Customer 1 inactive",
            "14",
            "14 invoices, $38,210.50",
            "open",
        ]
        assert storm["metadata"]["event_payload"]["incident_ids"] == [1, 2, 3, 4, 5, 6]


def test_the_sixth_and_later_join_one_message_beside_the_five(house: House) -> None:
    """What was posted keeps its own message; however many come, there is one post more."""
    house.observe(1, *many(5))
    house.settle()
    for count in (6, 8, 20):
        house.observe(1, *many(count))
        house.settle()

    messages = house.messages()
    (storm,) = storms_of(messages)
    assert len(messages) == 6
    assert len(cells(storm)) == 15
    assert header_of(storm).startswith("🔴 OPEN · 15 inactive records")
    assert "5 more of this kind have alerts of their own" in json.dumps(storm["blocks"])


def test_another_problem_and_another_company_have_messages_of_their_own(house: House) -> None:
    """A storm is of one problem at one company."""
    other = house.company("Blue Ridge", house.slack["channels"]["books-blue-ridge"])
    house.observe(other, *many(2, first=100))
    house.observe(1, *many(7), Finding("no_income_account", "income_account", {"documents": 1}))
    house.settle()

    kinds = [one["metadata"]["event_payload"]["problem"] for one in house.messages()]
    assert sorted(kinds) == ["inactive_record", "no_income_account"]


def test_rows_change_in_place_and_the_last_one_turns_it_green(house: House) -> None:
    """Working, fixed, and green when the last is; a later one opens the same message again."""
    house.observe(1, *many(6))
    house.settle()
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now())
    incidents.nudge(house.services, 1)
    house.drain()

    (storm,) = house.messages()
    assert header_of(storm).startswith("🔵 WORKING · 6 inactive records")
    assert cells(storm)[0][3] == "being fixed"

    house.clock.forward(seconds=5)
    incidents.finish(house.services, 1, by=DANA, lines=["done"], resolved=True, posted=14)
    house.settle()
    (storm,) = house.messages()
    assert header_of(storm).startswith("🔴 OPEN · 5 inactive records")
    assert cells(storm)[-1] == ["Customer 1 inactive", "14", "–", "fixed"]

    house.observe(1)
    house.settle()
    (storm,) = house.messages()
    assert header_of(storm) == "✅ FIXED · 6 inactive records"
    assert storm["metadata"]["event_payload"]["state"] == "resolved"
    with house.services.sessions.read() as session:
        assert session.exec(select(Storm)).one().resolved_at is not None

    house.observe(1, *many(1))
    house.settle()
    (storm,) = house.messages()
    assert header_of(storm).startswith("🔴 OPEN · 1 inactive record")


def test_a_storm_survives_a_restart_and_a_lost_answer(house: House, tmp_path: Any) -> None:
    """Its post is looked for in the history before anything is posted again."""
    house.observe(1, *many(8))
    house.fault("reset_after", "chat.postMessage")
    house.settle()
    again = make_services(tmp_path, house.slack, holder="another process")
    again.clock.at = house.clock.at
    again.clock.forward(seconds=120)
    for _turn in range(3):
        incidents.sweep_deliveries(again.services)
        again.drain()
        again.clock.forward(seconds=70)

    (storm,) = house.messages()
    assert header_of(storm).startswith("🔴 OPEN · 8 inactive records")
    again.services.sessions.engine.dispose()


def test_a_dead_connection_pauses_a_storm_as_a_whole(house: House) -> None:
    """An unposted storm is not posted while all of it is paused; it comes afterwards."""
    house.observe(1, connection_lost(), check="connection")
    house.observe(1, *many(7))
    house.settle()

    assert [one["metadata"]["event_type"] for one in house.messages()] == ["qb_incident"]

    house.observe(1, check="connection")
    house.settle()
    house.settle()

    (storm,) = storms_of(house.messages())
    assert header_of(storm).startswith("🔴 OPEN · 7 inactive records")


def test_an_unposted_storm_is_not_put_off_by_a_steady_flow(house: House) -> None:
    """New ones every four seconds do not push the first post away."""
    for count in range(6, 12):
        house.observe(1, *many(count))
        house.settle(seconds=4)

    assert len(house.messages()) <= 2
    assert storms_of(house.messages())


def test_one_thousand_at_once_fit_and_every_one_keeps_its_buttons(house: House) -> None:
    """The table shows the worst; each alert can still be built with the buttons that mend it."""
    house.observe(1, *many(1_000))
    house.settle()

    (storm,) = house.messages()
    assert "985 more" in json.dumps(storm["blocks"])
    shown = incidents.build(house.services, house.incident(1_000))
    assert "fix:reactivate" in json.dumps(shown.blocks)
    with house.services.sessions.read() as session:
        assert len(session.exec(select(Delivery)).all()) == 1
    assert house.incident(1_000).state is IncidentState.OPEN


def test_a_storm_of_one_is_called_by_its_record(house: House) -> None:
    """Beside five that have messages of their own; red and green say whose it is."""
    house.observe(1, *many(5))
    house.settle()
    house.observe(1, *many(6))
    house.settle()
    (storm,) = storms_of(house.messages())
    assert header_of(storm).startswith("🔴 OPEN · Customer 6 inactive")

    house.observe(1, *many(5))
    house.settle()
    (storm,) = storms_of(house.messages())
    assert header_of(storm).startswith("✅ FIXED · Customer 6")


def test_what_another_tool_met_says_where_its_documents_wait(house: House) -> None:
    """Their money is not known here, so nothing of it is made up."""
    facts = {"reported": {"tool": "Cin7 Core", "numbered": 2}, "source": "Cin7 Core"}
    rows = [replace(one, facts={**one.facts, **facts, "record_count": 0}) for one in many(6)]
    house.observe(1, *rows)
    house.settle()
    (storm,) = storms_of(house.messages())
    assert cells(storm)[0] == ["Customer 1 inactive", "2", "at Cin7 Core", "open"]


def test_a_storm_of_one_that_holds_nothing_has_no_table(house: House) -> None:
    """A pasted error beside five alerts: title and state stand above, the rest is dashes."""
    house.observe(1, *many(5))
    house.settle()
    facts = {"reported": {"tool": "Dana", "numbered": 0}, "source": "the other tool"}
    sixth = many(1, 6)[0]
    pasted = replace(sixth, facts={**sixth.facts, **facts, "record_count": 0})
    house.observe(1, *many(5), pasted)
    house.settle()
    (storm,) = storms_of(house.messages())
    assert cells(storm) == [["Customer 6 inactive", "at the other tool", "open"]]

    house.observe(1, *many(5))
    house.settle()
    (storm,) = storms_of(house.messages())
    assert header_of(storm).startswith("✅ FIXED · Customer 6")
    assert "table" not in {block["type"] for block in storm["blocks"]}
