"""Post on the first open day: a sale or bill of closed books whose sales tax is not filed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Choice, Fix, Plan
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Company, Incident, Record
from bot.render import money
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import links, meaning, periods, terms

_TITLE = "First open day"
_INPUT = "due"
# What QuickBooks uses for customers without terms of their own.
_USUAL_DAYS = 30


@dataclass(frozen=True)
class _Move:
    """From which day to which, and when it is due."""

    day: date
    first: date
    due: date


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new date from a fresh read of the closing date; the original stays in the memo."""
    preview, own, stop = own_record.begin(services, incident)
    if stop:
        return preview.refuse(_TITLE, stop)
    company = periods.refreshed(services, incident.company_id)
    stop = periods.why_not_moved(company, own.record)
    first, day = periods.first_open_day(company), own.record.doc_date
    if stop or first is None or day is None:
        return preview.refuse(_TITLE, stop)
    typed = choices.get(_INPUT, "").strip()
    due = _read_day(typed) if typed else _due(services, own.record, day)
    if due is None or due < day:
        return preview.refuse(
            _TITLE, f"Type the due date as MM/DD/YYYY, on or after {day:%m/%d/%Y}."
        )
    return _moved(replace(preview, company=company), own, _Move(day, first, due))


def _read_day(typed: str) -> date | None:
    try:
        if "/" in typed:
            month, day, year = (int(part) for part in typed.split("/"))
            return date(year, month, day)
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _due(services: Services, record: Record, day: date) -> date:
    """The due date as it would have been: the source's, else by its term, else by the party's."""
    said = record.payload.get("due_date")
    if said:
        return date.fromisoformat(str(said))
    kind = meaning.party_of(record.type)
    with services.sessions.read() as session:
        own = terms.term_of(session, record)
        link = links.find(
            session, record.source_id, kind, str(record.payload.get(kind.value) or "")
        )
    term_id = own.qbo_id if own is not None else ""
    if not term_id and link is not None:
        found = mirror.refresh(services, record.company_id, link.entity, link.qbo_id) or {}
        theirs = found.get("SalesTermRef") or found.get("TermRef") or {}
        term_id = str(theirs.get("value") or "")
    term = mirror.refresh(services, record.company_id, "Term", term_id) if term_id else None
    # "Due on receipt" is 0 days.
    days = (term or {}).get("DueDays")
    return day + timedelta(days=_USUAL_DAYS if days is None else int(days))


def _moved(preview: Preview, own: Own, move: _Move) -> Plan:
    note = f"Original date {move.day:%m/%d/%Y}"
    changes: Payload = {
        "date": move.first.isoformat(),
        "original_date": str(own.record.payload.get("original_date") or move.day.isoformat()),
        "due_date": move.due.isoformat(),
        **own_record.with_note(own, note),
    }
    words = f"{upfirst(own.called)} is posted on {move.first:%m/%d/%Y}"
    step = own_record.correction(own, changes, words)
    made = _released(preview, own, move.first).plan(
        title=_TITLE,
        submit="Post on that day",
        steps=(step,),
        choices=(_input(move.due),),
        changes=[
            {"what": "date", "before": f"{move.day:%m/%d/%Y}", "after": f"{move.first:%m/%d/%Y}"},
            {"what": "memo", "before": "as in the source", "after": f"begins with “{note}”"},
            {
                "what": "due date",
                "before": "from the original date",
                "after": f"{move.due:%m/%d/%Y}, still from the original date",
            },
        ],
        checked=_checked(preview.company),
        undo="Until it is posted; after that void or credit it in QuickBooks.",
        role=Role.APPROVER,
    )
    facts: Payload = {
        "our_document": own.called,
        "from_month": move.day.isoformat(),
        "to_month": move.first.isoformat(),
        "counts": _counts(own.record),
        "closed_through": (move.first - timedelta(days=1)).isoformat(),
    }
    return replace(made, facts={**made.facts, **facts})


def _released(preview: Preview, own: Own, day: date) -> Preview:
    """Count ours on its new day, and what goes with it; a payment of the closed period stays."""
    moved = Record(**{**own.record.model_dump(), "doc_date": day})
    rest = own_record.without(preview, own)
    return replace(rest, records=(moved, *rest.records))


def _counts(record: Record) -> str:
    total = money(record.amount or 0, record.currency)
    tax = record.payload.get("tax_total")
    return f"{total}, of it sales tax {money(tax, record.currency)}" if tax else total


def _checked(company: Company) -> list[str]:
    if company.tax_filed_through is None:
        return ["through which month sales tax is filed was never said: ask before you go on"]
    filed = f"{company.tax_filed_through:%m/%d/%Y}"
    return [f"sales tax is filed through {filed}, which is before both days"]


def _input(due: date) -> Choice:
    return Choice(
        _INPUT,
        "Due date",
        initial=f"{due:%m/%d/%Y}",
        hint="It counts from the original date; change it if the terms say otherwise.",
        max_length=10,
        shown=True,
    )


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("may_move")) and bool(facts.get("record_id"))


FIX = Fix(
    name="redate",
    label="First open day…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=own_record.is_corrected,
    agreed=_offered,
    offered=_offered,
)
