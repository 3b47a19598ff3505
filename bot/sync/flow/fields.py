"""The fields of a record that both sides know, in groups: what QuickBooks shows of each, as data.

A value is text as people would compare it: amounts with their cents, days as ISO, None for nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bot.domain import DOCUMENTS, SALES_DOCUMENTS, JsonValue, Payload, RecordType
from bot.mirror.names import bare
from bot.render import listed
from bot.sync import meaning
from bot.sync.reading import digest_of

Values = Mapping[str, str | None]

IDENTITY, CONTACT, ADDRESS, NOTES = "identity", "contact", "address", "notes"
MONEY, DATES, STATE, SETTLEMENT = "money", "dates", "state", "settlement"
VOIDED, DELETED, INACTIVE = "voided", "deleted", "inactive"
_MARK = "[sync:"
_CENT = Decimal("0.01")
_CALLED_OF_LISTS = {
    IDENTITY: "name",
    CONTACT: "e-mail and phone",
    ADDRESS: "address",
    NOTES: "notes",
    MONEY: "price",
    STATE: "being active",
}
_CALLED_OF_DOCUMENTS = {
    IDENTITY: "number, customer or vendor",
    NOTES: "memo",
    MONEY: "amounts",
    DATES: "dates",
    STATE: "being posted",
}


@dataclass(frozen=True)
class Field:
    """One field: its group, what people call it, and where QuickBooks keeps it.

    keys: the fields of QuickBooks whose writing changes it. path: where the source says it,
    `group.key` for a part of an object; "" where that takes more than a look at one key. listed:
    the list of QuickBooks of which its value is an id, such as "Term".
    """

    group: str
    name: str
    words: str
    keys: tuple[str, ...]
    read: Callable[[RecordType, Payload], JsonValue]
    path: str = ""
    listed: str = ""


def fields_of(kind: RecordType) -> tuple[Field, ...]:
    """The fields of a type that are compared."""
    return _OF.get(kind, ())


def group_of(kind: RecordType) -> Mapping[str, str]:
    """Each field's group."""
    return {field.name: field.group for field in fields_of(kind)}


def groups_of(kind: RecordType) -> tuple[str, ...]:
    """The groups of a type, in the order people read them."""
    return tuple(dict.fromkeys(field.group for field in fields_of(kind)))


def called(kind: RecordType, group: str) -> str:
    """What people call a group of fields: "e-mail and phone"."""
    if group == SETTLEMENT:
        return listed([field.words for field in fields_of(kind) if field.group == group])
    return (_CALLED_OF_DOCUMENTS if kind in DOCUMENTS else _CALLED_OF_LISTS)[group]


def in_books(kind: RecordType, data: Payload, *, deleted: bool = False) -> dict[str, str]:
    """What QuickBooks shows of a record; fields without a value are left out."""
    found = {field.name: _text(field.read(kind, data)) for field in fields_of(kind)}
    if deleted:
        found[STATE] = DELETED
    return {name: value for name, value in found.items() if value}


def touched(kind: RecordType, payload: Payload) -> Iterable[str]:
    """The names of the fields that a write of these keys changes."""
    return (field.name for field in fields_of(kind) if set(field.keys) & set(payload))


def same(one: str | None, other: str | None) -> bool:
    """Whether two values are one; blanks do not count."""
    return " ".join((one or "").split()) == " ".join((other or "").split())


def amount(value: JsonValue) -> str | None:
    """An amount with at least its cents; None for none."""
    try:
        found = None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None
    if found is None or not found.is_finite():
        return None
    cents = found.quantize(_CENT)
    return f"{cents if cents == found else found.normalize():f}"


def lines_mark(rows: Iterable[meaning.Line]) -> str | None:
    """A short mark of a document's lines in any order; None where one is not known."""
    said = sorted(f"{what}|{quantity:f}|{sum_:f}" for what, quantity, sum_ in rows)
    if not said or any(row.startswith("said:") for row in said):
        return None
    return digest_of({"lines": said})[:16]


def without_mark(note: JsonValue) -> str:
    """A note of QuickBooks without our mark."""
    return str(note or "").split(_MARK)[0].strip()


def _text(value: JsonValue) -> str | None:
    return None if value is None else str(value).strip() or None


def _plain(key: str) -> Callable[[RecordType, Payload], JsonValue]:
    return lambda _kind, data: data.get(key)


