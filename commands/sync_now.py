"""/qb-sync-now: post what waits now, or some of it, or take in a file."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, line
from bot.domain import TIER, Payload, RecordState, RecordType, Role
from bot.incidents import sync_message
from bot.models import Company, Record, Source
from bot.render import Text, listed, plural
from bot.render.words import plural_of
from bot.services import Services
from bot.sync.reading import references, stored_record, unreadable
from commands.parts import documents, file_form, parties, several, syncing
from commands.parts.asked import company_names, meaningful, not_understood
from commands.parts.held import Scope, stuck
from commands.parts.numbers import has_digit
from commands.parts.wish import MOST_NUMBERS, Wish, beside_file, parse, wants_file

# Of more sources than this the first are named.
_SOURCES = 5
# What is named to people as possible, besides numbers, sources and companies.
_LISTS = (
    RecordType.CUSTOMER,
    RecordType.VENDOR,
    RecordType.ITEM,
    RecordType.ACCOUNT,
    RecordType.CLASS,
    RecordType.LOCATION,
)
_KINDS = tuple(plural_of(kind.words) for kind in (*documents.NUMBERED, *_LISTS))
_SPAN = re.compile(r"(\d{1,12})-(\d{1,12})")


def run(services: Services, call: Call) -> Reply | None:
    """Begin, or tell how it goes."""
    runs = syncing.runs_of(services, call)
    if runs:
        return syncing.follow(services, call, runs)
    wish = parse(call.text, _source_names(services, call))
    if wish.strange:
        wish = _as_numbers(services, call, wish)
    if wish.strange:
        return parties.about(services, call, wish.strange) or _strange(services, call, wish.strange)
    if wish.file:
        return Reply.say(
            "The window for the file did not open. Please type /qb-sync-now file again, with the "
            f"company's name: /qb-sync-now file {call.companies[0].name}."
        )
    if wish.too_many:
        return several.too_many(wish.too_many)
    if len(wish.numbers) > 1:
        return _several(services, call, wish)
    if wish.numbers:
        return _one(services, call, wish, wish.numbers[0])
    companies = _having(services, call, wish.source) if wish.source else call.companies
    begun = [_company(services, call, company, wish) for company in companies]
    follows = any(more for _, more in begun)
    parts = [text for text, _ in begun]
    if follows:
        parts.append(line(f"I tell you here how it went; {_meanwhile(services, call)}."))
    return Reply(tuple(parts), done=not follows)


def _as_numbers(services: Services, call: Call, wish: Wish) -> Wish:
    """Words without a digit are documents' numbers where each of them is one: "CUR"."""
    words = tuple(meaningful(call.text).split())
    # Beside a number, a type or a source they are left alone: nothing of that is passed over.
    if " ".join(words) != wish.strange or len(words) > MOST_NUMBERS:
        return wish
    with services.sessions.read() as session:
        known = all(documents.find(session, call.companies, word) for word in words)
    return Wish(numbers=words) if known else wish


def _meanwhile(services: Services, call: Call) -> str:
    """Where it stands how far a long sync is; each company's channel has its own message."""
    large = {run.company_id for run in syncing.runs_of(services, call) if sync_message.is_told(run)}
    names = [company.name for company in call.companies if company.id in large]
    return f"how far it is stands in the channel of {listed(names)}" if names else "you can go on"


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
    if not wants_file(call.text):
        return None
    return file_form.view(services, call.companies, beside_file(call.text))


def _strange(services: Services, call: Call, strange: str) -> Reply:
    """Nothing is posted on words that were not understood."""
    names = company_names(call)
    sources = list(dict.fromkeys(_source_names(services, call)))
    source = (
        f"a source's name ({listed(sources[:_SOURCES], 'or')})" if sources else "a source's name"
    )
    possible = (
        f"Nothing was posted. I know {', '.join(_KINDS)}, "
        f"documents' numbers, {source}, file, and the company's name: {listed(names, 'or')}."
    )
    known = [*_KINDS, "file", *names, *sources]
    examples = (
        "/qb-sync-now",
        "/qb-sync-now invoices",
        "/qb-sync-now invoice 1042 1043",
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
        names = listed([plural_of(kind.words) for kind in wish.types], "or") or "records"
        kept = stuck(services, company, Scope(types, wish.source))
        return syncing.nothing_waits(company, f"no {names}{of_source} wait", kept), False
    asked = [plural(counts[kind], f"waiting {kind.words}") for kind in types if counts[kind]]
    words = listed(asked, "and") + of_source
    first = len(ids) - sum(counts[kind] for kind in types)
    if first:
        words += f" (and first {plural(first, 'list record')} they may need)"
    within = Scope(types, wish.source)
    return syncing.begin(services, call, company, ids, words, within=within)


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


def _several(services: Services, call: Call, wish: Wish) -> Reply:
    """Post several documents, or say where each stands."""
    types = wish.types or documents.NUMBERED
    found: dict[str, Sequence[Record]] = {}
    with services.sessions.read() as session:
        for number in wish.numbers:
            rows = documents.find(session, call.companies, number, types)
            found[number] = _of_source(session, rows, wish.source)
        first = {
            row.id or 0: _parents(session, row)
            for rows in found.values()
            for row in rows
            if row.state is RecordState.WAITING
        }
    return several.post(services, call, found, first)


def _one(services: Services, call: Call, wish: Wish, number: str) -> Reply:
    """Post one document, or say where it stands."""
    types = wish.types or documents.NUMBERED
    with services.sessions.read() as session:
        everywhere = documents.find(session, call.companies, number, types)
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
    text, more = syncing.begin(services, call, company, ids, what, named=[record.id or 0])
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
    [number] = wish.numbers
    if elsewhere:
        said = f"{wish.source} has not handed over {documents.called(elsewhere[0], dated=False)}"
        first = line(f"{said}; another source has. Nothing was posted.")
        return Reply((first, *_places(services, call, elsewhere)))
    named = None if has_digit(number) else parties.about(services, call, number)
    if named is not None:
        return named
    reply = documents.unknown(services, call.companies, number, types, wish.source)
    span = _SPAN.fullmatch(number)
    if span is None:
        return reply
    hint = f"For all numbers from {span[1]} to {span[2]}: /qb-sync-now {span[1]} to {span[2]}."
    return replace(reply, parts=(*reply.parts, line(hint)))


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
    usage="[company] [source] [invoices|payments|bills|customers|items] [invoice <numbers>] [file]",
    role=Role.OPERATOR,
    run=run,
    examples=(
        "/qb-sync-now",
        "/qb-sync-now invoices",
        "/qb-sync-now invoice 1042",
        "/qb-sync-now invoices 1042 1043 1047 (at most 20 numbers)",
        "/qb-sync-now bill B-1048",
        "/qb-sync-now Cin7 Core (what that source handed over)",
        "/qb-sync-now file",
    ),
    opens=opens,
)
