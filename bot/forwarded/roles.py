"""Which part a record of QuickBooks has in what a tool reported: its subject, or in its way.

A taken number names the document that *has* it. That one is posted; what is not is the tool's own.
A customer that is named beside "Select a tax code" is not refused: the tool's document is.
"""

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.domain import Payload
from bot.render.words import day

if TYPE_CHECKING:
    from bot.models import Forwarded, MirrorRow

NUMBER, TRANSACTION, NAME = "duplicate_document_number", "duplicate_transaction", "duplicate_name"
CLOSED = "closed_period"
# What is about a document: a customer or vendor that is named beside it is not what failed.
_OF_DOCUMENTS = frozenset({NUMBER, TRANSACTION, CLOSED})
# What is about a record of a list that the text names, and of these what is about an account.
_OF_ACCOUNTS = frozenset({"missing_account", "account_mismatch"})
_OF_LISTS = _OF_ACCOUNTS | {
    "inactive_record", "missing_record", "missing_mapping", NAME, "stale_object", "unknown",
}  # fmt: skip
# Problems of a document, where the text names one of the tool's own: a party only stands beside it.
_OF_ITS_DOCUMENT = frozenset({"stale_object", "cannot_link"})
# What has to be found is none of the tool's documents then.
_BY_NAME = _OF_LISTS - {"stale_object", "unknown"}
# Kinds that are about a record of a list where one of its own fields is the trouble.
_OF_FIELDS = frozenset({"too_long", "invalid_characters", "missing_required_field"})
_OWN_FIELDS = frozenset(
    {
        "name", "displayname", "fullyqualifiedname", "companyname", "printoncheckname",
        "givenname", "familyname", "primaryemailaddr", "primaryphone",
    }
)  # fmt: skip
_SAYS_NAME = re.compile(r"\b(?:display ?|company |full ?)?name\b", re.I)
# Where QuickBooks itself says who has a number: nothing in there is the tool's own document.
_HOLDER = re.compile(r"DocNumber=.{1,80}? is assigned to TxnType=.{1,40}? with TxnId=\d+", re.I)
# "INV-1001", "1042", "SO-US-1001", "INV-B64".
_NUMBER = r"(?:[A-Z]{1,6}-){0,2}[A-Z]{0,6}-?\d[\w\-/]{0,20}"
# The number that is taken, as far as the text itself tells it from the tool's own one.
_TAKEN = re.compile(
    rf"\bDoc(?:Num|Number)\b\W{{0,4}}(?P<doc>{_NUMBER})"
    rf"|\bnumber\W{{1,3}}(?P<said>{_NUMBER})\W{{0,3}}\s(?:is|has|was)\b",
    re.I,
)
# What QuickBooks itself would call a document; an order is the tool's alone.
_ITS = re.compile(
    r"\b(?:invoice|bill|payment|receipt|memo|estimate|document|doc(?:number)?)\s*"
    rf"(?:no\.?|number|num|#)?[\"']?\s*[:=#]?\s*[\"']?(?P<number>{_NUMBER})",
    re.I,
)
_OWN = re.compile(
    r"\b(?P<kind>sales? (?:order|receipt)|purchase order|sale|order|invoice|bill|payment|receipt"
    r"|credit (?:memo|note)|estimate|expense|journal entry|deposit|refund|transaction|document)\s*"
    rf"(?:no\.?|number|num|#)?[\"']?\s*[:=#]?\s*[\"']?(?P<number>{_NUMBER})",
    re.I,
)
# A row or an item begins with what it is about: "INV-3001 | Kim Lee | …", "1. INV-3601 - …".
_FIRST = re.compile(
    r"\W{0,3}(?:\(?\d{1,3}[.)]\s+)?(?P<number>(?:[A-Z]{1,6}-){1,2}\d[\w\-/]{0,20})(?=\s|:)", re.I
)
_DOCUMENT = re.compile(
    r"(?<![\w-])(?:INV|SO|SI|PO|CM|CN|SR|RR|BILL|B|EXP|PMT|PAY|EST|JE|DOC|ORD|DEP)-(?:[A-Z]{1,6}-)?\d[\w\-/]{0,20}"
)
# "Cin7 Core → QBO: INV-1001 — …": the tool's name, then what it is about.
_HEADED = re.compile(
    rf"[^\n:]{{0,60}}:\s+(?P<number>{_DOCUMENT.pattern})\s*(?:[—–:]|-\s)", re.IGNORECASE
)
# What QuickBooks Desktop calls a document inside.
_TXN_ID = re.compile(r"[0-9A-F]{1,8}-\d{7,12}", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w-])(?!QBWC|ONL)(?P<number>(?:[A-Z]{1,6}-){1,2}\d[\w\-/]{0,20})")
_DATE_SAID = re.compile(
    r"\b(?:dated?|TxnDate|transaction date)\W{1,5}(?P<date>\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})(?!\w)",
    re.I,
)


