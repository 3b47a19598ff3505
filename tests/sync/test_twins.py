"""Look before create: a likely twin in QuickBooks asks a person, a stranger does not."""

import pytest

from bot import mirror
from bot.sync import merged, new_names, payloads
from tests.sync.shop import customer, invoice, item, vendor

JANE = {
    "DisplayName": "Jane Doe",
    "PrimaryEmailAddr": {"Address": "jane@doe.com"},
    "PrimaryPhone": {"FreeFormNumber": "(555) 123-4567"},
    "BillAddr": {"Line1": "12 Elm Street", "City": "Portland"},
}


@pytest.mark.parametrize(
    ("spelling", "words"),
    [
        ("Jane  Doe", "spaces"),
        ("JANE DOE", "case"),
        ("Jane A. Doe", "initial"),
        ("Jané Doe", "accents"),
        ("Jane Doe", "the same"),
    ],
)
def test_a_name_alike_with_an_agreeing_email_is_asked_about(shop, spelling, words):
    """Nothing is created; both sides, what agrees and what differs are facts."""
    jane = shop.create("Customer", **JANE)
    shop.hand_over(customer("c1", spelling, email=" Jane@DOE.com"))
    shop.push_all()

    [hold] = shop.holds()
    assert (hold.problem, hold.subject) == ("same_party", "customer:Shop/c1")
    assert hold.facts["agree"] == ["e-mail"]
    assert words in hold.facts["differ"]
    assert hold.facts["theirs"]["qbo_id"] == jane
    assert hold.facts["theirs"]["active"] is True
    assert hold.facts["ours"]["name"] == spelling
    assert shop.creates() == []


def test_phone_and_street_agree_in_other_spellings(shop):
    """Digits and abbreviations are compared, not letters."""
    shop.create("Customer", **JANE)
    address = {"street": "12 ELM ST.", "city": "Portland"}
    shop.hand_over(customer("c1", "Jane Doe", phone="+1 555-123-4567", billing_address=address))
    shop.push_all()

    assert shop.holds()[0].facts["agree"] == ["phone", "street"]


def test_a_near_name_without_a_second_fact_is_asked_about_and_nothing_agrees(shop):
    """Both are shown equal: the agreeing list is empty."""
    shop.create("Customer", DisplayName="Jane Doe")
    shop.hand_over(customer("c1", "Jane A. Doe"))
    shop.push_all()

    [hold] = shop.holds()
    assert (hold.problem, hold.facts["agree"]) == ("same_party", [])


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("Maria Garcia", "Garcia Maria"), ("Maria Luna Garcia", "GARCIA Maria Luna")],
)
@pytest.mark.parametrize(("email", "agree"), [("maria@garcia.com", ["e-mail"]), (None, [])])
def test_a_name_turned_around_is_asked_about(shop, theirs, ours, email, agree):
    """Family name first: nothing is created, with a second fact and without one."""
    shop.create("Customer", DisplayName=theirs, PrimaryEmailAddr={"Address": "maria@garcia.com"})
    shop.hand_over(customer("c1", ours, email=email))
    shop.push_all()

    [hold] = shop.holds()
    assert (hold.problem, hold.facts["agree"]) == ("same_party", agree)
    assert "the order of the names" in hold.facts["differ"]
    assert shop.creates() == []


def test_two_of_ours_turned_around_are_not_created_at_once(shop):
    """The second one is looked at when the first is in QuickBooks, and asks."""
    shop.hand_over(
        customer("c1", "Maria Garcia", email="m@g.com"),
        customer("c2", "Garcia Maria", email="m@g.com"),
    )
    shop.push_all()

    assert shop.state("customer", "c1") == "posted"
    assert shop.causes("customer", "c2") == [("same_party", "customer:Shop/c2")]


def test_father_and_son_and_two_branches_stay_silent(shop):
    """The same name with another address and e-mail turned around, and other numbers: created."""
    home = {"street": "9 Oak Avenue", "city": "Salem"}
    shop.create("Customer", **{**JANE, "DisplayName": "Lee Kim"})
    shop.create("Customer", DisplayName="Corner Deli #12")
    shop.hand_over(
        customer("c1", "Kim Lee", email="kim@lee.com", billing_address=home),
        customer("c2", "Deli Corner #13"),
    )
    shop.push_all()

    assert [shop.state("customer", one) for one in ("c1", "c2")] == ["posted", "posted"]


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Jane Doe", "Jane B. Doe"),
        ("Corner Deli #12", "Corner Deli #13"),
        ("Mary Smith", "Mark Smith"),
        ("Northwind Traders", "Northwood Traders"),
    ],
)
def test_strangers_are_created(shop, theirs, ours):
    """Other numbers, other given names, or near names whose facts speak against it."""
    shop.create("Customer", DisplayName=theirs, PrimaryEmailAddr={"Address": "one@example.com"})
    shop.hand_over(customer("c1", ours, email="two@example.com"))
    shop.push_all()

    assert shop.state("customer", "c1") == "posted"
    assert shop.holds() == []


