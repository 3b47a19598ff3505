"""Every type of record goes in as JSON and stands in QuickBooks once, as it was handed over."""

import copy
import json
import re
from collections import Counter
from decimal import Decimal

import pytest

from bot import mirror
from bot.domain import DOCUMENTS as ALL_DOCUMENTS
from bot.domain import ENTITY, RecordType
from bot.sync import held_again
from bot.sync.kinds import ALL_KINDS
from tests.checks.test_words import told
from tests.quickbooks.simulator import ROOT
from tests.sync.kinds import (
    BILL,
    BILL_PAYMENT,
    CREDIT_MEMO,
    DOCUMENTS,
    EVERYTHING,
    INVOICE,
    LISTS,
    PARTIES,
    PAYMENT,
    VENDOR_CREDIT,
)
from tests.sync.shop import open_shop
from tests.sync.test_exactly_once import settle


def posted(shop, record):
    """The record as QuickBooks has it."""
    entity = ENTITY[RecordType(record["type"])]
    row = shop.record(record["type"], record["external_id"])
    return next(one for one in shop.books(entity) if one["Id"] == row.qbo_id)


def states(shop):
    """The state of every record of the small company."""
    return {shop.state(one["type"], one["external_id"]) for one in EVERYTHING}


def created(shop):
    """How many of each entity were created."""
    return Counter(row["entity"] for row in shop.creates())


def wanted():
    """How many of each entity the small company has."""
    return Counter(ENTITY[RecordType(one["type"])] for one in EVERYTHING)


def check_document(shop, kind):
    """Total, tax, day, number and our mark are those of the record."""
    record = DOCUMENTS[kind][-1]
    document = posted(shop, record)
    amount = shop.record(record["type"], record["external_id"]).amount
    tax = (document.get("TxnTaxDetail") or {}).get("TotalTax", 0)
    assert Decimal(str(document["TotalAmt"])) == amount, kind
    assert document["TxnDate"] == record["date"], kind
    assert f"[sync:Shop:{record['external_id']}]" in document["PrivateNote"], kind
    assert Decimal(str(tax)) == Decimal(record.get("tax_total", "0")), kind
    if record.get("number"):
        assert document["DocNumber"] == record["number"], kind


def test_every_type_is_proven_here():
    """A new type without a record in this suite is found."""
    assert {kind.type.value for kind in ALL_KINDS} == {*DOCUMENTS, *LISTS, "employee"}
    assert {kind.type for kind in ALL_KINDS if kind.is_document} == ALL_DOCUMENTS


def test_everything_is_posted_once_with_its_amounts_and_references(shop):
    """Handed over backwards: parents first, each record once; a second time changes nothing."""
    shop.hand_over(*reversed(EVERYTHING))

    shop.push_all()

    assert (states(shop), shop.holds()) == ({"posted"}, [])
    assert created(shop) == wanted()
    for kind in DOCUMENTS:
        check_document(shop, kind)
    for kind, record in LISTS.items():
        if "parent" in record:
            parent = shop.record(kind, record["parent"]).qbo_id
            assert posted(shop, record)["ParentRef"]["value"] == parent

    report = shop.hand_over(*EVERYTHING)
    shop.push_all()

    assert (report.unchanged, report.notes) == (len(EVERYTHING), [])
    assert created(shop) == wanted()


@pytest.mark.parametrize(
    "fault",
    [
        "reset_after",
        pytest.param("empty_body", marks=pytest.mark.long),
        pytest.param("server_error", marks=pytest.mark.long),
    ],
)
def test_a_lost_reply_never_posts_twice_whatever_the_type(shop, fault):
    """It is asked for by its requestid, or the books are read and our mark decides."""
    shop.hand_over(*EVERYTHING)
    for entity in wanted():
        match = {"realm": shop.realm, "entity": entity, "operation": "create"}
        shop.simulator.fault(fault, 4 if fault == "server_error" else 1, match)

    settle(shop, turns=80)

    assert (states(shop), shop.holds()) == ({"posted"}, [])
    assert created(shop) == wanted()


def test_documents_of_every_type_sent_again_under_new_ids_are_not_posted_twice(shop):
    """The same money under another external id is held for a person, whatever its type."""
    shop.hand_over(*EVERYTHING)
    shop.push_all()
    again = [{**rows[-1], "external_id": f"{kind}-again"} for kind, rows in DOCUMENTS.items()]
    shop.hand_over(*again)

    shop.push_all()

    assert created(shop) == wanted()
    assert {shop.state(one["type"], one["external_id"]) for one in again} == {"held"}