def date_said(text: str) -> str:
    """The day of the document, as all days are written where the year stands first; "" for none.

    Any other way it stays as the text writes it: 10/02 is read in two ways.
    """
    if found := day_said(text):
        return day(found.isoformat())
    said = _DATE_SAID.search(text)
    return said["date"] if said is not None else ""


def day_said(text: str) -> date | None:
    """The day of the document where the year stands first; None for none and any other way."""
    said = _DATE_SAID.search(text)
    try:
        return date.fromisoformat(said["date"]) if said is not None else None
    except ValueError:
        return None


def of_document(kind: str) -> bool:
    """Whether problems of this kind are about a document, whatever else the text names."""
    return kind in _OF_DOCUMENTS


def is_holder(kind: str, found: "MirrorRow") -> bool:
    """Whether the document found is the one in the way, and so is posted."""
    return is_number(kind) and _is_document(found)


def _is_document(found: "MirrorRow") -> bool:
    # The copy of the books is loaded where there is one: a text alone needs none (0.9 s).
    from bot.mirror.contents import DOCUMENTS

    return found.entity in DOCUMENTS


def beside(kind: str, row: "Forwarded", found: "MirrorRow") -> bool:
    """Whether what was found only stands beside: the party of a document, a name's document."""
    if _is_document(found):
        return kind in _BY_NAME
    if kind in _OF_ACCOUNTS:
        return found.entity != "Account"
    return not is_of_list(kind, row)


def is_of_list(kind: str, row: "Forwarded") -> bool:
    """Whether the record of a list that the text names is what it is about, not a document."""
    if row.problem in _OF_ITS_DOCUMENT and own(kind, row)["own_number"]:
        return False
    if kind in _OF_LISTS:
        return True
    if kind not in _OF_FIELDS:
        return False
    field = str(row.facts.get("element") or row.facts.get("field") or "").rpartition(".")[2]
    if field:
        return field.casefold() in _OWN_FIELDS
    return bool(_SAYS_NAME.search(row.text)) and not own(kind, row)["own_number"]


def is_about_names(kind: str) -> bool:
    """Whether problems of this kind are about a record of a list, or about nothing known."""
    return kind in _OF_LISTS


def is_account(kind: str) -> bool:
    """Whether the record that problems of this kind are about is an account."""
    return kind in _OF_ACCOUNTS


def in_the_way(kind: str, row: "Forwarded", told: Payload, theirs: Payload) -> Payload:
    """What an alert says where the document that was found is in the way of another.

    `told`: what is said of it where it is the subject; `theirs`: what is said of it as the other.
    """
    from bot.mirror import fold

    known = {key: told[key] for key in ("entity", "qbo_id", "found")}
    number = told["number"] if kind == NUMBER else row.facts.get("number", "")
    said = number_in(NUMBER, row.text, row.facts) if kind == NUMBER else ""
    # The vendor's bill of a near number: what is used is the one that the text gives.
    nearly = bool(said) and fold(said) != fold(str(number))
    number = said if nearly else number
    return {**own(kind, row), **known, "theirs": theirs, "number": number, "nearly": nearly}


