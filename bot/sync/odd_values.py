"""Values that came in and look otherwise than the pattern that was set: told by source and field.

A learned pattern is shown and never told; `mappings formats --pattern learned` makes it a set one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from bot.models import Company, FormatRule, Record
from bot.sync import formats

# What came longer ago is told no more: it is shown by `mappings formats`.
TOLD_FOR = timedelta(days=7)
_MOST_LOOKED_AT = 20_000


@dataclass(frozen=True)
class Odd:
    """What one source said of a field that differs from its pattern, in the order it came."""

    rule: FormatRule
    source_id: int
    values: tuple[str, ...]
    since: datetime


def odd_values(session: Session, company: Company, now: datetime) -> list[Odd]:
    """What came since a pattern was set, a week at most, and differs; strict ones hold it instead.

    What was handed over before the pattern was set is no news.
    """
    rules = formats.standing(session, company.id or 0)
    if all(rule.strict for rule in rules):
        return []
    found: dict[tuple[int, str], dict[str, datetime]] = defaultdict(dict)
    for record in _came(session, company, rules, now):
        for field, value in (*formats.own_values(record), *formats.line_skus(record)):
            rule = formats.ruling(rules, record.source_id, field)
            if rule is None or rule.strict or record.received_at < rule.at:
                continue
            if not formats.fits(rule.pattern, value):
                found[record.source_id, field].setdefault(value, record.received_at)
    return [
        Odd(rule, source_id, tuple(values), min(values.values()))
        for (source_id, field), values in sorted(found.items())
        if (rule := formats.ruling(rules, source_id, field)) is not None
    ]


def _came(
    session: Session, company: Company, rules: Sequence[FormatRule], now: datetime
) -> Sequence[Record]:
    first = max(min(rule.at for rule in rules), now - TOLD_FOR)
    own = select(Record).where(Record.company_id == company.id, col(Record.received_at) >= first)
    return session.exec(own.order_by(col(Record.id)).limit(_MOST_LOOKED_AT)).all()
