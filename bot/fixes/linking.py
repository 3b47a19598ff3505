"""Ours is a document that somebody entered in QuickBooks: the plan and proof of that link."""

import re
from dataclasses import replace

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import ENTITY, Payload, Role
from bot.fixes import own_record
from bot.fixes.model import Action, Plan, Step
from bot.fixes.own_record import Own
from bot.fixes.preview import Preview
from bot.models import Incident, Record, Source
from bot.render.words import upfirst
from bot.services import Services
from bot.sync import doubles, links

_AMOUNTS = ("total", "sales tax")
# The mark of what a source posted (bot.sync.payloads.stamp).
_MARK = re.compile(r"\[sync:(?P<source>[^\]]*?):(?P<id>[^:\]]+)\]")


def plan_link(
    services: Services, preview: Preview, own: Own, document: tuple[str, Payload], title: str
) -> Plan:
    """Compare the two and plan the link; refused where it cannot be the same document."""
    entity, payload = document
    with services.sessions.read() as session:
        found = doubles.facts_of(services, session, own.record, entity, payload)
        taken = posted_for(session, own.record, entity, payload)
    stop = _not_ours(own, entity, payload, found, taken)
    return preview.refuse(title, stop) if stop else _linked(preview, own, found, title)


def posted_for(session: Session, record: Record, entity: str, document: Payload) -> str:
    """Name the other record of a source a document of QuickBooks stands for; "" for none known.

    By our links, and by the mark of whoever posted it. What bears the mark of a source that is not
    known here (an earlier connector, another installation) stands for no record yet.
    """
    company_id = record.company_id
    rows = [*links.linked_records(session, company_id, entity, str(document["Id"]))]
    mark = _MARK.search(str(document.get("PrivateNote") or ""))
    if mark is not None:
        rows += session.exec(
            select(Record)
            .join(Source, col(Source.id) == col(Record.source_id))
            .where(Record.company_id == company_id, Source.name == mark["source"])
            .where(Record.type == record.type, Record.external_id == mark["id"])
        )
    other = next((row for row in rows if row.id != record.id), None)
    if other is None:
        return ""
    source = session.get_one(Source, other.source_id).name
    return f"{own_record.called(other)} from {source}"


def _not_ours(own: Own, entity: str, document: Payload, found: Payload, taken: str) -> str:
    theirs = found["theirs"]
    named = f"The {theirs['type']} {theirs['number']}".strip()
    if entity != ENTITY[own.record.type]:
        return f"{named} cannot stand for ours, which is {_an(own.record.type.words)}."
    if taken:
        return (
            f"{named} was posted for another record already: {taken}. It cannot stand for both: "
            "ours needs a number of its own where it is another document, and is not posted where "
            "it is the same one."
        )
    if "voided" in str(document.get("PrivateNote") or "").casefold() and not theirs["total"]:
        return f"{named} is voided in QuickBooks. Press Try again to post ours."
    party = next(row for row in found["compared"] if row["what"] in ("customer", "vendor"))
    if not party["same"]:
        return (
            f"{named} is for {party['theirs']}, ours is for {party['ours']}: payments of the one "
            f"cannot settle a document of the other. Change the {party['what']} in QuickBooks "
            "first if it is wrong there."
        )
    return ""


def _an(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeiou' else 'a'} {kind}"


def _linked(preview: Preview, own: Own, found: Payload, title: str) -> Plan:
    theirs = found["theirs"]
    named = f"{theirs['type']} {theirs['number'] or '(no number)'}"
    step = Step(
        Action.LINK,
        f"{upfirst(own.called)} is {named} in QuickBooks",
        str(theirs["entity"]),
        str(theirs["qbo_id"]),
        change={"record_id": own.record.id},
    )
    made = own_record.without(preview, own).plan(
        title=title,
        submit="Link it",
        steps=(step,),
        changes=[{"what": own.called, "before": "not posted", "after": f"is {named}"}],
        checked=["nothing in QuickBooks changes, and nothing new is posted for it"],
        undo="The link can be taken away again; then ours waits as before.",
        role=Role.OPERATOR,
    )
    differ = [row["what"] for row in found["compared"] if not row["same"]]
    facts: Payload = {"compared": found["compared"], "differ": differ, "named": named}
    facts["our_document"] = own.called
    made = own_record.counted_in(replace(made, facts={**made.facts, **facts}), own)
    return _with_other_amounts(made, own) if set(differ) & set(_AMOUNTS) else made


def _with_other_amounts(made: Plan, own: Own) -> Plan:
    """The amounts of QuickBooks stand: an approver accepts that they are not the source's."""
    reason = "An approver has to do this: the amounts differ."
    facts = {**made.facts, "accepted": [own.record.id], "approval": reason}
    return replace(made, role=Role.APPROVER, role_reason=reason, facts=facts)


def verify(services: Services, incident: Incident, plan: Plan) -> str:
    """Read the document again and check that our link points at it."""
    [step] = plan.steps
    if mirror.refresh(services, incident.company_id, step.entity, step.qbo_id) is None:
        return "The document in QuickBooks was deleted meanwhile."
    record = own_record.read(services, incident).record
    with services.sessions.read() as session:
        row = links.find(session, record.source_id, record.type, record.external_id)
    if row is None or row.qbo_id != step.qbo_id:
        return "The link to the document was not kept."
    return ""
