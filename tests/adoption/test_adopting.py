"""Many documents that the books hold already are one question; nothing is doubled meanwhile."""

from sqlmodel import select

from bot.models import Adoption, Record
from tests.sync.shop import customer, invoice, payment
from tests.work.sales import keyed, sales


def posted_by_another(house, number, amount="100.00", day="2026-11-12", **more):
    """An earlier connector posted this invoice for Jane."""
    return keyed(house, amount, DocNumber=number, TxnDate=day, PrivateNote="by Oldsync", **more)


def states(house):
    """The state of each document, by external id."""
    with house.services.sessions.read() as session:
        rows = session.exec(select(Record).where(Record.doc_date != None))  # noqa: E711  SQL
        return {row.external_id: str(row.state) for row in rows}


def open_alerts(house):
    """The alerts that stand, by problem."""
    found = {}
    for row in house.incidents():
        if row.state != "resolved":
            found.setdefault(row.problem, []).append(row)
    return found


def test_what_an_earlier_connector_posted_is_linked_after_approval(house):
    """Eight of ten are there, two with a difference: one alert, then links, questions, posting."""
    ids = {str(1000 + place): posted_by_another(house, str(1000 + place)) for place in range(6)}
    posted_by_another(house, "1006", "100.01")
    posted_by_another(house, "1007", day="2026-11-10")
    house.capture()
    before = len(house.shop.creates())
    house.shop.hand_over(
        *(invoice(str(1000 + place), "c1") for place in range(10)),
        payment("p1", "c1", "100.00", "1000"),
        payment("p9", "c1", "100.00", "1009"),
    )
    house.sync()

    assert len(house.shop.creates()) == before
    assert set(states(house).values()) == {"held"}
    [alert] = house.incidents()
    assert alert.problem == "already_in_books"
    assert {name: alert.facts[name] for name in ("looked", "exact", "differs", "rest")} == {
        "looked": 12,
        "exact": 6,
        "differs": 2,
        "rest": 4,
    }
    _, words = house.preview(alert, "adopt")
    assert "6 documents: held → are linked" in words
    assert "2 documents: held → are asked about one by one" in words
    green = house.mend(alert, "adopt")

    assert green.state == "resolved", house.ending(green)
    assert all(house.shop.record("invoice", number).qbo_id == ids[number] for number in ids)
    assert {key for key, state in states(house).items() if state == "held"} == {"1006", "1007"}
    assert sorted(sales(house)) == [str(1000 + place) for place in range(10)]
    assert len(house.shop.books("Payment")) == 2
    assert sum(map(len, open_alerts(house).values())) == 2


def test_old_orders_sent_again_under_new_ids_are_one_alert(house):
    """Story 58: all of the source is held, what is there is linked, the new ones are posted."""
    orders = [invoice(str(2000 + place), "c1", ("i1", place + 1, "10.00")) for place in range(28)]
    paid = [payment(f"p{place}", "c1", "10.00", str(2000 + place)) for place in range(10)]
    house.shop.hand_over(*orders, *paid)
    house.sync()
    before = len(house.shop.creates())

    again = [
        row | {"external_id": f"new-{row['external_id']}", "customer": "new-c1"} for row in orders
    ]
    again += [
        row
        | {"external_id": f"new-{row['external_id']}", "customer": "new-c1"}
        | {"applies_to": [{"invoice": f"new-{row['applies_to'][0]['invoice']}", "amount": "10.00"}]}
        for row in paid
    ]
    house.shop.hand_over(
        *again,
        customer("new-c1", "Jane Doe"),
        invoice("new-3000", "new-c1", ("i1", 99, "10.00")),
    )
    house.sync()

    assert len(house.shop.creates()) == before
    [alert] = house.incidents()
    assert (alert.problem, alert.facts["why"]) == ("already_in_books", "again")
    assert (alert.facts["exact"], alert.facts["rest"]) == (38, 1)
    assert house.mend(alert, "adopt").state == "resolved"
    assert len(house.shop.creates()) == before + 1
    assert open_alerts(house) == {}
    assert set(states(house).values()) == {"posted"}


def test_what_comes_while_it_is_open_is_held_too(house):
    """The alert counts on; other sources are not touched by it."""
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    house.capture()
    house.shop.hand_over(*(invoice(str(1000 + place), "c1") for place in range(6)))
    house.sync()
    house.shop.hand_over(invoice("1100", "c1"))
    house.sync()

    assert states(house)["1100"] == "held"
    [alert] = house.incidents()
    assert (alert.facts["looked"], alert.facts["rest"]) == (7, 1)


