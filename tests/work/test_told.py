"""A source's own server hears what becomes of its records; when it does not, somebody is told."""

from datetime import timedelta

import jsonschema
import pytest

from bot.outgoing import callbacks, delivering
from bot.outgoing.events import event_schema
from tests.outgoing.receiver import Receiver, genuine
from tests.sync.shop import customer, invoice, payment
from tests.work.house import House
from tests.work.sales import keyed

JUDGE = jsonschema.Draft202012Validator(event_schema())


@pytest.fixture
def receiver():
    """The source's server, taking everything."""
    made = Receiver().start()
    yield made
    made.stop()


@pytest.fixture
def heard(house: House, receiver):
    """A house whose source is told at its own server."""
    house.shop = house.shop.with_settings(OUTGOING_PRIVATE=True)
    receiver.key = callbacks.switch_on(house.services, house.shop.source_id, receiver.url).key
    return house


def tell(house):
    """Let the source have what there is."""
    while delivering.due(house.services):
        delivering.deliver(house.services, house.shop.source_id)


def about(receiver, external_id):
    """What came about one record."""
    return [came for came in receiver.got if came.body["external_id"] == external_id]


def test_posted_records_are_told_with_what_quickbooks_gave(heard, receiver):
    """Id, number and total; in the order they were posted; signed, in the published form."""
    heard.shop.hand_over(customer("c2", "Sam Hill"), invoice("1042", "c2"))
    heard.shop.hand_over(payment("p1", "c2", "100.00", "1042"))
    heard.sync()
    tell(heard)

    told = [(came.body["type"], came.body["external_id"]) for came in receiver.got]
    assert told == [("customer", "c2"), ("invoice", "1042"), ("payment", "p1")]
    assert {came.body["event"] for came in receiver.got} == {"record.posted"}
    _, one, _ = (came.body for came in receiver.got)
    [document] = heard.shop.books("Invoice")
    assert (one["quickbooks_id"], one["quickbooks_type"]) == (document["Id"], "Invoice")
    assert (one["number"], one["total"], one["how"]) == ("1042", "100.00", "posted")
    assert all(genuine(came, receiver.key) for came in receiver.got)
    assert [list(JUDGE.iter_errors(came.body)) for came in receiver.got] == [[], [], []]


def test_a_held_record_is_told_in_words_then_released_then_posted(heard, receiver):
    """Its cause for people; held for the same again is not told again; each in its order."""
    jane = heard.shop.record("customer", "c1").qbo_id
    heard.shop.act("deactivate", "Customer", jane)
    heard.capture()
    heard.shop.hand_over(invoice("1042", "c1"))
    heard.sync()
    heard.sync()
    tell(heard)
    [came] = about(receiver, "1042")
    [problem] = came.body["problems"]
    assert (came.body["event"], came.body["quickbooks_id"]) == ("record.held", None)
    assert problem["problem"] == "inactive_record"
    assert problem["title"].startswith("Jane Doe inactive")
    assert "Jane Doe" in problem["what"]
    assert list(JUDGE.iter_errors(came.body)) == []

    [incident] = heard.incidents()
    assert heard.mend(incident, "reactivate").state == "resolved"
    tell(heard)

    assert all(JUDGE.is_valid(came.body) for came in receiver.got)
    assert [came.body["event"] for came in about(receiver, "c1")][:1] == ["record.inactivated"]
    story = [(came.body["sequence"], came.body["event"]) for came in about(receiver, "1042")]
    assert story == [(1, "record.held"), (2, "record.released"), (3, "record.posted")]


def test_a_person_who_leaves_a_record_out_is_told_with_their_reason(heard, receiver):
    """The source need not wait for it any longer."""
    keyed(heard, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    heard.shop.hand_over(invoice("1001", "c1"))
    heard.sync()
    incident = heard.incident("duplicate_document_number")
    heard.mend(incident, "skip", reason="test", words="Dana tried the shop")
    tell(heard)

    told = [(came.body["event"], came.body.get("reason")) for came in about(receiver, "1001")]
    reason = "a test, no real business: Dana tried the shop"
    assert told == [("record.held", None), ("record.skipped", reason)]


def test_a_held_parent_and_its_children_are_told_each(heard, receiver):
    """Each record hears of itself: the source need not know what refers to what."""
    heard.shop.create("Vendor", DisplayName="Old Mill")
    heard.shop.hand_over(customer("c9", "Old Mill"), invoice("1", "c9"), invoice("2", "c9"))
    heard.sync()
    tell(heard)

    held = {came.body["external_id"] for came in receiver.got if "held" in came.body["event"]}
    assert held == {"c9", "1", "2"}


def test_an_address_that_is_gone_is_an_alert_with_a_button_that_tries_again(heard, receiver):
    """Open at once; pressed while it is still gone it says so; green when it takes the event."""
    receiver.answer = lambda _came: (410, {}, b"we moved")
    heard.shop.hand_over(customer("c2", "Sam Hill"))
    heard.sync()
    tell(heard)
    heard.check()
    incident = heard.incident("callback_unreachable")
    words = heard.shown(incident)
    assert "Shop" in words
    assert "wants no events any more" in words

    assert heard.mend(incident, "tell_again").state == "open"
    assert "Shop still does not take it: it answered 410: we moved." in heard.ending(incident)

    receiver.answer = lambda _came: 200
    assert heard.mend(incident, "tell_again").state == "resolved"
    assert [came.body["event"] for came in receiver.got] == ["record.posted"] * 3


def test_an_address_that_answers_errors_for_a_day_is_one_alert_that_ends_by_itself(
    heard, receiver, time_machine
):
    """One for the source, however many events wait; green when they were taken."""
    receiver.answer = lambda _came: (500, {}, b"oops")
    heard.shop.hand_over(customer("c2", "Sam Hill"), customer("c3", "Ann Lee"))
    heard.sync()
    tell(heard)
    heard.check()
    assert heard.incidents() == []
    time_machine.move_to(heard.services.clock.now() + timedelta(hours=25), tick=True)
    heard.check()
    incident = heard.incident("callback_unreachable")
    assert "it answered 500: oops" in heard.shown(incident)
    assert "2 events" in heard.shown(incident)

    receiver.answer = lambda _came: 200
    tell(heard)
    heard.check()

    assert heard.again(incident).state == "resolved"
