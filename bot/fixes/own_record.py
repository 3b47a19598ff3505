"""The outbox record an alert is about, for fixes that change what of it is posted."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from bot.domain import DOCUMENTS, JsonValue, Payload, RecordState, RecordType
from bot.errors import BadInput
from bot.fixes.model import Action, Plan, Step
from bot.fixes.preview import Preview
from bot.models import Incident, Record, Source
from bot.render.words import upfirst
from bot.services import Services
from bot.sync.reading import references


@dataclass(frozen=True)
class Own:
    """The record itself with the name of its source."""

    record: Record
    source: str

    @property
    def called(self) -> str:
        """How it is named in sentences: "invoice 1042", "customer Jane Doe"."""
        return called(self.record)


def called(record: Record) -> str:
    """Name a record in sentences: "invoice 1042", "customer Jane Doe"."""
    # A document goes by its number; a customer or an item by its name, not by its key or SKU.
    if record.type in DOCUMENTS:
        words = record.number or record.name
    else:
        words = record.name or record.number
    return f"{record.type.words} {' '.join(words.split())}"


def read(services: Services, incident: Incident) -> Own:
    """Read the record as it is now. Raises BadInput when the alert is not about one record."""
    if not incident.facts.get("record_id"):
        msg = "This alert is not about one record; look at its other buttons."
        raise BadInput(msg)
    with services.sessions.read() as session:
        record = session.get_one(Record, int(incident.facts["record_id"]))
        return Own(record, session.get_one(Source, record.source_id).name)


def begin(services: Services, incident: Incident) -> tuple[Preview, Own, str]:
    """Read what a plan starts from: the preview, the record, why it cannot be changed or "".

    Raises BadInput when the alert is not about one record.
    """
    preview = Preview.of(services, incident)
    own = read(services, incident)
    return preview, own, standing_in_the_way(own)


def is_known(facts: Mapping[str, JsonValue]) -> bool:
    """Whether an alert is about one record of ours."""
    return bool(facts.get("record_id"))


def other_document(incident: Incident) -> Payload:
    """The document of QuickBooks an alert names. Raises BadInput when it names none."""
    theirs = incident.facts.get("theirs")
    if not isinstance(theirs, dict):
        msg = "The bot does not know which document of QuickBooks is meant. Press Try again."
        raise BadInput(msg)
    return theirs


def standing_in_the_way(own: Own) -> str:
    """Say why nothing of the record can be changed any more; "" while it can."""
    if own.record.state is RecordState.POSTED:
        return f"{upfirst(own.called)} is in QuickBooks already; there is nothing left to do."
    if own.record.state is RecordState.SKIPPED:
        return f"{upfirst(own.called)} was skipped: {own.record.skip_reason}."
    return ""


def without(preview: Preview, own: Own) -> Preview:
    """Leave the record itself out of what the preview says will be posted.

    What was set apart because it refers to this one, which is dated in closed books, goes then.
    """
    known = (*preview.records, *preview.closed, *preview.asked)
    rest = tuple(row for row in known if row.id != own.record.id)
    others = tuple(row for row in preview.others if row.id != own.record.id)
    return replace(preview, records=rest, others=others, closed=(), asked=()).set_apart()


def counted_in(made: Plan, own: Own) -> Plan:
    """Count the record among those the fix brings to their end, though it is not posted."""
    records = [own.record.id, *made.facts["records"]]
    return replace(made, facts={**made.facts, "records": records})


def correction(own: Own, changes: Mapping[str, JsonValue], words: str) -> Step:
    """Post other values of the record than the source handed over."""
    change: Payload = {"record_id": own.record.id, "set": dict(changes)}
    return Step(Action.CORRECT, words, change=change)


def telling_apart(own: Own, theirs: Payload, words: str) -> Step:
    """Keep with the record that it is not this document of QuickBooks: it is not asked again."""
    change: Payload = {"record_id": own.record.id, "others": [theirs["qbo_id"]]}
    entity, qbo_id = str(theirs["entity"]), str(theirs["qbo_id"])
    return Step(Action.TELL_APART, words, entity, qbo_id, change=change)


def with_note(own: Own, note: str) -> Payload:
    """Put a note before the memo, once; as changes of the record."""
    memo = str(own.record.payload.get("memo") or "")
    return {"memo": memo if note in memo else ". ".join(part for part in (note, memo) if part)}


def paid_by(session: Session, record: Record) -> list[Record]:
    """The payments of the same source that settle this invoice."""
    rows = session.exec(
        select(Record)
        .where(Record.source_id == record.source_id, Record.type == RecordType.PAYMENT)
        .where(col(Record.company_id) == record.company_id)
        .where(col(Record.state) != RecordState.SKIPPED)
    )
    wanted = (RecordType.INVOICE, record.external_id)
    return [row for row in rows if wanted in references(row.payload)]


def is_corrected(services: Services, incident: Incident, plan: Plan) -> str:
    """Check that the record holds what was corrected; posting shows the rest."""
    record = read(services, incident).record
    for step in plan.steps:
        if step.action is not Action.CORRECT:
            continue
        for path in step.change["set"]:
            row = record.corrections.get(path)
            if row is not None and row["to"] != step.change["set"][path]:
                return "The record was changed by somebody else meanwhile; look at it again."
    return ""
