"""Customers, vendors and items that are in QuickBooks twice, by their name and a second fact.

A name alone proves nothing (accounting.md rule 7): only pairs that agree in a second fact, with
nothing that speaks against it, are told. Read from the mirror; nothing is asked of QuickBooks.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import Session, col, func, select

from bot import mirror
from bot.checkup import Check
from bot.domain import Finding, IncidentState, Payload, Scope
from bot.mirror import Likeness, similar
from bot.mirror.contents import PARTY_FIELD
from bot.models import Company, Incident, Link, MirrorRow
from bot.quickbooks.links import deep_link
from bot.services import Services
from bot.sync import pairs, second_facts

PROBLEM = "twice_in_books"
_LISTS = ("Customer", "Vendor", "Item")
_AT_ONCE = 400
# Of more alike records than this only those sharing a second fact with a neighbour are compared.
_WIDEST = 200


@dataclass(frozen=True)
class _Pair:
    """Two active records that are one: the one entered first, and the later one."""

    one: MirrorRow
    two: MirrorRow
    likeness: Likeness
    agree: tuple[str, ...]


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding per pair; of three that are one, each later one with the first.

    A pair of which one was merged away meanwhile stays a finding while links of ours still point
    at it.
    """
    with services.sessions.read() as session:
        found = [
            _finding(services, session, company, pair)
            for entity in _LISTS
            for pair in _pairs(session, company.id or 0, entity)
        ]
        known = {finding.subject for finding in found}
        found += _half_done(services, session, company, known)
    yield from (finding for finding in found if scope.covers(finding.subject))


def _pairs(session: Session, company_id: int, entity: str) -> Iterator[_Pair]:
    """Compare the records that share a folded name or its first and last word."""
    key = MirrorRow.sku if entity == "Item" else MirrorRow.block_key
    crowded = session.exec(
        select(key)
        .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
        .where(col(MirrorRow.active).is_(True), col(MirrorRow.deleted).is_(False))
        .where(col(key) != "")
        .group_by(col(key))
        .having(func.count() > 1)
    ).all()
    for start in range(0, len(crowded), _AT_ONCE):
        rows = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company_id, MirrorRow.entity == entity)
            .where(col(MirrorRow.active).is_(True), col(MirrorRow.deleted).is_(False))
            .where(col(key).in_(crowded[start : start + _AT_ONCE]))
        ).all()
        blocks: dict[str, list[MirrorRow]] = defaultdict(list)
        for row in rows:
            blocks[row.sku if entity == "Item" else row.block_key].append(row)
        for block in blocks.values():
            yield from _within(sorted(block, key=pairs.age)[:_WIDEST])


def _within(rows: Sequence[MirrorRow]) -> Iterator[_Pair]:
    """Pair each record with the first one it equals."""
    for place, two in enumerate(rows):
        for one in rows[:place]:
            pair = _compared(one, two)
            if pair is not None:
                yield pair
                break


def _compared(one: MirrorRow, two: MirrorRow) -> _Pair | None:
    likeness = similar(one.name, two.name)
    if likeness is None or not _comparable(one, two):
        return None
    if one.entity == "Item":
        return _Pair(one, two, likeness, ("SKU",))
    agree = second_facts.proof(second_facts.theirs(one), second_facts.theirs(two))
    return _Pair(one, two, likeness, agree) if agree else None


def _comparable(one: MirrorRow, two: MirrorRow) -> bool:
    """Not a parent with its own child, nor children of two, nor one party in two currencies."""
    currencies = [second_facts.reference(row, "CurrencyRef") for row in (one, two)]
    parents = [second_facts.reference(row, "ParentRef") for row in (one, two)]
    return currencies[0] == currencies[1] and parents[0] == parents[1]


def _finding(services: Services, session: Session, company: Company, pair: _Pair) -> Finding:
    facts: Payload = {
        **_told(services, session, company, pair.one, pair.two),
        "agree": list(pair.agree),
        "differ": pair.likeness.words,
        "likeness": round(pair.likeness.score * 100),
        "merged": False,
    }
    return Finding(PROBLEM, pairs.subject(pair.one, pair.two), facts)


def _told(
    services: Services, session: Session, company: Company, one: MirrorRow, two: MirrorRow
) -> Payload:
    return {
        "entity": one.entity,
        "list": one.entity.lower(),
        "name": mirror.full_name(one.entity, one.data) or one.name,
        "one": _card(services, session, company, one),
        "two": _card(services, session, company, two),
    }


def _card(services: Services, session: Session, company: Company, row: MirrorRow) -> Payload:
    own = (
        second_facts.item_theirs(row) if row.entity == "Item" else second_facts.theirs(row).shown()
    )
    balance = row.data.get("Balance")
    return {
        **own,
        "name": mirror.full_name(row.entity, row.data) or row.name,
        "qbo_id": row.qbo_id,
        "active": row.active,
        "balance": None if balance is None else str(balance),
        "link": deep_link(services.settings, company, row.entity, row.qbo_id),
        "ours": _links(session, row),
        **_recent(session, row),
    }


def _recent(session: Session, row: MirrorRow) -> Payload:
    """How many documents of the last months are for it, and of which day the last one is."""
    own = [entity for entity, field in PARTY_FIELD.items() if field == f"{row.entity}Ref"]
    count, last = session.exec(
        select(func.count(), func.max(MirrorRow.doc_date))
        .where(MirrorRow.company_id == row.company_id, col(MirrorRow.entity).in_(own))
        .where(MirrorRow.party_id == row.qbo_id, col(MirrorRow.deleted).is_(False))
    ).one()
    return {"documents": count, "last": last.isoformat() if last else None}


def _links(session: Session, row: MirrorRow) -> int:
    return session.exec(
        select(func.count())
        .select_from(Link)
        .where(Link.company_id == row.company_id)
        .where(Link.entity == row.entity, Link.qbo_id == row.qbo_id)
    ).one()


def _half_done(
    services: Services, session: Session, company: Company, known: Iterable[str]
) -> Iterator[Finding]:
    """Pairs with an open alert whose later or first one is inactive now, with links of ours."""
    standing = session.exec(
        select(Incident)
        .where(Incident.company_id == company.id, Incident.problem == PROBLEM)
        .where(Incident.state != IncidentState.RESOLVED)
        .order_by(col(Incident.id))
    ).all()
    for incident in standing:
        if incident.subject in set(known):
            continue
        rows = pairs.rows(session, company.id or 0, incident.subject)
        gone = [row for row in rows if not row.active]
        if len(rows) == 2 and len(gone) == 1 and not gone[0].deleted and _links(session, gone[0]):
            facts: Payload = {**incident.facts, **_told(services, session, company, *rows)}
            yield Finding(PROBLEM, incident.subject, {**facts, "merged": True})


CHECK = Check(
    name="duplicates",
    run=run,
    every=timedelta(minutes=15),
    triggered_by=frozenset(_LISTS),
)
