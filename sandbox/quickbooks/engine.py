"""Create, update, delete and void, the same for every entity."""

from typing import Any

from sandbox.quickbooks.closing import check_open_books, note_exceptions
from sandbox.quickbooks.company import Company
from sandbox.quickbooks.faults import BAD_JSON, SUBSCRIPTION, QboFault, fault, missing, not_found
from sandbox.quickbooks.model import Body, Entity, Record, Work
from sandbox.quickbooks.money import LARGEST
from sandbox.quickbooks.plans import check_plan
from sandbox.quickbooks.rename import follow_new_name
from sandbox.quickbooks.rules import (
    check_name,
    duplicate_number,
    merged_away,
    number_holder,
    resolve_references,
    strip_suffix,
)
from sandbox.quickbooks.shape import clean
from sandbox.quickbooks.void import void_record


def write(
    company: Company,
    entity: Entity,
    body: Any,
    *,
    operation: str,
    include: str,
    by_person: bool = False,
) -> Record:
    """Run one write of the API. Returns the record touched. Raises QboFault."""
    if not isinstance(body, dict):
        raise fault("2010", BAD_JSON)
    if company.subscription_ended and not by_person:
        raise fault("6190", SUBSCRIPTION, "")
    if entity.opened is not None:
        body = entity.opened(body)
    if entity.singleton:
        body = {**body, "Id": body.get("Id") or "1"}
    if operation == "delete":
        return delete(company, entity, body, by_person=by_person)
    if operation == "void" or "void" in include.split(","):
        return void(company, entity, body, by_person=by_person)
    if operation == "update" or body.get("Id"):
        return update(company, entity, body, include=include, by_person=by_person)
    return create(company, entity, body, include=include, by_person=by_person)


def create(
    company: Company, entity: Entity, sent: Body, *, include: str = "", by_person: bool = False
) -> Record:
    """Add a record. Raises QboFault."""
    require(entity, "create", by_person=by_person)
    check_plan(company, entity)
    body = clean(entity, sent)
    work = Work(company, entity, body, None, frozenset(body), by_person)
    _check(work, None, include)
    now = company.clock.now()
    record = Record(entity, company.next_id(entity), work.body, now, now)
    company.put(record)
    _settle(company, record, None)
    note_exceptions(company, record, "Create", record.body.get("TxnDate"))
    company.tell(record, "Create")
    return record


def update(
    company: Company, entity: Entity, sent: Body, *, include: str = "", by_person: bool = False
) -> Record:
    """Change a record, fully or sparsely. Raises QboFault."""
    require(entity, "update", by_person=by_person)
    record = target(company, entity, sent, by_person=by_person)
    entity.may_change(company, record)
    body = clean(entity, sent)
    sent_names = frozenset(body)
    sparse = sent.get("sparse") in (True, "true")
    body = _merged(record, sent, body) if sparse else _full(record, body)
    active = _wanted_activity(record, sent, body)
    work = Work(company, entity, body, record, sent_names, by_person, sparse)
    if active is not None and not active and record.active and not by_person:
        entity.may_deactivate(company, record)
    _check(work, record, include, activity=active)
    before = record.body
    days = (before.get("TxnDate"), work.body.get("TxnDate"))
    if _same(record, work.body, active):
        note_exceptions(company, record, "Save", *days)
        return record
    if active and not record.active:
        check_plan(company, entity)
    if active is not None:
        record.active = active
    company.rewrite(record, work.body)
    bump(company, record)
    _settle(company, record, before)
    note_exceptions(company, record, "Update", *days)
    company.tell(record, "Update")
    return record


def delete(company: Company, entity: Entity, sent: Body, *, by_person: bool = False) -> Record:
    """Remove a transaction for good. Raises QboFault."""
    require(entity, "delete")
    record = target(company, entity, sent, by_person=by_person)
    entity.may_change(company, record)
    if record.notes.get("matched") and not by_person:
        raise fault("6480", "Matched Transaction Delete Error", "")
    if not by_person:
        check_open_books(company, record.body.get("TxnDate"))
    before = record.body
    record.deleted = True
    company.rewrite(record, record.body)
    bump(company, record)
    _settle(company, record, before)
    note_exceptions(company, record, "Delete", before.get("TxnDate"))
    company.tell(record, "Delete")
    return record


def void(company: Company, entity: Entity, sent: Body, *, by_person: bool = False) -> Record:
    """Set the amounts to zero and keep number and date. Raises QboFault."""
    require(entity, "void", by_person=by_person)
    record = target(company, entity, sent, by_person=by_person)
    entity.may_change(company, record)
    if not by_person:
        check_open_books(company, record.body.get("TxnDate"))
    before = record.body
    company.rewrite(record, void_record(before))
    record.voided = True
    bump(company, record)
    _settle(company, record, before)
    note_exceptions(company, record, "Void", before.get("TxnDate"))
    company.tell(record, "Void")
    return record


def checked(company: Company, entity: Entity, sent: Body) -> Body:
    """A payload as it would be stored, kept out of the books: a template. Raises QboFault."""
    body = clean(entity, sent)
    work = Work(company, entity, body, None, frozenset(body))
    _check_fields(work, None)
    return work.body


