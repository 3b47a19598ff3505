"""Before every push: what QuickBooks would certainly refuse is held without being sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload
from bot.models import Company, Record, Source
from bot.services import Services
from bot.sync import behind, doubles
from bot.sync.causes import Cause, distinct, own_cause
from bot.sync.lookup import Key, Lookup
from bot.sync.preflight import closing, known, rules
from bot.sync.preflight.company import SETTINGS
from bot.sync.preflight.model import Certainty, Known, Posting, Verdict
from bot.sync.preflight.periods import CLOSED
from bot.sync.reading import stored_record
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.twins import holding

# What stands before the words that alone tell one refusal of code 6000 from another.
_BUSINESS = "Business Validation Error:"
_NAME_TAKEN, _NUMBER_USED, _REFUSED = "6240", "6140", "6000"
Found = Mapping[int, tuple[Verdict, ...]]


@dataclass(frozen=True)
class Looked:
    """What holds a record, by its id; and all that was said of those that go out."""

    causes: Mapping[int, tuple[Cause, ...]] = field(default_factory=dict)
    said: Found = field(default_factory=dict)


def look(services: Services, table: Lookup, ready: Sequence[Posting], *, asked: bool) -> Looked:
    """Say what of these postings must not go out, and why, as a refusal would be told.

    What the mirror alone says is read again before it holds anything. `asked`: a person wants
    these tried, so QuickBooks itself decides; only closed books stay closed, and what the firm
    itself said not to post stays held. Raises QuickBooksFault.
    """
    if not ready:
        return Looked()
    company_id = table.company.id or 0
    with services.sessions.read() as session:
        said = _said(known.load(session, table, ready), ready)
    sure: Found = {key: kept for key, found in said.items() if (kept := _sure(found, asked=asked))}
    sure = _confirmed(services, table, ready, sure, asked=asked) if sure else {}
    causes = {
        record_id: told
        for record_id, found in sure.items()
        if (told := _causes(services, _posting(ready, record_id), found))
    }
    closed = closing.causes(services, company_id, [one.record for one in ready])
    for record_id, cause in closed.items():
        causes[record_id] = distinct([*causes.get(record_id, ()), cause])
    return Looked(causes, {key: found for key, found in said.items() if found})


def _said(seen: Known, ready: Sequence[Posting]) -> dict[int, tuple[Verdict, ...]]:
    return {one.record.id or 0: rules.verdicts(seen, one) for one in ready}


def _sure(found: Sequence[Verdict], *, asked: bool = False) -> tuple[Verdict, ...]:
    """What holds a record: sure refusals, and what the firm said; a closed day is looked at later.

    Where people asked for a try, the sure refusals are QuickBooks' to make.
    """
    wanted = [one for one in found if one.certainty is Certainty.WILL and not asked]
    wanted += [one for one in found if one.certainty is Certainty.OURS and one.cause is not None]
    return tuple(one for one in wanted if one.code != CLOSED)


def _posting(ready: Sequence[Posting], record_id: int) -> Posting:
    return next(one for one in ready if one.record.id == record_id)


def _confirmed(
    services: Services, table: Lookup, ready: Sequence[Posting], sure: Found, *, asked: bool
) -> Found:
    """Read again what the mirror said, and keep what still stands."""
    company_id = table.company.id or 0
    keys = {key for found in sure.values() for one in found for key in one.rests_on}
    if not keys:
        return sure
    for entity, qbo_id in keys - {SETTINGS}:
        mirror.refresh(services, company_id, entity, qbo_id)
    preferences = table.preferences
    if SETTINGS in keys:
        preferences = mirror.refresh_company(services, company_id)
    again = [_posting(ready, record_id) for record_id in sure]
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
        fresh = replace(table, company=company, preferences=preferences)
        seen = known.load(session, fresh, again, anew=keys)
    return {key: _sure(found, asked=asked) for key, found in _said(seen, again).items()}


def _causes(services: Services, posting: Posting, found: Sequence[Verdict]) -> tuple[Cause, ...]:
    return distinct([cause for one in found for cause in _told(services, posting, one)])


def _told(services: Services, posting: Posting, verdict: Verdict) -> tuple[Cause, ...]:
    """What holds it for one verdict: another record's trouble where it is that one's."""
    if verdict.code == _REFUSED and verdict.cause is None:
        with services.sessions.read() as session:
            others = behind.causes(session, posting.record, posting.payload)
        if others:
            return others
    cause = _cause(services, posting, verdict)
    return () if cause is None else (cause,)


def _cause(services: Services, posting: Posting, verdict: Verdict) -> Cause | None:
    """The cause a refusal would have; None where the holder of a name or number is gone."""
    record = posting.record
    if verdict.cause is not None:
        return verdict.cause
    with services.sessions.read() as session:
        source = session.get_one(Source, record.source_id).name
        if verdict.code == _NAME_TAKEN:
            held = _name_cause(services, session, source, posting, verdict.rests_on)
            if held is not None:
                return held
    cause = foreseen(services, source, record, verdict)
    if verdict.code == _NUMBER_USED:
        return doubles.number_cause(services, record, verdict.text, cause.facts)
    return cause


def foreseen(services: Services, source: str, record: Record, verdict: Verdict) -> Cause:
    """The cause that QuickBooks' own words would have; `foreseen` says that it was not asked."""
    classified = services.knowledge.classify("qbo", verdict.code, verdict.text)
    told = verdict.text.partition(_BUSINESS)[2].strip()
    facts: Payload = {
        **classified.facts,
        "code": verdict.code,
        "element": verdict.element,
        "detail": told,
        "foreseen": True,
    }
    return own_cause(classified.problem, record, source, facts)


def _name_cause(
    services: Services,
    session: Session,
    source: str,
    posting: Posting,
    rests_on: Sequence[Key],
) -> Cause | None:
    record = posting.record
    model = stored_record(record.payload)
    rows = [mirror.get(session, record.company_id, *key) for key in rests_on]
    holder = next((row for row in rows if row is not None), None)
    if holder is None or not isinstance(model, CustomerIn | VendorIn | ItemIn):
        return None
    company = session.get_one(Company, record.company_id)
    watch = holding.Look(company, services.settings, source)
    return holding.holder_cause(session, watch, record, model, holder, posting.entity)
