"""Money, days and counts as a bookkeeper writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.render import (
    day,
    listed,
    moment,
    money,
    not_posted,
    plural,
    shorten,
    waiting_amounts,
)
from bot.render.words import (
    counted,
    month,
    said,
    spaced,
    span,
    stopped,
    tail,
    the_record,
    tidy,
    upfirst,
    with_told,
)
from tests.incidents.facts import facts_of
from tests.words import renderer


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [
        ("1234.5", "USD", "$1,234.50"),
        (Decimal("-5"), "USD", "-$5.00"),
        (0, "USD", "$0.00"),
        ("38210.50", "EUR", "€38,210.50"),
        ("1", "CAD", "CA$1.00"),
        ("1", "CHF", "CHF 1.00"),
        ("-1", "CHF", "-CHF 1.00"),
        ("1500", "JPY", "¥1,500"),
        ("0.125", "USD", "$0.125"),
        ({"USD": "5", "EUR": "6"}, "USD", "€6.00 and $5.00"),
        ({}, "USD", "$0.00"),
    ],
)
def test_money_names_its_currency_and_never_adds_two(
    value: object, currency: str, expected: str
) -> None:
    """Credits are negative, currencies stay apart, no digit is lost."""
    assert money(value, currency) == expected


@pytest.mark.parametrize("value", ["many", "NaN", "Infinity", None])
def test_what_is_no_amount_is_refused(value: object) -> None:
    """A wrong amount is a fault, never a number."""
    with pytest.raises(ValueError, match="amount"):
        money(value)


def test_days_are_the_companys_days() -> None:
    """23:40 on the 31st is the 31st (accounting rule 14)."""
    late = "2026-11-01T03:40:00+00:00"

    assert day("2026-11-21") == "11/21/2026"
    assert day("2026-11-21", "short") == "Nov 21"
    assert day(date(2026, 1, 2)) == "01/02/2026"
    assert day(late, time_zone="America/New_York") == "10/31/2026"
    assert span("2026-10-28", "2026-11-21") == "10/28/2026–11/21/2026"
    assert span("2026-10-28", "2026-10-28") == "10/28/2026"
    assert month("2026-10-01") == "October 2026"
    assert moment(datetime(2026, 11, 22, 14, 2, tzinfo=UTC), "America/New_York") == (
        "Nov 22, 9:02 AM"
    )
    with pytest.raises(ValueError, match="time zone"):
        moment("2026-11-22T14:02:00")


@pytest.mark.parametrize("zone", ["America", "Mars/Olympus", "../etc/passwd", "x" * 5_000, ""])
def test_what_is_no_time_zone_is_a_wrong_value(zone: str) -> None:
    """A folder of the system's table of zones is none either, nor is a path."""
    with pytest.raises(ValueError, match=r"zone|key"):
        moment("2026-11-22T14:02:00+00:00", zone)


def test_counts_and_lists() -> None:
    """One invoice, two invoices, 10,000 invoices; a, b and c."""
    assert plural(1, "invoice") == "1 invoice"
    assert plural(10_000, "invoice") == "10,000 invoices"
    assert plural(2, "entry", "entries") == "2 entries"
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"], "or") == "a, b or c"


def test_sales_and_cash_are_never_one_sum() -> None:
    """Accounting rule 18: each kind of document with its own money."""
    both = {
        "documents": 5,
        "sales_count": 3,
        "sales_amount": "1240",
        "cash_count": 2,
        "cash_amount": "90",
    }

    assert waiting_amounts(both) == "3 invoices, $1,240.00, and 2 payments, $90.00"
    assert counted(both) == "5 documents"
    assert not_posted({"sales_count": 3, "sales_amount": "1240"}) == (
        "3 invoices, $1,240.00 not posted"
    )
    assert not_posted({"record_count": 1}) == "1 record not posted"
    assert not_posted({}) == "no document waits yet"
    assert tail({"cash_count": 1}) == " · 1 payment not posted"
    assert tail({}) == ""