def names_document(text: str) -> bool:
    """Whether a text names a document by its number: invoice 1042, SO-7."""
    return any(one.search(text) for one in (_OWN, _DOCUMENT))


def number_in(kind: str, text: str, facts: Payload) -> str:
    """The number of the document in QuickBooks to look for: the taken one, else the tool's own."""
    if kind in _BY_NAME:
        return ""
    if taken := taken_in(kind, text, facts):
        return taken
    if kind == TRANSACTION:
        # "Payment P-7 for invoice 1002 exceeds …": what stands in QuickBooks is named last.
        every = [one["number"] for one in _ITS.finditer(text)]
        return every[-1] if every else str(facts.get("number") or "")
    said = (_OWN if kind == NUMBER else _ITS).search(text) or _FIRST.match(text)
    if said is None and kind == NUMBER:
        said = _BARE.search(text)
    return str(facts.get("number") or (said["number"] if said else ""))


def taken_in(kind: str, text: str, facts: Payload) -> str:
    """The number that the text itself says another document has; "" where it says none."""
    if kind != NUMBER:
        return ""
    return str(facts.get("holder_number") or "") or _taken(text)


def about(kind: str, text: str) -> str:
    """The text without another error's words of who has a number."""
    return text if is_number(kind) else _HOLDER.sub(" ", text)


def kind_of(text: str, number: str) -> str:
    """What the text calls the document of this number: "bill"; "document" where it does not say."""
    every = (one for one in _OWN.finditer(text) if one["number"] == number)
    return next((one["kind"].lower() for one in every), "document")


def is_number(kind: str) -> bool:
    """Whether a document that has the number may be in the way."""
    return kind in (NUMBER, TRANSACTION)


def _taken(text: str) -> str:
    said = _TAKEN.search(text)
    return (said["doc"] or said["said"]) if said is not None else ""


def _headed(kind: str, text: str, taken: str) -> str:
    """The number that a text begins with, or that stands behind the tool's name: Cin7: INV-1 – …"""
    said = _HEADED.match(text)
    number = said["number"] if said is not None and kind != TRANSACTION else ""
    return "" if number == taken else number


def _alone(kind: str, text: str, taken: str) -> str:
    """The number that a text begins with, or the only one in it that looks like a document's."""
    if kind == TRANSACTION:
        return ""
    first = _FIRST.match(text)
    if first is not None and first["number"] != taken:
        return first["number"]
    every = set() if kind == NUMBER else set(_DOCUMENT.findall(text))
    return every.pop() if len(every) == 1 else ""


def own(kind: str, row: "Forwarded") -> Payload:
    """The tool's own document, as it is named or as the text calls it; its parts may be ""."""
    return own_in(kind, row.text, str(row.facts.get("number") or ""))


def own_in(kind: str, whole: str, hint: str = "") -> Payload:
    """The same of a text alone; `hint` is the number that the tool names beside it."""
    text = _HOLDER.sub(" ", whole)
    every = [one for one in _OWN.finditer(text) if not _TXN_ID.fullmatch(one["number"])]
    taken = _taken(whole)
    # "Invoice 8012: DocNumber=1002 is used": another number than the taken one is its own.
    said = next((one for one in every if one["number"] != taken), next(iter(every), None))
    # "Invoice 88 was paid already" tells of the one in QuickBooks: alone it is not the tool's own.
    alone = kind == TRANSACTION and len({one["number"] for one in every}) < 2
    given = hint or _headed(kind, text, taken)
    given = given or (said["number"] if said is not None and not alone else "")
    given = given or _alone(kind, text, taken)
    word = said["kind"].lower() if said is not None and said["number"] == given else "document"
    return {"own": f"{word} {given}" if given else "", "own_kind": word, "own_number": given}
