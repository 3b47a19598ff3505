"""What a source says it has of a day, and what is here: documents that never arrived."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby

from bot.checkup import Check
from bot.domain import Finding, Payload, Scope
from bot.models import Company
from bot.render.words import plural_of
from bot.services import Services
from bot.sync import control

SHOWN = 20


def run(services: Services, company: Company, scope: Scope) -> Iterator[Finding]:
    """Yield one finding for each source and day whose totals are not those of what is here.

    What is here and not posted has an alert of its own; it is only told along.
    """
    with services.sessions.read() as session:
        found = control.compare(session, company, services.clock.now())
    uneven = [one for one in found if not one.is_even]
    uneven.sort(key=lambda one: (one.source_id, one.day, one.type, one.currency))
    for (source_id, day), rows in groupby(uneven, lambda one: (one.source_id, one.day)):
        subject = f"source:{source_id}:totals:{day.isoformat()}"
        if scope.covers(subject):
            yield Finding("missing_documents", subject, _facts(list(rows)))


def _facts(rows: Sequence[control.Compared]) -> Payload:
    nouns = {row.type.words for row in rows}
    return {
        "source": rows[0].source,
        "day": rows[0].day.isoformat(),
        "noun": nouns.pop() if len(nouns) == 1 else "document",
        "said": sum(row.said for row in rows),
        "missing_count": sum(row.missing_count for row in rows),
        "extra_count": sum(row.extra_count for row in rows),
        "missing_amount": _by_currency(rows, missing=True),
        "extra_amount": _by_currency(rows, missing=False),
        "rows": [_row(row) for row in rows],
    }


def _by_currency(rows: Sequence[control.Compared], *, missing: bool) -> list[Payload]:
    """By how much more (or less) the source has, each currency for itself."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        wanted = row.missing_count and not row.extra_count if missing else row.extra_count
        if wanted and row.difference:
            amount = row.difference if missing else -row.difference
            sums[row.currency] = sums.get(row.currency, Decimal("0.00")) + amount
    return [{"currency": code, "amount": str(amount)} for code, amount in sorted(sums.items())]


def _row(row: control.Compared) -> Payload:
    return {
        "nouns": _capital(plural_of(row.type.words)),
        "currency": row.currency,
        "said": row.said,
        "said_amount": None if row.said_amount is None else str(row.said_amount),
        "here": row.here,
        "here_amount": str(row.here_amount),
        "in_books": row.in_books,
        "unposted": row.unposted,
        "gone": list(row.gone[:SHOWN]),
        "difference": str(row.difference),
        "missing_count": row.missing_count,
        "missing": list(row.missing),
        "elsewhere_count": row.elsewhere_count,
        "elsewhere": list(row.elsewhere),
        "extra_count": row.extra_count,
        "extra": [
            {
                "number": one.number,
                "party": one.party,
                "amount": None if one.amount is None else str(one.amount),
            }
            for one in row.extra
        ],
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


CHECK = Check(name="missing_documents", run=run, every=timedelta(minutes=15))
