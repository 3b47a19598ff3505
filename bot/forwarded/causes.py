"""The cause a forwarded text stands for: its problem, its subject, and what is said of it.

What a tool reports of its own connection is no trouble of ours, so it has problems of its own; a
record that is inactive is the cause where a text names one.
"""

import hashlib
import re
from dataclasses import dataclass, replace

from bot import mirror
from bot.config import Settings
from bot.domain import JsonValue, Payload
from bot.forwarded import roles
from bot.forwarded.calling import NAMES, PARTIES, called, lists_said
from bot.forwarded.naming import MOST_FOUND, Named, party_of
from bot.knowledge import Knowledge
from bot.knowledge.knowledge import UNKNOWN
from bot.mirror.contents import DOCUMENTS
from bot.models import Company, Forwarded, MirrorRow
from bot.quickbooks.links import deep_link
from bot.render.words import spoken
from bot.sync import pairs
from bot.sync.documents import theirs_facts

CONNECTION = "tool_connection"
BUSY = "tool_busy"
SUBSCRIPTION = "tool_subscription"
INACTIVE, _SAID_INACTIVE = "inactive_record", "inactive_reference"
# How the subject of a cause begins that no record of QuickBooks stands for.
UNNAMED = "reported:"
_LONGEST_SUBJECT = 120
# What says that something is inactive, and what an inactive record may also look like to a tool.
SAYS_INACTIVE = frozenset({INACTIVE})
_MAY_BE_INACTIVE = frozenset({INACTIVE, "missing_record", "missing_account"})
# An inactive record that has the name is the cause as well.
_MENDED_BY_WAKING = _MAY_BE_INACTIVE | {"duplicate_name"}
_OF_THE_TOOL = frozenset({"token_expired", "permission"})
_SUSPENDED = "company_suspended"
# The tool's own keys at Intuit, which connecting again does not mend.
_KEYS = "app_credentials"
_HEALING = frozenset({"throttled", "server_error", "network"})
# When the cause is gone: the record is active again, or one of the two was merged away.
GONE_ACTIVE, GONE_MERGED = "active", "merged"
_INACTIVE_WORDS = re.compile(
    r"in-?acti[vf]|inakti|not active|no longer active|de-?activ|deakti|d[ée]sactiv|archiv|disabled"
    r"|delete|supprim|eliminad",
    re.IGNORECASE,
)
# What QuickBooks also says of a record that it does not find: only a word for the state counts.
_STATE_WORDS = re.compile(r"\bin-?active\b|\bnot active\b|\bno longer active\b", re.IGNORECASE)
# What says another thing than the code of an inactive record.
_TAKEN_WORDS = re.compile(r"already exists|already in use|is taken", re.IGNORECASE)
_VARYING = re.compile(r"\d+|\b[0-9a-f]{8,}\b|\"[^\"]*\"|'[^']*'", re.IGNORECASE)


@dataclass(frozen=True)
class Cause:
    """Why a tool could not post, as an alert names it."""

    problem: str
    subject: str
    facts: Payload


def says_inactive(knowledge: Knowledge, row: Forwarded) -> bool:
    """Whether the text says that something it uses is inactive; a code alone may mean more."""
    kind = knowledge.problem(row.problem).kind
    if kind in _MAY_BE_INACTIVE - SAYS_INACTIVE:
        return _STATE_WORDS.search(row.text) is not None
    return kind in SAYS_INACTIVE and (
        _INACTIVE_WORDS.search(row.text) is not None or _TAKEN_WORDS.search(row.text) is None
    )


def cause_of(
    knowledge: Knowledge, settings: Settings, company: Company, row: Forwarded, named: Named
) -> Cause:
    """Name the cause of a report; `named` is what QuickBooks' lists have of it."""
    cause = _cause_of(knowledge, settings, company, row, named)
    kind = knowledge.problem(row.problem).kind
    if roles.is_account(kind) and (item := called(row.text, "Item")):
        cause = replace(cause, facts={**cause.facts, "within": f"item {item}"})
    if not named.mistaken:
        return cause
    others = [_candidate(settings, company, one) for one in named.mistaken]
    told = [one | {"id": it.qbo_id} for one, it in zip(others, named.mistaken, strict=True)]
    return replace(cause, facts={**cause.facts, "mistaken": told, "holder_id": ""})


