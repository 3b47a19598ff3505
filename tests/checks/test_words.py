"""Every finding of these checks can be told in words: no fact a template needs is missing."""

import pytest

from bot.domain import EVERYTHING
from bot.models import Company, Record
from bot.render import to_plain
from bot.sync import comparing
from bot.sync.causes import Posted
from bot.sync.outcome import record_outcome
from checks import connection, failed_records
from tests.sync.shop import customer, invoice, item, payment, vendor
from tests.words import renderer


def told(shop):
    """The plain text of every finding, by problem."""
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    texts = {}
    for check in (failed_records, connection):
        for found in check.run(shop.services, company, EVERYTHING):
            text = renderer().problem(found.problem, found.facts)
            blocks = (text.what, text.why, text.fix, text.prevent)
            words = "\n".join([text.title, text.push, *map(to_plain, blocks)])
            texts[found.problem] = words
    return texts


def test_every_hold_of_the_sync_has_words(shop):
    """One of each cause the sync finds by itself, and of a refusal by QuickBooks."""
    shop = shop.with_settings(PARENT_WAIT_SECONDS=0.0)
    shop.hand_over(
        customer("c0", "Omar Haddad"),
        customer("gone", "Gone Away"),
        item("i1", "Mug", sku="M-1"),
        item("i0", "Old Mug"),
    )
    shop.push_all()
    shop.create("Customer", DisplayName="Jane Doe", PrimaryEmailAddr={"Address": "j@x.com"})
    shop.create("Vendor", DisplayName="Paper Mill")
    shop.act("deactivate", "Item", shop.record("item", "i0").qbo_id)
    shop.hand_over(
        customer("c1", "Jane  Doe", email="j@x.com"),
        customer("c2", "Paper Mill"),
        item("i2", "Mug two", sku="M-1"),
        item("i3", "Pan", income_account="Nowhere"),
        vendor("v1", "Bad: Name"),
        invoice("1", "c1"),
        invoice("2", "c2"),
        invoice("3", "c0", ("i0", 1, "1.00")),
        invoice("4", "c0", ("sku:NONE", 1, "1.00")),
        invoice("5", "nobody"),
        invoice("6" * 22, "c0"),
        invoice("7", "c0"),
        payment("p1", "c0", "100.00", "404"),
    )
    shop.push_all()
    with shop.services.sessions.write() as session:
        row = shop.record("invoice", "5")
        reply = {"Id": "9", "TotalAmt": "100.01"}
        now = shop.services.clock.now()
        record_outcome(session, row.id, Posted("Invoice", "9", reply), now)
    texts = told(shop)

    assert {
        "same_party",
        "name_on_other_list",
        "same_item",
        "no_income_account",
        "invalid_characters",
        "inactive_record",
        "item_not_mapped",
        "missing_parent",
        "too_long",
        "total_differs",
    } <= set(texts)
    assert all("None" not in words.replace("NONE", "") for words in texts.values()), texts


TROUBLES = ["throttled", "server_error", "network", "wrong_permission", "company_suspended"]


def total_differs(shop, reply):
    """An invoice of $100.00 that QuickBooks posted with other amounts."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1042", "c1"))
    shop.push_all()
    with shop.services.sessions.write() as session:
        row = session.get_one(Record, shop.record("invoice", "1042").id)
        found = comparing.amounts(row, reply)
        assert found.differ
        now = shop.services.clock.now()
        comparing.hold_difference(session, row, found, {"company": "Harbor Foods"}, now)


def test_a_posted_document_with_another_total_is_told_as_posted(shop):
    """Both totals and the difference; nobody reads that it is not posted."""
    total_differs(shop, {"TotalAmt": 107, "TxnTaxDetail": {"TotalTax": 7}})
    words = told(shop)["total_differs"]

    assert "invoice 1042 for Jane Doe is posted in QuickBooks at $107.00" in words
    assert "Shop says $100.00; difference $7.00" in words
    assert "sales tax $7.00 in QuickBooks, $0.00 in Shop" in words
    assert "not posted" not in words
    assert "no document with another total" not in words
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    [found] = failed_records.run(shop.services, company, EVERYTHING)
    counted = ("documents", "sales_count", "sales_amount", "record_count")
    assert [found.facts[name] for name in counted] == [0, 0, "0.00", 0]


def test_the_same_total_with_another_tax_is_told_too(shop):
    """The tax authority's share is not the shop's."""
    total_differs(shop, {"TotalAmt": 100, "TxnTaxDetail": {"TotalTax": 7}})
    words = told(shop)["total_differs"]

    assert "the same total, but with sales tax $7.00; Shop says $0.00" in words


@pytest.mark.parametrize(
    "trouble", [*TROUBLES, "app_credentials", "validation_other", "unknown", "sync_stopped"]
)
def test_every_trouble_of_a_connection_has_words(shop, trouble):
    """With waiting documents and without."""
    long_ago = shop.services.clock.now().replace(year=2025)
    shop.bench.change_connection(trouble=trouble, trouble_since=long_ago, trouble_detail="said")
    assert set(told(shop)) == {trouble}
    shop.hand_over(invoice("1", "c1"))
    assert set(told(shop)) == {trouble}


def test_a_lost_connection_has_words(shop):
    """With the reason."""
    shop.hand_over(invoice("1", "c1"))
    shop.simulator.act(shop.realm, "revoke_app")
    shop.push()

    assert set(told(shop)) == {"connection_lost"}


@pytest.mark.parametrize(
    ("code", "problem", "words"),
    [
        ("2060", "wrong_date", "a date in it cannot be read"),
        ("2210", "wrong_contact", "is not written as one"),
        ("2300", "journal_unbalanced", "debits and credits are not equal"),
        ("5020", "feature_denied", "whoever connected the sync may not do this"),
        ("6270", "item_start_date", "before the day from which the stock"),
        ("6530", "card_number", "looks like a whole card number"),
    ],
)
def test_a_refusal_is_told_by_its_own_problem(shop, code, problem, words):
    """What QuickBooks answers to one invoice is one alert, which names the invoice and says why."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1042", "c1"))
    match = {"entity": "Invoice", "operation": "create"}
    shop.simulator.fault(f"code:{code}", match=match)
    shop.push_all()

    texts = told(shop)

    assert set(texts) == {problem}
    assert words in texts[problem]
    assert "invoice 1042 for Jane Doe ($100.00)" in texts[problem]
    assert "Try again" in texts[problem]
