"""Documents that wait for an approver, a second try, or two amounts that agree."""

from tests.matrix.place import Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop


def filed(place: Place) -> Scene:
    """An invoice of a month whose sales tax is filed."""
    _, key, _, sku = posted(place)
    company = place.company.name
    place.world.command_line("connect", "--name", company, "--tax-filed-through", "2026-10-31")
    number = place.number()
    place.intake(shop.invoice(number, key, sku) | {"date": "2026-10-15"})

    def right() -> str:
        dates = [row["TxnDate"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if dates == ["2026-10-15"] else f"dated {dates}")

    return Scene(
        marker=number,
        right=right,
        change=lambda: None,
        after=lambda: None,
    )


def refused_once(place: Place) -> Scene:
    """QuickBooks refused an invoice for something that has been put right there since."""
    _, key, _, sku = posted(place)
    number = place.number()
    place.world.qb_control(
        "POST",
        "/faults",
        fault="code:6000",
        times=1,
        detail="Business Validation Error: Something is wrong here.",
        match={"realm": place.company.realm, "entity": "Invoice", "operation": "create"},
    )
    place.intake(shop.invoice(number, key, sku))
    return Scene(marker=number, right=lambda: place.posted_once(number), change=lambda: None)


SITUATIONS = (
    Situation(
        "post_filed",
        "filed_tax",
        filed,
        second="approver",
        below="guest",
        stale="same",
        fresh=True,
        approval=True,
    ),
    Situation("retry", "validation_other", refused_once, stale="same"),
)
