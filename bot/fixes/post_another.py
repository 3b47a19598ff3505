"""It is another sale: post ours although QuickBooks has a document much like it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Action, Fix, Plan, Step, never, shown_by_posting
from bot.models import Incident
from bot.services import Services

_TITLE = "Another sale"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post ours beside the other one; the decision is kept with the record."""
    del choices
    preview, own, stop = own_record.begin(services, incident)
    if stop:
        return preview.refuse(_TITLE, stop)
    theirs = own_record.other_document(incident)
    named = f"{theirs['type']} {theirs['number'] or '(no number)'}"
    made = preview.plan(
        title=_TITLE,
        submit="Post it as well",
        steps=(
            Step(
                Action.TELL_APART,
                f"{own.called} is another sale than {named}",
                str(theirs["entity"]),
                str(theirs["qbo_id"]),
                change={"record_id": own.record.id, "others": [theirs["qbo_id"]]},
            ),
        ),
        changes=[{"what": own.called, "before": "held", "after": "posted beside the other one"}],
        undo="Until it is posted; after that void or credit it in QuickBooks.",
        role=Role.OPERATOR,
    )
    facts: Payload = {"our_document": own.called, "named": named}
    facts["compared"] = list(incident.facts.get("compared", []))
    return replace(made, facts={**made.facts, **facts})


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return isinstance(facts.get("theirs"), Mapping)


FIX = Fix(
    name="post_another",
    label="Another sale: post it…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=shown_by_posting,
    agreed=never,
    offered=_offered,
)