def _cause_of(
    knowledge: Knowledge, settings: Settings, company: Company, row: Forwarded, named: Named
) -> Cause:
    problem = knowledge.problem(row.problem)
    tool = f"tool:{mirror.fold(row.tool) or row.tool}"
    facts = {**row.facts, "recognised": row.problem}
    if row.problem != UNKNOWN and problem.kind == _SUSPENDED:
        # It is the company's own subscription, whichever tool met it first.
        return Cause(SUBSCRIPTION, f"{UNNAMED}subscription", facts)
    if row.problem != UNKNOWN and (problem.kind in _OF_THE_TOOL or row.platform == "oauth"):
        trouble = "keys" if row.problem == _KEYS else problem.kind
        return Cause(CONNECTION, tool, {**facts, "kind_of_trouble": trouble})
    if problem.kind in _HEALING:
        return Cause(BUSY, tool, facts)
    found = named.row
    if found is not None and not roles.beside(problem.kind, row, found):
        cause = _about(problem.kind, settings, company, row, found)
        is_holder = roles.is_holder(problem.kind, found)
        return _of_own_document(cause, named.party) if is_holder else _unlike(cause, row, named)
    if problem.kind == roles.NAME and (holder := _on_another_list(row, named)) is not None:
        return _of_another_list(settings, company, row, holder)
    if named.pair is not None and problem.kind == roles.NAME:
        told = {**facts, **_told(settings, company, named.pair[0]), "gone": GONE_MERGED}
        return Cause(row.problem, pairs.subject(*named.pair), told)
    return _unnamed(problem.kind, settings, company, row, named)


def _on_another_list(row: Forwarded, named: Named) -> MirrorRow | None:
    """The one record that has the name of a customer, vendor or employee, and is another of them.

    QuickBooks keeps one set of names for the three.
    """
    kept = [one for one in named.elsewhere if one.entity in NAMES]
    said = lists_said(row.text, kept[0].name) if len(kept) == 1 else frozenset()
    return kept[0] if said & set(NAMES) else None


def _of_another_list(
    settings: Settings, company: Company, row: Forwarded, holder: MirrorRow
) -> Cause:
    """The cause where it holds the name: nothing acts on it, as it is not what the tool means."""
    cause = _about(roles.NAME, settings, company, row, holder)
    wanted = min(lists_said(row.text, holder.name) & set(NAMES)).lower()
    return replace(cause, facts={**cause.facts, "gone": None, "wanted": wanted})


def _of_own_document(cause: Cause, party: str) -> Cause:
    """The cause where a document is in the way: each that it keeps out is one of its own.

    `party`: whose the tool's document is, where the one in QuickBooks is another one's.
    """
    whose = (str(cause.facts.get("own_number") or ""), party)
    own = " ".join(mirror.fold(one) or one for one in whose if one)
    subject = f"{UNNAMED}{cause.subject} {own}"[:_LONGEST_SUBJECT] if own else cause.subject
    return replace(cause, subject=subject, facts={**cause.facts, "other_party": party})


def _unlike(cause: Cause, row: Forwarded, named: Named) -> Cause:
    """The cause where the document of its number has another party or day than the text says.

    Then it is one of the tool's own document: the one that was found is another.
    """
    found = named.row
    if found is None or found.entity not in DOCUMENTS:
        return cause
    said = roles.day_said(row.text)
    other_day = said.isoformat() if said and found.doc_date and said != found.doc_date else ""
    if not named.party and not other_day:
        return cause
    unlike: Payload = {"party": named.party, "date": other_day}
    own = _of_own_document(cause, named.party or other_day)
    told = {key: value for key, value in cause.facts.items() if key != "other_party"}
    return replace(own, facts={**told, "unlike": unlike, "party": named.party})


def _unnamed(
    kind: str, settings: Settings, company: Company, row: Forwarded, named: Named
) -> Cause:
    """A cause that no record of QuickBooks stands for: several may be meant, or none is known."""
    facts: Payload = {**roles.own(kind, row), **row.facts, "recognised": row.problem}
    if kind == roles.CLOSED:
        facts["said_date"] = roles.date_said(row.text)
    several = () if named.row is not None else named.rows
    facts["candidates"] = [_candidate(settings, company, one) for one in several[:MOST_FOUND]]
    facts["asked"] = asked = _asked(kind, row, named)
    facts["elsewhere"] = [_candidate(settings, company, one) for one in named.elsewhere]
    facts["near"] = [_candidate(settings, company, one) for one in named.near]
    if asked and roles.is_of_list(kind, row):
        facts["name"] = asked
        facts["record_type"] = "account" if roles.is_account(kind) else named.kind or "record"
    else:
        facts |= _of_own(kind, row, named)
    number = str(facts.get("number") or "") if row.problem != UNKNOWN else ""
    return Cause(row.problem, f"{UNNAMED}{_shape(row, asked or number)}", facts)


