"""What people entered by hand minutes ago: QuickBooks itself is asked."""

from collections.abc import Iterable, Sequence
from functools import partial

from bot.domain import Payload
from bot.mirror.contents import PARTY_FIELD
from bot.quickbooks import Question
from bot.services import Services
from bot.sync import documents, doubles
from bot.sync.already.causes import causes_of
from bot.sync.already.found import found_of
from bot.sync.already.looking import is_money
from bot.sync.asking import Asked
from bot.sync.causes import Cause
from bot.sync.documents import NEAR
from bot.sync.doubles import Posting

# People enter these minutes before they come: looked for in QuickBooks itself too.
_BY_HAND = ("Payment",)


def asked(services: Services, company_id: int, postings: Iterable[Posting]) -> list[Asked]:
    """What QuickBooks is asked about these: what people entered there minutes ago."""
    wanted = [one for one in postings if one.entity in _BY_HAND and is_money(one)]
    found: list[Asked] = []
    for entity in sorted({one.entity for one in wanted}):
        ours = [one for one in wanted if one.entity == entity]
        days = [day for one in ours if (day := one.record.doc_date) is not None]
        where = (
            (PARTY_FIELD[entity], "IN", sorted({one.party_id for one in ours})),
            ("TxnDate", ">=", min(days) - NEAR),
            ("TxnDate", "<=", max(days) + NEAR),
        )
        judge = partial(_entered, services, company_id, ours)
        found.append(Asked(Question(entity, where), judge))
    return found


def _entered(
    services: Services, company_id: int, ours: Sequence[Posting], rows: Sequence[Payload]
) -> dict[int, Cause]:
    """Which of these documents of one entity are among the records QuickBooks answered with."""
    entity = ours[0].entity
    totals = {one.record.amount for one in ours}
    rows = [row for row in rows if documents.side_of_document(entity, row).total in totals]
    with services.sessions.read() as session:
        found = found_of(session, company_id, entity, rows)
        causes = causes_of(services, session, ours, found)
    named = {str(cause.facts["theirs"]["qbo_id"]) for cause in causes.values()}
    seen = [row for row in rows if str(row["Id"]) in named]
    if seen:
        doubles.keep(services, company_id, entity, seen)
    return causes
