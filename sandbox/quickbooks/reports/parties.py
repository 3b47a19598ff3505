"""Reports with a line for every customer, vendor or item."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sandbox.quickbooks.company import Company
from sandbox.quickbooks.model import Body, Entry, Record
from sandbox.quickbooks.money import cents
from sandbox.quickbooks.reports.bookings import booked
from sandbox.quickbooks.reports.cells import party_of
from sandbox.quickbooks.reports.period import Span, span_of
from sandbox.quickbooks.reports.rows import column, data, money, report, summary
from sandbox.quickbooks.shape import display_name

INCOME = ("Income", "Other Income")
COSTS = ("Cost of Goods Sold", "Expense", "Other Expense")
SOLD = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}


def by_party(
    company: Company,
    name: str,
    params: Mapping[str, str],
    span: Span,
    party: str,
    titles: Mapping[str, str],
    sums: Mapping[str, Sequence[int]],
) -> Body:
    """One line per record of `party` with its amounts, and their total below."""
    found = [(display_name(row), row.id) for one in sums if (row := company.row(party, one))]
    rows = [
        data(title, map(money, sums[key]), key)
        for title, key in sorted(found, key=lambda one: (one[0].casefold(), one[1]))
        if any(sums[key])
    ]
    if rows:
        totals = [sum(column_) for column_ in zip(*sums.values(), strict=True)]
        rows.append(summary("TOTAL", [*map(money, totals)], "GrandTotal"))
    heads = [column(title, "Money", key) for title, key in titles.items()]
    return report(company, name, params, span, [column("", party, party.lower()), *heads], rows)


def customer_sales(company: Company, params: Mapping[str, str]) -> Body:
    """What each customer bought, without tax."""
    span = span_of(company, params)
    sums = {key: (own[0],) for key, own in _by_name(company, params, span, "Customer").items()}
    return by_party(company, "CustomerSales", params, span, "Customer", {"Total": "total"}, sums)


def customer_income(company: Company, params: Mapping[str, str]) -> Body:
    """Income and expense of each customer, and what is left."""
    span = span_of(company, params)
    sums = {
        key: (income, cost, income - cost)
        for key, (income, cost) in _by_name(company, params, span, "Customer").items()
    }
    titles = {"Total Income": "income", "Total Expenses": "expenses", "Net Income": "net_income"}
    return by_party(company, "CustomerIncome", params, span, "Customer", titles, sums)


def vendor_expenses(company: Company, params: Mapping[str, str]) -> Body:
    """What was spent with each vendor."""
    span = span_of(company, params)
    sums = {key: (own[1],) for key, own in _by_name(company, params, span, "Vendor").items()}
    return by_party(company, "VendorExpenses", params, span, "Vendor", {"Total": "total"}, sums)


def _by_name(
    company: Company, params: Mapping[str, str], span: Span, party: str
) -> dict[str, tuple[int, int]]:
    """Id -> income and expense of the entries that belong to it."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for record, entry in booked(company, params):
        account = company.row("Account", entry.account)
        kind = account.body.get("AccountType") if account else ""
        owner = _owner(record, entry, party)
        if owner and span.holds(entry.day):
            if kind in INCOME:
                sums[owner][0] -= entry.amount
            elif kind in COSTS:
                sums[owner][1] += entry.amount
    return {key: (income, cost) for key, (income, cost) in sums.items()}


def _owner(record: Record, entry: Entry, party: str) -> str:
    """Whom an entry belongs to: its own name, else the other side of its document."""
    if entry.name is not None:
        return entry.name[1] if entry.name[0] == party else ""
    other = party_of(record)
    own = "CustomerRef" if party == "Customer" else "VendorRef"
    return str(other["value"]) if other and record.body.get(own) == other else ""


def item_sales(company: Company, params: Mapping[str, str]) -> Body:
    """Quantity, amount and average price of what was sold."""
    span = span_of(company, params)
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for entity, sign in SOLD.items():
        for record in company.live(entity):
            if record.voided or not span.holds(str(record.body["TxnDate"])):
                continue
            for line in record.body["Line"]:
                detail = line.get("SalesItemLineDetail") or {}
                item = detail.get("ItemRef")
                if item:
                    sums[item["value"]][0] += sign * float(detail.get("Qty") or 0)
                    sums[item["value"]][1] += sign * cents(line.get("Amount"))
    rows = []
    for item in _items(company, sums):
        quantity, amount = sums[item.id]
        price = money(round(amount / quantity)) if quantity else ""
        values = [f"{quantity:.2f}", money(int(amount)), price]
        rows.append(data(display_name(item), values, item.id))
    if rows:
        whole = [sum(one[place] for one in sums.values()) for place in (0, 1)]
        total = [f"{whole[0]:.2f}", money(int(whole[1])), ""]
        rows.append(summary("TOTAL", total, "GrandTotal"))
    heads = [
        column("", "ProductsAndService", "item"),
        column("Quantity", "Number", "quantity"),
        column("Amount", "Money", "amount"),
        column("Avg Price", "Money", "avg_price"),
    ]
    return report(company, "ItemSales", params, span, heads, rows)


def inventory_valuation(company: Company, params: Mapping[str, str]) -> Body:
    """What lies in stock now and what it is worth at average cost."""
    span = span_of(company, params, "all")
    rows, whole = [], 0
    stocked = {one.id: one for one in company.live("Item") if one.body["Type"] == "Inventory"}
    for item in _items(company, stocked):
        quantity, worth = float(item.body.get("QtyOnHand") or 0), int(item.notes.get("worth", 0))
        whole += worth
        cost = money(round(worth / quantity)) if quantity else ""
        sku = str(item.body.get("Sku", ""))
        rows.append(data(display_name(item), [sku, f"{quantity:.2f}", money(worth), cost], item.id))
    if rows:
        rows.append(summary("TOTAL", ["", "", money(whole), ""], "GrandTotal"))
    heads = [
        column("", "Inventory", "item"),
        column("SKU", "String", "sku"),
        column("Qty", "Number", "quantity"),
        column("Asset Value", "Money", "asset_value"),
        column("Calc. Avg", "Money", "avg_cost"),
    ]
    return report(company, "InventoryValuationSummary", params, span, heads, rows)


def _items(company: Company, wanted: Mapping[str, object]) -> list[Record]:
    found = [row for one in wanted if (row := company.row("Item", one)) is not None]
    return sorted(found, key=lambda item: display_name(item).casefold())
