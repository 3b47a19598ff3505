"""The source hands a posted customer or item over again, changed: by policy, written or asked."""

import pytest

from bot.models import FlowUpdate, Source
from bot.sync.flow import policies
from tests.flow.words import BOTH, buyer, edit, said, writes
from tests.sync.shop import customer, item

HOME = {"street": "12 Elm St", "city": "Troy", "state": "NY", "postal_code": "12180"}


def hand_over(house, *records):
    """Take them in and do what that asks for; the notes for the sender."""
    report = house.shop.hand_over(*records)
    house.run()
    house.told()
    return [note.text for note in report.notes]


def decide(house, said_):
    """The firm decides."""
    with house.services.sessions.write() as session:
        source = session.get_one(Source, house.shop.source_id)
        policies.decide(session, source, said_, "U0DANA", house.services.clock.now())


def test_another_phone_and_address_are_posted(house):
    """One write, of what differs alone, with the newest version; our mark stays."""
    before, token = writes(house), int(buyer(house)["SyncToken"])
    [note] = hand_over(house, customer("c1", "Jane Doe", phone="555-0100", billing_address=HOME))
    assert "its e-mail and phone and address will be changed in QuickBooks too" in note

    found = buyer(house)
    assert found["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    assert found["BillAddr"]["Line1"] == "12 Elm St"
    assert "[sync:Shop:c1]" in found["Notes"]
    assert writes(house) == before + 1
    assert int(found["SyncToken"]) == token + 1
    assert house.shop.all(FlowUpdate) == []
    assert house.shop.holds() == []
    assert (
        hand_over(house, customer("c1", "Jane Doe", phone="555-0100", billing_address=HOME)) == []
    )
    assert writes(house) == before + 1


@pytest.mark.long
def test_what_quickbooks_has_already_is_not_written(house, heard):
    """The source takes over what it heard: both agree, nothing goes out."""
    edit(house, "Customer", buyer(house)["Id"], PrimaryPhone={"FreeFormNumber": "555-0100"})
    before = writes(house)
    hand_over(house, customer("c1", "Jane Doe", phone="555-0100"))
    assert writes(house) == before
    assert house.shop.record("customer", "c1").payload["phone"] == "555-0100"
    assert len(heard()) == 1


def test_another_name_is_asked_about(house):
    """A name shows on posted documents too: a person says so first; then it is posted."""
    notes = hand_over(house, customer("c1", "Jane Roe", phone="555-0100"))
    assert "its e-mail and phone will be changed" in notes[0]
    assert "an alert asks about its name, which QuickBooks has otherwise" in notes[0]
    assert buyer(house)["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    words = said(house, BOTH)
    assert "was changed in Shop" in words
    assert "Name: Jane Roe in Shop; Jane Doe in QuickBooks" in words

    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert buyer(house, "Jane Roe")["Id"] == house.shop.record("customer", "c1").qbo_id
    assert house.shop.record("customer", "c1").name == "Jane Roe"
    assert hand_over(house, customer("c1", "Jane Roe", phone="555-0100")) == []
    house.capture()
    assert house.shop.holds() == []


@pytest.mark.long
def test_another_name_may_be_left(house, heard):
    """QuickBooks is right: the source hears what stands, and is not asked for the same again."""
    hand_over(house, customer("c1", "Jane Roe"))
    house.mend(house.incident(BOTH), "accept_theirs")
    assert [event for event, _ in heard()] == ["record.changed"]
    assert hand_over(house, customer("c1", "Jane Roe")) == []
    assert house.shop.holds() == []


@pytest.mark.long
def test_a_source_that_takes_its_name_back_ends_the_alert(house):
    """Both say the same again: nothing to decide."""
    hand_over(house, customer("c1", "Jane Roe"))
    hand_over(house, customer("c1", "Jane Doe"))
    assert house.shop.holds() == []
    assert house.incident(BOTH).state == "resolved"


@pytest.mark.long
@pytest.mark.parametrize("order", ["books first", "source first"])
@pytest.mark.parametrize("winner", ["usual", "source", "quickbooks", "ask"])
def test_changed_on_both_sides(house, heard, order, winner):
    """Whoever comes first, the policy of the group says whose phone stands."""
    decide(house, f"customer.contact={winner}")
    jane = buyer(house)["Id"]
    books = {"PrimaryPhone": {"FreeFormNumber": "555-0199"}}
    ours = customer("c1", "Jane Doe", phone="555-0100")
    if order == "books first":
        house.shop.act("edit", "Customer", jane, data=books)
        house.shop.hand_over(ours)  # the bot has not read the books yet
    else:
        house.shop.hand_over(ours)
        house.shop.act("edit", "Customer", jane, data=books)
    house.capture()
    house.sync()
    house.told()

    phone = buyer(house)["PrimaryPhone"]["FreeFormNumber"]
    asked = [row.problem for row in house.shop.holds()]
    if winner in ("usual", "source"):
        assert (phone, asked) == ("555-0100", [])
    elif winner == "quickbooks":
        assert (phone, asked) == ("555-0199", [])
        assert heard()[-1][1]["contact"]["now"] == {"phone": "555-0199"}
    else:
        assert (phone, asked) == ("555-0199", [BOTH])
        assert "555-0100" in said(house, BOTH)
        assert "555-0199" in said(house, BOTH)


@pytest.mark.long
def test_a_firm_may_have_quickbooks_put_back(house):
    """By explicit policy only: what somebody changes there goes back to what the source says."""
    hand_over(house, customer("c1", "Jane Doe", phone="555-0100"))
    decide(house, "customer.contact=source")
    edit(house, "Customer", buyer(house)["Id"], PrimaryPhone={"FreeFormNumber": "555-0199"})
    assert buyer(house)["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    assert house.shop.holds() == []


@pytest.mark.long
def test_a_refused_change_is_asked_about(house):
    """QuickBooks does not take the value: its words, and nothing is tried for ever."""
    match = {"realm": house.shop.realm, "entity": "Customer", "operation": "update"}
    text = "Business Validation Error: the phone is wrong."
    fault = {"fault": "code:6000", "detail": text, "times": 1, "match": match}
    house.shop.simulator.control("POST", "/faults", fault)
    hand_over(house, customer("c1", "Jane Doe", phone="555-0100"))
    assert (
        "the change was not made in QuickBooks: “Business Validation Error: the phone is wrong"
        in said(house, BOTH)
    )
    assert house.shop.all(FlowUpdate) == []
    alert = house.mend(house.incident(BOTH), "push_again")
    assert alert.state == "resolved", house.ending(alert)
    assert buyer(house)["PrimaryPhone"]["FreeFormNumber"] == "555-0100"


@pytest.mark.long
def test_another_price_of_an_item_is_posted(house):
    """Items flow, too."""
    hand_over(house, item("i1", "Blue Mug", sku="M-1", price="12.50"))
    [mug] = [row for row in house.shop.books("Item") if row["Name"] == "Blue Mug"]
    assert mug["UnitPrice"] == 12.5
    assert house.shop.holds() == []


def test_group_by_group(house):
    """Two groups differ: the name as in QuickBooks, the phone as in the source."""
    decide(house, "customer.contact=ask")
    hand_over(house, customer("c1", "Jane Roe", phone="555-0100"))
    alert = house.incident(BOTH)
    prepared, words = house.preview(alert, "settle_conflict")
    assert "Say below which of the two stands" in words
    assert [choice.label for choice in prepared.plan.choices] == ["Name", "E-mail and phone"]

    answers = {"stands:identity": "quickbooks", "stands:contact": "source"}
    prepared, words = house.preview(alert, "settle_conflict", **answers)
    assert "phone: nothing in QuickBooks → 555-0100" in words
    house.confirm(prepared)
    assert house.again(alert).state == "resolved", house.ending(alert)
    assert buyer(house, "Jane Doe")["PrimaryPhone"]["FreeFormNumber"] == "555-0100"
    assert house.shop.holds() == []


@pytest.mark.long
def test_a_change_of_what_is_inactive_there_is_asked_about(house):
    """Nothing is lost without a word: the alert says why it was not written."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("deactivate", "Customer", jane)
    house.capture()
    hand_over(house, customer("c1", "Jane Doe", phone="555-0100"))
    assert "it is inactive in QuickBooks" in said(house, BOTH)
    assert house.shop.all(FlowUpdate) == []


@pytest.mark.long
def test_only_what_is_asked_about_is_put_back(house):
    """A note that somebody adds to the customer meanwhile is theirs, and no question."""
    hand_over(house, customer("c1", "Jane Roe"))
    house.shop.act("edit", "Customer", buyer(house)["Id"], data={"Notes": "pays late"})
    prepared, words = house.preview(house.incident(BOTH), "push_again")
    assert "notes" not in words
    house.confirm(prepared)
    found = buyer(house, "Jane Roe")
    assert found["Notes"] == "pays late"
    house.capture()
    assert house.shop.holds() == []
