"""Money that two systems reckon otherwise: sales tax, and what comes back after it was paid."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from random import Random

from sandbox.demo.children import DemoError
from sandbox.demo.web import wait_until
from sandbox.drill.books import Books, Json
from sandbox.drill.records import SALES_ACCOUNT, invoice, payment
from sandbox.drill.story import Alert, Case, Story

MAPPING, PLATFORM = "mapping", "platform"
TAXED = "sales tax"
_RATE = Decimal("0.08")
_CENT = Decimal("0.01")


def _taxing(books: Books, name: str) -> None:
    """QuickBooks reckons the sales tax itself, and the firm keeps a service for rounding."""
    books.http.post(f"{books.control_url}/switches", {"automated_tax_ignores_sent": True})
    books.act("set_preference", data={"TaxPrefs.PartnerTaxEnabled": True})
    account = {"value": books.find("Account", SALES_ACCOUNT)["Id"]}
    books.typed_in("Item", Name=name, Type="Service", IncomeAccountRef=account)
    wait_until(lambda: _chosen(books, name), 30, f"the bot does not know the item {name}")


def _chosen(books: Books, name: str) -> bool:
    """The firm lets the bot round up to five cents, once it knows the item."""
    with suppress(DemoError):
        books.app("rounding", "--company", books.name, "--item", name, "--up-to", "0.05")
        return True
    return False


def _taxed(order: Json, off: Decimal) -> Json:
    """The order with a sales tax that is so much off the one QuickBooks will reckon."""
    lines = [Decimal(line["amount"]) for line in order["lines"]]
    theirs = sum(((one * _RATE).quantize(_CENT) for one in lines), Decimal(0))
    tax = theirs + off
    return {**order, "tax_total": str(tax), "total": str(sum(lines, tax))}


def _off_by(cents: int) -> Callable[[Books, Random], Case]:
    """The shop's tax is off by this; with a limit of five cents more is asked about."""

    def make(books: Books, rng: Random) -> Case:
        price = f"{rng.randint(60, 240)}.{rng.choice(('00', '49', '99'))}"
        buyer, goods = books.buyer(rng), {**books.goods(rng), "price": price}
        off = Decimal(cents) / 100 * rng.choice((1, -1) if cents < 100 else (-1,))
        order = _taxed(books.order(rng, buyer, [goods]), off)
        paid = payment(f"pay-{order['number']}", books.today(), order)
        service = f"Rounding {books.names.number(rng)}"

        def right() -> str:
            return books.posted(order) or books.paid(paid) or _balanced(books, order, off)

        alert = Alert("tax_currency", order["number"], button="rounding_line")
        return Case(
            lambda: books.hand_in(order, paid),
            right,
            alert if cents > 5 else None,
            (buyer, goods),
            earlier=lambda: _taxing(books, service),
            totals={order["number"]: order["total"]},
        )

    return make


def _balanced(books: Books, order: Json, off: Decimal) -> str:
    """Nothing is open, and the tax is the one QuickBooks reckoned."""
    row = books.find("Invoice", order["number"])
    if row["Balance"]:
        return f"invoice {order['number']} has {row['Balance']} open"
    tax, wanted = Decimal(str(row["TxnTaxDetail"]["TotalTax"])), Decimal(order["tax_total"]) - off
    return "" if tax == wanted else f"invoice {order['number']} shows a tax of {tax}, not {wanted}"


def _came_back(*, whole: bool) -> Callable[[Books, Random], Case]:
    """A part of a paid order came back, or all of it: a credit of its own, the invoice stays."""

    def make(books: Books, rng: Random) -> Case:
        buyer, goods = books.buyer(rng), books.goods(rng)
        key, price = goods["external_id"], goods["price"]
        pieces = rng.randint(3, 6)
        left = 0 if whole else rng.randint(1, pieces - 1)
        number, day = f"SO-{books.names.number(rng)}", books.today() - timedelta(days=6)
        order = invoice(number, day, buyer["external_id"], [(key, pieces, price)])
        paid = payment(f"pay-{number}", books.today() - timedelta(days=5), order)
        lines = [(key, left, price)] if left else []
        smaller = invoice(number, day, buyer["external_id"], lines)
        returned_on = books.today() - timedelta(days=rng.randint(1, 3))
        smaller |= {"version": f"{returned_on.isoformat()}T18:00:00Z"}
        back = Decimal(price) * (pieces - left)

        def right() -> str:
            rows = [
                (row["TxnDate"], Decimal(str(row["TotalAmt"])))
                for row in books.all("CreditMemo")
                if not row["_deleted"] and row["CustomerRef"]["name"] == buyer["name"]
            ]
            if rows != [(returned_on.isoformat(), back)]:
                return f"credits {rows}, not one of {returned_on} over {back}"
            return books.posted(order) or books.paid(paid)

        return Case(
            lambda: books.hand_in(smaller),
            right,
            Alert("tax_currency", number, button="credit_difference"),
            (buyer, goods, order, paid),
            totals={number: order["total"]},
        )

    return make


STORIES: tuple[Story, ...] = (
    Story(48, MAPPING, "a cent of QuickBooks' own sales tax", _off_by(1), TAXED),
    Story(48, MAPPING, "a few dollars of QuickBooks' own sales tax", _off_by(317), TAXED),
    Story(59, PLATFORM, "a part of a paid order came back", _came_back(whole=False)),
    Story(59, PLATFORM, "a paid order was cancelled", _came_back(whole=True)),
)
