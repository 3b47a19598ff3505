"""Story 45: kill -9 at any moment of a sync, a click or a fix; the end state is the same."""

import random
import time
from collections import Counter

import pytest

from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World
from tests.waiting import wait_for

CUSTOMERS = 15
INVOICES = 30


def _creates(world: World, company: CompanyInWorld) -> Counter[tuple[str, str]]:
    return Counter(
        (row["entity"], str(row["id"]))
        for row in world.writes(company)
        if row["operation"] == "create"
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", [pytest.param(n, marks=pytest.mark.long) for n in (1, 2)])
def test_killed_at_random_moments_of_a_sync(
    world: World, harbor: CompanyInWorld, seed: int
) -> None:
    """Six kills during one sync: each record is in the books exactly once, nothing is missing."""
    moments = random.Random(seed)
    world.qb_control("POST", "/latency", ms=15)
    customers = [shop.customer(f"c{n}", f"Buyer Number {n}") for n in range(CUSTOMERS)]
    invoices = [
        shop.invoice(str(7000 + n), f"c{n % CUSTOMERS}", "W-1", f"{n + 1}.00")
        for n in range(INVOICES)
    ]
    world.intake(harbor, shop.item("W-1", "Mug"), *customers, *invoices)
    for _ in range(6):
        time.sleep(moments.uniform(0.05, 0.8))  # noqa: TID251  the moment of the kill
        world.kill_bot()
        world.start_bot()

    numbers = wait_for(
        "every invoice",
        lambda: (
            found
            if len(found := [r["DocNumber"] for r in world.records(harbor, "Invoice")]) >= INVOICES
            else None
        ),
        60,
    )

    assert sorted(numbers) == [str(7000 + n) for n in range(INVOICES)]
    names = [r["DisplayName"] for r in world.records(harbor, "Customer")]
    assert [name for name, times in Counter(names).items() if times > 1] == []
    assert len([name for name in names if name.startswith("Buyer Number")]) == CUSTOMERS
    assert max(_creates(world, harbor).values()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "delay", [0.3, *(pytest.param(d, marks=pytest.mark.long) for d in (0.0, 0.05, 0.15, 0.6, 1.0))]
)
def test_killed_during_a_fix(world: World, harbor: CompanyInWorld, delay: float) -> None:
    """Killed after the confirm: the restarted bot ends it; one update, three invoices, green."""
    world.qb_control("POST", "/latency", ms=30)
    world.intake(harbor, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Jane Doe" for r in world.records(harbor, "Customer")),
    )
    jane = next(r for r in world.records(harbor, "Customer") if r["DisplayName"] == "Jane Doe")
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=jane["Id"])
    world.intake(harbor, *(shop.invoice(f"100{n}", "c1", "W-1") for n in range(3)))
    alert = world.alert(harbor, "inactive_record")
    view = world.preview("operator", alert, "reactivate")
    confirmed = world.confirm("operator", view)
    assert confirmed["acked"], confirmed

    time.sleep(delay)  # noqa: TID251  the moment of the kill
    world.kill_bot()
    world.start_bot()

    def settled() -> bool:
        states = {m["metadata"]["event_payload"]["state"] for m in world.messages(harbor)}
        return states <= {"open", "resolved", "partly"}

    wait_for("an end", settled, 30)
    if world.messages(harbor)[0]["metadata"]["event_payload"]["state"] != "resolved":
        world.alert(harbor, "inactive_record", "resolved", 10)
    assert len(world.messages(harbor)) == 1
    assert sorted(r["DocNumber"] for r in world.records(harbor, "Invoice")) == [
        "1000",
        "1001",
        "1002",
    ]
    assert len([w for w in world.writes(harbor) if w["operation"] == "update"]) == 1
    assert max(_creates(world, harbor).values()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "delay", [0.1, *(pytest.param(d, marks=pytest.mark.long) for d in (0.0, 0.4))]
)
def test_killed_after_a_press(world: World, harbor: CompanyInWorld, delay: float) -> None:
    """Killed between the press and the preview: the restarted bot finishes the open modal.

    Killed before the modal was open there is nothing to finish: the person is told to press again.
    """
    world.intake(harbor, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Jane Doe" for r in world.records(harbor, "Customer")),
    )
    jane = next(r for r in world.records(harbor, "Customer") if r["DisplayName"] == "Jane Doe")
    world.in_quickbooks("deactivate", harbor, entity="Customer", id=jane["Id"])
    world.intake(harbor, shop.invoice("1000", "c1", "W-1"))
    alert = world.alert(harbor, "inactive_record")
    world.qb_control("POST", "/latency", ms=200)
    pressed = world.press("operator", alert, "fix:reactivate")
    assert pressed["acked"], pressed
    time.sleep(delay)  # noqa: TID251  the moment of the kill
    world.kill_bot()
    world.start_bot()

    def answered() -> str:
        if any("press again" in words for words in world.ephemerals("operator")):
            return "told"
        views = world.slack_control("GET", f"/views?user={world.slack['users']['operator']}")
        return "shown" if any(view.get("submit") for view in views["views"]) else ""

    if wait_for("an answer to the press", answered) == "told":
        world.preview("operator", alert, "reactivate")
    view = world.view("operator", lambda v: bool(v.get("submit")))
    world.confirm("operator", view)
    world.alert(harbor, "inactive_record", "resolved")

    assert len(world.records(harbor, "Invoice")) == 1


