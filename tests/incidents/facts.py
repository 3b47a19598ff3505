"""The facts of findings, for every problem file."""

from typing import Any

from bot.domain import Finding, JsonValue

Json = dict[str, Any]
WAITING: Json = {
    "company": "Harbor Foods",
    "source": "Web shop",
    "currency": "USD",
    "documents": 14,
    "sales_count": 14,
    "sales_amount": "38210.50",
    "cash_count": 0,
    "cash_amount": "0.00",
    "record_count": 14,
    "first_date": "2026-10-28",
    "last_date": "2026-11-21",
    "since": "2026-11-22T14:02:00+00:00",
    "examples": [
        {
            "type": "invoice",
            "number": str(1040 + n),
            "party": "Jane Doe",
            "amount": "420.00",
            "date": "2026-11-03",
        }
        for n in range(5)
    ],
}
LINK = "https://qbo.intuit.com/app/customerdetail?nameId=58"
BILL: Json = {
    "number": "INV-1048",
    "total": "85.00",
    "date": "2026-11-12",
    "by_us": False,
    "paid": False,
    "link": LINK,
}
PARTY_OURS: Json = {
    "name": "Jane  Doe ",
    "email": "jane@doe.com",
    "phone": "555 0100",
    "street": "12 Elm St",
    "city": "Salem",
}
PARTY_THEIRS: Json = {
    **PARTY_OURS,
    "name": "Jane Doe",
    "list": "customer",
    "qbo_id": "58",
    "entity": "Customer",
    "active": False,
    "balance": "0.00",
    "link": LINK,
}
FAULT: Json = {
    "code": "9999",
    "fault_message": "A business validation error has occurred while processing your request",
    "detail": "Business Validation Error: the document does not fit.",
    "element": "DocNumber",
    "intuit_tid": "1-5f733d9a-1d4e21aa217ba43177113df4",
    "raw": "{}",
    "http_status": 400,
    "record_type": "invoice",
    "number": "1042",
    "party": "Jane Doe",
    "amount": "420.00",
}
CONNECTION: Json = {"reason": "the permission was withdrawn", "detail": "refresh refused"}


def inactive(name: str = "Jane Doe", number: int = 58, **facts: JsonValue) -> Finding:
    """An inactive customer on whom invoices wait."""
    own = {
        "list": "customer",
        "entity": "Customer",
        "qbo_id": str(number),
        "name": name,
        "link": LINK,
        "balance": "0.00",
    }
    return Finding("inactive_record", f"Customer:{number}", {**WAITING, **own, **facts})


def connection_lost(**facts: JsonValue) -> Finding:
    """A dead permission."""
    return Finding("connection_lost", "connection", {**WAITING, **CONNECTION, **facts})


