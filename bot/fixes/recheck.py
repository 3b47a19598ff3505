"""Check again: read a posted document whose amounts differed; the alert ends when they agree."""

from collections.abc import Mapping

from bot import mirror
from bot.domain import ENTITY, Payload, Risk, Role
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident, Record
from bot.render import money
from bot.services import Services
from bot.sync import holds
from bot.sync.causes import Cause
from bot.sync.comparing import Amounts, amounts

_TITLE = "Check again"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Read the document fresh; while it still differs, say by how much and plan nothing."""
    del choices
    preview = Preview.of(services, incident)
    record = _record(services, incident)
    document = _read(services, record)
    if document is None:
        return preview.refuse(_TITLE, _gone(record))
    found = amounts(record, document)
    if found is None or found.differ:
        return preview.refuse(_TITLE, _still(record, found))
    made = preview.plan(
        title=_TITLE,
        submit="End this alert",
        steps=(Step(Action.RELEASE, "amounts agree"),),
        undo="",
        role=Role.OPERATOR,
        checked=["total and sales tax agree with QuickBooks"],
    )
    facts = {**made.facts, **found.facts(), "document": _called(record)}
    facts["their_tax"] = None if found.their_tax is None else str(found.their_tax)
    return Plan(made.title, made.submit, facts, made.steps, role=made.role)


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the document again; if it differs once more, that is noted anew and said."""
    del plan
    record = _record(services, incident)
    document = _read(services, record)
    found = None if document is None else amounts(record, document)
    if found is not None and not found.differ:
        return ""
    # The step before dropped the note of the difference: it stands again.
    facts = {**incident.facts, **(found.facts() if found is not None else {})}
    with services.sessions.write() as session:
        stored = session.get_one(Record, record.id)
        cause = Cause(incident.problem, incident.subject, facts)
        holds.hold_also(session, stored, cause, services.clock.now())
    return _gone(record) if document is None else _still(record, found)


def _record(services: Services, incident: Incident) -> Record:
    with services.sessions.read() as session:
        return session.get_one(Record, int(incident.facts["record_id"]))


def _read(services: Services, record: Record) -> Payload | None:
    return mirror.refresh(
        services, record.company_id, ENTITY[record.type], str(record.qbo_id or "")
    )


def _called(record: Record) -> str:
    return f"{record.type.words} {record.number}".strip()


def _gone(record: Record) -> str:
    return (
        f"QuickBooks has no {_called(record)} any more: somebody deleted it after it was posted. "
        "Enter it there again, or ask who deleted it; the bot does not post it a second time."
    )


def _still(record: Record, found: Amounts | None) -> str:
    if found is None:
        return f"QuickBooks shows no total for {_called(record)}. Look at it there, then try again."
    theirs, ours = found.theirs_total, found.ours_total
    what, less = "", " after what was credited since" if found.credited else ""
    if theirs == ours:
        theirs, ours, what = found.their_tax or theirs, found.our_tax or ours, "sales tax "
    return (
        f"{_called(record).capitalize()} still has {what}{money(theirs, record.currency)} in "
        f"QuickBooks{less}; the source says {money(ours, record.currency)}. Correct it in one of "
        "the two, then press Check again."
    )


FIX = Fix(
    name="recheck",
    label="Check again…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=verify,
    agreed=never,
)
