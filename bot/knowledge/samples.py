"""Facts of a made-up case, with which words are tried before they meet a real one."""

from collections.abc import Mapping

from bot.domain import JsonValue
from bot.knowledge.telling import IN_GENERAL

_CUSTOMER: Mapping[str, JsonValue] = {
    "name": "Jane Doe",
    "email": "jane@example.com",
    "phone": "555 0100",
    "street": "12 Elm St",
    "city": "Salem",
}
_IN_QUICKBOOKS: Mapping[str, JsonValue] = {
    **_CUSTOMER,
    "active": False,
    "balance": "0.00",
    "by_us": False,
    "date": "2026-11-03",
    "link": "https://qbo.intuit.com/app/customerdetail?nameId=58",
    "list": "customer",
    "number": "1042",
    "ours": 1,
    "paid": False,
    "party": "Jane Doe",
    "qbo_id": "58",
    "total": "420.00",
    "type": "invoice",
}
_INVOICES: JsonValue = [
    {
        "type": "invoice",
        "number": number,
        "party": "Jane Doe",
        "amount": "420.00",
        "date": "2026-11-03",
    }
    for number in ("1042", "1043", "1044")
]
# An invoice of a web shop that QuickBooks refused, and two more that wait for the same cause.
SAMPLE: Mapping[str, JsonValue] = {
    **IN_GENERAL,
    "agree": ["e-mail", "street"],
    "amount": "420.00",
    "code": "6000",
    "company": "Harbor Foods",
    "date": "2026-11-03",
    "detail": "Business Validation Error: the words of QuickBooks stand here.",
    "differ": "spaces",
    "documents": 3,
    "element": "DocNumber",
    "examples": _INVOICES,
    "fault_message": "A business validation error has occurred while processing your request",
    "first_date": "2026-11-01",
    "last_date": "2026-11-03",
    "link": "https://qbo.intuit.com/app/invoice?txnId=145",
    "list": "customer",
    "name": "Jane Doe",
    "number": "1042",
    "one": dict(_IN_QUICKBOOKS),
    "ours": dict(_CUSTOMER) | {"active": True, "list": "customer"},
    "party": "Jane Doe",
    "record_count": 3,
    "record_type": "invoice",
    "sales_amount": "1260.00",
    "sales_count": 3,
    "sales_tax": "60.00",
    "since": "2026-11-03T14:02:00+00:00",
    "sku": "MUG-BLUE",
    "source": "Web shop",
    "theirs": dict(_IN_QUICKBOOKS),
    "time_zone": "UTC",
    "two": dict(_IN_QUICKBOOKS) | {"name": "Jane Do", "active": True},
    "value": "Jane Doe",
}
# Facts of real cases that the made-up one has not.
_OTHERS = frozenset({
    "balance", "cash_amount", "cash_count", "description", "field", "holder_id", "holder_number",
    "holder_type", "max", "missing_id", "missing_list", "missing_name", "user",
})  # fmt: skip
# Every fact that a file of the firm is told of (docs/problem-files.md).
FACTS = frozenset(SAMPLE) | _OTHERS
# What sets two records beside each other. The alerts of other problems have no such card.
TWO_RECORDS = frozenset({
    "duplicate_transaction", "name_on_other_list", "same_item", "same_party",
})  # fmt: skip


def sample_of(problem: str) -> Mapping[str, JsonValue]:
    """The made-up case as an alert of this problem has it: two records only where it has two."""
    if problem in TWO_RECORDS:
        return SAMPLE
    return {name: value for name, value in SAMPLE.items() if name != "theirs"}
