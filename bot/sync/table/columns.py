"""Which column is which: a forgiving table of header names, and what kind of rows a file has."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from bot.errors import BadInput


class RowKind(StrEnum):
    """What one row of an export stands for."""

    CUSTOMER = "customer"
    ITEM = "item"
    ORDER = "order"
    ORDER_LINE = "order line"
    PAYMENT = "payment"


# Column → the header names it goes by, folded: lower case, words separated by one blank.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "record": ("record", "record type", "row type", "record kind"),
    "id": ("id", "external id", "uid"),
    "customer": (
        "customer",
        "customer id",
        "customer number",
        "customer no",
        "customer external id",
        "cust id",
        "client id",
        "buyer id",
    ),
    "name": (
        "name",
        "customer name",
        "display name",
        "full name",
        "item name",
        "product name",
        "product",
        "title",
    ),
    "company": ("company", "company name", "organization", "organisation", "billing company"),
    "given_name": ("given name", "first name", "firstname", "given", "forename"),
    "family_name": ("family name", "last name", "lastname", "surname", "family"),
    "email": ("email", "e mail", "email address", "e mail address", "customer email"),
    "phone": ("phone", "phone number", "telephone", "tel", "mobile", "billing phone"),
    "street": (
        "street",
        "address",
        "address 1",
        "address line 1",
        "street address",
        "billing street",
        "billing address",
        "billing address 1",
    ),
    "street2": ("street 2", "address 2", "address line 2", "billing address 2", "apartment"),
    "city": ("city", "town", "billing city"),
    "state": ("state", "region", "province", "billing state", "billing province"),
    "postal_code": ("postal code", "zip", "zip code", "postcode", "postalcode", "billing zip"),
    "country": ("country", "billing country"),
    "notes": ("notes", "note", "comment", "comments"),
    "item": ("item", "item id", "product id", "variant id", "item number"),
    "sku": ("sku", "item sku", "product sku", "lineitem sku", "variant sku", "item code"),
    "description": ("description", "item description", "line description", "lineitem name"),
    "price": ("price", "unit price", "list price", "lineitem price", "variant price", "rate"),
    "kind": ("kind", "item type", "product type", "item kind"),
    "income_account": ("income account", "account", "sales account"),
    "order_id": ("order id", "order external id", "invoice id"),
    "order": (
        "order",
        "order number",
        "order no",
        "order name",
        "order #",
        "invoice",
        "invoice number",
        "invoice no",
        "invoice #",
        "number",
    ),
    "date": (
        "date",
        "order date",
        "invoice date",
        "payment date",
        "created at",
        "paid at",
        "created",
        "transaction date",
    ),
    "due_date": ("due date", "due", "due on", "payment due"),
    "quantity": ("quantity", "qty", "lineitem quantity", "units"),
    "amount": ("amount", "line amount", "line total", "payment amount", "amount paid"),
    "tax": ("tax", "tax total", "taxes", "sales tax", "tax amount", "total tax"),
    "total": ("total", "order total", "grand total", "invoice total", "total amount"),
    "memo": ("memo", "order note", "order notes", "message"),
    "payment": ("payment", "payment id", "payment number", "payment no"),
    "method": ("method", "payment method", "gateway", "paid by"),
    "reference": (
        "reference",
        "ref",
        "payment reference",
        "transaction id",
        "check number",
        "confirmation",
    ),
    "currency": ("currency", "currency code"),
    "location": ("location", "location code", "location name", "department", "warehouse"),
    "class": ("class", "class name", "line class"),
    "tax_code": ("tax code", "line tax code", "vat code", "gst code"),
    # Only so: "version" alone may be a property of a product.
    "version": ("record version",),
}
_COLUMN_OF = {alias: column for column, aliases in ALIASES.items() for alias in aliases}
# How people shorten the words of a header.
_SHORT = {
    **{"nr": "number", "num": "number", "nbr": "number", "amt": "amount", "cust": "customer"},
    **{"inv": "invoice", "desc": "description", "qnty": "quantity", "curr": "currency"},
    **{
        "dt": "date",
        "pmt": "payment",
        "prod": "product",
        "addr": "address",
        "descr": "description",
    },
}
LIKE_ENOUGH = 84.0
_ROW_WORDS: Mapping[str, RowKind] = {
    "customer": RowKind.CUSTOMER,
    "customers": RowKind.CUSTOMER,
    "client": RowKind.CUSTOMER,
    "item": RowKind.ITEM,
    "items": RowKind.ITEM,
    "product": RowKind.ITEM,
    "order": RowKind.ORDER,
    "orders": RowKind.ORDER,
    "invoice": RowKind.ORDER,
    "order line": RowKind.ORDER_LINE,
    "orderline": RowKind.ORDER_LINE,
    "line": RowKind.ORDER_LINE,
    "line item": RowKind.ORDER_LINE,
    "lineitem": RowKind.ORDER_LINE,
    "invoice line": RowKind.ORDER_LINE,
    "payment": RowKind.PAYMENT,
    "payments": RowKind.PAYMENT,
}


@dataclass(frozen=True)
class Guess:
    """What a column of a file may mean.

    `how`: "said" by a person, "known" by its name, "like" a known name (`column` is then only a
    proposal), or "" when nothing is known ("said" with no column: a person leaves it out).
    """

    header: str
    column: str
    how: str


@dataclass(frozen=True)
class Header:
    """Where each known column stands, and the kind of all rows unless each row says its own."""

    positions: Mapping[str, int]
    width: int
    kind: RowKind | None
    unknown: tuple[str, ...]


def fold(word: str) -> str:
    """Fold a header or a kind of row: case, underscores, dashes, dots and blanks do not count."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", word.strip().strip('"'))
    return " ".join(re.sub(r"[_\-./:]+", " ", spaced).split()).casefold()


