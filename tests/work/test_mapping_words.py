"""What an undo says of the documents that were posted since: they stay as they are."""

from tests.sync.shop import customer, invoice, item


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


def test_the_item_that_sounds_like_it_is_first(house):
    """The list under "Map SKU" is as its hint says: no alphabet with the right one below."""
    house.shop.hand_over(
        customer("c9", "Lee Kim"),
        item("i9", "Zesty olive oil 5 l", sku="ZO5"),
        invoice("78", "c9", ("sku:OLIVE-5-L", 1, "5.00")),
    )
    house.sync()
    house.told()

    prepared, _ = house.preview(house.incident("item_not_mapped"), "map_item")
    menu = next(choice for choice in prepared.plan.choices if choice.name == "which")
    assert menu.options[0][1].startswith("Zesty olive oil 5 l")


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