def test_an_inactive_twin_is_found_too(shop):
    """QuickBooks would accept the name; the bot still asks (a silent double is worse)."""
    jane = shop.create("Customer", **JANE)
    shop.act("deactivate", "Customer", jane)
    shop.hand_over(customer("c1", "Jane Doe", email="jane@doe.com"))
    shop.push_all()

    [hold] = shop.holds()
    assert (hold.problem, hold.facts["theirs"]["active"]) == ("same_party", False)
    assert hold.facts["theirs"]["name"] == "Jane Doe"


@pytest.mark.parametrize(("entity", "other"), [("Vendor", "vendor"), ("Employee", "employee")])
def test_a_name_on_another_list_says_which_and_proposes_a_free_one(shop, entity, other):
    """Names are shared by customers, vendors and employees."""
    names = {"GivenName": "Jane", "FamilyName": "Doe"} if entity == "Employee" else {}
    shop.create(entity, **(names or {"DisplayName": "Jane Doe"}))
    shop.hand_over(customer("1042", "Jane Doe"))
    shop.push_all()

    [hold] = shop.holds()
    assert hold.problem == "name_on_other_list"
    assert hold.facts["theirs"]["list"] == other
    assert hold.facts["proposed"] == "Jane Doe (Customer)"


@pytest.mark.parametrize("form", [1, 2, 3, 4, 5])
def test_a_name_taken_behind_the_mirrors_back_leads_to_its_holder(shop, form):
    """Whatever form the 6240 has, the same question comes out of it."""
    shop.hand_over(customer("c0", "First One"))
    shop.push_all()
    jane = shop.create("Customer", **JANE)
    shop.simulator.control("POST", "/switches", {"duplicate_name_form": form})
    shop.hand_over(customer("c1", "jane doe", email="jane@doe.com"))
    shop.push_all()
    shop.simulator.control("POST", "/switches", {"duplicate_name_form": 1})

    [hold] = shop.holds()
    assert (hold.problem, hold.facts["theirs"]["qbo_id"]) == ("same_party", jane)
    assert hold.facts["agree"] == ["e-mail"]


def test_a_customer_entered_by_hand_a_moment_ago_is_seen(shop):
    """The mirror has not been captured since; the look before the create finds her all the same."""
    shop.hand_over(customer("c0", "First One"))
    shop.push_all()
    jane = shop.create("Customer", **JANE)
    shop.hand_over(customer("c1", "Jane  Doe", email="jane@doe.com"))
    shop.push_all()

    assert shop.holds()[0].facts["theirs"]["qbo_id"] == jane


def test_an_item_with_the_same_sku_or_name_is_asked_about(shop):
    """The SKU is the second fact of items."""
    income = next(row for row in shop.books("Account") if row["Name"] == "Services")["Id"]
    reference = {"value": income}
    shop.create("Item", Name="Mug blue", Sku="M-1", Type="NonInventory", IncomeAccountRef=reference)
    shop.create("Item", Name="Red Mug", Type="NonInventory", IncomeAccountRef=reference)
    shop.hand_over(
        item("i1", "Blue Mug", sku="M-1"), item("i2", "red  mug", sku="M-2"), item("i3", "Pan")
    )
    shop.push_all()

    first, second = shop.holds()
    assert (first.problem, first.facts["agree"]) == ("same_item", ["SKU"])
    assert (second.problem, second.facts["agree"]) == ("same_item", [])
    assert shop.state("item", "i3") == "posted"


def test_two_alike_in_one_batch_are_not_created_side_by_side(shop):
    """The first is created; the second is asked about, against the first."""
    shop.hand_over(customer("c1", "Jane Doe"), vendor("v1", "Mill"), customer("c2", "Jane  Doe"))
    shop.push_all()

    assert shop.state("customer", "c1") == "posted"
    assert shop.causes("customer", "c2") == [("same_party", "customer:Shop/c2")]
    assert len(shop.creates("Customer")) == 1


