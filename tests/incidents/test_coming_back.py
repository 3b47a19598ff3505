"""Alerts that come back: on their own message for a day, damped when they come and go."""

import json
from dataclasses import replace
from typing import Any

from bot import incidents
from bot.domain import IncidentState
from bot.models import Incident
from tests.incidents.facts import connection_lost, inactive
from tests.incidents.house import House

DANA = "U0DANA0001"


def shown(house: House) -> str:
    """The blocks of the one message as text."""
    (message,) = house.messages()
    return json.dumps(message["blocks"], ensure_ascii=False)


def replies(house: House) -> list[str]:
    """The replies in the thread of the one message, as text."""
    (message,) = house.messages()
    return [json.dumps(one, ensure_ascii=False) for one in house.replies(message["ts"])]


def flap(house: House, times: int, minutes: float = 10) -> None:
    """Let it settle and come back so many times, one return in so many minutes."""
    house.observe(1, inactive())
    house.settle()
    for _turn in range(times):
        house.clock.forward(minutes=minutes / 2)
        house.observe(1)
        house.clock.forward(minutes=minutes / 2)
        house.observe(1, inactive())
    house.settle()


def test_it_says_how_often_it_came_back_and_replies_no_more(house: House) -> None:
    """Three returns within an hour are told in words, on the same message, without more replies."""
    flap(house, 2)
    assert "Came back: it was settled before (2 times)" in shown(house)

    house.clock.forward(minutes=5)
    house.observe(1)
    house.clock.forward(minutes=5)
    house.observe(1, inactive())
    house.settle()

    assert "Came back 3 times in 25 minutes." in shown(house)
    assert len(house.messages()) == 1
    assert len(replies(house)) == 1


def test_what_comes_and_goes_is_green_after_two_checks(house: House) -> None:
    """One check that does not find it is said and leaves it open; the second one settles it."""
    flap(house, 3)
    house.observe(1)
    house.settle()

    assert house.incident(1).state is IncidentState.OPEN
    assert "The last one did not." in shown(house)

    house.observe(1)
    house.settle()

    assert house.incident(1).state is IncidentState.RESOLVED
    assert house.messages()[0]["metadata"]["event_payload"]["state"] == "resolved"


def test_two_checks_means_two_in_a_row(house: House) -> None:
    """Found in between, it is counted anew."""
    flap(house, 3)
    house.observe(1)
    house.observe(1, inactive())
    house.settle()
    assert "The last one did not." not in shown(house)

    house.observe(1)
    assert house.incident(1).state is IncidentState.OPEN
    house.observe(1)
    assert house.incident(1).state is IncidentState.RESOLVED


def test_slow_returns_are_not_damped(house: House) -> None:
    """Three returns in three hours settle at the first check, and so does one that got calm."""
    flap(house, 3, minutes=60)
    house.observe(1)
    assert house.incident(1).state is IncidentState.RESOLVED

    house.observe(1, inactive())
    flap(house, 3)
    house.clock.forward(minutes=61)
    house.observe(1)
    assert house.incident(1).state is IncidentState.RESOLVED


def test_a_verified_fix_turns_it_green_at_once(house: House) -> None:
    """A person mended it and it was read back: nothing is waited for."""
    flap(house, 3)
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now())
    incidents.finish(house.services, 1, by=DANA, lines=["done"], resolved=True)

    assert house.incident(1).state is IncidentState.RESOLVED


def test_a_run_that_belongs_to_nobody_waits_for_the_second_check(house: House) -> None:
    """Posting that ended by itself is one check; the message never stays WORKING."""
    flap(house, 3)
    for state in (IncidentState.OPEN, IncidentState.RESOLVED):
        with house.services.sessions.write() as session:
            assert incidents.begin_work(session, 1, "", house.clock.now())
        incidents.finish(house.services, 1, by="", lines=["3 of 3"], resolved=True)
        assert house.incident(1).state is state


def test_who_had_settled_it_is_told_when_it_is_back(house: House) -> None:
    """The history keeps every end with who and when; the message names the last one."""
    house.observe(1, inactive())
    house.settle()
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now())
    incidents.finish(house.services, 1, by=DANA, lines=["14 of 14"], resolved=True)
    house.clock.forward(hours=23)
    house.observe(1, inactive())
    house.settle()

    (message,) = house.messages()
    words: list[Any] = [one for one in message["blocks"] if "last by" in json.dumps(one)]
    assert DANA in json.dumps(words)
    lines = [(line["by"], line["text"]) for line in house.incident(1).story["lines"]]
    assert lines == [(DANA, "14 of 14"), ("", "came back")]


def test_a_connection_lost_again_replies_once_in_its_thread(house: House) -> None:
    """An edit notifies nobody; one reply says what is back, when it was settled, and by whom."""
    house.observe(1, connection_lost(), check="connection")
    house.settle()
    with house.services.sessions.write() as session:
        assert incidents.begin_work(session, 1, DANA, house.clock.now())
    incidents.finish(house.services, 1, by=DANA, lines=["connected"], resolved=True)
    house.settle()
    assert replies(house) == []
    house.clock.forward(minutes=20)
    for _check in range(2):
        house.observe(1, connection_lost(), check="connection")
        house.settle()

    (reply,) = replies(house)
    assert "QuickBooks connection lost: this problem is back" in reply
    assert DANA in reply
    assert shown(house).count("Came back") == 1


def test_a_reply_slack_did_not_take_is_tried_again(house: House) -> None:
    """The message is edited; the reply follows when Slack takes it, and only once."""
    house.observe(1, inactive())
    house.settle()
    house.observe(1)
    house.settle()
    house.fault("ratelimited", "chat.postMessage")
    house.observe(1, inactive())
    house.settle()
    house.settle(seconds=60)
    house.settle(seconds=60)

    assert house.incident(1).story["back"] is None
    assert len(replies(house)) == 1


def test_other_records_are_not_told_as_the_same_come_back(house: House) -> None:
    """What somebody settled stays so: the message says that these are others."""
    house.observe(1, inactive())
    house.settle()
    with house.services.sessions.write() as session:
        session.get_one(Incident, 1).record_ids = [901]
    house.clock.forward(minutes=5)
    house.observe(1)
    house.settle()
    house.clock.forward(minutes=5)
    house.observe(1, replace(inactive(), record_ids=(902,)))
    house.settle()

    assert "Back with other records: the earlier ones stay settled (1 time)" in shown(house)