def test_the_examples_of_the_docs_are_posted(shop):
    """What docs/records.md shows goes into QuickBooks as it stands there."""
    text = (ROOT / "docs/records.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    records = [record for block in blocks for record in json.loads(block)]
    shop.create("Employee", GivenName="Omar", FamilyName="Haddad")
    shop.hand_over(*records)

    shop.push_all()

    assert shop.holds() == []
    assert {shop.state(one["type"], one["external_id"]) for one in records} == {"posted"}


def test_an_employee_is_matched_and_never_posted(shop):
    """One active employee of the name is linked; for the others a person is asked."""
    there = shop.create("Employee", GivenName="Omar", FamilyName="Haddad")
    gone = shop.create("Employee", GivenName="Kim", FamilyName="Lee")
    shop.act("deactivate", "Employee", gone)
    shop.hand_over(
        {"type": "employee", "external_id": "e1", "name": "omar haddad"},
        {"type": "employee", "external_id": "e2", "name": "Kim Lee"},
        {"type": "employee", "external_id": "e3", "name": "Nobody Here"},
    )
    shop.push_all()

    assert shop.record("employee", "e1").qbo_id == there
    assert [problem for problem, _ in shop.causes("employee", "e2")] == ["employee_not_found"]
    assert [problem for problem, _ in shop.causes("employee", "e3")] == ["employee_not_found"]
    assert "Nobody Here" in told(shop)["employee_not_found"]

    shop.create("Employee", GivenName="Nobody", FamilyName="Here")
    mirror.capture(shop.services, shop.company_id)
    held_again.look_again(shop.services, shop.company_id)
    shop.push_all()

    assert shop.state("employee", "e3") == "posted"
    assert shop.creates("Employee") == []


def test_without_custom_numbers_every_sale_keeps_ours_in_its_memo(shop):
    """QuickBooks numbers sales by itself then; a vendor's or a bank's number is still theirs."""
    off = {"SalesFormsPrefs.CustomTxnNumbers": False}
    shop.simulator.act(shop.realm, "set_preference", data=off)
    shop.hand_over(*EVERYTHING)

    shop.push_all()

    assert (shop.holds(), created(shop)) == ([], wanted())
    for kind in ("invoice", "sales_receipt", "credit_memo", "refund"):
        record = DOCUMENTS[kind][-1]
        assert f"Number {record['number']}" in posted(shop, record)["PrivateNote"]
    for kind in ("bill", "vendor_credit", "expense", "bill_payment", "journal_entry"):
        record = DOCUMENTS[kind][-1]
        assert posted(shop, record)["DocNumber"] == record["number"]


def test_in_another_country_every_line_has_its_tax_code(bench):
    """Sales and purchases alike: their tax is what the record says."""
    realm = bench.simulator.new_company("Abroad", country="GB")
    bench.company_id = bench.add_company("Abroad")
    bench.connect(bench.company_id, realm)
    bench.realm = realm
    shop = open_shop(bench)
    shop.hand_over(*(taxed(record) for record in EVERYTHING))

    shop.push_all()

    assert (shop.holds(), created(shop)) == ([], wanted())
    for kind in ("invoice", "sales_receipt", "credit_memo", "refund", "bill", "vendor_credit"):
        document = posted(shop, DOCUMENTS[kind][-1])
        assert Decimal(str(document["TxnTaxDetail"]["TotalTax"])) == 4
        assert Decimal(str(document["TotalAmt"])) == 24


def taxed(record):
    """The same record where 20 % of tax stand on 20.00."""
    record = copy.deepcopy(record)
    if "total" in record and record["type"] != "deposit":
        for line in record["lines"]:
            line["tax_code"] = "20.0% S"
        record |= {"tax_total": "4.00", "total": "24.00"}
    for part in record.get("applies_to", ()):
        part["amount"] = record["amount"] = "24.00"
    if record["type"] == "deposit":
        for line in record["lines"][:2]:
            line["amount"] = "24.00"
        record["total"] = "46.70"
    return record


def test_credits_settle_invoices_and_bills_with_money_or_alone(shop):
    """A credit memo and a vendor's credit are used up by the payment that names them."""
    alone = {**PAYMENT, "amount": "0.00", "credits": [{"credit_memo": "m1", "amount": "21.50"}]}
    used = [{"vendor_credit": "w1", "amount": "5.00"}]
    paid = {**BILL_PAYMENT, "amount": "15.00", "credits": used}
    shop.hand_over(*PARTIES, INVOICE, CREDIT_MEMO, BILL, VENDOR_CREDIT, alone, paid)

    shop.push_all()

    assert shop.holds() == []
    assert Decimal(str(posted(shop, INVOICE)["Balance"])) == 0
    assert Decimal(str(posted(shop, CREDIT_MEMO)["RemainingCredit"])) == 0
    assert Decimal(str(posted(shop, BILL)["Balance"])) == 0
    assert Decimal(str(posted(shop, VENDOR_CREDIT)["Balance"])) == 15
