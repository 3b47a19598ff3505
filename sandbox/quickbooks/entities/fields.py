"""Short ways to declare the fields that many entities have."""

from sandbox.quickbooks.model import Field, Kind

LIST_OPERATIONS = frozenset({"create", "update", "read", "query"})
READ_OPERATIONS = frozenset({"read", "query"})
SALES_OPERATIONS = frozenset({"create", "update", "delete", "void", "read", "query"})
TRANSACTION_OPERATIONS = SALES_OPERATIONS - {"void"}
NAME_MARKS = ":\t\n\r"


def text(
    name: str, longest: int | None = None, *, queryable: bool = False, element: str = ""
) -> Field:
    """A text of at most `longest` characters."""
    return Field(name, longest=longest, queryable=queryable, element=element)


def name_part(name: str, longest: int) -> Field:
    """A part of a person's or company's name: no colon, tab or line break."""
    return Field(name, longest=longest, queryable=True, forbidden=NAME_MARKS)


def flag(name: str, *, queryable: bool = False) -> Field:
    """True or false."""
    return Field(name, Kind.BOOLEAN, queryable=queryable)


def number(name: str, *, queryable: bool = False) -> Field:
    """A number."""
    return Field(name, Kind.NUMBER, queryable=queryable)


def day(name: str, *, queryable: bool = False) -> Field:
    """A date."""
    return Field(name, Kind.DATE, queryable=queryable)


def ref(name: str, *target: str, queryable: bool = False, required: bool = False) -> Field:
    """A reference to one of `target`; without a target it is kept and not looked up."""
    return Field(name, Kind.REFERENCE, target=target, queryable=queryable, required=required)


def choice(name: str, *choices: str, queryable: bool = False) -> Field:
    """One of the listed words."""
    return Field(name, Kind.CHOICE, choices=choices, queryable=queryable)


def email(name: str, *, queryable: bool = False) -> Field:
    """An object with an `Address`."""
    return Field(name, Kind.EMAIL, longest=100, queryable=queryable)


def phone(name: str, longest: int = 30, *, queryable: bool = False) -> Field:
    """An object with a `FreeFormNumber`."""
    part = Field("FreeFormNumber", longest=longest, element=name)
    return Field(name, Kind.OBJECT, parts=(part,), queryable=queryable)


def web(name: str = "WebAddr") -> Field:
    """An object with a `URI`."""
    return Field(name, Kind.OBJECT, parts=(Field("URI", longest=1000, element=name),))


def memo(name: str, longest: int, element: str) -> Field:
    """An object with a `value`, named by a label in faults."""
    return Field(name, Kind.OBJECT, parts=(Field("value", longest=longest, element=element),))


def read_only(name: str, kind: Kind = Kind.STRING, *, queryable: bool = False) -> Field:
    """QuickBooks writes it; what a caller sends is ignored."""
    return Field(name, kind, read_only=True, queryable=queryable)


ADDRESS_PARTS = (
    text("Id"),
    *(text(f"Line{n}", 500) for n in range(1, 6)),
    text("City", 255),
    text("Country", 255),
    text("CountryCode", 10),
    text("CountrySubDivisionCode", 255),
    text("PostalCode", 30),
    text("Lat"),
    text("Long"),
    text("Note", 500),
)


def address(name: str) -> Field:
    """A postal address."""
    return Field(name, Kind.OBJECT, parts=ADDRESS_PARTS)


def kept(name: str, kind: Kind = Kind.ANY) -> Field:
    """Stored as sent."""
    return Field(name, kind)


LINE_HEAD = (
    text("Id"),
    number("LineNum"),
    text("Description", 4000),
    number("Amount"),
    Field("DetailType"),
)
"""What every line of a document begins with."""

PERSON_NAME = (
    name_part("Title", 16),
    name_part("GivenName", 100),
    name_part("MiddleName", 100),
    name_part("FamilyName", 100),
    name_part("Suffix", 16),
    name_part("DisplayName", 500),
)
REACHED_AT = (
    phone("PrimaryPhone", queryable=True),
    phone("AlternatePhone"),
    phone("Mobile"),
    phone("Fax"),
    email("PrimaryEmailAddr", queryable=True),
    web(),
)
"""How a customer or vendor is reached."""
DATED = (text("DocNumber", 21, queryable=True), day("TxnDate", queryable=True))
IN_CURRENCY = (ref("CurrencyRef"), number("ExchangeRate"))
TOTALS = (
    read_only("TotalAmt", Kind.NUMBER, queryable=True),
    read_only("HomeTotalAmt", Kind.NUMBER),
)
MADE_FROM = read_only("RecurDataRef", Kind.REFERENCE)
"""The template a document was made from."""
TAX_MODE = choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable")
PRINT_STATUS = choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete")