def row_kind(word: str) -> RowKind | None:
    """Read the cell of the Record column."""
    return _ROW_WORDS.get(fold(word))


def read_header(cells: Sequence[str], chosen: Mapping[str, str] | None = None) -> Header | str:
    """Recognise the header line; a string says why it is none.

    `chosen`: what a person said, by folded header; "" leaves a column out.
    """
    positions: dict[str, int] = {}
    unknown: list[str] = []
    said = chosen or {}
    for position, cell in enumerate(cells):
        named = fold(cell)
        column = said[named] if named in said else known_column(cell)
        if not column:
            unknown += [cell.strip()] if cell.strip() else []
        elif column in positions:
            return f"two columns mean the same ({column.replace('_', ' ')}): {cell.strip()[:40]!r}"
        else:
            positions[column] = position
    if len(positions) < 2 or (len(positions) < len(unknown) and not said):
        return (
            "the first line does not name the columns; it must hold names such as Record, "
            "Customer ID, Name, Order, SKU, Quantity, Amount"
        )
    kind = None if "record" in positions else _kind_of_file(set(positions))
    if kind is None and "record" not in positions:
        return (
            "the columns do not tell what the rows are; add a column Record with "
            "customer, item, order, order line or payment"
        )
    return Header(positions, len(cells), kind, tuple(unknown))


def guess(cells: Sequence[str], chosen: Mapping[str, str]) -> list[Guess]:
    """What each named column may mean; what only looks like a known name is proposed once."""
    found: list[Guess] = []
    for cell in cells:
        named = fold(cell)
        if not named:
            continue
        if named in chosen:
            found.append(Guess(cell.strip(), chosen[named], "said"))
        else:
            known = known_column(cell) or ""
            found.append(Guess(cell.strip(), known, "known" if known else ""))
    taken = {one.column for one in found}
    for place, one in enumerate(found):
        near = "" if one.how else _like(one.header)
        if near and near not in taken:
            taken.add(near)
            found[place] = Guess(one.header, near, "like")
    return found


def _like(header: str) -> str:
    """The column whose name a header is nearly; "" for none."""
    words = " ".join(
        _SHORT.get(word, word) for word in re.sub(r"[^\w# ]", " ", fold(header)).split()
    )
    if words in _COLUMN_OF:
        return _COLUMN_OF[words]
    best = max(_COLUMN_OF, key=lambda alias: fuzz.ratio(words, alias))
    return _COLUMN_OF[best] if fuzz.ratio(words, best) >= LIKE_ENOUGH else ""


def column_named(word: str) -> str:
    """The column a person means: by its own name or by any of the known ones; "" for none.

    Raises BadInput.
    """
    if fold(word) in ("", "not used", "none", "skip"):
        return ""
    own = fold(word).replace(" ", "_")
    column = own if own in ALIASES else known_column(word)
    if column is None:
        names = ", ".join(name.replace("_", " ") for name in ALIASES)
        msg = f"{word!r} is no column. The columns are: {names}."
        raise BadInput(msg)
    return column


def known_column(name: str) -> str | None:
    """The column a header name is known to mean."""
    return _COLUMN_OF.get(fold(name)) or _COLUMN_OF.get(name.strip().casefold())


def _kind_of_file(columns: set[str]) -> RowKind | None:
    has_order = bool(columns & {"order", "order_id"})
    has_line = bool(columns & {"sku", "item"}) and bool(columns & {"quantity", "price", "amount"})
    if "payment" in columns or (
        "amount" in columns and columns & {"method", "reference"} and not has_line
    ):
        return RowKind.PAYMENT
    if has_order and has_line:
        return RowKind.ORDER_LINE
    if not has_order and columns & {"email", "phone", "street"} and columns & {"name", "customer"}:
        return RowKind.CUSTOMER
    if not has_order and columns & {"sku", "item"}:
        return RowKind.ITEM
    if not has_order and {"id", "name"} <= columns:
        return RowKind.ITEM if columns & {"price", "kind"} else RowKind.CUSTOMER
    return None