def _asked(kind: str, row: Forwarded, named: Named) -> str:
    """The name that was looked for and not found; an item is no account of that name."""
    if roles.is_account(kind):
        is_other = bool(named.rows) or not _may_be_account(row, named.asked)
        return called(row.text, "Account") if is_other else named.asked
    if named.rows or named.asked == named.number:
        return ""
    return named.asked


def _may_be_account(row: Forwarded, name: str) -> bool:
    said = lists_said(row.text, name)
    return not said or "Account" in said


def _of_own(kind: str, row: Forwarded, named: Named) -> Payload:
    """The tool's own document, and whose it is where the text names one party.

    A party alone is not what was refused.
    """
    told = roles.own(kind, row)
    found = named.row
    party = found.name if found is not None and found.entity in PARTIES else ""
    if kind == roles.NUMBER:
        told["number"] = named.number
        told["unseen"] = bool(named.number)
        return told
    told["name"] = ""
    told["number"] = told["own_number"]
    if told["own_number"]:
        told["record_type"] = told["own_kind"]
        told["party"] = party or row.facts.get("party", "")
    else:
        told["record_type"] = "document"
        told["party"] = ""
    if found is not None and found.entity not in DOCUMENTS and not told["party"]:
        told["beside"] = f"{spoken(found.entity)} {found.name}"
    return told


def _about(
    kind: str, settings: Settings, company: Company, row: Forwarded, found: MirrorRow
) -> Cause:
    told = _told(settings, company, found)
    if roles.is_holder(kind, found):
        # Whatever the bot posts has its mark, so no link has to be looked for.
        theirs = theirs_facts(settings, company, found.entity, found.data, linked=False)
        told = roles.in_the_way(kind, row, told, theirs)
    elif found.entity in DOCUMENTS and kind != "stale_object":
        # Party, amount and day of the one in QuickBooks are not those of what the tool posts.
        told = told | {"party": "", "amount": None, "date": row.facts.get("date"), "there": True}
    facts = {**roles.own(kind, row), **row.facts, "recognised": row.problem, **told}
    if kind == roles.CLOSED:
        facts["said_date"] = roles.date_said(row.text)
    inactive = not found.active and found.entity not in DOCUMENTS
    if inactive and kind in _MENDED_BY_WAKING:
        facts["gone"] = GONE_ACTIVE
    problem = INACTIVE if inactive and kind in _MAY_BE_INACTIVE else row.problem
    if found.active and kind in _MAY_BE_INACTIVE and _STATE_WORDS.search(row.text):
        problem = _SAID_INACTIVE
    own = f"{UNNAMED}{_shape(row, '')}" if problem == UNKNOWN else f"{found.entity}:{found.qbo_id}"
    return Cause(problem, own, facts)


def _shape(row: Forwarded, called: str) -> str:
    """What reports of one cause share: the name they give; of an error that is not known its words
    without numbers, as two such errors about one name may be two things."""
    asked = mirror.fold(called) or called
    if row.problem != UNKNOWN:
        return asked[:100]
    words = " ".join(_VARYING.sub("#", row.text).casefold().split())
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _told(settings: Settings, company: Company, found: MirrorRow) -> Payload:
    """What an alert says of a record of QuickBooks."""
    link = deep_link(settings, company, found.entity, found.qbo_id)
    known: Payload = {"entity": found.entity, "qbo_id": found.qbo_id, "link": link}
    kind = spoken(found.entity)
    shown: Payload = {"kind": kind, "link": link}
    if found.entity in DOCUMENTS:
        told = _document(found)
        card = {key: told[key] for key in ("party", "amount", "date")}
        own = str((found.data.get("CurrencyRef") or {}).get("value") or company.currency)
        card |= {**shown, "name": found.doc_number, "currency": own}
        return known | told | {"found": card}
    name = mirror.full_name(found.entity, found.data) or found.name
    return known | {
        "record_type": kind,
        "list": kind,
        "name": name,
        "active": found.active,
        "sku": found.sku,
        "balance": _text(found.data.get("Balance")),
        "found": {**shown, "name": name, "active": found.active},
    }


def _document(found: MirrorRow) -> Payload:
    return {
        "record_type": spoken(found.entity),
        "number": found.doc_number,
        "party": party_of(found),
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
