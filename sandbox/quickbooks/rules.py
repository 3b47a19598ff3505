"""Rules shared by many entities: references, unique names, document numbers, closed books."""

from sandbox.quickbooks.company import Company, fold, name_texts, ref_key
from sandbox.quickbooks.faults import (
    ACCOUNT_TYPE,
    INACTIVE,
    QboFault,
    business,
    fault,
    not_found,
)
from sandbox.quickbooks.model import Body, Entity, Field, Key, NameRule, Record
from sandbox.quickbooks.shape import display_name, references

DELETED_SUFFIX = " (deleted)"


def resolve_references(
    company: Company, entity: Entity, body: Body, before: Body | None, *, _by_person: bool = False
) -> None:
    """Fill the name of every reference; refuse unknown ones (2500) and inactive ones (610).

    A reference that the record already had may stay although its target is inactive now.
    """
    kept: set[Key] = set()
    if before is not None:
        kept = {ref_key(field.target, ref) for field, ref in references(entity.fields, before)}
    for field, ref in references(entity.fields, body):
        key = ref_key(field.target, ref)
        record = company.find(key)
        if record is None or record.deleted or key in company.unseen:
            raise unknown_reference(company, field, ref["value"])
        if not record.active and key not in kept:
            raise inactive_reference(company)
        ref["name"] = display_name(record)
        if len(field.target) == 1:
            ref.pop("type", None)


def unknown_reference(company: Company, field: Field, value: str) -> QboFault:
    """2500 with the list's own word."""
    word = company.entities[field.target[0]].list_word
    return fault(
        "2500",
        f"Invalid Reference Id : {word} element id {value} not found",
        f"{field.name}",
    )


def inactive_reference(company: Company) -> QboFault:
    """The reply does not say which reference it means."""
    if company.switches.inactive_reference_code == 2500:
        text = INACTIVE.format(word="customers")
        return fault("2500", f"Invalid Reference Id : {text}", "")
    return not_found()


def check_name(company: Company, entity: Entity, body: Body, own_id: str | None) -> None:
    """6240 when the name is taken in its list. Raises QboFault."""
    rule = entity.name_rule
    if rule is None:
        return
    wanted = str(body.get("FullyQualifiedName" if rule.unique_path else rule.field, ""))
    own = (entity.name, own_id) if own_id else None
    holder = name_holder(company, rule, wanted, own)
    if holder is not None:
        raise duplicate_name(company, rule, holder)


def name_holder(company: Company, rule: NameRule, wanted: str, own: Key | None) -> Record | None:
    """The record that already has the name, or None."""
    space = company.names[rule.space]
    for key in sorted(space.get(fold(wanted), ()), key=lambda k: (k[0], int(k[1]))):
        record = company.find(key)
        if record is None or key == own or record.deleted:
            continue
        if not record.active and not company.switches.inactive_names_collide:
            continue
        if _same(company, record, wanted):
            return record
    if company.switches.double_spaces_collide:
        return _collapsed_holder(company, space, wanted, own)
    return None


def _same(_company: Company, record: Record, wanted: str) -> bool:
    rule = record.entity.name_rule
    if rule is None:
        return False
    field = "FullyQualifiedName" if rule.unique_path else rule.field
    return fold(str(record.body.get(field, ""))) == fold(wanted)


def _collapsed_holder(
    company: Company, space: dict[str, set[Key]], wanted: str, own: Key | None
) -> Record | None:
    folded = " ".join(fold(wanted).split())
    for text, keys in space.items():
        if " ".join(text.split()) != folded:
            continue
        for key in keys:
            record = company.find(key)
            if record is not None and key != own and record.active and not record.deleted:
                return record
    return None


def duplicate_name(company: Company, rule: NameRule, holder: Record) -> QboFault:
    """6240 in the form the switch asks for; all five were seen in the wild."""
    start = "The name supplied already exists"
    forms = {
        1: f"{start}. : Another {rule.word} is already using this name. "
        "Please use a different name.",
        2: f"{start}. : null",
        3: f"{start}. : Id={holder.id}",
        4: f"{start}. : Another $$customer$$ is already using this name. "
        "Please use a different name.",
        5: f"{start}: Another customer is already using this name. Please use a different name.",
    }
    return fault("6240", forms[company.switches.duplicate_name_form])


def strip_suffix(text: str) -> str:
    """The name without the mark of an inactive record."""
    return text.removesuffix(DELETED_SUFFIX)


