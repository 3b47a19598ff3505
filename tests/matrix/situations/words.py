"""Names and texts QuickBooks does not take as they are, and fields that are missing."""

from tests.matrix.place import Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop


def _named(place: Place, ours: str, word: str) -> Scene:
    """A customer of this name waits with an invoice; whoever holds `word` is the one."""
    _, _, _, sku = posted(place)
    key, number = f"c{place.number()}", place.number()
    place.intake(shop.customer(key, ours), shop.invoice(number, key, sku))

    def right() -> str:
        made = [row for row in place.records("Customer") if word in row["DisplayName"]]
        return place.posted_once(number) or ("" if len(made) == 1 else f"{len(made)} of {word}")

    return Scene(
        marker=word,
        right=right,
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


def colon(place: Place) -> Scene:
    """A colon in the name."""
    word = place.names.word(place.draw)
    return _named(place, f"{word}: West", word)


def long_number(place: Place) -> Scene:
    """A document number of more than 21 characters."""
    _, key, customer_id, sku = posted(place)
    number = f"{place.number()}-ORDER-OF-NOVEMBER"
    place.intake(shop.invoice(number, key, sku))

    def right() -> str:
        rows = place.records("Invoice")
        mine = [row["DocNumber"] for row in rows if row["CustomerRef"]["value"] == customer_id]
        return "" if len(mine) == 1 and len(mine[0]) <= 21 else f"invoices {mine}"

    return Scene(
        marker=number,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
    )


def no_customer(place: Place) -> Scene:
    """The invoice came without its customer."""
    name, _, customer_id, sku = posted(place)
    number = place.number()
    bare = {key: value for key, value in shop.invoice(number, "", sku).items() if key != "customer"}
    place.intake(bare)

    def right() -> str:
        who = [row["CustomerRef"]["value"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if who == [customer_id] else f"posted for {who}")

    return Scene(
        marker=number,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
        typed=(("Customer", name),),
    )


SITUATIONS = (
    Situation("clean", "invalid_characters", colon, stale="same"),
    Situation("shorten", "too_long", long_number, stale="same"),
    Situation("complete", "missing_required_field", no_customer, stale="same"),
)
