"""Payment terms, methods, deposit accounts, customers and vendors as a source calls them."""

import pytest

from bot import mirror
from bot.sync import held_again, mappings
from tests.sync.shop import customer, item, payment, vendor
from tests.sync.test_mapping import bill, posted, put, sale
from tests.sync.test_mapping_table import taken

LINE = {"item": "i1", "amount": "10.00"}


@pytest.fixture
def stocked(shop):
    """A customer, a vendor and an item that are posted."""
    shop.hand_over(customer("c1", "Jane Doe"), vendor("v1", "Paper Mill"), item("i1", "Mug"))
    shop.push_all()
    return shop


def named(shop, entity, name):
    """The id of a record of a list."""
    return next(row["Id"] for row in shop.books(entity) if row["Name"] == name)


def value(document, key):
    """The id a reference of a document names, "" for none."""
    return (document.get(key) or {}).get("value", "")


def paid(shop, external_id):
    """A payment as QuickBooks has it."""
    qbo_id = shop.record("payment", external_id).qbo_id
    return next(row for row in shop.books("Payment") if row["Id"] == qbo_id)


def received(number, **more):
    """A sale over the counter."""
    return {**sale(number, LINE), "type": "sales_receipt", **more}


def test_terms_are_found_by_name_and_decide_when_a_document_is_due(stocked):
    """Of invoices, bills, customers and vendors; a due date the source says stands beside them."""
    net_60 = named(stocked, "Term", "Net 60")
    stocked.hand_over(
        sale("1", LINE, terms="net 60"),
        sale("2", LINE, terms="Net 60", due_date="2026-11-20"),
        bill("PM-1", "Office Expenses", terms="Net 60"),
        customer("c2", "John Roe", terms="Net 60"),
        vendor("v2", "Ink Works", terms="Net 60"),
    )
    stocked.push_all()

    first, second = posted(stocked, "Invoice", "1"), posted(stocked, "Invoice", "2")
    assert value(first, "SalesTermRef") == value(second, "SalesTermRef") == net_60
    assert (first["DueDate"], second["DueDate"]) == ("2027-01-11", "2026-11-20")
    assert value(posted(stocked, "Bill", "PM-1"), "SalesTermRef") == net_60
    people = {row["DisplayName"]: row for row in stocked.books("Customer")}
    assert value(people["John Roe"], "SalesTermRef") == net_60
    sellers = {row["DisplayName"]: row for row in stocked.books("Vendor")}
    assert value(sellers["Ink Works"], "TermRef") == net_60


def test_an_unknown_term_holds_with_one_cause_a_word_until_a_person_says_it(stocked):
    """A number of days is no id of a term; a file says the word, and both records go."""
    net_15 = named(stocked, "Term", "Net 15")
    stocked.hand_over(
        sale("1", LINE, terms=net_15),
        sale("2", LINE, terms="2 weeks"),
        bill("PM-1", "Office Expenses", terms="2 weeks"),
    )
    stocked.push_all()
    assert stocked.causes("invoice", "1") == [("value_not_mapped", f"term:Shop/{net_15}")]
    assert stocked.causes("bill", "PM-1") == stocked.causes("invoice", "2")
    [hold] = stocked.holds("bill", "PM-1")
    assert (hold.facts["what"], hold.facts["kind_words"]) == ("term", "payment term")

    _, goes = taken(stocked, "source,what,word,id,name\nShop,term,2 weeks,,Net 15\n")
    put(stocked, mappings.TERM, net_15, mappings.NOTHING)
    stocked.hand_over(sale("3", LINE, terms=net_15))
    stocked.push_all()
    assert goes == 2
    assert value(posted(stocked, "Bill", "PM-1"), "SalesTermRef") == net_15
    assert value(posted(stocked, "Invoice", "3"), "SalesTermRef") == ""


def test_a_new_term_in_quickbooks_frees_what_waited_for_it(stocked):
    """The mirror follows terms and payment methods like every other list."""
    stocked.hand_over(sale("1", LINE, terms="Net 45"))
    stocked.push_all()
    assert stocked.state("invoice", "1") == "held"
    made = stocked.create("Term", Name="Net 45", DueDays=45)
    mirror.capture(stocked.services, stocked.company_id)
    held_again.look_again(stocked.services, stocked.company_id)
    stocked.push_all()
    assert value(posted(stocked, "Invoice", "1"), "SalesTermRef") == made


