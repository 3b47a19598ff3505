"""Do not post it: kept in the list of skipped records, with who said so and why."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot import mirror
from bot.domain import Payload, RecordType, Risk, Role
from bot.fixes import effects, linking, own_record
from bot.fixes.model import Action, Choice, Fix, Plan, Step, never, shown_by_posting
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.render import money, plural
from bot.render.words import upfirst
from bot.services import Services
from bot.sync.totals import totals

_TITLE = "Do not post it"
_REASONS = {
    "there": "it is in QuickBooks already",
    "cancelled": "cancelled or refunded before it was posted",
    "test": "a test, no real business",
    "other": "",
}
_LABELS = {
    "there": "It is in QuickBooks already",
    "cancelled": "Cancelled or refunded before it was posted",
    "test": "A test, no real business",
    "other": "Another reason, said below",
}


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to leave the record out for good, for a reason; nothing in QuickBooks changes."""
    preview, own, stop = own_record.begin(services, incident)
    if stop:
        return preview.refuse(_TITLE, stop)
    key = choices.get("reason", _likely(incident))
    words = choices.get("words", "").strip()
    reason = ": ".join(part for part in (_REASONS.get(key, ""), words) if part)
    if key and not reason:
        return preview.refuse(_TITLE, "Say in a few words why it is not posted.")
    loses = _loses(own)
    called = f"{upfirst(own.called)} ({loses})" if loses else upfirst(own.called)
    step = Step(
        Action.SKIP,
        f"{called} is not posted{f': {reason}' if reason else ''}",
        change={"record_id": own.record.id, "reason": reason},
    )
    made = replace(preview, records=(), others=(), closed=()).plan(
        title=_TITLE,
        submit="Do not post it",
        steps=(step,),
        choices=_inputs(key, words),
        changes=[{"what": own.called, "before": "waits to be posted", "after": "not posted"}],
        undo="It can be let go again, with Undo on this alert.",
        role=Role.APPROVER,
    )
    facts: Payload = {"our_record": own.called, "reason": reason, "loses": loses}
    facts["there"] = key == "there"
    facts["not_linked"] = _not_linked(services, incident, own) if key == "there" else ""
    facts["there_has"] = _there_has(incident, own) if key == "there" else ""
    facts["children"] = _children(services, preview, own)
    months = effects.months([own.record], preview.company)
    facts["filed"] = effects.filed(months, preview.company, "stays without")
    return replace(made, facts={**made.facts, **facts})


def _likely(incident: Incident) -> str:
    """The reason that is filled in: where the alert names its twin in QuickBooks; else none."""
    return "there" if isinstance(incident.facts.get("theirs"), dict) else ""


def _not_linked(services: Services, incident: Incident, own: Own) -> str:
    """Say that ours does not become the document the alert names, where that is another's."""
    theirs = incident.facts.get("theirs")
    if not isinstance(theirs, dict) or not theirs.get("by_us"):
        return ""
    entity, qbo_id = str(theirs["entity"]), str(theirs["qbo_id"])
    document = mirror.refresh(services, own.record.company_id, entity, qbo_id)
    if document is None:
        return ""
    with services.sessions.read() as session:
        taken = linking.posted_for(session, own.record, entity, document)
    named = f"{theirs['type']} {theirs['number']}".strip()
    return f"Ours is not linked to {named}, which was posted for {taken}" if taken else ""


def _there_has(incident: Incident, own: Own) -> str:
    """Say what the document there comes to, where that is another amount than ours."""
    theirs, ours = incident.facts.get("theirs"), own.record.amount
    if not isinstance(theirs, dict) or not theirs.get("total") or ours is None:
        return ""
    total, currency = Decimal(str(theirs["total"])), own.record.currency
    if total == ours:
        return ""
    named = f"{theirs['type']} {theirs['number']}".strip()
    return f"But {named} there has {money(total, currency)}, not {money(ours, currency)}"


def _loses(own: Own) -> str:
    """What the books will not hold."""
    record = own.record
    if record.amount is None:
        return ""
    paid = record.type in (RecordType.PAYMENT, RecordType.BILL_PAYMENT, RecordType.EXPENSE)
    what = "paid" if paid else "in all"
    when = f", dated {record.doc_date:%m/%d/%Y}" if record.doc_date else ""
    return f"{money(record.amount, record.currency)} {what}{when}"


def _children(services: Services, preview: Preview, own: Own) -> str:
    """What refers to it and will be asked about next."""
    held = (*preview.records, *preview.others, *preview.closed, *preview.asked)
    rest = [row for row in held if row.id != own.record.id]
    if own.record.type is RecordType.INVOICE:
        with services.sessions.read() as session:
            known = {row.id for row in rest}
            rest += [row for row in own_record.paid_by(session, own.record) if row.id not in known]
    documents = totals(rest).documents
    return plural(documents or len(rest), "document" if documents else "record") if rest else ""


def _inputs(key: str, words: str) -> tuple[Choice, ...]:
    return (
        Choice("reason", "Why", initial=key, options=tuple(_LABELS.items())),
        Choice(
            "words",
            "In your words",
            initial=words,
            hint="Needed for another reason; kept with the record.",
            max_length=200,
            optional=True,
        ),
    )


FIX = Fix(
    name="skip",
    label="Do not post it…",
    role=Role.APPROVER,
    risk=Risk.BOOKS,
    plan=plan,
    verify=shown_by_posting,
    agreed=never,
    offered=own_record.is_known,
)
