"""Messages survive lost answers, dead processes, limits and closed channels, and go once."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot import incidents
from bot.incidents import delivery
from bot.models import Company, Delivery
from tests.incidents.facts import connection_lost, inactive
from tests.incidents.house import House, make_services


def open_one(house: House) -> None:
    """Let one problem be found, and its grouping time pass."""
    house.observe(1, inactive())
    house.clock.forward(seconds=6)


@pytest.mark.parametrize("fault", ["reset_after", "timeout_after", "fatal_error"])
def test_a_lost_answer_is_looked_up_before_posting_again(house: House, fault: str) -> None:
    """The post took effect though its answer was lost: the history shows it, nothing is doubled."""
    open_one(house)
    house.fault(fault, "chat.postMessage", seconds=3)
    incidents.sweep_deliveries(house.services)
    house.drain()

    assert house.delivery(1).state == "unknown"

    house.settle()
    house.settle()

    posted = 0 if fault == "fatal_error" else 1
    assert len(house.messages()) == 1
    assert len(house.calls("conversations.history")) >= 1
    assert house.delivery(1).state == "idle"
    assert house.delivery(1).ts == house.messages()[0]["ts"]
    assert house.messages()[0]["updates"] == posted


@pytest.mark.parametrize("fault", ["reset_before", "timeout_before", "internal_error"])
def test_a_request_that_was_lost_on_its_way_is_posted_later(house: House, fault: str) -> None:
    """The history does not show it, so it is posted, once."""
    open_one(house)
    house.fault(fault, "chat.postMessage", seconds=3)
    incidents.sweep_deliveries(house.services)
    house.drain()
    house.settle()
    house.settle()

    assert len(house.messages()) == 1
    assert house.delivery(1).state == "idle"


def test_a_process_that_dies_between_post_and_record_leaves_one_message(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next process finds the message in the history and goes on with it."""
    open_one(house)

    class Killed(BaseException):
        """What kill -9 looks like from inside."""

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(delivery, "_sent", die)
    with pytest.raises(Killed):
        incidents.deliver(house.services, 1)
    monkeypatch.undo()
    assert len(house.messages()) == 1
    assert house.delivery(1).state == "claimed"

    heir = make_services(tmp_path, house.slack, holder="the next process")
    heir.clock.at = house.clock.at + timedelta(seconds=1)
    incidents.sweep_deliveries(heir.services)
    heir.drain()
    heir.observe(1, inactive(documents=15, sales_count=15))
    heir.settle()

    (message,) = house.messages()
    assert "15 invoices" in message["blocks"][0]["text"]["text"]
    heir.services.sessions.engine.dispose()


def test_a_claim_of_this_process_is_left_alone_until_it_is_old(house: House) -> None:
    """A sweep does not take a message out of another worker's hands."""
    open_one(house)
    with house.services.sessions.write() as session:
        session.exec(
            update(Delivery).values(
                state="claimed", claimed_by=house.services.holder, claimed_at=house.clock.now()
            )
        )
    house.settle(seconds=50)

    assert house.messages() == []

    house.settle(seconds=20)
    house.settle()

    assert len(house.messages()) == 1


