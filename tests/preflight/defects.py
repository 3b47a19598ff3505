"""Everything that may be wrong with a posting, each as a way to make one record wrong."""

from collections.abc import Callable
from random import Random

from tests.preflight import entries
from tests.preflight.entries import money
from tests.preflight.model import Defect, Draft, Json, Maker
from tests.preflight.world import World

LATE, EARLY = "2026-11-12", "2026-05-20"

# --- records without a defect --------------------------------------------------------------------


def _key(world: World, kind: str) -> str:
    return f"{kind[0]}{world.next(kind)}"


def party(world: World, kind: str, **more) -> Json:
    """A customer or vendor nobody has heard of."""
    key = _key(world, kind)
    return {"type": kind, "external_id": key, "name": f"New {kind} {key} Ltd", **more}


def item(world: World, **more) -> Json:
    """A new item."""
    key = _key(world, "item_")
    return {"type": "item", "external_id": key, "name": f"New Thing {key}", "price": "10.00",
            "income_account": world.one("income"), **more}  # fmt: skip


def _code(world: World) -> Json:
    return {} if world.country == "US" else {"tax_code": world.ids["code"][0]}


def invoice(world: World, rng: Random, **more) -> Json:
    """A sale of some lines."""
    key = _key(world, "sale")
    lines, total = [], 0
    for _ in range(rng.randint(1, 4)):
        quantity, cents = rng.randint(1, 9), rng.randint(1, 99_999)
        total += quantity * cents
        lines.append({"item": f"item{rng.randint(0, 3)}", "quantity": quantity,
                      "unit_price": money(cents), "amount": money(quantity * cents),
                      **_code(world)})  # fmt: skip
    tax = rng.choice((0, 0, rng.randint(1, 5000)))
    return {"type": "invoice", "external_id": key, "number": f"N{key}", "date": LATE,
            "customer": f"customer{rng.randint(0, 5)}", "lines": lines, "tax_total": money(tax),
            "total": money(total + tax), **more}  # fmt: skip


def payment(world: World, rng: Random, invoice: str = "open", **more) -> Json:
    """Money of the first customer for an invoice of theirs."""
    paid = money(rng.randint(1, 2000))
    return {"type": "payment", "external_id": _key(world, "payment"), "date": LATE,
            "customer": "customer0", "amount": paid,
            "applies_to": [{"invoice": invoice, "amount": paid}], **more}  # fmt: skip


def bill(world: World, rng: Random, **more) -> Json:
    """A bill of one or two lines."""
    key = _key(world, "bill")
    parts = [rng.randint(1, 99_999) for _ in range(rng.randint(1, 2))]
    lines = [{"account": world.one("expense"), "amount": money(one), **_code(world)}
             for one in parts]  # fmt: skip
    return {"type": "bill", "external_id": key, "number": f"B{key}", "date": LATE,
            "vendor": f"vendor{rng.randint(0, 5)}", "lines": lines,
            "total": money(sum(parts)), **more}  # fmt: skip


def clean(world: World, rng: Random) -> Draft:
    """Nothing is wrong, though some of it is right at a border."""
    return Draft(rng.choice((*_CLEAN, *entries.GOOD))(world, rng))


_CLEAN: tuple[Callable[[World, Random], Json], ...] = (
    lambda w, r: invoice(w, r),
    lambda w, r: invoice(w, r, memo="m" * r.choice((10, 3000)), email="a@b.example"),
    lambda w, r: invoice(w, r, number=f"{w.next('long'):021d}"),
    lambda w, r: invoice(w, r, date="2026-04-01"),
    lambda w, r: _described(invoice(w, r), "d" * 4000),
    lambda w, r: _rounded(w, r, up=True),
    lambda w, r: payment(w, r),
    lambda w, r: payment(w, r, invoice="below_open"),
    lambda w, r: payment(w, r, applies_to=[], reference="r" * r.randint(1, 40)),
    lambda w, r: bill(w, r),
    lambda w, r: bill(w, r, number=f"{w.next('long bill'):021d}"),
    lambda w, r: bill(w, r, date="2026-04-01"),
    lambda w, r: item(w, sku="s" * 100, description="d" * 4000),
    lambda w, r: item(w, name=f"{w.next('wide'):0100d}"),
    lambda w, r: party(w, "customer", email="a@b.example; c@d.example", phone="1" * 30),
    lambda w, r: party(w, "customer", company="c" * 100, given_name="g" * 100),
    lambda w, r: party(w, "customer", name=f"{w.next('wide name'):0100d}"),
    lambda w, r: party(w, "vendor", notes="n" * 1900, billing_address={"street": "s" * 500}),
    lambda w, r: party(w, "vendor", name=f'Ampersand & Sons #{w.next("marks")} / "Best"'),
)


def _described(record: Json, text: str) -> Json:
    record["lines"][-1]["description"] = text
    return record


