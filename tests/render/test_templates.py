"""The previews of the fixes and the pages of the web edge render with what their callers give."""

import pytest

from bot.render import to_html, to_plain, to_slack
from bot.render.text import parse
from tests.words import renderer

RENDERER = renderer()
FIXES = ("reactivate", "use_existing", "create_separate", "reconnect", "retry")
NOTHING = {
    "company": "Harbor Foods",
    "currency": "USD",
    "subject_name": "Jane Doe",
    "changes": [],
    "posts": {
        "documents": 0,
        "sales_count": 0,
        "sales_amount": {},
        "cash_count": 0,
        "cash_amount": {},
        "purchase_count": 0,
        "purchase_amount": {},
        "currency": "USD",
    },
    "months": [],
    "checked": [],
    "undo": "",
    "approval": "",
    "warnings": [],
}
WHOLE = {
    **NOTHING,
    "agree": ["e-mail", "street"],
    "changes": [
        {"what": "Jane Doe", "before": "inactive, shown as “Jane Doe (deleted)”", "after": "active"}
    ],
    "posts": {
        "documents": 14,
        "sales_count": 12,
        "sales_amount": {"USD": "38210.50"},
        "sales_tax": {"USD": "2994.37"},
        "cash_count": 2,
        "cash_amount": {"USD": "840.00"},
        "purchase_count": 0,
        "purchase_amount": {},
        "currency": "USD",
    },
    "months": [
        {
            "month": "2026-10-01",
            "amount": {"USD": "6120.00"},
            "tax": {"USD": "479.45"},
            "cash": {},
            "count": 2,
            "filed": True,
            "closed": False,
        },
        {
            "month": "2026-11-01",
            "amount": {"USD": "32090.50"},
            "cash": {"USD": "840.00"},
            "count": 12,
            "filed": False,
            "closed": True,
        },
    ],
    "checked": ["the name Jane Doe is free to use again"],
    "undo": "It can be set inactive again while its balance is zero.",
    "approval": "An approver has to do this: sales tax is filed through 10/31/2026.",
    "warnings": ["1 document is dated in the closed period."],
}
PAGES = {
    "reconnect": {"company": "Harbor Foods", "person": "Dana"},
    "connected": {"company": "Harbor Foods"},
    "denied": {"company": "Harbor Foods"},
    "not_connected": {"company": "Harbor Foods", "reason": "Intuit answered “server_error”."},
    "wrong_company": {"company": "Harbor Foods", "reason": "You chose Blue Ridge."},
    "not_reached": {"reason": "Intuit cannot be reached."},
    "link_gone": {},
    "link_replaced": {},
    "link_not_needed": {"company": "Harbor Foods"},
    "answer_gone": {},
}


def test_the_reconnect_window_is_short_and_names_the_money() -> None:
    """What is posted afterwards, in a sentence a phone shows whole, and what still asks first."""
    shown = to_plain(RENDERER.text("fixes/reconnect", WHOLE))

    assert "12 invoices, $38,210.50; 2 payments, $840.00" in shown
    assert "October 2026: sales tax is filed (2 documents)" in shown
    assert "November 2026: the books are closed (12 documents)" in shown


@pytest.mark.parametrize("fix", [fix for fix in FIXES if fix != "reconnect"])
def test_a_preview_names_what_changes(fix: str) -> None:
    """Amounts by month, filed and closed months, checks, undo, approval, what still will not go."""
    text = RENDERER.text(f"fixes/{fix}", WHOLE)
    shown = to_plain(text)

    assert "Harbor Foods" in shown
    assert (
        "12 invoices, receivables +$38,210.50 = sales $35,216.13 + sales tax $2,994.37; "
        "2 payments, $840.00 received"
    ) in shown
    october = "total $6,120.00 = sales $5,640.55 + sales tax $479.45 (2 documents; sales tax FILED)"
    assert f"October 2026: {october}" in shown
    assert "November 2026: total $32,090.50, payments $840.00 (12 documents; books CLOSED)" in shown
    assert "sales tax is filed through 10/31/2026" in shown
    assert len(to_slack(text)) == 1
    assert to_html(text).count("<li>") >= 2


@pytest.mark.parametrize("fix", FIXES)
def test_a_preview_without_documents_leaves_no_gap(fix: str) -> None:
    """Nothing waits: it says so, and no empty word remains."""
    shown = to_plain(RENDERER.text(f"fixes/{fix}", NOTHING))

    assert "$0.00" not in shown
    assert "Months" not in shown
    assert "Undo" not in shown


def test_without_a_second_fact_the_preview_warns() -> None:
    """Same name is not same customer."""
    alone = to_plain(RENDERER.text("fixes/use_existing", {**WHOLE, "agree": []}))

    assert "No second fact agrees" in alone
    assert "Same e-mail and street." in to_plain(RENDERER.text("fixes/use_existing", WHOLE))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_whole_and_escaped(page: str) -> None:
    """Every page of the web edge, with hostile names."""
    nasty = {key: f"<script>{value}</script>" for key, value in PAGES[page].items()}
    html = RENDERER.page(page, nasty)

    assert html.lstrip().startswith("<!doctype html>")
    assert "<script>" not in html
    assert 'name="viewport"' in html
    assert "\ue000" not in html


def test_what_is_typed_as_it_stands_is_marked_as_code() -> None:
    """Slack gets a style of its own for it, HTML a tag; a backtick of a fact stays a character."""
    text = parse("Run `python app.py jobs` for \ue000a `b` c\ue001.")

    [section] = to_slack(text)[0]["elements"]
    shown = [(one["text"], one.get("style")) for one in section["elements"]]
    assert shown == [
        ("Run ", None),
        ("python app.py jobs", {"code": True}),
        (" for a `b` c.", None),
    ]
    assert to_html(text) == "<p>Run <code>python app.py jobs</code> for a `b` c.</p>"
    assert to_plain(text) == "Run python app.py jobs for a `b` c."