def test_links_can_be_taken_away_again(house):
    """Undo: everything of the source is held as before, and nothing was posted twice."""
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    house.capture()
    house.shop.hand_over(*(invoice(str(1000 + place), "c1") for place in range(6)))
    house.sync()
    before = len(house.shop.creates())
    alert = house.mend(house.incident("already_in_books"), "adopt")
    assert set(states(house).values()) == {"posted"}
    _, words = house.preview(alert, "undo")
    assert "posted since" not in words
    assert "what was done for Shop is taken back" in words.replace("**", "")
    house.mend(alert, "undo")
    house.sync()

    assert set(states(house).values()) == {"held"}
    assert len(house.shop.creates()) == before


def test_linked_again_after_an_undo_each_document_is_told_once(house):
    """Nothing was posted, so nothing is said to be; no alert or closed day counts it again."""
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    house.capture()
    house.shop.hand_over(*(invoice(str(1000 + place), "c1") for place in range(6)))
    house.sync()
    alert = house.mend(house.incident("already_in_books"), "adopt")
    first = house.ending(alert)
    assert "6 of 6 in QuickBooks" in first
    house.mend(alert, "undo")
    house.sync()

    house.shop.simulator.act(house.shop.realm, "close_books", date="2026-11-15")
    _, words = house.preview(house.incident("already_in_books"), "adopt")
    assert "for another alert too" not in words
    again = house.mend(house.incident("already_in_books"), "adopt")
    assert again.state == "resolved"
    assert "6 of 6 in QuickBooks" in house.ending(again)
    assert (again.story["outcome"]["posted"], again.story["outcome"]["linked"]) == (0, 6)


def test_few_and_new_documents_go_on_without_a_word(house):
    """A source with nothing of what the books hold posts at once."""
    for place in range(20):
        posted_by_another(house, f"OLD-{place}", f"{50 + place}.00")
    house.capture()
    house.shop.hand_over(
        *(invoice(f"N-{place}", "c1", ("i1", place + 2, "7.03")) for place in range(40))
    )
    house.sync()

    assert house.incidents() == []
    assert house.shop.all(Adoption) == []
    assert set(states(house).values()) == {"posted"}


def test_another_customer_is_not_called_the_same(house):
    """The number differs in its case only, and whose it is."""
    house.shop.hand_over(customer("c2", "Kim Lee"))
    house.shop.push_all()
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    posted_by_another(house, "H-7")
    house.capture()
    house.shop.hand_over(
        *(invoice(str(1000 + place), "c1") for place in range(6)),
        invoice("h-7", "c2"),
    )
    house.sync()
    house.mend(house.incident("already_in_books"), "adopt")

    said = house.shown(house.incident("duplicate_transaction"))
    assert "an invoice of another customer for the same amount, number H-7" in said
    assert "compared with the books: the two differ in number and customer." in said


SPELLED = ("INV-1000", "inv 1001", "1002.", "Invoice No. 1003", "01004", "INV1005")


def test_a_number_in_another_spelling_is_asked_about_and_never_posted_as_new(house):
    """INV-1000 in the books and 1000 in the shop: same customer and total, or about same day."""
    days = ("2026-11-12", "2026-11-12", "2026-11-11", "2026-09-01", "2026-11-12", "2026-11-12")
    for place, number in enumerate(SPELLED):
        total = "100.01" if place == 4 else "100.00"
        posted_by_another(house, number, total, day=days[place])
    house.capture()
    before = len(house.shop.creates())
    house.shop.hand_over(
        *(invoice(str(1000 + place), "c1") for place in range(6)),
        invoice("1006", "c1", ("i1", 3, "7.00")),
    )
    house.sync()

    alert = house.incident("already_in_books")
    assert {name: alert.facts[name] for name in ("looked", "exact", "differs", "rest")} == {
        "looked": 7,
        "exact": 0,
        "differs": 6,
        "rest": 1,
    }
    house.mend(alert, "adopt")
    held = {key for key, state in states(house).items() if state == "held"}
    assert held == {str(1000 + place) for place in range(6)}
    assert len(house.shop.creates()) == before + 1
    said = house.shown(open_alerts(house)["duplicate_transaction"][0])
    assert "the two differ in number." in said


def test_numbers_that_are_only_alike_are_other_documents(house):
    """Another customer, or another total and day, or other digits: nothing is asked about."""
    house.shop.hand_over(customer("c2", "Kim Lee"))
    house.shop.push_all()
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    posted_by_another(house, "INV-2001", "55.00", day="2026-06-01")
    posted_by_another(house, "INV-2002", "100.00")
    posted_by_another(house, "B-2003", "100.00")
    posted_by_another(house, "2-004", "7.00")
    house.capture()
    house.shop.hand_over(
        *(invoice(str(1000 + place), "c1") for place in range(6)),
        invoice("2001", "c1"),
        invoice("2002", "c2"),
        invoice("A-2003", "c1"),
        invoice("2004", "c1"),
    )
    house.sync()

    alert = house.incident("already_in_books")
    assert (alert.facts["exact"], alert.facts["differs"], alert.facts["rest"]) == (6, 0, 4)