def full_name(company: Company, entity: Entity, body: Body, own_id: str | None) -> str:
    """`Parent:Child`, at most five levels (6180); a parent may not be its own child (900)."""
    rule = entity.name_rule
    name = str(body.get(rule.field, "")) if rule else ""
    parent = body.get("ParentRef")
    if not parent:
        body.pop("Level", None)
        return name
    if own_id is not None and parent["value"] == own_id:
        raise fault("900", "Parent cannot be child", "ParentRef")
    record = company.row(entity.name, parent["value"])
    if record is None:
        raise fault("700", "Parent Reference Invalid", "ParentRef")
    level = _depth(company, record, own_id) + 1
    if level > 4:
        raise fault("6180", "Sub Level Limit", "ParentRef")
    body["Level"] = level
    return f"{record.body.get('FullyQualifiedName', name_texts(record)[0])}:{name}"


def _depth(company: Company, record: Record, own_id: str | None) -> int:
    """Levels above `record`; 900 when the chain comes back to the record being saved."""
    level = 0
    walk: Record | None = record
    while walk is not None:
        parent = walk.body.get("ParentRef")
        if not parent:
            return level
        if parent["value"] == own_id:
            raise fault("900", "Parent cannot be child", "ParentRef")
        walk = company.row(record.entity.name, parent["value"])
        level += 1
    return level


def number_space(entity: Entity, body: Body) -> str:
    """Among which documents the number of this one has to be unique; nothing: unchecked."""
    rule = entity.number_rule
    if rule is None:
        return ""
    return rule.space_of(body) if rule.space_of else rule.space


def number_holder(
    company: Company, entity: Entity, body: Body, number: str, own_id: str | None
) -> Record | None:
    """The transaction that already has the number, or None."""
    rule, space = entity.number_rule, number_space(entity, body)
    if rule is None or not space or not rule.checked(company, body):
        return None
    alone = not company.switches.invoice_and_credit_memo_share_numbers
    owner = _owner(rule.owner, body) if company.switches.bill_numbers_per_vendor else ""
    for table in company.tables.values():
        other = table.entity
        if other.number_rule is None or (alone and space == "sales" and other is not entity):
            continue
        for record_id in sorted(table.numbers.get(fold(number), ()), key=int):
            record = table.rows[record_id]
            if (other.name, record_id) == (entity.name, own_id):
                continue
            if number_space(other, record.body) != space:
                continue
            if not owner or _owner(rule.owner, record.body) == owner:
                return record
    return None


def _owner(field: str, body: Body) -> str:
    return str((body.get(field) or {}).get("value", "")) if field else ""


def duplicate_number(number: str, holder: Record) -> QboFault:
    """6140, naming the document that has the number."""
    return fault(
        "6140",
        "Duplicate Document Number Error : You must specify a different number. This number has "
        f"already been used. DocNumber={number} is assigned to TxnType={type_shown(holder)} "
        f"with TxnId={holder.id}",
        "DocNumber",
    )


PURCHASES = {"Check": "Check", "Cash": "Expense", "CreditCard": "Expense"}


def type_shown(record: Record) -> str:
    """What QuickBooks calls the kind of transaction on screens, in reports and in faults."""
    body, name = record.body, record.entity.name
    if name == "Purchase":
        if body.get("Credit"):
            return "Credit Card Credit"
        return PURCHASES.get(str(body.get("PaymentType")), "Expense")
    if name == "BillPayment":
        return f"Bill Payment ({'Check' if body.get('PayType') == 'Check' else 'Credit Card'})"
    rule = record.entity.number_rule
    return rule.display if rule else SHOWN.get(name, name)


SHOWN = {
    "CreditCardPayment": "Credit Card Payment",
    "InventoryAdjustment": "Inventory Qty Adjust",
    "Item": "Inventory Starting Value",
    "TimeActivity": "Time Activity",
}


def check_account_type(company: Company, ref: Body | None, types: tuple[str, ...]) -> None:
    """6430 when the account is of a type its field does not take."""
    if not ref:
        return
    record = company.row("Account", ref["value"])
    if record is not None and record.body.get("AccountType") not in types:
        raise wrong_account_type()


def wrong_account_type() -> QboFault:
    """6430: the account is of a type the field does not take."""
    return fault("6430", ACCOUNT_TYPE, "")


def merged_away() -> QboFault:
    """The record was merged into another one by a person; its Id takes no more writes."""
    return business("You cannot modify a list element that has been deleted.")