def _rounded(world: World, rng: Random, *, up: bool) -> Json:
    """Half a cent, which the source rounds up or down."""
    half = 5 + 10 * rng.randint(1, 500)  # 0.005, 0.015 … a piece
    exact = 3 * half
    cents = (exact + 5) // 10 if up else exact // 10
    line = {"item": "item0", "quantity": 3, "unit_price": f"{half / 1000:.3f}",
            "amount": money(cents), **_code(world)}  # fmt: skip
    return invoice(world, rng, lines=[line], tax_total="0.00", total=money(cents))


# --- what is wrong -------------------------------------------------------------------------------


def _party(kind: str = "", **wrong) -> Maker:
    return lambda w, r: Draft(
        party(w, kind or r.choice(("customer", "vendor")), **{k: v(w, r) for k, v in wrong.items()})
    )


def _item(**wrong) -> Maker:
    return lambda w, r: Draft(item(w, **{k: v(w, r) for k, v in wrong.items()}))


def _any_document(**wrong) -> Maker:
    return lambda w, r: Draft(
        r.choice((invoice, bill))(w, r, **{k: v(w, r) for k, v in wrong.items()})
    )


def _document(make: Callable[..., Json], **wrong) -> Maker:
    return lambda w, r: Draft(make(w, r, **{k: v(w, r) for k, v in wrong.items()}))


def _text(length: int, mark: str = "x"):
    return lambda w, r: mark * length


def _said(text: str):
    return lambda w, r: text


def _spoiled(make: Callable[..., Json], change: Callable[[World, Json], None]) -> Maker:
    def made(world: World, rng: Random) -> Draft:
        return Draft(make(world, rng), lambda payload: change(world, payload))

    return made


def _refer(field: str, what: str) -> Callable[[World, Json], None]:
    return lambda world, payload: payload.update({field: {"value": world.one(what)}})


def _line_refers(field: str, what: str) -> Callable[[World, Json], None]:
    def change(world: World, payload: Json) -> None:
        for line in payload["Line"]:
            detail = line.get("SalesItemLineDetail") or line["AccountBasedExpenseLineDetail"]
            detail[field] = {"value": world.one(what)}

    return change


def _foreign(world: World) -> bool:
    return world.several_currencies


def _home_only(world: World) -> bool:
    return not world.several_currencies


def _us(world: World) -> bool:
    return world.country == "US"


def _taxed(world: World) -> bool:
    return world.country != "US"


def _no_code(_world: World, payload: Json) -> None:
    for line in payload["Line"]:
        detail = line.get("SalesItemLineDetail") or line["AccountBasedExpenseLineDetail"]
        detail.pop("TaxCodeRef", None)


def _foreign_code(world: World, payload: Json) -> None:
    payload["Line"][0]["SalesItemLineDetail"]["TaxCodeRef"] = {"value": "CustomSalesTax"}


def _before_stock(world: World, payload: Json) -> None:
    _line_refers("ItemRef", "stock")(world, payload)
    payload["TxnDate"] = EARLY


def _without(field: str) -> Callable[[World, Json], None]:
    return lambda world, payload: payload.pop(field)


def _spelt(world: World, rng: Random, name: str) -> str:
    return rng.choice((name, name.upper(), name.lower()))


