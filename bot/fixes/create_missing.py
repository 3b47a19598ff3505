"""Create the customer or vendor a document refers to and the source never handed over.

Only a name is asked for; nothing is invented (accounting.md rule 17 of the house).
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.domain import ENTITY, JsonValue, Payload, RecordType, Risk, Role
from bot.fixes import link_steps, undo_words
from bot.fixes.model import RELEASE, Action, Choice, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident, Source
from bot.services import Services
from bot.sync import new_names
from bot.sync.payloads import stamp

_TITLE = "Create"
_KINDS = frozenset({"customer", "vendor"})


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new record and its link; for a name that cannot be used, ask for another one."""
    preview = Preview.captured(services, incident)
    facts = incident.facts
    kind, ref = RecordType(str(facts["refers_to"])), str(facts["ref"])
    name = choices.get("name", str(facts.get("name") or "")).strip()
    with services.sessions.read() as session:
        wrong = new_names.why_not(session, incident.company_id, name)
        source = session.get_one(Source, int(facts["source_id"])).name
    told: Payload = {"subject_name": name or ref, "list": kind.value, "ref": ref}
    if wrong:
        asked = (_input(kind, name, wrong),)
        return preview.ask(_TITLE, asked, Role.OPERATOR, **told, ask=wrong)
    change: Payload = {"DisplayName": name, "Notes": stamp(source, ref)}
    link: Payload = {
        "source_id": int(facts["source_id"]),
        "type": kind.value,
        "external_id": ref,
        "from_step": 1,
    }
    made = preview.plan(
        title=_TITLE,
        submit="Create and post" if preview.documents else _TITLE,
        steps=(
            Step(Action.CREATE, f"{name} created", ENTITY[kind], change=change),
            link_steps.used_for(ref, name, ENTITY[kind], **link),
            RELEASE,
        ),
        choices=(_input(kind, name),),
        changes=[{"what": name, "before": "not in QuickBooks", "after": f"a new {kind.value}"}],
        checked=[f"no customer, vendor or employee is called {name}, nor much like it"],
        undo=undo_words.of_new_record(kind.value, preview.documents),
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, **told, "ask": ""})


def _input(kind: RecordType, name: str, hint: str = "") -> Choice:
    return Choice(
        "name",
        f"Name of the new {kind.value}",
        initial=name,
        hint=hint or "E-mail and address follow when the source hands the record over.",
        max_length=new_names.LONGEST_NAME,
        shown=True,
    )


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return facts.get("refers_to") in _KINDS and "source_id" in facts


FIX = Fix(
    name="create_missing",
    label="Create {refers_to}…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=never,
    offered=_offered,
)
