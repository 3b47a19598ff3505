"""Several documents that are asked for by their numbers: posted, or said where each stands."""

from collections.abc import Mapping, Sequence

from bot.dispatch.model import Call
from bot.dispatch.reply import Reply, line
from bot.domain import RecordState
from bot.models import Company, Record
from bot.render import Text, clean, listed, plural, shorten
from bot.services import Services
from commands.parts import documents, syncing
from commands.parts.wish import MOST_NUMBERS

# Of more documents than this the number is told before they are posted, and each at the end.
_NAMED = 5
_LONGEST = 40


def too_many(count: int) -> Reply:
    """Say plainly how many go at once, and what posts more."""
    return Reply.say(
        f"At most {MOST_NUMBERS} documents can be named at a time; these are {count:,}. Nothing "
        "was posted. /qb-sync-now invoices posts every invoice that waits, /qb-sync-now bills "
        "every bill."
    )


def post(
    services: Services,
    call: Call,
    found: Mapping[str, Sequence[Record]],
    parents: Mapping[int, Sequence[int]],
) -> Reply:
    """Post what waits of the documents that were found by these numbers, each once.

    `parents`: what has to go before a waiting document, by its id. Where a number stands for more
    than one document, or for one that does not wait, the answer says where each is.
    """
    going: dict[int, list[Record]] = {}
    told: list[Text] = []
    for rows in found.values():
        waiting = [row for row in rows if row.state is RecordState.WAITING]
        if len(waiting) == 1:
            going.setdefault(waiting[0].company_id, []).append(waiting[0])
        else:
            told += _places(services, call, rows)
    parts: list[Text] = []
    follows = False
    for company in call.companies:
        records = going.get(company.id or 0)
        if records:
            said, more = _begin(services, call, company, records, parents)
            parts.append(said)
            follows = follows or more
    missing = [shorten(clean(number), _LONGEST) for number, rows in found.items() if not rows]
    if missing:
        at = listed([company.name for company in call.companies])
        one = len(missing) == 1
        parts.append(
            line(
                f"No source has handed over {listed(missing)} for {at} yet. Check the "
                f"{'number' if one else 'numbers'}, or look in the source whether "
                f"{'it was' if one else 'they were'} exported."
            )
        )
    return Reply((*parts, *told), done=not follows)


def _begin(
    services: Services,
    call: Call,
    company: Company,
    records: Sequence[Record],
    parents: Mapping[int, Sequence[int]],
) -> tuple[Text, bool]:
    own = [record.id or 0 for record in records]
    ids = dict.fromkeys(one for key in own for one in (*parents.get(key, ()), key))
    what = listed([documents.called(record, dated=False) for record in records])
    if len(records) > _NAMED:
        what = plural(len(records), "document")
    return syncing.begin(services, call, company, tuple(ids), what, named=own)


def _places(services: Services, call: Call, rows: Sequence[Record]) -> list[Text]:
    companies = {company.id: company for company in call.companies}
    shown = rows[: documents.MOST_FOUND]
    return [documents.place(services, companies[row.company_id], row) for row in shown]
