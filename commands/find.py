"""/qb-find: documents, customers, vendors and items, as handed over and as QuickBooks has them."""

from sqlmodel import Session, col, or_, select

from bot import mirror
from bot.dispatch.model import Call, SlashCommand
from bot.dispatch.reply import Reply, bullets, line, link, spans, strong
from bot.domain import DOCUMENTS, ENTITY, RecordState, Role
from bot.incidents.address import alert_url
from bot.models import Company, MirrorRow, Record
from bot.quickbooks.links import deep_link
from bot.render import Span, Text, clean, listed, money, plural
from bot.services import Services
from commands.parts import differing, documents, parties, which_alert
from commands.parts.asked import company_names, meaningful, plain, quoted, vocabulary
from commands.parts.numbers import has_digit

MOST = 10
_MOST_READ = 200
_LISTS = ("Account", "Customer", "Employee", "Item", "Vendor")
_OWN = vocabulary(
    "account bill bills customer customers document documents find invoice invoices item items "
    "look lookup name number order payment search sku vendor vendors where"
)
_STATES = {
    RecordState.WAITING: "waits to be posted",
    RecordState.HELD: "not posted",
    RecordState.POSTED: "in QuickBooks",
    RecordState.SKIPPED: "not posted on purpose",
}


def run(services: Services, call: Call) -> Reply:
    """Look in what the sources handed over and in the copy of QuickBooks' lists."""
    words = meaningful(call.text, _OWN) or meaningful(call.typed, _OWN)
    if not words:
        examples = bullets("/qb-find jane doe", "/qb-find 1042", "/qb-find W-1042")
        return Reply((line("Type a name, a number or a SKU:"), examples))
    parts: list[Text] = []
    for company in call.companies:
        parts += _at(services, company, words)
    return Reply(tuple(parts)) if parts else _nothing(services, call, words)


def _at(services: Services, company: Company, words: str) -> list[Text]:
    with services.sessions.read() as session:
        records = _records(session, company, words)
        rows = _in_quickbooks(session, company, words)
    if not records and not rows:
        return []
    parts = [line(strong(company.name))]
    if records:
        items = [_record(services, company, row) for row in records[:MOST]]
        parts += [line("Handed over by a source:"), bullets(*items, *_more(len(records)))]
    if rows:
        items = [_row(services, company, row) for row in rows[:MOST]]
        parts += [line("In QuickBooks, as last read:"), bullets(*items, *_more(len(rows)))]
    return parts


def _records(session: Session, company: Company, words: str) -> list[Record]:
    """The records that hold every typed word in their name, number, SKU or id."""
    fields = (col(Record.name), col(Record.number), col(Record.external_id))
    typed = [plain(word) or word for word in words.split()]
    rows = session.exec(
        select(Record)
        .where(Record.company_id == company.id)
        .where(
            *(or_(*(field.icontains(word, autoescape=True) for field in fields)) for word in typed)
        )
        .order_by(col(Record.tier), col(Record.id).desc())
        .limit(_MOST_READ)
    ).all()
    numbered = documents.find(session, [company], words) if has_digit(words) else []
    found = {row.id: row for row in (*numbered, *rows)}
    return list(found.values())


def _in_quickbooks(session: Session, company: Company, words: str) -> list[MirrorRow]:
    """The list records whose folded name or SKU holds every typed word, and documents by number."""
    living = (MirrorRow.company_id == company.id, col(MirrorRow.deleted).is_(False))
    by_name = mirror.search(session, company.id or 0, _LISTS, words, inactive=True, most=_MOST_READ)
    by_name.sort(key=lambda row: (row.entity, row.name))
    by_number = session.exec(
        select(MirrorRow)
        .where(*living, col(MirrorRow.doc_number) == words.strip().lstrip("#"))
        .limit(_MOST_READ)
    ).all()
    return list({row.id: row for row in (*by_number, *by_name)}.values())


def _record(services: Services, company: Company, row: Record) -> tuple[Span, ...]:
    document = row.type in DOCUMENTS
    name = documents.called(row) if document else f"{row.type.words} {row.name or row.external_id}"
    head = spans(strong(clean(name)), f" · {_STATES[row.state]}")
    if row.state is RecordState.POSTED and row.qbo_id:
        url = deep_link(services.settings, company, ENTITY[row.type], row.qbo_id)
        return (*head, *_differs(services, row), *spans(" ", link("open in QuickBooks ↗", url)))
    if row.state is not RecordState.HELD:
        return head
    rows = which_alert.open_ones(services, [company])
    alerts = which_alert.holding(services, rows, row)
    if not alerts:
        return (*head, *spans("; its alert is being written"))
    return (*head, *_to_alert(alerts[0].id or 0, alert_url(services, alerts[0])))


def _differs(services: Services, row: Record) -> tuple[Span, ...]:
    """What QuickBooks shows otherwise than the source, and the way to the alert."""
    found = differing.found(services, row)
    if found is None:
        return ()
    if found.alert is None:
        return spans(f": {found.words}")
    return (*spans(f": {found.words}"), *_to_alert(found.alert.id or 0, found.url))


def _to_alert(number: int, url: str) -> tuple[Span, ...]:
    return spans(f": alert {number} ", *([link("go to the alert ↗", url)] if url else []))


def _row(services: Services, company: Company, row: MirrorRow) -> tuple[Span, ...]:
    name = mirror.full_name(row.entity, row.data) or row.name or row.doc_number
    known = [row.entity]
    if not row.active:
        known.append("INACTIVE")
    balance = row.data.get("Balance")
    if balance not in (None, "") and row.entity in ("Customer", "Vendor"):
        known.append(f"balance {money(balance, company.currency)}")
    total = row.data.get("TotalAmt")
    if total not in (None, "") and row.doc_number:
        known.append(money(total, company.currency))
    if row.sku:
        known.append(f"SKU {row.sku}")
    url = deep_link(services.settings, company, row.entity, row.qbo_id)
    said = f" · {' · '.join(clean(word) for word in known)} "
    return spans(strong(clean(name)), said, link("open in QuickBooks ↗", url))


def _more(count: int) -> list[tuple[Span, ...]]:
    if count <= MOST:
        return []
    return [spans(f"and {plural(count - MOST, 'more', 'more')}: type more of the name")]


def _nothing(services: Services, call: Call, words: str) -> Reply:
    """Nothing holds the words: whose name is a slip of the keyboard away."""
    close = parties.named(services, call.companies, words)
    if close:
        names = [f"/qb-find {party.name}" for party in close[:3]]
        said = f"Nothing is called {quoted(words)}. Did you mean {listed(names, 'or')}?"
        return Reply((line(said),), private=True)
    return Reply(
        (
            line(
                f"Nothing at {listed(company_names(call))} is called {quoted(words)}: neither a "
                "source handed it over, nor was it in QuickBooks when that was last read."
            ),
            line("Next: type another part of the name, or look in the source."),
        ),
        private=True,
    )


COMMAND = SlashCommand(
    name="/qb-find",
    help="Finds documents, customers, vendors and items, with where each one stands.",
    usage="<name, number or SKU>",
    role=Role.VIEWER,
    run=run,
    examples=("/qb-find jane doe", "/qb-find 1042", "/qb-find W-1042"),
)
