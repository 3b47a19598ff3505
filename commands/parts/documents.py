"""Finds a document among the records by its number, and says where it stands."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlmodel import Session, col, or_, select

from bot import mirror
from bot.dispatch.reply import Reply, line, link, strong
from bot.domain import DOCUMENTS, ENTITY, Payload, RecordState, RecordType
from bot.errors import BotError
from bot.fixes import rounded
from bot.incidents.address import alert_url
from bot.models import Company, Hold, Incident, Record, Source
from bot.quickbooks.links import deep_link
from bot.render import Span, Text, clean, day, listed, moment, money, shorten
from bot.render.words import stopped
from bot.services import Services
from commands.parts import differing
from commands.parts.alerts import short_title
from commands.parts.numbers import normal

MOST_FOUND = 5
_MOST_READ = 200
# So many of the newest are looked through for a number that is near, and so many are named.
_MOST_COMPARED, _NEWEST = 5000, 3
_ALIKE = 0.62
_LONGEST, _REASON = 40, 200
_FIRST = frozenset({RecordType.INVOICE, RecordType.PAYMENT, RecordType.BILL})
# What has a number, in the order people ask for it.
NUMBERED = (
    RecordType.INVOICE,
    RecordType.PAYMENT,
    RecordType.BILL,
    *(kind for kind in RecordType if kind in DOCUMENTS - _FIRST),
)


def find(
    session: Session,
    companies: Collection[Company],
    number: str,
    types: Collection[RecordType] = NUMBERED,
) -> list[Record]:
    """Find the documents with this number or external id at these companies, newest first."""
    wanted = normal(number)
    if not wanted:
        return []
    # Signs and blanks may stand between the letters and the digits of what is stored.
    pattern = f"%{'%'.join(re.findall('[a-z]+|[0-9]+', wanted))}%"
    rows = session.exec(
        select(Record)
        .where(col(Record.company_id).in_([company.id for company in companies]))
        .where(col(Record.type).in_(tuple(types)))
        .where(or_(col(Record.number).ilike(pattern), col(Record.external_id).ilike(pattern)))
        .order_by(col(Record.id).desc())
        .limit(_MOST_READ)
    ).all()
    return [row for row in rows if wanted in (normal(row.number), normal(row.external_id))]


def called(record: Record, *, dated: bool = True) -> str:
    """Name a document: "invoice 1042 (Jane Doe, $420.00, 11/21/2026)"."""
    known = [record.name]
    if record.amount is not None:
        known.append(money(record.amount, record.currency))
    if dated and record.doc_date is not None:
        known.append(day(record.doc_date))
    inside = ", ".join(part for part in known if part)
    number = f" {record.number or record.external_id}"
    return f"{record.type.words}{number}" + (f" ({inside})" if inside else "")


def place(services: Services, company: Company, record: Record, *, tried: bool = False) -> Text:
    """Say where a document stands and what to do next; `tried`: it was tried just now."""
    who = (strong(called(record)), f" · {company.name} · ")
    if record.state is RecordState.POSTED:
        when = f" since {moment(record.posted_at, company.time_zone)}" if record.posted_at else ""
        url = _url(services, company, record)
        return line(
            *who,
            f"in QuickBooks{when}",
            *_differs(services, record),
            f". {_rounded(services, record)}",
            link("Open it in QuickBooks ↗", url),
        )
    if record.state is RecordState.HELD:
        return _held(services, company, record)
    if record.state is RecordState.SKIPPED:
        reason = shorten(clean(record.skip_reason), _REASON) or "no reason was kept"
        ending = "" if reason.endswith((".", "!", "?")) else "."
        said = f"not posted on purpose: {reason}{ending} /qb-errors skipped says who decided it."
        return line(*who, said)
    since = moment(record.received_at, company.time_zone)
    number = record.number or record.external_id
    if tried:
        return line(*who, f"waits to be posted since {since}. It is tried again by itself.")
    return line(
        *who,
        f"waits to be posted since {since}. It goes by itself; "
        f"/qb-sync-now {record.type.words} {number} posts it at once.",
    )


def _differs(services: Services, record: Record) -> tuple[str | Span, ...]:
    """Both sides of what QuickBooks shows otherwise than its source, and the way to the alert."""
    found = differing.found(services, record)
    if found is None:
        return ()
    if found.alert is None:
        return (f": {found.words}",)
    named = f"alert {found.alert.id}"
    return (f": {found.words} (", link(f"{named} ↗", found.url) if found.url else named, ")")


def _rounded(services: Services, record: Record) -> str:
    """Say of a rounding line nobody pressed a button for how it is taken out again."""
    added = rounded.line_of(record, services.clock.now() - rounded.RECENT)
    if added is None:
        return ""
    number = record.number or record.external_id
    return (
        f"The bot added a rounding line of {money(added, record.currency)} by the rule of the "
        f"company; /qb-undo {number} takes it out. "
    )


def ended(services: Services, company: Company, record: Record, since: datetime) -> Text:
    """Say what became of a document somebody asked to post; it is read from QuickBooks first."""
    posting = f"Posting {called(record, dated=False)} … "
    if record.state is not RecordState.POSTED or not record.qbo_id:
        return line(posting) + place(services, company, record, tried=True)
    open_it = link("↗", _url(services, company, record))
    try:
        found = mirror.refresh(services, record.company_id, ENTITY[record.type], record.qbo_id)
    except BotError as fault:
        said = f"✔ QuickBooks took it, but it could not be read back just now: {fault.message} "
        return line(posting, said, open_it)
    if found is None:
        gone = "QuickBooks took it and does not have it any more: somebody deleted it there. "
        return line(posting, gone, "Its Audit Log names who.")
    seconds = max(1, round((services.clock.now() - since).total_seconds()))
    return line(
        posting, f"✔ in QuickBooks, read back{_total(record, found)}, {seconds} s ", open_it
    )


def _total(record: Record, found: Payload) -> str:
    """What QuickBooks says the total is, when that is not what the source says."""
    total = found.get("TotalAmt")
    if total is None or record.amount is None or Decimal(str(total)) == record.amount:
        return ""
    return f" with a total of {money(Decimal(str(total)), record.currency)}"


def lacks_alert(services: Services, record: Record) -> bool:
    """Whether a held document's alert is not in Slack yet."""
    if record.state is not RecordState.HELD:
        return False
    found = _incident(services, record)
    return found is None or not alert_url(services, found)


