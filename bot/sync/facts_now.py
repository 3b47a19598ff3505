"""What an alert says of records of QuickBooks, as they are now: active, merged away, or gone.

A cause was found at one moment; people go on working in QuickBooks while its alert is open.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlmodel import Session, col, select

from bot import jobs, mirror
from bot.config import Settings
from bot.domain import DOCUMENTS, ENTITY, SALES_DOCUMENTS, JsonValue, Payload, RecordType
from bot.mirror.names import NAME_LISTS
from bot.models import Company, Hold, Incident, MirrorRow, Record, Source
from bot.quickbooks.links import deep_link
from bot.render import money
from bot.services import Services
from bot.sync import comparing, days, holds, likely, merged, returning, rounding, texts
from bot.sync.causes import (
    CHANGED_IN_BOOKS,
    CONTENT_DIFFERS,
    DAY_DIFFERS,
    SIDES_DIFFER,
    TOTAL_DIFFERS,
)
from bot.sync.flow import writable
from bot.sync.reading import stored_record, unreadable
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.settled import settled
from bot.sync.twins import finding, holding

# What a person looks for by its name, where QuickBooks has none of that name.
_ASKED_FOR = ("missing_parent", "employee_not_found")
_NAMED = ("Customer", "Vendor", "Item", "Employee", "Account")
# A record of ours waits because one of QuickBooks is like it.
ALIKE = ("same_party", "same_item", "name_on_other_list")


def enriched(
    session: Session, settings: Settings, company: Company, problem: str, facts: Payload
) -> Payload:
    """Bring the facts of a finding up to date with the mirror.

    For what never came, `near`: the names QuickBooks has that are nearly its name.
    For `inactive_record` that is `merged` and `survivor` ({qbo_id, name, active, link} or None);
    for a record that is like ours, whatever was compared, where something of it changed; for
    another day, what is closed or filed by now; for other amounts or content, that and what is
    paid or deposited by now; for a text, what is wrong with it.
    """
    if problem == "inactive_record" and facts.get("entity") in merged.LISTS:
        away = merged.look(session, company.id or 0, str(facts["entity"]), str(facts["qbo_id"]))
        return facts if away is None else {**facts, **merged.told(settings, company, away)}
    if problem in _ASKED_FOR:
        return {**facts, "near": _near(session, company, facts)}
    if problem == DAY_DIFFERS:
        return days.told(settings, company, facts)
    if problem in (TOTAL_DIFFERS, CONTENT_DIFFERS, CHANGED_IN_BOOKS, SIDES_DIFFER):
        return {**facts, **_of_posted(session, settings, company, facts)}
    if problem in (texts.CHARACTERS, texts.TOO_LONG):
        return {**facts, **_of_text(session, problem, facts)}
    if problem not in ALIKE or not _is_other_now(session, company.id or 0, facts):
        return facts
    record = session.get(Record, int(facts["record_id"]))
    model = None if record is None else _model(record)
    if record is None or model is None:
        return facts
    theirs: Payload = facts["theirs"]
    found = finding.still_likely(session, record.company_id, model, theirs)
    return {**facts, **holding.told(holding.Look(company, settings, ""), found)} if found else facts


def _near(session: Session, company: Company, facts: Payload) -> list[JsonValue]:
    """Names of the list nearest to what the record is called; a person chooses."""
    entity = str(facts.get("entity") or "Employee")
    if entity not in _NAMED or facts.get("loop") or facts.get("candidates"):
        return []
    called = str(facts.get("name") or facts.get("ref") or "")
    return [*likely.nearest_names(session, company.id or 0, entity, called)]


def _of_posted(session: Session, settings: Settings, company: Company, facts: Payload) -> Payload:
    """What stands in the way of changing a posted document: its periods, money that moved.

    `settled` is what the mirror shows of it, in words; `as_posted` whether the bot has posted it
    as its source says it now.
    """
    record = session.get(Record, int(facts.get("record_id") or 0))
    if record is None:
        return {}
    day, entity, qbo_id = record.doc_date, ENTITY[record.type], str(record.qbo_id or "")
    through = {
        "closed_through": company.book_close_date,
        "filed_through": company.tax_filed_through if record.type in SALES_DOCUMENTS else None,
    }
    found = mirror.get(session, record.company_id, entity, qbo_id)
    moved = settled(entity, found.data) if found is not None else []
    past = {
        name: last.isoformat() if day and last and day <= last else None
        for name, last in through.items()
    }
    return {
        **past,
        "link": deep_link(settings, company, entity, qbo_id),
        "settled": moved,
        "credits": _credits(session, settings, company, record),
        "returned": _returned(record, facts) if moved or any(past.values()) else None,
        "rounding": _rounding(record, found),
        # What a fix that puts it back would need.
        "as_posted": _can_put_back(session, record),
    }


def _can_put_back(session: Session, record: Record) -> bool:
    if record.type in DOCUMENTS:
        return bool(writable.posted_payload(session, record))
    return record.type is not RecordType.EMPLOYEE


def _rounding(record: Record, found: MirrorRow | None) -> JsonValue:
    """The rounding line that would give it its source's total; None where none would do."""
    line = None if found is None or found.deleted else rounding.needed(record, found.data)
    return None if line is None else str(line)


