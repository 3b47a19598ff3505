"""It is another sale: post ours although QuickBooks has a document much like it."""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import own_record
from bot.fixes.model import Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident
from bot.services import Services

_TITLE = "Another sale"


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan to post ours beside the other one; the decision is kept with the record."""
    del choices
    preview = Preview.of(services, incident)
    own = own_record.read(services, incident)
    stop = own_record.standing_in_the_way(own)
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


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Posting itself, and the reading back after it, show whether it is there."""
    del services, incident, plan
    return ""


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return isinstance(facts.get("theirs"), Mapping)


FIX = Fix(
    name="post_another",
    label="Another sale: post it…",
    role=Role.OPERATOR,
    risk=Risk.SYNC,
    plan=plan,
    verify=verify,
    agreed=never,
    offered=_offered,
)