@pytest.mark.slow
def test_killed_while_alerts_are_posted(world: World, harbor: CompanyInWorld) -> None:
    """Five root problems, kills while their messages go out: one message each, none twice."""
    moments = random.Random(8)
    buyers = [shop.customer(f"c{n}", f"Buyer Number {n}") for n in range(5)]
    world.intake(harbor, shop.item("W-1", "Mug"), *buyers)
    wait_for(
        "the customers",
        lambda: (
            sum(
                r["DisplayName"].startswith("Buyer Number")
                for r in world.records(harbor, "Customer")
            )
            == 5
        ),
    )
    for row in world.records(harbor, "Customer"):
        world.in_quickbooks("deactivate", harbor, entity="Customer", id=row["Id"])
    world.intake(harbor, *(shop.invoice(f"80{n}", f"c{n}", "W-1") for n in range(5)))
    for _ in range(4):
        time.sleep(moments.uniform(0.3, 1.5))  # noqa: TID251  the moment of the kill
        world.kill_bot()
        world.start_bot()

    wait_for("five alerts", lambda: len(world.messages(harbor)) >= 5, 30)
    wait_for("quiet", lambda: world.command_line("status"), 10)
    subjects = [m["metadata"]["event_payload"]["incident_id"] for m in world.messages(harbor)]

    assert len(subjects) == len(set(subjects)) == 5


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.1, pytest.param(0.5, marks=pytest.mark.long)])
def test_killed_while_a_reconnect_replays(
    world: World, blue_ridge: CompanyInWorld, delay: float
) -> None:
    """Killed while what waited is posted: the restarted bot posts the rest, once, and is green."""
    world.in_quickbooks("revoke_app", blue_ridge)
    world.qb_control("POST", "/latency", ms=25)
    world.intake(
        blue_ridge,
        shop.item("W-1", "Mug"),
        shop.customer("c1", "Ann Fox"),
        *(shop.invoice(f"90{n:02}", "c1", "W-1") for n in range(20)),
    )
    alert = world.alert(blue_ridge, "connection_lost")
    world.press("operator", alert, "fix:reconnect")
    world.consent(world.reconnect_link("operator"), blue_ridge)
    time.sleep(delay)  # noqa: TID251  the moment of the kill
    world.kill_bot()
    world.start_bot()

    world.alert(blue_ridge, "connection_lost", "resolved", 30)
    wait_for("all invoices", lambda: len(world.records(blue_ridge, "Invoice")) >= 20)
    numbers = sorted(row["DocNumber"] for row in world.records(blue_ridge, "Invoice"))
    assert numbers == sorted(f"90{n:02}" for n in range(20))
    assert max(_creates(world, blue_ridge).values()) == 1
