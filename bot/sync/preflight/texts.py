"""Texts of a payload: how long QuickBooks takes them, what they must not hold, what is no address.

Rules: developer.intuit.com, API reference of the single entities, read in November 2026.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.domain import Payload
from bot.sync import limits
from bot.sync.preflight.model import Certainty, Known, Posting, Trait, Verdict

NAME_LIMIT, ACCOUNT_NUMBER_LIMIT = "display_name_limit", "account_number_limit"
# Told in two ways: what every company takes, and what some take. Their answers show which they are.
_TOLD_TWICE = {
    "DisplayName": (NAME_LIMIT, limits.LONGEST_NAME, limits.LONGEST_PARTY),
    "AcctNum": (ACCOUNT_NUMBER_LIMIT, 7, 20),
}
_ADDRESS = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_PARTIES = frozenset({"Customer", "Vendor", "Employee"})
_LISTS = frozenset({*_PARTIES, "Item", "Account", "Class", "Department"})
_WORDS = {
    "2040": "Invalid String Element contains invalid characters: {0}",
    "2050": "String length is either shorter or longer than supported by specification String "
    "length specified does not match the supported length. Min:0 Max:{0:,} supported. "
    "Supplied length:{1:,}",
    "2210": "Invalid Email Address Format Email Address does not conform to the syntax rules of "
    "RFC 822. Supplied value:{0}",
}


@dataclass(frozen=True)
class _Rule:
    longest: int
    forbidden: str = ""
    element: str = ""
    address: bool = False
    sure: bool = True


_NAME_PART = _Rule(limits.LONGEST_NAME, limits.NAME_MARKS)
_MAIL = 100
_POSTAL = {
    **{f"Line{number}": _Rule(500) for number in range(1, 6)},
    "City": _Rule(255),
    "Country": _Rule(255),
    "CountrySubDivisionCode": _Rule(255),
    "PostalCode": _Rule(30),
}
_PARTY: Mapping[str, _Rule] = {
    "DisplayName": _Rule(limits.LONGEST_PARTY, limits.NAME_MARKS),
    "Title": _Rule(16, limits.NAME_MARKS),
    "GivenName": _NAME_PART,
    "MiddleName": _NAME_PART,
    "FamilyName": _NAME_PART,
    "Suffix": _Rule(16, limits.NAME_MARKS),
    "CompanyName": _Rule(limits.LONGEST_NAME),
    "PrimaryEmailAddr.Address": _Rule(_MAIL, element="PrimaryEmailAddr", address=True),
    "PrimaryPhone.FreeFormNumber": _Rule(limits.LONGEST_PHONE, element="PrimaryPhone"),
    "Notes": _Rule(limits.LONGEST_NOTES),
    **{
        f"{place}.{name}": rule
        for place in ("BillAddr", "ShipAddr")
        for name, rule in _POSTAL.items()
    },
}
_RULES: Mapping[str, Mapping[str, _Rule]] = {
    "Customer": _PARTY,
    # The reference of a vendor names no limit for its notes.
    "Vendor": {**_PARTY, "Notes": _Rule(limits.LONGEST_NOTES, sure=False)},
    "Item": {
        "Name": _Rule(limits.LONGEST_NAME, limits.ITEM_MARKS),
        "Sku": _Rule(limits.LONGEST_NAME),
        "Description": _Rule(limits.LONGEST_DESCRIPTION),
    },
    "Account": {
        "Name": _Rule(limits.LONGEST_NAME, '":'),
        "Description": _Rule(limits.LONGEST_NAME),
        "AcctNum": _Rule(20),
    },
    "Class": {"Name": _Rule(limits.LONGEST_NAME)},
    "Department": {"Name": _Rule(limits.LONGEST_NAME)},
}
_DOCUMENT: Mapping[str, _Rule] = {
    "DocNumber": _Rule(limits.LONGEST_NUMBER),
    "PaymentRefNum": _Rule(limits.LONGEST_REFERENCE),
    "PrivateNote": _Rule(limits.LONGEST_MEMO),
    "Line.Description": _Rule(limits.LONGEST_DESCRIPTION),
    "BillEmail.Address": _Rule(_MAIL, element="BillEmail", address=True),
}


def verdicts(known: Known, posting: Posting) -> Iterator[Verdict]:
    """What is wrong with its texts, in the order QuickBooks reads them."""
    rules = _RULES.get(posting.entity) if posting.entity in _LISTS else _DOCUMENT
    for path, text in _texts(posting.payload):
        rule = (rules or {}).get(path)
        if rule is not None:
            yield from _wrong(known, rule, path, text)


def _texts(part: Payload, path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in part.items():
        if isinstance(value, str):
            yield f"{path}{name}", value
        elif isinstance(value, dict):
            yield from _texts(value, f"{path}{name}.")
        elif isinstance(value, list):
            for row in value:
                if isinstance(row, dict):
                    yield from _texts(row, f"{path}{name}.")


def _wrong(known: Known, rule: _Rule, path: str, text: str) -> Iterator[Verdict]:
    element = rule.element or path
    if path in _TOLD_TWICE:
        yield from _doubtful_length(known, path, text)
    else:
        sure = Certainty.WILL if rule.sure else Certainty.MAY
        yield from _too_long(text, rule.longest, element, sure)
    if not set(rule.forbidden).isdisjoint(text):
        sure = Certainty.WILL if rule.sure else Certainty.MAY
        yield Verdict(sure, "2040", _WORDS["2040"].format(text), element)
    if rule.address and not all(_ADDRESS.match(one.strip()) for one in re.split("[,;]", text)):
        yield Verdict(Certainty.WILL, "2210", _WORDS["2210"].format(text), element)


def _too_long(text: str, longest: int, element: str, sure: Certainty) -> Iterator[Verdict]:
    said = _WORDS["2050"].format(longest, len(text))
    if len(text) > longest:
        yield Verdict(sure, "2050", said, element)
    elif _units(text) > longest:
        # Whether QuickBooks counts a character outside the basic plane once or twice is not said.
        yield Verdict(Certainty.MAY, "2050", said, element)


def _doubtful_length(known: Known, path: str, text: str) -> Iterator[Verdict]:
    name, least, most = _TOLD_TWICE[path]
    seen = known.traits.get(name)
    found = list(_too_long(text, int(seen) if seen else most, path, Certainty.WILL))
    if not least < len(text) <= most:
        yield from found  # no company takes it, or every one does: it shows nothing
        return
    trait = Trait(name, str(least), str(most))
    if seen:
        found = [replace(one, trait=trait) for one in found]
    elif not found:
        said = _WORDS["2050"].format(least, len(text))
        found = [Verdict(Certainty.MAY, "2050", said, path, trait=trait)]
    yield from found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