def test_two_workers_send_one_message(house: House) -> None:
    """The claim is a conditional UPDATE: eight threads post once."""
    open_one(house)
    threads = [
        threading.Thread(target=incidents.deliver, args=(house.services, 1)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.drain()

    assert len(house.messages()) == 1


def test_two_runs_of_a_check_open_one_incident(house: House) -> None:
    """Two racing runs find the same: one incident, one message."""
    threads = [
        threading.Thread(target=house.observe, args=(1, inactive(), connection_lost()))
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    house.settle()

    assert len(house.messages()) == 1


def test_rate_limited_means_later_not_never(house: House) -> None:
    """429 keeps the message wanted; it goes when Slack allows."""
    open_one(house)
    house.fault("ratelimited", "chat.postMessage", seconds=30)
    incidents.sweep_deliveries(house.services)
    house.drain()

    row = house.delivery(1)
    assert (row.state, row.sent, row.last_error) == ("idle", 0, "ratelimited")
    assert row.not_before == house.clock.now() + timedelta(seconds=30)

    house.settle(seconds=31)

    assert len(house.messages()) == 1


def test_an_archived_channel_keeps_the_message_and_is_logged_once(house: House) -> None:
    """No endless loop: the pause grows, the log says it once, and an unarchived channel gets it."""
    channel = house.slack["channels"]["books-harbor-foods"]
    house.act("archive", channel=channel)
    house.observe(1, inactive())
    with capture_logs() as logs:
        for _minute in range(10):
            house.settle(seconds=60)

    tries = [call for call in house.calls("chat.postMessage") if call["error"] == "is_archived"]
    assert len(tries) <= 6
    assert [log["event"] for log in logs].count("message not delivered") == 1
    assert house.delivery(1).last_error == "is_archived"

    house.act("unarchive", channel=channel)
    house.settle(seconds=3600)

    assert len(house.messages()) == 1


def test_a_message_slack_refuses_goes_as_plain_words_with_its_buttons(house: House) -> None:
    """Blocks that do not please never hide the problem."""
    open_one(house)
    house.fault("error:invalid_blocks", "chat.postMessage")
    house.settle()

    (message,) = house.messages()
    assert [block["type"] for block in message["blocks"]] == ["section", "actions"]
    assert "$38,210.50 not posted" in message["blocks"][0]["text"]["text"]


def test_an_unposted_message_follows_its_company_to_another_channel(house: House) -> None:
    """The channel that counts is the company's at the moment of posting."""
    house.observe(1, inactive())
    with house.services.sessions.write() as session:
        company = session.get_one(Company, 1)
        company.channel_id = house.slack["channels"]["general"]
        session.add(company)
    house.settle()

    assert house.messages() == []
    assert len(house.messages("general")) == 1


def test_an_edit_whose_answer_was_lost_is_made_again(house: House) -> None:
    """An edit is the same twice: the newest state arrives."""
    open_one(house)
    incidents.sweep_deliveries(house.services)
    house.drain()
    house.observe(1)
    house.fault("reset_before", "chat.update", times=2)
    house.drain()
    house.settle(seconds=10)

    (message,) = house.messages()
    assert message["metadata"]["event_payload"]["state"] == "resolved"


def test_a_deleted_message_of_an_open_problem_is_told_again(house: House) -> None:
    """Somebody deleted the alert: an open problem never disappears silently."""
    open_one(house)
    incidents.sweep_deliveries(house.services)
    house.drain()
    house.services.slack.client.chat_delete(
        channel=house.slack["channels"]["books-harbor-foods"], ts=house.messages()[0]["ts"]
    )
    house.observe(1, inactive(documents=15, sales_count=15))
    house.settle()

    assert len(house.messages()) == 1
    assert house.delivery(1).ts == house.messages()[0]["ts"]


def test_an_alert_paused_while_its_first_post_was_on_its_way_says_paused(house: House) -> None:
    """The version counts up during the call, so the newer state follows at once."""
    open_one(house)
    real = house.services.slack.post

    def post_while_the_connection_dies(*given: object, **more: object) -> object:
        posted = real(*given, **more)
        house.observe(1, connection_lost(), check="connection")
        return posted

    object.__setattr__(house.services.slack, "post", post_while_the_connection_dies)
    incidents.deliver(house.services, 1)
    object.__setattr__(house.services.slack, "post", real)
    house.settle()

    states = [m["metadata"]["event_payload"]["state"] for m in house.messages()]
    assert states == ["paused", "open"]


@pytest.mark.parametrize("fault", ["reset_after", "timeout_after"])
def test_a_deleted_message_is_not_told_again_twice(house: House, fault: str) -> None:
    """The answer to the new post is lost: it is looked for, as the first one would be."""
    open_one(house)
    incidents.sweep_deliveries(house.services)
    house.drain()
    house.services.slack.client.chat_delete(
        channel=house.slack["channels"]["books-harbor-foods"], ts=house.messages()[0]["ts"]
    )
    house.observe(1, inactive(documents=15, sales_count=15))
    house.clock.forward(seconds=6)
    house.fault(fault, "chat.postMessage", seconds=3)
    incidents.sweep_deliveries(house.services)
    house.drain()

    assert (house.delivery(1).state, house.delivery(1).ts) == ("unknown", None)

    house.settle()
    house.settle()

    assert len(house.messages()) == 1
    assert house.delivery(1).ts == house.messages()[0]["ts"]


def test_a_process_that_dies_after_telling_a_deleted_message_again_leaves_one(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row had let go of the old message before the new one was posted."""
    open_one(house)
    incidents.sweep_deliveries(house.services)
    house.drain()
    house.services.slack.client.chat_delete(
        channel=house.slack["channels"]["books-harbor-foods"], ts=house.messages()[0]["ts"]
    )
    house.observe(1, inactive(documents=15, sales_count=15))
    house.clock.forward(seconds=6)

    class Killed(BaseException):
        """What kill -9 looks like from inside."""

    def die(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(delivery, "_sent", die)
    with pytest.raises(Killed):
        incidents.deliver(house.services, 1)
    monkeypatch.undo()

    heir = make_services(tmp_path, house.slack, holder="the next process")
    heir.clock.at = house.clock.at + timedelta(seconds=1)
    incidents.sweep_deliveries(heir.services)
    heir.drain()
    heir.settle()

    assert len(house.messages()) == 1
    assert heir.delivery(1).ts == house.messages()[0]["ts"]
    heir.services.sessions.engine.dispose()
