"""Purchases as QuickBooks wants them: bills, vendor credits, expenses.

Field rules: developer.intuit.com, API reference of Bill, VendorCredit, Purchase.
"""

from collections.abc import Mapping

from bot.domain import Payload
from bot.sync.kinds.base import AccountLine
from bot.sync.kinds.bill import BillIn
from bot.sync.kinds.expense import ExpenseIn
from bot.sync.kinds.vendor_credit import VendorCreditIn
from bot.sync.limits import LONGEST_MEMO
from bot.sync.payloads import Setting, Tags, currency_ref, filled, number, ref, stamp, stamped

_PAYMENT_TYPES = {"cash": "Cash", "check": "Check", "card": "CreditCard"}


def bill(
    record: BillIn,
    setting: Setting,
    vendor_id: str,
    account_ids: Mapping[int, str],
    tags: Tags,
    payable_id: str = "",
    term_id: str = "",
) -> Payload:
    """A Bill under the vendor's own number, which is the control against paying it twice.

    The number is never changed and no duplicate is allowed (accounting.md rule 10).
    """
    due = record.due_date.isoformat() if record.due_date else None
    made = _owed(record, setting, vendor_id, account_ids, tags, payable_id)
    return filled({**made, "SalesTermRef": ref(term_id), "DueDate": due})


def vendor_credit(
    record: VendorCreditIn,
    setting: Setting,
    vendor_id: str,
    account_ids: Mapping[int, str],
    tags: Tags,
    payable_id: str,
) -> Payload:
    """A VendorCredit under the vendor's own number; as of a bill, none is allowed twice."""
    return _owed(record, setting, vendor_id, account_ids, tags, payable_id)


def expense(
    record: ExpenseIn,
    setting: Setting,
    vendor_id: str,
    account_ids: Mapping[int, str],
    tags: Tags,
    paid_from_id: str,
) -> Payload:
    """A Purchase: money that left a bank account or went on a card, with what it was for."""
    payload = {
        **_bought(record, setting, account_ids, tags),
        "PaymentType": _PAYMENT_TYPES[record.payment_type],
        "AccountRef": ref(paid_from_id),
        "EntityRef": {"value": vendor_id, "type": "Vendor"} if vendor_id else None,
    }
    return filled(payload)


def _owed(
    record: BillIn | VendorCreditIn,
    setting: Setting,
    vendor_id: str,
    account_ids: Mapping[int, str],
    tags: Tags,
    payable_id: str,
) -> Payload:
    bought = _bought(record, setting, account_ids, tags)
    return filled({"VendorRef": ref(vendor_id), **bought, "APAccountRef": ref(payable_id)})


def _bought(
    record: BillIn | VendorCreditIn | ExpenseIn,
    setting: Setting,
    account_ids: Mapping[int, str],
    tags: Tags,
) -> Payload:
    payload: Payload = {
        "TxnDate": record.date.isoformat(),
        "DocNumber": record.number,
        "Line": [
            _account_line(
                line,
                account_ids[position],
                tags.classes.get(position, ""),
                tags.tax_codes.get(position, ""),
            )
            for position, line in enumerate(record.lines)
        ],
        "TxnTaxDetail": {"TotalTax": number(record.tax_total)} if record.tax_total else None,
        "PrivateNote": stamped(
            (record.memo or "",), stamp(setting.source, record.external_id), LONGEST_MEMO
        ),
        "CurrencyRef": currency_ref(record.currency, setting),
        "DepartmentRef": ref(tags.location),
    }
    return filled(payload)


def _account_line(line: AccountLine, account_id: str, class_id: str, tax_code: str) -> Payload:
    detail: Payload = {
        "AccountRef": {"value": account_id},
        "ClassRef": ref(class_id),
        "TaxCodeRef": ref(tax_code),
    }
    return filled(
        {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": number(line.amount),
            "Description": line.description,
            "AccountBasedExpenseLineDetail": filled(detail),
        }
    )
