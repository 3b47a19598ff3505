"""Customers that belong to each other: one of them is created, and the circle ends."""

from dataclasses import replace

from tests.sync.shop import customer, invoice


def test_a_customer_of_a_circle_is_created_as_it_was_handed_over(house):
    """The preview says so, without ids; its e-mail comes along, and nothing is created twice."""
    house.shop.hand_over(
        customer("k1", "Loop A", parent="k2", email="a@loop.example"),
        customer("k2", "Loop B", parent="k1"),
        invoice("1001", "k1"),
    )
    house.sync()
    alert = house.incident("missing_parent")
    _, words = house.preview(alert, "create_missing")
    named = alert.facts["name"]
    assert f"the customer {named} is created as Shop handed it over, but below no other" in words
    assert "Loop A → Loop B" in words or "Loop B → Loop A" in words
    assert "has not handed over" not in words

    ended = house.mend(alert, "create_missing", name=named)

    assert ended.state.value == "resolved"
    made = {row["DisplayName"]: row for row in house.shop.books("Customer")}
    assert {"Loop A", "Loop B"} <= set(made)
    assert made["Loop A"]["PrimaryEmailAddr"]["Address"] == "a@loop.example"
    assert "ParentRef" not in made[named]
    assert house.shop.state("invoice", "1001") == "posted"
    house.capture()
    house.check()
    assert [row.problem for row in house.incidents() if row.state.value != "resolved"] == []


def test_a_customer_without_a_name_is_asked_for_once(house):
    """The sentence stands in the text alone; below the field stands what else comes of it."""
    house = replace(house, shop=house.shop.with_settings(PARENT_WAIT_SECONDS=0.0))
    house.shop.hand_over(invoice("1001", "c-nope"))
    house.sync()
    prepared, words = house.preview(house.incident("missing_parent"), "create_missing")

    assert words.count("The name is empty. Type the name the new record shall have") == 1
    [asked] = prepared.plan.choices
    assert asked.hint == "E-mail and address follow when the source hands the record over."
