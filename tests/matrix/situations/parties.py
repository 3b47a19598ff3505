"""Customers that may be the same."""

from tests.matrix.place import Place, Scene, Situation
from tests.scenarios import shop


def _twins(place: Place, email: str) -> tuple[str, str, str, str]:
    """Ours differs from theirs by a double space; an invoice waits: name, id, number, e-mail."""
    name, key, sku = place.person(), f"c{place.number()}", f"W{place.number()}"
    theirs = f"a{place.number()}@example.com"
    customer_id = place.create("Customer", DisplayName=name, PrimaryEmailAddr={"Address": theirs})
    number, thing = place.number(), place.thing()
    place.intake(shop.item(sku, thing))
    place.until_posted("Item", thing)
    place.intake(
        shop.customer(key, name.replace(" ", "  "), email=email or theirs),
        shop.invoice(number, key, sku),
    )
    return name, customer_id, number, key


def same(place: Place) -> Scene:
    """The e-mail agrees: ours is theirs."""
    name, customer_id, number, _ = _twins(place, "")

    def right() -> str:
        who = [row["CustomerRef"]["value"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if who == [customer_id] else f"posted for {who}")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.act("deactivate", entity="Customer", id=customer_id),
    )


def different(place: Place) -> Scene:
    """The e-mail differs: ours is entered under a name of its own."""
    name, customer_id, number, key = _twins(place, f"b{place.number()}@example.com")
    ours = f"{name} (Shop {key})"

    def right() -> str:
        row = place.named("Customer", ours)
        if row is None:
            return f"{ours} is not in QuickBooks"
        who = [one["CustomerRef"]["value"] for one in place.invoices(number)]
        return place.posted_once(number) or ("" if who == [row["Id"]] else f"posted for {who}")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
        typed=(("Name", ours),),
    )


def other_list(place: Place) -> Scene:
    """A vendor has the name: ours is entered under one of its own."""
    name, key, sku = place.person(), f"c{place.number()}", f"W{place.number()}"
    vendor_id, number = place.create("Vendor", DisplayName=name), place.number()
    thing = place.thing()
    place.intake(shop.item(sku, thing))
    place.until_posted("Item", thing)
    place.intake(shop.customer(key, name), shop.invoice(number, key, sku))

    def right() -> str:
        row = place.named("Customer", f"{name} (Customer)")
        if not row or place.named("Vendor", name) is None:
            return f"{name} (Customer) is not in QuickBooks beside the vendor"
        who = [one["CustomerRef"]["value"] for one in place.invoices(number)]
        return place.posted_once(number) or ("" if who == [row["Id"]] else f"posted for {who}")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Vendor", vendor_id, Notes="pays late"),
    )


def linked(place: Place) -> Scene:
    """Ours was linked to theirs by a fix, and nothing is posted with it yet."""
    name, key = place.person(), f"c{place.number()}"
    address = f"a{place.number()}@example.com"
    place.create("Customer", DisplayName=name, PrimaryEmailAddr={"Address": address})
    place.intake(shop.customer(key, name.replace(" ", "  "), email=address))
    alert = place.message(name, "same_party", ("open",))
    view = place.world.preview("operator", alert, "use_existing")
    place.world.confirm("operator", view)
    place.message(name, "same_party", ("resolved",))
    place.close_windows()

    def right() -> str:
        there = [row for row in place.records("Customer") if row["DisplayName"] == name]
        return "" if len(there) == 1 else f"{len(there)} customers {name}"

    return Scene(marker=name, right=right, change=lambda: None)


SITUATIONS = (
    Situation("use_existing", "same_party", same),
    Situation("create_separate", "same_party", different, stale="same"),
    Situation("rename_ours", "name_on_other_list", other_list, stale="same"),
    Situation(
        "undo", "same_party", linked, starts="resolved", ends=("open", "undone"), stale="same"
    ),
)
