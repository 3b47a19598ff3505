"""What is written to QuickBooks so that it has what the source says: only what differs."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlmodel import Session, col, select

from bot import mirror
from bot.domain import DOCUMENTS, ENTITY, Payload
from bot.mirror.names import bare, name_field
from bot.models import Company, MirrorRow, Record, Source, Write
from bot.sync import payloads, term_shape
from bot.sync.flow import agreed
from bot.sync.flow.fields import STATE, Field, amount, fields_of, in_books, same
from bot.sync.kinds.account import AccountIn
from bot.sync.kinds.tags import Tag
from bot.sync.reading import stored_record
from bot.sync.records import CustomerIn, ItemIn, VendorIn


def change(
    session: Session,
    record: Record,
    row: MirrorRow,
    fields: Collection[Field],
    fresh: Payload | None = None,
) -> Payload:
    """The sparse update that makes these fields as the source says; {} where that is not known.

    `fresh`: a document as it would be posted now, where its source has changed it since.
    """
    if record.type in DOCUMENTS:
        whole = posted_payload(session, record) if fresh is None else fresh
    else:
        whole = _listed(session, record)
    keys = {key for field in fields for key in field.keys}
    made = {key: value for key, value in whole.items() if key in keys}
    if "SalesTermRef" in made and not whole.get("DueDate"):
        made |= _due_by_term(session, record, made["SalesTermRef"])
    if any(field.name == STATE for field in fields) and record.type not in DOCUMENTS:
        name = name_field(row.entity)
        made |= {"Active": True, name: bare(str(row.data.get(name) or ""))}
    return made


def _due_by_term(session: Session, record: Record, reference: Payload) -> Payload:
    """The due date of other terms: an update leaves that of the old ones (only a create counts it).

    https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/invoice
    {} for terms that name a day of the month.
    """
    term = mirror.get(session, record.company_id, "Term", str(reference.get("value") or ""))
    days = term_shape.kept(term.data).days if term is not None else None
    if days is None or record.doc_date is None:
        return {}
    return {"DueDate": (record.doc_date + timedelta(days=days)).isoformat()}


def posted_payload(session: Session, record: Record) -> Payload:
    """What the bot wrote of this document, as both sides agree on it; {} where that is not known.

    A document that was linked, not posted, or whose amounts are others by now, has none.
    """
    writes = session.exec(
        select(Write)
        .where(Write.company_id == record.company_id, Write.state == "done")
        .where(Write.entity == ENTITY[record.type], Write.qbo_id == str(record.base.get("id")))
        .order_by(col(Write.id))
    ).all()
    values = agreed.values(record)
    if not writes or writes[0].operation != "create" or not _is_total(record, values):
        return {}
    made = dict(writes[0].payload)
    for write in writes[1:]:
        shown = in_books(record.type, write.reply)
        for field in fields_of(record.type):
            if same(shown.get(field.name), values.get(field.name)):
                made |= {key: write.payload[key] for key in field.keys if key in write.payload}
    return made


def _is_total(record: Record, values: Mapping[str, str]) -> bool:
    total = values.get("total")
    return total is None or record.amount is None or same(total, amount(record.amount))


def _listed(session: Session, record: Record) -> Payload:
    model = stored_record(record.payload)
    company = session.get_one(Company, record.company_id)
    source = session.get_one(Source, record.source_id).name
    if isinstance(model, CustomerIn | VendorIn):
        return payloads.party(
            model, payloads.Setting(source, company.currency, custom_numbers=True)
        )
    if isinstance(model, AccountIn | Tag):
        return {"Name": model.name}
    return payloads.item(model, "") if isinstance(model, ItemIn) else {}
