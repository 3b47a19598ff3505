"""What an adoption lets go and another cause, known beforehand, would hold: it is not promised."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain import Payload
from bot.fixes import alone
from bot.fixes.preview import Preview
from bot.models import Record, Source
from bot.render import listed
from bot.services import Services
from bot.sync import periods, staying
from bot.sync.causes import Cause, subject_of
from bot.sync.kinds import kind_of
from bot.sync.preflight import waiting
from bot.sync.totals import totals

# Its own rule asks for an approver (bot.fixes.effects) and tells what it holds.
_OWN_RULE = (periods.FILED_TAX,)


@dataclass(frozen=True)
class Foreseen:
    """The preview without what would wait; `documents` of that, for the alerts that `named` is."""

    preview: Preview
    documents: int = 0
    named: str = ""


def look(
    services: Services, source: Source, preview: Preview, linked: Collection[Record]
) -> Foreseen:
    """Set apart what would wait for another alert if the rest went now, and what refers to it.

    `linked`: the documents that are linked to what is there. So are their parties: whatever
    speaks against one of those is settled by it.
    """
    settled = {(preview.incident.problem, preview.incident.subject), *_parties(source, linked)}
    company_id = preview.incident.company_id
    stopped = waiting.stopped(services, company_id, preview.records)
    why = {record_id: _left(causes, settled) for record_id, causes in stopped.items()}
    go, stay = staying.parted(preview.records, lambda row: bool(why.get(row.id or 0)))
    if not stay:
        return Foreseen(preview)
    titles = _titles(services, company_id, [cause for one in why.values() for cause in one])
    told = tuple(dict.fromkeys((*preview.titles, *titles)))
    less = replace(preview, records=go, others=(*preview.others, *stay), titles=told)
    return Foreseen(less, totals(stay).documents, listed(titles))


def _parties(source: Source, linked: Collection[Record]) -> set[str]:
    """The subjects of the customers and vendors of these documents."""
    kinds = [(kind_of(row), row.payload) for row in linked]
    return {
        subject_of(kind.party, source.name, kind.party_id(payload))
        for kind, payload in kinds
        if kind.party is not None
    }


def _left(causes: Sequence[Cause], settled: Collection[object]) -> tuple[Cause, ...]:
    return tuple(
        one
        for one in causes
        if one.problem not in _OWN_RULE
        and one.subject not in settled
        and (one.problem, one.subject) not in settled
    )


def _titles(services: Services, company_id: int, causes: Sequence[Cause]) -> list[str]:
    """The commonest cause first."""
    counted = Counter((one.problem, one.subject) for one in causes)
    facts: Mapping[alone.Cause, Payload] = {
        (one.problem, one.subject): dict(one.facts) for one in causes
    }
    ordered = sorted(counted, key=lambda cause: (-counted[cause], cause))
    return alone.titles(services, company_id, ordered, facts)
