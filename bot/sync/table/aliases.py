"""The names columns and kinds of rows go by in the exports of shops and other systems."""

from collections.abc import Mapping
from enum import StrEnum


class RowKind(StrEnum):
    """What one row of an export stands for."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    ITEM = "item"
    ORDER = "order"
    ORDER_LINE = "order line"
    PAYMENT = "payment"
    SALES_RECEIPT = "sales receipt"
    CREDIT_MEMO = "credit memo"
    REFUND = "refund"
    BILL = "bill"
    VENDOR_CREDIT = "vendor credit"
    EXPENSE = "expense"
    JOURNAL_ENTRY = "journal entry"


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
    "vendor": (
        "vendor",
        "vendor id",
        "vendor number",
        "vendor no",
        "vendor external id",
        "supplier",
        "supplier id",
        "supplier number",
        "payee",
    ),
    "name": (
        "name",
        "customer name",
        "vendor name",
        "supplier name",
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
    "barcode": (
        "barcode",
        "bar code",
        "variant barcode",
        "lineitem barcode",
        "item barcode",
        "product barcode",
        "ean",
        "ean 13",
        "ean13",
        "ean code",
        "upc",
        "upc a",
        "upc code",
        "gtin",
        "gtin 13",
        "gtin 14",
        "barcode ean",
        "barcode upc",
        "ean upc",
        "upc ean",
    ),
    "description": ("description", "item description", "line description", "lineitem name"),
    "price": ("price", "unit price", "list price", "lineitem price", "variant price", "rate"),
    "kind": ("kind", "item type", "product type", "item kind"),
    "income_account": ("income account", "account", "sales account", "account name"),
    "expense_account": ("expense account", "category", "expense category", "cost account"),
    "payable_account": ("payable account", "accounts payable", "a p account", "ap account"),
    "paid_from": (
        "paid from",
        "payment account",
        "bank account",
        "paid from account",
        "refunded from",
        "refund from",
    ),
    "deposit_to": ("deposit to", "deposit account", "deposited to"),
    "payment_type": ("payment type", "paid with"),
    "debit": ("debit", "debits", "debit amount", "dr"),
    "credit": ("credit", "credits", "credit amount", "cr"),
    "order_id": ("order id", "order external id", "invoice id", "bill id", "document id"),
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
        "bill number",
        "bill no",
        "bill #",
        "receipt number",
        "receipt no",
        "credit memo number",
        "credit note number",
        "refund number",
        "expense number",
        "journal number",
        "journal no",
        "entry number",
        "document number",
        "doc number",
        "document no",
    ),
    "date": (
        "date",
        "order date",
        "invoice date",
        "bill date",
        "receipt date",
        "refund date",
        "journal date",
        "payment date",
        "created at",
        "paid at",
        "created",
        "transaction date",
    ),
    "due_date": ("due date", "due", "due on", "payment due"),
    "terms": ("terms", "payment terms", "payment term", "invoice terms", "bill terms"),
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
# How people shorten the words of a header.
SHORT = {
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
# A kind of row → what the Record column may call it, folded; each also in the plural.
CALLED: Mapping[RowKind, tuple[str, ...]] = {
    RowKind.CUSTOMER: ("customer", "client"),
    RowKind.VENDOR: ("vendor", "supplier"),
    RowKind.ITEM: ("item", "product"),
    RowKind.ORDER: ("order", "invoice"),
    RowKind.ORDER_LINE: (
        "order line",
        "orderline",
        "line",
        "line item",
        "lineitem",
        "invoice line",
    ),
    RowKind.PAYMENT: ("payment",),
    RowKind.SALES_RECEIPT: ("sales receipt", "receipt", "sales receipt line"),
    RowKind.CREDIT_MEMO: ("credit memo", "credit note", "credit memo line"),
    RowKind.REFUND: ("refund", "refund receipt", "refund line"),
    RowKind.BILL: ("bill", "vendor bill", "bill line"),
    RowKind.VENDOR_CREDIT: ("vendor credit", "supplier credit", "vendor credit line"),
    RowKind.EXPENSE: ("expense", "purchase", "expense line"),
    RowKind.JOURNAL_ENTRY: ("journal entry", "journal", "journal line"),
}
ROW_WORDS: Mapping[str, RowKind] = {
    form: kind
    for kind, words in CALLED.items()
    for word in words
    for form in (word, f"{word}s", f"{word[:-1]}ies" if word.endswith("y") else word)
}
