"""What an undo says of the documents that were posted since: they stay as they are."""

from bot import mirror
from bot.models import Company
from bot.sync import mappings, places
from tests.sync.shop import customer, invoice, item
from tests.sync.test_mapping import put


def test_the_undo_of_a_mapping_says_which_documents_stay(house):
    """The SKU is not mapped any more; the invoice that was posted with it is not touched."""
    house.shop.hand_over(
        customer("c9", "Lee Kim"),
        item("i9", "New Nine", sku="N-9"),
        invoice("77", "c9", ("sku:NEW-9", 1, "5.00")),
    )
    house.sync()
    house.told()
    nine = house.shop.record("item", "i9").qbo_id
    prepared, _ = house.preview(house.incident("item_not_mapped"), "map_item", which=nine)
    house.confirm(prepared)
    green = house.incident("item_not_mapped")
    assert green.state == "resolved", house.ending(green)

    prepared, words = house.preview(green, "undo")
    assert "SKU NEW-9" in words
    assert "item:shop/" not in words
    assert "Stays as it is 1 invoice, $5.00, posted since." in words.replace("**", "")
    assert "What needs it from now on waits again" in words
    house.confirm(prepared)
    assert "Not undone: 1 invoice, $5.00, posted since." in house.ending(house.again(green))


def unmapped(house, sku):
    """The alert of a SKU that stands for nothing yet, beside an item with a name of its own."""
    house.shop.hand_over(
        customer("c9", "Lee Kim"),
        item("i9", "Zesty olive oil 5 l", sku="ZO5"),
        invoice("78", "c9", (f"sku:{sku}", 1, "5.00")),
    )
    house.sync()
    house.told()
    return house.incident("item_not_mapped")


def test_the_item_that_sounds_like_it_is_first(house):
    """The list under "Map SKU" is as its hint says: no alphabet with the right one below."""
    alert = unmapped(house, "OLIVE-5-L")
    prepared, _ = house.preview(alert, "map_item")
    menu = next(choice for choice in prepared.plan.choices if choice.name == "which")
    assert menu.options[0][1].startswith("Zesty olive oil 5 l")


def test_where_nothing_is_alike_the_list_is_searched_at_once(house):
    """No menu of fifty items that have nothing to do with it; its own name stands in it then."""
    alert = unmapped(house, "QQQ-771")
    asked, words = house.preview(alert, "map_item")
    [found] = asked.plan.choices
    assert (found.kind, found.search, found.initial) == ("search", ("Item",), "")
    assert "No item of QuickBooks is like it. Find the item that is meant by a part of" in words
    value = f"Item:{house.shop.record('item', 'i9').qbo_id}"
    prepared, words = house.preview(alert, "map_item", name=value)
    [found] = prepared.plan.choices
    assert found.options == ((value, "Zesty olive oil 5 l · SKU ZO5"),)
    house.confirm(prepared)
    assert house.shop.state("invoice", "78") == "posted"


def test_the_window_names_the_location_it_is_about(house):
    """ "None" is for the documents of that location, not for all of the source."""
    house.shop.hand_over(invoice("79", "c1") | {"location": "Moon Base"})
    house.sync()
    house.told()
    alert = house.incident("value_not_mapped")
    asked, words = house.preview(alert, "map_value")
    assert "The location Moon Base of Shop is not matched yet" in words
    [menu] = asked.plan.choices
    [nothing] = [value for value, label in menu.options if label.startswith("None: ")]
    _, words = house.preview(alert, "map_value", which=nothing)
    assert "The location Moon Base of Shop: documents with it are posted with no location" in words
    assert "No other document changes" in words


def test_a_firm_that_keeps_locations_as_classes_is_asked_for_a_class(house):
    """The window says what is chosen from, and what posting without one leaves out."""
    with house.services.sessions.write() as session:
        firm = session.get_one(Company, house.shop.company_id)
        places.keep(session, firm, "classes", "U0DANA", house.services.clock.now())
    house.shop.hand_over(invoice("79", "c1") | {"location": "Moon Base"})
    house.sync()
    house.told()
    alert = house.incident("value_not_mapped")
    asked, words = house.preview(alert, "map_value")
    assert "The location Moon Base of Shop is not matched yet" in words
    assert "Choose which class of QuickBooks is meant" in words
    [menu] = asked.plan.choices
    assert menu.label == "Which class of QuickBooks"
    nothing, label = menu.options[-1]
    assert label == "None: post without a class"
    _, words = house.preview(alert, "map_value", which=nothing)
    assert "documents with it are posted with no class" in words.replace("**", "")


def test_a_payment_term_and_a_customer_are_chosen_in_the_same_window(house):
    """A term from the list or none; a customer by typing, since no menu holds them all."""
    house.shop.hand_over(invoice("80", "c1") | {"terms": "2 weeks"})
    house.sync()
    house.told()
    alert = house.incident("value_not_mapped")
    assert "Term 2 weeks not matched · 1 invoice not posted" in house.shown(alert)
    asked, words = house.preview(alert, "map_value")
    assert "The payment term 2 weeks of Shop is not matched yet" in words
    [menu] = asked.plan.choices
    [net_15] = [value for value, label in menu.options if label == "Net 15"]
    assert menu.options[-1][1] == "None: post without a payment term"
    prepared, words = house.preview(alert, "map_value", which=net_15)
    assert "documents with it are posted with Net 15" in words.replace("**", "")
    assert "a due date the source says stays as it is" in words
    house.confirm(prepared)
    assert house.shop.state("invoice", "80") == "posted"
    assert house.incident("value_not_mapped").state == "resolved"


def test_a_customer_word_that_broke_asks_for_a_name(house):
    """What stood for a customer that is inactive now stands for another one after the press."""
    old = house.shop.create("Customer", DisplayName="Old Walk-in")
    new = house.shop.create("Customer", DisplayName="Walk-in")
    put(house.shop, mappings.CUSTOMER, "guest", old)
    house.shop.act("deactivate", "Customer", old)
    house.shop.hand_over(invoice("81", "guest"))
    house.sync()
    house.told()
    alert = house.incident("mapping_broken")
    asked, words = house.preview(alert, "map_value")
    assert "The customer guest of Shop is not matched yet" in words
    assert [choice.name for choice in asked.plan.choices] == ["name"]
    assert "No customer of QuickBooks is like it. Find the customer that is meant by" in words
    prepared, words = house.preview(alert, "map_value", name=f"Customer:{new}")
    assert "documents with it are posted with Walk-in" in words.replace("**", "")
    house.confirm(prepared)
    assert house.shop.state("invoice", "81") == "posted"


def test_payment_terms_are_offered_by_their_days_and_discount_with_the_reason(house):
    """The term that says the same as the source, however it is written, is first."""
    shop = house.shop
    shop.create("Term", Name="Early bird", DueDays=30, DiscountPercent=2, DiscountDays=10)
    mirror.capture(shop.services, shop.company_id)
    shop.hand_over(invoice("79", "c1") | {"terms": "2%/10 n30"})
    house.sync()
    house.told()

    asked, _ = house.preview(house.incident("value_not_mapped"), "map_value")
    [menu] = asked.plan.choices
    labels = [label for _, label in menu.options]

    assert labels[0] == "Early bird · the same days and discount"
    assert "Net 30 · the same days, another discount" in labels[1:3]
