"""Events reach a source's own server: signed, each record's in order, each at least once."""

import json
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import jsonschema
import pytest

from bot import jobs
from bot.models import AuditEntry, Outgoing
from bot.outgoing import callbacks, delivering, signing
from bot.outgoing.events import event_schema
from bot.outgoing.queue import announce
from tests.outgoing.receiver import Receiver, genuine

ROOT = Path(__file__).resolve().parents[2]
JUDGE = jsonschema.Draft202012Validator(event_schema())


def test_a_source_without_a_callback_is_told_nothing(office):
    """No row is kept, and nothing is ever due."""
    office.tell(office.record("1042"))

    assert office.rows() == []
    assert delivering.due(office.services) == []


def test_an_event_says_which_record_and_what_changed(office):
    """Its form is the published one; money is a decimal string."""
    office.on()
    office.tell(office.record("1042"), changes={"money": {"was": "420.00", "now": "400.00"}})
    office.deliver()

    (came,) = office.receiver.got
    assert list(JUDGE.iter_errors(came.body)) == []
    assert came.body["event_id"] == came.id
    said = {name: came.body[name] for name in ("event", "company", "source", "type", "external_id")}
    assert said == {
        "event": "record.changed",
        "company": "Harbor Foods",
        "source": "shop",
        "type": "invoice",
        "external_id": "1042",
    }
    assert came.body["changes"] == {"money": {"was": "420.00", "now": "400.00"}}
    assert (came.body["total"], came.body["quickbooks_type"]) == ("420.00", "Invoice")
    assert came.body["sequence"] == came.body["schema_version"] == 1
    assert office.states() == ["delivered"]


def test_an_event_is_signed_and_a_changed_one_is_refused(office):
    """The three headers of Standard Webhooks; body, id, moment and key all count."""
    office.on()
    office.tell(office.record("1042"))
    office.deliver()
    (came,) = office.receiver.got

    assert came.headers["content-type"] == "application/json"
    assert genuine(came, office.key)
    assert not genuine(replace(came, content=came.content.replace(b"1042", b"1043")), office.key)
    later = str(int(came.headers["webhook-timestamp"]) + 1)
    for name, value in (("webhook-id", "evt_other"), ("webhook-timestamp", later)):
        assert not genuine(replace(came, headers={**came.headers, name: value}), office.key)
    assert not genuine(came, "whsec_" + "A" * 44)
    late = int(came.headers["webhook-timestamp"]) + 600
    assert not genuine(came, office.key, now=late)


def test_both_keys_sign_for_a_day_after_a_new_one_was_made(office):
    """The other side changes over in its own time; then the old one is worth nothing."""
    office.on()
    old, record = office.key, office.record("1042")
    new = office.on(new_key=True).key
    office.tell(record)
    office.deliver()
    office.clock.skip(hours=25)
    office.tell(record)
    office.deliver()
    first, second = office.receiver.got
    now = office.clock.now().timestamp()

    assert new != old
    assert genuine(first, old)
    assert genuine(first, new)
    assert genuine(second, new, now=now)
    assert not genuine(second, old, now=now)


def test_the_secret_is_kept_sealed_and_stays_with_a_new_address(office):
    """It is shown once; the database alone does not give it away."""
    first = office.on()
    again = office.on(office.receiver.url + "/v2")

    assert first.key.startswith("whsec_")
    assert again.key == ""
    assert first.key.removeprefix("whsec_") not in office.callback.key


def test_a_later_event_waits_for_the_earlier_one_of_its_record(office):
    """While one is not taken, its record's next one stays back; other records go on."""
    office.on()
    sick, well = office.record("sick"), office.record("well")
    for _ in range(3):
        office.tell(sick)
        office.tell(well)
    failing = {"on": True}
    office.receiver.answer = lambda came: (
        500 if failing["on"] and came.body["external_id"] == "sick" else 200
    )
    office.deliver()
    assert {came.about for came in office.receiver.got} == {
        ("sick", 1), ("well", 1), ("well", 2), ("well", 3)
    }  # fmt: skip

    failing["on"] = False
    office.clock.skip(minutes=5)
    office.deliver()

    taken = [came.about for came in office.receiver.got if came.body["external_id"] == "sick"]
    assert taken == [("sick", 1), ("sick", 1), ("sick", 2), ("sick", 3)]
    assert set(office.states()) == {"delivered"}


