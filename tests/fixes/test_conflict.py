"""Somebody saved the very field a fix was writing: each field is asked, and the answer is done."""

import pytest

from bot.fixes import engine
from tests.work.test_no_way_in import waiting_for_jane

SAYS = "which of the two stands"


@pytest.fixture
def renamed(house):
    """Dana confirmed the reactivation of Jane Doe, and somebody renamed her just before it."""
    incident = waiting_for_jane(house)
    prepared, _ = house.preview(incident, "reactivate")
    filled = {choice.name: choice.initial for choice in prepared.plan.choices}
    answer = engine.confirm(house.services, prepared.run_id, "U0DANA", filled)
    assert isinstance(answer, engine.Confirmed), answer
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Roe", "Notes": "pays late"})
    house.run()
    return house.again(incident)


def her(house):
    """The customer as QuickBooks has her."""
    [row] = house.shop.books("Customer")
    return row["DisplayName"], row["Active"]


def choose(house, incident, whose):
    """Say whose name stands, see the change, and confirm it."""
    asked, words = house.preview(incident, "reactivate")
    assert asked.plan.steps == ()
    assert "name is now “Jane Roe”, we would write “Jane Doe”" in words
    [menu] = [choice for choice in asked.plan.choices if choice.options and "whose:" in choice.name]
    assert [label for _, label in menu.options] == [
        "As in QuickBooks: “Jane Roe”",
        "Ours: “Jane Doe”",
    ]
    answer = engine.confirm(house.services, asked.run_id, "U0DANA", {menu.name: whose})
    assert isinstance(answer, engine.Changed), answer
    house.confirm(answer.prepared)
    return house.again(incident)


def test_nobody_is_overruled(house, renamed):
    """Nothing is written, both values are told."""
    assert renamed.state == "open"
    told = house.ending(renamed)
    assert "“Jane Roe”, we would write “Jane Doe”" in told
    assert SAYS in told
    assert her(house) == ("Jane Roe (deleted)", False)


@pytest.mark.parametrize(("whose", "name"), [("ours", "Jane Doe"), ("theirs", "Jane Roe")])
def test_what_was_chosen_is_written_from_the_newest_version(house, renamed, whose, name):
    """Her name is the chosen one, what else they saved is kept, the invoice is posted, green."""
    after = choose(house, renamed, whose)

    assert after.state == "resolved", house.ending(after)
    assert her(house) == (name, True)
    assert house.shop.books("Customer")[0]["Notes"] == "pays late"
    assert house.shop.state("invoice", "1") == "posted"


def test_a_choice_is_of_what_was_shown(house, renamed):
    """She is renamed once more before the confirmation: a new preview asks again."""
    asked, _ = house.preview(renamed, "reactivate")
    jane = house.shop.record("customer", "c1").qbo_id
    house.shop.act("edit", "Customer", jane, data={"DisplayName": "Jane Poe"})

    answer = engine.confirm(house.services, asked.run_id, "U0DANA", {"whose:DisplayName": "ours"})

    assert isinstance(answer, engine.Changed)
    assert answer.prepared.plan.steps == ()
    assert her(house) == ("Jane Poe (deleted)", False)
