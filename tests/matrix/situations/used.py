"""Documents that are in QuickBooks already, or are dated in closed books."""

from tests.matrix.place import Place, Scene, Situation
from tests.matrix.situations.inactive import posted
from tests.scenarios import shop
from tests.waiting import wait_for


def _keyed(place: Place, customer_id: str, sku_item: str, amount: int, **more: str) -> str:
    """A bookkeeper enters an invoice by hand; its id."""
    detail = {"ItemRef": {"value": sku_item}, "Qty": 1, "UnitPrice": amount}
    line = {"DetailType": "SalesItemLineDetail", "Amount": amount, "SalesItemLineDetail": detail}
    return place.create("Invoice", CustomerRef={"value": customer_id}, Line=[line], **more)


def _item_id(place: Place) -> str:
    return str(place.records("Item")[-1]["Id"])


def _total(place: Place, number: str, total: str) -> str:
    rows = place.invoices(number)
    totals = [f"{row['TotalAmt']:.2f}" for row in rows]
    return "" if totals == [total] else f"invoice {number}: {totals or 'missing'}"


def same_document(place: Place) -> Scene:
    """The same invoice was entered by hand under the same number."""
    _, key, customer_id, sku = posted(place)
    number = place.number()
    theirs = _keyed(
        place, customer_id, _item_id(place), 100, DocNumber=number, TxnDate="2026-11-12"
    )
    place.intake(shop.invoice(number, key, sku))
    return Scene(
        marker=number,
        right=lambda: _total(place, number, "100.00"),
        change=lambda: place.edit("Invoice", theirs, CustomerMemo={"value": "thank you"}),
    )


def used_number(place: Place) -> Scene:
    """Another invoice has the number."""
    _, key, customer_id, sku = posted(place)
    number = place.number()
    theirs = _keyed(place, customer_id, _item_id(place), 55, DocNumber=number, TxnDate="2026-09-12")
    place.intake(shop.invoice(number, key, sku))
    return Scene(
        marker=number,
        right=lambda: _total(place, f"{number}-2", "100.00") or _total(place, number, "55.00"),
        change=lambda: place.edit("Invoice", theirs, CustomerMemo={"value": "thank you"}),
    )


def entered_twice(place: Place) -> Scene:
    """A bookkeeper entered the sale under a number of their own; it is another sale."""
    _, key, customer_id, sku = posted(place)
    number, own = place.number(), place.number()
    _keyed(place, customer_id, _item_id(place), 100, DocNumber=own, TxnDate="2026-11-12")
    place.intake(shop.invoice(number, key, sku))
    return Scene(
        marker=number,
        right=lambda: _total(place, number, "100.00") or _total(place, own, "100.00"),
        change=lambda: None,
    )


def not_wanted(place: Place) -> Scene:
    """The same sale entered by hand: ours is not posted at all."""
    made = entered_twice(place)
    return Scene(
        marker=made.marker,
        right=lambda: "" if not place.invoices(made.marker) else "it was posted after all",
        change=lambda: None,
        typed=(("In your words", "the bookkeeper entered it by hand"),),
    )


def already_there(place: Place) -> Scene:
    """A source that has posted nothing hands over what a bookkeeper had entered by hand."""
    _, key, customer_id, sku = posted(place)
    numbers = [place.number() for _ in range(6)]
    newest = max((str(row["Id"]) for row in place.records("Item")), key=int)
    ids = [
        _keyed(place, customer_id, newest, 100, DocNumber=one, TxnDate="2026-11-12")
        for one in numbers
    ]
    place.intake(*(shop.invoice(one, key, sku) for one in numbers))
    return Scene(
        marker="6 documents look already posted",
        right=lambda: place.posted_once(*numbers),
        change=lambda: place.edit("Invoice", ids[0], CustomerMemo={"value": "thank you"}),
    )