def _inside(key: str, part: str) -> Callable[[RecordType, Payload], JsonValue]:
    return lambda _kind, data: (data.get(key) or {}).get(part)


def _noted(key: str) -> Callable[[RecordType, Payload], JsonValue]:
    return lambda _kind, data: without_mark(data.get(key))


def _name(key: str) -> Callable[[RecordType, Payload], JsonValue]:
    return lambda _kind, data: bare(str(data.get(key) or ""))


def _money(key: str) -> Callable[[RecordType, Payload], JsonValue]:
    return lambda _kind, data: amount(data.get(key))


def _tax(_kind: RecordType, data: Payload) -> JsonValue:
    return amount((data.get("TxnTaxDetail") or {}).get("TotalTax"))


def _lines(kind: RecordType, data: Payload) -> JsonValue:
    return lines_mark(meaning.lines_in_books(kind, data))


def _party(_kind: RecordType, data: Payload) -> JsonValue:
    found = data.get("CustomerRef") or data.get("VendorRef") or data.get("EntityRef") or {}
    return found.get("value")


def _id_of(key: str) -> Callable[[RecordType, Payload], JsonValue]:
    return _inside(key, "value")


def _bill_paid_from(_kind: RecordType, data: Payload) -> JsonValue:
    by_check = (data.get("CheckPayment") or {}).get("BankAccountRef")
    by_card = (data.get("CreditCardPayment") or {}).get("CCAccountRef")
    return (by_check or by_card or {}).get("value")


def _inactive(_kind: RecordType, data: Payload) -> JsonValue:
    return None if data.get("Active", True) else INACTIVE


def _voided(_kind: RecordType, data: Payload) -> JsonValue:
    noted = str(data.get("PrivateNote") or "").casefold().startswith("voided")
    return VOIDED if noted and not Decimal(str(data.get("TotalAmt") or 0)) else None


_ADDRESS = (
    ("street", "Line1", "street"),
    ("street2", "Line2", "second address line"),
    ("city", "City", "city"),
    ("state", "CountrySubDivisionCode", "state"),
    ("postal_code", "PostalCode", "ZIP code"),
    ("country", "Country", "country"),
)
_LISTED = Field(STATE, STATE, "active or inactive", ("Active",), _inactive)
_OF_PARTIES = (
    Field(IDENTITY, "name", "name", ("DisplayName",), _name("DisplayName"), "name"),
    Field(IDENTITY, "company", "company name", ("CompanyName",), _plain("CompanyName"), "company"),
    Field(IDENTITY, "given_name", "first name", ("GivenName",), _plain("GivenName"), "given_name"),
    Field(
        IDENTITY, "family_name", "last name", ("FamilyName",), _plain("FamilyName"), "family_name"
    ),
    Field(
        CONTACT,
        "email",
        "e-mail",
        ("PrimaryEmailAddr",),
        _inside("PrimaryEmailAddr", "Address"),
        "email",
    ),
    Field(
        CONTACT,
        "phone",
        "phone",
        ("PrimaryPhone",),
        _inside("PrimaryPhone", "FreeFormNumber"),
        "phone",
    ),
    *(
        Field(
            ADDRESS, name, words, ("BillAddr",), _inside("BillAddr", key), f"billing_address.{name}"
        )
        for name, key, words in _ADDRESS
    ),
    Field(NOTES, "notes", "notes", ("Notes",), _noted("Notes"), "notes"),
    _LISTED,
)
_OF_ITEMS = (
    Field(IDENTITY, "name", "name", ("Name",), _name("Name"), "name"),
    Field(IDENTITY, "sku", "SKU", ("Sku",), _plain("Sku"), "sku"),
    Field(
        NOTES, "description", "description", ("Description",), _plain("Description"), "description"
    ),
    Field(MONEY, "price", "price", ("UnitPrice",), _money("UnitPrice"), "price"),
    _LISTED,
)
_OF_NAMED = (Field(IDENTITY, "name", "name", ("Name",), _name("Name"), "name"), _LISTED)
_OF_EMPLOYEES = (
    Field(IDENTITY, "name", "name", ("DisplayName",), _name("DisplayName"), "name"),
    _LISTED,
)
# What money moved along with: another total follows from other lines.
_SUMS = ("Line", "TotalAmt", "TxnTaxDetail", "GlobalTaxCalculation")
_NUMBER = Field(IDENTITY, "number", "number", ("DocNumber",), _plain("DocNumber"), "number")
_PARTY = Field(
    IDENTITY, "party", "customer or vendor", ("CustomerRef", "VendorRef", "EntityRef"), _party
)
_TOTAL = Field(MONEY, "total", "total", _SUMS, _money("TotalAmt"))
_SALES_TAX = Field(MONEY, "tax", "sales tax", _SUMS, _tax, "tax_total")
_LINES = Field(MONEY, "lines", "lines", _SUMS, _lines)
_DATE = Field(DATES, "date", "date", ("TxnDate",), _plain("TxnDate"), "date")
_DUE = Field(
    DATES, "due", "due date", ("DueDate", "TxnDate", "SalesTermRef"), _plain("DueDate"), "due_date"
)
_MEMO = Field(NOTES, "memo", "memo", ("PrivateNote",), _noted("PrivateNote"))
_VOIDED = Field(STATE, STATE, "posted, voided or deleted", (), _voided)
_TERMS = Field(
    SETTLEMENT, "terms", "payment terms", ("SalesTermRef",), _id_of("SalesTermRef"), listed="Term"
)
_METHOD = Field(
    SETTLEMENT,
    "method",
    "payment method",
    ("PaymentMethodRef",),
    _id_of("PaymentMethodRef"),
    listed="PaymentMethod",
)


