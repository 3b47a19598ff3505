"""Alerts told in Slack that turn out to be part of a later one."""

import json
from dataclasses import replace

import pytest
from sqlmodel import Session, select

from bot import incidents
from bot.domain import Finding, IncidentState, RecordState
from bot.models import Hold, Record
from tests.incidents.facts import facts_of, inactive
from tests.incidents.house import House
from tests.incidents.test_floods import hold

DANA = "U0DANA0001"


def missing(count: int = 2, number: int = 9) -> Finding:
    """The customer of so many invoices never came."""
    facts = {**facts_of("missing_parent"), "ref": f"c{number}", "documents": count}
    return Finding("missing_parent", f"customer:Web shop/c{number}", facts)


def moved(house: House, child: Finding, parent: Finding) -> Finding:
    """Its records are held by the parent's cause now; what the check finds of that."""
    now = house.clock.now()
    with house.services.sessions.write() as session:
        for record_id in child.record_ids:
            session.add(
                Hold(
                    company_id=1,
                    record_id=record_id,
                    problem=parent.problem,
                    subject=parent.subject,
                    since=now,
                )
            )
    return replace(parent, record_ids=(*parent.record_ids, *child.record_ids))


def shown(house: House) -> list[tuple[str, str]]:
    """State and words of each message, oldest first."""
    return [
        (one["metadata"]["event_payload"]["state"], json.dumps(one["blocks"], ensure_ascii=False))
        for one in house.messages()
    ]


def told(house: House) -> tuple[Finding, Finding]:
    """An alert about a customer that never came, told in Slack; then the cause behind it."""
    child = hold(house, missing(), 2, 1)
    house.observe(1, child)
    house.settle()
    return child, moved(house, child, inactive())


def test_the_earlier_message_points_to_the_later_and_ends_with_it(house: House) -> None:
    """Part of: <the other> with its address; who fixed that one fixed both."""
    _, parent = told(house)
    house.observe(1, parent)
    house.settle()
    house.settle()

    (state, words), (_, late) = shown(house)
    assert state == "part"
    assert "Part of: " in words
    assert house.messages()[1]["ts"].replace(".", "") in words
    assert "1 earlier alert is part of this one." in late
    assert "✅" not in words

    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 2, DANA, house.clock.now())
    incidents.finish(house.services, 2, by=DANA, lines=["2 of 2 in QuickBooks"], resolved=True)
    house.settle()

    (state, words), _ = shown(house)
    assert state == "resolved"
    assert "Ended with: " in words
    assert DANA in words
    assert "2 of 2 in QuickBooks" in words


def test_when_the_other_comes_back_it_is_part_of_it_again(house: House) -> None:
    """Both messages say what is true."""
    _, parent = told(house)
    house.observe(1, parent)
    house.observe(1)
    house.settle()
    house.observe(1, parent)
    house.settle()
    house.settle()

    assert [state for state, _ in shown(house)] == ["part", "open"]


def test_found_again_itself_it_is_open_again(house: House) -> None:
    """Its own cause is back: it has its buttons again, and the other counts it no more."""
    child, parent = told(house)
    house.observe(1, parent)
    house.settle()
    house.observe(1, parent, child)
    house.settle()

    (state, _), (_, late) = shown(house)
    assert state == "open"
    assert house.incident(1).part_of_id is None
    assert "part of this one" not in late


def _standing(session: Session, record_id: int) -> list[Hold]:
    mine = select(Hold).where(Hold.record_id == record_id, Hold.problem == "inactive_record")
    return list(session.exec(mine))


@pytest.mark.parametrize("case", ["posted", "two causes", "waits", "long ago", "by a person"])
def test_what_was_mended_or_goes_on_is_part_of_nothing(house: House, case: str) -> None:
    """Only what waits as a whole for one other cause is told on that one."""
    child, parent = told(house)
    others: list[Finding] = []
    if case in ("posted", "waits"):
        with house.services.sessions.write() as session:
            row = session.get_one(Record, child.record_ids[0])
            row.state = RecordState.POSTED if case == "posted" else RecordState.WAITING
            row.posted_at = house.clock.now() if case == "posted" else None
            session.add(row)
    if case == "two causes":
        with house.services.sessions.write() as session:
            for row in _standing(session, child.record_ids[0]):
                session.delete(row)
        others = [moved(house, replace(child, record_ids=child.record_ids[:1]), inactive("K", 5))]
    if case == "by a person":
        with house.services.sessions.write() as session:
            assert incidents.begin_work(session, 1, DANA, house.clock.now())
        incidents.finish(house.services, 1, by=DANA, lines=["done"], resolved=True)
    if case == "long ago":
        house.observe(1)
        house.clock.forward(hours=2)
    house.observe(1, parent, *others)
    house.settle()

    assert house.incident(1).state is IncidentState.RESOLVED
    assert house.incident(1).part_of_id is None
    assert shown(house)[0][0] == "resolved"


def test_a_cause_with_a_message_of_many_takes_them_too(house: House) -> None:
    """Six earlier alerts are one message: its table says that each is part of another."""
    children = [hold(house, missing(1, n), 1, n) for n in range(1, 7)]
    house.observe(1, *children)
    house.settle()
    parent = inactive()
    for child in children:
        parent = moved(house, child, parent)
    house.observe(1, parent)
    house.settle()
    house.settle()

    (state, storm), (_, late) = shown(house)
    assert state == "part"
    assert "↪️ PART OF ANOTHER" in storm
    assert "part of another alert" in storm
    assert "6 earlier alerts are part of this one." in late

    house.observe(1)
    house.settle()
    assert [one for one, _ in shown(house)] == ["resolved", "resolved"]
