"""The facts of every fix's preview, as its plan hands them to its template."""

from bot.fixes.model import Choice
from tests.gallery.shown import Json
from tests.render.test_templates import WHOLE

# Of the shop's and of QuickBooks' document, row by row.
COMPARED = [
    {"what": "number", "ours": "1042", "theirs": "1042", "same": True},
    {"what": "total", "ours": "$420.00", "theirs": "$402.00", "same": False},
]
EVERY: Json = {
    **WHOLE,
    "source": "Web shop",
    "list": "customer",
    "our_record": "Jane Doe",
    "our_document": "Invoice 1042",
    "named": "Invoice 1042 for Jane Doe, $402.00",
    "differ": ["the total"],
    "compared": COMPARED,
    "instead": "Jane A. Doe",
    "gone": "Jane  Doe",
    "keep": "Jane Doe",
    "left": "Jane Doe",
    "ref": "c99",
}
OWN: dict[str, Json] = {
    "clean": {"marks": [{"what": "name", "at": 5, "mark": "a tab"}]},
    "consolidate": {
        "sides": [
            {"name": "Jane·Doe", "email": "jane@doe.com", "owes": "$0.00", "has": "5 documents"},
            {"name": "Jane··Doe", "email": "", "owes": "$92.00", "has": "2 documents"},
        ],
        "moved": ["Invoice 1040, $80.00", "Invoice 1041, $12.00"],
        "more_moved": 3,
        "months_moved": [{"month": "2026-11-01", "count": 5}],
        "links": 2,
        "mailed": 1,
    },
    "credit_difference": {
        "kind": "credit memo",
        "day": "2026-11-20",
        "total": "21.40",
        "tax": "1.40",
        "source_credit": "",
    },
    "move_day": {
        "from_day": "2026-11-01",
        "to_day": "2026-10-31",
        "moves": True,
        "months_moved": [
            {"month": "2026-10-01", "change": "+$380.00 of sales, +$40.00 of sales tax"},
            {"month": "2026-11-01", "change": "-$380.00 of sales, -$40.00 of sales tax"},
        ],
    },
    "post_filed": {"filed_through": "2026-10-31"},
    "recheck": {"document": "invoice 1042", "theirs_total": "420.00", "their_tax": "20.00"},
    "accept_theirs": {"state": "", "months_moved": []},
    "push_again": {
        "state": "",
        "number": "1042",
        "months_moved": [{"month": "2026-11-01", "change": "+$18.00", "filed": False}],
    },
    "settle_conflict": {"by_source": True, "both_stand": True, "months_moved": []},
    "redate": {
        "to_month": "2026-11-01",
        "from_month": "2026-10-01",
        "counts": "receivables and sales $420.00",
        "closed_through": "2026-10-31",
    },
    "rename_ours": {"theirs": {"list": "vendor", "name": "Jane Doe"}},
    "rounding_line": {"line": "-0.01", "total": "108.07", "tax": "8.08", "month": "2026-11-01"},
    "renumber": {"known_outside": ["it was e-mailed"]},
    "skip": {"reason": "entered by hand", "loses": "$420.00 of sales", "children": "2 payments"},
    "map_value": {"word_said": "location Moon Base"},
    "undo": {"stays": "2 invoices, $64.90"},
    "use_another": {"merged": False, "into": ""},
}
CHOICES = (
    Choice("name", "New name", "Jane Doe (shop)", hint="At most 100 characters.", shown=True),
    Choice("memo", "Memo", "Two\nlines", kind="lines", optional=True),
    Choice("account", "Account", "7", options=(("7", "Sales"), ("8", "Sales:Web"))),
    Choice("day", "First open day", "2026-11-01", kind="date"),
    Choice("sure", "Sure", "", kind="check", options=(("yes", "These are two sales"),)),
    Choice("record", "Record in QuickBooks", kind="search", search=("Customer", "Vendor")),
)


def facts_of(fix: str) -> Json:
    """What the preview of a fix is made from."""
    return {**EVERY, **OWN.get(fix, {})}
