"""The receipt of the last day: what each source has of it, what is here and in QuickBooks."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.models import Company
from bot.render import day, listed, money, plural
from bot.services import Services
from bot.sync import control


def receipts(services: Services, company: Company) -> Iterator[str]:
    """Say for each source that tells its totals how the newest day stands that is over."""
    with services.sessions.read() as session:
        rows = control.compare(session, company, services.clock.now())
    rows.sort(key=lambda row: (row.source, row.source_id, row.day))
    for _, found in groupby(rows, lambda row: row.source_id):
        every = list(found)
        last = [row for row in every if row.day == every[-1].day]
        uneven = {row.day for row in every if not row.is_even and row.day != every[-1].day}
        yield _receipt(last, len(uneven))


def _receipt(rows: Sequence[control.Compared], earlier: int) -> str:
    source, when = rows[0].source, day(rows[0].day)
    parts = [_told(row) for row in rows if row.said or row.here]
    even = all(row.is_even for row in rows)
    words = f"{source} {'complete through ' if even and not earlier else ''}{when}: "
    words += "; ".join(parts) or "nothing, and nothing is here"
    words += "; 0 missing, 0 too many" if even else ""
    if earlier:
        words += f"; {plural(earlier, 'earlier day differs', 'earlier days differ')}"
    return f"{words}."


def _told(row: control.Compared) -> str:
    words = plural(row.said, row.type.words)
    if row.said_amount is not None:
        words += f" {money(row.said_amount, row.currency)}"
    words += f" there, {row.in_books:,} in QuickBooks"
    apart = [
        f"{count:,} {said}"
        for count, said in (
            (row.missing_count, "missing"),
            (row.extra_count, "too many"),
            (row.elsewhere_count, "with another day"),
            (row.unposted, "not posted yet"),
            (row.skipped, "set aside"),
            (len(row.gone), "gone from QuickBooks"),
        )
        if count
    ]
    if not row.is_even and not (row.missing_count or row.extra_count or row.elsewhere_count):
        apart.append(f"the sums differ by {money(abs(row.difference), row.currency)}")
    return f"{words} ({listed(apart)})" if apart else words
