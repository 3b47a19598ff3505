"""How money, days, counts and lists are written in English for a bookkeeper."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain import OTHER_DOCUMENT, JsonValue
from bot.render.marks import LOOKED_AT, clean, shorten

_SIGNS = {
    "USD": "$",
    "CAD": "CA$",
    "AUD": "A$",
    "NZD": "NZ$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
}
_WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP", "VND"})
# What QuickBooks calls its fields, as a bookkeeper does.
_FIELDS = {
    "docnumber": "document number",
    "refnumber": "document number",
    "listid": "internal number",
    "txnid": "internal number",
    "displayname": "name",
    "fullyqualifiedname": "name",
    "name": "name",
    "privatenote": "memo",
    "customermemo": "message to the customer",
    "txndate": "date",
    "customerref": "customer",
    "vendorref": "vendor",
    "itemref": "item",
    "accountref": "account",
    "apaccountref": "A/P account",
    "araccountref": "A/R account",
    "incomeaccountref": "income account",
    "expenseaccountref": "expense account",
    "assetaccountref": "stock asset account",
    "deposittoaccountref": "account it is deposited to",
    "bankaccountref": "bank account",
    "taxcoderef": "tax code",
    "classref": "class",
    "departmentref": "location",
    "currencyref": "currency",
    "primaryemailaddr": "e-mail address",
    "billemail": "e-mail address",
    "paymentrefnum": "payment reference",
    "txntaxdetail": "tax",
    "unitprice": "price",
    "qty": "quantity",
}
_CENT = Decimal("0.01")
# So much of a record's name or number stands in a title; of a number its end is kept.
_TITLED, _END_OF_NUMBER = 14, 9
# So much of a name stays at least where something stands behind it.
_LEAST_OF_NAME = 20
# "1e999999999" is a number too, of a billion digits.
_LONGEST_AMOUNT = 20
_LISTS = frozenset({"customer", "vendor", "employee", "item", "account", "class", "location"})
# The kinds of document QuickBooks names in English.
_KINDS = frozenset(
    {
        "bill",
        "bill payment",
        "check",
        "credit card credit",
        "credit memo",
        "deposit",
        "estimate",
        "expense",
        "inventory adjustment",
        "invoice",
        "journal entry",
        "payment",
        "purchase",
        "purchase order",
        "refund receipt",
        "sales receipt",
        "transfer",
        "vendor credit",
    }
)


def money(value: JsonValue, currency: str = "USD") -> str:
    """Write an amount as "$1,234.50"; a mapping by currency gives one sum each, never added up.

    Raises ValueError for what is no amount.
    """
    if isinstance(value, Mapping):
        sums = [money(amount, str(code)) for code, amount in sorted(value.items())]
        return listed(sums) if sums else money(0, currency)
    amount = _decimal(value)
    code = currency.strip().upper() or "USD"
    places = 0 if code in _WITHOUT_CENTS and amount == amount.to_integral_value() else 2
    if places and amount != amount.quantize(_CENT):
        places = min(4, -int(amount.normalize().as_tuple().exponent))
    figure = f"{abs(amount):,.{places}f}"
    sign = "-" if amount < 0 else ""
    mark = _SIGNS.get(code)
    return f"{sign}{mark}{figure}" if mark else f"{sign}{shorten(clean(code), 12)} {figure}"


def day(value: JsonValue, style: str = "full", time_zone: str = "UTC") -> str:
    """Write a day as MM/DD/YYYY; style "short" gives "Nov 21".

    A moment is first taken to the company's time zone (accounting.md rule 14).
    """
    when = _day(value, time_zone)
    if style == "short":
        return f"{when:%b} {when.day}"
    return f"{when:%m/%d/%Y}"


def month(value: JsonValue) -> str:
    """Write the month a day lies in: "October 2026"."""
    return f"{_day(value, 'UTC'):%B %Y}"


def span(first: JsonValue, last: JsonValue) -> str:
    """Write the days from `first` to `last`: "11/03/2026" or "10/28/2026–11/21/2026"."""
    start, end = day(first), day(last)
    return start if start == end else f"{start}–{end}"


def moment(value: JsonValue, time_zone: str = "UTC") -> str:
    """Write a moment in the company's time zone: "Nov 21, 9:02 AM"."""
    when = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    if when.tzinfo is None:
        msg = f"{value} has no time zone"
        raise ValueError(msg)
    local = when.astimezone(_zone(time_zone))
    return f"{local:%b} {local.day}, {local.hour % 12 or 12}:{local:%M %p}"


