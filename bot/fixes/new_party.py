"""Creating our record under a name of its own, chosen by the person: what two fixes share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session

from bot import mirror
from bot.domain import ENTITY, Payload, Role
from bot.fixes import undo_words
from bot.fixes.model import Action, Choice, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Incident, Record
from bot.services import Services
from bot.sync import links, new_names, payloads

NAME = "name"


@dataclass(frozen=True)
class Words:
    """What the preview is headed, what its button says, and the hint under the name."""

    title: str
    submit: str
    hint: str


def plan(
    services: Services,
    incident: Incident,
    choices: Mapping[str, str],
    words: Words,
    propose: Callable[[Session, Record], str],
) -> Plan:
    """Plan the new record; for a name that cannot be used, ask for another one and say why.

    `propose` gives the name that is filled in beforehand.
    """
    preview = Preview.of(services, incident)
    mirror.capture(services, incident.company_id)  # what is said of names below was just read
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        name = (choices.get(NAME) or propose(session, record)).strip()
        wrong = new_names.why_not(session, incident.company_id, name)
        payload = {} if wrong else payloads.list_payload(session, record, name=name)
    if wrong:
        return _ask(preview, words, name, wrong)
    entity = ENTITY[record.type]
    return preview.plan(
        title=words.title,
        submit=words.submit,
        steps=(
            Step(Action.CREATE, f"{name} created", entity, change=payload),
            Step(
                Action.LINK,
                f"{name} is used for “{record.name}” from now on",
                entity,
                change={"record_id": record.id, "from_step": 1},
            ),
            Step(Action.RELEASE, "let the waiting documents go"),
        ),
        choices=(_input(words, name),),
        changes=[{"what": name, "before": "not in QuickBooks", "after": f"a new {record.type}"}],
        checked=[
            f"no customer, vendor or employee is called {name}, and none has a name much like it"
        ],
        undo=undo_words.of_new_record(record.type.value, preview.documents),
        role=Role.OPERATOR,
    )


def _input(words: Words, name: str, hint: str = "") -> Choice:
    return Choice(
        NAME,
        "Name in QuickBooks",
        initial=name,
        hint=hint or words.hint,
        max_length=new_names.LONGEST_NAME,
        shown=True,
    )


def _ask(preview: Preview, words: Words, name: str, wrong: str) -> Plan:
    """Nothing can be created under this name: the same form again, with the reason."""
    made = preview.plan(
        title=words.title,
        submit="Show the change",
        steps=(),
        choices=(_input(words, name, wrong),),
        undo="",
        role=Role.OPERATOR,
    )
    return replace(made, facts={**made.facts, "wrong": wrong})


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the new record again and compare its name."""
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        link = links.find(session, record.source_id, record.type, record.external_id)
    if link is None:
        return "The new record was not linked."
    found = mirror.refresh(services, incident.company_id, link.entity, link.qbo_id)
    change: Payload = plan.steps[0].change
    wanted = change.get("DisplayName")
    if found is None or found.get("DisplayName") != wanted:
        return f"QuickBooks does not show the new record {wanted}."
    return ""
