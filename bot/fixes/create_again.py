"""Create a record anew that was deleted in QuickBooks, from what the source says of it.

What was posted for the old one stays with it. Never for documents: a deleted invoice is not posted
a second time behind the back of whoever deleted it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session

from bot import mirror
from bot.domain import JsonValue, Payload, Risk, Role
from bot.fixes import link_steps, undo_words
from bot.fixes.model import RELEASE, Action, Fix, Plan, Step, never
from bot.fixes.preview import Preview
from bot.models import Company, Incident, Record, Source
from bot.services import Services
from bot.sync import links, new_names, payloads, terms
from bot.sync.reading import parse_record
from bot.sync.records import CustomerIn, VendorIn

_TITLE = "Create again"
_LISTS = frozenset({"Customer", "Vendor"})


def plan(services: Services, incident: Incident, choices: Mapping[str, str]) -> Plan:
    """Plan one new record for each of ours that stood for the one that is gone."""
    del choices
    preview = Preview.captured(services, incident)
    entity, qbo_id = incident.subject.split(":", 1)
    if mirror.refresh(services, incident.company_id, entity, qbo_id) is not None:
        return preview.refuse(
            _TITLE,
            "QuickBooks still has this record, so it is not created a second time. Choose another "
            "one, or make it active in QuickBooks and press Try again.",
        )
    with services.sessions.read() as session:
        records = links.linked_records(session, incident.company_id, entity, qbo_id)
        wrong = _wrong(session, incident.company_id, records)
        made = [_payload(session, preview.company, record) for record in records]
    if wrong:
        return preview.refuse(_TITLE, wrong)
    steps: list[Step] = []
    for record, payload in zip(records, made, strict=True):
        steps.append(Step(Action.CREATE, f"{record.name} created", entity, change=payload))
        ours: Payload = {"record_id": record.id, "from_step": len(steps)}
        steps.append(link_steps.used_for(record.external_id, record.name, entity, **ours))
    kind = entity.lower()
    planned = preview.plan(
        title=_TITLE,
        submit="Create and post" if preview.documents else _TITLE,
        steps=(*steps, RELEASE),
        changes=[
            {"what": record.name, "before": "gone from QuickBooks", "after": f"a new {kind}"}
            for record in records
        ],
        checked=["nobody else has the name", "documents posted earlier are not touched"],
        undo=undo_words.of_new_record(kind, preview.documents),
        role=Role.OPERATOR,
    )
    return replace(planned, facts={**planned.facts, "list": kind})


def _wrong(session: Session, company_id: int, records: Sequence[Record]) -> str:
    if not records:
        return (
            "No record of a source stands for it, so there is nothing to create it from. Use "
            "another one on the documents in the source, then press Try again."
        )
    for record in records:
        if not isinstance(parse_record(record.payload), CustomerIn | VendorIn):
            return f"What the source says of {record.name} cannot be read any more."
        why = new_names.why_not(session, company_id, record.name)
        if why:
            return f"{why} Use that one instead, if it is meant."
    return ""


def _payload(session: Session, company: Company, record: Record) -> Payload:
    model = parse_record(record.payload)
    if not isinstance(model, CustomerIn | VendorIn):
        return {}
    source = session.get_one(Source, record.source_id).name
    setting = payloads.Setting(source, company.currency, custom_numbers=True)
    term = terms.term_of(session, record)
    return payloads.party(model, setting, term_id=term.qbo_id if term is not None else "")


def _offered(facts: Mapping[str, JsonValue]) -> bool:
    return bool(facts.get("gone")) and facts.get("entity") in _LISTS and not facts.get("merged")


FIX = Fix(
    name="create_again",
    label="Create again…",
    role=Role.OPERATOR,
    risk=Risk.LISTS,
    plan=plan,
    verify=link_steps.why_not_kept,
    agreed=never,
    offered=_offered,
)
