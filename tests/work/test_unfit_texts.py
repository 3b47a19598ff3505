"""Documents that QuickBooks does not take as they are: characters, lengths, missing fields."""

from bot.render import to_plain
from tests.sync.shop import customer, invoice, item
from tests.work.sales import jane, keyed, sales


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