def test_our_own_stamp_means_posted_before(shop):
    """After a restored backup the customer with our stamp is linked, not asked about."""
    own = shop.create("Customer", DisplayName="Jane Doe", Notes="[sync:Shop:c1]")
    shop.hand_over(customer("c1", "Jane Doe"))
    shop.push_all()

    assert shop.record("customer", "c1").qbo_id == own
    assert shop.creates("Customer") == [] or len(shop.books("Customer")) == 1


def test_proposed_names_are_short_clean_and_free(shop):
    """At most 100 characters, no refused character, not taken."""
    shop.hand_over(customer("c0", "x"))
    shop.push_all()
    shop.create("Customer", DisplayName="Jane Doe (Shop 1)")
    mirror.load(shop.services, shop.company_id)
    with shop.services.sessions.read() as session:
        taken = new_names.free_name(session, shop.company_id, "Jane Doe", "Shop", "1")
        long = new_names.free_name(session, shop.company_id, 'A:"b"\t' + "x" * 300, "Shop", "1")

    assert taken == "Jane Doe (Shop 1 2)"
    assert len(long) == 100
    assert not set(long) & set(':"\t\n')


def test_a_record_can_be_written_under_another_name(shop):
    """What a person chooses as a name goes out with everything else unchanged."""
    shop.hand_over(customer("c1", "Jane Doe", email="jane@doe.com"))
    record = shop.record("customer", "c1")
    with shop.services.sessions.read() as session:
        assert new_names.propose_name(session, record) == "Jane Doe (Shop c1)"
        payload = payloads.list_payload(session, record, name="Jane Doe II")

    assert payload["DisplayName"] == "Jane Doe II"
    assert payload["PrimaryEmailAddr"] == {"Address": "jane@doe.com"}
    assert payload["Notes"] == "[sync:Shop:c1]"


def test_without_an_obvious_income_account_an_item_is_held(shop):
    """The account is never guessed; a named one that is missing is named."""
    for row in shop.books("Account"):
        if row.get("AccountSubType") == "SalesOfProductIncome":
            shop.act("deactivate", "Account", row["Id"])
    shop.hand_over(item("i1", "Mug"), item("i2", "Pan", income_account="Sales:Web"))
    shop.hand_over(item("i3", "Pot", income_account="Services"), customer("c1", "J"))
    shop.hand_over(invoice("1", "c1"))
    shop.push_all()

    assert shop.causes("item", "i1") == [("no_income_account", "income_account")]
    assert shop.causes("item", "i2") == [("no_income_account", "income_account:Sales:Web")]
    assert shop.state("item", "i3") == "posted"
    assert shop.causes("invoice", "1") == [("no_income_account", "income_account")]


def emailed(name, address, **more):
    return {"DisplayName": name, "PrimaryEmailAddr": {"Address": address}, **more}


def test_every_likely_twin_is_told_the_one_with_a_second_fact_first(shop):
    """Three are alike; the one whose e-mail agrees is singled out, the others are not hidden."""
    shop.create("Customer", DisplayName="Jane Doe")
    agreeing = shop.create("Customer", **emailed("Jane A. Doe", "jane@doe.com"))
    shop.create("Customer", DisplayName="JANE DÖE")
    shop.hand_over(customer("c1", "Jane  Doe", email="jane@doe.com"))
    shop.push_all()

    [hold] = shop.holds()
    assert hold.facts["theirs"]["qbo_id"] == agreeing
    assert hold.facts["singled_out"] is True
    assert hold.facts["twin_count"] == 3
    names = [twin["name"] for twin in hold.facts["twins"]]
    assert names[0] == "Jane A. Doe"
    assert set(names) == {"Jane A. Doe", "Jane Doe", "JANE DÖE"}
    assert [twin["agree"] for twin in hold.facts["twins"]] == [["e-mail"], [], []]


def test_two_twins_that_agree_are_told_and_none_is_singled_out(shop):
    """Father and son share an address and a telephone: the bot does not choose between them."""
    shop.create("Customer", **emailed("Jane Doe", "jane@doe.com"))
    shop.create("Customer", **emailed("Jane A. Doe", "jane@doe.com"))
    shop.hand_over(customer("c1", "Jane  Doe", email="jane@doe.com"))
    shop.push_all()

    [hold] = shop.holds()
    assert hold.facts["agree"] == ["e-mail"]
    assert hold.facts["singled_out"] is False
    assert len(hold.facts["twins"]) == 2


