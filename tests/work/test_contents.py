"""A posted document that its source hands over again with other content, or another amount."""

from bot import mirror
from bot.models import Record
from bot.render import to_plain
from bot.sync import corrections
from tests.sync.shop import customer, invoice, item, payment, vendor
from tests.work.sales import sales
from tests.work.test_closed_months import close_books

PROBLEM = "content_differs"
LINES = (("i1", 1, "60.00"), ("i2", 2, "20.00"))


def other_customer(house):
    """Invoice 1001 is posted for Jane Doe; then the source names Omar Haddad."""
    house.shop.hand_over(customer("c2", "Omar Haddad"), invoice("1001", "c1", *LINES))
    house.sync()
    house.capture()
    report = house.shop.hand_over(invoice("1001", "c2", *LINES))
    house.run()
    house.told()
    return report


def said(house, problem=PROBLEM):
    """The alert in words."""
    facts = house.incident(problem).facts
    text = house.services.render.problem(problem, facts)
    return "\n".join([text.title, text.push, *map(to_plain, (text.what, text.why, text.fix))])


def resolved(house):
    """Nothing is held and the alert is green."""
    return house.shop.holds() == [] and house.incident(PROBLEM).state == "resolved"


def test_another_customer_is_told_until_the_source_goes_back(house):
    """Both names, what to do; nothing is written."""
    report = other_customer(house)
    assert "it names another customer now: an alert says so" in report.notes[0].text
    words = said(house)
    assert "($100.00) is posted in QuickBooks for Jane Doe; Shop says Omar Haddad" in words
    assert "open the invoice in QuickBooks" in words
    assert "change its customer and save" in words
    assert len(house.shop.creates("Invoice")) == 1
    house.shop.hand_over(invoice("1001", "c2", *LINES))
    assert [row.problem for row in house.shop.holds()] == [PROBLEM]

    house.shop.hand_over(invoice("1001", "c1", *LINES))
    house.run()
    assert resolved(house)
    assert house.shop.record("invoice", "1001").payload["customer"] == "c1"


def test_another_customer_is_over_once_quickbooks_has_it(house):
    """Corrected there, the source's version is the record's: again it is nothing new."""
    other_customer(house)
    ref = {"value": house.shop.record("customer", "c2").qbo_id}
    house.shop.act("edit", "Invoice", sales(house)["1001"]["Id"], data={"CustomerRef": ref})
    house.capture()

    assert resolved(house)
    record = house.shop.record("invoice", "1001")
    assert (record.payload["customer"], record.name) == ("c2", "Omar Haddad")
    assert house.shop.hand_over(invoice("1001", "c2", *LINES)).notes == []


def test_two_ids_of_one_customer_are_no_other_customer(house):
    """Linked to the same record before, or since: the alert is not raised, or ends."""
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.link("customer", "c9", "Customer", jane)
    house.shop.hand_over(invoice("1001", "c1", *LINES))
    house.sync()
    report = house.shop.hand_over(invoice("1001", "c9", *LINES))
    assert report.notes[0].text.endswith("the change was not applied")
    assert house.shop.holds() == []

    house.shop.hand_over(invoice("1001", "c8", *LINES))
    house.run()
    assert "Shop says c8" in said(house)
    house.shop.link("customer", "c8", "Customer", jane)
    house.capture()
    assert resolved(house)


def test_other_lines_at_the_same_total_are_told_and_mended(house):
    """Only the lines that differ are shown; their order and what stands beside them is nothing."""
    house.shop.hand_over(invoice("1001", "c1", *LINES))
    house.sync()
    house.capture()
    again = invoice("1001", "c1", *reversed(LINES), memo=" a gift ")
    again["lines"][0] |= {"description": "  red ", "quantity": "2.0"}
    house.shop.hand_over(again)
    assert house.shop.holds() == []

    more = invoice("1001", "c1", ("i1", 1, "60.00"), ("i1", 1, "40.00"))
    assert "names other lines now" in house.shop.hand_over(more).notes[0].text
    house.run()
    house.told()
    words = said(house)
    assert "Posted: 2 × Red Mug, $40.00" in words
    assert "Shop says: 1 × Blue Mug, $40.00" in words
    assert "$60.00" not in words

    found = sales(house)["1001"]
    lines = [row for row in found["Line"] if row["DetailType"] == "SalesItemLineDetail"]
    blue, red = lines
    detail = red["SalesItemLineDetail"] | {
        "ItemRef": blue["SalesItemLineDetail"]["ItemRef"],
        "Qty": 1,
        "UnitPrice": 40,
    }
    changed = [blue, red | {"SalesItemLineDetail": detail}]
    house.shop.act("edit", "Invoice", found["Id"], data={"Line": changed})
    house.capture()
    assert resolved(house)
    assert house.shop.hand_over(more).notes == []