# What the finding of each problem holds beside what waits.
OWN: dict[str, Json] = {
    "inactive_record": dict(inactive().facts),
    "day_differs": {
        "record_type": "invoice",
        "posted_date": "2026-11-01",
        "source_date": "2026-10-31",
        "total": "420.00",
        "tax": "40.00",
        "net": "380.00",
        "link": LINK,
        "same_month": False,
        "closed_through": None,
        "filed_through": "2026-10-31",
        "bank_dated": False,
    },
    "content_differs": {
        "record_type": "invoice",
        "total": "420.00",
        "party_kind": "customer",
        "posted_party": "Jane Doe",
        "source_party": "Omar Haddad",
        "posted_only": [{"name": "Blue Mug", "quantity": "2", "amount": "40.00"}],
        "source_only": [{"name": "Red Mug", "quantity": "2", "amount": "40.00"}],
        "link": LINK,
        "settled": ["is paid"],
        "closed_through": None,
        "filed_through": "2026-10-31",
    },
    "changed_in_books": {
        "record_type": "invoice",
        "record_id": 1,
        "number": "1042",
        "party": "Jane Doe",
        "name": "Jane Doe",
        "total": "420.00",
        "what": "edited",
        "happened": "changed",
        "groups": ["money", "dates"],
        "rows": [
            {
                "group": "money",
                "what": "total",
                "was": "$420.00",
                "books": "$402.00",
                "source": "$420.00",
                "changed_there": True,
            },
            {
                "group": "dates",
                "what": "date",
                "was": "2026-11-12",
                "books": "2026-11-20",
                "source": "2026-11-12",
                "changed_there": True,
            },
        ],
        "changed_when": "Nov 21, 9:02 AM",
        "both": False,
        "refusal": "",
        "link": LINK,
        "settled": [],
        "closed_through": None,
        "filed_through": None,
    },
    "sides_differ": {
        "record_type": "customer",
        "record_id": 1,
        "name": "Jane Doe",
        "what": "edited",
        "groups": ["identity", "contact"],
        "rows": [
            {
                "group": "identity",
                "what": "name",
                "was": "Jane Doe",
                "books": "Jane A. Doe",
                "source": "Jane Roe",
                "changed_there": True,
            },
            {
                "group": "contact",
                "what": "phone",
                "was": "nothing",
                "books": "nothing",
                "source": "555-0100",
                "changed_there": False,
            },
        ],
        "changed_when": "Nov 21, 9:02 AM",
        "both": True,
        "refusal": "",
        "link": LINK,
        "settled": [],
        "closed_through": None,
        "filed_through": None,
    },
    "same_party": {
        "list": "customer",
        "ours": PARTY_OURS,
        "theirs": PARTY_THEIRS,
        "agree": ["e-mail", "street"],
        "differ": "only spaces differ",
        "likeness": 97,
        "record_id": 1,
        "external_id": "c17",
    },
    "filed_tax": {"month": "2026-10-01", "filed_through": "2026-10-31"},
    "same_item": {
        "ours": {"name": "Blue mug", "sku": "MUG-1", "price": "12.50"},
        "theirs": {
            "name": "Blue Mug",
            "sku": "MUG-1",
            "price": "12.50",
            "qbo_id": "7",
            "entity": "Item",
            "active": True,
            "link": LINK,
        },
        "agree": ["SKU"],
        "differ": "upper/lower case differs",
        "likeness": 99,
        "record_id": 1,
        "external_id": "i1",
    },
    "name_on_other_list": {
        "list": "customer",
        "ours": PARTY_OURS,
        "theirs": {**PARTY_THEIRS, "list": "vendor", "entity": "Vendor"},
        "agree": [],
        "differ": "",
        "likeness": 100,
        "proposed": "Jane Doe (customer)",
        "record_id": 1,
        "external_id": "c17",
    },
    "missing_parent": {"refers_to": "customer", "ref": "c99"},
    "item_not_mapped": {"sku": "MUG-9", "description": "A mug"},
    "no_income_account": {},
    "firm_files": {
        "files": 12,
        "file": "network",
        "shown": [{"name": "network", "flaw": "line 7: unknown severity loud"}],
    },
    "mailbox_unreadable": {
        "mailbox": "errors@books.example at mail.example, INBOX",
        "kind": "imap",
        "trouble": "sign_in",
        "reason": "The mailbox of errors@books.example at mail.example refuses the user name "
        "or the password.",
        "since": "2026-11-22T08:00:00+00:00",
    },
    "mails_unassigned": {
        "mailbox": "errors@books.example at mail.example, INBOX",
        "mails": 2,
        "senders": ["noreply@cin7.example"],
    },
    "source_unreadable": {
        "source": "Web shop",
        "kind": "sql",
        "reason": "The database cannot be read: connection refused.",
        "since": "2026-11-22T08:00:00+00:00",
    },
    "callback_unreachable": {
        "source": "Web shop",
        "source_id": 1,
        "host": "shop.example",
        "reason": "it answered 500",
        "since": "2026-11-21T08:00:00+00:00",
        "events": 12,
        "gone": False,
        "missed": 0,
    },
    "rows_refused": {
        "source": "Web shop",
        "count": 2,
        "file": "orders.csv",
        "shown": ["order 1042: the lines make 20.00 but the total says 21.00", "name is empty"],
    },
    "missing_documents": {
        "source": "Web shop",
        "day": "2026-11-21",
        "noun": "document",
        "said": 216,
        "missing_count": 3,
        "extra_count": 1,
        "missing_amount": [{"currency": "USD", "amount": "420.00"}],
        "extra_amount": [{"currency": "USD", "amount": "-20.00"}],
        "rows": [
            {
                "nouns": "Invoices",
                "currency": "USD",
                "said": 212,
                "said_amount": "38210.50",
                "here": 209,
                "here_amount": "37790.50",
                "in_books": 207,
                "unposted": 1,
                "gone": ["1044"],
                "difference": "420.00",
                "missing_count": 3,
                "missing": ["1042", "1043"],
                "elsewhere_count": 1,
                "elsewhere": ["1050"],
                "extra_count": 0,
                "extra": [],
            },
            {
                "nouns": "Refund receipts",
                "currency": "USD",
                "said": 4,
                "said_amount": "-80.00",
                "here": 5,
                "here_amount": "-100.00",
                "in_books": 5,
                "unposted": 0,
                "gone": [],
                "difference": "20.00",
                "missing_count": 0,
                "missing": [],
                "elsewhere_count": 0,
                "elsewhere": [],
                "extra_count": 1,
                "extra": [{"number": "R-7", "party": "Jane Doe", "amount": "-20.00"}],
            },
        ],
    },
    "source_silent": {
        "source": "Web shop",
        "last_at": "2026-11-20T15:40:00+00:00",
        "hours": 4,
        "read": False,
    },
    "check_crashed": {"check": "failed_records", "error": "QuickBooks did not answer"},
    "connection_lost": CONNECTION,
    "account_unusable": {
        "name": "Sales:Web",
        "reason": "inactive",
        "account_type": "Income",
        "link": LINK,
    },
    "borrowed_record": {
        "list": "customer",
        "name": "Jane Doe",
        "since_day": "2026-11-03",
        "link": LINK,
    },
    "currency_differs": {
        "list": "customer",
        "name": "Jane Doe",
        "theirs_currency": "CAD",
        "ours_currency": "USD",
        "link": LINK,
    },
    "mapping_broken": {
        "kind_words": "SKU",
        "word": "MUG-9",
        "list": "item",
        "name": "Blue Mug",
        "link": LINK,
    },
    "format_differs": {
        "field": "sku",
        "called": "SKUs",
        "pattern": "ABC-123",
        "count": 7,
        "shown": ["mug_7", "MUG 8"],
    },
    "format_held": {
        "record_id": 7,
        "record_type": "item",
        "party": "Blue Mug",
        "field": "sku",
        "called": "SKU",
        "value": "mug_7",
        "pattern": "ABC-123",
        "odd": [{"field": "sku", "called": "SKU", "value": "mug_7", "pattern": "ABC-123"}],
    },
    "sku_units": {"word": "MUG-1", "other": "MUG-12", "name": "Blue Mug"},
    "bill_twice": {
        "name": "Paper Mill",
        "one": BILL,
        "two": {**BILL, "number": "1048", "by_us": True, "paid": True},
        "paid": 1,
        "same_total": True,
    },
    "twice_in_books": {
        "list": "customer",
        "name": "Jane Doe",
        "agree": ["e-mail"],
        "differ": "only spaces differ",
        "one": {"name": "Jane Doe", "active": True, "ours": 1, "balance": "0.00", "link": LINK},
        "two": {"name": "Jane  Doe", "active": True, "ours": 0, "balance": "", "link": ""},
    },
    "value_not_mapped": {"kind_words": "class", "name": "Online"},
}
# These are told after they have lasted: by what QuickBooks said last.
LASTING = frozenset(
    {"wrong_permission", "company_suspended", "throttled", "server_error", "network"}
)


def facts_of(problem: str) -> Json:
    """Fixture facts for any problem file."""
    fallback = {"detail": "it lasts"} if problem in LASTING else FAULT
    return {**WAITING, **OWN.get(problem, fallback)}
