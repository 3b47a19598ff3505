"""Records drawn at random, of every type: what the bot takes in, QuickBooks takes as well."""

import itertools
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sync.reading import as_payload, parse_record, stored_record
from tests.sync.kinds import PARTIES

CENT = Decimal("0.01")
NUMBERS = itertools.count(1)
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 éüñßøŁ&'’-.,()#%+"
WORDS = st.text(LETTERS, min_size=1, max_size=40).map(str.strip).filter(bool)
AMOUNTS = st.integers(1, 5_000_000).map(lambda number: Decimal(number) / 100)
DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(lambda day: day.isoformat())
# Names that differ in a number only are asked about: these differ in letters.
SPELT = str.maketrans("0123456789", "qwertzuiop")
COSTS = ("a1", "Office Expenses", "Automobile:Fuel", "31")


def fresh(kind):
    """An external id and a number nobody has."""
    number = next(NUMBERS)
    return {"type": kind, "external_id": f"{kind}-{number}", "number": f"N{number}"}


def maybe(draw, record, **strategies):
    """Add some of these keys."""
    for key, values in strategies.items():
        if draw(st.booleans()):
            record[key] = draw(values)
    return record


@st.composite
def sold(draw):
    """One line of a sale."""
    quantity = Decimal(draw(st.integers(1, 2000))) / draw(st.sampled_from([1, 1, 4, 10]))
    price = draw(st.integers(1, 100_000)) / Decimal(100)
    amount = (quantity * price).quantize(CENT, ROUND_HALF_UP)
    line = {"quantity": str(quantity), "unit_price": str(price), "amount": str(amount)}
    line["item" if draw(st.booleans()) else "sku"] = ""
    line = {key: value or {"item": "i1", "sku": "MUG-1"}[key] for key, value in line.items()}
    extra = {"description": WORDS, "class": st.sampled_from(["k1", "Shop"])}
    return maybe(draw, line, **extra, tax_code=st.sampled_from(["TAX", "NON"]))


@st.composite
def bought(draw):
    """One line of a purchase."""
    line = {"account": draw(st.sampled_from(COSTS)), "amount": str(draw(AMOUNTS))}
    return maybe(draw, line, description=WORDS, **{"class": st.just("k1")})


def total(lines, tax=Decimal(0)):
    """The sum a record states."""
    return str(sum((Decimal(line["amount"]) for line in lines), tax))


@st.composite
def sales(draw, kind):
    """A sale, or what undoes one."""
    lines = draw(st.lists(sold(), min_size=1, max_size=4))
    tax = draw(st.integers(0, 5000)) / Decimal(100)
    record = {**fresh(kind), "date": draw(DAYS), "lines": lines}
    record |= {"tax_total": str(tax), "total": total(lines, tax)}
    if kind in ("invoice", "credit_memo") or draw(st.booleans()):
        record["customer"] = "c1"
    if kind == "refund":
        record["paid_from"] = draw(st.sampled_from(["Checking", "Undeposited Funds", "8"]))
    if kind in ("refund", "sales_receipt"):
        maybe(draw, record, reference=WORDS, method=WORDS)
    return maybe(draw, record, memo=WORDS, location=st.sampled_from(["l1", "Main Street"]))


@st.composite
def purchases(draw, kind):
    """A bill, a vendor's credit or an expense."""
    lines = draw(st.lists(bought(), min_size=1, max_size=4))
    record = {**fresh(kind), "date": draw(DAYS), "lines": lines, "total": total(lines)}
    if kind != "expense":
        return maybe(draw, {**record, "vendor": "v1"}, memo=WORDS, location=st.just("l1"))
    paid = draw(st.sampled_from(["cash", "check", "card"]))
    record |= {"payment_type": paid, "paid_from": "Mastercard" if paid == "card" else "Checking"}
    return maybe(draw, record, vendor=st.just("v1"), memo=WORDS, location=st.just("l1"))


