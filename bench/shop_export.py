"""Writes a web shop's CSV export, the same one for the same seed, with the mess real ones have.

`python -m bench.shop_export --rows 2000 --seed 7 > shop.csv`. It needs nothing of the bot; the demo
uses it too.
"""

import argparse
import csv
import io
import random
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sandbox.quiet_end import quietly

COLUMNS = (
    "Record",
    "Customer ID",
    "Name",
    "Company",
    "Email",
    "Phone",
    "Street",
    "City",
    "State",
    "Zip",
    "Notes",
    "Item ID",
    "SKU",
    "Description",
    "Order",
    "Date",
    "Qty",
    "Price",
    "Amount",
    "Tax",
    "Total",
    "Payment ID",
    "Method",
    "Reference",
)
GIVEN = (
    *("Amelia", "André", "Beatriz", "Björn", "Carlos", "Chloé", "Dmitri", "Elena", "Fatima"),
    *("François", "Grace", "Håkon", "Ingrid", "Jamal", "José", "Katarzyna", "Liam", "Mónica"),
    *("Nadia", "Oluwaseun", "Priya", "Quentin", "Renée", "Søren", "Tomáš", "Uma", "Věra"),
    *("William", "Xiomara", "Yusuf", "Zoë", "Margaret", "Dana", "Samuel"),
)
FAMILY = (
    *("Abbott", "Ångström", "Bergström", "Castañeda", "Delacroix", "Echeverría", "Fitzgerald"),
    *("García", "Hernández", "Iñárritu", "Johansson", "Kowalczyk", "Lefèvre", "MacDonald"),
    *("Müller", "Nakamura", "O'Brien", "Papadopoulos", "Quiñones", "Rodríguez", "Šimánek"),
    *("Thorvaldsen", "Underhill", "Vasquez", "Whitfield", "Yamamoto", "Zielińska", "Ochoa"),
)
TRADES = ("Bakery", "Books", "Cycles", "Dental", "Electric", "Florist", "Garage", "Kitchens")
FIRMS = ("Blue Heron", "Copper Kettle", "Dos Amigos", "Elm & Oak", "Fox #7", "Grüne Wiese")
ADJECTIVES = ("Amber", "Brushed", "Coral", "Double", "Enamel", "Folding", "Granite", "Heavy")
NOUNS = ("Mug", "Lamp", "Café Chair", "Basket", "Apron", "Kettle", "Rug", "Vase", "Tray", "Clock")
CITIES = (
    ("Portland", "ME", "04101"),
    ("San José", "CA", "95112"),
    ("Española", "NM", "87532"),
    ("Duluth", "MN", "55802"),
)
STREETS = ("Elm St", "Ocean View Road", "5th Ave.", "Calle Mayor", "Maple Drive")
METHODS = ("Visa", "MasterCard", "PayPal", "Check", "Gift card")
_CENT = Decimal("0.01")
_TAX = Decimal("0.0825")
_LATEST = date(2026, 11, 21)


@dataclass(frozen=True)
class Truth:
    """What a reader of the export must find.

    Counts are of good records; `bad_lines` are those whose row (or whole order) is refused,
    `repeated_lines` say again what an earlier line said, `repaired_lines` hold a wrong encoding.
    """

    rows: int
    customers: int
    items: int
    invoices: int
    payments: int
    invoice_total: Decimal
    payment_total: Decimal
    bad_lines: tuple[int, ...]
    bad_orders: tuple[str, ...]
    repeated_lines: tuple[int, ...]
    repaired_lines: tuple[int, ...]

    @property
    def good(self) -> int:
        """How many records can be taken in."""
        return self.customers + self.items + self.invoices + self.payments


@dataclass(frozen=True)
class Export:
    """The file and what is true about it."""

    data: bytes
    truth: Truth


