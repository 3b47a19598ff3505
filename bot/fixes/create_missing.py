"""Create the customer or vendor a document refers to and that is not posted.

Its source never handed it over: only a name is asked for; nothing is invented (accounting.md rule
17 of the house). Or it did, in a circle: then it is created as handed over, below nobody.
"""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session, col, select

from bot.domain import ENTITY, JsonValue, Payload, RecordState, RecordType, Risk, Role
from bot.fixes import link_steps, undo_words
from bot.fixes.model import RELEASE, Action, Choice, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Incident, Record, Source
from bot.services import Services
from bot.sync import new_names, payloads, terms
from bot.sync.payloads import stamp

_TITLE = "Create"
_KINDS = frozenset({"customer", "vendor"})
_NAME_ONLY = "E-mail and address follow when the source hands the record over."
_WITHOUT_PARENT = "Everything else is as the source handed it over; what it belongs to is left out."


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new record and its link; for a name that cannot be used, ask for another one."""
    preview = Preview.captured(services, incident)
    facts = incident.facts
    kind, ref = RecordType(str(facts["refers_to"])), str(facts["ref"])
    name = choices.get("name", str(facts.get("name") or "")).strip()
    with services.sessions.read() as session:
        wrong = new_names.why_not(session, incident.company_id, name)
        source = session.get_one(Source, int(facts["source_id"])).name
        ours = _handed_over(session, int(facts["source_id"]), kind, ref)
        change: Payload = {"DisplayName": name, "Notes": stamp(source, ref)}
        if ours is not None and not wrong:
            term = terms.term_of(session, ours)
            term_id = term.qbo_id if term is not None else ""
            change = payloads.list_payload(session, ours, name=name, term_id=term_id)
    told: Payload = {"subject_name": name or ref, "list": kind.value, "ref": ref}
    told["handed_over"] = ours is not None
    hint = _WITHOUT_PARENT if ours is not None else _NAME_ONLY
    if wrong:
        asked = (_input(kind, name, hint),)
        return preview.ask(_TITLE, asked, Role.OPERATOR, **told, ask=wrong)
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
        choices=(_input(kind, name, hint),),
        changes=[{"what": name, "before": "not in QuickBooks", "after": f"a new {kind.value}"}],
        checked=[f"no customer, vendor or employee is called {name}, nor much like it"],
        undo=undo_words.of_new_record(kind.value, preview.documents),
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, **told, "ask": ""})


def _handed_over(session: Session, source_id: int, kind: RecordType, ref: str) -> Record | None:
    """Our record of it, where it came but waits for itself in a circle."""
    return session.exec(
        select(Record)
        .where(Record.source_id == source_id, Record.type == kind)
        .where(Record.external_id == ref, col(Record.state) != RecordState.POSTED)
    ).first()


def _input(kind: RecordType, name: str, hint: str) -> Choice:
    return Choice(
        "name",
        f"Name of the new {kind.value}",
        initial=name,
        hint=hint,
        max_length=new_names.LONGEST_NAME,
        shown=True,
    )


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    # What a person set aside is not created behind that person's back.
    known = facts.get("refers_to") in _KINDS and "source_id" in facts
    return known and not facts.get("set_aside")


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
