"""Customers that belong to each other: one of them is created, and the circle ends."""

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
