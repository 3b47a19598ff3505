"""What a text calls records by: the names it sets apart, and the lists whose words stand before."""

import re
from collections.abc import Iterator
from itertools import islice

from bot.forwarded.names import name_in

LISTS = ("Customer", "Vendor", "Employee", "Item", "Account")
PARTIES = ("Customer", "Vendor")
# What QuickBooks calls names in its answers: they share one set of ids, and an account is none.
NAMES = ("Customer", "Vendor", "Employee")
# What a text calls the records of each list.
SPOKEN = {
    "Customer": r"customers?|clients?|kunden?|clientes?",
    "Vendor": r"vendors?|suppliers?|lieferant(?:en)?|fournisseurs?|proveedor(?:es)?",
    "Employee": r"employees?|mitarbeiter(?:in)?|empleados?",
    "Item": r"items?|products?(?:\s?(?:/|or|and)\s?services?)?|skus?|artikel"
    r"|produkte?(?:/dienstleistung(?:en)?)?|produits?(?:/services?)?|productos?(?:/servicios?)?",
    "Account": r"accounts?|konto|cuentas?",
}
LIST_WORDS = {entity: re.compile(rf"\b(?:{words})\b", re.I) for entity, words in SPOKEN.items()}
# The apostrophe of "wasn't" opens nothing.
_QUOTED = re.compile(r"""(?:(?<!\w)['‘’`]|["“”\[«])([^"“”'‘’`\[\]«»\n]{2,100})["“”'‘’`\]»]""")
# What an object is called inside is no name, nor is the value of a code, nor is what stands where a
# secret was.
_INSIDE = re.compile(
    r"(?:(?:object|element) |(?:code|severity|status|version)[\"']?\s*(?:=>|[:=])\s*)[\"'“‘]$", re.I
)
_BEFORE = 24
_HIDDEN = "hidden"
_LABELS = (
    "(?:sales )?orders?|invoices?|bills?|payments?|documents?|customers?|clients?|vendors?"
    "|suppliers?|items?|products?|skus?|accounts?|class|location|errors?|messages?|status|dates?|amounts?|total"
    "|codes?|reference|ref|memo|type|details?"
)
_CALLED = re.compile(
    rf"\b(?:{'|'.join(SPOKEN.values())})(?: name)?\s*[:=#]?\s*"
    r"([^\s,.;:()\[\]{}\"'][^,;:()\[\]{}\"\n]{1,80}?)"
    # The next label ends it: "Item: Blue Mug Order: SO-7".
    rf"(?=\s+(?:{_LABELS})(?: (?:no\.?|number|id|name|date))?\s*[:=#]"
    r"|\s+(?:is|ist|est|est[áa]|has|was|are|in|not|does|cannot|could|that|which|and|inactive|maps)\b"
    r"|[,;:()\[\]{}\"\n]|\.\s|\.?$)",
    re.I,
)
# What a text says of a record that is not to be used: “is inactive”, “could not be found”.
_GONE_BEHIND = re.compile(
    r"[\"'”’»\]]?,?\s+(?:(?:is|are|was|were|has|have|been|made|now|marked|set|as|to|currently|could"
    r"|cannot|can|does|did|do|ist|wurde|est|a [ée]t[ée]|est[áa]|fue)\s+){0,5}"
    r"(?:in-?acti[vf]|inakti[vf]|not active|no longer active|de-?activ|d[ée]sactiv|archiv|delet"
    r"|not (?:be )?found|not exist|missing\b)",
    re.I,
)
_GONE_BEFORE = re.compile(
    r"(?:in-?active|deleted|missing) (?:\w+ ){0,2}?(?:\w+:)?\s*[\"'“]?$", re.I
)
_FAR = 80
# So many names of a text are looked at.
_MOST_NAMES = 100
# “Customer Jane Doe Something you're trying to use has been made inactive”: more than a name.
_SENTENCE = re.compile(r"\b(?:you|your|trying|something|object|errors?|reference)\b", re.I)


def called(text: str, entity: str) -> str:
    """The first name that the text calls one of a list: account “Freight”; "" for none.

    One that it says to be gone goes before the others, which only stand beside it.
    """
    few = islice(set_apart(text), _MOST_NAMES)
    names = [name for name in few if entity in lists_said(text, name)]
    return next((name for name in names if says_gone(text, name)), next(iter(names), ""))


def said_gone(text: str) -> list[str]:
    """The names that the text says to be inactive, deleted or not found, each once."""
    names = dict.fromkeys(islice(set_apart(text), _MOST_NAMES))
    return [name for name in names if says_gone(text, name)]


def says_gone(text: str, name: str) -> bool:
    """Whether a text says of a name that it is inactive, deleted or not found."""
    if _SENTENCE.search(name):
        return False
    start = text.find(name)
    for _ in range(_MOST_NAMES):
        if start < 0:
            break
        end = start + len(name)
        if _GONE_BEHIND.match(text[end : end + _FAR]) or _GONE_BEFORE.search(
            text[max(start - _FAR, 0) : start]
        ):
            return True
        start = text.find(name, end)
    return False


def lists_said(text: str, name: str) -> frozenset[str]:
    """The lists whose words stand right before a name: customer Jane Doe."""
    before = rf"(?: name)?\s*[:=#]?\s*[\"'“”‘’]?{re.escape(name)}(?!\w)"
    return frozenset(
        entity for entity, word in SPOKEN.items() if re.search(rf"\b(?:{word}){before}", text, re.I)
    )


def set_apart(text: str) -> Iterator[str]:
    """What stands in quotes, and what follows the word for a list: customer Jane Doe is …"""
    called = (found[1] for found in _CALLED.finditer(text))
    # After "customer" without a name goes the sentence: another customer uses it.
    likely = (words for words in called if not words[:1].islower())
    quoted = (
        found[1]
        for found in _QUOTED.finditer(text)
        if found[1] != _HIDDEN
        and not _INSIDE.search(text[max(found.start(1) - _BEFORE, 0) : found.start(1)])
    )
    for words in (*quoted, *likely):
        if name := name_in(words):
            yield name
