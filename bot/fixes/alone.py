"""What one alert alone keeps from being posted, and what waits for another alert too.

A preview promises only what its own fix lets go; the rest is named with what else it waits for.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sqlmodel import Session, col, select

from bot.domain import IncidentState, Payload, RecordState, RecordType
from bot.models import Company, Hold, Incident, Record
from bot.services import Services
from bot.sync.adopting import gate
from bot.sync.reading import references

# A problem with its root subject: what an alert is about.
Cause = tuple[str, str]

_AT_ONCE = 500
# A chain of references is at most customer or item, invoice, payment.
_LONGEST_CHAIN = 4
_MOST_TITLES = 3


@dataclass(frozen=True)
class Share:
    """The records of a cause: those it alone holds, and those that wait for `causes` as well."""

    alone: tuple[Record, ...]
    others: tuple[Record, ...] = ()
    causes: tuple[Cause, ...] = ()


def split(session: Session, records: Sequence[Record], own: Cause) -> Share:
    """Tell apart what goes once `own` is settled and what is held by something else as well.

    A record stays also when it refers to one that stays. `causes` has the commonest first.
    """
    stays: dict[int, tuple[Cause, ...]] = _other_causes(session, _ids(records), own)
    parents = _held_parents(session, records)
    of_parents = _other_causes(session, list(parents.values()), own)
    for _ in range(_LONGEST_CHAIN):
        before = len(stays)
        for record in records:
            for kind, external_id in references(record.payload):
                parent = parents.get((record.source_id, kind, external_id), 0)
                causes = stays.get(parent) or of_parents.get(parent)
                if causes and (record.id or 0) not in stays:
                    stays[record.id or 0] = causes
        if len(stays) == before:
            break
    counted = Counter(cause for causes in stays.values() for cause in causes)
    ordered = sorted(counted, key=lambda cause: (-counted[cause], cause))
    return Share(
        tuple(record for record in records if record.id not in stays),
        tuple(record for record in records if record.id in stays),
        tuple(ordered),
    )


def with_open_adoptions(session: Session, share: Share, own: Cause) -> Share:
    """Set apart what comes of a source whose adoption nobody has decided: it is held with it."""
    asked = {
        source_id: (gate.PROBLEM, gate.subject_of(name))
        for source_id, name in gate.undecided(session, {row.source_id for row in share.alone})
    }
    asked = {source_id: cause for source_id, cause in asked.items() if cause != own}
    if not asked:
        return share
    go = tuple(row for row in share.alone if row.source_id not in asked)
    stay = tuple(row for row in share.alone if row.source_id in asked)
    return Share(go, (*share.others, *stay), tuple(dict.fromkeys((*share.causes, *asked.values()))))


def titles(
    services: Services,
    company_id: int,
    causes: Iterable[Cause],
    foreseen: Mapping[Cause, Payload] = MappingProxyType({}),
) -> list[str]:
    """Name the alerts of these causes as their messages are headed, without counts.

    At most three are named; a last entry says how many more there are. `foreseen`: the facts of
    those that hold nothing yet.
    """
    wanted = list(causes)
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
        facts = [
            (cause, {**foreseen.get(cause, {}), **_facts(session, company, cause)})
            for cause in wanted[:_MOST_TITLES]
        ]
    named = [
        services.render.title(problem, known).rsplit(" · ", 1)[0] for (problem, _), known in facts
    ]
    named = list(dict.fromkeys(named))
    more = len(wanted) - _MOST_TITLES
    if more > 0:
        named.append(f"{more} more {'alert' if more == 1 else 'alerts'}")
    return named


def _facts(session: Session, company: Company, cause: Cause) -> Payload:
    """The facts of the cause's alert; those of a hold while there is no alert yet."""
    problem, subject = cause
    incident = session.exec(
        select(Incident)
        .where(Incident.company_id == company.id)
        .where(Incident.problem == problem, Incident.subject == subject)
        .where(col(Incident.state) != IncidentState.RESOLVED)
    ).first()
    known: Mapping[str, object] = incident.facts if incident is not None else {}
    if not known:
        hold = session.exec(
            select(Hold)
            .where(Hold.company_id == company.id)
            .where(Hold.problem == problem, Hold.subject == subject)
            .order_by(col(Hold.cause_record_id).is_not(None), col(Hold.id))
        ).first()
        known = hold.facts if hold is not None else {}
    own = {"company": company.name, "currency": company.currency, "time_zone": company.time_zone}
    return {**own, **known}


def _ids(records: Iterable[Record]) -> list[int]:
    return [record.id or 0 for record in records]


def _other_causes(
    session: Session, record_ids: Sequence[int], own: Cause
) -> dict[int, tuple[Cause, ...]]:
    found: dict[int, tuple[Cause, ...]] = {}
    for start in range(0, len(record_ids), _AT_ONCE):
        part = record_ids[start : start + _AT_ONCE]
        rows = session.exec(
            select(Hold.record_id, Hold.problem, Hold.subject)
            .where(col(Hold.record_id).in_(part))
            .order_by(col(Hold.id))
        )
        for record_id, problem, subject in rows:
            if (problem, subject) != own:
                found[record_id] = (*found.get(record_id, ()), (problem, subject))
    return found


def _held_parents(
    session: Session, records: Iterable[Record]
) -> dict[tuple[int, RecordType, str], int]:
    """The held records these refer to, by source, kind and external id."""
    wanted: dict[tuple[int, RecordType], set[str]] = {}
    for record in records:
        for kind, external_id in references(record.payload):
            wanted.setdefault((record.source_id, kind), set()).add(external_id)
    found: dict[tuple[int, RecordType, str], int] = {}
    for (source_id, kind), names in wanted.items():
        ordered = sorted(names)
        for start in range(0, len(ordered), _AT_ONCE):
            rows = session.exec(
                select(Record.external_id, Record.id)
                .where(Record.source_id == source_id, Record.type == kind)
                .where(col(Record.external_id).in_(ordered[start : start + _AT_ONCE]))
                .where(col(Record.state) == RecordState.HELD)
            )
            found |= {(source_id, kind, name): identity or 0 for name, identity in rows}
    return found