def test_a_payment_and_a_bill_are_told_too(house):
    """A payment for another invoice, a bill of another account and vendor."""
    bill = {
        "type": "bill",
        "external_id": "b1",
        "number": "V-77",
        "date": "2026-11-05",
        "vendor": "v1",
        "lines": [{"account": "Advertising", "amount": "80.00"}],
        "total": "80.00",
    }
    house.shop.hand_over(
        vendor("v1", "Paper Mill"),
        vendor("v2", "Ink Works"),
        bill,
        invoice("1001", "c1"),
        invoice("1002", "c1"),
        payment("p1", "c1", "100.00", "1001"),
    )
    house.sync()
    house.capture()
    house.shop.hand_over(payment("p1", "c1", "100.00", "1002"), bill | {"vendor": "v2"})
    house.run()

    texts = [
        to_plain(house.services.render.problem(PROBLEM, row.facts).what)
        for row in house.incidents()
        if row.problem == PROBLEM
    ]
    paid, owed = sorted(texts, key=lambda text: "Paper Mill" in text.split("posted")[1])
    assert "Posted: invoice 1001, $100.00" in paid
    assert "Shop says: invoice 1002, $100.00" in paid
    assert "for Paper Mill; Shop says Ink Works" in owed


def test_another_customer_and_another_total_are_two_alerts(house):
    """Each ends by itself; back at the posted total, lines that still differ are told."""
    house.shop.hand_over(customer("c2", "Omar Haddad"), invoice("1001", "c1", *LINES))
    house.sync()
    house.capture()
    house.shop.hand_over(invoice("1001", "c2", ("i1", 1, "111.00")))
    assert {row.problem for row in house.shop.holds()} == {"total_differs", PROBLEM}
    house.shop.hand_over(invoice("1001", "c1", ("i1", 1, "111.00")))
    assert [row.problem for row in house.shop.holds()] == ["total_differs"]
    house.shop.hand_over(invoice("1001", "c1", ("i1", 1, "100.00")))
    assert [row.problem for row in house.shop.holds()] == [PROBLEM]
    house.shop.hand_over(invoice("1001", "c1", *LINES))
    assert house.shop.holds() == []
    posted = house.shop.record("invoice", "1001").payload["lines"]
    assert [line["amount"] for line in posted] == ["60.00", "40.00"]
    assert house.shop.hand_over(invoice("1001", "c1", *LINES)).notes == []


def test_what_a_person_corrected_outlives_another_amount(house):
    """The number, the item and the day they chose are posted, and stay."""
    close_books(house, "2026-10-31")
    house.shop.hand_over(item("i3", "Green Mug"), invoice("1001", "c1") | {"date": "2026-10-15"})
    house.sync("sync_company")
    with house.services.sessions.write() as session:
        row = session.get_one(Record, house.shop.record("invoice", "1001").id)
        chosen = {"number": "1001-A", "lines.0.item": "i3", "date": "2026-11-01"}
        corrections.correct(session, row, chosen, by="U0DANA", run_id=1)
    house.sync()
    house.capture()
    assert sales(house)["1001-A"]["TxnDate"] == "2026-11-01"
    more = invoice("1001", "c1", ("i1", 1, "111.00"), memo="x") | {"date": "2026-10-15"}
    house.shop.hand_over(more)
    house.run()

    record = house.shop.record("invoice", "1001")
    now = (record.payload["number"], record.payload["lines"][0]["item"], record.payload["date"])
    assert now == ("1001-A", "i3", "2026-11-01")
    assert set(record.corrections) == set(chosen)
    assert (record.number, str(record.amount), str(record.doc_date)) == (
        "1001-A",
        "111.00",
        "2026-11-01",
    )
    assert [row.problem for row in house.shop.holds()] == ["total_differs"]
    house.shop.hand_over(invoice("1001", "c1") | {"date": "2026-10-15"})
    assert house.shop.holds() == []
    assert set(house.shop.record("invoice", "1001").corrections) == set(chosen)


def test_the_steps_say_what_is_paid_closed_or_filed(house):
    """A paid document is not simply changed."""
    other_customer(house)
    house.shop.hand_over(payment("p1", "c1", "100.00", "1001"))
    house.sync()
    house.capture()
    house.check()
    words = said(house)
    assert "In QuickBooks it is paid: what is paid or deposited stays with Jane Doe" in words
    house.filed_through("2026-12-31")
    house.check()
    assert "Sales tax is filed through 12/31/2026" in said(house)
    close_books(house, "2026-12-31")
    mirror.refresh_company(house.services, house.shop.company_id)
    house.check()
    assert "The books are closed through 12/31/2026" in said(house)
    house.shop.hand_over(invoice("1001", "c1", ("i1", 1, "111.00")))
    house.run()
    assert "In QuickBooks it is paid: another amount leaves" in said(house, "total_differs")