def test_records_are_named_not_numbered_inside() -> None:
    """Names first; what QuickBooks said is quoted without its full stop."""
    facts = {"record_type": "invoice", "number": "1042", "party": "Jane Doe", "amount": "420"}

    assert the_record(facts) == "invoice 1042 for Jane Doe ($420.00)"
    assert the_record({"record_type": "customer", "name": "Jane"}) == "customer Jane"
    assert the_record({"record_type": "customer", "party": "Jane"}) == "customer Jane"
    assert the_record({}) == "a record"
    assert the_record({"record_type": "invoice"}) == "an invoice"
    assert said({"detail": "", "fault_message": "Too bad."}) == "Too bad"
    assert spaced("Jane  Doe ") == "Jane··Doe·"
    assert tidy(" Jane  Doe ") == "Jane Doe"
    assert upfirst("invoice 1042 for jane") == "Invoice 1042 for jane"


def test_a_sentence_has_one_stop() -> None:
    """A title that asks ends by itself."""
    assert stopped("waits for Same Jane Doe?") == "waits for Same Jane Doe?"
    assert stopped("Jane Doe inactive") == "Jane Doe inactive."


def test_a_cut_falls_between_words_where_it_can() -> None:
    """The ellipsis follows a whole word; one long word is cut inside."""
    assert shorten("Harbor Foods Trading", 16) == "Harbor Foods…"
    assert shorten("Featherstonehaugh", 10) == "Featherst…"


def test_in_a_long_title_the_names_give_way_and_the_words_stay() -> None:
    """What it is, and how much, is read; the name is shortened."""
    names = {"name": "Bartholomew Featherstonehaugh-Cholmondeley", "list": "customer"}
    held = {"documents": 14, "sales_count": 14, "sales_amount": "1.00", "currency": "USD"}
    given = names | held | {"company": "Harbor Foods", "refers_to": "customer", "ref": "c9"}

    title = renderer().problem_or_plain("missing_parent", given).title

    assert title.startswith("Customer Barth")
    assert title.endswith("… missing · 14 invoices not posted")
    assert len(title) <= 51


def test_a_long_name_never_pushes_the_number_or_the_amount_out() -> None:
    """What a phone shows has number, amount and verb; a title keeps the end of a long number."""
    name = "The Extraordinarily Long Named Gardening and Landscaping Company of Upstate New York"
    facts = facts_of("closed_period") | {"party": name, "number": "INV-2026-11-00012345"}
    found = renderer().problem("closed_period", facts)
    assert "invoice INV-2026-11-00012345 for The Extraordinarily Long Named" in found.push
    assert "($420.00) is dated on a day whose books are closed" in found.push
    assert found.title == "Invoice INV-…-00012345 is dated in closed books"
    assert with_told(name, ["jane@doe.com"], 40).endswith("… · jane@doe.com")
    assert len(with_told(name, ["jane@doe.com"], 40)) <= 40


def test_two_alerts_of_one_problem_name_their_records() -> None:
    """Two bad characters are told apart in the list."""
    render = renderer()
    titles = {
        problem: [
            render.problem_or_plain(
                problem, {"record_type": "customer", "name": name, "element": "DisplayName"}
            ).title
            for name in ("Acme: Dining", "Joe: Deli")
        ]
        for problem in ("invalid_characters", "too_long", "unknown")
    }

    assert titles["invalid_characters"][0] == "Customer Acme: Dining: character not taken"
    assert titles["too_long"][1] == "Customer Joe: Deli: name too long"
    assert all(one != other for one, other in titles.values())


def test_a_kind_of_document_in_another_language_is_no_english_noun() -> None:
    """A French 6140 names a "Facture"; an English kind is named."""
    told = [
        renderer().problem_or_plain(
            "duplicate_document_number",
            {"code": "6140", "holder_type": kind, "company": "Harbor Foods", "number": "7"},
        )
        for kind in ("Facture", "SalesReceipt")
    ]
    assert "by another document" in told[0].push
    assert "by a sales receipt" in told[1].push


def test_a_long_account_keeps_the_words_of_its_title() -> None:
    """The name gives way, "not found" and the count stay: one ellipsis."""
    facts = {"name": "Sales:Web Store Income", "documents": 12, "sales_count": 12}
    title = renderer().problem_or_plain("no_income_account", facts).title
    assert title.endswith("not found · 12 invoices not posted")
    assert title.count("…") == 1


def test_what_is_cut_twice_has_one_ellipsis() -> None:
    """A name that was shortened for a title may be cut again where the title ends."""
    assert shorten("Customer Bistro: East… · 1 document", 23) == "Customer Bistro: East…"