def test_an_unknown_method_holds_only_where_methods_are_matched(stocked):
    """By name it is posted; unknown it stays in the memo, until somebody matches one at all."""
    visa = named(stocked, "PaymentMethod", "Visa")
    stocked.hand_over(payment("p1", "c1", "5.00", method="visa"))
    stocked.hand_over(payment("p2", "c1", "6.00", method="shop_pay"))
    stocked.push_all()
    assert value(paid(stocked, "p1"), "PaymentMethodRef") == visa
    assert value(paid(stocked, "p2"), "PaymentMethodRef") == ""
    assert "Paid by shop_pay" in paid(stocked, "p2")["PrivateNote"]

    put(stocked, mappings.METHOD, "shop_pay", visa)
    stocked.hand_over(received("R1", method="shop_pay"), received("R2", method="klarna"))
    stocked.push_all()
    assert value(posted(stocked, "SalesReceipt", "R1"), "PaymentMethodRef") == visa
    assert stocked.causes("sales_receipt", "R2") == [("value_not_mapped", "method:Shop/klarna")]


def test_money_goes_where_the_record_its_method_or_its_source_says(stocked):
    """The account that is named; then the method's, then the source's, then QuickBooks' own."""
    clearing = stocked.create("Account", Name="Stripe Clearing", AccountType="Bank")
    float_ = stocked.create("Account", Name="Float", AccountType="Bank")
    mirror.capture(stocked.services, stocked.company_id)
    funds = named(stocked, "Account", "Undeposited Funds")
    stocked.hand_over(payment("p1", "c1", "1.00"))
    stocked.push_all()
    put(stocked, mappings.DEPOSIT_TO, "stripe", clearing)
    stocked.hand_over(
        payment("p2", "c1", "2.00", method="Stripe"),
        payment("p3", "c1", "3.00", method="Stripe", deposit_to="Float"),
        received("R1", deposit_to="stripe"),
    )
    stocked.push_all()
    put(stocked, mappings.DEPOSIT_TO, mappings.ANY, float_)
    stocked.hand_over(payment("p4", "c1", "4.00", method="Other"))
    stocked.push_all()
    targets = [value(paid(stocked, f"p{n}"), "DepositToAccountRef") for n in (1, 2, 3, 4)]
    assert targets in ([funds, clearing, float_, float_], ["", clearing, float_, float_])
    assert value(posted(stocked, "SalesReceipt", "R1"), "DepositToAccountRef") == clearing


def test_a_deposit_account_of_the_wrong_kind_is_refused_and_an_inactive_one_told(stocked):
    """No money goes to an expense account; a chosen one that is inactive is its own problem."""
    expense = named(stocked, "Account", "Office Expenses")
    found, _ = taken(stocked, f"source,what,word,id\nShop,deposit_to,stripe,{expense}\n")
    assert "money goes to a bank account" in found.refused[0][1]
    old = stocked.create("Account", Name="Old Bank", AccountType="Bank")
    put(stocked, mappings.DEPOSIT_TO, "stripe", old)
    stocked.act("deactivate", "Account", old)
    mirror.capture(stocked.services, stocked.company_id)
    stocked.hand_over(payment("p1", "c1", "1.00", method="stripe"))
    stocked.push_all()
    assert stocked.causes("payment", "p1") == [("mapping_broken", "deposit_to:Shop/stripe")]


def test_a_customer_that_never_came_stands_for_one_of_quickbooks(stocked):
    """A person says it once: documents go, and its own record makes no second customer."""
    jane = stocked.record("customer", "c1").qbo_id
    stocked = stocked.with_settings(PARENT_WAIT_SECONDS=0)
    stocked.hand_over({**sale("1", LINE), "customer": "Guest-7"})
    stocked.push_all()
    assert [problem for problem, _ in stocked.causes("invoice", "1")] == ["missing_parent"]
    _, goes = taken(stocked, "source,what,word,id,name\nShop,customer,Guest-7,,Jane Doe\n")
    stocked.push_all()
    assert (goes, stocked.state("invoice", "1")) == (1, "posted")
    assert value(posted(stocked, "Invoice", "1"), "CustomerRef") == jane

    before = len(stocked.books("Customer"))
    stocked.hand_over(customer("Guest-7", "A Guest"), customer("guest-7", "Another Guest"))
    stocked.push_all()
    assert stocked.record("customer", "Guest-7").qbo_id == jane
    assert stocked.record("customer", "guest-7").qbo_id != jane
    assert len(stocked.books("Customer")) == before + 1
