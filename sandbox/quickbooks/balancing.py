"""What QuickBooks' screen books by itself before it makes a record with a balance inactive."""

from sandbox.quickbooks import engine
from sandbox.quickbooks.company import SIDES, Company
from sandbox.quickbooks.entities.inventory_adjustment import adjust_stock
from sandbox.quickbooks.model import Body, Record
from sandbox.quickbooks.money import cents, wire
from sandbox.quickbooks.system_accounts import payable

NOTE = "Created by QB Online to adjust balance for deletion"


def settle_before_inactive(company: Company, record: Record) -> None:
    """Bring the record to zero by balancing entries; reactivation does not take them back."""
    name = record.entity.name
    for child in list(company.descendants(record.key)):
        if child.active:
            settle_before_inactive(company, child)
            sent = {"Id": child.id, "sparse": True, "Active": False}
            engine.update(company, child.entity, sent, by_person=True)
    if name == "Customer":
        _settle_customer(company, record)
    elif name == "Item" and record.body.get("QtyOnHand"):
        _empty_stock(company, record)
    elif name in ("Account", "Vendor") and company.balance(record.key):
        record.notes["balance_adjusted_from"] = wire(company.balance(record.key))
        _against_equity(company, record)


def _empty_stock(company: Company, record: Record) -> None:
    on_hand = record.body["QtyOnHand"]
    record.notes["stock_adjusted_from"] = on_hand
    company.rewrite(record, {**record.body, "QtyOnHand": 0})
    adjustment = adjust_stock(company, record, float(on_hand), 0.0)
    if adjustment is not None:
        company.rewrite(adjustment, {**adjustment.body, "PrivateNote": NOTE})


def _settle_customer(company: Company, record: Record) -> None:
    balance = company.balance(record.key)
    if balance > 0:
        credit = _document(company, "CreditMemo", record, balance)
        _apply(company, record, credit)
    elif balance < 0:
        _document(company, "Invoice", record, -balance)
    if balance:
        record.notes["balance_adjusted_from"] = wire(balance)


def _document(company: Company, entity: str, record: Record, amount: int) -> Record:
    detail: Body = {"ItemRef": {"value": company.role_ids["default_item"]}}
    if company.country != "US":
        detail["TaxCodeRef"] = {"value": "2"}
    body = {
        "CustomerRef": {"value": record.id},
        "PrivateNote": NOTE,
        "Line": [
            {
                "Amount": wire(amount),
                "DetailType": "SalesItemLineDetail",
                "SalesItemLineDetail": detail,
            }
        ],
    }
    return engine.create(company, company.entities[entity], body, by_person=True)


def _apply(company: Company, record: Record, credit: Record) -> None:
    """Apply the credit to the customer's open invoices, by a payment of zero."""
    left = cents(credit.body["TotalAmt"])
    lines: list[Body] = []
    for key in sorted(company.referrers.get(record.key, ()), key=lambda k: (k[0], int(k[1]))):
        invoice = company.find(key)
        if invoice is None or key[0] != "Invoice" or invoice.deleted:
            continue
        take = min(left, cents(invoice.body.get("Balance")))
        if take:
            linked = {"TxnId": invoice.id, "TxnType": "Invoice"}
            lines.append({"Amount": wire(take), "LinkedTxn": [linked]})
            left -= take
    used = cents(credit.body["TotalAmt"]) - left
    if not used:
        return
    linked = {"TxnId": credit.id, "TxnType": "CreditMemo"}
    lines.append({"Amount": wire(used), "LinkedTxn": [linked]})
    body = {
        "CustomerRef": {"value": record.id},
        "TotalAmt": 0,
        "PrivateNote": NOTE,
        "Line": lines,
    }
    engine.create(company, company.entities["Payment"], body, by_person=True)


def _against_equity(company: Company, record: Record) -> None:
    """A journal entry between the account, or the vendor's payables, and Opening Balance Equity."""
    equity = company.role_ids.get("opening_balance_equity", "")
    balance = company.balance(record.key)
    vendor = record.entity.name == "Vendor"
    currency = (record.body.get("CurrencyRef") or company.currency())["value"]
    account = payable(company, currency) if vendor else record.id
    holder = company.row("Account", account)
    if holder is None or account == equity:
        return
    credit_side = SIDES.get(str(holder.body.get("Classification")), 1) < 0
    debit = credit_side == (balance > 0)
    lines = [
        _journal_line(account, abs(balance), debit, record.id if vendor else ""),
        _journal_line(equity, abs(balance), not debit, ""),
    ]
    body = {"PrivateNote": NOTE, "Line": lines}
    engine.create(company, company.entities["JournalEntry"], body, by_person=True)


def _journal_line(account: str, amount: int, debit: bool, vendor: str) -> Body:
    detail: Body = {
        "PostingType": "Debit" if debit else "Credit",
        "AccountRef": {"value": account},
    }
    if vendor:
        detail["Entity"] = {"Type": "Vendor", "EntityRef": {"value": vendor}}
    return {
        "Amount": wire(amount),
        "DetailType": "JournalEntryLineDetail",
        "Description": NOTE,
        "JournalEntryLineDetail": detail,
    }