DEFECTS: tuple[Defect, ...] = (
    Defect("name of 501 characters", _party(name=_text(501))),
    Defect(
        "name of more than 100",
        _party(name=lambda w, r: f"{w.next('wide'):0{r.randint(101, 500)}d}"),
    ),
    Defect("colon in a name", _party(name=_said("North: Harbor"))),
    Defect("tab in a name", _party(name=_said("North\tHarbor"))),
    Defect("line break in a name", _party(name=_said("North\nHarbor"))),
    Defect("first name of 101", _party(given_name=_text(101))),
    Defect("colon in a first name", _party(given_name=_said("J:"))),
    Defect("last name of 101", _party(family_name=_text(101))),
    Defect("tab in a last name", _party(family_name=_said("D\toe"))),
    Defect("company name of 101", _party(company=_text(101))),
    Defect("e-mail of 101", _party(email=lambda w, r: "e" * 89 + "@mail.example")),
    Defect("e-mail without @", _party(email=_said("jane.example.com"))),
    Defect("e-mail without a dot", _party(email=_said("jane@localhost"))),
    Defect("second e-mail wrong", _party(email=_said("a@b.example, jane"))),
    Defect("phone of 31", _party(phone=_text(31, "5"))),
    Defect("street of 501", _party(billing_address=lambda w, r: {"street": "s" * 501})),
    Defect("city of 256", _party(billing_address=lambda w, r: {"city": "s" * 256})),
    Defect("state of 256", _party(billing_address=lambda w, r: {"state": "s" * 256})),
    Defect("postal code of 31", _party(billing_address=lambda w, r: {"postal_code": "1" * 31})),
    Defect("country of 256", _party(billing_address=lambda w, r: {"country": "s" * 256})),
    Defect("notes of 2001", _party("customer", notes=_text(2001))),
    Defect("name of a customer", _party(name=lambda w, r: _spelt(w, r, "Buyer 1"))),
    Defect("name of a vendor", _party(name=lambda w, r: _spelt(w, r, "Seller 2"))),
    Defect("name of an employee", _party(name=lambda w, r: _spelt(w, r, "Emma Ployee"))),
    Defect("name of an inactive one", _party(name=_said("Gone Name"))),
    Defect("name but for a blank", _party(name=_said("Two Blanks"))),
    Defect("currency, but one only", _party(currency=_said("EUR")), _home_only),
    Defect("item name of 101", _item(name=_text(101))),
    Defect("colon in an item name", _item(name=_said("Mug: blue"))),
    Defect("quote in an item name", _item(name=_said('Mug 4"'))),
    Defect("SKU of 101", _item(sku=_text(101))),
    Defect("item description of 4001", _item(description=_text(4001))),
    Defect("name of an item", _item(name=lambda w, r: _spelt(w, r, "Mug 2"))),
    Defect("name of an inactive item", _item(name=_said("Gone Name"))),
    Defect(
        "income to an expense account",
        _spoiled(lambda w, r: item(w), _refer("IncomeAccountRef", "expense")),
    ),
    Defect("item without account", _spoiled(lambda w, r: item(w), _without("IncomeAccountRef"))),
    Defect(
        "item on an inactive account",
        _spoiled(lambda w, r: item(w), _refer("IncomeAccountRef", "gone_account")),
    ),
    Defect("number of 22", _any_document(number=lambda w, r: f"{w.next('x'):022d}")),
    Defect("memo of 4001", _any_document(memo=_text(4001))),
    Defect(
        "line text of 4001",
        lambda w, r: Draft(_described(r.choice((invoice, bill))(w, r), "d" * 4001)),
    ),
    Defect("invoice e-mail wrong", _document(invoice, email=_said("jane@"))),
    Defect(
        "invoice e-mail of 101", _document(invoice, email=lambda w, r: "e" * 89 + "@mail.example")
    ),
    Defect("inactive customer", _spoiled(invoice, _refer("CustomerRef", "gone_customer"))),
    Defect("inactive item", _spoiled(invoice, _line_refers("ItemRef", "gone_item"))),
    Defect("category as item", _spoiled(invoice, _line_refers("ItemRef", "category"))),
    Defect("before the stock was counted", _spoiled(invoice, _before_stock)),
    Defect("inactive class", _spoiled(invoice, _line_refers("ClassRef", "gone_class"))),
    Defect("inactive location", _spoiled(invoice, _refer("DepartmentRef", "gone_place"))),
    Defect("no customer", _spoiled(invoice, _without("CustomerRef"))),
    Defect("no line", _spoiled(invoice, _without("Line"))),
    Defect("number of an invoice", _document(invoice, number=lambda w, r: _spelt(w, r, "USED-1"))),
    Defect("number of a credit memo", _document(invoice, number=_said("CREDIT-1"))),
    Defect("half a cent rounded down", lambda w, r: Draft(_rounded(w, r, up=False))),
    Defect("tax code of another country", _spoiled(invoice, _foreign_code), _us),
    Defect("sale without tax code", _spoiled(invoice, _no_code), _taxed),
    Defect("bill without tax code", _spoiled(bill, _no_code), _taxed),
    Defect(
        "payment of an inactive customer",
        _spoiled(lambda w, r: payment(w, r, applies_to=[]), _refer("CustomerRef", "gone_customer")),
    ),
    Defect("payment of another's invoice", _document(payment, invoice=_said("others"))),
    Defect(
        "payment of more than is open",
        _document(
            payment,
            amount=_said("900.00"),
            applies_to=lambda w, r: [{"invoice": "small", "amount": "10.01"}],
        ),
    ),
    Defect("payment of a paid invoice", _document(payment, invoice=_said("paid"))),
    Defect("payment of a voided invoice", _document(payment, invoice=_said("void"))),
    Defect("payment memo of 4001", _document(payment, memo=_text(4001))),
    Defect("inactive vendor", _spoiled(bill, _refer("VendorRef", "gone_vendor"))),
    Defect("inactive account", _spoiled(bill, _line_refers("AccountRef", "gone_account"))),
    Defect("receivables on a line", _spoiled(bill, _line_refers("AccountRef", "receivable"))),
    Defect("payables of another kind", _spoiled(bill, _refer("APAccountRef", "expense"))),
    Defect(
        "bill number of this vendor",
        _document(bill, number=_said("BILL-1"), vendor=_said("vendor0")),
    ),
    Defect(
        "bill number of another vendor",
        _document(bill, number=_said("BILL-1"), vendor=_said("vendor2")),
    ),
    Defect("no vendor", _spoiled(bill, _without("VendorRef"))),
    Defect("sale of a closed day", _document(invoice, date=_said("2026-03-31"))),
    Defect("payment of a closed day", _document(payment, date=_said("2026-03-31"))),
    Defect("bill of a closed day", _document(bill, date=_said("2026-01-15"))),
    *entries.DEFECTS,
)
# Those whose truth is open: their first answers teach it.
LESSONS = (
    "name of more than 100",
    "name of an inactive one",
    "name of an inactive item",
    "name but for a blank",
    "number of an invoice",
    "number of a credit memo",
    "bill number of this vendor",
    "bill number of another vendor",
    "half a cent rounded down",
    *entries.LESSONS,
)
