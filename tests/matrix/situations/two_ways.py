"""Records that somebody changed in QuickBooks after they were posted, or both sides changed."""

from tests.matrix.place import Json, Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop
from tests.waiting import wait_for

_FIRST, _LAST = "2026-11-12", "2026-11-13"


def _invoice_on(place: Place, day: str) -> tuple[str, str]:
    """An invoice of ours that somebody dates anew in QuickBooks: number and id."""
    _, key, _, sku = posted(place)
    number = place.number()
    place.intake(shop.invoice(number, key, sku) | {"date": _FIRST})
    ours = str(wait_for("the invoice", lambda: place.invoices(number), 40)[0]["Id"])
    place.edit("Invoice", ours, TxnDate=day)
    return number, ours


def _scene(place: Place, number: str, ours: str, day: str) -> Scene:
    def right() -> str:
        days = [row["TxnDate"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if days == [day] else f"dated {days}")

    def kept() -> str:
        said = [(row.get("CustomerMemo") or {}).get("value") for row in place.invoices(number)]
        return "" if said == ["thank you"] else f"the message of invoice {number} is {said}"

    return Scene(
        marker=number,
        right=right,
        change=lambda: place.edit("Invoice", ours, CustomerMemo={"value": "thank you"}),
        kept=kept,
    )


def left_as_it_is(place: Place) -> Scene:
    """QuickBooks is right: nothing is written there."""
    number, ours = _invoice_on(place, _LAST)
    return _scene(place, number, ours, _LAST)


def put_back(place: Place) -> Scene:
    """The source is right: the invoice goes back to its day."""
    number, ours = _invoice_on(place, _LAST)
    return _scene(place, number, ours, _FIRST)


def renamed(place: Place) -> Scene:
    """Our source calls a customer otherwise, and gives an e-mail address with a policy to ask."""
    name, key, customer_id, _ = posted(place)
    other = place.person()
    company = place.company.name
    place.world.command_line("policies", "--company", company, "--set", "customer.contact=ask")
    place.intake(shop.customer(key, other) | {"email": "new@example.com"})

    def row() -> Json:
        [found] = [one for one in place.records("Customer") if one["Id"] == customer_id]
        return dict(found)

    def right() -> str:
        told = (row()["DisplayName"], (row().get("PrimaryEmailAddr") or {}).get("Address"))
        return "" if told == (name, "new@example.com") else f"the customer is {told}"

    return Scene(
        marker=other,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
        kept=lambda: "" if row().get("Notes") == "pays late" else f"notes {row().get('Notes')}",
        typed=(("Name", "As in QuickBooks"), ("E-mail", "new@example.com")),
    )


SITUATIONS = (
    Situation(
        "accept_theirs",
        "changed_in_books",
        left_as_it_is,
        "approver",
        "approver2",
        below="operator",
        stale="same",
    ),
    Situation(
        "push_again", "changed_in_books", put_back, "approver", "approver2", below="operator"
    ),
    Situation("settle_conflict", "sides_differ", renamed),
)
