"""Records that were merged away in QuickBooks, noticed by their documents' move to another one.

QuickBooks shows a merged-away record as an inactive one, and its API does not say what took its
place. A merge moves every document at once, and that is seen in the changed documents.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bot.domain import Payload
from bot.mirror.contents import DOCUMENTS, PARTY_FIELD
from bot.mirror.rows import get, put
from bot.models import MirrorRow

# Where it is kept: a row of the mirror that is no record of QuickBooks.
_ENTITY = "Merged"
_MOST_STEPS = 5
Key = tuple[str, str]


def moves(
    entity: str, known: Mapping[str, Payload], fresh: Sequence[Payload]
) -> dict[Key, set[str]]:
    """Return which party or item gave way to which in changed documents, by (entity, id)."""
    found: dict[Key, set[str]] = defaultdict(set)
    party = PARTY_FIELD.get(entity)
    if party is None:
        return found
    for payload in fresh:
        before = known.get(str(payload.get("Id")))
        if before is None:
            continue
        held, holds = _references(party, before), _references(party, payload)
        if len(held) != len(holds):
            held, holds = held[:1], holds[:1]  # lines came or went: only the party compares
        for (of, old), (_, new) in zip(held, holds, strict=True):
            if old and new and old != new:
                found[of, old].add(new)
    return found


def _references(party: str, document: Payload) -> list[Key]:
    found = [(party.removesuffix("Ref"), _value(document.get(party)))]
    for line in document.get("Line") or ():
        detail = line.get("SalesItemLineDetail") or {}
        if detail:
            found.append(("Item", _value(detail.get("ItemRef"))))
    return found


def _value(reference: Payload | None) -> str:
    return str((reference or {}).get("value") or "")


def note_merges(
    session: Session, company_id: int, moved: Mapping[Key, set[str]], now: datetime
) -> list[Key]:
    """Keep those that are inactive now and whose documents all went to one other record."""
    noted: list[Key] = []
    for (entity, old), news in moved.items():
        row = get(session, company_id, entity, old)
        if row is None or row.active or len(news) != 1 or _has_documents(session, row):
            continue
        note(session, company_id, (entity, old), next(iter(news)), now)
        noted.append((entity, old))
    return noted


def note(session: Session, company_id: int, gone: Key, into: str, now: datetime) -> None:
    """Keep that a record was merged into the one with the id `into`."""
    entity, old = gone
    put(session, company_id, _ENTITY, {"Id": f"{entity}:{old}", "into": into}, now)


def _has_documents(session: Session, row: MirrorRow) -> bool:
    """Whether a document of the mirror still is for this customer or vendor."""
    if row.entity not in ("Customer", "Vendor"):
        return False
    found = session.exec(
        select(MirrorRow.id)
        .where(MirrorRow.company_id == row.company_id)
        .where(MirrorRow.party_id == row.qbo_id)
        .where(col(MirrorRow.entity).in_(DOCUMENTS))
        .where(col(MirrorRow.deleted).is_(False))
        .limit(1)
    ).first()
    return found is not None


def took_over(session: Session, company_id: int, entity: str, qbo_id: str) -> MirrorRow | None:
    """Return the living record that took over a merged-away one's documents, None if not known.

    Goes on where that one was merged away as well.
    """
    current = qbo_id
    for _ in range(_MOST_STEPS):
        note = get(session, company_id, _ENTITY, f"{entity}:{current}")
        if note is None:
            break
        current = str(note.data["into"])
    if current == qbo_id:
        return None
    row = get(session, company_id, entity, current)
    return None if row is None or row.deleted else row
