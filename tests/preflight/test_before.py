"""Before a push: what would be refused for sure is held as a refusal holds it; doubt is posted."""

from sqlmodel import select

from bot.models import CompanyTrait
from tests.preflight.test_closing import posts, switch
from tests.sync.shop import customer, invoice, payment, vendor

ALERTS = {
    "name": ("invalid_characters", customer("x1", "North: Harbor")),
    "phone": ("too_long", customer("x2", "Wide Phone", phone="5" * 31)),
    "number": ("too_long", invoice("N" * 22, "c1")),
    "memo": ("too_long", invoice("77", "c1", memo="m" * 4001)),
}


def test_what_is_refused_for_sure_is_never_sent(house):
    """Each is held without a call, and by the same problem and subject as a refusal."""
    for number, (problem, record) in enumerate(ALERTS.values()):
        kind, key = record["type"], record["external_id"]
        house.shop.hand_over(record)
        house.shop.push_all()
        assert house.shop.causes(kind, key) == [(problem, f"{kind}:Shop/{key}")]
        [held] = house.shop.holds(kind, key)
        assert held.facts["foreseen"], number
    assert [row["entity"] for row in failed(house)] == []


def failed(house):
    """Creates that QuickBooks refused."""
    rows = house.shop.simulator.writes(house.shop.realm)
    return [row for row in rows if row["operation"] == "create" and row["status"] != 200]


def test_a_person_who_tries_again_hears_quickbooks_itself(house):
    """A sure word that were wrong would block money for good: pressed, the record is sent."""
    _, record = ALERTS["phone"]
    house.shop.hand_over(record)
    house.sync()
    alert = house.incident("too_long")
    assert "QuickBooks would refuse customer Wide Phone" in house.shown(alert)
    assert failed(house) == []
    assert house.mend(alert, "retry").state != "resolved"
    assert len(failed(house)) == 1
    [held] = house.shop.holds("customer", "x2")
    assert "foreseen" not in held.facts
    assert held.facts["code"] == "2050"
    assert house.again(alert).id == alert.id
    assert "QuickBooks refused customer Wide Phone" in house.shown(house.again(alert))


def test_it_tells_what_a_refusal_tells(house):
    """The facts of the alert are those of QuickBooks' own words."""
    _, record = ALERTS["phone"]
    house.shop.hand_over(record)
    house.shop.push_all()
    [held] = house.shop.holds("customer", "x2")
    house.shop.push(only=[house.shop.record("customer", "x2").id])
    house.shop.hand_over(record | {"phone": "6" * 31})
    house.shop.push(only=[house.shop.record("customer", "x2").id])
    [refused] = house.shop.holds("customer", "x2")
    for name in ("max", "len", "element", "record_type", "party"):
        assert held.facts.get(name) == refused.facts.get(name), name


def test_doubt_is_posted_and_the_answer_is_remembered(house):
    """A display name of 150 characters: some companies take it; the first answer shows it."""
    switch(house, display_name_limit=100)
    try:
        house.shop.hand_over(customer("w1", "W" * 150))
        house.shop.push_all()
        assert len(failed(house)) == 1
        assert learned(house) == {"display_name_limit": "100"}
        house.shop.hand_over(customer("w2", "V" * 150), vendor("w3", "U" * 120))
        house.shop.push_all()
        assert len(failed(house)) == 1
        assert house.shop.causes("customer", "w2") == [("too_long", "customer:Shop/w2")]
    finally:
        switch(house, display_name_limit=500)


def test_what_is_taken_is_unlearned(house):
    """QuickBooks takes long names now: a press on Try again shows it, and the next ones go."""
    switch(house, display_name_limit=100)
    try:
        house.shop.hand_over(customer("w1", "W" * 150))
        house.shop.push_all()
    finally:
        switch(house, display_name_limit=500)
    house.shop.hand_over(customer("w2", "V" * 150))
    house.shop.push_all()
    assert house.shop.state("customer", "w2") == "held"
    house.sync()
    for alert in house.incidents():
        house.mend(alert, "retry")
    assert house.shop.state("customer", "w2") == "posted"
    assert learned(house) == {"display_name_limit": "500"}


def learned(house):
    """What is known of the company."""
    with house.services.sessions.read() as session:
        return {row.trait: row.value for row in session.exec(select(CompanyTrait))}


def test_more_than_is_open_is_looked_at_again_before_it_holds(house):
    """The mirror says that an invoice is paid; where it is open again, the payment goes."""
    house.shop.hand_over(invoice("1", "c1"))
    house.shop.push_all()
    sale = house.shop.record("invoice", "1").qbo_id
    house.shop.hand_over(payment("p1", "c1", "100.00", "1"))
    house.shop.push_all()
    late = payment("p2", "c1", "60.00", "1", reference="second")
    house.shop.services.quickbooks.company(house.shop.company_id)
    house.capture()
    house.shop.hand_over(late)
    house.shop.push_all()
    assert house.shop.state("payment", "p2") == "held"
    assert len(posts(house, "Payment")) == 1
    paid = house.shop.record("payment", "p1").qbo_id
    house.shop.act("delete", "Payment", paid)
    house.shop.hand_over(payment("p3", "c1", "70.00", "1", reference="third"))
    house.shop.push_all()
    assert house.shop.state("payment", "p3") == "posted", sale
