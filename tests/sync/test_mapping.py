"""What a source calls something: by what a person said, by name, or held with one cause a word."""

import pytest

from bot.models import Company
from bot.sync import mapping_file, mappings
from tests.command_line import environment_of, run_here
from tests.sync.shop import customer, item, vendor


def put(shop, what, said, qbo_id, entity="", by="U1"):
    """A person said what a word stands for."""
    with shop.services.sessions.write() as session:
        mappings.put(
            session,
            company_id=shop.company_id,
            source_id=shop.source_id,
            what=what,
            said=said,
            qbo_id=qbo_id,
            by=by,
            now=shop.services.clock.now(),
            entity=entity,
        )


def sale(number, *lines, **more):
    """An invoice for c1 with these lines, each a dict with a SKU and an amount."""
    total = sum(int(line["amount"].removesuffix(".00")) for line in lines)
    return {
        "type": "invoice",
        "external_id": number,
        "number": number,
        "date": "2026-11-12",
        "customer": "c1",
        "lines": list(lines),
        "total": f"{total}.00",
        **more,
    }


def bill(number, account, amount="50.00", **more):
    """A vendor's bill with one line."""
    return {
        "type": "bill",
        "external_id": number,
        "number": number,
        "date": "2026-11-12",
        "vendor": "v1",
        "lines": [{"account": account, "amount": amount}],
        "total": amount,
        **more,
    }


@pytest.fixture
def stocked(shop):
    """A customer, a vendor and an item that are posted."""
    shop.hand_over(customer("c1", "Jane Doe"), vendor("v1", "Paper Mill"), item("i1", "Mug"))
    shop.push_all()
    return shop


def posted(shop, entity, number):
    """The document in the simulator's books."""
    rows = shop.books(entity)
    return next(row for row in rows if row.get("DocNumber") == number)


def refs(document):
    """The class and location of a document: each line's, then its own."""
    lines = [
        (line.get("SalesItemLineDetail") or line.get("AccountBasedExpenseLineDetail") or {})
        for line in document["Line"]
    ]
    classes = [(line.get("ClassRef") or {}).get("value") for line in lines if line]
    return classes, (document.get("DepartmentRef") or {}).get("value")


def test_classes_and_locations_are_found_by_name_or_by_what_a_person_said(stocked):
    """By name where it is there, by id after a rename; an unknown word holds with its own cause."""
    west = stocked.create("Class", Name="West")
    main = stocked.create("Department", Name="Main Street")
    line = {"item": "i1", "amount": "10.00", "class": "west"}
    stocked.hand_over(sale("1", line, location="Main Street"))
    stocked.push_all()
    assert refs(posted(stocked, "Invoice", "1")) == ([west], main)

    put(stocked, mappings.CLASS, "West", west)
    stocked.simulator.act(
        stocked.realm, "edit", entity="Class", id=west, data={"Name": "Coast", "Active": True}
    )
    stocked.hand_over(sale("2", line), sale("3", {**line, "class": "North"}, location="NYC"))
    stocked.push_all()
    assert refs(posted(stocked, "Invoice", "2"))[0] == [west]
    assert sorted(stocked.causes("invoice", "3")) == [
        ("value_not_mapped", "class:Shop/North"),
        ("value_not_mapped", "location:Shop/NYC"),
    ]


def test_a_location_may_be_kept_as_a_class_or_be_posted_without(stocked):
    """A person decides: the location is a class there, or such documents have none."""
    west = stocked.create("Class", Name="West")
    put(stocked, mappings.LOCATION, "NYC", west, "Class")
    put(stocked, mappings.LOCATION, "Online", mappings.NOTHING)
    line = {"item": "i1", "amount": "10.00"}
    stocked.hand_over(sale("1", line, location="NYC"), sale("2", line, location="Online"))
    stocked.push_all()

    assert refs(posted(stocked, "Invoice", "1")) == ([west], None)
    assert refs(posted(stocked, "Invoice", "2")) == ([None], None)


