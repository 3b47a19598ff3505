"""The source is right: QuickBooks is to have the record as the source says it.

What was changed there is changed back; a document that was deleted or voided is posted once more,
by an approver, the voided one under a number of its own (accounting.md rules 2 to 5 and 10).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import mirror
from bot.domain import BANK_DATED, JsonValue, Payload, Risk, Role
from bot.fixes import link_steps, own_record, two_sides, two_sides_safe
from bot.fixes.model import Action, Choice, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.fixes.two_sides import Both
from bot.models import Incident, Record
from bot.render import listed, money
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import free_numbers, payloads
from bot.sync.causes import Cause
from bot.sync.flow.fields import DELETED, VOIDED, amount, without_mark
from bot.sync.limits import LONGEST_MEMO, LONGEST_NUMBER
from bot.sync.preflight.waiting import refusals

_NUMBER = "number"
_MOST_SAID = 3


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan what changes in QuickBooks, from a fresh read; or why nothing is changed there."""
    preview = Preview.of(services, incident)
    both = two_sides.read(services, incident)
    title = _title(both)
    stop = two_sides_safe.why_not(services, both)
    if stop:
        return preview.refuse(title, stop)
    if both.is_document and both.state in (VOIDED, DELETED):
        # What it names may have changed in QuickBooks since.
        preview = Preview.captured(services, incident)
        return _posted_anew(services, preview, both, choices.get(_NUMBER, "").strip())
    return two_sides.plan(preview, both, title, both.groups)


def _title(both: Both) -> str:
    title = f"{upfirst(both.own.source)} is right"
    return title if len(title) <= 24 else "The source is right"


def _posted_anew(services: Services, preview: Preview, both: Both, typed: str) -> Plan:
    record, title = both.record, _title(both)
    payload, number = dict(both.posted), str(both.posted.get("DocNumber") or "")
    choices: tuple[Choice, ...] = ()
    if both.state == VOIDED:
        typed = typed or free_numbers.propose(services, record)
        wrong = free_numbers.why_not(services, record, typed)
        if wrong:
            asked = (_input(typed[:LONGEST_NUMBER], wrong),)
            facts = {**_facts(both, typed), "wrong": wrong}
            return preview.ask(title, asked, Role.APPROVER, **facts)
        payload, number, choices = _renumbered(both, typed), typed, (_input(typed),)
    elif number and number in free_numbers.taken_among(services, record, [number]):
        return preview.refuse(
            title,
            f"QuickBooks has another document with the number {number} by now: somebody may have "
            "entered it again. Look at it there; it is not posted twice.",
        )
    against = refusals(services, both.record, payload)
    if against:
        return preview.refuse(title, _would_be_refused(services, both, against))
    steps = _steps(both, payload, number)
    made = two_sides.plan(preview, both, title, both.groups)
    changes = [{"what": both.own.called, "before": _was(both), "after": _will(both, number)}]
    return replace(
        made,
        submit="Post it once more",
        steps=(*steps, two_sides.agreement(both, (), both.wanted)),
        choices=choices,
        facts={
            **made.facts,
            **_facts(both, number),
            "changes": changes,
            "checked": ["its month is open in QuickBooks"],
            "undo": "Void it in QuickBooks; the bot deletes nothing.",
        },
    )


def _would_be_refused(services: Services, both: Both, against: Sequence[Cause]) -> str:
    """What QuickBooks would say to it now, and what to do first."""
    said = [services.render.title(one.problem, dict(one.facts)) for one in against]
    lists = [one.facts for one in against if one.problem == "inactive_record"]
    named = [f"the {facts.get('list')} {facts.get('name')}" for facts in lists]
    first = "Settle that first"
    if lists and len(lists) == len(against):
        first = f"Make {listed(named)} active in QuickBooks first, or use another one in "
        first += both.own.source
    return (
        f"{upfirst(both.own.called)} cannot be posted once more as things are now: "
        f"{'; '.join(said[:_MOST_SAID])}. {first}, then press this again."
    )


def _steps(both: Both, payload: Payload, number: str) -> Sequence[Step]:
    entity, record = both.row.entity, both.record
    created = Step(
        Action.CREATE, f"{upfirst(both.own.called)} posted once more", entity, change=payload
    )
    ours: Payload = {"record_id": record.id, "from_step": 1}
    named = f"{upfirst(record.type.words)} {number}".strip()
    return created, link_steps.used_for(record.external_id, named, entity, **ours)


def _renumbered(both: Both, number: str) -> Payload:
    """What was posted, under a number of its own; the original one stays in the memo."""
    mark = payloads.stamp(both.own.source, both.record.external_id)
    words = (
        f"Number in {both.own.source}: {both.record.number}",
        without_mark(both.posted.get("PrivateNote")),
    )
    note = payloads.stamped(words, mark, LONGEST_MEMO)
    return {**both.posted, "DocNumber": number, "PrivateNote": note}


def _input(number: str, hint: str = "") -> Choice:
    return Choice(
        _NUMBER,
        "Number in QuickBooks",
        initial=number,
        hint=hint or "Its own number stays with what was voided; it is noted in the memo.",
        max_length=LONGEST_NUMBER,
        shown=True,
    )


def _facts(both: Both, number: str) -> Payload:
    warnings = ["payments that belonged to it have to be applied to it by hand"]
    if both.record.type in BANK_DATED:
        warnings = ["look in the account's register first: the bank may know of it already"]
    return {
        "our_document": both.own.called,
        "state": both.state,
        "source": both.own.source,
        "number": number,
        "by_source": True,
        "as_now": both.is_fresh,
        "both_stand": False,
        "months_moved": [],
        "warnings": warnings,
    }


def _was(both: Both) -> str:
    return f"{both.state} in QuickBooks"


def _will(both: Both, number: str) -> str:
    total = money(both.record.amount or 0, both.record.currency)
    named = f"as {number}, " if number else ""
    day = f"{both.record.doc_date:%m/%d/%Y}" if both.record.doc_date else "its own day"
    return f"posted {named}{total}, dated {day}"


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read it again: what was chosen is there, or the document that was posted once more."""
    if not any(step.action is Action.CREATE for step in plan.steps):
        return two_sides.verify(services, incident, plan)
    link = next(step for step in plan.steps if step.action is Action.LINK)
    with services.sessions.read() as session:
        record = session.get_one(Record, int(link.change["record_id"]))
    found = mirror.refresh(services, incident.company_id, link.entity, str(record.qbo_id))
    if found is None:
        return f"QuickBooks does not show {own_record.called(record)}."
    if record.amount is not None and amount(found.get("TotalAmt")) != amount(record.amount):
        return f"{upfirst(own_record.called(record))} has another total in QuickBooks."
    return ""


def _done(plan: Plan) -> str:
    if any(step.action is Action.CREATE for step in plan.steps):
        return f"{upfirst(plan.facts['our_document'])} was posted once more"
    return f"{upfirst(plan.facts['our_document'])} is in QuickBooks as {plan.facts['source']} says"


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    open_ = not facts.get("closed_through") and not facts.get("settled")
    return open_ and bool(facts.get("as_posted", True))


FIX = Fix(
    name="push_again",
    label="{source} is right…",
    role=Role.OPERATOR,
    risk=Risk.BOOKS,
    plan=plan,
    verify=verify,
    agreed=never,
    offered=_offered,
    done=_done,
)