def _credits(session: Session, settings: Settings, company: Company, record: Record) -> JsonValue:
    """What the bot posted of earlier returns of a document: in words, with its link."""
    found: list[JsonValue] = []
    for row in record.base.get(comparing.CREDITED) or ():
        link = returning.link_of(session, record, row)
        words = f"{RecordType(str(row['type'])).words} {row['number']}".strip()
        shown = money(Decimal(str(row["total"])), record.currency)
        url = "" if link is None else deep_link(settings, company, link.entity, link.qbo_id)
        found.append({"words": f"{words} for {shown}", "link": url})
    return found


def _returned(record: Record, facts: Payload) -> JsonValue:
    """By how much a source made a paid invoice smaller: a return, as it seems; None for none."""
    if record.type is not RecordType.INVOICE or not facts.get("changed"):
        return None
    less = Decimal(str(facts.get("difference") or 0))
    return str(less) if less > 0 else None


def _of_text(session: Session, problem: str, facts: Payload) -> Payload:
    record = session.get(Record, int(facts.get("record_id") or 0))
    if record is None:
        return {}
    source = session.get_one(Source, record.source_id).name
    return texts.now_told(record, source, problem, facts)


def read_for_plan(services: Services, incident: Incident) -> Incident:
    """Read what changed in QuickBooks and return the alert with its facts as they are now.

    The alert's message follows where something did: it must not offer what its preview does not.
    The closing date is read as well: a change capture does not tell when somebody closes the books.
    Raises QuickBooksFault.
    """
    mirror.refresh_company(services, incident.company_id)
    if mirror.capture(services, incident.company_id):
        jobs.run_check(services.queue, incident.company_id, incident.check_name)
        jobs.capture_company(services.queue, incident.company_id)
    with services.sessions.read() as session:
        company = session.get_one(Company, incident.company_id)
        facts = enriched(session, services.settings, company, incident.problem, incident.facts)
    return incident.model_copy(update={"facts": facts})


def release_settled(services: Services, company_id: int) -> int:
    """Let go what waited for a record that is not like ours any more; returns how many may go.

    Somebody renamed it in QuickBooks or made it inactive, and nothing else has the name: posting
    looks again before it creates.
    """
    settings = services.settings
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
        waiting = _touched(session, company_id)
        settled = [row.id for row in waiting if not _stands(session, settings, company, row)]
    if not settled:
        return 0
    with services.sessions.write() as session:
        # Another turn may have let one go, or held it anew, since the look.
        rows = [session.get(Hold, hold_id) for hold_id in settled]
        return sum(
            len(holds.release(session, company_id, row.problem, row.subject))
            for row in rows
            if row is not None and not _stands(session, settings, company, row)
        )


def _touched(session: Session, company_id: int) -> list[Hold]:
    """The holds for a record that is alike, where one that was compared was read since then."""
    rows = session.exec(
        select(Hold)
        .where(Hold.company_id == company_id, col(Hold.cause_record_id).is_(None))
        .where(col(Hold.problem).in_(ALIKE))
    ).all()
    if not rows:
        return []
    read = session.exec(
        select(MirrorRow.entity, MirrorRow.qbo_id)
        .where(MirrorRow.company_id == company_id)
        .where(col(MirrorRow.entity).in_((*NAME_LISTS, "Item")))
        .where(col(MirrorRow.read_at) >= min(row.since for row in rows))
    )
    fresh = set(read)
    return [
        row
        for row in rows
        if any((card["entity"], card["qbo_id"]) in fresh for card in _cards(row.facts))
    ]


def _stands(session: Session, settings: Settings, company: Company, hold: Hold) -> bool:
    record = session.get_one(Record, hold.record_id)
    if not _is_other_now(session, hold.company_id, hold.facts):
        return True
    model = _model(record)
    if model is None:
        return True
    look = holding.Look(company, settings, session.get_one(Source, record.source_id).name)
    return holding.cause_of(session, look, record, model) is not None


def _is_other_now(session: Session, company_id: int, facts: Mapping[str, JsonValue]) -> bool:
    """Say whether a record that was compared is not as it was then."""
    return any(_differs(session, company_id, card) for card in _cards(facts))


def _cards(facts: Mapping[str, JsonValue]) -> list[Payload]:
    """What the alert shows of the records of QuickBooks that were compared."""
    cards = facts.get("twins") or [facts.get("theirs")]
    return [card for card in cards if isinstance(card, dict)]


def _differs(session: Session, company_id: int, card: Mapping[str, JsonValue]) -> bool:
    entity, qbo_id = str(card["entity"]), str(card["qbo_id"])
    row = mirror.get(session, company_id, entity, qbo_id)
    if row is None or row.deleted or row.active != card["active"]:
        return True
    if (mirror.full_name(entity, row.data) or row.name) != card["name"]:
        return True
    is_gone = not row.active and merged.look(session, company_id, entity, qbo_id) is not None
    return is_gone and not card.get("merged")


def _model(record: Record) -> CustomerIn | VendorIn | ItemIn | None:
    """Our record; None where it is no list record, or of a form this version cannot use."""
    if unreadable(record.payload):
        return None
    model = stored_record(record.payload)
    return model if isinstance(model, CustomerIn | VendorIn | ItemIn) else None
