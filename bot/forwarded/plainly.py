"""What a text itself names where nothing is looked up: its document, whose it is, an account."""

import re
from collections.abc import Mapping

from bot.forwarded import calling, roles
from bot.forwarded.names import name_in
from bot.forwarded.report import LONGEST_TEXT

_INACTIVE, _MISSING = "inactive_record", "missing_record"
_PARTIES = ("Vendor", "Customer")
# So long a name is told.
_LONGEST = 60
# “Name: Emily Platt”, as a tool writes what it sent.
_SENT = re.compile(
    r"\b(?:display ?|company |full ?)?name[\"']?\s*[:=]\s*[\"'“]?(?P<name>[^\"'”\n;,<>{}|]{2,60})"
    r"|\bname\s+[\"“](?P<quoted>[^\"”\n]{2,60})[\"”]",
    re.I,
)
# “already exists as a vendor”, “the name is used by an Other Name”.
_HOLDER = re.compile(
    r"\b(?:already|exists|registered|used|taken|in use)(?: already)? (?:as|by|for) an? "
    r"(?P<list>customer|client|vendor|supplier|employee|item|product|account|other name)\b",
    re.I,
)


def named_in(kind: str, text: str, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts that the words of a kind's explanation can use, beside those already known.

    `number`, `record_type` and `party` of the document whose number is taken; `named` the record
    of a list that is inactive or of the wrong kind: "account Freight". Of any other document that
    is refused number and kind. Of a name that is taken `name`, and `taken_by` the list it is on.
    Never an empty one.
    """
    text = text[:LONGEST_TEXT]
    if kind == roles.NUMBER:
        found = _of_number(text, facts)
    else:
        found = _of_name(text) if kind == roles.NAME else _of_list(kind, text)
    found = found or _of_document(kind, text)
    return {key: value for key, value in found.items() if value and not facts.get(key)}


def _of_number(text: str, facts: Mapping[str, str]) -> dict[str, str]:
    number = roles.number_in(roles.NUMBER, text, dict(facts))
    parties = (name for one in _PARTIES if (name := calling.called(text, one)))
    return {
        "number": number,
        "record_type": roles.kind_of(text, number) if number else "",
        "party": next(parties, "") if number else "",
    }


def _of_name(text: str) -> dict[str, str]:
    sent, holder = _SENT.search(text), _HOLDER.search(text)
    names = [name_in(sent["name"] or sent["quoted"])] if sent else []
    names += [name for one in calling.LISTS if (name := calling.called(text, one))]
    name = next((one for one in names if one and len(one) <= _LONGEST), "")
    return {"name": name, "taken_by": holder["list"].lower() if holder else ""}


def _of_document(kind: str, text: str) -> dict[str, str]:
    """The document that was refused; what is about a name is none."""
    if roles.is_about_names(kind):
        return {}
    said = roles.own_in(kind, text)
    return {"number": said["own_number"], "record_type": said["own_kind"]} if said["own"] else {}


def _of_list(kind: str, text: str) -> dict[str, str]:
    of_any = calling.LISTS if kind in (_INACTIVE, _MISSING) else ()
    lists = ("Account",) if roles.is_account(kind) else of_any
    names = {entity: name_in(calling.called(text, entity)) for entity in lists}
    # What the text says to be gone goes before whose document it is.
    gone = [entity for entity, name in names.items() if name and calling.says_gone(text, name)]
    for entity in (*gone, *lists):
        name = names[entity]
        if name and len(name) <= _LONGEST:
            item = calling.called(text, "Item") if entity == "Account" else ""
            within = {"within": f"item {item}"} if item else {}
            missing = {"missing_name": name} if kind == _MISSING and entity == "Item" else {}
            return {"named": f"{entity.lower()} {name}", **within, **missing}
    return {}
