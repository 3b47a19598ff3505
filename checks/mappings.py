"""Mappings that cannot work: inactive, gone or of the wrong kind; or two units under one item."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlmodel import Session, col, select

from bot import mirror
from bot.checkup import Check
from bot.domain import Finding, Payload, Scope
from bot.models import Company, Mapping, MirrorRow, Source
from bot.services import Services
from bot.sync import accounts, held_facts, mappings
from bot.sync.causes import Cause
from bot.sync.roots import broken_mapping, cards, mapping_subject

# "12-PK", "6 pack", "case of 24", "24ct": how many pieces one of it is.
_COUNT = re.compile(
    r"(?<![\d.])(\d{1,4})\s*-?\s*(?:pk|pack|packs|pcs|pieces|ct|count|er)\b"
    r"|\b(?:pack|case|box|carton|set)\s+of\s+(\d{1,4})\b",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\b(dozen|case|carton|pallet|pair|each|single)\b", re.IGNORECASE)
_PIECES = {"dozen": "12", "pair": "2", "each": "1", "single": "1"}


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield what a person has to choose anew; a renamed record is no finding."""
    with services.sessions.read() as session:
        rows = _rows(session, company)
        sources = {row.id or 0: row.name for row in _sources(session, company)}
        causes = [_broken(services, company, sources, *row) for row in rows]
        causes += _different_units(rows, sources)
        for cause in causes:
            if cause is not None and scope.covers(cause.subject):
                yield held_facts.finding(session, company, cause)


def _broken(
    services: Services,
    company: Company,
    sources: dict[int, str],
    found: Mapping,
    target: MirrorRow | None,
) -> Cause | None:
    source = sources.get(found.source_id, "")
    if target is None:
        return None
    if target.deleted or not target.active:
        return broken_mapping(services.settings, company, source, found, target)
    if found.what == mappings.DEPOSIT_TO and not accounts.fits(accounts.MONEY, target):
        return _no_money_account(source, found, target)
    return None


Row = tuple[Mapping, MirrorRow | None]


def _rows(session: Session, company: Company) -> list[Row]:
    """Every mapping of the company with the copy of its record, None where it was never seen."""
    found = session.exec(
        select(Mapping, MirrorRow)
        .join(MirrorRow, mirror.copied(Mapping), isouter=True)
        .where(Mapping.company_id == company.id)
        .where(Mapping.qbo_id != mappings.NOTHING)
        .order_by(col(Mapping.id))
    ).all()
    return [(mapping, row) for mapping, row in found]


def _sources(session: Session, company: Company) -> Sequence[Source]:
    return session.exec(select(Source).where(Source.company_id == company.id)).all()


def _no_money_account(source: str, found: Mapping, target: MirrorRow) -> Cause:
    """Somebody changed the kind of an account that money is to go to: as posting would tell it."""
    facts: Payload = {
        "name": found.said,
        "word": found.said,
        "role": accounts.MONEY,
        "what": found.what,
        "source_id": found.source_id,
        "reason": "kind",
        "candidates": cards([target]),
    }
    subject = mapping_subject(source, found.what, found.said)
    return Cause("account_unusable", subject, facts)


def _different_units(rows: Sequence[Row], sources: dict[int, str]) -> Iterator[Cause]:
    """Two SKUs of one source on one item, where what they are called tells other quantities."""
    by_item: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for found, target in rows:
        if found.what == mappings.SKU and target is not None and target.active:
            by_item[found.source_id, found.qbo_id].append((found, target))
    for (source_id, _), group in by_item.items():
        first, *others = group
        for found, target in others:
            one, two = unit_of(first[0].said), unit_of(found.said)
            if target is None or one == two or not (one or two):
                continue
            facts: Payload = {
                "what": mappings.SKU,
                "word": found.said,
                "other": first[0].said,
                "source_id": source_id,
                "entity": "Item",
                "name": mirror.full_name("Item", target.data) or target.name,
                "why_words": f"{_told(first[0].said, one)}, {_told(found.said, two)}",
            }
            subject = mapping_subject(sources.get(source_id, ""), mappings.SKU, found.said)
            yield Cause("sku_units", subject, facts)


def unit_of(sku: str) -> str:
    """Return how many pieces a SKU says one of it is, or its unit's name; "" if it says nothing."""
    words = re.sub(r"[_\-./]+", " ", sku)
    counted = _COUNT.search(words)
    if counted:
        return counted.group(1) or counted.group(2)
    named = _UNIT.search(words)
    if named is None:
        return ""
    unit = named.group(1).lower()
    return _PIECES.get(unit, unit)


def _told(sku: str, unit: str) -> str:
    if not unit:
        return f"{sku} names no pack"
    return f"{sku} is {unit} pieces" if unit.isdecimal() else f"{sku} is a {unit}"


CHECK = Check(
    name="mappings",
    run=run,
    every=timedelta(minutes=5),
    triggered_by=frozenset({"Item", "Account", "Class", "Department"}),
)
