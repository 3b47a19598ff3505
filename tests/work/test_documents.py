"""Documents that cannot be posted as they are: numbers, characters, lengths, closed months."""

from bot.fixes.registry import buttons as fix_buttons
from bot.incidents import buttons, message
from bot.models import Company
from bot.render import to_plain
from commands.parts import standing
from tests.sync.shop import customer, invoice, item, payment, vendor
from tests.words import knowledge


def sales(house):
    """Invoices of the simulator that are alive, by number."""
    return {row["DocNumber"]: row for row in house.shop.books("Invoice") if not row.get("_deleted")}


def told(house, alert):
    """What the alert says of why and what next."""
    text = house.services.render.problem(alert.problem, alert.facts)
    return f"{to_plain(text.why)} {to_plain(text.fix)}"


def offered(alert):
    """The fixes that the alert has buttons for."""
    found = buttons.on_offer(knowledge().problem(alert.problem), fix_buttons(), alert.facts)
    return [fix.name for fix, _ in found]


def company(house):
    """The company as it is kept."""
    with house.services.sessions.read() as session:
        return session.get_one(Company, house.shop.company_id)


def jane(house):
    """Jane's id in QuickBooks."""
    [row] = [row for row in house.shop.books("Customer") if row["DisplayName"] == "Jane Doe"]
    return row["Id"]


def mug(house):
    """The blue mug's id in QuickBooks."""
    [row] = [row for row in house.shop.books("Item") if row["Name"] == "Blue Mug"]
    return row["Id"]


def keyed(house, amount="100.00", **more):
    """Somebody enters an invoice for Jane by hand."""
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": float(amount),
        "SalesItemLineDetail": {
            "ItemRef": {"value": mug(house)},
            "Qty": 1,
            "UnitPrice": float(amount),
        },
    }
    data = {"CustomerRef": {"value": jane(house)}, "Line": [line], **more}
    return house.shop.create("Invoice", **data)


def test_a_number_of_another_sale_is_changed_and_kept_in_the_memo(house):
    """Story 6: another customer's invoice has the number; renumber is the primary choice."""
    house.shop.hand_over(customer("c2", "Kim Lee"))
    house.shop.push_all()
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c2"), payment("p1", "c2", "100.00", "1001"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert alert.facts["theirs"]["type"] == "invoice"
    assert alert.facts["other_document"]
    _, words = house.preview(alert, "renumber")
    assert "1001-2" in words
    assert "it is paid" in words
    green = house.mend(alert, "renumber")

    assert green.state == "resolved", house.ending(alert)
    assert "Number in Shop: 1001" in sales(house)["1001-2"]["PrivateNote"]
    assert len(house.shop.books("Payment")) == 1


