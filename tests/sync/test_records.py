"""The shape of records: strict, and every refusal names the key and says why."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sync.reading import as_payload, digest_of, parse_record, references, stored_record
from bot.sync.records import BadRow
from tests.sync.kinds import (
    BILL_PAYMENT,
    CREDIT_MEMO,
    DEPOSIT,
    EXPENSE,
    JOURNAL_ENTRY,
    LISTS,
    PAYMENT,
    REFUND,
)
from tests.sync.shop import customer, invoice, item, payment

LINE = {"item": "i1", "quantity": "1", "unit_price": "10.00", "amount": "10.00"}


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (
            {"type": "order"},
            "type must be one of customer, vendor, item, account, class, location, employee",
        ),
        ({}, "type must be one of"),
        ([], "is not a record"),
        ("x", "is not a record"),
        (customer("c1", "Jane", foo=1), "unknown key foo"),
        (customer("c1", "Jane", billing_address={"zip": "1"}), "unknown key billing_address zip"),
        (customer("c1", ""), "name is empty"),
        (customer("", "Jane"), "external_id is empty"),
        ({"type": "customer", "name": "Jane"}, "external_id is missing"),
        (customer(17, "Jane"), "external_id must be text, in quotation marks"),
        (customer("c1", "Ja\x00ne"), "name holds a control character (U+0000)"),
        (customer("c\n1", "Jane"), "external_id holds a tab or a line break"),
        (customer("c1", "x" * 1001), "name is longer than 1,000 characters"),
        (item("i1", "Mug", price="ten"), "price is not a number: 'ten'"),
        (item("i1", "Mug", price="1.23456"), "price has more than 4 decimal places"),
        (item("i1", "Mug", price=True), "price must be a number"),
        (item("i1", "Mug", price="NaN"), "price is not a number"),
        (item("i1", "Mug", price="1e400"), "price is not a number: '1e400'"),
        (item("i1", "Mug", kind="stock"), "kind must be"),
        (invoice("1", "c1", total="99.99"), "together 100.00, but the total says 99.99"),
        (invoice("1", "c1", tax="1.005"), "tax_total is finer than a cent: 1.005"),
        (invoice("1", "c1", date="11/12/2026"), "date must be a day written as YYYY-MM-DD"),
        (invoice("1", "c1", date="2026-02-30"), "date is not a day of the calendar"),
        (invoice("1", "c1", due_date="2026-11-01"), "is due on 2026-11-01, before its date"),
        (invoice("1", "c1", currency="dollars"), "currency must be a currency code"),
        (invoice("1", "c1", lines=[{**LINE, "amount": "9.00"}]), "line 1: 1 x 10.00 is 10"),
        (
            invoice("1", "c1", lines=[LINE, {"amount": "1.00"}]),
            "line 2: names neither an item nor a SKU",
        ),
        (payment("p1", "c1", "0.00"), "the amount must be more than 0.00"),
        (payment("p1", "c1", "5.00", ("1", "3.00"), ("2", "3.00")), "applies 6.00 to invoices"),
        (payment("p1", "c1", "5.00", ("1", "1.00"), ("1", "1.00")), "names one invoice twice"),
        (payment("p1", "c1", "5.00", ("1", "-1.00")), "applied must be more than 0.00"),
    ],
)
def test_a_refusal_names_the_key_and_the_reason(record, words):
    """In words, with both sums where sums disagree."""
    refused = parse_record(record, 7)

    assert isinstance(refused, BadRow)
    assert refused.line == 7
    assert words in refused.reason


def test_amounts_are_exact_and_have_one_spelling():
    """12.5, 12.50 and a JSON 12.5 are one version; 0.1 stays 0.1."""
    digests = {
        digest_of(as_payload(parse_record(item("i1", "Mug", price=price))))
        for price in ("12.5", "12.50", 12.5, " 12.500 ")
    }
    assert len(digests) == 1
    assert parse_record(item("i1", "Mug", price=0.1)).price == Decimal("0.1")


def test_empty_text_is_no_value_and_names_are_only_trimmed():
    """Empty cells do not become empty strings in QuickBooks; inner blanks stay."""
    record = parse_record(customer("c1", "  Jane  Doe ", email=" ", phone=""))

    assert (record.name, record.email, record.phone) == ("Jane  Doe", None, None)


def test_references_come_in_the_order_they_must_exist():
    """Customer first, then items or invoices, each once."""
    record = parse_record(invoice("1", "c1", ("a", 1, "1.00"), ("b", 1, "1.00"), ("a", 1, "1.00")))

    assert [external_id for _, external_id in references(record)] == ["c1", "a", "b"]


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_anything_at_all_is_a_record_or_a_reason(data):
    """Whatever arrives, nothing is raised."""
    assert parse_record(data) is not None


@given(
    st.fixed_dictionaries(
        {
            "type": st.sampled_from(["customer", "item", "invoice", "payment"]),
            "external_id": st.text(),
            "name": st.text(),
            "lines": st.lists(st.fixed_dictionaries({"amount": st.decimals() | st.text()})),
            "amount": st.decimals() | st.floats() | st.text(),
        }
    )
)
def test_near_records_never_raise_and_good_ones_survive_storage(data):
    """What is accepted reads back the same."""
    parsed = parse_record(data)
    if not isinstance(parsed, BadRow):
        assert stored_record(as_payload(parsed)) == parsed


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-01T06:40:00Z", date(2026, 10, 31)),
        ("2026-10-31T23:40:00-07:00", date(2026, 10, 31)),
        ("2026-11-01 02:40:00-04:00", date(2026, 10, 31)),
        ("2026-11-01T07:00:00Z", date(2026, 11, 1)),
    ],
)
def test_a_late_order_counts_on_the_companys_day(moment, day):
    """23:40 on the 31st is the 31st, also where the source writes it in UTC: date and due date."""
    sale = {**invoice("1", "c1"), "date": moment, "due_date": moment}
    found = parse_record(sale, time_zone="America/Los_Angeles")
    assert (found.date, found.due_date) == (day, day)
    assert isinstance(parse_record(sale), BadRow)


@pytest.mark.parametrize(
    ("record", "changes", "words"),
    [
        (JOURNAL_ENTRY, {"lines": JOURNAL_ENTRY["lines"][:2]}, "debits make 20.00, credits 0.00"),
        (JOURNAL_ENTRY, {"lines": JOURNAL_ENTRY["lines"][:1]}, "lines has too few; at least 2 are"),
        (JOURNAL_ENTRY, {"lines": [{"account": "x"}] * 2}, "line 1: needs either a debit or a"),
        (DEPOSIT, {"total": "41.71"}, "the lines make 41.70, but the total says 41.71"),
        (DEPOSIT, {"lines": [{"amount": "1.00"}]}, "line 1: must name exactly one of payment"),
        (DEPOSIT, {"lines": [{"refund": "f1", "amount": "1.00"}]}, "its amount is -1.00"),
        (BILL_PAYMENT, {"amount": "19.00"}, "applies 20.00 to bills, but its amount is 19.00"),
        (EXPENSE, {"payment_type": "iou"}, "payment_type must be 'cash', 'check' or 'card'"),
        (REFUND, {"lines": []}, "lines is empty; at least one is needed"),
        (CREDIT_MEMO, {"tax_total": "-30.00", "total": "-10.00"}, "without a minus"),
        (CREDIT_MEMO, {"schema_version": 2}, "schema_version must be 1"),
        (CREDIT_MEMO, {"attachments": ["http://x.com/a"]}, "attachment 1: must be an https://"),
        (LISTS["account"], {"parent": "x"}, "names itself as its parent"),
        (LISTS["account"], {"account_type": "Accounts Payable"}, "account_type must be 'Bank'"),
        (LISTS["item"], {"kind": "category", "price": "1.00"}, "is a category: it has no sku"),
        (
            PAYMENT,
            {"credits": [{"credit_memo": "m1", "amount": "30.00"}]},
            "credits of 30.00, more",
        ),
    ],
)
def test_each_type_says_what_is_wrong_with_it(record, changes, words):
    """What contradicts itself is refused with both sides."""
    refused = parse_record({**record, **changes})

    assert isinstance(refused, BadRow)
    assert words in refused.reason


def test_a_refused_id_that_is_a_number_still_names_its_record() -> None:
    """Whoever sends many records sees which one it is; what nobody calls an id names none."""
    assert parse_record(customer(3011, "Jane")).external_id == "3011"
    assert parse_record(customer(True, "Jane")).external_id == ""
    assert parse_record(customer(10**5000, "Jane")).external_id == ""