def _closed(place: Place) -> tuple[str, str, str, str]:
    """Closed through October, and an invoice dated there: number, customer, item."""
    _, key, customer_id, sku = posted(place)
    item_id = _item_id(place)
    place.act("close_books", date="2026-10-31")
    number = place.number()
    place.intake(shop.invoice(number, key, sku) | {"date": "2026-10-15"})
    return number, customer_id, item_id, key


def closed_month(place: Place) -> Scene:
    """It goes to the first open day, with its own date in the memo."""
    number, _, _, _ = _closed(place)

    def right() -> str:
        dates = [row["TxnDate"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if dates == ["2026-11-01"] else f"dated {dates}")

    return Scene(marker=number, right=right, change=lambda: None)


def by_hand(place: Place) -> Scene:
    """Somebody entered it in QuickBooks, with its true date."""
    number, customer_id, item_id, _ = _closed(place)
    place.message(number, "closed_period", ("open",))
    place.act("close_books", date="2026-09-30")
    theirs = _keyed(place, customer_id, item_id, 100, DocNumber=number, TxnDate="2026-10-15")
    place.act("close_books", date="2026-10-31")
    return Scene(
        marker=number,
        right=lambda: _total(place, number, "100.00"),
        change=lambda: theirs,
    )


def other_day(place: Place) -> Scene:
    """Our invoice is posted on the first; now the source names the last of the month before."""
    _, key, _, sku = posted(place)
    number = place.number()
    sale = shop.invoice(number, key, sku)
    place.intake(sale | {"date": "2026-11-01"})
    ours = wait_for("the invoice", lambda: place.invoices(number), 40)[0]["Id"]
    place.intake(sale | {"date": "2026-10-31"})

    def right() -> str:
        days = [row["TxnDate"] for row in place.invoices(number)]
        return place.posted_once(number) or ("" if days == ["2026-10-31"] else f"dated {days}")

    def kept() -> str:
        memos = [(row.get("CustomerMemo") or {}).get("value") for row in place.invoices(number)]
        return "" if memos == ["thank you"] else f"the memo of invoice {number} is {memos}"

    return Scene(
        marker=number,
        right=right,
        change=lambda: place.edit("Invoice", ours, CustomerMemo={"value": "thank you"}),
        kept=kept,
    )


def other_total(place: Place) -> Scene:
    """QuickBooks has our invoice with another total, until somebody corrects it there."""
    _, key, customer_id, sku = posted(place)
    number, item_id = place.number(), _item_id(place)
    ours = _keyed(
        place, customer_id, item_id, 107, DocNumber=number, PrivateNote=f"[sync:Shop:{number}]"
    )
    place.intake(shop.invoice(number, key, sku))
    place.message(number, "total_differs", ("open",))

    def total(amount: int) -> None:
        detail = {"ItemRef": {"value": item_id}, "Qty": 1, "UnitPrice": amount}
        line = {"DetailType": "SalesItemLineDetail", "Amount": amount}
        place.edit("Invoice", ours, Line=[{**line, "SalesItemLineDetail": detail}])

    total(100)
    return Scene(
        marker=number,
        right=lambda: _total(place, number, "100.00"),
        change=lambda: total(107),
    )


def other_tax(place: Place) -> Scene:
    """QuickBooks reckoned a cent more of sales tax than our shop; the firm has an item for it."""
    _, key, customer_id, sku = posted(place)
    number, item_id, name = place.number(), _item_id(place), place.thing()
    place.intake(shop.item(f"R-{number}", name) | {"kind": "service"})
    place.until_posted("Item", name)
    words = ("--company", place.company.name, "--item", name)

    def known() -> bool:
        try:
            return bool(place.world.command_line("rounding", *words))
        except AssertionError:  # QuickBooks has it a moment before the bot
            return False

    wait_for(f"the bot to know {name}", known)
    detail = {"ItemRef": {"value": item_id}, "Qty": 1, "UnitPrice": 100}
    detail["TaxCodeRef"] = {"value": "TAX"}
    line = {"DetailType": "SalesItemLineDetail", "Amount": 100, "SalesItemLineDetail": detail}
    ours = place.create(
        "Invoice",
        CustomerRef={"value": customer_id},
        Line=[line],
        TxnTaxDetail={"TotalTax": 8.04},
        DocNumber=number,
        PrivateNote=f"[sync:Shop:{number}]",
    )
    taxed = {"tax_total": "8.03", "total": "108.03"}
    place.intake(shop.invoice(number, key, sku) | taxed)
    # The alert may come a moment before the bot has read the document's own sales tax.
    wait_for("the button", lambda: "rounding_line" in str(place.about(number, "total_differs")), 60)

    def kept() -> str:
        memos = [(row.get("CustomerMemo") or {}).get("value") for row in place.invoices(number)]
        return "" if memos == ["thank you"] else f"the memo of invoice {number} is {memos}"

    return Scene(
        marker=number,
        right=lambda: _total(place, number, "108.03"),
        change=lambda: place.edit("Invoice", ours, CustomerMemo={"value": "thank you"}),
        kept=kept,
    )


def came_back(place: Place) -> Scene:
    """A paid invoice of which the shop says since that a part came back."""
    _, key, customer_id, sku = posted(place)
    number = place.number()
    sale = shop.invoice(number, key, sku, "100.00")
    place.intake(sale, shop.payment(f"p-{number}", key, number))
    paid = wait_for("the payment", lambda: _paid(place, number), 40)
    smaller = shop.invoice(number, key, sku, "80.00")
    place.intake(smaller | {"version": "2026-11-20T15:00:00Z"})
    # The bot reads a moment later that the invoice is paid.
    wait_for(
        "the button", lambda: "credit_difference" in str(place.about(number, "total_differs")), 60
    )

    def right() -> str:
        memos = [
            f"{row['TotalAmt']:.2f}"
            for row in place.records("CreditMemo")
            if row["CustomerRef"]["value"] == customer_id
        ]
        wrong = "" if memos == ["20.00"] else f"credit memos {memos or 'missing'}"
        return wrong or _total(place, number, "100.00")

    return Scene(
        marker=number,
        right=right,
        change=lambda: place.edit("Invoice", paid, CustomerMemo={"value": "thank you"}),
    )


def _paid(place: Place, number: str) -> str:
    """The id of the invoice of this number once it is paid."""
    rows = [row for row in place.invoices(number) if not row["Balance"]]
    return str(rows[0]["Id"]) if rows else ""


SITUATIONS = (
    Situation("link_document", "duplicate_document_number", same_document, stale="same"),
    Situation(
        "renumber",
        "duplicate_document_number",
        used_number,
        "approver",
        "approver2",
        below="operator",
        stale="same",
    ),
    Situation("post_another", "duplicate_transaction", entered_twice, stale="same"),
    Situation(
        "skip",
        "duplicate_transaction",
        not_wanted,
        "approver",
        "approver2",
        below="operator",
        stale="same",
    ),
    Situation(
        "redate",
        "closed_period",
        closed_month,
        "approver",
        "approver2",
        below="operator",
        stale="same",
        fresh=True,
    ),
    Situation(
        "adopt",
        "already_in_books",
        already_there,
        "approver",
        "approver2",
        below="operator",
        stale="same",
        fresh=True,
    ),
    Situation("move_day", "day_differs", other_day, "approver", "approver2", below="operator"),
    Situation("recheck", "total_differs", other_total, stale="refused"),
    Situation(
        "credit_difference",
        "total_differs",
        came_back,
        "approver",
        "approver2",
        below="operator",
        stale="same",
    ),
    Situation(
        "rounding_line", "total_differs", other_tax, "approver", "approver2", below="operator"
    ),
    Situation("entered_by_hand", "closed_period", by_hand, stale="same", fresh=True),
)
