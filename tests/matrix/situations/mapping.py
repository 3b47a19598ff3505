"""What a source calls something and QuickBooks does not know."""

from typing import Any

from tests.matrix.place import Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop

Json = dict[str, Any]


def _sold(number: str, key: str, sku: str, text: str = "") -> Json:
    """An invoice whose line names a SKU only."""
    made: Json = shop.invoice(number, key, sku)
    line = {**made["lines"][0], "sku": sku}
    del line["item"]
    if text:
        line["description"] = text
    return {**made, "lines": [line]}


def _account(place: Place, name: str, above: str = "") -> str:
    more = {"ParentRef": {"value": above}, "SubAccount": True} if above else {}
    return place.create("Account", Name=name, AccountType="Income", **more)


def unmapped(place: Place) -> Scene:
    """The SKU is written otherwise than the item's."""
    _, key, _, _ = posted(place)
    income = _account(place, f"Sales {place.number()}")
    code, thing, number = place.number(), place.thing(), place.number()
    item = place.create(
        "Item",
        Name=thing,
        Sku=f"MUG-{code}",
        Type="NonInventory",
        UnitPrice=100,
        IncomeAccountRef={"value": income},
    )
    place.intake(_sold(number, key, f"mug {code}", thing))

    def right() -> str:
        rows = [
            line["SalesItemLineDetail"]["ItemRef"]["value"]
            for row in place.invoices(number)
            for line in row["Line"]
            if "SalesItemLineDetail" in line
        ]
        return place.posted_once(number) or ("" if rows == [item] else f"items {rows}")

    return Scene(
        marker=f"mug {code}",
        right=right,
        change=lambda: place.edit("Item", item, Description="new words"),
    )


def unknown(place: Place) -> Scene:
    """No item is like it: a new one."""
    _, key, _, _ = posted(place)
    sku, number = f"ZX{place.number()}", place.number()
    place.intake(_sold(number, key, sku))

    def right() -> str:
        made = [row for row in place.records("Item") if row.get("Sku") == sku]
        return place.posted_once(number) or ("" if len(made) == 1 else f"{len(made)} items {sku}")

    return Scene(
        marker=sku,
        right=right,
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


def leaf_name(place: Place) -> Scene:
    """Two accounts have the leaf's name."""
    _, key, _, _ = posted(place)
    leaf = f"Web {place.names.word(place.draw)}"
    for above in (place.names.word(place.draw), place.names.word(place.draw)):
        _account(place, leaf, _account(place, above))
    sku, thing, number = f"W{place.number()}", place.thing(), place.number()
    place.intake({**shop.item(sku, thing), "income_account": leaf}, shop.invoice(number, key, sku))
    return Scene(
        marker=leaf,
        right=lambda: place.posted_once(number),
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


def no_account(place: Place) -> Scene:
    """Nothing has the name; its parent exists."""
    _, key, _, _ = posted(place)
    above, leaf = place.names.word(place.draw), place.names.word(place.draw)
    _account(place, above)
    sku, thing, number = f"W{place.number()}", place.thing(), place.number()
    place.intake(
        {**shop.item(sku, thing), "income_account": f"{above}:{leaf}"},
        shop.invoice(number, key, sku),
    )

    def right() -> str:
        made = [row for row in place.records("Account") if row["Name"] == leaf]
        return place.posted_once(number) or ("" if len(made) == 1 else f"{len(made)} of {leaf}")

    return Scene(
        marker=leaf,
        right=right,
        change=lambda: place.create("Customer", DisplayName=place.person()),
    )


def never_came(place: Place) -> Scene:
    """The source never handed its customer over: a new one, by the name a person types."""
    _, _, _, sku = posted(place)
    key, number, name = f"c{place.number()}", place.number(), place.person()
    place.intake(shop.invoice(number, key, sku))

    def right() -> str:
        made = place.named("Customer", name)
        return place.posted_once(number) or ("" if made else f"{name} was not created")

    return Scene(
        marker=key,
        right=right,
        change=lambda: place.create("Customer", DisplayName=place.person()),
        typed=(("Name", name),),
    )


def chosen(place: Place) -> Scene:
    """The same, and the customer is one that QuickBooks has."""
    name, _, customer_id, sku = posted(place)
    key, number = f"c{place.number()}", place.number()
    place.intake(shop.invoice(number, key, sku))

    def right() -> str:
        who = [row["CustomerRef"]["value"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if who == [customer_id] else f"posted for {who}")

    return Scene(
        marker=key,
        right=right,
        change=lambda: place.edit("Customer", customer_id, Notes="pays late"),
        typed=(("Which", name), ("Found", f"Customer:{customer_id}")),
    )


def word(place: Place) -> Scene:
    """The shop names a class that QuickBooks does not know; a person says which one is meant."""
    _, key, _, sku = posted(place)
    said, name, number = place.names.word(place.draw), place.names.word(place.draw), place.number()
    class_id = place.create("Class", Name=name)
    made = shop.invoice(number, key, sku)
    place.intake({**made, "lines": [{**made["lines"][0], "class": said}]})

    def right() -> str:
        used = [
            (line["SalesItemLineDetail"].get("ClassRef") or {}).get("value")
            for row in place.invoices(number)
            for line in row["Line"]
            if "SalesItemLineDetail" in line
        ]
        return place.posted_once(number) or ("" if used == [class_id] else f"classes {used}")

    return Scene(
        marker=said,
        right=right,
        change=lambda: place.edit("Class", class_id, Name=f"{name} West"),
        typed=(("Which class", name),),
    )


SITUATIONS = (
    Situation("map_item", "item_not_mapped", unmapped, stale="same", fresh=True),
    Situation("create_item", "item_not_mapped", unknown, stale="same"),
    Situation("map_account", "account_unusable", leaf_name, stale="same", fresh=True),
    Situation(
        "create_account",
        "no_income_account",
        no_account,
        "approver",
        "approver2",
        below="operator",
        stale="same",
        fresh=True,
    ),
    Situation("map_value", "value_not_mapped", word, stale="asked"),
    Situation("create_missing", "missing_parent", never_came, stale="same"),
    Situation("relink", "missing_parent", chosen, stale="same"),
)