def test_five_twins_are_shown_and_the_rest_is_counted(shop):
    """However many there are, their number is told."""
    for initial in "ABCDEFG":
        shop.create("Customer", DisplayName=f"Jane {initial}. Doe")
    shop.hand_over(customer("c1", "Jane Doe"))
    shop.push_all()

    [hold] = shop.holds()
    assert len(hold.facts["twins"]) == 5
    assert hold.facts["twin_count"] == 7


def test_a_sub_customer_is_shown_with_its_parent(shop):
    """The own name of a sub-customer says too little: "Harbor Group:Jane Doe"."""
    parent = shop.create("Customer", DisplayName="Harbor Group")
    child = shop.create("Customer", DisplayName="Jane Doe", Job=True, ParentRef={"value": parent})
    shop.hand_over(customer("c1", "Jane  Doe"))
    shop.push_all()

    [hold] = shop.holds()
    assert hold.facts["theirs"]["qbo_id"] == child
    assert hold.facts["theirs"]["name"] == "Harbor Group:Jane Doe"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("bayside cafe", "too much like the customer Bayside Café"),
        ("Bayside Café", "is used by the customer Bayside Café"),
        ("mill & sons", "too much like the vendor Mill and Sons"),
        ("", "is empty"),
        ("a:b", "colon"),
    ],
)
def test_a_new_name_that_is_a_twin_itself_is_refused_with_the_twin(shop, typed, words):
    """A name chosen to tell two apart must not be somebody else's in another spelling."""
    shop.create("Customer", DisplayName="Bayside Café")
    shop.create("Vendor", DisplayName="Mill and Sons")
    mirror.load(shop.services, shop.company_id)
    with shop.services.sessions.read() as session:
        assert words in new_names.why_not(session, shop.company_id, typed)
        assert new_names.why_not(session, shop.company_id, "Bayside Café (Shop c9)") == ""


@pytest.fixture
def merged_away(shop):
    """Jane, to whom an invoice was posted, was merged into another customer by hand."""
    shop.hand_over(customer("c1", "Jane Doe"), item("i1", "Mug"), invoice("1", "c1"))
    shop.push_all()
    mirror.capture(shop.services, shop.company_id)
    jane = shop.record("customer", "c1").qbo_id
    left = shop.create("Customer", **emailed("Doe Household", "jane@doe.com"))
    shop.act("merge", "Customer", jane, into=left)
    changed = mirror.capture(shop.services, shop.company_id)
    assert ("Customer", jane) in changed
    return jane, left


def test_a_merge_is_noticed_by_the_documents_that_moved(shop, merged_away):
    """QuickBooks shows an inactive customer only; its invoice names the one that is left."""
    jane, left = merged_away
    with shop.services.sessions.read() as session:
        found = merged.look(session, shop.company_id, "Customer", jane)
        assert merged.look(session, shop.company_id, "Customer", left) is None
    assert found.into.qbo_id == left


def test_the_record_that_is_left_stands_in_for_a_merged_twin(shop, merged_away):
    """A namesake of the merged-away customer is asked about against the one that is left."""
    shop.hand_over(customer("c2", "Jane  Doe", email="jane@doe.com"))
    shop.push_all()

    [hold] = shop.holds()
    assert hold.facts["theirs"]["qbo_id"] == merged_away[1]
    assert hold.facts["theirs"]["took_over"] == "Jane Doe"
    assert (hold.facts["agree"], hold.facts["singled_out"]) == (["e-mail"], True)


def test_one_corrected_invoice_and_an_inactive_customer_are_no_merge(shop):
    """While documents are left with a customer, nothing was merged."""
    shop.hand_over(customer("c1", "Jane Doe"), customer("c2", "Omar Haddad"), item("i1", "Mug"))
    shop.hand_over(invoice("1", "c1"), invoice("2", "c1"))
    shop.push_all()
    mirror.capture(shop.services, shop.company_id)
    jane, omar = (shop.record("customer", name).qbo_id for name in ("c1", "c2"))
    first = shop.record("invoice", "1").qbo_id
    shop.act("edit", "Invoice", first, data={"CustomerRef": {"value": omar}})
    with shop.services.sessions.write() as session:
        row = mirror.get(session, shop.company_id, "Customer", jane)
        row.active = False
        session.add(row)
    mirror.capture(shop.services, shop.company_id)
    with shop.services.sessions.read() as session:
        assert merged.look(session, shop.company_id, "Customer", jane) is None
