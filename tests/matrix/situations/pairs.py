"""One customer that is in QuickBooks twice: what it takes two people to mend."""

from tests.matrix.place import Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop


def _sold(place: Place, customer_id: str, amount: int) -> str:
    """A person enters an open invoice; its id."""
    item = str(place.records("Item")[-1]["Id"])
    detail = {"ItemRef": {"value": item}, "Qty": 1, "UnitPrice": amount}
    line = {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}
    return place.create("Invoice", CustomerRef={"value": customer_id}, Line=[line])


def _twice(place: Place, name: str) -> tuple[str, str]:
    """The same person under one e-mail: two ids."""
    mail = {"PrimaryEmailAddr": {"Address": f"a{place.number()}@example.com"}}
    first = place.create("Customer", DisplayName=name, **mail)
    return first, place.create("Customer", DisplayName=name.replace(" ", "  "), **mail)


def open_on_both(place: Place) -> Scene:
    """Both have an open invoice: one press, one approval, all of it is with one of them."""
    posted(place)
    name = place.person()
    first, second = _twice(place, name)
    sold = [_sold(place, first, 50), _sold(place, first, 60), _sold(place, second, 120)]

    def right() -> str:
        bills = {row["Id"]: row for row in place.records("Invoice") if row["Id"] in sold}
        if {row["CustomerRef"]["value"] for row in bills.values()} != {first}:
            return f"not every invoice is with {name}"
        if sum(row["TotalAmt"] for row in bills.values()) != 230:
            return "a total is another one"
        active = [row["Id"] for row in place.records("Customer") if row["Active"]]
        return "" if first in active and second not in active else "the wrong one is active"

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Customer", second, Notes="pays late"),
        kept=lambda: _notes(place, second),
    )


def _notes(place: Place, customer_id: str) -> str:
    [row] = [row for row in place.records("Customer") if row["Id"] == customer_id]
    return "" if row.get("Notes") == "pays late" else "the note made meanwhile is gone"


def merged_by_hand(place: Place) -> Scene:
    """Somebody merged the two in QuickBooks: our link goes over to the one that is left."""
    _, _, _, sku = posted(place)
    name, key, first, number = place.person(), place.number(), place.number(), place.number()
    mail = f"a{place.number()}@example.com"
    place.intake(shop.customer(key, name, email=mail), shop.invoice(first, key, sku))
    gone = place.until_posted("Customer", name)
    twin = {"DisplayName": name.replace(" ", "  "), "PrimaryEmailAddr": {"Address": mail}}
    left = place.create("Customer", **twin)
    place.message(name, "twice_in_books", ("open",))
    place.act("merge", entity="Customer", id=gone, into=left)
    place.intake(shop.invoice(number, key, sku))
    place.message(name, "missing_record", ("open",))

    def right() -> str:
        who = {row["CustomerRef"]["value"] for row in place.invoices(first, number)}
        return place.posted_once(first, number) or ("" if who == {left} else f"posted for {who}")

    return Scene(
        marker=name,
        right=right,
        change=lambda: place.edit("Customer", left, Notes="pays late"),
    )


SITUATIONS = (
    Situation(
        "consolidate",
        "twice_in_books",
        open_on_both,
        "approver",
        "approver2",
        below="operator",
        approval=True,
    ),
    Situation(
        "merge_guide",
        "twice_in_books",
        merged_by_hand,
        "admin",
        "admin2",
        below="operator",
        stale="same",
        approval=True,
        third="admin3",
    ),
)
