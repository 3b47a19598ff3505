"""An undo that stops halfway goes on where it stopped; nothing is taken back twice."""

from dataclasses import replace

import pytest

from bot import jobs
from bot.fixes import engine
from bot.models import FixRun, FixStep
from tests.work.house import House
from tests.work.test_consolidate import approve, balances, doubled, preview

__all__ = ["doubled"]

INVOICE = {"entity": "Invoice", "operation": "update"}


def undo(house, *faults):
    """Dana asks for the undo, Priya approves; worked on until it ends, under these faults."""
    incident = house.incident("twice_in_books")
    prepared = engine.prepare(house.services, incident.id, "undo", "U0PRIYA", {}, asked_by="U0DANA")
    answer = engine.confirm(house.services, prepared.run_id, "U0PRIYA", {})
    assert isinstance(answer, engine.Confirmed), answer
    for name, match in faults:
        house.shop.simulator.fault(name, times=9, match=match)
    house.run()
    return house.again(incident)


def updates(house):
    """How many changes of each record QuickBooks took."""
    done = [one for one in house.shop.all(FixStep) if one.state == "done"]
    return sorted(f"{one.entity} {one.qbo_id}" for one in done if one.action == "update")


@pytest.fixture
def consolidated(house, doubled):
    """Ann Lee is one customer; and how the books stood before."""
    before = balances(house)
    preview(house)
    assert approve(house, "consolidate").state == "resolved"
    return before


def test_a_refused_step_leaves_the_rest_to_a_second_press(house, doubled, consolidated):
    """The alert says what is taken back and what is left; Undo again does only that."""
    done = updates(house)
    house.shop.simulator.fault("code:6540", match=INVOICE)

    stopped = undo(house)

    assert stopped.state == "partly"
    told = house.ending(stopped)
    assert (
        "Taken back so far: Ann Lee is active again and the link goes back to where it was. "
        in told
    )
    assert "Press Undo again" in told
    assert stopped.story["outcome"]["undoable"]
    house.capture()
    house.check()

    again, words = house.preview(house.incident("twice_in_books"), "undo")
    assert again.plan.submit == "Undo the rest"
    assert "Taken back already" in words
    assert [step.entity for step in again.plan.steps] == ["Invoice"]
    assert undo(house).story["undone"]["by"] == "U0PRIYA"
    assert balances(house) == consolidated
    assert house.shop.record("customer", "c7").qbo_id == doubled[1]
    # Each change was made once by the fix and once by the two undos together.
    assert updates(house) == sorted(done * 2)
    refused, _ = house.preview(house.incident("twice_in_books"), "undo")
    assert "Nothing of this can be undone" in refused.plan.refused


def test_a_write_that_was_not_known_is_looked_up_by_the_next_press(house, consolidated):
    """An undo given up without an answer: the change was made, so nothing is left of it."""
    hasty = house.services.settings.model_copy(update={"LASTING_OUTAGE_SECONDS": 0})
    impatient = House(replace(house.shop, services=replace(house.services, settings=hasty)))
    undo(impatient, ("reset_after", INVOICE), ("server_error", {"entity": "Invoice"}))
    [run] = [row for row in house.shop.all(FixRun) if row.fix == "undo"]
    assert run.state == "applying"
    jobs.work_on_fix(house.services.queue, house.shop.company_id, run.id)
    impatient.run()
    assert "The next press looks first" in house.ending(house.incident("twice_in_books"))
    house.shop.simulator.control("DELETE", "/faults")

    again, words = house.preview(house.incident("twice_in_books"), "undo")

    assert again.plan.steps == ()
    assert "Nothing is left; the alert only does not say so yet." in words
    assert undo(house).story["undone"]["by"] == "U0PRIYA"
    assert balances(house) == consolidated
