"""Move a posted document to the day its source names now, once an approver saw what that changes.

What forbids it stands in `day_moves`. In a month whose sales tax is filed an approver and a
second person see the amount first (accounting.md rule 3).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, Risk, Role
from bot.fixes import day_moves, own_record
from bot.fixes.belongings import Document
from bot.fixes.day_moves import Move
from bot.fixes.model import Action, Fix, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Incident, Record
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import days, periods

_TITLE = "Move to its day"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new day from fresh reads of the document and of the closing date."""
    del choices
    preview = Preview.of(services, incident)
    own = own_record.read(services, incident)
    with services.sessions.read() as session:
        told = days.standing(session, own.record)
    if told is None:
        return preview.refuse(
            _TITLE,
            f"{upfirst(own.called)} has the same day in QuickBooks and in {own.source} by now: "
            "there is nothing left to move.",
        )
    company = periods.refreshed(services, incident.company_id)
    payload = _read(services, own.record)
    if payload is None:
        return preview.refuse(_TITLE, f"QuickBooks has no {own.called} any more; nothing is moved.")
    move = Move(own, told, payload)
    preview = replace(preview, company=company)
    if move.is_there:
        return _ended(preview, move)
    stop = day_moves.why_not(services, company, move)
    return preview.refuse(_TITLE, stop) if stop else _moved(preview, move)


def _read(services: Services, record: Record) -> Payload | None:
    entity = ENTITY[record.type]
    return mirror.refresh(services, record.company_id, entity, str(record.qbo_id or ""))


def _ended(preview: Preview, move: Move) -> Plan:
    """Somebody changed it in QuickBooks: only the alert is left."""
    made = preview.plan(
        title=_TITLE,
        submit="End this alert",
        steps=(_noted(move),),
        checked=[f"QuickBooks has it on {move.last:%m/%d/%Y} already"],
        undo="",
        role=Role.APPROVER,
    )
    return replace(made, facts={**made.facts, **_facts(move, [], moves=False)})


def _moved(preview: Preview, move: Move) -> Plan:
    before, change = _change(move)
    step = Step(
        Action.UPDATE,
        f"{upfirst(move.own.called)} is dated {move.last:%m/%d/%Y}",
        move.document.entity,
        move.document.qbo_id,
        before,
        change,
    )
    made = preview.plan(
        title=_TITLE,
        submit="Change the day",
        steps=(step, _noted(move)),
        changes=[
            {"what": what, "before": _written(before[key]), "after": _written(change[key])}
            for key, what in (("TxnDate", "date"), ("DueDate", "due date"))
            if key in change
        ],
        checked=day_moves.checked(preview.company, move),
        undo=(
            f"It goes back to {move.first:%m/%d/%Y}, as long as nobody changes its day meanwhile "
            "and the books are closed for neither day."
        ),
        role=Role.APPROVER,
    )
    facts = _facts(move, day_moves.months_moved(preview.company, move), moves=True)
    facts["filed"] = day_moves.filed(preview.company, move)
    return replace(made, facts={**made.facts, **facts})


def _change(move: Move) -> tuple[Payload, Payload]:
    """The sparse update with its before-image.

    A due date QuickBooks made from the day goes along; one that the source names is the source's.
    """
    change: Payload = {"TxnDate": move.last.isoformat()}
    due = move.payload.get("DueDate")
    if due:
        shifted = date.fromisoformat(str(due)) + (move.last - move.first)
        wanted = str(move.told["source_due"] or shifted.isoformat())
        change |= {"DueDate": wanted} if wanted != due else {}
    return {key: move.payload.get(key) for key in ("Id", "SyncToken", *change)}, change


def _noted(move: Move) -> Step:
    """Our own row: it is posted on that day now."""
    words = f"the day of {move.own.called} agrees with {move.own.source}"
    change: Payload = {"record_id": move.own.record.id, "facts": move.told}
    return Step(Action.TAKE_OVER, words, change=change)


def _facts(move: Move, months: list[JsonValue], *, moves: bool) -> Payload:
    return {
        "our_document": move.own.called,
        "from_day": move.first.isoformat(),
        "to_day": move.last.isoformat(),
        "moves": moves,
        "months_moved": months,
        "total": str(move.document.total),
        "tax": str(move.document.tax),
    }


def _written(day: JsonValue) -> str:
    return f"{date.fromisoformat(str(day)):%m/%d/%Y}"


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the document again: the new day, the same total and tax. Else the alert stands."""
    record = own_record.read(services, incident).record
    wrong = _still_wrong(plan, _read(services, record), ENTITY[record.type])
    if wrong:
        noted = next(step for step in plan.steps if step.action is Action.TAKE_OVER)
        with services.sessions.write() as session:
            stored = session.get_one(Record, record.id)
            days.put_back(session, stored, noted.change["facts"], services.clock.now())
    return wrong


def _still_wrong(plan: Plan, payload: Payload | None, entity: str) -> str:
    called = upfirst(str(plan.facts["our_document"]))
    if payload is None:
        return f"QuickBooks does not show {plan.facts['our_document']} any more."
    if payload.get("TxnDate") != plan.facts["to_day"]:
        return f"{called} is dated {_written(payload.get('TxnDate'))} in QuickBooks."
    was = (Decimal(str(plan.facts["total"])), Decimal(str(plan.facts["tax"])))
    if (Document(entity, payload).total, Document(entity, payload).tax) != was:
        return (
            f"{called} has another total or sales tax in QuickBooks since its day was changed. "
            "Undo puts the day back."
        )
    return ""


def _done(plan: Plan) -> str:
    facts = plan.facts
    if not facts["moves"]:
        return ""
    called, day = upfirst(str(facts["our_document"])), _written(facts["to_day"])
    return f"{called} is dated {day} now, before {_written(facts['from_day'])}"


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return not facts.get("bank_dated")


def _agreed(facts: Mapping[str, JsonValue]) -> bool:
    return _offered(facts) and not facts.get("closed_through") and not facts.get("filed_through")


FIX = Fix(
    name="move_day",
    label="Move to its day…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=_agreed,
    offered=_offered,
    done=_done,
)
