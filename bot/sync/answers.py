"""What a refusal of QuickBooks means for one record: its root cause, looked up where vague."""

import re
from collections.abc import Iterable, Iterator

from sqlmodel import Session

from bot import mirror
from bot.domain import Payload
from bot.knowledge import Classified, gaps
from bot.knowledge.knowledge import UNKNOWN
from bot.mirror import bare
from bot.mirror.names import NAME_LISTS, name_field
from bot.models import Company, MirrorRow, Record, Source, Write
from bot.quickbooks import QuickBooksFault
from bot.services import Services
from bot.sync import anew, behind, doubles, merged, periods, second_facts
from bot.sync.causes import Cause, Held, Posted, distinct, own_cause, record_facts, subject_of
from bot.sync.finding_back import find_back
from bot.sync.reading import stored_record
from bot.sync.records import CustomerIn, ItemIn, VendorIn
from bot.sync.resolve import inactive_cause, missing_cause
from bot.sync.twins import holding
from bot.sync.writing import fault_facts

_NAME_TAKEN = "6240"
_NUMBER_TAKEN = "6140"
_REFUSED = "6000"
_REFERENCES = frozenset({"610", "2500"})
_NAMING = frozenset({"name", "number", "party"})
_HOLDER_ID = re.compile(r"\bId=(\d+)")


def outcome_of(
    services: Services, record: Record, write: Write, fault: QuickBooksFault
) -> Held | Posted:
    """Turn a definite refusal into its causes.

    A name or number that is taken leads to its holder, a bad reference to the very record that is
    inactive or gone; all are read fresh from QuickBooks. What remains is explained by its problem
    file.
    Raises QuickBooksFault when QuickBooks cannot be read.
    """
    if fault.code in (_NAME_TAKEN, _NUMBER_TAKEN) and "[sync:" in str(write.payload):
        own = find_back(services, write)
        if own is not None:
            # Our stamp is on it: posted before, for example ahead of a restored backup.
            return Posted(write.entity, str(own["Id"]), own, fault.intuit_tid, how="matched")
    if fault.code == _NAME_TAKEN:
        cause = _holder(services, record, write, fault)
        if cause is not None:
            return Held((cause,))
    if fault.code in _REFERENCES:
        causes = _bad_references(services, record.company_id, write.payload)
        if causes:
            return _decided_again(services, record) or Held(distinct(causes))
    causes = list(_explained(services, record, fault))
    if fault.code == _NUMBER_TAKEN:
        said = f"{fault.message} {fault.detail} {fault.fault_message}"
        holder = doubles.number_cause(services, record, said, causes[0].facts)
        if holder is not None:
            return Held((holder,))
    if fault.code == _REFUSED:
        with services.sessions.read() as session:
            causes = list(behind.causes(session, record, write.payload)) or causes
    return Held(distinct(causes))


def _explained(services: Services, record: Record, fault: QuickBooksFault) -> Iterator[Cause]:
    """One cause per error of the fault, by what the problem files recognise."""
    with services.sessions.read() as session:
        source = session.get_one(Source, record.source_id).name
    subject = subject_of(record.type, source, record.external_id)
    common = {**fault_facts(fault), **record_facts(record)}
    errors = fault.errors or ()
    said = [(error.code, error.message, error.detail, error.element) for error in errors]
    for code, message, detail, element in said or [(fault.code, fault.message, "", "")]:
        classified = services.knowledge.classify(
            fault.platform, code, f"{message} {detail}", fault.http_status or None
        )
        own: Payload = {"code": code, "fault_message": message, "detail": detail}
        own["element"] = element
        said_here = f"{message} {detail}".strip()
        own |= _counted(services, record, classified, fault.platform, code, said_here)
        if classified.problem == "closed_period":
            company = periods.refreshed(services, record.company_id)
            periods.release_closed(services, company)
            own |= periods.facts_of(company, record)
        yield Cause(classified.problem, subject, {**classified.facts, **common, **own})


def _counted(
    services: Services, record: Record, found: Classified, platform: str, code: str, text: str
) -> Payload:
    """Count an answer that nothing explains, without the names it holds; {} for one explained."""
    if found.problem != UNKNOWN:
        return {}
    gap = gaps.Gap(text, code, platform, found.nearest or "", found.likeness)
    facts = {key: value for key, value in record_facts(record).items() if key in _NAMING}
    names = [*map(str, facts.values()), record.external_id]
    now = services.clock.now()
    with services.sessions.write() as session:
        known = services.knowledge
        return {"gap": gaps.note(session, known, record.company_id, gap, now, names)}


def explain_as(services: Services, record: Record, fault: QuickBooksFault, problem: str) -> Cause:
    """Explain a fault by a problem that is known already."""
    [cause, *_] = _explained(services, record, fault)
    return Cause(problem, cause.subject, cause.facts)


def unreadable_cause(session: Session, record: Record, reason: str) -> Cause:
    """Why a stored record cannot be posted at all: what this version cannot use in it."""
    source = session.get_one(Source, record.source_id).name
    facts: Payload = {"unreadable": True, "detail": reason}
    return own_cause("validation_other", record, source, facts)