def test_a_firm_may_keep_all_its_locations_as_classes(stocked):
    """Then a location of the same name is not meant; what was held is looked at anew."""
    env = environment_of(stocked.services)
    nyc, other = stocked.create("Class", Name="NYC"), stocked.create("Department", Name="NYC")
    stocked.create("Department", Name="Boston")
    boston = stocked.create("Class", Name="Boston (store)")
    line = {"item": "i1", "amount": "10.00"}
    stocked.hand_over(sale("1", line, location="NYC"))
    stocked.push_all()
    assert refs(posted(stocked, "Invoice", "1")) == ([None], other)

    words = ("mappings", "locations")
    said = run_here(*words, "--kept-as", "classes", env=env)
    assert "among QuickBooks' classes alone" in said.stdout, said.stderr
    stocked.hand_over(sale("2", line, location="NYC"), sale("3", line, location="Boston"))
    stocked.push_all()
    assert refs(posted(stocked, "Invoice", "2")) == ([nyc], None)
    assert stocked.causes("invoice", "3") == [("value_not_mapped", "location:Shop/Boston")]
    file = "source,what,word,name\nShop,location,Boston,Boston (store)\n"
    with stocked.services.sessions.read() as session:
        company = session.get_one(Company, stocked.company_id)
        [change] = mapping_file.read(session, company, file).changes
    assert (change.entity, change.qbo_id) == ("Class", boston)

    said = run_here(*words, "--kept-as", "either", env=env)
    assert "1 record that waited for it may go now" in said.stdout
    wrong = run_here(*words, "--kept-as", "tags", env=env)
    assert (wrong.returncode, "none of either, locations, classes" in wrong.stderr) == (2, True)


def test_a_bill_keeps_the_vendors_number_and_goes_to_its_account(stocked):
    """Accounts by full name, by leaf name where one has it; never a guess between two."""
    above = stocked.create("Account", Name="Travel", AccountType="Expense")
    fuel = stocked.create(
        "Account",
        Name="Fuel",
        AccountType="Expense",
        SubAccount=True,
        ParentRef={"value": above},
    )
    stocked.hand_over(
        bill("PM-1", "Travel:Fuel"), bill("PM-2", "Fuel"), bill("PM-3", "Nowhere", "7.00")
    )
    stocked.push_all()

    made = posted(stocked, "Bill", "PM-1")
    [line] = [row for row in made["Line"] if "AccountBasedExpenseLineDetail" in row]
    assert line["AccountBasedExpenseLineDetail"]["AccountRef"]["value"] == fuel
    assert made["VendorRef"]["value"] == stocked.record("vendor", "v1").qbo_id
    fuels = [row for row in stocked.books("Account") if row["Name"] == "Fuel"]
    expected = [] if len(fuels) == 1 else [("account_unusable", "account:Shop/Fuel")]
    assert stocked.causes("bill", "PM-2") == expected
    assert stocked.causes("bill", "PM-3") == [("account_not_found", "account:Shop/Nowhere")]


def test_an_account_of_the_wrong_kind_or_inactive_is_said(stocked):
    """Receivables are no account of a bill's line; an inactive one is the account's own problem."""
    rows = stocked.books("Account")
    receivable = next(row for row in rows if row["AccountType"] == "Accounts Receivable")
    old = stocked.create("Account", Name="Old Rent", AccountType="Expense")
    stocked.act("deactivate", "Account", old)
    stocked.hand_over(bill("PM-1", receivable["Name"]), bill("PM-2", "Old Rent"))
    stocked.push_all()

    subject = f"account:Shop/{receivable['Name']}"
    assert stocked.causes("bill", "PM-1") == [("account_unusable", subject)]
    assert stocked.causes("bill", "PM-2") == [("account_unusable", f"Account:{old}")]
    [hold] = stocked.holds("bill", "PM-2")
    assert hold.facts["reason"] == "inactive"


def test_a_mapping_to_something_inactive_is_the_mappings_own_problem(stocked):
    """One cause for every document with that SKU, however it is written."""
    income = next(row["Id"] for row in stocked.books("Account") if row["AccountType"] == "Income")
    pan = stocked.create("Item", Name="Pan", Type="Service", IncomeAccountRef={"value": income})
    put(stocked, mappings.SKU, "P-1", pan)
    stocked.hand_over(sale("1", {"sku": "p-1", "amount": "10.00"}))
    stocked.push_all()
    assert stocked.state("invoice", "1") == "posted"

    stocked.act("deactivate", "Item", pan)
    stocked.hand_over(sale("2", {"sku": "P-1", "amount": "10.00"}))
    stocked.push_all()
    stocked.hand_over(sale("3", {"sku": "P-1", "amount": "10.00"}))
    stocked.push_all()
    told = [("mapping_broken", "sku:Shop/P-1")]
    assert stocked.causes("invoice", "2") == told
    assert stocked.causes("invoice", "3") == told


def test_no_active_accounts_payable_holds_bills_only(stocked):
    """The kind and the currency count, not the name: a renamed one is no finding."""
    rows = stocked.books("Account")
    payable = next(row for row in rows if row["AccountType"] == "Accounts Payable")
    stocked.simulator.act(
        stocked.realm, "edit", entity="Account", id=payable["Id"], data={"Name": "Creditors"}
    )
    stocked.hand_over(bill("PM-1", "Rent or Lease"))
    stocked.push_all()
    assert stocked.state("bill", "PM-1") == "posted"
