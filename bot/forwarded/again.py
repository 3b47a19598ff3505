"""What other tools have to try again once a cause is mended: which of them, with what documents."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from bot.domain import JsonValue
from bot.forwarded.findings import UNKNOWN_TOOL
from bot.knowledge.products import names_connector
from bot.models import Forwarded
from bot.render import clean, listed
from bot.render.words import upfirst

# A tool names itself where its text begins, before it says what failed.
_HEAD = re.compile(r"\W{0,4}(?P<head>[^:;\n\"']{2,60}):\s")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+(?:\.com\b)?")
_MOST_TOOLS, _MOST_DOCUMENTS, _LOOKED_THROUGH = 3, 10, 500

# The tool, and what it calls its documents.
Pending = Mapping[str, Sequence[str]]


def pending(
    session: Session, company_id: int, problem: str, subject: str, since: datetime
) -> Pending:
    """The tools that met a cause, each with the documents its texts name; {} for none.

    What was settled after `since` counts: that is how the mending itself is seen.
    """
    rows = session.exec(
        select(Forwarded)
        .where(Forwarded.company_id == company_id, Forwarded.state == "read")
        .where(Forwarded.problem == problem, Forwarded.subject == subject)
        .where(or_(col(Forwarded.settled_at).is_(None), col(Forwarded.settled_at) >= since))
        .order_by(col(Forwarded.id).desc())
        .limit(_LOOKED_THROUGH)
    ).all()
    found: dict[str, list[str]] = {}
    for row in reversed(rows):
        known = found.setdefault(_tool(row), [])
        own = str(row.facts.get("own") or "")
        if own and own not in known:
            known.append(own)
    return found


def told(found: Pending, facts: Mapping[str, JsonValue]) -> list[str]:
    """Say who has to try what again, a sentence for each tool.

    Where no report is left, `facts` of the alert still have what was reported on it.
    """
    reported = facts.get("reported")
    if not found and isinstance(reported, dict):
        tool = str(reported.get("again") or reported["tool"])
        documents = str(reported.get("documents") or "")
        return [_sentence(tool, documents)]
    return [_sentence(tool, _named(own)) for tool, own in list(found.items())[:_MOST_TOOLS]]


def _tool(row: Forwarded) -> str:
    """Who has to try again: of a text that a person handed over the tool that it names itself."""
    return (_said(row.text) or UNKNOWN_TOOL) if row.facts.get("person") else row.tool


def _said(text: str) -> str:
    head = _HEAD.match(text)
    words = _WORD.findall(head["head"]) if head is not None else []
    return next((word for word in words if names_connector(word.lower())), "")


def _sentence(tool: str, documents: str) -> str:
    what = f" with {clean(documents)}" if documents else ""
    return f"{upfirst(clean(tool))} has to try again itself{what}: the bot cannot post for it"


def _named(documents: Sequence[str]) -> str:
    more = len(documents) - _MOST_DOCUMENTS
    return listed([*documents[:_MOST_DOCUMENTS], *([f"{more} more"] if more > 0 else [])])