def _holder(
    services: Services, record: Record, write: Write, fault: QuickBooksFault
) -> Cause | None:
    model = stored_record(record.payload)
    if not isinstance(model, CustomerIn | VendorIn | ItemIn):
        return None
    lists = ("Item",) if isinstance(model, ItemIn) else NAME_LISTS
    row = _named_holder(services, record.company_id, model.name, lists, fault)
    row = row or _queried_holder(services, record.company_id, model.name, lists)
    if row is None:
        return None
    with services.sessions.read() as session:
        company = session.get_one(Company, record.company_id)
        source = session.get_one(Source, record.source_id).name
        look = holding.Look(company, services.settings, source)
        return holding.holder_cause(session, look, record, model, row, write.entity)


def _named_holder(
    services: Services, company_id: int, name: str, lists: Iterable[str], fault: QuickBooksFault
) -> MirrorRow | None:
    """The record whose id QuickBooks gave; ids are per list, so its name tells which list."""
    found = _HOLDER_ID.search(fault.detail) or _HOLDER_ID.search(fault.fault_message)
    if found is None:
        return None
    for entity in lists:
        if mirror.refresh(services, company_id, entity, found.group(1)) is None:
            continue
        with services.sessions.read() as session:
            row = mirror.get(session, company_id, entity, found.group(1))
        if row is not None and _may_collide(name, row.name):
            return row
    return None


def _queried_holder(
    services: Services, company_id: int, name: str, lists: Iterable[str]
) -> MirrorRow | None:
    """The holder by its name, inactive ones (shown with "(deleted)") included."""
    books = services.quickbooks.company(company_id)
    collapsed = " ".join(name.split())
    spellings = [*dict.fromkeys((name, collapsed))]
    spellings += [f"{spelling} (deleted)" for spelling in spellings]
    for entity in lists:
        now = services.clock.now()
        rows = books.query(entity, [(name_field(entity), "IN", spellings)])
        with services.sessions.write() as session:
            mirror.put_many(session, company_id, entity, rows, now)
            found = mirror.candidates(session, company_id, name, (entity,))
            same = [row for row, _ in found if _may_collide(name, row.name)]
            if same:
                session.refresh(same[0])
                return same[0]
    return None


def _may_collide(ours: str, theirs: str) -> bool:
    return second_facts.same_written(bare(ours), bare(theirs))


def _bad_references(services: Services, company_id: int, payload: Payload) -> list[Cause]:
    """Read everything a document refers to and return what is inactive or gone."""
    with services.sessions.read() as session:
        company = session.get_one(Company, company_id)
    causes: list[Cause] = []
    for entity, qbo_id in dict.fromkeys(references_of(payload)):
        known = mirror.refresh(services, company_id, entity, qbo_id)
        with services.sessions.read() as session:
            row = mirror.get(session, company_id, entity, qbo_id)
        if known is None:
            name = row.name if row else ""
            causes.append(missing_cause(services.settings, company, entity, qbo_id, name))
        elif row is not None and not row.active:
            causes.append(_inactive(services, company, row))
    return causes


def _decided_again(services: Services, record: Record) -> Held | None:
    """Decide anew with what was just read: the root may be a mapping, or another one would do."""
    decided = anew.decide(services, record)
    return decided if isinstance(decided, Held) else None


def _inactive(services: Services, company: Company, row: MirrorRow) -> Cause:
    """An inactive record, or one that was merged away: then its documents have moved."""
    if row.entity in merged.LISTS:
        mirror.capture(services, row.company_id)
        with services.sessions.read() as session:
            away = merged.look(session, row.company_id, row.entity, row.qbo_id)
        if away is not None:
            gone = missing_cause(services.settings, company, row.entity, row.qbo_id, row.name)
            told = merged.told(services.settings, company, away)
            return Cause(gone.problem, gone.subject, {**gone.facts, **told})
    return inactive_cause(services.settings, company, row)


# Tax codes are left out: QuickBooks lets nobody read a single one of the codes TAX and NON.
_FIELDS = {
    "CustomerRef": "Customer",
    "VendorRef": "Vendor",
    "ItemRef": "Item",
    "AccountRef": "Account",
    "IncomeAccountRef": "Account",
    "APAccountRef": "Account",
    "DepositToAccountRef": "Account",
    "BankAccountRef": "Account",
    "CCAccountRef": "Account",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
}


def _named(part: Payload) -> Iterator[tuple[str, str]]:
    for name, entity in _FIELDS.items():
        if part.get(name):
            yield entity, str(part[name]["value"])
    # Whom an expense, a line of a deposit or of a journal entry is for.
    for name in ("EntityRef", "Entity"):
        someone = part.get(name) or {}
        if someone.get("type"):
            yield str(someone["type"]), str(someone["value"])
        elif someone.get("Type"):
            yield str(someone["Type"]), str(someone["EntityRef"]["value"])


def references_of(payload: Payload) -> Iterator[tuple[str, str]]:
    """Yield the entity and id of everything a payload of ours refers to."""
    yield from _named(payload)
    for holder in ("CheckPayment", "CreditCardPayment"):
        yield from _named(payload.get(holder) or {})
    for line in payload.get("Line", ()):
        yield from _named(line.get(str(line.get("DetailType"))) or {})
        for linked in line.get("LinkedTxn", ()):
            yield str(linked["TxnType"]), str(linked["TxnId"])
