"""The cause a forwarded text stands for: its problem, its subject, and what is said of it.

What a tool reports of its own connection is no trouble of ours, so it has problems of its own; a
record that is inactive is the cause where a text names one.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot import mirror
from bot.config import Settings
from bot.domain import JsonValue, Payload
from bot.forwarded.naming import MOST_FOUND, Named
from bot.knowledge import Knowledge
from bot.knowledge.knowledge import UNKNOWN
from bot.mirror.contents import DOCUMENTS, PARTY_FIELD
from bot.models import Company, Forwarded, MirrorRow
from bot.quickbooks.links import deep_link
from bot.render.words import spoken
from bot.sync import pairs

CONNECTION = "tool_connection"
BUSY = "tool_busy"
INACTIVE = "inactive_record"
# How the subject of a cause begins that no record of QuickBooks stands for.
UNNAMED = "reported:"
# What says that something is inactive, and what an inactive record may also look like to a tool.
SAYS_INACTIVE = frozenset({INACTIVE})
_MAY_BE_INACTIVE = frozenset({INACTIVE, "missing_record"})
# An inactive record that has the name is the cause as well.
_MENDED_BY_WAKING = _MAY_BE_INACTIVE | {"duplicate_name"}
_OF_THE_TOOL = frozenset({"token_expired", "permission", "company_suspended"})
_HEALING = frozenset({"throttled", "server_error", "network"})
# When the cause is gone: the record is active again, or one of the two was merged away.
GONE_ACTIVE, GONE_MERGED = "active", "merged"
_VARYING = re.compile(r"\d+|\b[0-9a-f]{8,}\b|\"[^\"]*\"|'[^']*'", re.IGNORECASE)


@dataclass(frozen=True)
class Cause:
    """Why a tool could not post, as an alert names it."""

    problem: str
    subject: str
    facts: Payload


def says_inactive(knowledge: Knowledge, row: Forwarded) -> bool:
    """Whether the text says that something it uses is inactive."""
    return knowledge.problem(row.problem).kind in SAYS_INACTIVE


def cause_of(
    knowledge: Knowledge, settings: Settings, company: Company, row: Forwarded, named: Named
) -> Cause:
    """Name the cause of a report; `named` is what QuickBooks' lists have of it."""
    problem = knowledge.problem(row.problem)
    tool = f"tool:{mirror.fold(row.tool) or row.tool}"
    facts = {**row.facts, "recognised": row.problem}
    if row.problem != UNKNOWN and (problem.kind in _OF_THE_TOOL or row.platform == "oauth"):
        return Cause(CONNECTION, tool, {**facts, "kind_of_trouble": problem.kind})
    if problem.kind in _HEALING:
        return Cause(BUSY, tool, facts)
    found = named.row
    if found is not None:
        return _about(problem.kind, settings, company, row, found)
    if named.pair is not None and problem.kind.startswith("duplicate_"):
        told = {**facts, **_told(settings, company, named.pair[0]), "gone": GONE_MERGED}
        return Cause(row.problem, pairs.subject(*named.pair), told)
    facts["candidates"] = [_candidate(settings, company, one) for one in named.rows[:MOST_FOUND]]
    facts["asked"] = named.asked
    facts.setdefault("number" if named.asked == named.number else "name", named.asked)
    return Cause(row.problem, f"{UNNAMED}{_shape(row, named)}", facts)


def _about(
    kind: str, settings: Settings, company: Company, row: Forwarded, found: MirrorRow
) -> Cause:
    facts = {**row.facts, "recognised": row.problem, **_told(settings, company, found)}
    inactive = not found.active and found.entity not in DOCUMENTS
    if inactive and kind in _MENDED_BY_WAKING:
        facts["gone"] = GONE_ACTIVE
    problem = INACTIVE if inactive and kind in _MAY_BE_INACTIVE else row.problem
    return Cause(problem, f"{found.entity}:{found.qbo_id}", facts)


def _shape(row: Forwarded, named: Named) -> str:
    """What reports of one cause share: the name they give, else their words without numbers."""
    asked = mirror.fold(named.asked) or named.asked
    if asked:
        return asked[:100]
    if row.problem != UNKNOWN:
        return ""
    words = " ".join(_VARYING.sub("#", row.text).casefold().split())
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _told(settings: Settings, company: Company, found: MirrorRow) -> Payload:
    """What an alert says of a record of QuickBooks."""
    link = deep_link(settings, company, found.entity, found.qbo_id)
    known: Payload = {"entity": found.entity, "qbo_id": found.qbo_id, "link": link}
    if found.entity in DOCUMENTS:
        return known | _document(found)
    name = mirror.full_name(found.entity, found.data) or found.name
    return known | {
        "list": found.entity.lower(),
        "name": name,
        "active": found.active,
        "sku": found.sku,
        "balance": _text(found.data.get("Balance")),
    }


def _document(found: MirrorRow) -> Payload:
    party = found.data.get(PARTY_FIELD[found.entity])
    return {
        "record_type": spoken(found.entity),
        "number": found.doc_number,
        "party": str(party.get("name") or "") if isinstance(party, Mapping) else "",
        "amount": _text(found.data.get("TotalAmt")),
        "date": found.doc_date.isoformat() if found.doc_date else None,
    }


def _candidate(settings: Settings, company: Company, found: MirrorRow) -> Payload:
    name = mirror.full_name(found.entity, found.data) or found.doc_number or found.name
    state = "" if found.active else ", inactive"
    return {
        "what": f"{spoken(found.entity)} {name}{state}",
        "link": deep_link(settings, company, found.entity, found.qbo_id),
    }


def _text(value: JsonValue) -> str | None:
    return None if value is None else str(value)
