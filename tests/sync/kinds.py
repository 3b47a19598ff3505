"""One good record of every type, with what it refers to: a small company in JSON."""

PARTIES = (
    {"type": "customer", "external_id": "c1", "name": "Jane Doe"},
    {"type": "vendor", "external_id": "v1", "name": "Paper Mill"},
    {"type": "account", "external_id": "a1", "name": "Web Hosting", "account_type": "Expense"},
    {"type": "class", "external_id": "k1", "name": "Shop"},
    {"type": "location", "external_id": "l1", "name": "Main Street"},
    {"type": "item", "external_id": "i1", "name": "Mug", "sku": "MUG-1", "price": "10.00"},
)
SOLD = [{"item": "i1", "quantity": "2", "unit_price": "10.00", "amount": "20.00", "class": "k1"}]
BOUGHT = [{"account": "a1", "amount": "12.00"}, {"account": "Office Expenses", "amount": "8.00"}]
INVOICE = {
    "type": "invoice",
    "external_id": "s1",
    "number": "1001",
    "date": "2026-11-12",
    "customer": "c1",
    "lines": SOLD,
    "tax_total": "1.50",
    "total": "21.50",
}
BILL = {
    "type": "bill",
    "external_id": "b1",
    "number": "PM-1",
    "date": "2026-11-12",
    "vendor": "v1",
    "lines": BOUGHT,
    "total": "20.00",
}
PAYMENT = {
    "type": "payment",
    "external_id": "p1",
    "date": "2026-11-13",
    "customer": "c1",
    "amount": "21.50",
    "applies_to": [{"invoice": "s1", "amount": "21.50"}],
}
SALES_RECEIPT = {
    **INVOICE,
    "type": "sales_receipt",
    "external_id": "r1",
    "number": "2001",
    "method": "Visa",
    "reference": "ch_77",
    "location": "l1",
}
CREDIT_MEMO = {**INVOICE, "type": "credit_memo", "external_id": "m1", "number": "3001"}
REFUND = {
    **INVOICE,
    "type": "refund",
    "external_id": "f1",
    "number": "4001",
    "paid_from": "Undeposited Funds",
    "reference": "re_1",
}
VENDOR_CREDIT = {**BILL, "type": "vendor_credit", "external_id": "w1", "number": "PM-C1"}
EXPENSE = {
    "type": "expense",
    "external_id": "e1",
    "payment_type": "card",
    "paid_from": "Mastercard",
    "number": "77",
    "date": "2026-11-14",
    "vendor": "v1",
    "lines": BOUGHT,
    "total": "20.00",
    "memo": "Office",
}
BILL_PAYMENT = {
    "type": "bill_payment",
    "external_id": "y1",
    "payment_type": "check",
    "paid_from": "Checking",
    "number": "501",
    "date": "2026-11-15",
    "vendor": "v1",
    "amount": "20.00",
    "applies_to": [{"bill": "b1", "amount": "20.00"}],
}
JOURNAL_ENTRY = {
    "type": "journal_entry",
    "external_id": "j1",
    "number": "JE-1",
    "date": "2026-11-16",
    "location": "Main Street",
    "lines": [
        {"account": "Depreciation", "debit": "15.00", "description": "November", "class": "Shop"},
        {"account": "Accounts Receivable (A/R)", "debit": "5.00", "customer": "c1"},
        {"account": "Truck", "credit": "20.00"},
    ],
}
DEPOSIT = {
    "type": "deposit",
    "external_id": "d1",
    "deposit_to": "Checking",
    "date": "2026-11-17",
    "lines": [
        {"payment": "p1", "amount": "21.50"},
        {"sales_receipt": "r1", "amount": "21.50"},
        {"account": "Merchant Fees", "amount": "-1.30", "description": "Fees"},
    ],
    "total": "41.70",
}
# Every type with what has to be posted before it.
DOCUMENTS = {
    "invoice": (INVOICE,),
    "payment": (INVOICE, PAYMENT),
    "bill": (BILL,),
    "sales_receipt": (SALES_RECEIPT,),
    "credit_memo": (CREDIT_MEMO,),
    "refund": (REFUND,),
    "vendor_credit": (VENDOR_CREDIT,),
    "expense": (EXPENSE,),
    "bill_payment": (BILL, BILL_PAYMENT),
    "journal_entry": (JOURNAL_ENTRY,),
    "deposit": (INVOICE, PAYMENT, SALES_RECEIPT, DEPOSIT),
}
LISTS = {
    "customer": {"type": "customer", "external_id": "x", "name": "Other Customer", "parent": "c1"},
    "vendor": {"type": "vendor", "external_id": "x", "name": "Other Vendor"},
    "item": {"type": "item", "external_id": "x", "name": "Other Item"},
    "account": {
        "type": "account",
        "external_id": "x",
        "name": "Servers",
        "account_type": "Expense",
        "parent": "a1",
    },
    "class": {"type": "class", "external_id": "x", "name": "Market", "parent": "k1"},
    "location": {"type": "location", "external_id": "x", "name": "Market", "parent": "l1"},
}
ORDER = (*PARTIES, INVOICE, BILL, PAYMENT, SALES_RECEIPT, CREDIT_MEMO, REFUND, VENDOR_CREDIT)
EVERYTHING = (*ORDER, EXPENSE, BILL_PAYMENT, JOURNAL_ENTRY, DEPOSIT, *LISTS.values())
