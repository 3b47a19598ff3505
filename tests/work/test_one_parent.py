"""Story 22: what refers to a customer that could not be created waits on its alert."""

from tests.sync.shop import customer, invoice


def test_twelve_children_are_one_alert_with_their_parent(house):
    """A vendor has the name; twelve invoices refer to the customer: one alert counts them all."""
    house.shop.create("Vendor", DisplayName="Paper Mill")
    numbers = [str(2000 + place) for place in range(12)]
    house.shop.hand_over(
        customer("c2", "Paper Mill"), *(invoice(number, "c2") for number in numbers)
    )
    house.sync()

    [incident] = house.incidents()
    assert (incident.problem, incident.facts["documents"]) == ("name_on_other_list", 12)
    prepared, words = house.preview(incident, "rename_ours")
    assert "Paper Mill (Customer)" in words
    assert "12 documents" in words
    assert "The vendor is not changed" in words
    assert prepared.plan.title == "Rename ours"
    assert house.mend(incident, "rename_ours").state == "resolved"
    names = [row["DisplayName"] for row in house.shop.books("Customer")]
    assert names.count("Paper Mill (Customer)") == 1
    found = [row["DocNumber"] for row in house.shop.books("Invoice")]
    assert sorted(found) == numbers


def test_children_that_came_before_their_parent_failed_join_its_alert(house):
    """The invoices are handed in first, the customer later: still one alert, never one each."""
    numbers = [str(2000 + place) for place in range(3)]
    house.shop.hand_over(*(invoice(number, "c2") for number in numbers))
    house.sync()
    house.shop.create("Vendor", DisplayName="Paper Mill")
    house.shop.hand_over(customer("c2", "Paper Mill"))
    house.sync()

    open_now = [row for row in house.incidents() if row.state != "resolved"]
    assert [row.problem for row in open_now] == ["name_on_other_list"]
    assert open_now[0].facts["documents"] == 3


def test_a_name_of_ones_own_that_is_taken_too_is_asked_again(house):
    """The typed name is looked up like any new one; what is free goes on."""
    house.shop.create("Vendor", DisplayName="Paper Mill")
    house.shop.hand_over(customer("c2", "Paper Mill"), invoice("1", "c2"))
    house.sync()
    incident = house.incident("name_on_other_list")

    prepared, words = house.preview(incident, "rename_ours", name="Jane Doe")
    assert prepared.plan.steps == ()
    assert "The name Jane Doe is used by the customer Jane Doe" in words
    prepared, words = house.preview(incident, "rename_ours", name="Paper Mill of Reno")
    assert "Paper Mill of Reno" in words
    assert prepared.plan.steps