def _account(
    words: str, keys: tuple[str, ...], read: Callable[[RecordType, Payload], JsonValue]
) -> Field:
    return Field(SETTLEMENT, "account", words, keys, read, listed="Account")


_DEPOSIT_TO, _PAID_FROM = "DepositToAccountRef", "account it was paid from"
_SETTLEMENT: Mapping[RecordType, tuple[Field, ...]] = {
    RecordType.INVOICE: (_TERMS,),
    RecordType.BILL: (_TERMS,),
    **{
        kind: (_METHOD, _account("deposit account", (_DEPOSIT_TO,), _id_of(_DEPOSIT_TO)))
        for kind in (RecordType.PAYMENT, RecordType.SALES_RECEIPT)
    },
    RecordType.REFUND: (_METHOD, _account(_PAID_FROM, (_DEPOSIT_TO,), _id_of(_DEPOSIT_TO))),
    RecordType.DEPOSIT: (_account("deposit account", (_DEPOSIT_TO,), _id_of(_DEPOSIT_TO)),),
    RecordType.EXPENSE: (
        _account(_PAID_FROM, ("AccountRef", "PaymentType"), _id_of("AccountRef")),
    ),
    RecordType.BILL_PAYMENT: (
        _account(_PAID_FROM, ("CheckPayment", "CreditCardPayment", "PayType"), _bill_paid_from),
    ),
}
# Their lines say what they are applied to, which moves with every credit somebody uses.
_APPLIED = (RecordType.PAYMENT, RecordType.BILL_PAYMENT)


def _of_document(kind: RecordType) -> tuple[Field, ...]:
    chosen = (
        (_NUMBER, kind not in _APPLIED and kind is not RecordType.DEPOSIT),
        (_PARTY, kind not in (RecordType.JOURNAL_ENTRY, RecordType.DEPOSIT)),
        (_TOTAL, kind is not RecordType.JOURNAL_ENTRY),
        (_SALES_TAX, kind in SALES_DOCUMENTS),
        (_LINES, kind not in _APPLIED),
        (_DATE, True),
        (_DUE, kind in (RecordType.INVOICE, RecordType.BILL)),
    )
    own = tuple(field for field, is_one in chosen if is_one)
    return (*own, *_SETTLEMENT.get(kind, ()), _MEMO, _VOIDED)


_OF: Mapping[RecordType, tuple[Field, ...]] = {
    RecordType.CUSTOMER: _OF_PARTIES,
    RecordType.VENDOR: _OF_PARTIES,
    RecordType.ITEM: _OF_ITEMS,
    RecordType.ACCOUNT: _OF_NAMED,
    RecordType.CLASS: _OF_NAMED,
    RecordType.LOCATION: _OF_NAMED,
    RecordType.EMPLOYEE: _OF_EMPLOYEES,
    **{kind: _of_document(kind) for kind in RecordType if kind in DOCUMENTS},
}
