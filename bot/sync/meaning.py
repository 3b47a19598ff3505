"""Which records of QuickBooks the words of a document stand for: its party, items, accounts."""

from collections.abc import Iterator
from decimal import Decimal

from sqlmodel import Session, select

from bot import mirror
from bot.domain import ENTITY, JsonValue, Payload, RecordType
from bot.models import Mapping, Record
from bot.sync import links, mapping_rules, mappings, merged
from bot.sync.kinds import kind_of

# What a line is for, its quantity, its amount.
Line = tuple[str, Decimal, Decimal]
_ONE = Decimal(1)
# Credits that a payment uses up stand beside what it settles.
_USED = ("CreditMemo", "VendorCredit")
# Their lines name the documents they settle, or take to the bank.
_LINKING = (RecordType.PAYMENT, RecordType.BILL_PAYMENT, RecordType.DEPOSIT)
_DETAILS = (
    ("SalesItemLineDetail", "ItemRef"),
    ("AccountBasedExpenseLineDetail", "AccountRef"),
    ("DepositLineDetail", "AccountRef"),
    ("JournalEntryLineDetail", "AccountRef"),
)
# Keys of a line that name a document of the same source.
_DOCUMENTS = (
    RecordType.INVOICE,
    RecordType.BILL,
    RecordType.PAYMENT,
    RecordType.SALES_RECEIPT,
    RecordType.REFUND,
)


def party_of(kind: RecordType) -> RecordType:
    """Whom a document of this type is for or from; also the key it stands under.

    A document without a party has nothing under that key.
    """
    return kind_of(kind).party or RecordType.CUSTOMER


def lines_of(kind: RecordType) -> str:
    """The key under which a document of this type has its lines."""
    return kind_of(kind).lines


def of_reference(session: Session, record: Record, kind: RecordType, external_id: str) -> str:
    """Name what an external id of the record's source stands for, such as 'Customer:58'.

    A record that was merged away stands for the one that is left. Without a link it is the id
    itself: 'said:c17'.
    """
    link = links.find(session, record.source_id, kind, external_id)
    if link is not None:
        return _left(session, record.company_id, link.entity, link.qbo_id)
    chosen = _chosen_party(session, record, kind, external_id)
    if chosen is not None:
        return _left(session, record.company_id, chosen.entity, chosen.qbo_id)
    return f"said:{external_id}"


def of_line(session: Session, record: Record, row: Payload) -> Line:
    """What a line of a source means; text beside its amount does not count."""
    amount, quantity = _amount(row), _decimal(row.get("quantity") or 1)
    for kind in _DOCUMENTS:
        if kind.value in row:
            return of_reference(session, record, kind, row[kind.value]), _ONE, amount
    if "account" in row:
        return of_account(session, record, str(row["account"])), _ONE, amount
    return _item(session, record, row), quantity, amount


def party_in_books(session: Session, record: Record, document: Payload) -> str:
    """Whom QuickBooks names on a document."""
    entity = ENTITY[party_of(record.type)]
    reference = document.get(f"{entity}Ref") or document.get("EntityRef") or {}
    qbo_id = str(reference.get("value") or "")
    return _left(session, record.company_id, entity, qbo_id)


def lines_in_books(kind: RecordType, document: Payload) -> Iterator[Line]:
    """The lines QuickBooks has, as `of_line` names them; subtotals are none."""
    for line in document.get("Line") or ():
        amount = _decimal(line.get("Amount"))
        if kind in _LINKING:
            for linked in line.get("LinkedTxn") or ():
                if linked.get("TxnType") not in _USED:
                    yield f"{linked.get('TxnType')}:{linked.get('TxnId')}", _ONE, amount
        for name, reference in _DETAILS:
            detail = line.get(name)
            if detail:
                qbo_id = (detail.get(reference) or {}).get("value")
                quantity = detail.get("Qty")
                if detail.get("PostingType") == "Credit":
                    amount = -amount
                yield (
                    f"{reference.removesuffix('Ref')}:{qbo_id}",
                    _ONE if quantity is None else _decimal(quantity),
                    amount,
                )


