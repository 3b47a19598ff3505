"""/qb-sync-now: post what waits now, or some of it, or take in a file."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, col, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, line
from bot.domain import TIER, Payload, RecordState, RecordType, Role
from bot.models import Company, Record, Source
from bot.render import Text, listed, plural
from bot.render.words import plural_of
from bot.services import Services
from bot.sync.reading import references, stored_record, unreadable
from commands.parts import documents, file_form, parties, syncing
from commands.parts.asked import company_names, not_understood
from commands.parts.held import stuck
from commands.parts.numbers import has_digit
from commands.parts.wish import Wish, parse, wants_file


def run(services: Services, call: Call) -> Reply | None:
    """Begin, or tell how it goes."""
    runs = syncing.runs_of(services, call)
    if runs:
        return syncing.follow(services, call, runs)
    wish = parse(call.text, _source_names(services, call))
    if wish.strange:
        return parties.about(services, call, wish.strange) or _strange(call, wish.strange)
    if wish.file:
        return Reply.say(
            "The window for the file did not open. Please type /qb-sync-now file again, with the "
            f"company's name: /qb-sync-now file {call.companies[0].name}."
        )
    if wish.number:
        return _one(services, call, wish)
    companies = _having(services, call, wish.source) if wish.source else call.companies
    begun = [_company(services, call, company, wish) for company in companies]
    follows = any(more for _, more in begun)
    parts = [text for text, _ in begun]
    if follows:
        parts.append(line("I tell you here how it went; you can go on meanwhile."))
    return Reply(tuple(parts), done=not follows)


def _source_names(services: Services, call: Call) -> list[str]:
    ids = [company.id for company in call.companies]
    with services.sessions.read() as session:
        return list(session.exec(select(Source.name).where(col(Source.company_id).in_(ids))))


def _having(services: Services, call: Call, source: str) -> list[Company]:
    with services.sessions.read() as session:
        ids = set(session.exec(select(Source.company_id).where(Source.name == source)))
    return [company for company in call.companies if company.id in ids]


def opens(services: Services, call: Call) -> Payload | None:
    """Open the window for a file at once."""
    return file_form.view(services, call.companies) if wants_file(call.text) else None


def _strange(call: Call, strange: str) -> Reply:
    """Nothing is posted on words that were not understood."""
    names = company_names(call)
    possible = (
        "Nothing was posted. I know invoices, payments, bills, customers, vendors, items, a "
        f"document's number, a source's name, file, and the company's name: {listed(names, 'or')}."
    )
    known = ["invoices", "payments", "bills", "customers", "vendors", "items", "file", *names]
    examples = (
        "/qb-sync-now",
        "/qb-sync-now invoices",
        "/qb-sync-now invoice 1042",
        *(f"/qb-sync-now {name}" for name in names[:1]),
        "/qb-sync-now file",
    )
    return not_understood(call, strange, possible, known, examples)


def _company(services: Services, call: Call, company: Company, wish: Wish) -> tuple[Text, bool]:
    if not wish.types and not wish.source:
        return syncing.begin(services, call, company)
    types = wish.types or tuple(RecordType)
    with services.sessions.read() as session:
        ids, counts = _of_types(session, company, types, wish.source)
    of_source = f" of {wish.source}" if wish.source else ""
    if not ids:
        names = listed([plural_of(kind.words) for kind in wish.types], "and") or "records"
        kept = stuck(services, company, types)
        return syncing.nothing_waits(company, f"no {names}{of_source} wait", kept), False
    asked = [plural(counts[kind], f"waiting {kind.words}") for kind in types if counts[kind]]
    words = listed(asked, "and") + of_source
    first = len(ids) - sum(counts[kind] for kind in types)
    if first:
        words += f" (and first {plural(first, 'list record')} they may need)"
    return syncing.begin(services, call, company, ids, words)


def _of_types(
    session: Session, company: Company, types: Sequence[RecordType], source: str
) -> tuple[list[int], Counter[RecordType]]:
    """The waiting records of these types and the list records they may refer to; how many each.

    `source` names the one that handed them over; "" is every source.
    """
    lists = [kind for kind in TIER if TIER[kind] < TIER[RecordType.INVOICE]]
    documents_too = any(kind not in lists for kind in types)
    wanted = {*types, *(lists if documents_too else ())}
    found = (
        select(Record.id, Record.type)
        .where(
            Record.company_id == company.id,
            Record.state == RecordState.WAITING,
            col(Record.type).in_(wanted),
        )
        .order_by(col(Record.tier), col(Record.id))
    )
    if source:
        own = select(Source.id).where(Source.company_id == company.id, Source.name == source)
        found = found.where(col(Record.source_id).in_(own))
    rows = session.exec(found).all()
    counts = Counter(RecordType(kind) for _, kind in rows)
    if not any(counts[kind] for kind in types):
        return [], counts
    return [identity for identity, _ in rows if identity is not None], counts


def _one(services: Services, call: Call, wish: Wish) -> Reply:
    """Post one document, or say where it stands."""
    types = wish.types or documents.NUMBERED
    with services.sessions.read() as session:
        everywhere = documents.find(session, call.companies, wish.number, types)
        found = _of_source(session, everywhere, wish.source)
    if not found:
        return _not_there(services, call, wish, types, everywhere)
    waiting = [row for row in found if row.state is RecordState.WAITING]
    if len(waiting) != 1:
        return Reply(_places(services, call, found))
    record = waiting[0]
    with services.sessions.read() as session:
        ids = [*_parents(session, record), record.id or 0]
    [company] = [one for one in call.companies if one.id == record.company_id]
    what = documents.called(record, dated=False)
    text, more = syncing.begin(services, call, company, ids, what, document=record.id)
    return Reply((text,), done=not more)


def _of_source(session: Session, found: Sequence[Record], source: str) -> Sequence[Record]:
    if not source:
        return found
    ids = set(session.exec(select(Source.id).where(Source.name == source)))
    return [record for record in found if record.source_id in ids]


def _places(services: Services, call: Call, found: Sequence[Record]) -> tuple[Text, ...]:
    companies = {company.id: company for company in call.companies}
    shown = found[: documents.MOST_FOUND]
    return tuple(documents.place(services, companies[row.company_id], row) for row in shown)


def _not_there(
    services: Services,
    call: Call,
    wish: Wish,
    types: Sequence[RecordType],
    elsewhere: Sequence[Record],
) -> Reply:
    """The document is not there: another source has it, somebody is called so, or a near one."""
    if elsewhere:
        said = f"{wish.source} has not handed over {documents.called(elsewhere[0], dated=False)}"
        first = line(f"{said}; another source has. Nothing was posted.")
        return Reply((first, *_places(services, call, elsewhere)))
    named = None if has_digit(wish.number) else parties.about(services, call, wish.number)
    return named or documents.unknown(services, call.companies, wish.number, types, wish.source)


def _parents(session: Session, record: Record, below: frozenset[int] = frozenset()) -> list[int]:
    """The waiting records a document refers to: they go first; a circle ends where it began."""
    found: list[int] = []
    if unreadable(record.payload):
        return found
    below |= {record.id or 0}
    for kind, external_id in references(stored_record(record.payload)):
        row = session.exec(
            select(Record).where(
                Record.source_id == record.source_id,
                Record.type == kind,
                Record.external_id == external_id,
                Record.state == RecordState.WAITING,
            )
        ).first()
        if row is not None and row.id not in below:
            found += [*_parents(session, row, below), row.id or 0]
    return list(dict.fromkeys(found))


COMMAND = SlashCommand(
    name="/qb-sync-now",
    help="Posts what waits to QuickBooks now: everything, one kind, one document, or a file.",
    usage="[company] [source] [invoices|payments|bills|customers|items] [invoice <number>] [file]",
    role=Role.OPERATOR,
    run=run,
    examples=(
        "/qb-sync-now",
        "/qb-sync-now invoices",
        "/qb-sync-now invoice 1042",
        "/qb-sync-now bill B-1048",
        "/qb-sync-now Cin7 Core (what that source handed over)",
        "/qb-sync-now file",
    ),
    opens=opens,
)