def _url(services: Services, company: Company, record: Record) -> str:
    if not record.qbo_id:
        return ""
    return deep_link(services.settings, company, ENTITY[record.type], record.qbo_id)


def _held(services: Services, company: Company, record: Record) -> Text:
    who = (strong(called(record)), f" · {company.name} · ")
    found = _incident(services, record)
    if found is None:
        return line(*who, "held; its alert is being written. /qb-errors shows it in a moment.")
    url = alert_url(services, found)
    where = link("Go to its alert ↗", url) if url else "Its alert is in the company's channel."
    return line(*who, f"not posted: {stopped(short_title(services, found))} ", where)


def _incident(services: Services, record: Record) -> Incident | None:
    """The open alert of the cause that holds a record."""
    with services.sessions.read() as session:
        holds: Sequence[Hold] = session.exec(
            select(Hold).where(Hold.record_id == record.id).order_by(col(Hold.since))
        ).all()
        for hold in holds:
            found = session.exec(
                select(Incident)
                .where(
                    Incident.company_id == record.company_id,
                    Incident.problem == hold.problem,
                    Incident.subject == hold.subject,
                )
                .order_by(col(Incident.id).desc())
            ).first()
            if found is not None:
                return found
    return None


def unknown(
    services: Services,
    companies: Sequence[Company],
    number: str,
    types: Collection[RecordType] = NUMBERED,
    source: str = "",
) -> Reply:
    """Say that no source handed a document over, and which numbers are near it.

    `source`: the one that was asked about; "" is every source.
    """
    kind = next(iter(types)).words if len(types) == 1 else "document"
    at = listed([company.name for company in companies])
    who = f"{source} has not" if source else "No source has"
    said = f"{who} handed over {kind} {shorten(clean(number), _LONGEST)} for {at} yet."
    with services.sessions.read() as session:
        own = [company.id for company in companies]
        rows = select(Record.id, Record.number, Record.external_id).where(
            col(Record.company_id).in_(own), col(Record.type).in_(tuple(types))
        )
        if source:
            ids = select(Source.id).where(Source.name == source, col(Source.company_id).in_(own))
            rows = rows.where(col(Record.source_id).in_(ids))
        found = session.exec(rows.order_by(col(Record.id).desc()).limit(_MOST_COMPARED)).all()
        known = {row[1] or row[2]: row[0] for row in reversed(found)}
        close = [session.get_one(Record, known[one]) for one in _near(number, known)]
    if close:
        return Reply.say(said, f"Did you mean {listed([called(one) for one in close], 'or')}?")
    looked = "Check the number, or look in the source whether it was exported."
    newest = list(dict.fromkeys(row[1] or row[2] for row in found))[:_NEWEST]
    if not newest:
        return Reply.say(said, looked)
    last = f"The newest {'one is' if len(newest) == 1 else 'ones are'} {listed(newest)}."
    return Reply.say(said, f"{looked} {last}")


def _near(number: str, known: Collection[str]) -> list[str]:
    """Numbers that look alike: a wrong last digit, a swap."""
    close = process.extract(
        normal(number),
        list(known),
        scorer=OSA.normalized_similarity,
        processor=normal,
        score_cutoff=_ALIKE,
        limit=2,
    )
    return [one for one, _, _ in close]