def called(session: Session, record: Record, kind: RecordType, external_id: str) -> str:
    """The name a person knows: that of QuickBooks, of the source, or else the external id."""
    link = links.find(session, record.source_id, kind, external_id)
    stands = link or _chosen_party(session, record, kind, external_id)
    row = None
    if stands is not None:
        row = mirror.get(session, record.company_id, stands.entity, stands.qbo_id)
    is_document = kind_of(kind).is_document
    if row is not None and not is_document:
        return mirror.full_name(row.entity, row.data) or row.name
    own = session.exec(
        select(Record).where(
            Record.source_id == record.source_id,
            Record.type == kind,
            Record.external_id == external_id,
        )
    ).first()
    if is_document:
        return f"{kind.words} {external_id if own is None else own.number}"
    return own.name if own is not None else external_id


def card(session: Session, record: Record, row: Payload) -> Payload:
    """A line as a message shows it: {name, quantity, amount}; quantity only of what is sold."""
    document = next((kind for kind in _DOCUMENTS if kind.value in row), None)
    if document is not None:
        name = called(session, record, document, row[document.value])
    elif "account" in row:
        name = str(row["account"])
    elif row.get("item"):
        name = called(session, record, RecordType.ITEM, row["item"])
    else:
        name = str(row.get("sku") or "")
    return {"name": name, "quantity": row.get("quantity"), "amount": _said(row)}


def _chosen(session: Session, record: Record, what: str, said: str) -> Mapping | None:
    return mapping_rules.stands_for(session, record.company_id, record.source_id, what, said)


def _chosen_party(
    session: Session, record: Record, kind: RecordType, external_id: str
) -> Mapping | None:
    """The customer or vendor a person chose for an id whose own record has not come."""
    if kind.value not in mappings.PARTIES:
        return None
    return _chosen(session, record, kind.value, external_id)


def _left(session: Session, company_id: int, entity: str, qbo_id: str) -> str:
    row = mirror.get(session, company_id, entity, qbo_id)
    if row is not None and not row.active and entity in merged.LISTS:
        away = merged.look(session, company_id, entity, qbo_id)
        if away is not None and away.into is not None:
            return f"{entity}:{away.into.qbo_id}"
    return f"{entity}:{qbo_id}"


def _item(session: Session, record: Record, row: Payload) -> str:
    item, sku = str(row.get("item") or ""), str(row.get("sku") or "")
    found = of_reference(session, record, RecordType.ITEM, item) if item else ""
    if not sku or (found and not found.startswith("said:")):
        return found
    chosen = _chosen(session, record, mappings.SKU, sku)
    if chosen is not None:
        return _left(session, record.company_id, "Item", chosen.qbo_id)
    rows = [one for one in mirror.by_sku(session, record.company_id, sku) if one.active]
    return f"Item:{rows[0].qbo_id}" if len(rows) == 1 else f"said:{sku}"


def of_account(session: Session, record: Record, said: str) -> str:
    """An account by what a person chose for the word, the source's own, its id or its name.

    Named as by `of_reference`.
    """
    chosen = _chosen(session, record, mappings.ACCOUNT, said)
    if chosen is not None:
        return f"Account:{chosen.qbo_id}"
    link = links.find(session, record.source_id, RecordType.ACCOUNT, said)
    if link is not None:
        return f"Account:{link.qbo_id}"
    company_id = record.company_id
    if mirror.get(session, company_id, "Account", said) is not None:
        return f"Account:{said}"
    rows = mirror.by_folded(session, company_id, mirror.fold(said), ("Account",))
    found = [row for row in rows if row.active]
    return f"Account:{found[0].qbo_id}" if len(found) == 1 else f"said:{mappings.key_of(said)}"


def _decimal(value: JsonValue) -> Decimal:
    return Decimal(str(value or 0)).normalize()


def _said(row: Payload) -> JsonValue:
    """A line's amount as its source writes it; a credit with a minus."""
    if row.get("credit"):
        return f"-{row['credit']}"
    return row.get("amount") or row.get("debit")


def _amount(row: Payload) -> Decimal:
    return _decimal(_said(row))
