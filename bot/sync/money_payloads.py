"""Money and direct entries as QuickBooks wants them: bill payments, deposits, journal entries.

Field rules: developer.intuit.com, API reference of BillPayment, Deposit, JournalEntry.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain import ENTITY, Payload, RecordType
from bot.sync.kinds.bill_payment import BillPaymentIn
from bot.sync.kinds.deposit import DepositIn, DepositLine
from bot.sync.kinds.journal_entry import JournalEntryIn, JournalLine
from bot.sync.limits import LONGEST_MEMO
from bot.sync.payloads import (
    Setting,
    Tags,
    currency_ref,
    filled,
    linked,
    number,
    ref,
    stamp,
    stamped,
)


@dataclass(frozen=True)
class LineIds:
    """What a line refers to in QuickBooks: an account or a document, and a customer or vendor."""

    account: str = ""
    document: str = ""
    names: Mapping[RecordType, str] = field(default_factory=dict)


def bill_payment(
    record: BillPaymentIn,
    setting: Setting,
    vendor_id: str,
    paid_from_id: str,
    bill_ids: Mapping[str, str],
    credit_ids: Mapping[str, str],
) -> Payload:
    """A BillPayment by check or card, all of it linked to bills."""
    by_check = record.payment_type == "check"
    payload: Payload = {
        "VendorRef": ref(vendor_id),
        "TxnDate": record.date.isoformat(),
        "DocNumber": record.number,
        "TotalAmt": number(record.amount),
        "PayType": "Check" if by_check else "CreditCard",
        "CheckPayment": {"BankAccountRef": ref(paid_from_id)} if by_check else None,
        "CreditCardPayment": None if by_check else {"CCAccountRef": ref(paid_from_id)},
        "Line": [
            *(linked(part.amount, "Bill", bill_ids[part.bill]) for part in record.applies_to),
            *(
                linked(part.amount, "VendorCredit", credit_ids[part.vendor_credit])
                for part in record.credits or ()
            ),
        ],
        "PrivateNote": _memo(record, setting),
        "CurrencyRef": currency_ref(record.currency, setting),
    }
    return filled(payload)


def journal_entry(
    record: JournalEntryIn, setting: Setting, ids: Mapping[int, LineIds], tags: Tags
) -> Payload:
    """A JournalEntry; QuickBooks keeps the location on its lines."""
    payload: Payload = {
        "TxnDate": record.date.isoformat(),
        "DocNumber": record.number,
        "Line": [
            _journal_line(line, ids[position], tags.classes.get(position, ""), tags.location)
            for position, line in enumerate(record.lines)
        ],
        "PrivateNote": _memo(record, setting),
        "CurrencyRef": currency_ref(record.currency, setting),
    }
    return filled(payload)


def deposit(
    record: DepositIn,
    setting: Setting,
    deposit_to_id: str,
    ids: Mapping[int, LineIds],
    tags: Tags,
) -> Payload:
    """A Deposit of what lies in undeposited funds, and of lines on accounts."""
    payload: Payload = {
        "DepositToAccountRef": ref(deposit_to_id),
        "TxnDate": record.date.isoformat(),
        "DocNumber": record.number,
        "Line": [
            _deposit_line(line, ids[position], tags.classes.get(position, ""))
            for position, line in enumerate(record.lines)
        ],
        "PrivateNote": _memo(record, setting),
        "CurrencyRef": currency_ref(record.currency, setting),
        "DepartmentRef": ref(tags.location),
    }
    return filled(payload)


def _journal_line(line: JournalLine, ids: LineIds, class_id: str, location: str) -> Payload:
    name = next(iter(ids.names.items()), None)
    entity = {"Type": ENTITY[name[0]], "EntityRef": ref(name[1])} if name else None
    detail: Payload = {
        "PostingType": "Debit" if line.debit is not None else "Credit",
        "AccountRef": ref(ids.account),
        "Entity": entity,
        "ClassRef": ref(class_id),
        "DepartmentRef": ref(location),
    }
    return filled(
        {
            "DetailType": "JournalEntryLineDetail",
            "Amount": number(line.amount),
            "Description": line.description,
            "JournalEntryLineDetail": filled(detail),
        }
    )


def _deposit_line(line: DepositLine, ids: LineIds, class_id: str) -> Payload:
    if line.document is not None:
        entity = ENTITY[line.document[0]]
        taken = {"TxnId": ids.document, "TxnType": entity, "TxnLineId": "0"}
        return {"Amount": number(line.amount), "LinkedTxn": [taken]}
    name = next(iter(ids.names.items()), None)
    detail: Payload = {
        "AccountRef": ref(ids.account),
        "Entity": {"value": name[1], "type": ENTITY[name[0]]} if name else None,
        "ClassRef": ref(class_id),
    }
    return filled(
        {
            "DetailType": "DepositLineDetail",
            "Amount": number(line.amount),
            "Description": line.description,
            "DepositLineDetail": filled(detail),
        }
    )


def _memo(record: BillPaymentIn | JournalEntryIn | DepositIn, setting: Setting) -> str:
    mark = stamp(setting.source, record.external_id)
    return stamped((record.memo or "",), mark, LONGEST_MEMO)
