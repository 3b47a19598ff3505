"""The check failed_records: one finding per root cause, with all the money that waits on it."""

from bot.domain import EVERYTHING, Scope
from bot.models import Company
from checks import ALL_CHECKS, failed_records
from tests.sync.shop import customer, invoice, item, payment, vendor

COMMON = {
    "company",
    "source",
    "currency",
    "documents",
    "sales_count",
    "sales_amount",
    "cash_count",
    "cash_amount",
    "first_date",
    "last_date",
    "since",
    "record_count",
    "examples",
}


def findings(shop, scope=EVERYTHING):
    with shop.services.sessions.read() as session:
        company = session.get_one(Company, shop.company_id)
    return list(failed_records.run(shop.services, company, scope))


def test_three_invoices_on_one_inactive_customer_are_one_finding_with_the_money(shop):
    """Sales and cash apart, dates from first to last, examples with the buyer's name."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    jane = shop.record("customer", "c1").qbo_id
    shop.act("deactivate", "Customer", jane)
    shop.hand_over(
        invoice("1", "c1", date="2026-11-03"),
        invoice("2", "c1", ("i1", 1, "20.50")),
        invoice("3", "c1", date="2026-11-20"),
        payment("p1", "c1", "20.50", "2"),
    )
    shop.push_all()

    [found] = findings(shop)

    assert (found.problem, found.subject) == ("inactive_record", f"Customer:{jane}")
    facts = found.facts
    assert facts.keys() >= COMMON
    assert (facts["company"], facts["source"], facts["currency"]) == ("Harbor Foods", "Shop", "USD")
    assert (facts["documents"], facts["sales_count"], facts["cash_count"]) == (4, 3, 1)
    assert (facts["sales_amount"], facts["cash_amount"]) == ("220.50", "20.50")
    assert (facts["first_date"], facts["last_date"]) == ("2026-11-03", "2026-11-20")
    assert facts["examples"][0]["party"] == "Jane Doe"
    assert facts["name"] == "Jane Doe"
    assert len(found.record_ids) == 4


def test_a_held_customer_with_children_is_one_finding_with_the_customers_facts(shop):
    """Parent and children are one cause; the record count has all of them."""
    shop.create("Customer", DisplayName="Jane Doe", PrimaryEmailAddr={"Address": "j@x.com"})
    shop.hand_over(
        invoice("1", "c1"),
        item("i1", "Mug"),
        customer("c1", "Jane  Doe", email="j@x.com"),
        payment("p1", "c1", "100.00", "1"),
    )
    shop.push_all()

    [found] = findings(shop)

    assert (found.problem, found.facts["record_count"]) == ("same_party", 3)
    assert found.facts["agree"] == ["e-mail"]
    assert found.facts["record_id"] == shop.record("customer", "c1").id


def test_a_document_with_two_causes_waits_in_both_findings(shop):
    """Each cause says what waits on it."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"))
    shop.push_all()
    shop.act("deactivate", "Customer", shop.record("customer", "c1").qbo_id)
    shop.act("deactivate", "Item", shop.record("item", "i1").qbo_id)
    shop.hand_over(invoice("1", "c1"))
    shop.push_all()

    assert [found.facts["documents"] for found in findings(shop)] == [1, 1]


def test_other_currencies_are_never_added(shop):
    """They stand beside the company's own."""
    shop.hand_over(
        invoice("1", "c1"), invoice("2", "c1", currency="CAD"), customer("c1", "A"), item("i1", "M")
    )
    patient = shop.with_settings(PARENT_WAIT_SECONDS=0.0)
    patient.hand_over(
        invoice("3", "c9"), invoice("4", "c9", currency="CAD"), payment("p", "c9", "1.00")
    )
    patient.push_all()

    [found] = [found for found in findings(shop) if found.problem == "missing_parent"]
    assert found.facts["sales_amount"] == "100.00"
    assert found.facts["other_currencies"] == [
        {
            "currency": "CAD",
            "sales_amount": "100.00",
            "sales_tax": "0.00",
            "cash_amount": "0.00",
            "purchase_amount": "0.00",
            "entry_amount": None,
        }
    ]


def test_the_scope_narrows_what_is_looked_at(shop):
    """Only the subjects asked about."""
    shop.create("Vendor", DisplayName="Jane Doe")
    shop.create("Customer", DisplayName="Paper Mill")
    shop.hand_over(customer("c1", "Jane Doe"), vendor("v1", "Paper Mill"))
    shop.push_all()

    assert len(findings(shop)) == 2
    [found] = findings(shop, Scope(frozenset({"vendor:Shop/v1", "Customer:999"})))
    assert found.subject == "vendor:Shop/v1"
    assert findings(shop, Scope(frozenset())) == []


def test_nothing_held_is_nothing_found(shop):
    """Waiting is not failing."""
    shop.hand_over(customer("c1", "Jane Doe"))

    assert findings(shop) == []


def test_checks_have_names_of_their_own():
    """A duplicate would stop the start."""
    names = [check.name for check in ALL_CHECKS]
    assert sorted(names) == sorted(set(names))
