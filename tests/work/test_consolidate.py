"""Two customers that are one are consolidated only where no accounting rule forbids it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.fixes import engine
from bot.incidents.message import build
from bot.models import Company, FixRun
from bot.render import to_plain
from tests.sync.shop import customer, invoice
from tests.work.house import Everybody, House


class Admins(Everybody):
    """These people, and nobody else, have the role."""

    def __init__(self, names):
        """Take their names."""
        self.names = names

    def who(self, company_id, role):
        """Name them."""
        return self.names


@pytest.fixture
def doubled(house):
    """Ann Lee twice, each with open invoices; the later one is the shop's. Her two ids."""
    first = house.shop.create(
        "Customer", DisplayName="Ann  Lee", PrimaryEmailAddr={"Address": "ann@lee.com"}
    )
    one = sale(house, first, "50.00", DocNumber="A-1")
    second = house.shop.create(
        "Customer", DisplayName="Ann Lee", PrimaryEmailAddr={"Address": "ann@lee.com"}
    )
    house.shop.link("customer", "c7", "Customer", second)
    house.shop.hand_over(customer("c7", "Ann Lee", email="ann@lee.com"), invoice("B-1", "c7"))
    house.sync()
    house.capture()
    house.check()
    assert house.incident("twice_in_books").subject == f"Customer:{first}+{second}"
    return first, second, one