def test_the_document_with_the_number_itself_goes_before_one_that_spells_it_otherwise(house):
    """Both INV-1000 and 1000 are in the books: 1000 is linked with 1000, as ever."""
    ids = {str(1000 + place): posted_by_another(house, str(1000 + place)) for place in range(6)}
    for place in range(6):
        posted_by_another(house, f"INV-{1000 + place}")
    house.capture()
    house.shop.hand_over(*(invoice(str(1000 + place), "c1") for place in range(6)))
    house.sync()

    alert = house.incident("already_in_books")
    assert (alert.facts["exact"], alert.facts["differs"]) == (6, 0)
    house.mend(alert, "adopt")
    assert all(house.shop.record("invoice", number).qbo_id == ids[number] for number in ids)


def found_and_waiting(house):
    """Adopted: six linked. Two with a difference and three new ones wait for the red mug."""
    for place in range(6):
        posted_by_another(house, str(1000 + place))
    posted_by_another(house, "1006", "100.01")
    posted_by_another(house, "1007", day="2026-11-10")
    house.capture()
    house.shop.act("deactivate", "Item", house.shop.record("item", "i2").qbo_id)
    red = [invoice(str(1006 + place), "c1", ("i2", 1, "100.00")) for place in range(5)]
    house.shop.hand_over(
        *(invoice(str(1000 + place), "c1") for place in range(6)),
        *red,
        payment("p6", "c1", "100.00", "1006"),
    )
    house.sync()
    return house.incident("already_in_books")


def test_the_next_preview_does_not_promise_what_will_be_asked_about(house):
    """Neither the two that differ nor a payment of one of them; the end counts three of three."""
    adopted = found_and_waiting(house)
    _, words = house.preview(adopted, "adopt")
    assert "4 documents: held → are" not in words
    house.mend(adopted, "adopt")

    alert = house.incident("inactive_record")
    assert alert.facts["alone"] == 3
    _, words = house.preview(alert, "reactivate")
    assert "Posts 3 documents: 3 invoices, receivables +$300.00." in words
    assert "3 more wait for another alert too: what was found in QuickBooks with a diff" in words
    assert "November 2026: sales $300.00 (3 documents)" in words
    green = house.mend(alert, "reactivate")

    assert green.state == "resolved"
    told = house.ending(green)
    assert "3 of 3 in QuickBooks, sales $300.00" in told
    assert "3 more wait for another alert too: " in told
    held = {key for key, state in states(house).items() if state == "held"}
    assert held == {"1006", "1007", "p6"}


def test_the_alert_about_the_document_itself_promises_it(house):
    """Another one: post it. That is what its own alert is for; its payment goes with it."""
    house.mend(found_and_waiting(house), "adopt")
    house.mend(house.incident("inactive_record"), "reactivate")

    [alert] = [row for row in house.incidents() if row.facts.get("number") == "1006"]
    _, words = house.preview(alert, "renumber")
    assert "Posts 2 documents: 1 invoice, receivables +$100.00; 1 payment, $100.00" in words
    assert "asked about" not in words
    assert house.mend(alert, "renumber").state == "resolved"
    held = {key for key, state in states(house).items() if state == "held"}
    assert held == {"1007"}


def test_what_an_open_adoption_holds_back_is_not_promised_elsewhere(house):
    """An invoice that waits for its item since before goes with its source once that is decided."""
    house.shop.hand_over(invoice("900", "c1"))
    house.sync()
    house.shop.act("deactivate", "Item", house.shop.record("item", "i2").qbo_id)
    house.shop.hand_over(invoice("901", "c1", ("i2", 1, "50.00")))
    house.sync()
    alert = house.incident("inactive_record")
    assert "Posts 1 document" in house.preview(alert, "reactivate")[1]

    many = [str(1000 + place) for place in range(28)]
    for number in many:
        posted_by_another(house, number)
    house.capture()
    house.shop.hand_over(*(invoice(number, "c1") for number in many))
    house.sync()
    _, words = house.preview(alert, "reactivate")
    assert "Posts no document by itself." in words
    assert "1 document waits for another alert too: 28 documents look already posted." in words
    house.mend(alert, "reactivate")
    assert states(house)["901"] == "held"
    house.mend(house.incident("already_in_books"), "adopt")
    assert states(house)["901"] == "posted"
