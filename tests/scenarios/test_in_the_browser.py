"""What a bookkeeper does in the browser: read, press, confirm, see green; import; reconnect."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.shop_export import make_export
from tests.scenarios import shop
from tests.scenarios.world import CompanyInWorld, World
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def _inactive_customer(world: World, company: CompanyInWorld) -> None:
    world.intake(company, shop.customer("c1", "Jane Doe"), shop.item("W-1", "Mug"))
    wait_for(
        "the customer",
        lambda: any(r["DisplayName"] == "Jane Doe" for r in world.records(company, "Customer")),
    )
    jane = next(r for r in world.records(company, "Customer") if r["DisplayName"] == "Jane Doe")
    world.in_quickbooks("deactivate", company, entity="Customer", id=jane["Id"])
    world.intake(company, *(shop.invoice(f"100{n}", "c1", "W-1", "80.00") for n in range(3)))


def test_read_press_confirm_green(page: Page, world: World, harbor: CompanyInWorld) -> None:
    """The alert says who and how much; the preview what changes; the same message turns green."""
    _inactive_customer(world, harbor)
    alert = page.locator("article[data-ts]", has_text="Jane Doe")
    expect(alert).to_contain_text("OPEN", timeout=20_000)
    expect(alert).to_contain_text("$240.00", timeout=20_000)

    alert.get_by_role("button", name="Reactivate and post 3").click()
    modal = page.get_by_test_id("modal")
    expect(modal).to_contain_text("$240.00", timeout=10_000)
    expect(modal).to_contain_text("active")
    assert world.records(harbor, "Invoice") == []
    page.get_by_test_id("modal-submit").click()

    expect(alert).to_contain_text("FIXED", timeout=10_000)
    expect(alert).to_contain_text("Dana")
    expect(alert).to_contain_text("3 of 3")
    expect(page.locator("article[data-ts]")).to_have_count(1)
    assert len(world.records(harbor, "Invoice")) == 3


def test_import_a_csv_file(
    page: Page, world: World, harbor: CompanyInWorld, tmp_path: Path
) -> None:
    """/qb-sync-now file opens a form; bad rows are reported by line, the good ones are posted."""
    export = tmp_path / "shop-export.csv"
    export.write_bytes(make_export(120, seed=5))
    composer = page.get_by_test_id("composer")
    composer.fill("/qb-sync-now file")
    composer.press("Enter")
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible(timeout=10_000)
    modal.locator("input[type=file]").set_input_files(str(export))
    expect(modal).to_contain_text("shop-export.csv", timeout=10_000)
    page.get_by_test_id("modal-submit").click()

    expect(modal).to_contain_text("line", timeout=20_000, ignore_case=True)
    wait_for("invoices in QuickBooks", lambda: len(world.records(harbor, "Invoice")) > 5, 60)


def test_reconnect_through_the_consent_page(
    page: Page, world: World, harbor: CompanyInWorld
) -> None:
    """A private link, the bot's page, QuickBooks' consent page, and the message turns green."""
    world.in_quickbooks("revoke_app", harbor)
    world.intake(
        harbor,
        shop.customer("c1", "Ann Fox"),
        shop.item("W-1", "Mug"),
        shop.invoice("900", "c1", "W-1", "12.00"),
    )
    alert = page.locator("article[data-ts]", has_text="QuickBooks conn")
    expect(alert).to_contain_text("OPEN", timeout=20_000)
    alert.get_by_role("button", name="Reconnect").click()
    link = page.get_by_test_id("modal").get_by_role("button", name="Allow access")
    expect(link).to_be_visible(timeout=10_000)
    with page.context.expect_page() as opened:
        link.click()
    bot_page = opened.value
    bot_page.wait_for_load_state()
    expect(bot_page.locator("body")).to_contain_text(harbor.name)
    bot_page.get_by_role("button").first.click()
    bot_page.get_by_text(harbor.name).first.click()
    bot_page.get_by_role("button", name="Connect").click()
    expect(bot_page.locator("body")).to_contain_text("close this page", timeout=20_000)

    expect(alert).to_contain_text("FIXED", timeout=15_000)
    assert [row["DocNumber"] for row in world.records(harbor, "Invoice")] == ["900"]