@st.composite
def journal(draw):
    """Debits and credits that balance."""
    amounts = draw(st.lists(AMOUNTS, min_size=1, max_size=4))
    lines = [{"account": draw(st.sampled_from(COSTS)), "debit": str(one)} for one in amounts]
    rest = [{"account": "Checking", "credit": str(sum(amounts))}]
    if draw(st.booleans()):
        rest = [{**rest[0], "account": "Accounts Receivable (A/R)", "customer": "c1"}]
    lines = [maybe(draw, line, description=WORDS) for line in (*lines, *rest)]
    return maybe(draw, {**fresh("journal_entry"), "date": draw(DAYS), "lines": lines}, memo=WORDS)


@st.composite
def deposited(draw):
    """A deposit of a sale, with fees."""
    sale = draw(sales("sales_receipt"))
    lines = [{"sales_receipt": sale["external_id"], "amount": sale["total"]}]
    fee = min(draw(AMOUNTS), Decimal(sale["total"]))
    lines.append({"account": "Merchant Fees", "amount": str(-fee)})
    record = {**fresh("deposit"), "date": draw(DAYS), "deposit_to": "Checking", "lines": lines}
    return [sale, {**record, "total": total(lines)}]


@st.composite
def paid(draw):
    """An invoice and its payment, or a bill and its payment."""
    if draw(st.booleans()):
        sale = draw(sales("invoice"))
        part = {"invoice": sale["external_id"], "amount": sale["total"]}
        record = {**fresh("payment"), "date": draw(DAYS), "customer": "c1"}
        del record["number"]
        return [sale, {**record, "amount": sale["total"], "applies_to": [part]}]
    bill = draw(purchases("bill"))
    part = {"bill": bill["external_id"], "amount": bill["total"]}
    record = {**fresh("bill_payment"), "date": draw(DAYS), "vendor": "v1"}
    record |= {"payment_type": "check", "paid_from": "Checking", "amount": bill["total"]}
    return [bill, {**record, "applies_to": [part]}]


@st.composite
def listed(draw):
    """A record of a list; its name is nobody's."""
    kind = draw(st.sampled_from(["customer", "vendor", "item", "account", "class", "location"]))
    record = fresh(kind)
    record["name"] = f"Entry {record.pop('number').translate(SPELT)}"
    parents = {"customer": "c1", "account": "a1", "class": "k1", "location": "l1"}
    if kind == "account":
        record["account_type"] = "Expense"
    if kind in parents:
        maybe(draw, record, parent=st.just(parents[kind]))
    return [record]


ONE = st.one_of(
    *(sales(kind).map(lambda one: [one]) for kind in ("invoice", "sales_receipt")),
    *(sales(kind).map(lambda one: [one]) for kind in ("credit_memo", "refund")),
    *(purchases(kind).map(lambda one: [one]) for kind in ("bill", "vendor_credit", "expense")),
    journal().map(lambda one: [one]),
    deposited(),
    paid(),
    listed(),
)


def check(shop, groups):
    """Hand over and post; everything is taken, in the amounts that were handed over."""
    records = [record for group in groups for record in group]
    for record in records:
        model = parse_record(record)
        assert stored_record(as_payload(model)) == model
    shop.hand_over(*records)
    shop.push_all()
    open_ones = [
        (record, shop.holds(record["type"], record["external_id"]))
        for record in records
        if shop.state(record["type"], record["external_id"]) != "posted"
    ]
    assert open_ones == []
    # A total that QuickBooks made different would stand here.
    assert shop.holds() == []


def run(shop, examples):
    """Draw so many batches for one company."""
    shop.hand_over(*PARTIES)
    shop.push_all()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(ONE, min_size=1, max_size=8))
    def draw(groups):
        check(shop, groups)

    draw()


def test_what_is_taken_in_is_taken_by_quickbooks(shop):
    """A few batches of every type."""
    run(shop, 6)


@pytest.mark.long
def test_what_is_taken_in_is_taken_by_quickbooks_over_and_over(shop):
    """Hundreds of records."""
    run(shop, 120)
