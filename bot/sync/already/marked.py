"""What bears our own mark in QuickBooks: posted before, whatever the outbox says of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from bot import mirror
from bot.models import MirrorRow, Record
from bot.sync.doubles import Posting
from bot.sync.payloads import stamp
from bot.sync.sources_named import source_names

_AT_ONCE = 500


def own(session: Session, company_id: int, postings: Sequence[Posting]) -> dict[int, MirrorRow]:
    """The postings that are in QuickBooks under their own mark, by record id.

    They were posted before: ahead of a restored backup, or by a twin of this installation.
    """
    marks = _marks(session, postings)
    rows = stamped_rows(session, company_id, {mark: one.entity for mark, one in marks.items()})
    found = {mark: row for mark, row in rows.items() if not _is_voided(marks[mark].record, row)}
    return {marks[mark].record.id or 0: row for mark, row in found.items()}


def _is_voided(record: Record, row: MirrorRow) -> bool:
    return bool(record.amount) and not row.total


def _marks(session: Session, postings: Iterable[Posting]) -> dict[str, Posting]:
    postings = list(postings)
    names = source_names(session, {one.record.source_id for one in postings})
    return {stamp(names[one.record.source_id], one.record.external_id): one for one in postings}


def stamped_rows(
    session: Session, company_id: int, wanted: Mapping[str, str]
) -> dict[str, MirrorRow]:
    """The living records of QuickBooks with these marks, each of the entity named with its mark."""
    found: dict[str, MirrorRow] = {}
    by_key: dict[str, list[str]] = defaultdict(list)
    for mark in wanted:
        by_key[mirror.stamp_key(mark)].append(mark)
    keys = sorted(by_key)
    for start in range(0, len(keys), _AT_ONCE):
        rows = session.exec(
            select(MirrorRow)
            .where(MirrorRow.company_id == company_id, col(MirrorRow.deleted).is_(False))
            .where(col(MirrorRow.stamp).in_(keys[start : start + _AT_ONCE]))
            .order_by(col(MirrorRow.id))
        )
        for row in rows:
            note = f"{row.data.get('PrivateNote') or ''}{row.data.get('Notes') or ''}"
            for mark in by_key[row.stamp]:
                if row.entity == wanted[mark] and mark in note:
                    found.setdefault(mark, row)
    return found
