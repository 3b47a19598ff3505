"""Reads a company's books from the reports and records of the local QuickBooks, never the bot's."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.drill.books import Books
from sandbox.drill.ledger import PROFIT, Key, Ledger, Paper, Stock
from sandbox.drill.names import folded

Json = dict[str, Any]
# What is still open of a document, and whose it is: (field, sign, who).
_OPEN = {
    "Invoice": ("Balance", 1, "CustomerRef"),
    "CreditMemo": ("RemainingCredit", -1, "CustomerRef"),
    "Payment": ("UnappliedAmt", -1, "CustomerRef"),
    "Bill": ("Balance", 1, "VendorRef"),
    "VendorCredit": ("Balance", -1, "VendorRef"),
}
_KINDS = tuple(dict.fromkeys((*PROFIT, *_OPEN)))
_LISTS = {"CustomerRef": "Customer", "VendorRef": "Vendor"}
_BALANCES = {"Customer": "CustomerBalance", "Vendor": "VendorBalance"}
_MONTHS_BACK = 430
# Which way a document moves the pieces on its lines.
_SHELF = {
    "Invoice": -1,
    "SalesReceipt": -1,
    "CreditMemo": 1,
    "RefundReceipt": 1,
    "Bill": 1,
    "Purchase": 1,
    "VendorCredit": -1,
}
_ITEM_LINES = ("SalesItemLineDetail", "ItemBasedExpenseLineDetail")


def read(books: Books) -> Ledger:
    """Read everything. Raises DemoError."""
    rows = {kind: [row for row in books.all(kind) if _stands(row)] for kind in _KINDS}
    people = {kind: books.all(kind) for kind in _BALANCES}
    stock = _stock(books)
    closing = str(books.control("/exceptions")["closing_date"] or "")
    return Ledger(
        papers={(kind, row["Id"]): _paper(kind, row, stock) for kind in rows for row in rows[kind]},
        months=_months(books),
        trial=_trial(books, {}),
        sheet=_sheet(books),
        open_=_open(rows),
        said={
            (kind, row["Id"]): (reported.get(row["Id"], Decimal(0)), _amount(row.get("Balance")))
            for kind, name in _BALANCES.items()
            for reported in (_balances(books, name),)
            for row in people[kind]
        },
        closing=closing,
        closed=_trial(books, {"end_date": closing}) if closing else {},
        stock=stock,
        merged={row["Id"]: str(row["_merged_into"]) for row in people["Customer"]},
        called={row["Id"]: folded(_bare(row)) for row in people["Customer"]},
    )


def _stands(row: Json) -> bool:
    return not row["_deleted"] and not row["_voided"]


def _amount(value: Any) -> Decimal:
    return Decimal(str(value or 0).replace(",", ""))


def _bare(row: Json) -> str:
    return str(row["DisplayName"]).removesuffix(" (deleted)")


def _stock(books: Books) -> dict[str, Stock]:
    return {
        row["Id"]: Stock(
            _amount(row["QtyOnHand"]),
            _amount(row.get("PurchaseCost")),
            str(row["AssetAccountRef"]["value"]),
        )
        for row in books.all("Item")
        if row.get("Type") == "Inventory"
    }


def _goods(kind: str, row: Json, stock: Mapping[str, Stock]) -> dict[str, Decimal]:
    """What of the counted items a document puts on the shelf or takes off it."""
    sums: dict[str, Decimal] = {}
    for line in row.get("Line", []):
        detail: Json = next((line[name] for name in _ITEM_LINES if name in line), {})
        item = str((detail.get("ItemRef") or {}).get("value") or "")
        if item in stock:
            count = _SHELF.get(kind, 0) * _amount(detail.get("Qty"))
            sums[item] = sums.get(item, Decimal(0)) + count
    return sums


def _paper(kind: str, row: Json, stock: Mapping[str, Stock]) -> Paper:
    party = row.get("CustomerRef") or row.get("VendorRef") or {}
    return Paper(
        total=_amount(row.get("TotalAmt")),
        tax=_amount((row.get("TxnTaxDetail") or {}).get("TotalTax")),
        day=str(row["TxnDate"]),
        number=str(row.get("DocNumber") or ""),
        party=str(party.get("value") or ""),
        goods=_goods(kind, row, stock),
    )


def _open(rows: Mapping[str, list[Json]]) -> dict[Key, Decimal]:
    sums: dict[Key, Decimal] = {}
    for kind, (field, sign, who) in _OPEN.items():
        for row in rows[kind]:
            key = (_LISTS[who], str((row.get(who) or {}).get("value") or ""))
            sums[key] = sums.get(key, Decimal(0)) + sign * _amount(row.get(field))
    return sums


def _months(books: Books) -> dict[str, Decimal]:
    today = books.today()
    first = (today - timedelta(days=_MONTHS_BACK)).replace(day=1)
    last = (today.replace(day=28) + timedelta(days=4)).replace(day=28)
    found = books.control(
        "/reports/ProfitAndLoss",
        start_date=first.isoformat(),
        end_date=_end(last).isoformat(),
        summarize_column_by="Month",
    )
    starts = [
        next((pair["Value"] for pair in one["MetaData"] if pair["Name"] == "StartDate"), "")
        for one in found["Columns"]["Column"]
    ]
    cells = next(row for row in _walk(found["Rows"]) if row.get("group") == "NetIncome")
    values = cells["Summary"]["ColData"]
    return {
        start[:7]: _amount(cell["value"])
        for start, cell in zip(starts, values, strict=True)
        if start
    }


def _end(day: date) -> date:
    """The last day of a month."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _trial(books: Books, params: Mapping[str, str]) -> dict[str, Decimal]:
    found = books.control("/reports/TrialBalance", **params)
    return {
        row["ColData"][0]["id"]: _amount(row["ColData"][1]["value"])
        - _amount(row["ColData"][2]["value"])
        for row in _walk(found["Rows"])
        if row.get("type") == "Data"
    }


def _sheet(books: Books) -> tuple[Decimal, Decimal]:
    found = books.control("/reports/BalanceSheet")
    groups = {
        row["group"]: _amount(row["Summary"]["ColData"][1]["value"])
        for row in _walk(found["Rows"])
        if row.get("group") in ("TotalAssets", "TotalLiabilitiesAndEquity")
    }
    zero = Decimal(0)
    return groups.get("TotalAssets", zero), groups.get("TotalLiabilitiesAndEquity", zero)


def _balances(books: Books, name: str) -> dict[str, Decimal]:
    found = books.control(f"/reports/{name}")
    return {
        row["ColData"][0]["id"]: _amount(row["ColData"][1]["value"])
        for row in _walk(found["Rows"])
        if row.get("type") == "Data"
    }


def _walk(rows: Json) -> Iterator[Json]:
    """Every row and section, depth first."""
    for row in rows.get("Row", []):
        yield row
        yield from _walk(row.get("Rows", {}))