def require(entity: Entity, operation: str, *, by_person: bool = False) -> None:
    """500 for an operation the entity does not have."""
    if by_person and operation in entity.screen_operations:
        return
    if operation not in entity.operations:
        raise fault("500", f"Operation {operation.upper()} {entity.name.upper()} is not supported.")


def target(company: Company, entity: Entity, sent: Body, *, by_person: bool = False) -> Record:
    """The record a write is about, with its SyncToken checked. Raises QboFault."""
    record = company.row(entity.name, checked_id(sent.get("Id")))
    if record is None or record.key in company.unseen:
        raise not_found()
    if record.deleted:
        raise not_found(entity.plural or "customers")
    if record.merged_into:
        raise merged_away()
    token = sent.get("SyncToken")
    if by_person and token is None:
        return record
    if token is None or token == "":
        raise missing("SyncToken")
    if str(token) != str(record.token):
        raise stale(company, record)
    return record


def checked_id(value: Any) -> str:
    """An Id as text; 2020 when absent, 2030 when it is not a number."""
    if value is None or value == "":
        raise missing("Id")
    text = str(value)
    if not text.isascii() or not text.isdigit():
        raise fault("2030", f"Id should be a valid number. Supplied value:{text}", "Id")
    return text


def stale(company: Company, record: Record) -> QboFault:
    """5010, naming who changed the record last; with or without the newer ending."""
    user = record.notes.get("by", company.user)
    text = (
        f"Stale Object Error : You and {user} were working on this at the same time. {user} "
        "finished before you did, so your work was not saved."
    )
    if company.switches.stale_form == 2:
        text = f"{text} Entity={record.entity.name}"
    return fault("5010", text, "")


def bump(company: Company, record: Record) -> None:
    """Count one change."""
    record.token += 1
    company.changed_now(record)


def _merged(record: Record, sent: Body, cleaned: Body) -> Body:
    """Sparse: what is not sent stays; an empty string empties its field."""
    body = {**record.body, **cleaned}
    for name, value in sent.items():
        field = record.entity.by_name.get(name)
        if value == "" and field is not None and not field.read_only:
            body.pop(name, None)
    return body


def _full(record: Record, cleaned: Body) -> Body:
    """Full: writable fields that are not sent are emptied; read-only ones stay."""
    kept = {
        name: value
        for name, value in record.body.items()
        if (field := record.entity.by_name.get(name)) is not None and field.read_only
    }
    return {**kept, **cleaned}


def _wanted_activity(record: Record, sent: Body, body: Body) -> bool | None:
    """The Active asked for; names lose the suffix that reads show on an inactive record."""
    rule = record.entity.name_rule
    if rule is None:
        return None
    value = sent.get("Active")
    wanted = record.active if value in (None, "") else value in (True, "true")
    stays_inactive = not wanted
    if stays_inactive and isinstance(body.get(rule.field), str):
        body[rule.field] = strip_suffix(body[rule.field])
    if wanted and not record.active and not sent.get(rule.field):
        # QuickBooks keeps the marked name when a record is activated without a name.
        body[rule.field] = f"{body.get(rule.field, '')} (deleted)"
    return wanted


def _same(record: Record, body: Body, active: bool | None) -> bool:
    """A save that changes nothing leaves the SyncToken alone."""
    return body == record.body and active in (None, record.active)


def _check(
    work: Work, record: Record | None, include: str, *, activity: bool | None = None
) -> None:
    """Every rule between the cleaned payload and the store, in QuickBooks' order."""
    company, entity, body = work.company, work.entity, work.body
    _check_fields(work, record)
    if activity is not False:
        check_name(company, entity, body, record.id if record else None)
    if entity.transaction:
        dates = (body.get("TxnDate"), record.body.get("TxnDate") if record else None)
        if not work.by_person:
            check_open_books(company, *dates)
        _check_number(work, record, include)


def _check_fields(work: Work, record: Record | None) -> None:
    """What is required, what is referred to, and the entity's own arithmetic."""
    for field in work.entity.fields:
        if field.required and not work.body.get(field.name) and work.body.get(field.name) != 0:
            raise missing(field.name)
    work.entity.prepare(work)
    resolve_references(work.company, work.entity, work.body, record.body if record else None)
    work.entity.complete(work)
    for name in ("TotalAmt", "HomeTotalAmt"):
        if abs(work.body.get(name) or 0) > LARGEST:
            raise fault("2140", f"Supplied value:{work.body[name]}", name)


def _check_number(work: Work, record: Record | None, include: str) -> None:
    company, entity, number = work.company, work.entity, work.body.get("DocNumber")
    if not number or not company.switches.warn_duplicate_numbers:
        return
    if "allowduplicatedocnum" in include.split(","):
        return
    if record is not None and record.body.get("DocNumber") == number:
        return
    own_id = record.id if record else None
    holder = number_holder(company, entity, work.body, str(number), own_id)
    if holder is not None:
        raise duplicate_number(str(number), holder)


def _settle(company: Company, record: Record, before: Body | None) -> None:
    """Let balances, links and names elsewhere follow the change."""
    company.post(record)
    if record.entity.committed is not None:
        record.entity.committed(company, record, before)
    if before is not None and record.entity.name_rule is not None:
        follow_new_name(company, record)
