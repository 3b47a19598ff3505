"""It is another one: post ours although QuickBooks has a document much like it.

An operator may say it of a sale: posting is what the sync does (design.md section 10). That a
vendor's bill is another one says an approver: it may be paid twice (accounting.md rule 10). To
leave ours out for good, by skipping it or by an exception, is an approver's.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Fix, Plan, never, shown_by_posting
from bot.models import Incident
from bot.render.words import upfirst
from bot.services import Services

_TITLE = "Another one"
_PAID_TWICE = "An approver has to do this: a bill that is entered twice may be paid twice."


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post ours beside the other one; the decision is kept with the record."""
    del choices
    preview, own, stop = own_record.begin(services, incident)
    if stop:
        return preview.refuse(_TITLE, stop)
    is_bill = own.record.type in (RecordType.BILL, RecordType.VENDOR_CREDIT)
    theirs = own_record.other_document(incident)
    named = f"{theirs['type']} {theirs['number'] or '(no number)'}"
    kind = "sale" if own.record.type is RecordType.INVOICE else own.record.type.words
    made = preview.plan(
        title=_TITLE,
        submit="Post it as well",
        steps=(
            own_record.telling_apart(
                own, theirs, f"{upfirst(own.called)} is another {kind} than {named}"
            ),
        ),
        changes=[{"what": own.called, "before": "held", "after": "posted beside the other one"}],
        undo="Until it is posted; after that void or credit it in QuickBooks.",
        role=Role.APPROVER if is_bill else Role.OPERATOR,
    )
    reason = _PAID_TWICE if is_bill else ""
    facts: Payload = {"our_document": own.called, "named": named, "kind": kind}
    facts["compared"] = list(incident.facts.get("compared", []))
    facts["approval"] = reason
    return replace(made, facts={**made.facts, **facts}, role_reason=reason)


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return isinstance(facts.get("theirs"), Mapping)


FIX = Fix(
    name="post_another",
    label="Another one: post it…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=shown_by_posting,
    agreed=never,
    offered=_offered,
)