def sale(house, buyer, amount, entity="Invoice", **more):
    """A person enters a sale."""
    ref = {"value": house.shop.record("item", "i1").qbo_id}
    line = {
        "Amount": float(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": ref},
    }
    return house.shop.create(entity, CustomerRef={"value": buyer}, Line=[line], **more)


def balances(house):
    """What each active customer owes, and the number of each invoice with whose it is."""
    owes = {row["Id"]: Decimal(str(row["Balance"])) for row in house.shop.books("Customer")}
    whose = {row["DocNumber"]: row["CustomerRef"]["value"] for row in house.shop.books("Invoice")}
    return owes, whose


def preview(house, **choices):
    """The preview and its words, or the refusal."""
    prepared, words = house.preview(house.incident("twice_in_books"), "consolidate", **choices)
    return prepared.plan, prepared.plan.refused or words


def approve(house, fix, **choices):
    """Dana asks, Priya approves."""
    incident = house.incident("twice_in_books")
    prepared = engine.prepare(
        house.services, incident.id, fix, "U0PRIYA", choices, asked_by="U0DANA"
    )
    answer = engine.confirm(house.services, prepared.run_id, "U0PRIYA", {})
    assert isinstance(answer, engine.Confirmed), answer
    house.run()
    done = [run.state for run in house.shop.all(FixRun) if run.id == prepared.run_id]
    assert done == ["done"], house.ending(incident)
    house.capture()
    house.check()
    return house.again(incident)


def test_open_documents_go_over_and_come_back(house, doubled):
    """Totals, tax and all receivables stay; the empty one is inactive; undo puts it all back."""
    first, second, _ = doubled
    plan, words = preview(house)
    assert (plan.role.name, bool(plan.second)) == ("APPROVER", True)
    assert "invoice B-1 of 11/12/2026, $100.00" in words
    assert "receivables of the two together stay $150.00" in words
    assert "a second person" in words
    assert "1 link of the sync goes over too" in words
    # Only a space tells them apart: it is shown wherever both stand, with what tells more.
    assert "Ann·Lee goes, ann@lee.com" in words
    assert "Ann··Lee stays, ann@lee.com, owes $50.00, 1 document, last" in words
    [which] = [choice for choice in plan.choices if choice.name == "keep"]
    labels = [label for _, label in which.options]
    assert [label.split(" · ")[:2] for label in labels] == [
        ["Ann··Lee", "owes $50.00"],
        ["Ann·Lee", "owes $100.00"],
    ]
    alert = house.services.render.problem("twice_in_books", house.incident("twice_in_books").facts)
    told = to_plain(alert.what)
    assert "QuickBooks has Ann··Lee and Ann·Lee" in told
    assert (
        "Ann·Lee, ann@lee.com, balance $100.00, 1 recent document, the last of 11/12/2026" in told
    )

    green = approve(house, "consolidate")
    assert green.state == "resolved"
    said = "2 customers are one, Ann··Lee: 1 document moved, $100.00 of receivables"
    assert house.ending(green) == said
    assert "no longer twice in QuickBooks" in build(house.services, green).text
    owes, whose = balances(house)
    assert owes[first] == Decimal(150)
    assert owes[second] == 0
    assert whose == {"A-1": first, "B-1": first}
    [gone] = [row for row in house.shop.books("Customer") if row["Id"] == second]
    assert not gone["Active"]
    house.shop.hand_over(invoice("B-2", "c7"))
    house.sync()
    assert balances(house)[1]["B-2"] == first

    refused, _ = house.preview(house.incident("twice_in_books"), "undo")
    assert "posted with it since" in refused.plan.refused
    house.shop.act("void", "Invoice", house.shop.record("invoice", "B-2").qbo_id)


def test_undo_puts_documents_links_and_customer_back(house, doubled):
    """Nothing came since: everything is as before, and the alert is back."""
    before = balances(house)
    assert approve(house, "consolidate").state == "resolved"
    prepared, words = house.preview(house.incident("twice_in_books"), "undo")
    assert prepared.plan.second
    assert "Ann Lee" in words

    again = approve(house, "undo")
    assert balances(house) == before
    assert again.state == "open"
    assert house.shop.record("customer", "c7").qbo_id == doubled[1]


def test_one_person_alone_is_not_enough(house, doubled):
    """An approver who was not asked by somebody else is sent to ask."""
    incident = house.incident("twice_in_books")
    prepared = engine.prepare(house.services, incident.id, "consolidate", "U0PRIYA")
    answer = engine.confirm(house.services, prepared.run_id, "U0PRIYA", {})
    assert isinstance(answer, engine.Refused)
    assert "second person" in answer.sentence
    assert balances(house)[0][doubled[1]] == 100


def locked(house, doubled, how):
    """Make both sides impossible to empty, one way at a time; what the refusal must say."""
    first, second, one = doubled
    shop = house.shop
    if how == "children":
        shop.create("Customer", DisplayName="Kitchen", Job=True, ParentRef={"value": second})
        return "sub-customers or projects Kitchen"
    if how in ("closed", "filed"):
        with house.services.sessions.write() as session:
            company = session.get_one(Company, shop.company_id)
            day = house.services.clock.today(company.time_zone)
            if how == "filed":
                company.tax_filed_through = day
            session.add(company)
        if how == "closed":
            shop.simulator.act(shop.realm, "close_books", date=day.isoformat())
        return "closed books" if how == "closed" else "whose sales tax is filed"
    ids = {first: one, second: shop.record("invoice", "B-1").qbo_id}
    for buyer, bill in ids.items():
        linked = [{"Amount": 20, "LinkedTxn": [{"TxnId": bill, "TxnType": "Invoice"}]}]
        lines = linked if how == "paid" else []
        paid = shop.create("Payment", CustomerRef={"value": buyer}, TotalAmt=20, Line=lines)
        if how == "deposited":
            shop.act("deposit", "Payment", paid)
        if how == "reconciled":
            shop.act("reconcile", "Payment", paid)
        if how == "matched":
            shop.act("match", "Payment", paid)
    return {
        "paid": "is partly paid",
        "deposited": "on a bank deposit",
        "reconciled": "is reconciled",
        "matched": "is matched in the bank feed",
    }[how]


@pytest.mark.parametrize(
    "how", ["children", "closed", "filed", "paid", "deposited", "reconciled", "matched"]
)
def test_what_may_not_be_touched_refuses_it_with_the_reason(house, doubled, how):
    """Nothing is written, and the way that is left is named."""
    said = locked(house, doubled, how)
    house.capture()
    before = balances(house)

    plan, words = preview(house)
    assert said in words
    assert plan.steps == ()
    assert ("regular customers" if how == "children" else "Merge in QuickBooks") in words
    assert balances(house) == before


def test_the_one_that_can_be_emptied_is_proposed(house, doubled):
    """The first one has a paid invoice, so the other one is emptied; the choice can be turned."""
    first, second, _ = doubled
    sale(house, first, "10.00", "SalesReceipt")

    plan, words = preview(house)
    assert plan.facts["keep_id"] == first
    _, words = preview(house, keep=second)
    assert "sales receipt" in words
    assert "is paid" in words


def test_a_merge_is_guided_and_our_links_follow_it(house, doubled):
    """First where it is done in QuickBooks; once it is done, the links go to the one left."""
    first, second, _ = doubled
    incident = house.incident("twice_in_books")
    prepared, _ = house.preview(incident, "merge_guide")
    assert "Customer Hub > Customers" in prepared.plan.refused
    assert "Merge contacts" in prepared.plan.refused

    house.shop.act("merge", "Customer", second, into=first)
    house.capture()
    house.check()
    incident = house.again(incident)
    assert (incident.state, incident.facts["merged"]) == ("open", True)
    house.shop.hand_over(invoice("B-2", "c7"))
    house.sync()
    plan = house.preview(incident, "merge_guide")[0].plan
    assert (plan.role.name, bool(plan.second)) == ("ADMIN", True)

    assert approve(house, "merge_guide").state == "resolved"
    house.sync()
    assert house.shop.record("customer", "c7").qbo_id == first
    assert balances(house)[1] == {"A-1": first, "B-1": first, "B-2": first}
    assert [row.problem for row in house.incidents() if row.state != "resolved"] == []


def test_a_merge_in_a_company_with_one_admin_says_it_beforehand(house, doubled):
    """What follows from a merge takes two admins: who is missing is said before anybody merges."""
    for names, said in ((["Priya"], "only Priya is an admin here"), ([], "nobody is an admin")):
        services = replace(house.services, access=Admins(names))
        alone = House(replace(house.shop, services=services))
        prepared, _ = alone.preview(alone.incident("twice_in_books"), "merge_guide")
        assert said in prepared.plan.refused
        assert "Before you merge, have another person named in the setting ADMINS" in (
            prepared.plan.refused
        )
    prepared, _ = house.preview(house.incident("twice_in_books"), "merge_guide")
    assert "Before you merge" not in prepared.plan.refused


def test_a_merge_with_sub_customers_says_what_comes_first(house, doubled):
    """QuickBooks refuses it until they are regular customers."""
    house.shop.create("Customer", DisplayName="Kitchen", ParentRef={"value": doubled[0]})
    prepared, _ = house.preview(house.incident("twice_in_books"), "merge_guide")
    assert "First make them regular customers" in prepared.plan.refused
    assert "Kitchen" in prepared.plan.refused
