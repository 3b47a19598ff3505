"""Creating our record under a name of its own, chosen by the person: what two fixes share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from bot.domain import ENTITY, Role
from bot.fixes import link_steps, undo_words
from bot.fixes.model import RELEASE, Action, Choice, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Incident, Record
from bot.services import Services
from bot.sync import new_names, payloads, terms

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
    preview = Preview.captured(services, incident)
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        name = (choices.get(NAME) or propose(session, record)).strip()
        wrong = new_names.why_not(session, incident.company_id, name)
        term = terms.term_of(session, record)
        term_id = term.qbo_id if term is not None else ""
        payload = (
            {} if wrong else payloads.list_payload(session, record, name=name, term_id=term_id)
        )
    if wrong:
        asked = (_input(words, name),)
        return preview.ask(words.title, asked, Role.OPERATOR, wrong=wrong)
    entity = ENTITY[record.type]
    return preview.plan(
        title=words.title,
        submit=words.submit,
        steps=(
            Step(Action.CREATE, f"{name} created", entity, change=payload),
            link_steps.used_for(record.name, name, entity, record_id=record.id, from_step=1),
            RELEASE,
        ),
        choices=(_input(words, name),),
        changes=[{"what": name, "before": "not in QuickBooks", "after": f"a new {record.type}"}],
        checked=[
            f"no customer, vendor or employee is called {name}, and none has a name much like it"
        ],
        undo=undo_words.of_new_record(record.type.value, preview.documents),
        role=Role.OPERATOR,
    )


def _input(words: Words, name: str) -> Choice:
    return Choice(
        NAME,
        "Name in QuickBooks",
        initial=name,
        hint=words.hint,
        max_length=new_names.LONGEST_NAME,
        shown=True,
    )
