"""The connection itself."""

from tests.matrix.place import Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop


def lost(place: Place) -> Scene:
    """The permission was withdrawn; an invoice waits."""
    _, key, _, sku = posted(place)
    number = place.number()
    place.act("revoke_app")
    place.intake(shop.invoice(number, key, sku))
    return Scene(
        marker="connection lost",
        right=lambda: place.posted_once(number),
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


SITUATIONS = (Situation("reconnect", "connection_lost", lost, stale="same", link=True, fresh=True),)
