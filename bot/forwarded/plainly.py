"""What a text itself names where nothing is looked up: its document, whose it is, an account."""

from collections.abc import Mapping

from bot.forwarded import calling, roles
from bot.forwarded.names import name_in

_INACTIVE = "inactive_record"
_PARTIES = ("Vendor", "Customer")
# So long a name is told.
_LONGEST = 60


def named_in(kind: str, text: str, facts: Mapping[str, str]) -> dict[str, str]:
    """The facts that the words of a kind's explanation can use, beside those already known.

    `number`, `record_type` and `party` of the document whose number is taken; `named` the record
    of a list that is inactive or of the wrong kind: "account Freight". Of any other document that
    is refused number and kind. Never an empty one.
    """
    found = _of_number(text, facts) if kind == roles.NUMBER else _of_list(kind, text)
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


def _of_document(kind: str, text: str) -> dict[str, str]:
    """The document that was refused; what is about a name is none."""
    if roles.is_about_names(kind):
        return {}
    said = roles.own_in(kind, text)
    return {"number": said["own_number"], "record_type": said["own_kind"]} if said["own"] else {}


def _of_list(kind: str, text: str) -> dict[str, str]:
    lists = ("Account",) if roles.is_account(kind) else calling.LISTS if kind == _INACTIVE else ()
    for entity in lists:
        name = name_in(calling.called(text, entity))
        if name and len(name) <= _LONGEST:
            item = calling.called(text, "Item") if entity == "Account" else ""
            within = {"within": f"item {item}"} if item else {}
            return {"named": f"{entity.lower()} {name}", **within}
    return {}
