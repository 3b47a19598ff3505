"""The same stories with the bot's tables on PostgreSQL: one code path, two engines."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scenarios import shop, test_connection, test_crash, test_inactive, test_people
from tests.scenarios.world import CompanyInWorld, World
from tests.waiting import wait_for

pytestmark = pytest.mark.postgres


@pytest.fixture
def world(tmp_path: Path, postgres_url: str) -> Iterator[World]:
    """Both simulators and a running bot on an empty PostgreSQL database."""
    made = World.open(tmp_path, postgres_url)
    try:
        made.start_bot()
        yield made
    finally:
        made.close()


def test_sync_alert_press_green(world: World, harbor: CompanyInWorld) -> None:
    """Story 18 from intake to green, with the money on the alert; the audit record is whole."""
    test_inactive.test_three_invoices_of_one_inactive_customer_are_one_alert(world, harbor)

    assert world.command_line("audit", "verify")["ok"]


@pytest.mark.long
def test_a_dead_token_and_the_replay(world: World, blue_ridge: CompanyInWorld) -> None:
    """Story 29: one alert pauses the others; after consent everything is posted in order."""
    test_connection.test_a_dead_token_is_one_alert_and_reconnecting_replays_in_order(
        world, blue_ridge
    )


@pytest.mark.long
def test_two_people_press(world: World, harbor: CompanyInWorld) -> None:
    """Story 44: four confirms at once act once."""
    test_people.test_two_people_confirm_and_it_acts_once(world, harbor)


@pytest.mark.slow
@pytest.mark.long
def test_killed_in_a_fix(world: World, harbor: CompanyInWorld) -> None:
    """Story 45: the dead process's lease does not keep the restarted bot waiting for minutes."""
    test_crash.test_killed_during_a_fix(world, harbor, 0.15)


@pytest.mark.slow
@pytest.mark.long
def test_killed_while_two_companies_post(
    world: World, harbor: CompanyInWorld, blue_ridge: CompanyInWorld
) -> None:
    """Both companies post at the same time and share one audit record: nothing twice, none lost."""
    world.qb_control("POST", "/latency", ms=10)
    both = (harbor, blue_ridge)
    for company in both:
        world.intake(
            company,
            shop.item("W-1", "Mug"),
            *(shop.customer(f"c{n}", f"Buyer Number {n}") for n in range(8)),
            *(shop.invoice(str(7000 + n), f"c{n % 8}", "W-1") for n in range(24)),
        )
    wait_for("the first invoice", lambda: world.records(harbor, "Invoice"))
    world.kill_bot()
    world.start_bot()

    for company in both:
        wait_for(
            f"every invoice of {company.name}",
            lambda where=company: len(world.records(where, "Invoice")) >= 24,
            30,
        )
        numbers = sorted(row["DocNumber"] for row in world.records(company, "Invoice"))
        assert numbers == [str(7000 + n) for n in range(24)]
        assert len(world.records(company, "Customer")) == 8
    assert world.messages(harbor) == world.messages(blue_ridge) == []
    assert world.command_line("audit", "verify")["ok"]