@dataclass
class _Writer:
    """Collects the rows, counting the physical lines."""

    rng: random.Random
    data: bytearray = field(default_factory=bytearray)
    line: int = 1
    rows: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    sums: dict[str, Decimal] = field(default_factory=dict)
    bad: list[int] = field(default_factory=list)
    bad_orders: list[str] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    repaired: list[int] = field(default_factory=list)

    def text(self, cells: Mapping[str, str]) -> str:
        """One row as CSV, without its line end."""
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow([cells.get(name, "") for name in COLUMNS])
        return out.getvalue()

    def put(self, text: str, encoding: str = "utf-8") -> int:
        """Write a row and return the line it starts on."""
        started = self.line
        # Most tools end lines as Windows does; a few rows were edited elsewhere.
        end = "\n" if self.rng.random() < 0.03 else "\r\n"
        self.data += text.encode(encoding) + end.encode()
        self.line += text.count("\n") + 1
        self.rows += 1
        return started

    def good(self, kind: str, cells: Mapping[str, str], amount: Decimal | None = None) -> int:
        """Write a row that makes a record."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if amount is not None:
            self.sums[kind] = self.sums.get(kind, Decimal("0.00")) + amount
        return self.put(self.text(cells))


def make_export(rows: int = 2000, seed: int = 7, *, mess: bool = True) -> bytes:
    """Return an export of about `rows` rows; the same arguments give the same bytes."""
    return build_export(rows, seed, mess=mess).data


def build_export(rows: int = 2000, seed: int = 7, *, mess: bool = True) -> Export:
    """Return an export of at least `rows` rows with its truth. `mess` False leaves out what is bad.

    Customers and items come first, then orders with their lines and payments.
    """
    rng = random.Random(f"shop-export-{seed}")
    writer = _Writer(rng)
    writer.data += b"\xef\xbb\xbf"
    writer.put(",".join(COLUMNS))
    writer.rows = 0
    customers = list(_customers(rng, max(6, rows // 7)))
    for position, cells in enumerate(customers):
        writer.good("customer", cells)
        if mess and position in _MESS_AT:
            _mess(writer, _MESS_AT[position], cells)
    items = list(_items(rng, max(5, min(rows // 25, len(ADJECTIVES) * len(NOUNS)))))
    for cells in items:
        writer.good("item", cells)
    number = 1000
    while writer.rows < rows:
        number += 1
        broken = mess and number in (1007, 1023)
        _order(writer, str(number), rng.choice(customers), items, broken=broken)
    return Export(bytes(writer.data), _truth(writer))


def _truth(writer: _Writer) -> Truth:
    count = writer.counts.get
    return Truth(
        rows=writer.rows,
        customers=count("customer", 0),
        items=count("item", 0),
        invoices=count("invoice", 0),
        payments=count("payment", 0),
        invoice_total=writer.sums.get("invoice", Decimal("0.00")),
        payment_total=writer.sums.get("payment", Decimal("0.00")),
        bad_lines=tuple(writer.bad),
        bad_orders=tuple(writer.bad_orders),
        repeated_lines=tuple(writer.repeated),
        repaired_lines=tuple(writer.repaired),
    )


# After which customer which mess stands.
_MESS_AT = {0: "legacy", 1: "cut", 2: "repeat", 3: "quote", 4: "garbled", 5: "control"}


def _mess(writer: _Writer, what: str, last: Mapping[str, str]) -> None:
    """Write one row of the kind that spoils real exports."""
    if what == "repeat":
        writer.repeated.append(writer.put(writer.text(last)))
        return
    name = {"legacy": "Zoé Béranger", "garbled": "Jörg Weiß"}.get(what, "Nobody Atall")
    row = writer.text({"Record": "customer", "Customer ID": f"m-{what}", "Name": name})
    if what == "legacy":
        writer.counts["customer"] += 1
        writer.repaired.append(writer.put(row, "cp1252"))
    elif what == "garbled":
        writer.counts["customer"] += 1
        twice = row.encode("utf-8").decode("cp1252")
        writer.repaired.append(writer.put(twice))
    elif what == "cut":
        writer.bad.append(writer.put(row[: len(row) - 9]))
    elif what == "quote":
        writer.bad.append(writer.put(row.replace(name, f'"{name}')))
    else:
        writer.bad.append(writer.put(row.replace(name, "Null\x00Byte")))


def _customers(rng: random.Random, count: int) -> Iterator[dict[str, str]]:
    pairs = [(given, family) for family in FAMILY for given in GIVEN]
    rng.shuffle(pairs)
    for position in range(count):
        given, family = pairs[position % len(pairs)]
        round_ = position // len(pairs)
        name = _spelled(rng, given, family) + (f" {round_ + 1}" if round_ else "")
        city, state, postal_code = rng.choice(CITIES)
        cells = {
            "Record": "customer",
            "Customer ID": f"c{position + 1:05d}",
            "Name": name,
            "Email": f"{_ascii(given)}.{_ascii(family)}{position}@example.com",
            "Phone": f"({200 + position % 700}) 555-{1000 + position:04d}",
            "Street": f"{10 + position} {rng.choice(STREETS)}",
            "City": city,
            "State": state,
            "Zip": postal_code,
        }
        if rng.random() < 0.12:
            cells["Company"] = f"{rng.choice(FIRMS)} {rng.choice(TRADES)}"
        if rng.random() < 0.04:
            cells["Notes"] = 'Wants invoices "by post",\nplease ring twice'
        for name_of_cell in ("Phone", "Street", "State"):
            if rng.random() < 0.08:
                cells[name_of_cell] = ""
        yield cells


def _spelled(rng: random.Random, given: str, family: str) -> str:
    """A name as people type it: mostly plain, now and then an initial or two blanks."""
    chance = rng.random()
    if chance < 0.06:
        return f"{given}  {family}"
    if chance < 0.14:
        return f"{given} {rng.choice('ABEJKM')}. {family}"
    return f"{given} {family}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalnum())


def _items(rng: random.Random, count: int) -> Iterator[dict[str, str]]:
    names = [f"{adjective} {noun}" for noun in NOUNS for adjective in ADJECTIVES]
    rng.shuffle(names)
    forms = ("{0:04d}", "{1}-{0:03d}", "{1} {0:03d}/B", "{2}.{0}", "#{0}-{1}", "00{0}")
    for position, name in enumerate(names[:count]):
        short = _ascii(name)[:3].upper()
        price = Decimal(rng.randrange(250, 16_000) * (10 if position % 9 == 8 else 1)) / 100
        yield {
            "Record": "item",
            "Item ID": f"i{position + 1:04d}",
            "Name": name,
            "SKU": forms[position % len(forms)].format(position + 1, short, short.lower()),
            "Description": f"{name}, hand made" if position % 3 else "",
            "Price": _money(price, position),
        }


def _order(
    writer: _Writer,
    number: str,
    customer: Mapping[str, str],
    items: Sequence[Mapping[str, str]],
    *,
    broken: bool,
) -> None:
    rng = writer.rng
    day = _LATEST - timedelta(days=rng.randrange(0, 45))
    lines = [_line(rng, number, item) for item in rng.sample(items, rng.randint(1, 4))]
    net = sum((amount for _, amount in lines), Decimal("0.00"))
    tax = (net * _TAX).quantize(_CENT, ROUND_HALF_UP) if rng.random() < 0.7 else Decimal("0.00")
    total = net + tax
    header = {
        "Record": "order",
        "Customer ID": customer["Customer ID"],
        "Order": number,
        "Date": _day(rng, day),
        "Tax": _money(tax, int(number)) if tax else "",
        "Total": _money(total, int(number)),
    }
    if broken:
        _broken_order(writer, number, header, [cells for cells, _ in lines])
        return
    writer.good("invoice", header, total)
    for cells, _ in lines:
        writer.put(writer.text(cells))
    if rng.random() < 0.6:
        paid = {
            "Record": "payment",
            "Payment ID": f"p{number}",
            "Order": number,
            "Date": _day(rng, min(_LATEST, day + timedelta(days=rng.randrange(0, 9)))),
            "Amount": _money(total, int(number) + 1),
            "Method": rng.choice(METHODS),
            "Reference": f"ch_{rng.getrandbits(64):016x}",
        }
        writer.good("payment", paid, total)


def _broken_order(
    writer: _Writer, number: str, header: Mapping[str, str], lines: Sequence[dict[str, str]]
) -> None:
    """An order of which one line cannot be read: the whole order has to be refused."""
    writer.put(writer.text(header))
    for position, cells in enumerate(lines):
        if position:
            writer.put(writer.text(cells))
        else:
            writer.bad.append(writer.put(writer.text({**cells, "Price": "1.234,56"})))
    writer.bad_orders.append(number)


def _line(
    rng: random.Random, number: str, item: Mapping[str, str]
) -> tuple[dict[str, str], Decimal]:
    price = Decimal(item["Price"].replace("$", "").replace(",", ""))
    quantity = rng.randint(1, 6)
    amount = price * quantity
    cells = {
        "Record": "order line",
        "Order": number,
        "Item ID": item["Item ID"],
        "SKU": item["SKU"],
        "Description": item["Name"],
        "Qty": str(quantity),
        "Price": item["Price"],
        "Amount": _money(amount, quantity),
    }
    return cells, amount


def _money(amount: Decimal, form: int) -> str:
    """An amount as shops write it: plain, with a dollar sign, with thousands apart."""
    return f"${amount:,.2f}" if form % 3 == 0 else f"{amount:.2f}"


def _day(rng: random.Random, day: date) -> str:
    return day.isoformat() if rng.random() < 0.3 else f"{day.month:02d}/{day.day:02d}/{day.year}"


def main(argv: Sequence[str]) -> int:
    """Write the export to standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench.shop_export", description=__doc__)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args(argv)
    sys.stdout.buffer.write(make_export(options.rows, options.seed))
    return 0


if __name__ == "__main__":
    sys.exit(quietly(main))
