"""Reads reports as an independent client would: by their rows, nothing of the simulator's code."""

from typing import Any

from tests.sandbox.quickbooks.conftest import Books


def report(books: Books, name: str, **params: str) -> dict[str, Any]:
    """A report that has to succeed."""
    response = books.get(f"reports/{name}", **params)
    assert response.status_code == 200, response.text
    return response.json()


def walk(rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Every row and section, depth first."""
    found: list[dict[str, Any]] = []
    for row in rows.get("Row", []):
        found.append(row)
        found += walk(row.get("Rows", {}))
    return found


def group(body: dict[str, Any], name: str) -> list[str]:
    """The cells of a section's sum, without its title."""
    for row in walk(body["Rows"]):
        if row.get("group") == name:
            cells = row.get("Summary", row)["ColData"]
            return [cell["value"] for cell in cells[1:]]
    return []


def trial_balance(books: Books, **params: str) -> dict[str, float]:
    """Account -> debit (positive) or credit (negative); both sides have to be equal."""
    body = report(books, "TrialBalance", **params)
    total = group(body, "GrandTotal")
    assert not total or total[0] == total[1], total
    sums: dict[str, float] = {}
    for row in walk(body["Rows"]):
        if row.get("type") == "Data":
            name, debit, credit = (cell["value"] for cell in row["ColData"])
            sums[name] = float(debit or 0) - float(credit or 0)
    return sums


def change(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    """What moved between two trial balances, to the cent."""
    moved = {name: round(after.get(name, 0) - before.get(name, 0), 2) for name in {*after, *before}}
    return {name: amount for name, amount in moved.items() if amount}


def account(books: Books, name: str) -> str:
    """The Id of an account."""
    return books.query(f"select * from Account where Name = '{name}'")["Account"][0]["Id"]


def item(books: Books, name: str) -> str:
    """The Id of an item."""
    return books.query(f"select * from Item where Name = '{name}'")["Item"][0]["Id"]


def vendor(books: Books, name: str = "Lumber Yard", **more: Any) -> str:
    """A new vendor's Id."""
    return books.make("Vendor", {"DisplayName": name, **more})["Id"]


def expense(account_id: str, amount: float, **detail: Any) -> dict[str, Any]:
    """A line by account."""
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account_id}, **detail},
    }


def bought(item_id: str, quantity: float, price: float) -> dict[str, Any]:
    """A line by item."""
    return {
        "Amount": round(quantity * price, 2),
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {
            "ItemRef": {"value": item_id},
            "Qty": quantity,
            "UnitPrice": price,
        },
    }


def sold(item_id: str, quantity: float, price: float) -> dict[str, Any]:
    """A line of a sale."""
    return {
        "Amount": round(quantity * price, 2),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item_id},
            "Qty": quantity,
            "UnitPrice": price,
        },
    }