def test_order_holds_whatever_the_receiver_answers(office):
    """40 events of four records against a third of failures: each record's arrive in order."""
    office.on()
    records = [office.record(f"r{number}") for number in range(4)]
    for _ in range(10):
        for record in records:
            office.tell(record)
    tries = {"n": 0}
    taken = []

    def answer(came):
        tries["n"] += 1
        if tries["n"] % 3 == 0:
            return (500, 503, None)[tries["n"] % 9 // 3]
        taken.append(came)
        return 200

    office.receiver.answer = answer
    for _ in range(400):
        office.deliver()
        if set(office.states()) == {"delivered"}:
            break
        office.clock.skip(minutes=10)

    by_record = {}
    for came in taken:
        external_id, sequence = came.about
        by_record.setdefault(external_id, []).append(sequence)
    assert by_record == {f"r{number}": list(range(1, 11)) for number in range(4)}
    assert len({came.id for came in taken}) == 40


def test_every_try_says_the_same_under_the_same_id(office):
    """Who took it and answered too late knows it again: id and body are alike, byte by byte."""
    office.on()
    office.tell(office.record("1042"))
    office.receiver.answer = lambda _came: 500
    office.deliver()
    office.receiver.answer = lambda _came: 200
    office.clock.skip(minutes=5)
    office.deliver()
    first, second = office.receiver.got

    assert (first.id, first.content) == (second.id, second.content)
    assert genuine(second, office.key, now=office.clock.now().timestamp())


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(office, status):
    """Events go only to the address that was named; it is told as what it is."""
    office.on()
    office.tell(office.record("1042"))
    elsewhere = office.receiver.url.replace("/hooks", "/elsewhere")
    office.receiver.answer = lambda _came: (status, {"location": elsewhere}, b"")
    office.deliver()

    assert [came.path for came in office.receiver.got] == ["/hooks"]
    (row,) = office.rows()
    assert row.state == "waiting"
    assert "points to another address" in row.answer


def test_a_receiver_that_is_down_is_asked_less_and_less_often(office):
    """The pauses double to an hour, whatever number of events waits; then all arrive in order."""
    office.on()
    record = office.record("1042")
    port = office.receiver.port
    office.receiver.stop()
    tries = 0
    for _ in range(25):  # a day in hours
        office.tell(record)
        office.deliver()
        office.clock.skip(hours=1, minutes=13)
    tries = sum(row.attempts for row in office.rows())
    assert 20 <= tries <= 26
    assert office.callback.failing_since is not None

    office.receiver = Receiver().start(port)
    try:
        for _ in range(3):
            office.deliver()
            office.clock.skip(minutes=75)
        assert [came.about[1] for came in office.receiver.got] == list(range(1, 26))
    finally:
        office.receiver.stop()
    assert (office.callback.failures, office.callback.failing_since) == (0, None)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_is_honoured(office, form):
    """Not before it says, in either form; then at once."""
    office.on()
    office.tell(office.record("1042"))
    until = office.clock.now() + timedelta(seconds=600)
    said = "600" if form == "seconds" else format_datetime(until, usegmt=True)
    office.receiver.answer = lambda _came: (429, {"retry-after": said}, b"")
    office.deliver()
    office.receiver.answer = lambda _came: 200
    office.clock.skip(seconds=540)
    office.deliver()
    assert len(office.receiver.got) == 1

    office.clock.skip(seconds=65)
    office.deliver()

    assert len(office.receiver.got) == 2
    assert office.states() == ["delivered"]


@pytest.mark.parametrize("said", ["99999999999", "-5", "soon", "", "Mon, 99 Foo 2026", "1e9"])
def test_an_odd_retry_after_never_stops_delivery_for_more_than_a_day(office, said):
    """Whatever it says, tomorrow it is tried again."""
    office.on()
    office.tell(office.record("1042"))
    office.receiver.answer = lambda _came: (503, {"retry-after": said}, b"")
    office.deliver()
    office.receiver.answer = lambda _came: 200
    office.clock.skip(hours=25)
    office.deliver()

    assert office.states() == ["delivered"]


def test_410_stops_it_until_a_person_names_an_address(office):
    """Nothing goes there any more, nothing is lost, and what waited goes out when it is named."""
    office.on()
    record = office.record("1042")
    office.tell(record)
    office.receiver.answer = lambda _came: 410
    office.deliver()
    office.tell(record)
    office.clock.skip(days=3)
    office.deliver()
    assert len(office.receiver.got) == 1
    assert office.callback.gone_at is not None
    assert office.rows(AuditEntry)[-1].action == "source.callback.gone"

    office.receiver.answer = lambda _came: 200
    kept = office.on(office.receiver.url + "/v2")
    office.deliver()

    assert kept.waiting == 2
    assert [came.about[1] for came in office.receiver.got] == [1, 1, 2]
    assert office.receiver.got[-1].path == "/hooks/v2"


def test_what_stopped_it_for_good_is_what_is_told(office):
    """Not what an older event was answered before."""
    office.on()
    office.tell(office.record("1041"))
    office.receiver.answer = lambda _came: 500
    office.deliver()
    office.tell(office.record("1042"))
    office.receiver.answer = lambda _came: 410
    office.deliver()

    with office.services.sessions.read() as session:
        [trouble] = callbacks.troubles(session, office.company_id, office.services.clock.now())
    assert (trouble.gone, "410" in trouble.answer) == (True, True)


def test_switched_off_means_nothing_more(office):
    """What waited is given up and said so; later events are not kept."""
    office.on()
    record = office.record("1042")
    office.tell(record)
    assert callbacks.switch_off(office.services, office.source_id) == 1
    office.tell(record)
    office.deliver()

    assert office.receiver.got == []
    assert office.states() == ["failed"]
    assert office.on().key != ""  # a new secret: the old one is forgotten


def test_one_event_given_up_lets_the_later_ones_go(office):
    """Where the other side can never take one, a person says so."""
    office.on()
    record = office.record("1042")
    office.tell(record)
    office.tell(record)
    office.receiver.answer = lambda came: 422 if came.body["sequence"] == 1 else 200
    office.deliver()
    rows, count = callbacks.waiting(office.services, office.source_id)
    assert (count, rows[0].record) == (2, "invoice 1042")
    callbacks.give_up(office.services, office.source_id, rows[0].event_id)
    office.deliver()

    assert office.states() == ["failed", "delivered"]


def test_sources_do_not_wait_for_each_other(office):
    """One that is down keeps no other from being told."""
    other = office.source("market")
    office.on("http://127.0.0.1:9/nobody")
    office.on(source_id=other)
    office.tell(office.record("a"))
    office.tell(office.record("b", other))
    office.deliver()
    office.deliver(other)

    assert [came.body["source"] for came in office.receiver.got] == ["market"]


def test_an_event_whose_transaction_fails_is_never_told(office):
    """It is a row of the same transaction as what it tells."""
    office.on()
    record = office.record("1042")
    with suppress(RuntimeError), office.services.sessions.write() as session:
        announce(
            session, company_id=office.company_id, source_id=office.source_id, record_id=record,
            event="record.voided", body={}, now=office.clock.now(),
        )  # fmt: skip
        raise RuntimeError
    office.deliver()

    assert office.receiver.got == []


def test_a_name_that_is_no_event_is_refused(office):
    """A mistyped one never goes out."""
    with pytest.raises(ValueError, match=r"record\.paid"):
        office.tell(office.record("1042"), "record.paid")


def test_nothing_goes_out_unsigned(office):
    """Where the key cannot be opened any more, it waits and says what to do."""
    office.on()
    office.tell(office.record("1042"))
    office.settings(SECRET_KEYS=type(office.services.settings.SECRET_KEYS)("A" * 43 + "="))
    office.deliver()

    assert office.receiver.got == []
    assert "--new-key" in office.rows()[0].answer


def test_killed_between_delivery_and_commit_the_same_event_goes_out_again(office, tmp_path):
    """At least once: the same webhook-id, the same body, and the later one after it."""
    office.on()
    record = office.record("1042")
    office.tell(record)
    office.tell(record)
    stored = tmp_path / "settings.json"
    plain = {
        "DATABASE_URL": office.services.settings.DATABASE_URL,
        "SECRET_KEYS": office.services.settings.SECRET_KEYS.get_secret_value(),
        "OUTGOING_PRIVATE": "true",
    }
    stored.write_text(json.dumps(plain))
    command = [sys.executable, "-m", "tests.outgoing.process", str(stored), str(office.source_id)]
    process = subprocess.Popen(command, cwd=ROOT)

    def killing(_came):
        process.kill()
        process.wait(20)
        return 200

    office.receiver.answer = killing
    assert process.wait(60) == -signal.SIGKILL
    office.receiver.answer = lambda _came: 200
    assert [came.about for came in office.receiver.got] == [("1042", 1)]
    assert office.states() == ["waiting", "waiting"]

    office.clock.skip(minutes=3)  # the dead one's lease runs out
    office.deliver()

    first, again, second = office.receiver.got
    assert (first.id, first.content) == (again.id, again.content)
    assert second.about == ("1042", 2)
    assert office.states() == ["delivered", "delivered"]


def test_two_workers_never_deliver_for_one_source_at_once(office):
    """While one has the source, another finds nothing to do."""
    office.on()
    record = office.record("1042")
    for _ in range(3):
        office.tell(record)
    other = replace(office.services, holder="other")

    def answer(_came):
        delivering.deliver(other, office.source_id)
        return 200

    office.receiver.answer = answer
    office.deliver()

    assert [came.about[1] for came in office.receiver.got] == [1, 2, 3]


def test_a_slice_ends_and_asks_for_the_next(office):
    """A job never keeps its thread for long: after so many events it nudges itself."""
    office.on()
    for number in range(delivering.SLICE_EVENTS + 1):
        office.tell(office.record(f"r{number}"))
    delivering.deliver(office.services, office.source_id)

    assert len(office.receiver.got) == delivering.SLICE_EVENTS
    assert (jobs.OUTGOING, str(office.source_id)) in office.services.queue.seen
    office.deliver()
    assert {row.state for row in office.rows(Outgoing)} == {"delivered"}


def test_the_test_event_is_signed_and_its_answer_is_shown(office):
    """Nothing is kept of it, and it is no event of a record."""
    office.on()
    answer = callbacks.try_out(office.services, office.source_id)
    (came,) = office.receiver.got

    assert answer.taken
    assert came.body["event"] == "callback.test"
    assert genuine(came, office.key)
    assert list(JUDGE.iter_errors(came.body)) == []
    assert office.rows() == []


def test_long_waits_are_counted_by_the_receivers_patience(office):
    """After a day somebody is told; a minute earlier nobody is; delivered, it is over."""
    office.on()
    office.tell(office.record("1042"))
    office.receiver.answer = lambda _came: (422, {}, b"no such order")
    office.deliver()

    def troubles():
        with office.services.sessions.read() as session:
            return callbacks.troubles(session, office.company_id, office.clock.now())

    office.clock.skip(hours=23, minutes=59)
    assert troubles() == []
    office.clock.skip(minutes=2)
    (found,) = troubles()
    assert (found.source, found.waiting, found.gone) == ("shop", 1, False)
    assert found.answer == "it answered 422: no such order"

    office.receiver.answer = lambda _came: 204
    callbacks.try_again(office.services, office.source_id)
    office.deliver()
    assert troubles() == []


def test_the_published_example_of_the_specification_is_signed_as_it_is_published():
    """Key, id, moment and body from the makers of Standard Webhooks, and what must come of them."""
    moment = datetime.fromtimestamp(1614265330, UTC)
    made = signing.headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        moment,
        b'{"test": 2432232314}',
    )

    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
