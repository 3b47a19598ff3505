"""The second facts about a party or an item that tell whether two like names are one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain import JsonValue, Payload
from bot.models import MirrorRow
from bot.sync.records import CustomerIn, ItemIn, VendorIn

_SHORTEST_PHONE = 7
_NATIONAL_DIGITS = 10
# Written out and short forms of the same street.
_STREET_WORDS = {
    "street": "st",
    "avenue": "ave",
    "av": "ave",
    "road": "rd",
    "boulevard": "blvd",
    "drive": "dr",
    "lane": "ln",
    "court": "ct",
    "place": "pl",
    "square": "sq",
    "highway": "hwy",
    "suite": "ste",
    "apartment": "apt",
    "north": "n",
    "south": "s",
    "east": "e",
    "west": "w",
}


@dataclass(frozen=True)
class Facts:
    """What one side says of a party; None where it says nothing."""

    name: str
    email: str | None = None
    phone: str | None = None
    street: str | None = None
    city: str | None = None

    def shown(self) -> Payload:
        """As facts of a message."""
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "street": self.street,
            "city": self.city,
        }


def ours(record: CustomerIn | VendorIn) -> Facts:
    """What the source says."""
    address = record.billing_address
    return Facts(
        record.name,
        record.email,
        record.phone,
        address.street if address else None,
        address.city if address else None,
    )


def theirs(row: MirrorRow) -> Facts:
    """What QuickBooks says."""
    address = _mapping(row.data.get("BillAddr") or row.data.get("PrimaryAddr"))
    return Facts(
        row.name,
        _text(_mapping(row.data.get("PrimaryEmailAddr")).get("Address")),
        _text(_mapping(row.data.get("PrimaryPhone")).get("FreeFormNumber")),
        _text(address.get("Line1")),
        _text(address.get("City")),
    )


def agreeing(one: Facts, two: Facts) -> list[str]:
    """Return which of e-mail, phone and street both sides have and agree in."""
    return [word for word, left, right in _pairs(one, two) if left and left == right]


def contradicting(one: Facts, two: Facts) -> list[str]:
    """Return which of e-mail, phone and street both sides have and differ in."""
    return [word for word, left, right in _pairs(one, two) if left and right and left != right]


def proof(one: Facts, two: Facts) -> tuple[str, ...]:
    """Return the facts that show two records with like names to be one; () when they do not.

    People of one house share a phone or a street, so each of these proves something only where
    nothing differs. One e-mail address proves it, unless the street differs and no phone agrees:
    father and son, or two branches with one office.
    """
    agree, against = agreeing(one, two), contradicting(one, two)
    if "e-mail" in agree and ("street" not in against or "phone" in agree):
        against = []
    return () if against else tuple(agree)


def reference(row: MirrorRow, field: str) -> str:
    """Return the id a field of a QuickBooks record refers to, "" when it is empty."""
    return str(_mapping(row.data.get(field)).get("value") or "")


def item_ours(record: ItemIn) -> Payload:
    """What the source says of an item."""
    price = None if record.price is None else str(record.price)
    return {"name": record.name, "sku": record.sku, "price": price}


def item_theirs(row: MirrorRow) -> Payload:
    """What QuickBooks says of an item."""
    price = row.data.get("UnitPrice")
    return {
        "name": row.name,
        "sku": row.sku or None,
        "price": None if price is None else str(price),
    }


def same_written(one: str, two: str) -> bool:
    """Say whether QuickBooks may take two names for one: case and blanks do not count."""
    return _collapsed(one) == _collapsed(two)


def _collapsed(name: str) -> str:
    return " ".join(name.split()).casefold()


def _pairs(one: Facts, two: Facts) -> tuple[tuple[str, str, str], ...]:
    return (
        ("e-mail", _email(one.email), _email(two.email)),
        ("phone", _phone(one.phone), _phone(two.phone)),
        ("street", _street(one), _street(two)),
    )


def _email(text: str | None) -> str:
    return (text or "").strip().casefold()


def _phone(text: str | None) -> str:
    digits = re.sub(r"\D", "", re.sub(r"(?i)(?:ext|x)\.?\s*\d+\s*$", "", text or ""))
    return digits[-_NATIONAL_DIGITS:] if len(digits) >= _SHORTEST_PHONE else ""


def _street(facts: Facts) -> str:
    words = re.sub(r"[^\w\s]", " ", (facts.street or "").casefold()).split()
    if not words or not any(word[0].isdigit() for word in words):
        return ""  # without a house number a street proves nothing
    return " ".join(_STREET_WORDS.get(word, word) for word in words)


def _mapping(value: JsonValue) -> Mapping[str, JsonValue]:
    return value if isinstance(value, Mapping) else {}


def _text(value: JsonValue) -> str | None:
    return str(value).strip() or None if value is not None else None
