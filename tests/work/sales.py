"""Sales in the simulator's books: what is there, and what somebody enters by hand."""


def sales(house):
    """Invoices of the simulator that are alive, by number."""
    return {row["DocNumber"]: row for row in house.shop.books("Invoice") if not row.get("_deleted")}


def jane(house):
    """Jane's id in QuickBooks."""
    [row] = [row for row in house.shop.books("Customer") if row["DisplayName"] == "Jane Doe"]
    return row["Id"]


def mug(house):
    """The blue mug's id in QuickBooks."""
    [row] = [row for row in house.shop.books("Item") if row["Name"] == "Blue Mug"]
    return row["Id"]


def keyed(house, amount="100.00", **more):
    """Somebody enters an invoice for Jane by hand."""
    line = {
        "DetailType": "SalesItemLineDetail",
        "Amount": float(amount),
        "SalesItemLineDetail": {
            "ItemRef": {"value": mug(house)},
            "Qty": 1,
            "UnitPrice": float(amount),
        },
    }
    data = {"CustomerRef": {"value": jane(house)}, "Line": [line], **more}
    return house.shop.create("Invoice", **data)
