"""Different people: create ours under a name that tells the two apart, chosen by the person."""

from collections.abc import Mapping

from bot import mirror
from bot.domain import ENTITY, Payload, Risk, Role
from bot.errors import BadInput
from bot.fixes.model import Action, Choice, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.mirror.names import NAME_LISTS
from bot.models import Incident, Record
from bot.services import Services
from bot.sync import links, payloads, twins

LONGEST_NAME = 100


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan the new record; a name that is taken or not allowed is refused with the reason."""
    preview = Preview.of(services, incident)
    mirror.capture(services, incident.company_id)  # what is said of names below was just read
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        proposed = twins.propose_name(session, record)
        name = choices.get("name", proposed).strip()
        wrong = _wrong(services, incident.company_id, name)
        if wrong:
            raise BadInput(wrong)
        payload = payloads.list_payload(session, record, name=name)
    entity = ENTITY[record.type]
    return preview.plan(
        title="Different people",
        submit="Create separately",
        steps=(
            Step(Action.CREATE, f"{name} created", entity, change=payload),
            Step(Action.LINK, f"our record stands for {name}", entity, change=_link(record)),
            Step(Action.RELEASE, "let the waiting documents go"),
        ),
        choices=(
            Choice(
                "name",
                "Name in QuickBooks",
                initial=proposed,
                hint="Both stay separate; pick a name that tells them apart.",
                max_length=LONGEST_NAME,
            ),
        ),
        changes=[{"what": name, "before": "not in QuickBooks", "after": f"a new {record.type}"}],
        checked=[f"the name {name} is free on all three name lists"],
        undo="The new record can be set inactive in QuickBooks while nothing is posted for it.",
        role=Role.OPERATOR,
    )


def _link(record: Record) -> Payload:
    return {"record_id": record.id, "from_step": 1}


def _wrong(services: Services, company_id: int, name: str) -> str:
    """Say what QuickBooks would refuse about this name; "" when it is fine."""
    if not name:
        return "The name is empty. Type the name the new record shall have in QuickBooks."
    if len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; QuickBooks takes up to {LONGEST_NAME}."
    bad = sorted({character for character in name if character in ":\t\n"})
    if bad:
        return "QuickBooks does not take a colon, a tab or a line break in a name."
    with services.sessions.read() as session:
        rows = mirror.by_folded(session, company_id, mirror.fold(name), NAME_LISTS)
    for row in rows:
        if not row.deleted and row.name.strip().casefold() == name.casefold():
            state = "" if row.active else "inactive "
            return f"The name {name} is used by the {state}{row.entity.lower()}. Type another one."
    return ""


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the new record again and compare its name."""
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        link = links.find(session, record.source_id, record.type, record.external_id)
    if link is None:
        return "The new record was not linked."
    found = mirror.refresh(services, incident.company_id, link.entity, link.qbo_id)
    wanted = plan.steps[0].change.get("DisplayName")
    if found is None or found.get("DisplayName") != wanted:
        return f"QuickBooks does not show the new record {wanted}."
    return ""


FIX = Fix(
    name="create_separate",
    label="Different people…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=verify,
    agreed=never,
)
