"""Exact JSON, statements, links."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.config import Settings
from bot.models import Company
from bot.quickbooks import exact_json, statements
from bot.quickbooks.links import deep_link

# A busy machine is not a slow function.
RELAXED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
AMOUNTS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | AMOUNTS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@RELAXED
@given(VALUES)
def test_json_keeps_every_value(value):
    """What is written is what is read, amounts to the last digit."""
    assert value == exact_json.loads(exact_json.dumps(value))


@RELAXED
@given(AMOUNTS)
def test_amounts_are_plain_numbers(amount):
    """No exponent, no quotes: QuickBooks reads a number."""
    text = exact_json.dumps(amount)

    assert "E" not in text.upper()
    assert amount == Decimal(text)


def test_small_and_odd_numbers():
    """Exponents are written out, floats as they look, NaN is refused, dates are ISO."""
    assert exact_json.dumps(Decimal("1E+2")) == "100"
    assert exact_json.dumps(Decimal("1E-7")) == "0.0000001"
    assert exact_json.dumps(0.1) == "0.1"
    assert exact_json.dumps(date(2026, 11, 22)) == '"2026-11-22"'
    with pytest.raises(ValueError, match="not an amount"):
        exact_json.dumps(Decimal("NaN"))
    with pytest.raises(TypeError):
        exact_json.dumps(object())


def test_storable_copies():
    """Amounts become strings for a JSON column; the original is left alone."""
    payload = {"TotalAmt": Decimal("10.50"), "Line": [{"Amount": Decimal("10.50")}], "Qty": 1}

    kept = exact_json.storable(payload)

    assert kept == {"TotalAmt": "10.50", "Line": [{"Amount": "10.50"}], "Qty": 1}
    assert payload["TotalAmt"] == Decimal("10.50")


def test_stored_amounts_become_numbers_again():
    """A payload out of a JSON column goes out as QuickBooks writes it: amounts as numbers."""
    payload = {"DocNumber": "10.50", "TotalAmt": "10.50", "Line": [{"Amount": "-1", "Qty": "x"}]}

    assert exact_json.with_numbers(payload) == {
        "DocNumber": "10.50",
        "TotalAmt": Decimal("10.50"),
        "Line": [{"Amount": Decimal(-1), "Qty": "x"}],
    }


@RELAXED
@given(st.text())
def test_a_literal_never_ends_early(text):
    """Inside a literal every quote is escaped and every backslash is paired."""
    inside = statements.literal(text)[1:-1]

    assert "'" not in inside.replace("\\\\", "").replace("\\'", "")
    assert text == inside.replace("\\'", "'").replace("\\\\", "\\") or "\\" in text


def test_statements():
    """Inactive records are asked for on name lists only; dates, amounts and lists are quoted."""
    moment = datetime(2026, 11, 22, 10, tzinfo=UTC)

    assert statements.select("Item", start=1001) == (
        "SELECT *, Sku FROM Item WHERE Active IN (true, false) "
        "ORDERBY Id STARTPOSITION 1001 MAXRESULTS 1000"
    )
    assert statements.select(
        "Invoice",
        [("TxnDate", ">=", date(2026, 11, 1)), ("TotalAmt", "=", Decimal("1E+2"))],
        size=5,
    ).startswith("SELECT * FROM Invoice WHERE TxnDate >= '2026-11-01' AND TotalAmt = '100' ORDERBY")
    assert "Id IN ('1', '2')" in statements.select("Invoice", [("Id", "in", ["1", "2"])])
    assert "'2026-11-22T10:00:00+00:00'" in statements.select(
        "Invoice", [("MetaData.LastUpdatedTime", ">", moment)]
    )
    assert "IN (true, false)" not in statements.select("Customer", [("Active", "=", True)])


def test_links_open_the_right_company_first():
    """A link leads through the sign-in page, which chooses the company; ids are quoted."""
    company = Company(name="Harbor Foods", realm_id="9341", channel_id="C", created_at=None)
    settings = Settings()

    assert deep_link(settings, company, "Invoice", "12") == (
        "https://qbo.intuit.com/app/login?pagereq=invoice%3FtxnId%3D12&deeplinkcompanyid=9341"
    )
    assert "customerdetail%3FnameId%3D58&" in deep_link(settings, company, "Customer", "58")
    assert "pagereq=homepage&" in deep_link(settings, company, "Preferences", "1")
