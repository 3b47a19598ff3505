"""What the rows of each kind of document become: its columns, and how one of its lines is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bot.domain import Payload, RecordType
from bot.sync.table.aliases import RowKind
from bot.sync.table.rows import Entry

_CENT = Decimal("0.01")


class DocumentError(ValueError):
    """The document or payment cannot be taken in; the message says why, `line` where if one is."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Form:
    """How rows of a file become a document.

    called: what people call it. line: reads a row as one of its lines. of_line: the columns only a
    line has. party: the column that names whom it is for or from; needed unless `may_be_nobody`.
    cells: columns that are taken over as they stand. numbered: without a number it goes by its id.
    """

    type: RecordType
    called: str
    line: Callable[[Entry], Payload]
    of_line: tuple[str, ...]
    party: str = ""
    may_be_nobody: bool = False
    cells: tuple[str, ...] = ()
    has_due_date: bool = False
    has_total: bool = True
    numbered: bool = True


def sale_line(row: Entry) -> Payload:
    """Read a line of a sale: an item, how many, and what they cost.

    Where a shop knows its goods by their barcode alone, that is their SKU.
    """
    sku, item, barcode = row.text("sku"), row.text("item"), row.text("barcode")
    if item is None:
        sku = sku or barcode
    if sku is None and item is None:
        raise DocumentError("names neither an item nor a SKU")
    quantity = row.money("quantity")
    price, amount = row.money("price"), row.money("amount")
    if amount is None:
        if price is None:
            raise DocumentError("has neither an amount nor a price")
        product = (Decimal(1) if quantity is None else quantity) * price
        amount = product.quantize(_CENT, rounding=ROUND_HALF_UP)
    return {
        "amount": amount,
        "sku": sku,
        "item": item,
        "barcode": barcode,
        "unit_price": price,
        "quantity": quantity,
        "description": row.text("description"),
        "class": row.text("class"),
        "tax_code": row.text("tax_code"),
    }


def bought_line(row: Entry) -> Payload:
    """Read a line of what was bought: an account and an amount.

    A row with a total and no amount stands for a document of one line.
    """
    account = _account(row, "expense_account", "income_account")
    amount, total = row.money("amount"), row.money("total")
    if amount is None and total is not None:
        amount = total - (row.money("tax") or Decimal("0.00"))
    if amount is None:
        raise DocumentError("has no amount")
    return {
        "account": account,
        "amount": amount,
        "description": row.text("description"),
        "class": row.text("class"),
        "tax_code": row.text("tax_code"),
    }


def journal_line(row: Entry) -> Payload:
    """Read a line of a journal entry; a side that says 0.00 counts as left out."""
    return {
        "account": _account(row, "income_account", "expense_account"),
        "debit": row.money("debit") or None,
        "credit": row.money("credit") or None,
        "description": row.text("description"),
        "customer": row.text("customer"),
        "vendor": row.text("vendor"),
        "class": row.text("class"),
    }


def _account(row: Entry, *columns: str) -> str:
    account = row.text(*columns)
    if account is None:
        raise DocumentError("names no account")
    return account


_SOLD = ("sku", "item", "barcode", "quantity", "price")
_BOUGHT = ("expense_account", "income_account")
_ALWAYS = ("memo", "currency", "location", "version")
_INVOICE = Form(
    RecordType.INVOICE,
    "order",
    sale_line,
    _SOLD,
    "customer",
    cells=("email", "terms", *_ALWAYS),
    has_due_date=True,
)
FORMS: Mapping[RowKind, Form] = {
    RowKind.ORDER: _INVOICE,
    RowKind.ORDER_LINE: _INVOICE,
    RowKind.SALES_RECEIPT: Form(
        RecordType.SALES_RECEIPT,
        "sales receipt",
        sale_line,
        _SOLD,
        "customer",
        may_be_nobody=True,
        cells=("email", "method", "reference", "deposit_to", *_ALWAYS),
    ),
    RowKind.CREDIT_MEMO: Form(
        RecordType.CREDIT_MEMO,
        "credit memo",
        sale_line,
        _SOLD,
        "customer",
        cells=("email", *_ALWAYS),
    ),
    RowKind.REFUND: Form(
        RecordType.REFUND,
        "refund",
        sale_line,
        _SOLD,
        "customer",
        may_be_nobody=True,
        cells=("email", "method", "reference", "paid_from", *_ALWAYS),
    ),
    RowKind.BILL: Form(
        RecordType.BILL,
        "bill",
        bought_line,
        _BOUGHT,
        "vendor",
        cells=("payable_account", "terms", *_ALWAYS),
        has_due_date=True,
    ),
    RowKind.VENDOR_CREDIT: Form(
        RecordType.VENDOR_CREDIT,
        "vendor credit",
        bought_line,
        _BOUGHT,
        "vendor",
        cells=("payable_account", *_ALWAYS),
    ),
    RowKind.EXPENSE: Form(
        RecordType.EXPENSE,
        "expense",
        bought_line,
        _BOUGHT,
        "vendor",
        may_be_nobody=True,
        cells=("paid_from", "payment_type", *_ALWAYS),
        numbered=False,
    ),
    RowKind.JOURNAL_ENTRY: Form(
        RecordType.JOURNAL_ENTRY,
        "journal entry",
        journal_line,
        ("debit", "credit"),
        cells=_ALWAYS,
        has_total=False,
        numbered=False,
    ),
}