def plural(count: JsonValue, one: str, many: str = "") -> str:
    """Write a count with its noun: "1 invoice", "10,000 invoices"."""
    number = int(count)
    return f"{number:,} {one if number == 1 else many or plural_of(one)}"


def plural_of(word: str) -> str:
    """Write a noun for several: "invoices", "journal entries", "classes"."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith("ss") else f"{word}s"


def listed(values: Iterable[JsonValue], word: str = "and") -> str:
    """Write "a", "a and b", "a, b and c"."""
    parts = [str(value) for value in values]
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def spaced(value: JsonValue) -> str:
    """Make every space visible as a raised dot, where spaces are what differs."""
    return clean(str(value)).replace("\u00a0", "·").replace(" ", "·")


def tidy(value: JsonValue) -> str:
    """Write a name with single spaces, for titles; alerts about spaces show them elsewhere."""
    return " ".join(clean(str(value)[:LOOKED_AT]).split())


def apart(value: JsonValue, other: JsonValue) -> str:
    """Write a name beside another one: every space is shown where only spaces differ."""
    alike = tidy(value).casefold() == tidy(other).casefold() and value != other
    return spaced(value) if alike else tidy(value)


def upfirst(value: JsonValue) -> str:
    """Begin a sentence with a capital; the rest (a name) stays as it is."""
    text = str(value)
    return text[:1].upper() + text[1:]


def sentence(value: JsonValue) -> str:
    """Make one whole sentence of given words: a capital first, one stop at the end."""
    text = " ".join(clean(str(value)).split()).rstrip(" .")
    if not text:
        return ""
    return upfirst(stopped(text))


def stopped(value: JsonValue) -> str:
    """End a sentence with one stop; words that end in a question have their own."""
    text = str(value)
    return text if text[-1:] in (".", "!", "?", "…") else f"{text}."


def article(value: JsonValue) -> str:
    """Put "a" or "an" before a word: "an invoice", "a credit memo", "a user"."""
    word = clean(str(value)).strip()
    vowel = word[:1].lower() in "aeiou" and not word.lower().startswith(("uni", "use", "one", "eu"))
    return f"{'an' if vowel else 'a'} {word}" if word else "a record"


def spoken(value: JsonValue) -> str:
    """Write a name of the machine as people say it: "CreditMemo", "failed_records"."""
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", clean(str(value))).replace("_", " ")
    return " ".join(word if word.isupper() else word.lower() for word in spread.split())


def field(value: JsonValue) -> str:
    """Say which field QuickBooks names: "DocNumber" is the document number."""
    said = clean(str(value)).strip()
    name = re.sub(r"\[\d*\]", "", said).rsplit(".", 1)[-1]
    return _FIELDS.get(name.lower(), spoken(name) if re.fullmatch(r"[A-Za-z]+", name) else said)


def counted(facts: Mapping[str, JsonValue]) -> str:
    """Say what waits in few words: "14 invoices", "3 payments", "12 documents", "2 records"."""
    sales, cash = _count(facts, "sales_count"), _count(facts, "cash_count")
    bills = _count(facts, "purchase_count")
    documents = max(_count(facts, "documents"), sales + cash + bills)
    if documents and documents == sales:
        return plural(sales, str(facts.get("sales_noun") or "invoice"))
    if documents and documents == cash:
        return plural(cash, "payment")
    if documents and documents == bills:
        return plural(bills, str(facts.get("purchase_noun") or "bill"))
    if documents and not sales + cash + bills:
        return plural(documents, _entry_noun(facts))
    if documents:
        return plural(documents, "document")
    records = _count(facts, "record_count")
    return plural(records, "record") if records else ""


def _entry_noun(facts: Mapping[str, JsonValue]) -> str:
    """Their type where it is one only: "journal entry"; "document" for several."""
    noun = str(facts.get("entry_noun") or OTHER_DOCUMENT)
    return "document" if noun == OTHER_DOCUMENT else noun


def tail(facts: Mapping[str, JsonValue]) -> str:
    """End a title with what is not posted: " · 14 invoices not posted", or nothing."""
    what = counted(facts)
    return f" · {what} not posted" if what else ""


def the_record(facts: Mapping[str, JsonValue]) -> str:
    """Name the record an error is about: "invoice 1042 for Jane Doe ($420.00)"."""
    kind = spoken(facts.get("record_type") or "record")
    name = _called(facts)
    party, amount = facts.get("party"), facts.get("amount")
    told = f"{kind} {name or party}" if name or party else article(kind)
    if name and party and party != name:
        told += f" for {party}"
    if amount:
        told += f" ({money(amount, str(facts.get('currency') or 'USD'))})"
    return told


def record_title(facts: Mapping[str, JsonValue], first: str = "upper") -> str:
    """Name the record an error is about in a title: "Invoice 1042"; its money is said elsewhere.

    `first` "" begins with a small letter.
    """
    kind = spoken(facts.get("record_type") or "document")
    called = clean(str(_called(facts) or ""))
    name = called or clean(str(facts.get("party") or ""))
    is_number = called and facts.get("record_type") not in _LISTS
    short = _number(name) if is_number else shorten(name, _TITLED)
    told = f"{kind} {short}" if name else article(kind)
    return upfirst(told) if first else told


def with_told(name: str, told: Sequence[str], limit: int) -> str:
    """A name with what tells it from others: "Jane Doe · jane@doe.com"; a long name gives way."""
    tail = "".join(f" · {one}" for one in told)
    return shorten(shorten(name, max(_LEAST_OF_NAME, limit - len(tail))) + tail, limit)


def _number(value: str) -> str:
    """A long document number in a title: what tells it from others stands at its end."""
    if len(value) <= _TITLED or not value.isascii():
        return shorten(value, _TITLED)
    return f"{value[: _TITLED - 1 - _END_OF_NUMBER]}…{value[-_END_OF_NUMBER:]}"


def _called(facts: Mapping[str, JsonValue]) -> str:
    """What people call the record: a document by its number, one of a list by its name."""
    names: tuple[str, ...] = ("number", "name")
    if facts.get("record_type") in _LISTS:
        names = ("name", "party", "number")
    return str(next((facts[name] for name in names if facts.get(name)), ""))


def holder(value: JsonValue) -> str:
    """Say what kind of document has a number: "an invoice".

    QuickBooks names kinds in its company's language: what is no English one is "another document".
    """
    kind = spoken(value)
    return article(kind) if kind in _KINDS else "another document"


def said(facts: Mapping[str, JsonValue]) -> str:
    """What QuickBooks answered, in its own words; "" when nothing is known."""
    detail = str(facts.get("detail") or "").strip()
    message = str(facts.get("fault_message") or "").strip()
    words = detail or message
    return shorten(clean(words[:LOOKED_AT]), 240).rstrip(".")


def refused(facts: Mapping[str, JsonValue]) -> str:
    """Say whether QuickBooks "refused", or "would refuse" what was not sent for that reason."""
    return "would refuse" if facts.get("foreseen") else "refused"


def _count(facts: Mapping[str, JsonValue], name: str) -> int:
    value = facts.get(name)
    return int(value) if value else 0


def _decimal(value: JsonValue) -> Decimal:
    try:
        amount = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        msg = f"{value!r} is not an amount"
        raise ValueError(msg) from None
    if not amount.is_finite() or abs(amount.adjusted()) > _LONGEST_AMOUNT:
        msg = f"{value!r} is not an amount"
        raise ValueError(msg)
    return amount


def _zone(name: str) -> ZoneInfo:
    """The time zone of a name. Raises ValueError: what is no zone may be a folder of the system."""
    try:
        return ZoneInfo(name)
    except (OSError, ZoneInfoNotFoundError):
        msg = f"{name[:80]!r} is no time zone"
        raise ValueError(msg) from None


def _day(value: JsonValue, time_zone: str) -> date:
    if isinstance(value, datetime):
        return value.astimezone(_zone(time_zone)).date()
    if isinstance(value, date):
        return value
    text = str(value)
    if "T" in text or " " in text.strip():
        return _day(datetime.fromisoformat(text), time_zone)
    return date.fromisoformat(text)
