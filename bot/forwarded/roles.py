"""Which part a record of QuickBooks has in what a tool reported: its subject, or in its way.

A taken number names the document that *has* it. That one is posted; what is not is the tool's own.
"""

import re

from bot.domain import Payload
from bot.mirror.contents import DOCUMENTS
from bot.models import Forwarded, MirrorRow

NUMBER, TRANSACTION, NAME = "duplicate_document_number", "duplicate_transaction", "duplicate_name"
# What is about a document: a customer or vendor that is named beside it is not what failed.
_OF_DOCUMENTS = frozenset({NUMBER, TRANSACTION, "closed_period"})
# Where QuickBooks itself says who has a number: nothing in there is the tool's own document.
_HOLDER = re.compile(r"DocNumber=.{1,80}? is assigned to TxnType=.{1,40}? with TxnId=\d+", re.I)
_OWN = re.compile(
    r"\b(?P<kind>sales? (?:order|receipt)|purchase order|sale|order|invoice|bill|payment|receipt"
    r"|credit (?:memo|note)|estimate|expense|journal entry|deposit|refund|transaction|document)\s*"
    r"(?:no\.?|number|num|#)?\s*[:=#]?\s*(?P<number>[A-Z]{0,6}-?\d[\w\-/]{0,20})",
    re.I,
)


def of_document(kind: str) -> bool:
    """Whether problems of this kind are about a document, whatever else the text names."""
    return kind in _OF_DOCUMENTS


def is_holder(kind: str, found: MirrorRow) -> bool:
    """Whether the document found is the one in the way, and so is posted."""
    return kind in (NUMBER, TRANSACTION) and found.entity in DOCUMENTS


def beside(kind: str, found: MirrorRow) -> bool:
    """Whether what was found only stands beside: the party of a document, a name's document."""
    if found.entity in DOCUMENTS:
        return kind == NAME
    return of_document(kind)


def in_the_way(kind: str, row: Forwarded, told: Payload, theirs: Payload) -> Payload:
    """What an alert says where the document that was found is in the way of another.

    `told`: what is said of it where it is the subject; `theirs`: what is said of it as the other.
    """
    known = {key: told[key] for key in ("entity", "qbo_id", "found")}
    number = told["number"] if kind == NUMBER else row.facts.get("number", "")
    return {**own(kind, row), **known, "theirs": theirs, "number": number}


def own(kind: str, row: Forwarded) -> Payload:
    """The tool's own document, as it is named or as the text calls it; its parts may be ""."""
    said = _OWN.search(_HOLDER.sub(" ", row.text))
    hint = str(row.facts.get("number") or "")
    # "Invoice 88 was paid already" tells of the one in QuickBooks: only a tool's own word counts.
    given = hint or (said["number"] if said is not None and kind != TRANSACTION else "")
    word = said["kind"].lower() if said is not None and said["number"] == given else "document"
    return {"own": f"{word} {given}" if given else "", "own_kind": word, "own_number": given}