def test_the_same_document_under_its_number_is_linked(house):
    """Story 6: customer, total, tax and items agree, so linking is the primary choice."""
    theirs = keyed(house, DocNumber="1001", TxnDate="2026-11-11")
    house.shop.hand_over(invoice("1001", "c1"), payment("p1", "c1", "100.00", "1001"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert alert.facts["same_document"]
    assert not alert.facts["other_document"]
    before = len(house.shop.creates())
    green = house.mend(alert, "link_document")

    assert green.state == "resolved", house.ending(alert)
    assert "2 of 2 in QuickBooks, payments $100.00" in house.ending(alert)
    linked = "1 document linked to what was in QuickBooks before, not posted again"
    assert linked in house.ending(alert)
    assert "sales" not in house.ending(alert)
    assert (green.story["outcome"]["posted"], green.story["outcome"]["linked"]) == (1, 1)
    today = standing.standing(house.services, company(house)).posted_today
    assert (today.sales_count, today.cash_count) == (0, 1)
    assert house.shop.record("invoice", "1001").qbo_id == theirs
    assert list(sales(house)) == ["1001"]
    assert sales(house)["1001"]["Balance"] == 0
    assert len(house.shop.creates()) == before + 1  # the payment


def test_a_credit_memo_with_the_number_is_named_with_its_id(house):
    """Story 7: the alert names the type and TxnId; a credit memo is never offered as ours."""
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": 5,
        "SalesItemLineDetail": {"ItemRef": {"value": mug(house)}},
    }
    memo = house.shop.create(
        "CreditMemo", CustomerRef={"value": jane(house)}, Line=[line], DocNumber="1001"
    )
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert (alert.facts["holder_type"], alert.facts["holder_id"]) == ("CreditMemo", memo)
    assert alert.facts["other_document"]
    prepared, _ = house.preview(alert, "link_document")
    assert "cannot stand for ours" in prepared.plan.refused
    advice = told(house, alert)
    assert "so it is not our invoice" in advice
    assert "link ours" not in advice
    assert house.mend(alert, "renumber").state == "resolved"
    assert "1001-2" in sales(house)


def test_a_typed_number_that_is_used_asks_again(house):
    """A number another document has is refused before anything is written."""
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    keyed(house, "78.00", DocNumber="1001-2", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()

    alert = house.incident("duplicate_document_number")
    _, words = house.preview(alert, "renumber", number="1001-2")
    assert "1001-2 is used already" in words
    house.mend(alert, "renumber")
    assert "1001-3" in sales(house)


def test_a_sale_keyed_by_hand_is_linked_instead_of_doubled(house):
    """Story 9: same customer, total and items, another number: asked before it is posted."""
    theirs = keyed(house, DocNumber="77-1", TxnDate="2026-11-10")
    house.shop.hand_over(invoice("W-1", "c1"))
    house.sync()

    alert = house.incident("duplicate_transaction")
    assert alert.facts["same_document"]
    assert list(sales(house)) == ["77-1"]
    _, words = house.preview(alert, "link_document")
    assert "They differ in date" in words
    assert "receivables" not in words
    green = house.mend(alert, "link_document")
    assert green.state == "resolved"
    title = message.build(house.services, green).blocks[0]["text"]["text"]
    assert title == "✅ FIXED · Invoice W-1 · 1 document linked"
    assert house.shop.record("invoice", "W-1").qbo_id == theirs
    assert list(sales(house)) == ["77-1"]


def test_a_number_that_the_shop_itself_used_is_not_called_entered_by_hand(house):
    """Handed over twice: no link is offered, so none is advised; what may be pressed is."""
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    house.shop.hand_over(invoice("9", "c1") | {"number": "1001", "date": "2026-10-01"})
    house.sync()

    alert = house.incident("duplicate_document_number")
    assert "link_document" not in offered(alert)
    advice = told(house, alert)
    assert "was posted from a source already" in advice
    assert "link ours" not in advice
    assert "by hand" not in advice
    assert "press Do not post it" in advice
    _, words = house.preview(alert, "skip")
    assert "Nothing is added to QuickBooks for it" in words
    assert "will not hold it" not in words


def test_a_bill_is_told_as_a_bill(house):
    """Nothing is said of invoices' numbers, and a link is advised where it is offered."""
    house.shop.hand_over(vendor("v1", "Paper Mill"))
    house.shop.push_all()
    [mill] = [row for row in house.shop.books("Vendor") if row["DisplayName"] == "Paper Mill"]
    account = next(row for row in house.shop.books("Account") if row["AccountType"] == "Expense")
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": 85.0,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account["Id"]}},
    }
    house.shop.create("Bill", VendorRef={"value": mill["Id"]}, Line=[line], DocNumber="PM-2")
    house.shop.hand_over(
        {
            "type": "bill",
            "external_id": "b1",
            "number": "PM-2",
            "date": "2026-11-12",
            "vendor": "v1",
            "lines": [{"account": account["Name"], "amount": "85.00"}],
            "total": "85.00",
        }
    )
    house.sync()

    alert = house.incident("duplicate_document_number")
    advice = told(house, alert)
    assert "credit memos" not in advice
    assert ("link ours" in advice) is ("link_document" in offered(alert))


def test_a_person_may_say_that_it_is_another_sale(house):
    """Story 9: items differ, so nothing is primary; both sales stand afterwards."""
    keyed(house, DocNumber="77-1", TxnDate="2026-11-12")
    house.shop.hand_over(invoice("W-1", "c1", ("i2", 4, "25.00")))
    house.sync()

    alert = house.incident("duplicate_transaction")
    assert not alert.facts["same_document"]
    assert not alert.facts["other_document"]
    assert house.mend(alert, "post_another").state == "resolved"
    assert sorted(sales(house)) == ["77-1", "W-1"]


def test_look_alikes_are_posted_without_a_word(house):
    """Story 10: INV-100 beside INV-1000, other days, other amounts, orders of the shop, $0."""
    keyed(house, DocNumber="INV-100", TxnDate="2026-11-12")
    keyed(house, DocNumber="55", TxnDate="2026-11-01")
    keyed(house, "99.99", DocNumber="56", TxnDate="2026-11-12")
    house.shop.hand_over(
        invoice("INV-1000", "c1"),
        invoice("INV-1001", "c1"),
        invoice("free", "c1", ("i1", 1, "0.00")),
    )
    house.sync()

    assert house.incidents() == []
    assert {"INV-1000", "INV-1001", "free"} <= set(sales(house))


def test_characters_of_a_name_are_cleaned_one_by_one(house):
    """Story 24: a colon and a tab; shown with their places, posted clean, with its invoice."""
    house.shop.hand_over(customer("c2", "Acme:\tWest"), invoice("1001", "c2"))
    house.sync()

    alert = house.incident("invalid_characters")
    _, words = house.preview(alert, "clean")
    assert "character 5: a colon" in words
    assert "character 6: a tab" in words
    green = house.mend(alert, "clean")
    assert green.state == "resolved", house.ending(alert)
    assert "Acme - West" in {row["DisplayName"] for row in house.shop.books("Customer")}
    assert "1001" in sales(house)
    # It is posted: there is nothing to take back, and no button says so.
    assert not green.story["outcome"]["undoable"]
    prepared, _ = house.preview(green, "undo")
    told = "Customer Acme - West is in QuickBooks by now: change it there. Nothing is undone."
    assert prepared.plan.refused == told


def test_cleaned_and_still_waiting_is_taken_back_with_its_name(house):
    """Until it is posted Undo stands, and says whose: no key of the bot's own."""
    house.shop.create("Vendor", DisplayName="Acme - West")
    house.shop.hand_over(customer("c2", "Acme:\tWest"))
    house.sync()
    cleaned = house.mend(house.incident("invalid_characters"), "clean")
    assert house.shop.state("customer", "c2") == "held"
    assert cleaned.story["outcome"]["undoable"]

    prepared, words = house.preview(cleaned, "undo")
    assert "what was done for customer Acme: West is taken back" in words
    assert "customer:Shop/c2" not in words
    house.confirm(prepared)
    assert house.shop.record("customer", "c2").name == "Acme:\tWest"


def test_a_quote_in_an_items_name_becomes_inches(house):
    """Story 24: the name of an item has no double quote."""
    house.shop.hand_over(item("i9", 'Pipe 3"'), invoice("1001", "c1", ("i9", 1, "10.00")))
    house.sync()

    alert = house.incident("invalid_characters")
    words = house.services.render.problem("invalid_characters", alert.facts)
    assert words.title.startswith('Item Pipe 3"')
    assert "a double quote, which it does not take" in to_plain(words.what)
    assert "the name of an item no double quote" in to_plain(words.why)
    assert house.mend(alert, "clean").state == "resolved"
    assert "Pipe 3 in" in {row["Name"] for row in house.shop.books("Item")}


def test_a_long_number_is_shortened_without_collision(house):
    """Story 25: 22 characters are shortened, 21 pass; the whole number stays in the memo."""
    long, fits = "WEB-12345-678901234567", "WEB-12345-67890123456"
    keyed(house, "5.00", DocNumber="WEB12345678901234567", TxnDate="2026-10-01")
    house.shop.hand_over(invoice(long, "c1"), invoice(fits, "c1", ("i2", 1, "30.00")))
    house.sync()

    assert fits in sales(house)
    alert = house.incident("too_long")
    assert house.mend(alert, "shorten").state == "resolved"
    [posted] = [row for row in sales(house).values() if long in row.get("PrivateNote", "")]
    assert len(posted["DocNumber"]) <= 21
    assert posted["DocNumber"] != "WEB12345678901234567"


def test_long_texts_are_shortened(house):
    """Story 27: a memo and a description over 4,000, a name over the limit."""
    sale = invoice("1001", "c1", memo="m" * 4100)
    sale["lines"][0]["description"] = "d " * 2100
    house.shop.hand_over(sale, customer("c3", "Very " * 101 + "Long"), invoice("1002", "c3"))
    house.sync()

    for alert in house.incidents():
        assert alert.problem == "too_long"
        assert house.mend(alert, "shorten").state == "resolved", house.ending(alert)
    assert {"1001", "1002"} <= set(sales(house))
    assert "[sync:Shop:1001]" in sales(house)["1001"]["PrivateNote"]


def test_a_memos_length_is_said_one_way(house):
    """Alert, preview and what is posted count the source's words, beside the bot's mark."""
    house.shop.hand_over(invoice("1001", "c1", memo="m" * 4100))
    house.sync()

    alert = house.incident("too_long")
    room = 4000 - len("[sync:Shop:1001]") - 1
    told = to_plain(house.services.render.problem("too_long", alert.facts).what)
    assert f"4,100 characters, {room:,} at most beside the bot's mark" in told
    _, words = house.preview(alert, "shorten")
    assert f"(4,100 → {room:,})" in words
    house.mend(alert, "shorten")
    assert len(sales(house)["1001"]["PrivateNote"]) == 4000


def test_a_skipped_record_stays_with_its_reason(house):
    """Skip: nothing is written, the record keeps who said why; undo lets it go again."""
    keyed(house, "77.00", DocNumber="1001", TxnDate="2026-10-01")
    house.shop.hand_over(invoice("1001", "c1"))
    house.sync()
    alert = house.incident("duplicate_document_number")
    green = house.mend(alert, "skip", reason="test", words="Dana tried the shop")

    assert green.state == "resolved"
    row = house.shop.record("invoice", "1001")
    assert (str(row.state), row.skip_reason) == (
        "skipped",
        "a test, no real business: Dana tried the shop",
    )
    assert list(sales(house)) == ["1001"]


def test_what_is_missing_is_filled_in_with_a_form(house):
    """Story 23: no customer and no line; wrong answers are said, then it is posted."""
    bare = invoice("1001", "c1")
    del bare["customer"]
    house.shop.hand_over(bare | {"lines": []})
    house.sync()

    alert = house.incident("missing_required_field")
    prepared, words = house.preview(alert, "complete")
    assert [choice.name for choice in prepared.plan.choices] == ["customer", "lines"]
    _, words = house.preview(alert, "complete", customer="Nobody", lines="M-1")
    assert "no customer called Nobody" in words
    given = {"customer": "jane  doe", "lines": "M-1"}
    prepared, words = house.preview(alert, "complete", **given)
    assert "1 × M-1, $100.00" in words
    house.confirm(prepared)
    assert house.again(alert).state == "resolved", house.ending(alert)
    posted = sales(house)["1001"]
    assert (posted["CustomerRef"]["value"], posted["TotalAmt"]) == (jane(house), 100)


def test_an_address_is_asked_for_only_where_invoices_are_mailed(house):
    """Story 23: the bot invents none, and mails nothing."""
    house.rule(needs_email=True)
    house.shop.hand_over(invoice("1001", "c1"), invoice("1002", "c1", email="a@b.example"))
    house.sync()

    assert "1002" in sales(house)
    alert = house.incident("missing_required_field")
    prepared, _ = house.preview(alert, "complete", email="jane@doe.example")
    house.confirm(prepared)
    assert sales(house)["1001"]["BillEmail"]["Address"] == "jane@doe.example"
    assert sales(house)["1001"]["EmailStatus"] == "NotSet"


def test_odd_signs_are_asked_about_only_for_a_strict_source(house):
    """Story 26: &, # and / are posted as they are, until the source is declared strict."""
    house.shop.hand_over(customer("c2", "A & B #1 / Crème “☕”"))
    house.sync()
    assert house.incidents() == []
    house.rule(forbidden="&#")
    house.shop.hand_over(customer("c3", "Salt & Sand"), invoice("1001", "c3"))
    house.sync()

    assert house.mend(house.incident("invalid_characters"), "clean").state == "resolved"
    assert "Salt and Sand" in {row["DisplayName"] for row in house.shop.books("Customer")}


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
