"""Inactive and missing records."""

from tests.matrix.place import Place, Scene, Situation
from tests.scenarios import shop
from tests.waiting import wait_for


def posted(place: Place) -> tuple[str, str, str, str]:
    """A customer and an item that are in QuickBooks: the name, its key and id, and the SKU."""
    name, key, sku = place.person(), f"c{place.number()}", f"W{place.number()}"
    thing = place.thing()
    place.intake(shop.customer(key, name), shop.item(sku, thing))
    place.until_posted("Item", thing)
    return name, key, place.until_posted("Customer", name), sku


def inactive_customer(place: Place) -> Scene:
    """An invoice waits for a customer that somebody made inactive."""
    name, key, customer_id, sku = posted(place)
    number = place.number()
    place.act("deactivate", entity="Customer", id=customer_id)
    place.intake(shop.invoice(number, key, sku))

    def right() -> str:
        row = place.named("Customer", name)
        if not row or not row["Active"]:
            return f"{name} is not active"
        return place.posted_once(number)

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
        kept=lambda: _notes(place, customer_id),
    )


def instead(place: Place) -> Scene:
    """The customer was merged into another one: the invoice is posted for that one."""
    name, key, customer_id, sku = posted(place)
    survivor, first, number = place.person(), place.number(), place.number()
    # What was posted for the customer shows where it went.
    place.intake(shop.invoice(first, key, sku))
    wait_for("the first invoice", lambda: place.invoices(first), 40)
    survivor_id = place.create("Customer", DisplayName=survivor)
    place.act("merge", entity="Customer", id=customer_id, into=survivor_id)
    place.intake(shop.invoice(number, key, sku))

    def right() -> str:
        wrong = place.posted_once(number)
        who = [row["CustomerRef"]["value"] for row in place.invoices(number)]
        return wrong or ("" if who == [survivor_id] else f"posted for {who}, not {survivor_id}")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Customer", survivor_id, Notes="pays late"),
    )


def borrowed(place: Place) -> Scene:
    """A customer that was reactivated for an invoice, which is paid: inactive again."""
    scene = inactive_customer(place)
    name, number = scene.marker, ""
    alert = place.message(name, "inactive_record", ("open",))
    view = place.world.preview("operator", alert, "reactivate")
    place.world.confirm("operator", view, {"maybe:remind": {"value": ["yes"]}})
    place.message(name, "inactive_record", ("resolved",))
    place.close_windows()
    customer_id = str((place.named("Customer", name) or {})["Id"])
    [sale] = [row for row in place.records("Invoice") if row["CustomerRef"]["value"] == customer_id]
    number, total = str(sale["DocNumber"]), sale["TotalAmt"]
    link = [{"TxnId": sale["Id"], "TxnType": "Invoice"}]
    line = [{"Amount": total, "LinkedTxn": link}]
    place.create("Payment", CustomerRef={"value": customer_id}, TotalAmt=total, Line=line)

    def right() -> str:
        [row] = [row for row in place.records("Customer") if row["Id"] == customer_id]
        return place.posted_once(number) or ("" if not row["Active"] else f"{name} is active")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
        kept=lambda: _notes(place, customer_id),
    )


def gone(place: Place) -> Scene:
    """A backup was restored that does not have the customer: a new one is created."""
    name, key, customer_id, sku = posted(place)
    number = place.number()
    place.act("restore_without", entity="Customer", id=customer_id)
    place.intake(shop.invoice(number, key, sku))

    def right() -> str:
        there = place.records("Customer")
        made = [row["Id"] for row in there if row["DisplayName"] == name and not row["_deleted"]]
        who = [one["CustomerRef"]["value"] for one in place.invoices(number)]
        one = len(made) == 1 and who == made
        return place.posted_once(number) or ("" if one else f"{made} created, posted for {who}")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


def _notes(place: Place, customer_id: str) -> str:
    row = next(row for row in place.records("Customer") if row["Id"] == customer_id)
    return "" if row.get("Notes") == "pays late" else "the note made meanwhile is gone"


SITUATIONS = (
    Situation("reactivate", "inactive_record", inactive_customer),
    Situation("return_inactive", "borrowed_record", borrowed),
    Situation("use_another", "missing_record", instead, stale="same"),
    Situation("create_again", "missing_record", gone, stale="same"),
)
