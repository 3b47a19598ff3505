"""Documents that were linked or skipped: what is kept of it, and how it is taken back."""

from dataclasses import replace

from tests.sync.shop import customer, invoice, payment
from tests.work.sales import keyed, sales
from tests.work.test_documents import offered


def test_a_skipped_record_stays_with_its_reason(house):
    """Skip: nothing is written, the record keeps who said why; undo lets it go again."""
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    alert = house.incident("duplicate_document_number")
    green = house.mend(alert, "skip", reason="test", words="Dana tried the shop")
    assert "NOT POSTED" in house.shown(green)
    assert "Invoice 1001 ($" in house.shown(green)
    assert "FIXED" not in house.shown(green)
    assert "read back" not in house.shown(green)

    assert green.state == "resolved"
    row = house.shop.record("invoice", "1001")
    assert (str(row.state), row.skip_reason) == (
        "skipped",
        "a test, no real business: Dana tried the shop",
    )
    assert list(sales(house)) == ["1001"]


def test_what_an_approver_links_may_differ(house):
    """Story 9: another total under the same number: nothing is primary; what is there stays."""
    theirs = keyed(house, "90.00", DocNumber="1001", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert not alert.facts["same_document"]
    assert not alert.facts["other_document"]
    prepared, words = house.preview(alert, "link_document")
    assert prepared.plan.role.name == "APPROVER"
    assert "ours $100.00, in QuickBooks $90.00" in words
    green = house.mend(alert, "link_document")
    assert green.state == "resolved", house.ending(alert)
    assert house.shop.record("invoice", "1001").qbo_id == theirs


def test_links_and_skips_can_be_taken_back(house):
    """Undo: the link goes, the skipped record waits again; the trouble is found once more."""
    keyed(house, DocNumber="1001", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    alert = house.incident("duplicate_document_number")
    house.mend(alert, "link_document")
    prepared, words = house.preview(alert, "undo")
    assert "the link is taken away" in words
    house.confirm(prepared)
    house.sync()
    assert house.shop.state("invoice", "1001") == "held"

    again = [row for row in house.incidents() if row.state == "open"][-1]
    house.mend(again, "skip")
    assert house.shop.state("invoice", "1001") == "skipped"
    prepared, _ = house.preview(again, "undo")
    house.confirm(prepared)
    house.sync()
    assert house.shop.state("invoice", "1001") == "held"
    assert list(sales(house)) == ["1001"]


def test_what_was_posted_for_another_record_is_named(house):
    """Handed over twice under two ids: no link, and both previews say whose document it is."""
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    house.shop.hand_over({**invoice("1001", "c1"), "external_id": "again-1"})
    house.sync()
    alert = house.incident("duplicate_document_number")

    _, words = house.preview(alert, "skip")
    assert (
        "Ours is not linked to invoice 1001, which was posted for invoice 1001 from Shop" in words
    )
    prepared, _ = house.preview(alert, "link_document")
    assert "posted for another record already: invoice 1001 from Shop" in prepared.plan.refused


def test_what_an_earlier_connector_posted_is_linked(house):
    """Its mark names a source that is not known here: it stands for no record of ours yet."""
    theirs = keyed(house, DocNumber="1001", PrivateNote="[sync:Old shop:77]", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert house.mend(alert, "link_document").state == "resolved"
    assert house.shop.record("invoice", "1001").qbo_id == theirs


def test_a_preview_right_after_an_undo_holds(house):
    """What the undo let wait is decided about before it ends: nothing changes under the preview."""
    keyed(house, DocNumber="1001", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("1001", "c1"), payment("p1", "c1", "100.00", "1001"))
    house.sync()
    alert = house.incident("duplicate_document_number")
    skipped = house.mend(alert, "skip", reason="test", words="only a test")
    prepared, _ = house.preview(skipped, "undo")
    house.confirm(prepared)

    assert house.shop.state("invoice", "1001") == "held"
    assert house.again(alert).state == "open"
    prepared, _ = house.preview(alert, "link_document")
    house.capture()
    house.sync()
    house.confirm(prepared)
    assert house.shop.state("invoice", "1001") == "posted"


def test_it_turns_green_by_itself_when_the_other_one_is_gone(house):
    """Somebody deletes the copy in QuickBooks, or gives it another number: ours is posted."""
    copy = keyed(house, DocNumber="77-1", TxnDate="2026-11-12")
    used = keyed(house, "50.00", DocNumber="1002", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c1"), invoice("1002", "c1", ("i2", 1, "30.00")))
    house.sync()
    house.told()
    assert house.shop.state("invoice", "1001") == "held"
    assert house.shop.state("invoice", "1002") == "held"

    house.shop.act("delete", "Invoice", copy)
    house.shop.act("edit", "Invoice", used, data={"DocNumber": "9002"})
    house.capture()
    house.check()
    assert {row.state for row in house.incidents()} == {"resolved"}
    assert sorted(sales(house)) == ["1001", "1002", "9002"]


def test_what_names_a_customer_that_was_set_aside_says_so(house):
    """It came, and a person left it out: no word of a customer that was never handed over."""
    house.shop.hand_over(customer("c9", "Late & Sons: Ltd"), invoice("1001", "c9"))
    house.sync()
    house.told()
    alert = house.incident("invalid_characters")
    _, words = house.preview(alert, "skip")
    assert "is not posted, for the reason you choose below" in words.replace("**", "")
    green = house.mend(alert, "skip", reason="other", words="A test customer")
    assert "$100.00" not in house.shown(green)

    house.sync()
    child = house.incident("missing_parent")
    said = house.shown(child)
    assert "which is not posted on purpose" in said
    assert "“A test customer”" in said
    assert "handed over" not in said
    assert [fix for fix in ("create_missing",) if fix in offered(child)] == []
    prepared, _ = house.preview(green, "undo")
    house.confirm(prepared)
    house.sync()
    assert house.again(child).state == "resolved"


def test_an_alert_that_was_part_of_another_one_never_came_back(house):
    """It stands by itself again, was settled never, and its message says no other thing."""
    house = replace(house, shop=house.shop.with_settings(PARENT_WAIT_SECONDS=0.0))
    house.shop.hand_over(invoice("1001", "c9"))
    house.sync()
    house.told()
    child = house.incident("missing_parent")
    house.shop.hand_over(customer("c9", "Late & Sons: Ltd"))
    house.sync()
    house.told()
    parent = house.incident("invalid_characters")
    assert house.again(child).part_of_id == parent.id
    house.mend(parent, "skip", reason="test")
    house.sync()

    again = house.again(child)
    assert (again.state, again.reopened) == ("open", 0)
    assert "Came back" not in house.shown(again)
    assert "stands by itself again" in str(again.story["lines"])
